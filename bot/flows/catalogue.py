"""All features of the product."""

from bot.flows.help import FEATURE as HELP
from bot.flows.turns import Feature

FEATURES: tuple[Feature, ...] = (HELP,)
