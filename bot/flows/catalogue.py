"""All features of the product."""

from bot.flows.help import help_of
from bot.flows.turns import Feature

_EXPLAINED: tuple[Feature, ...] = ()
FEATURES: tuple[Feature, ...] = (*_EXPLAINED, help_of(_EXPLAINED))
