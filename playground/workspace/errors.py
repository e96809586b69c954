"""The one exception of the Web API: what Slack refuses, as {"ok": false, "error": …}."""

from __future__ import annotations

from collections.abc import Sequence

from playground.model import Json


class RefusedError(Exception):
    """Slack's answer "no". `messages` name the JSON pointer of each fault, `extra` goes into the answer's top level."""

    def __init__(self, error: str, messages: Sequence[str] = (), **extra: str) -> None:
        super().__init__(error, *messages)
        self.error = error
        self.messages = list(messages)
        self.extra = extra

    def payload(self) -> Json:
        """The body of the answer."""
        body: Json = {"ok": False, "error": self.error, **self.extra}
        if self.messages:
            body["response_metadata"] = {"messages": self.messages}
        return body

    def __str__(self) -> str:
        return "; ".join([self.error, *self.messages])
