"""What the bot is, and what can be said to it."""

from collections.abc import Sequence

from bot.flows.help import actions
from bot.flows.turns import Command, Feature, Verb


def help_of(others: Sequence[Feature]) -> Feature:
    """The feature that explains the commands of all the others, and its own."""
    explained = list(others)
    own = Feature(
        name="help",
        verbs={
            "help.show": Verb(actions.show(explained)),
            "help.group": Verb(actions.group(explained)),
            "help.say": Verb(actions.explain(explained), form=True, typed=True),
        },
        commands=(
            Command(
                {"en": ("help", "hello", "hi"), "it": ("aiuto", "ciao", "salve", "buongiorno")},
                actions.explain(explained),
                help="help.help_help",
            ),
            Command({"en": ("thanks", "thank you"), "it": ("grazie",)}, actions.thanked, help=None),
        ),
    )
    explained.append(own)
    return own
