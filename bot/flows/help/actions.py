"""Answering a call for help."""

from collections.abc import Sequence

from bot.flows.help import cards
from bot.flows.turns import Action, Command, Feature, Replace, Reply, Tell, Turn, outdated_button
from bot.ui.cards import Card


def listed(features: Sequence[Feature], *, coordinator: bool) -> dict[str, list[Command]]:
    """The commands that a person may use, by group of the help, in the order of their need."""
    groups: dict[str, list[Command]] = {}
    in_time = {name: place for place, name in enumerate(cards.IN_TIME)}
    for feature in sorted(features, key=lambda feature: in_time.get(feature.name, len(in_time))):
        for command in feature.commands:
            if command.help is not None and (coordinator or command.may == "anyone"):
                groups.setdefault(cards.group_of(feature.name, command), []).append(command)
    return groups


def explain(features: Sequence[Feature]) -> Action:
    """``/mentoring help`` about the commands of these features."""

    async def act(turn: Turn) -> Reply:
        return Replace(_help(turn, features))

    return act


def show(features: Sequence[Feature]) -> Action:
    """The same from a button: beside the message that it stands on, which stays."""

    async def act(turn: Turn) -> Reply:
        return Tell(_help(turn, features))

    return act


def group(features: Sequence[Feature]) -> Action:
    """What can be written about one matter, in place of what stood there."""

    async def act(turn: Turn) -> Reply:
        commands = listed(features, coordinator=turn.person.coordinator)
        if turn.id not in commands:
            raise outdated_button()
        return Replace(cards.group_help(commands, turn.id, turn.person.language))

    return act


async def thanked(_turn: Turn) -> Reply:
    """``thanks``: who is thanked says so."""
    return Replace(cards.you_are_welcome())


def _help(turn: Turn, features: Sequence[Feature]) -> Card:
    return cards.whole_help(listed(features, coordinator=turn.person.coordinator))
