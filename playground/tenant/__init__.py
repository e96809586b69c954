"""A simulated Microsoft Teams tenant with one bot in it, for the web page, the tests and the benchmarks."""

from playground.tenant.model import Dialog, Event, Identity, Message, Person
from playground.tenant.tenant import Tenant

__all__ = ["Dialog", "Event", "Identity", "Message", "Person", "Tenant"]
