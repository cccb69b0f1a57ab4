"""Laws that hold for every price, found false only by a fault: property tests over random configs."""

from decimal import Decimal, localcontext

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.rating import rate
from catalog.rating.explaining import explained, printing
from catalog.rating.parsing import config
from catalog.rating.rated import Rated
from catalog.rating.tests.helpers import eur, number, price
from catalog.rating.types import Config
from catalog.rating.usage import Usage
from kit.errors import InvalidField, MissingField
from kit.money import EXACT

BANDED = ("TIERED", "TOP_TIERED", "STAIR_STEP")
AMOUNTS = st.decimals(min_value=0, max_value=10**6, places=12).map(str)
SIZES = st.decimals(min_value="0.000000000001", max_value=10**6, places=12).map(lambda size: number(size))
QUANTITIES = st.decimals(min_value=-(10**6), max_value=10**15, places=12)
BOUNDS = st.lists(
    st.decimals(min_value="0.000000000001", max_value=10**9, places=12), max_size=5, unique=True
).map(sorted)


def banded(pricing_type: str, bounds: list[Decimal], bands: list[dict]) -> Config:
    tops = [{"tier_top_bound": number(bound)} for bound in bounds] + [{}]
    return config.parse(
        price(pricing_type, *({**band, **top} for band, top in zip(bands, tops, strict=False)))
    )


UNIT_BANDS = st.builds(lambda rate: {"amount": eur(rate)}, AMOUNTS)
FULL_BANDS = st.builds(
    lambda rate, size, fee, rounding: {
        "amount": eur(rate),
        "block_size": size,
        "fixed_amount": fee and eur(fee),
        "block_rounding": rounding,
    },
    AMOUNTS,
    st.none() | SIZES,
    st.none() | AMOUNTS,
    st.sampled_from(["UP", "NONE"]),
)


def tiered(bands: st.SearchStrategy, *pricing_types: str) -> st.SearchStrategy[Config]:
    filled = st.lists(bands, min_size=6, max_size=6)
    return st.builds(banded, st.sampled_from(pricing_types), BOUNDS, filled)


def at(read: Config, quantity: Decimal) -> Rated:
    return rate.rate(read, Usage.one_event(quantity))


ANY_CONFIG = tiered(FULL_BANDS, "TIERED", "TOP_TIERED") | tiered(UNIT_BANDS, "STAIR_STEP")


@given(ANY_CONFIG, QUANTITIES)
def test_the_detail_lines_sum_to_the_amount_exactly(read, quantity):
    rated = at(read, quantity)
    with localcontext(EXACT):
        assert sum((line.amount for line in rated.details), Decimal(0)) == rated.amount
        printed = sum((Decimal(line["amount"]["quantity"]) for line in printing.of(rated)), Decimal(0))
    assert printed == Decimal(explained.of(rated)["unrounded_amount"]) == rated.amount


@given(ANY_CONFIG, QUANTITIES)
def test_no_charge_is_negative(read, quantity):
    assert at(read, quantity).amount >= 0


@given(tiered(FULL_BANDS, "TIERED") | tiered(UNIT_BANDS, "STAIR_STEP"), QUANTITIES, QUANTITIES)
def test_more_usage_never_costs_less_where_bands_add_up(read, one, other):
    low, high = sorted((one, other))
    assert at(read, high).amount >= at(read, low).amount


@given(tiered(UNIT_BANDS, "TIERED"), QUANTITIES, st.decimals(min_value=0, max_value=10, places=12))
def test_tiered_is_continuous(read, quantity, step):
    """A step in quantity changes the cost by no more than the dearest rate times the step."""
    dearest = max(band.price.amount for band in read.bands)
    with localcontext(EXACT):
        assert at(read, quantity + step).amount - at(read, quantity).amount <= dearest * step


@given(tiered(UNIT_BANDS, "TIERED"), QUANTITIES)
def test_tiered_quantities_of_the_bands_add_up_to_the_quantity(read, quantity):
    rated = at(read, quantity)
    with localcontext(EXACT):
        assert sum((line.quantity for line in rated.details), Decimal(0)) == rated.billable


FEES = st.builds(
    lambda percent, floor, width, fee: price(
        "FLAT",
        {
            "percentage": percent,
            "minimum_amount": eur(floor),
            "maximum_amount": eur(str(Decimal(floor) + Decimal(width))),
            "fixed_amount": eur(fee),
        },
    ),
    *[st.decimals(min_value=0, max_value=1000, places=6).map(str)] * 4,
)
VALUES = st.lists(st.decimals(min_value=-(10**6), max_value=10**6, places=6), max_size=20)


@given(FEES, st.sampled_from(["0", "1000"]), VALUES, st.randoms())
def test_the_order_of_events_does_not_matter(data, free, values, random):
    read = config.parse(data | {"default_included_volume": {"amount": eur(free)}})
    shuffled = values[:]
    random.shuffle(shuffled)
    first, second = (rate.rate(read, Usage.of_events(some, currency="EUR")) for some in (values, shuffled))
    assert explained.of(first) == explained.of(second)


@given(VALUES, st.decimals(min_value=0, max_value=10**6, places=6))
def test_of_single_events_as_much_is_free_as_is_included(values, free):
    """Where nothing bounds an event, the smallest being free first is the percentage of the rest."""
    plain, bounded = (
        config.parse(each | {"default_included_volume": {"amount": eur(str(free))}})
        for each in (
            price("FLAT", {"percentage": "2"}),
            price("FLAT", {"percentage": "2", "minimum_amount": eur("0")}),
        )
    )
    usage = Usage.of_events(values, currency="EUR")
    assert rate.rate(bounded, usage).amount == rate.rate(plain, usage).amount


@given(FEES, VALUES.map(lambda values: [abs(value) for value in values]))
def test_events_priced_one_by_one_add_up_to_the_whole(data, values):
    read = config.parse(data)
    whole = rate.rate(read, Usage.of_events(values, currency="EUR")).amount
    with localcontext(EXACT):
        single = (rate.rate(read, Usage.of_events([value], currency="EUR")).amount for value in values)
        assert sum(single, Decimal(0)) == whole


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text()
    | st.sampled_from(["1", "EUR"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
BAND_KEYS = (
    "amount percentage fixed_amount credits minimum_amount maximum_amount minimum_number maximum_number "
    "block_size block_rounding tier_top_bound"
).split()
LEAVES = st.sampled_from(["1", "0", "-1", "2.5", "1e999999", "EUR", "USD", "UP", "", "\x00", "NaN"]) | JSON
OBJECTS = st.dictionaries(
    st.sampled_from("quantity currency number amount count credit_type_id".split()), LEAVES
)
BANDS = st.dictionaries(st.sampled_from(BAND_KEYS), LEAVES | OBJECTS)
TYPES = st.sampled_from("FLAT TIERED TOP_TIERED STAIR_STEP FIXED NONE PASS_THROUGH FLAT_TOP_UP".split())
NEARLY = st.fixed_dictionaries(
    {"pricing_type": TYPES, "bands": st.lists(BANDS, max_size=3)},
    optional={
        "type": TYPES | JSON,
        "order": JSON,
        "details": st.dictionaries(st.sampled_from(["pricing_type", "bands"]), JSON),
        "conditions": st.dictionaries(st.sampled_from(["meter_properties", "expression", "configs"]), JSON),
        "default_included_volume": OBJECTS,
        "split_pricing": JSON,
        "on_demand": JSON,
        "volume_group_reference": JSON,
    },
)


@given(JSON | NEARLY)
@settings(max_examples=250)
def test_the_parser_raises_nothing_but_field_errors(data):
    try:
        read = config.parse(data, path="configs.0")
    except (InvalidField, MissingField) as error:
        assert error.field is not None and error.field.startswith("configs.0")
    else:
        assert isinstance(read, Config)


def test_the_parser_survives_deep_nesting():
    deep: list = []
    for _ in range(5000):
        deep = [deep]
    data = {**price("FLAT", {"amount": eur("1")}), "top_up": {"x": deep}, "details": {"bands": deep}}
    try:
        config.parse(data)
    except InvalidField as error:
        assert error.field == "details.bands.0"
