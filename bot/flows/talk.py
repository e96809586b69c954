"""Conversations in progress: start, go on, go back, finish. The engine decides; this keeps the place in the store."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from types import EllipsisType
from typing import Any

from bot.flows.engine import LOOKED_UP, Errors, Flow, Place, Show, path, submit
from bot.flows.turns import Conversation, FormErrors, Outdated, Refused, Replace, Reply, ShowForm, Submitted, Turn
from bot.ui.cards import Card, Paragraph, card
from bot.ui.forms import TextField, Values
from bot.ui.words import T, Text
from storage import talks
from storage.tables import FlowSession

PART = 600  # characters of a typed text in one paragraph, which escaping may make five times as many


async def start(
    turn: Turn,
    flow: Flow,
    subject: str = "",
    context: Mapping[str, Any] | None = None,
    answers: Values | None = None,
    *,
    at: str | None = None,
    fresh: bool = False,
    unfinished: FlowSession | EllipsisType | None = ...,
) -> ShowForm:
    """Open a conversation, or resume the person's unfinished one about the same ``subject`` (``round:3``) at its step.

    ``context``: small JSON facts that its forms need; refreshed on resuming, but for what was looked up.
    ``answers``: what is known beforehand. ``at``: the step to show instead. ``fresh``: an unfinished one begins again
    at its first step, with ``answers`` over what was given before. ``unfinished``: the one to resume or None, where it
    was read with what leads to it.
    """
    if isinstance(unfinished, EllipsisType):
        unfinished = await talks.unfinished(turn.uow, turn.person.pk, flow.name, subject)
    talk = unfinished
    if talk is None:
        talk = turn.uow.add(
            FlowSession(
                token=secrets.token_urlsafe(12),
                person_id=turn.person.pk,
                flow=flow.name,
                subject=subject,
                step=flow.first,
                sealed_answers=turn.uow.box.seal_json(dict(answers or {})),
                expires_at=turn.now + timedelta(days=flow.days),
            )
        )
    elif fresh:
        earlier = turn.uow.box.open_json(talk.sealed_answers) or {}
        talk.step, talk.sealed_answers = flow.first, turn.uow.box.seal_json({**earlier, **dict(answers or {})})
    step = talk.step if talk.step in {step.name for step in flow.steps} else flow.first
    now = {"step": at or step, "context": {**dict(context or {}), **_looked_up(talk)}, "origin": turn.origin}
    for name, value in now.items():
        if getattr(talk, name) != value:  # a row that is touched is compared column by column before it is left alone
            setattr(talk, name, value)
    return _show(turn, flow, talk, talk.step, {})


def _place(turn: Turn, talk: FlowSession) -> Place:
    answers = turn.uow.box.open_json(talk.sealed_answers) or {}
    return Place(turn.now, turn.person.language, turn.zone, talk.context, answers)


def _show(turn: Turn, flow: Flow, talk: FlowSession, step: str, errors: Errors) -> ShowForm:
    place = _place(turn, talk)
    first = not path(flow, step, place)
    return ShowForm(talk.token, step, flow.step(step).form(place), place.answers, errors, first)


async def go_on(turn: Turn, conversations: Mapping[str, Conversation], given: Submitted) -> Reply:
    """Answer a submitted step: the same with errors, the next one, the one before, or the end.

    A refusal ends the conversation: it carries what was typed on the way.
    """
    talk = turn.talk
    sealed, context = (talk.sealed_answers, talk.context) if talk is not None else ("", {})
    try:
        return await _answered(turn, conversations, given)
    except Refused as refusal:
        if talk is not None and talk.person_id == turn.person.pk and talk.flow in conversations and sealed:
            answers = turn.uow.box.open_json(sealed)
            place = Place(turn.now, turn.person.language, turn.zone, context, answers)
            refusal.typed = _typed_before(conversations[talk.flow].flow, given.step, place)
        raise


def _typed_before(flow: Flow, step: str, place: Place) -> tuple[str, ...]:
    """What was typed into the steps before this one."""
    fields = (item for name in path(flow, step, place) for item in flow.step(name).form(place).fields)
    return tuple(text for item in fields if isinstance(item, TextField) and (text := place.one(item.name)))


async def _answered(turn: Turn, conversations: Mapping[str, Conversation], given: Submitted) -> Reply:
    talk = _mine(turn)
    conversation = conversations[talk.flow]
    if conversation.may == "coordinator" and not turn.person.coordinator:
        raise Refused(T("form.coordinators_only"))
    flow = conversation.flow
    if given.step not in {step.name for step in flow.steps}:
        return _show(turn, flow, talk, flow.first, {})
    turn.origin = talk.origin
    if given.back:
        return await _back(turn, flow, talk, given)
    outcome = submit(flow, given.step, _place(turn, talk), given.values)
    if isinstance(outcome, Show):
        return await _go_to(turn, conversation, talk, given.step, outcome)
    place = Place(turn.now, turn.person.language, turn.zone, talk.context, outcome.answers)
    return await _finish(turn, conversation, talk, given.step, place)


async def _go_to(turn: Turn, conversation: Conversation, talk: FlowSession, answered: str, outcome: Show) -> Reply:
    """The step that an answer leads to; the same again when what is looked up about the answer speaks against it."""
    step, errors = outcome.step, outcome.errors
    context: dict[str, Any] = talk.context
    look_up = conversation.looked_up.get(answered)
    if look_up is not None and not errors:
        place = Place(turn.now, turn.person.language, turn.zone, context, outcome.answers)
        try:
            context = {**context, LOOKED_UP: {**context.get(LOOKED_UP, {}), **await look_up(turn, place)}}
        except FormErrors as problem:
            step, errors = answered, problem.errors
    sealed = turn.uow.box.seal_json(dict(outcome.answers))
    await _keep(turn, talk, sealed_answers=sealed, step=step, context=context)
    return _show(turn, conversation.flow, talk, step, errors)


def _looked_up(talk: FlowSession) -> dict[str, Any]:
    return {LOOKED_UP: talk.context[LOOKED_UP]} if LOOKED_UP in (talk.context or {}) else {}


async def again(turn: Turn, conversations: Mapping[str, Conversation]) -> Reply:
    """Show an unfinished conversation of the person where it was left."""
    talk = _mine(turn)
    conversation = conversations[talk.flow]
    if conversation.may == "coordinator" and not turn.person.coordinator:
        raise Refused(T("form.coordinators_only"))
    steps = {step.name for step in conversation.flow.steps}
    return _show(turn, conversation.flow, talk, talk.step if talk.step in steps else conversation.flow.first, {})


async def _finish(turn: Turn, conversation: Conversation, talk: FlowSession, step: str, place: Place) -> Reply:
    flow = conversation.flow
    first = not path(flow, step, place)
    again = ShowForm(talk.token, step, flow.step(step).form(place), place.answers, {}, first)
    await _keep(turn, talk, finished_at=turn.now, sealed_answers="", context={})
    if conversation.may == "coordinator":
        turn.uow.audit(turn.person, flow.name, talk.subject)
    try:
        return await conversation.finish(turn, place)
    except FormErrors as problem:
        await turn.uow.rollback()
        return replace(again, errors=problem.errors)


async def _keep(turn: Turn, talk: FlowSession, **values: object) -> None:
    """Change the conversation, unless the same form was sent a moment ago."""
    if not await talks.write(turn.uow, talk, **values):
        raise Outdated(T("form.sent_already"))


async def _back(turn: Turn, flow: Flow, talk: FlowSession, given: Submitted) -> Reply:
    place = _place(turn, talk)
    fields = {item.name for item in flow.step(given.step).form(place).fields}
    typed = {name: value for name, value in given.values.items() if name in fields}
    now = replace(place, answers={**place.answers, **typed})
    step = [flow.first, *path(flow, given.step, now)][-1]
    await _keep(turn, talk, sealed_answers=turn.uow.box.seal_json(dict(now.answers)), step=step)
    return _show(turn, flow, talk, talk.step, {})


def _mine(turn: Turn) -> FlowSession:
    """The open conversation of the form, if it is this person's; else a kind refusal."""
    talk = turn.talk
    if talk is None or talk.person_id != turn.person.pk:
        raise Outdated(T("form.not_yours"))
    if talk.finished_at is not None:
        raise Outdated(T("form.sent_already"))
    if talk.expires_at <= turn.now:
        raise Outdated(T("form.expired"))
    return talk


def handed_back(refusal: Card, typed: Sequence[str]) -> Card:
    """The refusal of a form that cannot be taken, with what was typed into it, so that it can be copied."""
    parts = (text[start : start + PART] for text in typed for start in range(0, len(text), PART))
    copies = (Paragraph(T("form.copy_what_you_typed")), *(Paragraph(part) for part in parts))
    return replace(refusal, blocks=(*refusal.blocks, *copies))


def said(*texts: Text) -> Replace:
    """A short answer in words alone."""
    return Replace(card(*texts))
