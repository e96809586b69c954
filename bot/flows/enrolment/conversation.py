"""The enrolment conversation: its steps in order. What each step asks is in the modules beside this one."""

from bot.flows.engine import Flow
from bot.flows.enrolment.closing_steps import CONFIRM
from bot.flows.enrolment.meeting_steps import PROFILE_STEP, TOGETHER, WEEK
from bot.flows.enrolment.opening_steps import ABOUT, ELSEWHERE, PART, ROLE
from bot.flows.enrolment.skill_steps import LEVELS, OFFERS, WANTS

FLOW = Flow("enrolment", (ABOUT, ROLE, ELSEWHERE, OFFERS, WANTS, LEVELS, WEEK, TOGETHER, CONFIRM))
"""The whole enrolment; its subject is ``round:<id>``."""

CHANGE = Flow("enrolment.change", (PART, ROLE, ELSEWHERE, OFFERS, WANTS, LEVELS, WEEK, TOGETHER, CONFIRM))
"""What somebody who has enrolled changes while everybody enrols: one part, or all of it; subject ``round:<id>``."""

PROFILE = Flow("profile", (PROFILE_STEP,))
"""What stays changeable after enrolment has ended: languages, availability, format; subject ``enrolment:<id>``."""
