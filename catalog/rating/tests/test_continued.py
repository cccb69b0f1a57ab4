"""A part of a longer pricing period goes on where the part before ended."""

from decimal import Decimal, localcontext
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from catalog.rating import continued, rate
from catalog.rating.explaining import steps
from catalog.rating.tests.helpers import eur, number, parse, percents, price, units
from catalog.rating.tests.test_laws import ANY_CONFIG
from catalog.rating.usage import Usage
from catalog.rating.volume import FRESH, State
from kit.money import EXACT

BANDS = units((100, "0.10"), (None, "0.05"))
PRICES = [
    price("FLAT", {"amount": eur("0.04"), "fixed_amount": eur("0.01")}),
    price("TIERED", *BANDS, default_included_volume=number(30)),
    price("FLAT_TOP_UP", {"amount": eur("8"), "block_size": number(10)}),
    price("STAIR_STEP_TOP_UP", *BANDS),
    price("NONE"),
]
VALUES = st.lists(st.decimals(min_value=-50, max_value=500, places=3), max_size=12)


def so_far(read, values):
    return rate.rate(read, Usage.of_events(values))


def parts(read, values, cuts):
    """The period cut after so many events, each part with what came before."""
    edges = sorted({0, *(cut % (len(values) + 1) for cut in cuts), len(values)})
    if len(edges) == 1:
        return [so_far(read, values)]
    first, *rest = [so_far(read, values[:end]) for _, end in pairwise(edges)]
    return [first, *(continued.after(whole, before) for before, whole in pairwise([first, *rest]))]


@given(
    read=ANY_CONFIG | st.sampled_from(PRICES).map(parse),
    values=VALUES,
    cuts=st.lists(st.integers(0, 12), max_size=4),
)
def test_split_periods_add_up(read, values, cuts):
    whole, found = so_far(read, values), parts(read, values, cuts)
    with localcontext(EXACT):
        for name in ("amount", "billable", "included", "reused"):
            assert sum(getattr(part, name) for part in found) == getattr(whole, name)
        assert sum(part.usage.quantity for part in found) == whole.usage.quantity
        for part in found:
            assert sum((line.amount for line in part.details), Decimal(0)) == part.amount
    assert sum(part.usage.events for part in found) == len(values)
    assert found[-1].left == whole.left
    assert added(line for part in found for line in part.details) == added(whole.details)
    for part in found:
        places = [line.place.order if line.place else 0 for line in part.details]
        assert places == sorted(places)


def added(details):
    """What each kind of charge of each band comes to: quantity, amount and times."""
    sums = {}
    for line in details:
        key = line.kind, line.place and line.place.order
        sums[key] = [
            EXACT.add(so_far, each or 0)
            for so_far, each in zip(
                sums.get(key, [0] * 3), (line.quantity, line.amount, line.times), strict=True
            )
        ]
    return {key: each for key, each in sums.items() if any(each)}


def test_the_bands_go_on_from_the_part_before():
    read = parse(price("TIERED", *BANDS))
    part = continued.after(so_far(read, [Decimal(60), Decimal(90)]), so_far(read, [Decimal(60)]))
    assert [(line.quantity, line.amount) for line in part.details] == [(40, 4), (50, Decimal("2.50"))]
    step = next(step for step in steps.of(part) if step["type"] == "CONTINUED")
    assert (step["before"], step["quantity"]) == ("60", "150")


def test_what_is_free_is_what_the_parts_before_left():
    read = parse(price("TIERED", *BANDS, default_included_volume=number(100)))
    first = so_far(read, [Decimal(30)])
    part = continued.after(so_far(read, [Decimal(30), Decimal(90)]), first)
    assert (first.state, part.state.available, part.included, part.amount) == (FRESH, 70, 70, 2)


def test_bundles_of_earlier_periods_are_used_up_part_by_part():
    read = parse(price("FLAT_TOP_UP", {"amount": eur("8"), "block_size": number(10)}))
    whole, before = (
        rate.rate(read, Usage.of_events([Decimal(each)]), state=State(carried=Decimal(15)))
        for each in (40, 10)
    )
    part = continued.after(whole, before)
    assert (part.state.carried, part.reused, part.amount) == (5, 5, 24)


def test_a_volume_price_that_becomes_cheaper_gives_back():
    read = parse(price("TOP_TIERED", *BANDS))
    part = continued.after(so_far(read, [Decimal(90), Decimal(20)]), so_far(read, [Decimal(90)]))
    assert (part.amount, [line.amount for line in part.details]) == (Decimal("-3.5"), [-9, Decimal("5.5")])


def test_bounds_of_single_events_are_those_of_the_new_events():
    bounded = percents((None, "2"))[0] | {"minimum_amount": eur("0.50"), "maximum_amount": eur("3")}
    read = parse(price("FLAT", bounded))
    before, now = ([Decimal(each) for each in values] for values in (("10", "1000"), ("10", "1000", "100")))
    whole, first = (rate.rate(read, Usage.of_events(values, currency="EUR")) for values in (now, before))
    part = continued.after(whole, first)
    assert (part.amount, part.usage.values) == (2, (Decimal(100),))
