"""From a name to a pair: both are asked, nobody is told who said no, and the two who said yes are brought together."""

from bot.flows.pairing import actions, circling, ending, gathering, jobs, lines, passing
from bot.flows.pairing.conversation import WHY
from bot.flows.turns import Conversation, Feature, JobKind, Verb

FEATURE = Feature(
    name="pairing",
    verbs={
        "pairing.accept": Verb(actions.say_yes),
        "pairing.decline": Verb(actions.say_no),
        "pairing.think": Verb(actions.think),
        "pairing.why": Verb(actions.why, form=True),
        "pairing.stay": Verb(actions.stay),
        "pairing.next_round": Verb(actions.next_round),
        "pairing.again": Verb(actions.again),
        "pairing.stop": Verb(actions.stop),
        "pairing.write": Verb(passing.write, form=True),
    },
    conversations=(Conversation(WHY, actions.told_why), Conversation(passing.MESSAGE, passing.pass_it_on)),
    jobs={
        "pairing.propose": JobKind(jobs.propose),
        "pairing.leave_out": JobKind(jobs.leave_out),
        "pairing.ask_mentee": JobKind(jobs.ask_mentee, jobs.mentee_asked),
        "pairing.ask_mentor": JobKind(jobs.ask_mentor, jobs.mentor_asked),
        "pairing.remind": JobKind(jobs.remind, jobs.reminded),
        "pairing.expire": JobKind(jobs.expire),
        "pairing.settle": JobKind(jobs.settle_one),
        "pairing.form": JobKind(jobs.form_pair),
        "pairing.gather": JobKind(gathering.gather),
        "pairing.circle": JobKind(circling.gather),
        "pairing.circle_told": JobKind(circling.told),
        "pairing.no_group": JobKind(jobs.no_group),
        "pairing.joined": JobKind(jobs.joined),
        "pairing.not_available": JobKind(jobs.not_available),
        "pairing.waitlisted": JobKind(jobs.waitlisted),
        "pairing.announce": JobKind(jobs.announce),
        "pairing.introduce": JobKind(jobs.introduce, jobs.introduced),
        "pairing.pass_on": JobKind(passing.pass_on, passing.passed),
        "pairing.look_at_lines": JobKind(lines.look),
        "pairing.ended_by_line": JobKind(jobs.ended_by_line),
        "pairing.unwind": JobKind(ending.unwind),
        "pairing.left_group": JobKind(jobs.left_group),
        "pairing.group_ended": JobKind(jobs.group_ended),
        "pairing.ended_for_other": JobKind(jobs.ended_for_other),
    },
    home=actions.home,
)
