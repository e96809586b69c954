"""Every form of the product, and how a person comes to it: for tests that go through all of them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.domain.programme import PEER
from bot.flows.catalogue import FEATURES
from bot.flows.reports.release import freeze
from storage import surveys
from storage.tables import ActionItem, Enrolment, OpenQuestion, Pairing, Person, Question, Round
from tests.stage import Stage, StageHand
from tests.stories import steps, surveyed, test_groups
from tests.stories.test_matching import enrolled, matched

Opener = Callable[[Stage], Awaitable[StageHand]]
MENTOR, MENTEE = "Luca Sala", "Giulia Bruno"
LONG = ("Perché? " + "&" * 1000)[:1000]
"""As much as may be asked or shared, and five times that once it is escaped."""
CONVERSATIONS = {one.flow.name: one.flow for feature in FEATURES for one in feature.conversations}
FLOWS = sorted(CONVERSATIONS)


async def types(stage: Stage, name: str, words: str) -> StageHand:
    hand = stage.hand(name)
    await hand.types(f"/mentoring {words}")
    return hand


async def enrolment(stage: Stage) -> StageHand:
    await steps.round_that_enrols(stage)
    return await types(stage, "Amelia Clarke", "join")


async def change(stage: Stage) -> StageHand:
    await steps.enrol(stage, await steps.round_that_enrols(stage), ["Roberta Esposito"])
    return await types(stage, "Roberta Esposito", "profilo")


async def profile(stage: Stage) -> StageHand:
    await steps.a_pair(stage, MENTOR, "Roberta Esposito")
    return await types(stage, "Roberta Esposito", "profilo")


async def goals(stage: Stage) -> StageHand:
    await steps.enrol(stage, await steps.round_that_enrols(stage), ["Amelia Clarke"])
    return await types(stage, "Amelia Clarke", "goals")


async def place(stage: Stage) -> StageHand:
    await steps.enrol(stage, await steps.round_that_enrols(stage), ["Amelia Clarke"])
    return await types(stage, "Valentina Vitale", "ciclo posto")


async def hopes(stage: Stage) -> StageHand:
    await steps.round_that_enrols(stage)
    hand = stage.hand("Amelia Clarke")
    await hand.forges("hopes.tell", "1")
    return hand


async def hopes_read(stage: Stage) -> StageHand:
    await steps.a_pair(stage, MENTOR, MENTEE)
    hand = stage.hand("Valentina Vitale")
    await hand.forges("hopes.read", "1")
    return hand


async def readiness(stage: Stage) -> StageHand:
    await steps.enrol(stage, await steps.round_that_enrols(stage), ["Amelia Clarke"])
    return await types(stage, "Amelia Clarke", "ready")


async def survey(stage: Stage) -> StageHand:
    round_id = await surveyed.a_round(stage, 2, [False] * 4)
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        people: list[Person] = await uow.all(uow.of(Person).order_by(Person.email))
    first = next(person for person in people if not person.coordinator)
    hand = stage.hand(first.email)
    await hand.forges("feedback.answer", f"{round_id}:close")
    return hand


async def long_survey(stage: Stage) -> StageHand:
    """The closing questions of somebody who leads and learns, of three objectives and four competences."""
    hand = await survey(stage)
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        round = await uow.need(Round, 1)
        round.format, round.objectives = PEER, ["intergenerational_management", "talent_management", "engagement"]
        for enrolment in await uow.all(uow.of(Enrolment)):
            enrolment.role, enrolment.wants = PEER, [["5.3", 1], ["1.2", 0], ["S1", 1], ["S2", 1]]
        await uow.commit()
    await hand.closes()
    await hand.forges("feedback.answer", f"{round.pk}:close")
    return hand


async def released(stage: Stage) -> tuple[StageHand, int]:
    round_id = await surveyed.a_round(stage, 8)
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        round = await uow.need(Round, round_id)
        round.state, round.closed_at = "closed", uow.now
        await freeze(uow, round)
        await uow.commit()
    return stage.hand("Valentina Vitale"), round_id


async def heard(stage: Stage) -> StageHand:
    hand, _ = await released(stage)
    await hand.forges("reports.hear", "1")
    return hand


async def texts(stage: Stage) -> StageHand:
    hand, _ = await released(stage)
    await hand.forges("reports.texts", "1")
    return hand


async def figures(stage: Stage) -> StageHand:
    await surveyed.a_round(stage, 2)
    hand = stage.hand("Valentina Vitale")
    await hand.forges("reports.enter", "1")
    return hand


async def search(stage: Stage) -> StageHand:
    await enrolled(stage)
    hand = await matched(stage)
    await hand.clicks("Cerca per persona")
    return hand


async def fix(stage: Stage) -> StageHand:
    await enrolled(stage)
    hand = await matched(stage)
    await hand.clicks("Abbina due persone")
    return hand


async def swap(stage: Stage) -> StageHand:
    await enrolled(stage)
    hand = await matched(stage)
    await hand.clicks("Scambia due mentor")
    return hand


async def approve_some(stage: Stage) -> StageHand:
    await enrolled(stage, ["Elena Sala"], ["Amelia Clarke"])
    hand = await matched(stage)
    await hand.clicks("Approva per funzione")
    return hand


async def weights(stage: Stage) -> StageHand:
    await steps.round_that_enrols(stage)
    return await types(stage, "Valentina Vitale", "ciclo pesi")


async def why(stage: Stage) -> StageHand:
    round_id = await enrolled(stage, ["Elena Sala"], ["Amelia Clarke"])
    await steps.approve_pairs(stage, round_id)
    hand = stage.hand("Elena Sala")
    await hand.forges("pairing.decline", "1")
    await hand.forges("pairing.why", "1")
    return hand


async def new_round(stage: Stage) -> StageHand:
    return await types(stage, "Valentina Vitale", "ciclo nuovo")


async def assistant(stage: Stage) -> StageHand:
    await steps.a_pair(stage, MENTOR, MENTEE)
    return await types(stage, MENTEE, "assistente")


async def assistant_types(stage: Stage) -> StageHand:
    hand = await assistant(stage)
    await hand.fills({"Quale collega?": "Camilla Caruso"})
    await hand.submits()
    camilla = await types(stage, "Camilla Caruso", "agenda")
    await camilla.clicks("Trova una data")
    await camilla.clicks("Scegli un altro orario")
    return camilla


async def calendar(stage: Stage) -> StageHand:
    return await types(stage, MENTOR, "calendario qui")


async def kickoff(stage: Stage) -> StageHand:
    await steps.enrol(stage, await steps.round_that_enrols(stage), ["Amelia Clarke"])
    return await types(stage, "Valentina Vitale", "ciclo avvio")


async def visit(stage: Stage) -> StageHand:
    await steps.a_pair(stage, MENTOR, MENTEE)
    hand = await types(stage, MENTOR, "in sede")
    await hand.clicks("Aggiungi una settimana")
    return hand


async def closure(stage: Stage) -> StageHand:
    hand = await types(stage, "Valentina Vitale", "chiusure")
    await hand.clicks("Aggiungi una chiusura")
    return hand


async def message_to_all(stage: Stage) -> StageHand:
    await steps.a_pair(stage, MENTOR, MENTEE)
    return await types(stage, "Valentina Vitale", "ciclo messaggio")


async def add_person(stage: Stage) -> StageHand:
    await steps.a_pair(stage, MENTOR, MENTEE)
    return await types(stage, "Valentina Vitale", "ciclo aggiungi")


async def extend(stage: Stage) -> StageHand:
    await steps.round_that_enrols(stage)
    return await types(stage, "Valentina Vitale", "ciclo modifica")


async def date(stage: Stage) -> StageHand:
    await steps.a_pair(stage, MENTOR, MENTEE)
    hand = await types(stage, MENTEE, "fissa")
    await hand.clicks("Scegli un altro orario")
    return hand


async def whose_date(stage: Stage) -> StageHand:
    await steps.a_pair(stage, MENTOR, MENTEE)
    await steps.a_pair(stage, MENTOR, "Roberta Esposito")
    return await types(stage, MENTOR, "fissa lunedì 18 gennaio alle 15")


async def a_date(stage: Stage) -> StageHand:
    await steps.a_pair(stage, MENTOR, MENTEE)
    hand = await types(stage, MENTEE, "fissa")
    await hand.clicks("Fissa")
    return hand


async def where(stage: Stage) -> StageHand:
    hand = await a_date(stage)
    await hand.forges("scheduling.where", "1")
    return hand


async def question(stage: Stage) -> StageHand:
    await a_date(stage)
    return await types(stage, MENTOR, "domanda")


async def topic(stage: Stage) -> StageHand:
    hand = await a_date(stage)
    await hand.forges("session.topic", "2")
    return hand


async def notes(stage: Stage) -> StageHand:
    """Giulia reads what she promised, what Luca did, and six long questions."""
    hand = await a_date(stage)
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        pairing, sealed = await uow.need(Pairing, 1), uow.box.seal(LONG)
        both = {"pairing_id": 1, "session_id": 1, "created_at": uow.now}
        uow.add_all(Question(**both, person_id=pairing.mentee_id, sealed_text=sealed) for _ in range(6))
        some, much = uow.box.seal(LONG[:300]), [(pairing.mentee_id, "action"), *[(pairing.mentor_id, "action")] * 6]
        uow.add_all(ActionItem(**both, person_id=person, kind=kind, sealed_text=some) for person, kind in much)
        await uow.commit()
    await hand.forges("session.notes", "1")
    return hand


async def ledger(stage: Stage) -> StageHand:
    hand = await a_date(stage)
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        pairing, sealed = await uow.need(Pairing, 1), uow.box.seal(LONG[:300])
        both = {"pairing_id": 1, "session_id": 1, "state": "kept", "created_at": uow.now, "sealed_text": sealed}
        much = [(person, kind) for person in (pairing.mentor_id, pairing.mentee_id) for kind in ("taught", "learned")]
        uow.add_all(ActionItem(**both, person_id=person, kind=kind) for person, kind in much * 3)
        await uow.commit()
    await hand.forges("session.ledger", "1")
    return hand


async def pact(stage: Stage) -> StageHand:
    hand = await a_date(stage)
    await hand.forges("session.pact", "1")
    return hand


async def to_mentors(stage: Stage) -> StageHand:
    """Luca, the mentor, has a question of Giulia's before him."""
    await steps.a_pair(stage, MENTOR, MENTEE)
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        asker = (await uow.all(uow.of(Person).where(Person.name == MENTEE)))[0]
        sealed = uow.box.seal(LONG)
        uow.add(OpenQuestion(round_id=1, person_id=asker.pk, sealed_text=sealed, created_at=uow.now))
        await uow.commit()
    hand = stage.hand(MENTOR)
    await hand.forges("session.open_question", "1")
    return hand


async def answered(stage: Stage) -> StageHand:
    mentor = await to_mentors(stage)
    await mentor.fills({"Che cosa risponderesti": LONG})
    await mentor.submits()
    hand = stage.hand(MENTEE)
    await hand.clicks("Leggi la risposta")
    return hand


async def interview(stage: Stage) -> StageHand:
    """Giulia has answered the short questions of the midpoint."""
    await steps.a_pair(stage, MENTOR, MENTEE)
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        person = (await uow.all(uow.of(Person).where(Person.name == MENTEE)))[0]
        await surveys.record(uow, 1, person.pk, "mentee", "mid", {"SAT1": 4})
        await uow.commit()
    hand = stage.hand(MENTEE)
    await hand.forges("feedback.interview", "1")
    return hand


async def would_share(stage: Stage) -> StageHand:
    """Giulia has something to share before Luca."""
    hand = await paired(stage, "condividi")
    words = f"Sottotitoli: {LONG}"[:1000]
    await hand.fills({"Che cos’è?": "Qualcosa da migliorare", "Con parole tue": words, "Con i vostri": "Senza"})
    await hand.submits()
    luca = stage.hand(MENTOR)
    await luca.clicks("Leggi")
    return luca


async def shared(stage: Stage) -> StageHand:
    luca = await would_share(stage)
    await luca.fills({"Può arrivare a chi coordina?": "Sì"})
    await luca.submits()
    hand = stage.hand("Valentina Vitale")
    await hand.clicks("Leggi")
    return hand


async def after(stage: Stage) -> StageHand:
    hand = await a_date(stage)
    await stage.move_to(datetime(2027, 1, 22, 9, 0, tzinfo=UTC))
    await hand.forges("session.after", "1")
    return hand


async def paired(stage: Stage, words: str) -> StageHand:
    await steps.a_pair(stage, MENTOR, MENTEE)
    return await types(stage, MENTEE, words)


async def of_several_pairs(stage: Stage) -> StageHand:
    await steps.a_pair(stage, MENTOR, MENTEE)
    await steps.a_pair(stage, "Andrea Farina", MENTEE)
    return await types(stage, MENTEE, "esci")


async def after_a_groups_meeting(stage: Stage) -> StageHand:
    _, elena, *_ = await test_groups.together(stage)
    session = await test_groups.booked(stage, elena)
    assert session.starts_at is not None
    await stage.move_to(session.starts_at + timedelta(days=1))
    await elena.forges("session.after", str(session.pk))
    return elena


async def message(stage: Stage) -> StageHand:
    id = await steps.a_pair(stage, MENTOR, MENTEE)
    hand = stage.hand(MENTEE)
    await hand.forges("pairing.write", str(id))
    return hand


async def withdraw(stage: Stage) -> StageHand:
    await steps.enrol(stage, await steps.round_that_enrols(stage), ["Amelia Clarke"])
    return await types(stage, "Amelia Clarke", "leave")


OPENERS: Mapping[str, Opener] = {
    "assistant.name": assistant,
    "assistant.type": assistant_types,
    "board.add": add_person,
    "board.pair": lambda stage: types(stage, "Valentina Vitale", "ciclo coppia"),
    "board.place": place,
    "calendar.give": calendar,
    "enrolment": enrolment,
    "enrolment.change": change,
    "feedback.interview": interview,
    "feedback.survey": survey,
    "goals": goals,
    "hopes.read": hopes_read,
    "hopes.tell": hopes,
    "matching.approve": approve_some,
    "matching.fix": fix,
    "matching.search": search,
    "matching.swap": swap,
    "matching.weights": weights,
    "pairing.message": message,
    "pairing.why": why,
    "preparation.readiness": readiness,
    "privacy.delete": lambda stage: types(stage, "Amelia Clarke", "delete"),
    "privacy.export": lambda stage: types(stage, MENTEE, "esporta"),
    "profile": profile,
    "programme.closure": closure,
    "programme.extend": extend,
    "programme.kickoff": kickoff,
    "programme.message": message_to_all,
    "programme.round": new_round,
    "reports.enter": figures,
    "reports.heard": heard,
    "reports.texts": texts,
    "scheduling.type": date,
    "scheduling.visit": visit,
    "scheduling.where": where,
    "scheduling.whose": whose_date,
    "session.after": after,
    "session.answer": to_mentors,
    "session.helped": answered,
    "session.ledger": ledger,
    "session.notes": notes,
    "session.pact": pact,
    "session.question": question,
    "session.topic": topic,
    "sharing.agree": would_share,
    "sharing.read": shared,
    "sharing.share": lambda stage: paired(stage, "condividi"),
    "support.leave": lambda stage: paired(stage, "esci"),
    "support.pause": lambda stage: paired(stage, "pausa"),
    "support.withdraw": withdraw,
}


@dataclass(frozen=True)
class Way:
    """A way through a form. ``chosen``: values by field that lead to ``steps``, which no other way comes to."""

    flow: str
    opener: Opener
    chosen: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    steps: frozenset[str] = frozenset()


ELSEWHERE = {"other": "shadowing", "part": "all"}
AMBIGUOUS = {"when": "giovedì prossimo alle 15"}
STAYED = {
    f"retention_{group}_{what}": number
    for group in ("programme", "comparison")
    for what, number in (("people", "40"), ("count", "30"))
}
OTHERWISE: Mapping[str, Way] = {
    "assistant.type, two days": Way("assistant.type", assistant_types, AMBIGUOUS, frozenset({"which"})),
    "enrolment, elsewhere": Way("enrolment", enrolment, ELSEWHERE, frozenset({"elsewhere"})),
    "enrolment.change, elsewhere": Way("enrolment.change", change, ELSEWHERE, frozenset({"elsewhere"})),
    "feedback.survey, a long one": Way("feedback.survey", long_survey, {}, frozenset({"questions_5", "skills_2"})),
    "programme.round, groups of some": Way(
        "programme.round", new_round, {"format": "group", "whom": "some"}, frozenset({"group", "who"})
    ),
    "reports.enter, who stayed": Way(
        "reports.enter", figures, {"code": "retention", **STAYED}, frozenset({"retention"})
    ),
    "scheduling.type, two days": Way("scheduling.type", date, AMBIGUOUS, frozenset({"which"})),
    "session.after, a group": Way("session.after", after_a_groups_meeting),
    "session.after, an experiment": Way(
        "session.after", after, {"held": "yes", "action_is": "experiment", "action": "x"}, frozenset({"experiment"})
    ),
    "support.leave, of several": Way("support.leave", of_several_pairs),
}
"""Forms that ask for something else elsewhere."""

WAYS: Mapping[str, Way] = {flow: Way(flow, opener) for flow, opener in OPENERS.items()} | OTHERWISE


def steps_on(way: Way) -> frozenset[str]:
    """The steps that this way must come to: its own, or all of the form that are no other way's own."""
    if way in OTHERWISE.values():
        return way.steps
    others = {step for other in OTHERWISE.values() if other.flow == way.flow for step in other.steps}
    return frozenset(step.name for step in CONVERSATIONS[way.flow].steps) - others
