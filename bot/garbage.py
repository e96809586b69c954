"""Python's garbage collector in a bot that serves: to look through what stays would hold the loop for long."""

import gc

WARMING = 300
"""Passes of the collector in which caches fill: statements, words, templates, some five hundred thousand objects."""


def spare_what_stays() -> None:
    """Take what is loaded, and what the first events leave behind, out of what the collector looks through.

    Not for ever: of what is under way in such a moment, cycles are never found again.
    """
    left = WARMING

    def spare(phase: str, info: dict[str, int]) -> None:
        nonlocal left
        if phase == "stop" and info["generation"] > 0:
            gc.freeze()
            left -= 1
            if left == 0:
                gc.callbacks.remove(spare)

    gc.collect()
    gc.freeze()
    gc.callbacks.append(spare)
