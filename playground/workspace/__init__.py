"""A simulated Slack workspace with one app in it, for the web page, the tests and the benchmarks."""

from playground.workspace.model import Conversation, Event, File, Identity, Message, Person, View, stable_id
from playground.workspace.workspace import DEFAULT_SCOPES, Workspace

__all__ = [
    "DEFAULT_SCOPES",
    "Conversation",
    "Event",
    "File",
    "Identity",
    "Message",
    "Person",
    "View",
    "Workspace",
    "stable_id",
]
