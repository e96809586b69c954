"""One walk: a round is opened, everybody does what they like, and the clock goes from one thing to the next."""

import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.dispatch import Answer
from bot.domain.programme import SPRINT, suggested_role
from bot.flows.programme.conversation import FORMATS
from bot.flows.turns import Pressed, What
from bot.ui.cards import Paragraph
from bot.ui.words import T
from storage.tables import Job, Round
from tests.stories import steps
from tests.walks import rules
from tests.walks.company import COORDINATOR, Company, company_of, people
from tests.walks.people import KINDS, OF_THE_COORDINATOR, SECRETARY, WEIGHTS, Crowd, Habits, Mind

AFTERWARDS = timedelta(weeks=5)
LOOKS = timedelta(days=3)
MOST_TURNS, MOST_AT_ONCE = 30_000, 50
DIGITAL, SOFT = ("1.2", "2.1", "5.3", "5.2"), ("S1", "S3", "S4", "S9")


@dataclass
class Walk:
    """``faults``: what must not be, in words. ``story``: what was done, for whoever looks for the cause."""

    seed: int
    chance: random.Random
    company: Company
    crowd: Crowd
    format: str = ""
    latest: datetime | None = None
    faults: list[str] = field(default_factory=list)
    story: list[str] = field(default_factory=list)
    watch: rules.Watch = field(default_factory=rules.Watch)
    seen: tuple[int, int] = (0, 0)

    def did(self, account: str, what: What) -> None:
        self.watch.acted(account, self.company.now)
        self.story.append(f"{self.company.now:%m-%d %H:%M} {account} {what}")

    async def live(self) -> None:
        """From the opening of the round until some weeks after its end."""
        begun, looked, events = self.company.now, self.company.now, self._events()
        over: datetime | None = None
        same = 0
        for _ in range(MOST_TURNS):
            dues = [await self.company.relay.next_due(), self.crowd.next_due(), looked + LOOKS, *events[:1]]
            moment = max(min(due for due in dues if due is not None), self.company.now)
            same = same + 1 if moment == self.company.now else 0
            if same > MOST_AT_ONCE:
                due = [
                    (job.name, job.key, job.owner, job.turn_at)
                    for job in await self.company.all(Job)
                    if job.state == "open"
                ]
                self.faults.append(f"{moment} does not pass: {min(due, key=lambda one: one[3])}")
                return
            await self.company.move_to(moment)
            await self.crowd.act()
            if events and events[0] <= self.company.now:
                events.pop(0)
                await self._something_happens()
            if self.company.now >= looked + LOOKS:
                looked = self.company.now
                if self._moved():
                    self.faults += await self.watch.look(self.company)
                round = (await self.company.all(Round))[0]
                if over is None and round.state in ("closed", "cancelled"):
                    over = self.company.now
                if over is not None and self.company.now > over + AFTERWARDS:
                    break
                if self.latest is not None and self.company.now > self.latest:
                    self.faults.append(f"the round is still {round.state} after {self.company.now - begun}")
                    break
            if len(self.faults) > 20:
                return
        else:
            self.faults.append(f"no end to what happens: {self.company.now}")
        self.faults += await self.watch.end(self.company)

    def _moved(self) -> bool:
        """Whether anything was done or said since the last look."""
        moved, self.seen = self.seen, (len(self.story), len(self.company.letters.sent))
        return moved != self.seen

    def _events(self) -> list[datetime]:
        """When HR or the platform does something."""
        days = sorted(self.chance.sample(range(3, 90), self.chance.randint(0, 4)))
        return [self.company.now + timedelta(days=day, hours=self.chance.randint(0, 8)) for day in days]

    async def _something_happens(self) -> None:
        company, chance = self.company, self.chance
        somebody = chance.randint(4, len(company.rows) - 1)
        row, kind = company.rows[somebody], chance.choice(("leaves", "blocks", "manager", "manager", "closure"))
        self.story.append(f"{company.now:%m-%d %H:%M} ! {kind} {row.email}")
        if kind == "leaves":
            company.letters.gone.add(f"p{somebody}")
            await company.leaves(row.email)
        elif kind == "blocks":
            company.letters.gone.add(f"p{somebody}")
        elif kind == "manager":
            boss = chance.choice([other.email for other in company.rows if other is not row])
            rows = [replace(one, manager_email=boss) if one is row else one for one in company.rows]
            await company.roster(rows)
        await company.settle()


def _mind(n: int, zone: str, seed: int) -> Mind:
    chance = random.Random(f"{seed}:{n}")
    kind = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    habits: Habits = SECRETARY if n == 0 else KINDS[kind]
    mind = Mind(f"p{n}", ZoneInfo(zone), chance, habits)
    return replace(mind, commands=OF_THE_COORDINATOR) if n == 0 else mind


async def walk(seed: int, format: str | None = None, most: int = 16) -> Walk:
    """The walk of that seed, lived to its end by eight people or more."""
    chance = random.Random(seed)
    rows = people(chance.randint(8, most), chance)
    format = format or chance.choice(FORMATS)
    start = datetime.fromisoformat("2027-01-12T09:00:00+00:00") + timedelta(days=chance.randint(0, 360))
    async with company_of(rows, random.Random(seed), start) as company:
        crowd = Crowd(company, {f"p{n}": _mind(n, row.timezone, seed) for n, row in enumerate(rows)})
        one = Walk(seed, chance, company, crowd, format)
        crowd.told, company.letters.came = one.did, crowd.come
        await _open(one)
        await one.live()
    return one


async def _open(one: Walk) -> None:
    company, chance = one.company, one.chance
    sessions, cadence = chance.choice(((3, 2), (4, 2), (3, 1)))
    short = replace(SPRINT, duration_weeks=chance.choice((8, 10)), sessions_planned=sessions, cadence_weeks=cadence)
    short = replace(short, group_least=2, group_most=4)
    id = await steps.draft_round(company, rules=short, weeks=1, state="draft", format=one.format)  # type: ignore[arg-type]  # it has what they use
    one.latest = company.now + timedelta(weeks=short.duration_weeks + 30)
    one.watch.begin(company)
    opened: Answer = await company.does(COORDINATOR.partition("@")[0], Pressed("programme.opened", str(id)))
    assert not _refused(opened), opened
    await _many_enrol(one, id)
    one.crowd.begin()
    await company.settle()


async def _many_enrol(one: Walk, round_id: int) -> None:
    """Most have enrolled already; the others are led there by what they press."""
    chance, names = one.chance, [row.name for row in one.company.rows[1:]]
    willing = chance.sample(names, int(len(names) * chance.uniform(0.5, 0.95)))
    for name in willing:
        stage = next(row.career_stage for row in one.company.rows if row.name == name)
        brings, wants = (DIGITAL, SOFT) if suggested_role(stage) == "mentor" else (SOFT, DIGITAL)
        await steps.enrol(
            one.company,  # type: ignore[arg-type]  # likewise
            round_id,
            [name],
            offers={code: chance.randint(2, 4) for code in chance.sample(brings, 3)},
            wants=[[code, chance.randint(0, 2)] for code in chance.sample(wants, 3)],
            prepared=chance.random() < 0.7,
            seed=chance.randint(0, 999),
        )


def _refused(answer: Answer) -> bool:
    card = getattr(answer.reply, "card", None)
    words = [block.text for block in card.blocks if isinstance(block, Paragraph)] if card else []
    return any(isinstance(text, T) and text.key == "form.our_fault" for text in words)
