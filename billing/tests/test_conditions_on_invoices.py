"""Every comparator and expression, from the event to the final invoice; the matcher agrees."""

from __future__ import annotations

import pytest

from billing.tests.selling import Selling, compare, expression, flat, lines, when

TYPES = {"size": "NUMBER", "label": "STRING", "region": "ENUM", "note": "STRING"}


@pytest.fixture
def shop(api):
    shop = Selling(api)
    shop.open(properties=TYPES)
    return shop


def billed_by(shop, conditions, events):
    """Which of these events the rule bills at 1 each: by the draft, by the final invoice, and by fate."""
    shop.sell(shop.plan([flat("1", conditions=conditions)]))
    number, matched = 1, []
    for properties in events:
        given = {"size": "1", "label": "x", "region": "eu"} | properties
        fate = shop.send(str(number), **{name: value for name, value in given.items() if value is not None})
        matched += [number] if fate["type"] == "DEFAULT" else []
        number *= 2
    draft = shop.draft()
    assert draft == shop.final()
    billed = int(draft[0][0])
    assert billed == sum(matched)
    return [index for index in range(len(events)) if billed & (1 << index)]


@pytest.mark.parametrize(
    ("comparison", "events", "expected"),
    [
        (compare("size", "EQUALS", "1"), ["1.0", "1", "01", "1.1", "10"], [0, 1, 2]),
        (compare("size", "NOT_EQUALS", "1"), ["1.0", "1.1"], [1]),
        (compare("size", "IN", "1", "2.50"), ["2.5", "1e0", "3"], [0, 1]),
        (compare("size", "NOT_IN", "1", "2.50"), ["2.5", "1.0", "3"], [2]),
        (compare("size", "GREATER_THAN", "9"), ["10", "9.0", "9.000000000001"], [0, 2]),
        (compare("size", "GREATER_THAN_OR_EQUALS", "9"), ["10", "9.0", "8.9"], [0, 1]),
        (compare("size", "LESS_THAN", "10"), ["9", "10.0", "-11"], [0, 2]),
        (compare("size", "LESS_THAN_OR_EQUALS", "10"), ["9", "10.0", "10.1"], [0, 1]),
        (compare("label", "EQUALS", "1"), ["1", "1.0"], [0]),
        (compare("label", "CONTAINS", "pro"), ["a pro b", "Pro", "approx"], [0, 2]),
        (compare("label", "NOT_CONTAINS", "pro"), ["a pro b", "Pro", "approx"], [1]),
        (compare("region", "IN", "eu"), ["eu", "us"], [0]),
        (compare("note", "EMPTY"), ["x", None, ""], [1, 2]),
        (compare("note", "NOT_EMPTY"), ["x", None, ""], [0]),
    ],
)
def test_each_comparator_bills_what_it_says(shop, comparison, events, expected):
    name = comparison["reference"]
    assert billed_by(shop, when(comparison), [{name: value} for value in events]) == expected


BIG, EU = compare("size", "GREATER_THAN", "5"), compare("region", "EQUALS", "eu")
NAMED = compare("label", "NOT_EMPTY")
CROWD = [
    {"size": size, "region": region, "label": label}
    for size in ("1", "9")
    for region in ("us", "eu")
    for label in ("a", "b")
]


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (expression("AND", BIG, EU), [6, 7]),
        (expression("OR", BIG, EU), [2, 3, 4, 5, 6, 7]),
        (expression("XOR", BIG, EU), [2, 3, 4, 5]),
        (expression("AND", compare("label", "EQUALS", "a"), expression("OR", BIG, EU)), [2, 4, 6]),
        (when(EU) | expression("OR", BIG, compare("label", "EQUALS", "b")), [3, 6, 7]),
        (when(EU) | {"configs": [when(BIG), expression("OR", compare("label", "EQUALS", "a"))]}, [6]),
    ],
)
def test_expressions_and_further_conditions_bill_what_they_say(shop, conditions, expected):
    assert billed_by(shop, conditions, CROWD) == expected


@pytest.mark.parametrize("name", ["label", "region"])
@pytest.mark.parametrize(
    "comparator", ["GREATER_THAN", "GREATER_THAN_OR_EQUALS", "LESS_THAN", "LESS_THAN_OR_EQUALS"]
)
def test_what_is_no_number_has_no_size(shop, name, comparator):
    nested = expression("OR", expression("AND", compare(name, comparator, "5")))
    refused = shop.activate(shop.plan([flat("1", conditions=nested)]))
    assert refused.status == 400
    assert refused.body["field"].endswith("operands.0.expression.operands.0.meter_property.comparator")
    assert "compares numbers" in refused.body["message"]


@pytest.mark.parametrize(
    "conditions",
    [expression("OR", compare("color", "EMPTY")), {"configs": [when(compare("color", "EMPTY"))]}],
)
def test_a_property_that_does_not_exist_is_found_inside_conditions(shop, conditions):
    item = {"product_item_ids": ["jobs"], "configs": [flat("1", conditions=conditions)]}
    pricing = {"name": "Jobs", "product_ids": ["prod"], "items": [item]}
    tree = [{"product_category_id": "cat", "pricings": [pricing]}]
    body = {"pricing_plan_id": "plan", "pricing_categories": tree}
    answer = shop.api.post("/v1/pricing-plan-versions", body)
    assert (answer.status, answer.body["code"]) == (400, "RESOURCES_NOT_FOUND"), answer.body


def test_what_no_rule_bills_is_listed_as_unpriced(shop):
    shop.sell(shop.plan([flat("1", conditions=expression("AND", BIG, EU))]))
    assert shop.send("3", size="9", label="x", region="us")["type"] == "NOT_MATCHED"
    (invoice,) = shop.invoices()
    assert [line["quantity"] for line in lines(invoice)] == ["0"]
    assert [each["quantity"] for each in invoice["unpriced_usage"]] == ["3"]


def test_the_filter_of_an_item_compares_numbers_too(shop):
    shop.item("large", "jobs", usage_based={"conditions": when(compare("size", "EQUALS", "2"))})
    shop.sell(shop.plan([flat("1")], items=("large",)))
    shop.send("5", size="2.0", label="x", region="eu")
    shop.send("7", size="3", label="x", region="eu")
    assert shop.draft() == shop.final() == [("5", "5.00")]
