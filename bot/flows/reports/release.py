"""Freezing a wave: its totals are computed once, and what joined answers to people is destroyed."""

import random
from datetime import timedelta

from bot.content import items
from bot.domain.suppression import Hidden, free_texts
from bot.domain.survey import may_show_item
from bot.flows.reports.figures import Json
from bot.flows.reports.totals import totals
from storage import reports, surveys
from storage.reports import Answer, Facts
from storage.tables import Release, Round
from storage.uow import Uow

RAW_ANSWERS_KEPT = timedelta(days=90)
TEXTS_KEPT = timedelta(days=365)
SPACING = timedelta(milliseconds=250)
COORDINATOR_LATER = timedelta(minutes=5)
OPEN_ITEMS = tuple(code for code, item in items().items() if item.scale == "text")
DESTROYS_THE_KEYS = ("close", surveys.AFTERWARDS)


async def freeze(uow: Uow, round: Round, wave: str = "close") -> Release:
    """Release the totals of a wave (``mid``, ``close``, ``followup``): to those who took part, then to the coordinator.

    Idempotent: a wave is frozen once and never computed again. Freezing ``close`` destroys the keys, and ``followup``
    those that were made for it.
    """
    found = await reports.release_of(uow, round.pk, wave)
    if found is not None:
        return found
    facts = await reports.facts_of(uow, round)
    frozen = totals(facts, wave, uow.now)
    frozen["texts"] = _texts(uow, facts, wave, random.SystemRandom())
    release = reports.keep(uow, round.pk, wave, frozen, uow.now)
    await uow.flush()
    if wave in DESTROYS_THE_KEYS:
        await reports.destroy_keys(uow, round.pk)
        key, later = f"round:{round.pk}:forget_answers:{wave}", uow.now + RAW_ANSWERS_KEPT
        uow.promise("reports.forget_answers", key, later, round=round.pk, wave=wave)
    else:
        await surveys.close(uow, round.pk, wave)
    forget = uow.now + TEXTS_KEPT
    uow.promise("reports.forget_texts", f"release:{release.pk}:forget_texts", forget, release=release.pk)
    people = await tell(uow, release, "heard")
    ready = uow.now + people * SPACING + COORDINATOR_LATER
    key = f"release:{release.pk}:ready"
    uow.promise("reports.ready", key, ready, person=round.coordinator_id, release=release.pk)
    return release


async def tell(uow: Uow, release: Release, what: str) -> int:
    """Owe everybody whom it is about a message about a release (``heard`` or ``heard_words``); how many they are."""
    whom = reports.came_to_the_end if release.wave == surveys.AFTERWARDS else reports.took_part
    people = await whom(uow, release.round_id)
    for number, person in enumerate(people):
        key = f"release:{release.pk}:{what}:{person}"
        due = uow.now + number * SPACING
        uow.promise(f"feedback.{what}", key, due, person=person, release=release.pk)
    return len(people)


def _texts(uow: Uow, facts: Facts, wave: str, chance: random.Random) -> Json:
    """Open answers that their authors allow to be shown, sealed anew so that nothing joins them to their row."""
    found: Json = {}
    for item in OPEN_ITEMS:
        allowed = {one.respondent for one in _of(facts, wave, may_show_item(item)) if one.value == 1}
        written = [one for one in _of(facts, wave, item) if one.text]
        answers = [(uow.box.open(one.text), one.respondent in allowed) for one in written]
        shown = free_texts(answers, [chance.random() for _ in answers])
        if not isinstance(shown, Hidden) and shown:
            found[item] = [uow.box.seal(text) for text in shown]
    return found


def _of(facts: Facts, wave: str, item: str) -> list[Answer]:
    return [one for one in facts.answers if one.wave == wave and one.item == item]
