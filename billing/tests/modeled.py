"""What an agreement of ``drawn_phases`` comes to, worked out anew from the documents (ADR 0013, 0014).

Slow and plain: nothing of ``billing.calc`` is used. Months are May and June 2026, each one invoice, with an
opening before them; days are counted from 1 May.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

from billing.tests.drawn_phases import END, LEVELS, Agreed, Phase, Prices, Promise
from billing.tests.modeled_days import CENT, Span, both, cents, months_later, share, within

MONTHS = ((0, 31), (31, 61), (61, 92))
MAIN = frozenset({"jobs", "files", "fee", "seats", "setup", "report"})
Sums = dict[str, Decimal]


@dataclass
class Charge:
    """``left`` is what discounts have left of ``amount``; ``kind`` is REVENUE or COMMITMENT."""

    phase: int
    item: str
    start: int
    amount: Decimal
    kind: str = "REVENUE"
    left: Decimal = field(init=False)

    def __post_init__(self) -> None:
        self.left = self.amount


def bills(agreed: Agreed, versions: list[Prices]) -> list[Sums]:
    """The sums by kind of the opening, with what was asked for, and of the invoices of May and June."""
    model, spent = Model(agreed, versions), set[int]()
    found = []
    for month, following in ((None, MONTHS[0]), (MONTHS[0], MONTHS[1]), (MONTHS[1], MONTHS[2])):
        found.append(model.invoice(month, following, spent))
    if agreed.demands:
        found[0] = all_of([found[0], model.demanded()])
    return found


def all_of(found: list[Sums]) -> Sums:
    """What several invoices come to together."""
    sums: Sums = defaultdict(Decimal)
    for each in found:
        for kind, amount in each.items():
            sums[kind] += amount
    return dict(sums)


class Model:
    """One agreement."""

    def __init__(self, agreed: Agreed, versions: list[Prices]) -> None:
        self.agreed, self.versions = agreed, versions
        self.phases = [(at, each) for at, each in enumerate(agreed.phases) if not each.is_trial]

    def invoice(self, month: Span | None, following: Span, spent: set[int]) -> Sums:
        charges = [each for at, phase in self.phases for each in self.charges(at, phase, month, following)]
        taken = self.narrow(charges)
        for at, phase in self.phases if month else ():
            charges += self.missing(at, phase, month or MONTHS[0], charges)
        taken += self.totals(charges)
        taken += self.coupons(charges, spent)
        sums: Sums = defaultdict(Decimal, DISCOUNT=-taken)
        for each in charges:
            sums[each.kind] += each.amount
        return dict(sums)

    # --- what is charged

    def charges(self, at: int, phase: Phase, month: Span | None, following: Span) -> Iterator[Charge]:
        """Usage and fees of the phase's days in the month; fees ahead for the month that follows."""
        prices = self.prices(phase)
        own = (phase.start, phase.end)
        ran = both(own, month) if month else None
        if ran and ran[0] == phase.start and at == self.first_with_setup():
            yield Charge(at, "setup", ran[0], cents(Fraction(prices.fees["setup"])))
        if ran and month:
            yield Charge(at, "jobs", ran[0], self.jobs(phase, ran))
            yield Charge(at, "files", ran[0], self.files(prices, ran))
        yield from self.fee(at, prices, "fee", own, month, following)
        yield from self.seats(at, phase, month, following)
        for first, until in phase.extras:
            on = both(own, (phase.start if first is None else first, END if until is None else until))
            if on:
                yield from self.fee(at, prices, "extra", on, month, following)

    def prices(self, phase: Phase) -> Prices:
        """Those of its version, with its own fee."""
        prices = self.versions[phase.prices]
        if phase.own_fee is None:
            return prices
        price, is_ahead = phase.own_fee
        ahead = prices.ahead - {"fee"} | ({"fee"} if is_ahead else set())
        return replace(prices, fees=prices.fees | {"fee": price}, ahead=ahead)

    def first_with_setup(self) -> int | None:
        return next((at for at, each in self.phases if self.versions[each.prices].has_setup), None)

    def fee(
        self, at: int, prices: Prices, name: str, on: Span, month: Span | None, following: Span
    ) -> Iterator[Charge]:
        for span, whole in due(on, month, following, ahead=name in prices.ahead):
            yield Charge(at, name, span[0], cents(Fraction(prices.fees[name]) * share(span, whole)))

    def seats(self, at: int, phase: Phase, month: Span | None, following: Span) -> Iterator[Charge]:
        """Those there are when the time begins; then each change for the days that are left."""
        prices, own = self.prices(phase), (phase.start, phase.end)
        price = Fraction(prices.fees["seats"])
        for span, whole in due(own, month, following, ahead="seats" in prices.ahead):
            yield Charge(at, "seats", span[0], cents(price * seats_on(phase, span[0]) * share(span, whole)))
        ran = both(own, month) if month else None
        for day in sorted({first for _, first in phase.seats if first is not None}):
            if ran and month and ran[0] < day < ran[1]:
                more = seats_on(phase, day) - seats_on(phase, day - 1)
                yield Charge(at, "seats", ran[0], cents(price * more * share((day, ran[1]), month)))

    def used(self, meter: str, span: Span) -> Fraction:
        found = (Fraction(n) for each, day, n in self.agreed.events if each == meter and within(day, span))
        return sum(found, Fraction(0))

    def jobs(self, phase: Phase, span: Span) -> Decimal:
        """What is above the free ones: those of each month, or what is left of those of the phase."""
        prices = self.versions[phase.prices]
        begun = [(first or 0, number) for number, first in phase.volumes if (first or 0) <= span[0]]
        free = Fraction(max(begun)[1] if begun else prices.free)
        if prices.reset == "SCHEDULE":
            free = max(free - self.used("jobs", (phase.start, span[0])), Fraction(0))
        return cents(max(self.used("jobs", span) - free, Fraction(0)) * Fraction(prices.jobs))

    def files(self, prices: Prices, span: Span) -> Decimal:
        rest, amount, lower = self.used("files", span), Fraction(0), Fraction(0)
        for top, price in zip([*prices.tops, None], prices.files, strict=True):
            units = rest if top is None else min(rest, Fraction(top) - lower)
            amount, rest = amount + units * Fraction(price), rest - units
            lower = Fraction(top or 0)
        return cents(amount)

    def demanded(self) -> Sums:
        """A report on the 20th: its price, less percentages of what it belongs to."""
        at, phase = next(each for each in self.phases if each[1].start <= 20 < each[1].end)
        report = Charge(at, "report", 20, cents(Fraction(self.versions[phase.prices].fees["report"])))
        named = {which for which, *_ in phase.promises}
        for level in LEVELS[1:]:
            for which, promise in enumerate(self.agreed.promises):
                dates = promised(phase, which) if which in named and promise.percentage else None
                if promise.level == level and dates and within(20, dates):
                    take(promise, [report])
        return {"REVENUE": report.amount, "DISCOUNT": report.left - report.amount}

    # --- what is taken off, and due at least

    def narrow(self, charges: list[Charge]) -> Decimal:
        """Discounts below the total: an amount once for all phases that go on with it."""
        taken = Decimal(0)
        for level in LEVELS[:3]:
            for which, promise in enumerate(self.agreed.promises):
                if promise.level == level:
                    for dates in self.groups(which, promise, charges):
                        covered = [each for each in charges if covers(promise, each) and named(dates, each)]
                        taken += take(promise, covered)
        return taken

    def groups(self, which: int, promise: Promise, charges: list[Charge]) -> Iterator[dict[int, Span]]:
        """By phase the days in which it takes something off; phases in one group share it."""
        group: dict[int, Span] = {}
        last = 0
        for at, phase in self.phases:
            dates = promised(phase, which)
            starts = [each.start for each in charges if each.phase == at]
            if dates is None or not any(within(day, dates) for day in starts):
                continue
            if group and (promise.percentage is not None or last < dates[0]):
                yield group
                group = {}
            group[at], last = dates, dates[1]
        if group:
            yield group

    def missing(self, at: int, phase: Phase, month: Span, charges: list[Charge]) -> Iterator[Charge]:
        """What its charges for its days of the month lack, also those billed ahead, after its discounts."""
        ran = both((phase.start, phase.end), month)
        if ran is None:
            return
        own = [each for each in charges if each.phase == at and each.start < ran[1]]
        if ran[0] == month[0]:
            own += self.paid(at, phase, month)
        made: list[Charge] = []
        for main in (True, False):
            for amount, is_main, first in phase.least:
                if is_main is main and within(ran[0], (phase.start if first is None else first, END)):
                    counted = [each for each in [*own, *made] if not is_main or each.item in MAIN]
                    lacks = cents(
                        Fraction(amount) * share(ran, month) - Fraction(sum(c.left for c in counted))
                    )
                    if lacks > 0 and (counted or not is_main):
                        beside = counted[0].item if counted else "jobs"
                        made.append(Charge(at, beside, ran[0], lacks, "COMMITMENT"))
        yield from made

    def paid(self, at: int, phase: Phase, month: Span) -> list[Charge]:
        """The fees that the invoice before had for this month, after what is taken off them."""
        before = [each for each in self.charges(at, phase, None, month) if each.start >= month[0]]
        self.narrow(before)
        return before

    def totals(self, charges: list[Charge]) -> Decimal:
        """Each once, off all that the phases which name it charge, in the order in which they name it."""
        found: dict[int, dict[int, Span]] = {}
        for at, phase in self.phases:
            for which, _, _ in phase.promises:
                dates = promised(phase, which)
                if self.agreed.promises[which].level == "totals" and dates:
                    found.setdefault(which, {})[at] = dates
        return sum(
            (
                take(self.agreed.promises[which], [each for each in charges if named(dates, each)])
                for which, dates in found.items()
            ),
            Decimal(0),
        )

    def coupons(self, charges: list[Charge], spent: set[int]) -> Decimal:
        taken = Decimal(0)
        order = list(dict.fromkeys(which for _, phase in self.phases for which in phase.coupons))
        for which in order:
            coupon = self.agreed.coupons[which]
            if which in spent:
                continue
            first = min(phase.start for phase in self.agreed.phases if which in phase.coupons)
            until = months_later(first, coupon.months) if coupon.months else END
            dates = {at: (phase.start, until) for at, phase in self.phases if which in phase.coupons}
            promise = Promise("totals", coupon.items, coupon.percentage, coupon.amount)
            covered = [
                each
                for each in charges
                if named(dates, each) and (not coupon.items or each.item in coupon.items)
            ]
            off = take(promise, covered)
            taken += off
            if coupon.months == 0 and off:
                spent.add(which)
        return taken


def due(on: Span, month: Span | None, following: Span, *, ahead: bool) -> Iterator[tuple[Span, Span]]:
    """(days, whole month) for which a fee is due: of the month; or of the next, and of one begun within."""
    ran = both(on, month) if month else None
    if not ahead:
        if ran and month:
            yield ran, month
        return
    if ran and month and on[0] > month[0]:
        yield ran, month
    then = both(on, following)
    if then and then[0] == following[0]:
        yield then, following


def seats_on(phase: Phase, day: int) -> int:
    """The latest that has begun; of two that begin on one day the last."""
    known = [
        (first if first is not None else phase.start, place) for place, (_, first) in enumerate(phase.seats)
    ]
    return phase.seats[max(each for each in known if each[0] <= day)[1]][0]


def promised(phase: Phase, which: int) -> Span | None:
    for each, first, until in phase.promises:
        if each == which:
            return (phase.start if first is None else first, END if until is None else until)
    return None


def covers(promise: Promise, charge: Charge) -> bool:
    if promise.level == "product_items":
        return charge.item in promise.items
    return promise.level != "products" or charge.item in MAIN


def named(dates: dict[int, Span], charge: Charge) -> bool:
    return charge.phase in dates and within(charge.start, dates[charge.phase])


def take(promise: Promise, covered: list[Charge]) -> Decimal:
    """What it takes off these, spread by largest remainder."""
    if promise.above and sum(each.amount for each in covered) <= Decimal(promise.above):
        return Decimal(0)
    base = max(sum((each.left for each in covered), Decimal(0)), Decimal(0))
    wanted = Decimal(promise.amount) if promise.amount else base * Decimal(promise.percentage or 0) / 100
    off = min(cents(Fraction(wanted)), base)
    weights = [Fraction(max(each.left, Decimal(0))) for each in covered]
    exact = [Fraction(off) * each / sum(weights) for each in weights] if off else [Fraction(0)] * len(covered)
    parts = [(Decimal(e.numerator) / Decimal(e.denominator)).quantize(CENT, ROUND_DOWN) for e in exact]
    rest = int((off - sum(parts, Decimal(0))) / CENT)
    order = sorted(range(len(parts)), key=lambda place: (Fraction(parts[place]) - exact[place], place))
    for place in order[:rest]:
        parts[place] += CENT
    for each, part in zip(covered, parts, strict=True):
        each.left -= part
    return off
