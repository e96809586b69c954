"""Who may go now, and who waits for a turn: the limits of conversations, and of workspaces, which all workers share."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain import lanes as arithmetic
from bot.domain.lanes import Pace
from bot.relay.disturbing import Letter, Mark
from bot.relay.post import Address, Limit, Sender
from storage import lanes
from storage.jobs import CAMPAIGN, Held, Postponed
from storage.lanes import LaneName
from storage.tables import Lane
from storage.uow import Uow

MOST_REMEMBERED = 10_000


def lane_of(address: Address, limit: Limit) -> LaneName:
    """The lane that a message goes through."""
    return LaneName(address.workspace.pk, limit.method, limit.pace)


@dataclass
class Pacing:
    """``conversations`` are remembered by this process alone: two workers that write to one person are rare.

    ``usual``: the one lane that all of very many of one kind have gone through so far (None: several).
    """

    senders: Mapping[str, Sender]
    conversations: dict[tuple[int, ...], datetime] = field(default_factory=dict)
    usual: dict[tuple[int, str], LaneName | None] = field(default_factory=dict)

    def limit(self, letter: Letter) -> Limit | None:
        """What bounds the letter; None for a platform that this process does not serve."""
        sender = self.senders.get(letter.address.workspace.platform)
        return sender.limit(letter.address, edit=bool(letter.say.edit)) if sender else None

    async def with_room(self, uow: Uow, group: Sequence[Held], marks: list[Mark]) -> list[Held]:
        """Those to be looked at now: of very many that are likely to go through one lane, as many as it has room for.

        The others wait in it; what they come to is worked out when their turn comes, and only then.
        """
        likely = {job.id: name for job in group if (name := self._likely(job))}
        rows = await lanes.held_lanes(uow.session, uow.organisation_id, likely.values(), uow.now) if likely else {}
        room = {name: arithmetic.room(row.full_at, name.pace, uow.now) for name, row in rows.items()}
        going = []
        for job in group:
            name = likely.get(job.id)
            if name is None or room[name] > 0:
                going.append(job)
            else:
                marks.append(wait(job, job.due_at, "lane", rows[name].pk))
            if name is not None:
                room[name] -= 1
        return going

    def _likely(self, job: Held) -> LaneName | None:
        return self.usual.get((job.organisation_id, job.name)) if job.priority == CAMPAIGN and not job.lane_id else None

    async def let_go(self, uow: Uow, letters: Sequence[Letter], marks: list[Mark]) -> list[Letter]:
        """The letters that go now; ``marks`` gets those that wait, in their conversation or in their lane."""
        wanted: dict[LaneName, list[Letter]] = defaultdict(list)
        going: list[Letter] = []
        for letter in letters:
            limit = self.limit(letter)
            if limit is None:
                going.append(letter)
            elif (free_at := self._conversation(letter, limit.each, uow.now)) > uow.now:
                marks.append(wait(letter.job, free_at, "conversation"))
            else:
                wanted[lane_of(letter.address, limit)].append(letter)
        rows = await lanes.held_lanes(uow.session, uow.organisation_id, wanted, uow.now) if wanted else {}
        for name, group in wanted.items():
            going.extend(self._through(rows[name], name, group, uow.now, marks))
        for name, group in wanted.items():
            for letter in group:
                kind = (uow.organisation_id, letter.job.name)
                if self.usual.setdefault(kind, name) != name:
                    self.usual[kind] = None
        for letter in going:
            self._said(letter, uow.now)
        return going

    def _through(
        self, lane: Lane, name: LaneName, letters: Sequence[Letter], now: datetime, marks: list[Mark]
    ) -> list[Letter]:
        """Those that were claimed in this lane have their turn; of the others as many as there is room for."""
        called = [letter for letter in letters if letter.job.lane_id == lane.id]
        others = [letter for letter in letters if letter.job.lane_id != lane.id]
        room = lanes.take(lane, name, now, len(others))
        marks.extend(wait(letter.job, letter.job.due_at, "lane", lane.pk) for letter in others[room:])
        return [*called, *others[:room]]

    def _conversation(self, letter: Letter, pace: Pace, now: datetime) -> datetime:
        """When the next message to that conversation may go."""
        full_at = self.conversations.get(_place(letter), now)
        return now if arithmetic.room(full_at, pace, now) else full_at - (pace.burst - 1) * pace.interval

    def _said(self, letter: Letter, now: datetime) -> None:
        limit = self.limit(letter)
        if limit is None:
            return
        if len(self.conversations) > MOST_REMEMBERED:
            self.conversations = {place: full for place, full in self.conversations.items() if full > now}
        place = _place(letter)
        self.conversations[place] = arithmetic.taken(self.conversations.get(place, now), limit.each, now, 1)


def _place(letter: Letter) -> tuple[int, ...]:
    return tuple(sorted(account.pk for account in letter.address.accounts))


def wait(job: Held, turn_at: datetime, reason: str, lane_id: int = 0) -> Postponed:
    """A promise that is owed and waits for a turn: no try was made."""
    return Postponed(job, turn_at, reason, lane_id=lane_id, unsure=job.unsure)
