"""All features of the product."""

from bot.flows.session import FEATURE as SESSION  # first: session and scheduling lead to each other

# isort: split
from bot.flows.assistant import FEATURE as ASSISTANT
from bot.flows.board import FEATURE as BOARD
from bot.flows.calendar import FEATURE as CALENDAR
from bot.flows.delivery import FEATURE as DELIVERY
from bot.flows.enrolment import FEATURE as ENROLMENT
from bot.flows.feedback import FEATURE as FEEDBACK
from bot.flows.goals import FEATURE as GOALS
from bot.flows.help import help_of
from bot.flows.matching import FEATURE as MATCHING
from bot.flows.pairing import FEATURE as PAIRING
from bot.flows.preparation import FEATURE as PREPARATION
from bot.flows.privacy import FEATURE as PRIVACY
from bot.flows.programme import FEATURE as PROGRAMME
from bot.flows.reports import FEATURE as REPORTS
from bot.flows.scheduling import FEATURE as SCHEDULING
from bot.flows.sharing import FEATURE as SHARING
from bot.flows.support import FEATURE as SUPPORT
from bot.flows.turns import Feature

_EXPLAINED: tuple[Feature, ...] = (
    ASSISTANT,
    BOARD,
    CALENDAR,
    DELIVERY,
    ENROLMENT,
    FEEDBACK,
    GOALS,
    MATCHING,
    PAIRING,
    PREPARATION,
    PRIVACY,
    PROGRAMME,
    REPORTS,
    SCHEDULING,
    SESSION,
    SHARING,
    SUPPORT,
)
FEATURES: tuple[Feature, ...] = (*_EXPLAINED, help_of(_EXPLAINED))
