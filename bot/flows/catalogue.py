"""All features of the product."""

from bot.flows.assistant.feature import FEATURE as ASSISTANT
from bot.flows.board.feature import FEATURE as BOARD
from bot.flows.calendar.feature import FEATURE as CALENDAR
from bot.flows.certificate.feature import FEATURE as CERTIFICATE
from bot.flows.delivery.feature import FEATURE as DELIVERY
from bot.flows.enrolment.feature import FEATURE as ENROLMENT
from bot.flows.feedback.feature import FEATURE as FEEDBACK
from bot.flows.goals.feature import FEATURE as GOALS
from bot.flows.help import help_of
from bot.flows.hopes.feature import FEATURE as HOPES
from bot.flows.matching.feature import FEATURE as MATCHING
from bot.flows.pairing.feature import FEATURE as PAIRING
from bot.flows.preparation.feature import FEATURE as PREPARATION
from bot.flows.present import home_of
from bot.flows.privacy.feature import FEATURE as PRIVACY
from bot.flows.programme.feature import FEATURE as PROGRAMME
from bot.flows.reports.feature import FEATURE as REPORTS
from bot.flows.scheduling.feature import FEATURE as SCHEDULING
from bot.flows.session.feature import FEATURE as SESSION
from bot.flows.sharing.feature import FEATURE as SHARING
from bot.flows.support.feature import FEATURE as SUPPORT
from bot.flows.turns import Feature

_EXPLAINED: tuple[Feature, ...] = (
    ASSISTANT,
    BOARD,
    CALENDAR,
    CERTIFICATE,
    DELIVERY,
    ENROLMENT,
    FEEDBACK,
    GOALS,
    HOPES,
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
_WITH_HOME = (*_EXPLAINED, home_of(_EXPLAINED))
FEATURES: tuple[Feature, ...] = (*_WITH_HOME, help_of(_WITH_HOME))
