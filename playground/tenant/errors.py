"""What Teams' connector refuses, in the shapes in which it refuses."""

from __future__ import annotations

import json

from playground.model import Json


class RefusedError(Exception):
    """An HTTP status and the body that comes with it."""

    def __init__(self, status: int, code: str, message: str, retry_after: int | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after

    def payload(self) -> Json:
        """The body of the answer; for somebody who blocked the bot it has a shape of its own."""
        if self.code == "MessageWritesBlocked":
            inner = {"subCode": self.code, "details": self.message, "errorCode": None, "errorSubCode": None}
            return {"errorCode": 209, "message": json.dumps(inner)}
        return {"error": {"code": self.code, "message": self.message}}


def bad_syntax(message: str) -> RefusedError:
    """400: the body is not what it should be."""
    return RefusedError(400, "BadSyntax", message)


def conversation_not_found() -> RefusedError:
    """404 for a conversation."""
    return RefusedError(404, "ConversationNotFound", "Conversation not found.")


def activity_not_found() -> RefusedError:
    """404 for an activity."""
    return RefusedError(404, "ActivityNotFoundInConversation", "The activity is not in the conversation.")


def not_installed() -> RefusedError:
    """403: the person does not have the app."""
    return RefusedError(403, "ForbiddenOperationException", "The bot is not installed in user's personal scope.")


def blocked() -> RefusedError:
    """403: the person blocked the bot."""
    return RefusedError(403, "MessageWritesBlocked", "Thread is blocked from message writes.")


def not_in_roster() -> RefusedError:
    """403: the bot is no longer part of the conversation."""
    return RefusedError(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")


def too_big() -> RefusedError:
    """413."""
    return RefusedError(413, "MessageSizeTooBig", "Message size too large.")


def too_many(retry_after: int) -> RefusedError:
    """429."""
    return RefusedError(429, "TooManyRequests", "API calls quota exceeded!", retry_after)
