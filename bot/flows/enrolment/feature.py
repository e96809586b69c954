"""Being invited, enrolling, changing one's answers, withdrawing."""

from bot.flows.enrolment import actions, finishing, jobs, sections
from bot.flows.enrolment.conversation import CHANGE, FLOW, PROFILE
from bot.flows.turns import Command, Conversation, Feature, JobKind, Verb

FEATURE = Feature(
    name="enrolment",
    verbs={
        "enrolment.show": Verb(actions.show, form=True),
        "enrolment.not_now": Verb(actions.not_now),
        "enrolment.profile": Verb(actions.change, form=True),
        "enrolment.unask": Verb(actions.take_back_asking),
        "enrolment.withdraw": Verb(actions.withdraw, form=True),
    },
    commands=(
        Command(
            {
                "en": ("join", "enrol", "enroll", "sign up"),
                "it": ("partecipa", "iscrizione", "iscrivimi", "iscriviti", "adesione"),
            },
            actions.join,
            help="enrolment.help.join",
        ),
        Command({"en": ("ask",), "it": ("chiedi",)}, actions.ask, help="enrolment.help.ask"),
        Command({"en": ("profile",), "it": ("profilo",)}, actions.profile, help="enrolment.help.profile"),
        Command({"en": ("withdraw",), "it": ("ritirati",)}, actions.ask_withdraw, help="enrolment.help.withdraw"),
    ),
    conversations=(
        Conversation(FLOW, finishing.finish, looked_up={"together": finishing.look_up_avoided}),
        Conversation(CHANGE, finishing.finish, looked_up={"together": finishing.look_up_avoided}),
        Conversation(PROFILE, finishing.finish_profile),
    ),
    jobs={"enrolment.invite": JobKind(jobs.invite), "enrolment.reminder": JobKind(jobs.remind)},
    home=sections.home,
)
