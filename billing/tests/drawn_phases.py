"""Agreements in phases at random: versions, and what each phase says of seats, add-ons and discounts.

All of it is plain data, days counted from 1 May 2026, from which ``modeled`` works out what is owed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

ITEMS = ("jobs", "files", "fee", "seats")
LEVELS = ("product_items", "products", "product_categories", "totals")
END = 10**6


@dataclass(frozen=True)
class Prices:
    """A plan version: a price for each thing, and which of them are due ahead."""

    jobs: str
    free: str
    tops: tuple[str, ...]
    files: tuple[str, ...]
    fees: dict[str, str]
    ahead: frozenset[str]
    has_setup: bool
    reset: str


@dataclass(frozen=True)
class Promise:
    """Something that is taken off in every phase that names it: of these items, or of all at its level."""

    level: str
    items: tuple[str, ...]
    percentage: str | None
    amount: str | None
    above: str | None = None


@dataclass(frozen=True)
class Coupon:
    """A percentage or an amount, for as many months (None: for ever, 0: once), of these items or of all."""

    percentage: str | None
    amount: str | None
    months: int | None
    items: tuple[str, ...]
    by_code: bool


@dataclass(frozen=True)
class Phase:
    """A schedule from one day until another. Dates of what it says are days, or None for its own.

    ``seats`` are (number, from), ``extras`` (from, until), ``promises`` (which, from, until), ``least``
    (amount, whether of the main pricing only, from); ``coupons`` say which. ``own_fee`` is the price of the
    fee here, and whether it is due ahead; ``volumes`` are (free jobs, from).
    """

    start: int
    end: int
    prices: int
    is_trial: bool = False
    seats: tuple[tuple[int, int | None], ...] = ()
    extras: tuple[tuple[int | None, int | None], ...] = ()
    promises: tuple[tuple[int, int | None, int | None], ...] = ()
    least: tuple[tuple[str, bool, int | None], ...] = ()
    coupons: tuple[int, ...] = ()
    own_fee: tuple[str, bool] | None = None
    volumes: tuple[tuple[str, int | None], ...] = ()


@dataclass
class Agreed:
    """What one customer has agreed, and uses: (meter, day, number); and what happens on 20 May.

    ``happens`` is "" for nothing, "close" (the invoice of May is made final), "cancel" (it ends on the day
    ``at``), or "move" (to the version ``at`` from June on). What is on demand may be asked for then, too.
    """

    phases: list[Phase]
    promises: list[Promise]
    coupons: list[Coupon]
    events: list[tuple[str, int, str]] = field(default_factory=list)
    happens: str = ""
    at: int = 0
    demands: bool = False

    def as_it_came(self) -> Agreed:
        """What would come to the same, agreed from the first day on."""
        if self.happens == "cancel":
            kept = [replace(each, end=min(each.end, self.at)) for each in self.phases if each.start < self.at]
            return replace(self, phases=kept)
        if self.happens == "move":
            place = next(at for at, each in enumerate(self.phases) if each.start < 31 < each.end)
            before, after = self.phases[:place], self.phases[place + 1 :]
            halves = [replace(self.phases[place], end=31), _moved(self.phases[place], self.at)]
            return replace(self, phases=[*before, *halves, *after])
        return self


def prices(random: Random, *, reset: str) -> Prices:
    """A version, in euro; ``reset`` is that of its free jobs."""
    tops = tuple(str(each) for each in sorted(random.sample([5, 12, 30, 75], random.randint(0, 2))))
    names = ("fee", "seats", "setup", "extra", "report")
    return Prices(
        jobs=random.choice(["0.1", "1", "0.333", "2.5"]),
        free=random.choice(["0", "0", "10", "25.5"]),
        tops=tops,
        files=tuple(random.choice(["0.05", "0.37", "3", "1.005"]) for _ in range(len(tops) + 1)),
        fees={name: random.choice(["10", "31.99", "7.77", "0", "100"]) for name in names},
        ahead=frozenset(name for name in ("fee", "seats", "extra") if random.randrange(2)),
        has_setup=random.randrange(3) > 0,
        reset=reset,
    )


def agreed(random: Random, versions: list[Prices]) -> Agreed:
    """Something that may be agreed, of these versions, in one to three phases and perhaps a trial."""
    resets = versions[0].reset == "PERIOD"
    least = random.randrange(3) == 0
    found = Agreed([], [_promise(random, least=least) for _ in range(random.randint(0, 3))], [])
    by_code = random.randrange(2) == 0
    found.coupons = [_coupon(random, by_code=by_code) for _ in range(random.choice([0, 0, 1, 2]))]
    count = random.choice([1, 2, 2, 3, 3])
    turns = sorted(random.sample([*range(2, 31), 31, 31, *range(33, 61)], count - 1)) if count > 1 else []
    turns = sorted(set(turns))
    has_trial = bool(turns) and random.randrange(3) == 0
    for place, (start, end) in enumerate(zip([0, *turns], [*turns, END], strict=True)):
        phase = Phase(start, end, random.randrange(len(versions)), is_trial=has_trial and place == 0)
        found.phases.append(_said(random, found, phase, least=least, resets=resets))
    for _ in range(random.randint(0, 8)):
        number = random.choice(["1", "7.5", "30", "0.001", "12"])
        found.events.append((random.choice(["jobs", "files"]), random.randrange(61), number))
    bills = any(each.start <= 20 < each.end and not each.is_trial for each in found.phases)
    found.demands = bills and random.randrange(2) == 0
    return found


def happening(random: Random, found: Agreed, versions: int) -> Agreed:
    """The same, and something that happens to it."""
    runs = any(each.start < 31 < each.end and not each.is_trial for each in found.phases)
    found.happens = random.choice(["close", "cancel", "cancel", *(["move", "move"] if runs else [])])
    if found.happens == "close" and any(each.months == 0 for each in found.coupons):
        # Which invoice uses it up depends on what was known when that one was closed.
        found.happens = "cancel"
    found.at = random.randrange(versions) if found.happens == "move" else random.choice([21, 25, 31, 40, 60])
    if found.happens == "move" and next(e for e in found.phases if e.start < 31 < e.end).prices == found.at:
        found.at = (found.at + 1) % versions
    return found


def _moved(phase: Phase, prices: int) -> Phase:
    """The rest of a phase from day 31 on: what it says later begins then, what it said is over or goes on."""

    def cut(first: int | None) -> int | None:
        return None if first is None else max(first, 31)

    return replace(
        phase,
        start=31,
        prices=prices,
        seats=tuple((number, cut(first)) for number, first in phase.seats),
        volumes=tuple((number, cut(first)) for number, first in phase.volumes),
        extras=tuple((cut(first), until) for first, until in phase.extras if until is None or until > 31),
        promises=tuple(
            (which, cut(first), until)
            for which, first, until in phase.promises
            if until is None or until > 31
        ),
    )


def _promise(random: Random, *, least: bool) -> Promise:
    level = random.choice(LEVELS)
    items = tuple(random.sample(ITEMS, random.randint(1, 2))) if level == "product_items" else ()
    # What fees billed ahead were reduced by counts for a commitment: a part is a part whenever it is taken.
    part = least or random.randrange(2) == 0
    above = random.choice(["20", "60"]) if not least and random.randrange(4) == 0 else None
    # Each amount is another one, so that equal ones are the same promise.
    amount = f"{random.choice([1, 5, 40])}.{random.randrange(1, 100):02}"
    percentage = random.choice(["10", "7.5", "100", "0.3", "33.333"])
    return Promise(level, items, percentage if part else None, None if part else amount, above)


def _coupon(random: Random, *, by_code: bool) -> Coupon:
    part = random.randrange(2) == 0
    percentage, amount = random.choice(["15", "50", "2.5"]), random.choice(["3", "12.34", "500"])
    items = tuple(random.sample(ITEMS, 2)) if random.randrange(3) == 0 else ()
    months = random.choice([None, 0, 1, 2])
    return Coupon(percentage if part else None, None if part else amount, months, items, by_code)


def _said(random: Random, found: Agreed, phase: Phase, *, least: bool, resets: bool) -> Phase:
    last = min(phase.end, 61)

    def day() -> int | None:
        """A later day of the phase, or its beginning."""
        return (
            random.randrange(phase.start + 1, last)
            if last - phase.start > 1 and random.randrange(2)
            else None
        )

    promises = []
    for which in range(len(found.promises)):
        if random.randrange(3):
            first = day() if random.randrange(3) == 0 else None
            until = day() if random.randrange(3) == 0 else None
            promises.append((which, first, until if until and until > (first or phase.start) else None))
    commitments = [
        (random.choice(["25", "90", "212.5"]), random.randrange(2) == 0, None) for _ in range(least)
    ]
    seats = [(random.randrange(6), None), *((random.randrange(6), day()) for _ in range(random.randrange(3)))]
    return Phase(
        **{name: getattr(phase, name) for name in ("start", "end", "prices", "is_trial")},
        seats=tuple(each for each in seats[:1]) + tuple(each for each in seats[1:] if each[1] is not None),
        extras=_extras(random, phase.start, last),
        promises=tuple(promises),
        least=tuple(commitments),
        coupons=tuple(which for which in range(len(found.coupons)) if random.randrange(3)),
        own_fee=(random.choice(["3.33", "25", "0"]), random.randrange(2) == 0)
        if random.randrange(3) == 0
        else None,
        volumes=((random.choice(["0", "3", "50"]), day()),) if resets and random.randrange(4) == 0 else (),
    )


def _extras(random: Random, start: int, last: int) -> tuple[tuple[int | None, int | None], ...]:
    """On all the time, or on and off and on again, or never."""
    kind = random.randrange(4)
    if kind == 0 or last - start < 6:
        return ()
    if kind == 1:
        return ((None, None),)
    days = sorted(random.sample(range(start + 1, last), 3))
    return ((days[0], None),) if kind == 2 else ((None, days[0]), (days[1], days[2]))
