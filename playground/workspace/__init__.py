"""A simulated Slack workspace with one app in it, for the web page, the tests and the benchmarks.

`Workspace` is the whole of it; `Hand` drives it as a person would, in tests that read as a conversation.
"""

from playground.workspace.hand import Hand
from playground.workspace.model import (
    Change,
    Conversation,
    Event,
    Exchange,
    File,
    Identity,
    Json,
    Message,
    Outcome,
    Person,
    Toast,
    View,
    stable_id,
)
from playground.workspace.workspace import DEFAULT_SCOPES, Workspace

__all__ = [
    "DEFAULT_SCOPES",
    "Change",
    "Conversation",
    "Event",
    "Exchange",
    "File",
    "Hand",
    "Identity",
    "Json",
    "Message",
    "Outcome",
    "Person",
    "Toast",
    "View",
    "Workspace",
    "stable_id",
]
