"""What the bot is, and what can be said to it."""

from bot.flows.help import actions
from bot.flows.turns import Command, Feature

FEATURE = Feature(
    name="help",
    commands=(Command({"en": ("help",), "it": ("aiuto",)}, actions.explain),),
)
