"""What is said about being left in peace."""

from bot.flows.support.snoozing import later, snooze_buttons

__all__ = ["later", "snooze_buttons"]
