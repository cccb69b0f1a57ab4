"""What a schedule changes, asked of the calculator: the same as on the invoice, part by part."""

from __future__ import annotations

from decimal import Decimal

from billing.tests.agreements import agree, preview, rules
from billing.tests.calculated import PATH, calculated, of_item, require_same, under
from billing.tests.coupons import FOREVER, code, coupon, months, off, percent
from billing.tests.selling import START, Selling, bands, compare, flat, lines, when
from billing.tests.world import Price, at, fee, usage, where
from catalog.models import PricingItem


def dollars(quantity):
    return {"quantity": quantity, "currency": "USD"}


def euros(quantity):
    return {"quantity": quantity, "currency": "EUR"}


def body_of(config):
    """The same price in dollars."""
    found = [band | {"amount": dollars(band["amount"]["quantity"])} for band in config["bands"]]
    return config | {"bands": found}


MARKUPS = [{"percentage": "12.5"}, {"amount": dollars("0.333")}]
DISCOUNTS = [{"percentage": "7.5"}, {"amount": euros("1.11")}]
ON_TOTAL = [{"percentage": "3.3"}]
MISSING = {"meter_value_calculation": {"number": "-1"}}
UNITS = {"meter_value_calculation": {"number": "1"}}
CONDITION = {"comparator": "GREATER_THAN", "value": {"amount": euros("1000")}}
HOLDS = {"condition": CONDITION | {"comparator": "LESS_THAN"}}
NEVER = {"condition": CONDITION}


def rate(shop, amount, timestamp):
    pair = {"base_currency": "EUR", "currency": "USD", "rate": amount, "source": "ECB"}
    return shop.api.post("/v1/exchange-rates", pair | {"rate_timestamp": timestamp}).ok()


def test_the_calculator_and_the_invoice_come_to_the_same(api):
    """Two rules in dollars, marked up, billed in euro; discounts and commitments at every level, coupons."""
    shop = Selling(api)
    shop.open(properties={"region": "ENUM"})
    rate(shop, "1.28", START)
    rate(shop, "1.31", "2026-05-20T00:00:00Z")
    rate(shop, "2", "2026-06-01T00:00:01Z")
    in_eu = when(compare("region", "EQUALS", "eu"))
    configs = [
        body_of(bands("TIERED", ("10", "0.7"), (None, "0.3"), conditions=in_eu)),
        body_of(flat("0.0999")),
    ]
    version = shop.plan(configs)
    item = api.get(f"/v1/pricing-plan-versions/{version}").ok()["pricing_categories"][0]["pricings"][0][
        "items"
    ][0]
    ids = [config["id"] for config in item["configs"]]
    limits = {"product_ids": [api.get("/v1/products/prod").ok()["id"]]}
    coupon(api, "spring", percent("10"), FOREVER, limited_to=limits)
    code(api, coupon(api, "one", off("1.01"), months(1)), "ONE")
    terms = {
        "markups": [*MARKUPS, {"percentage": "2", "rules": [1]}],
        "discounts": [
            *DISCOUNTS,
            {"percentage": "1", "rules": [0]},
            {"percentage": "4", "rules": [1], **HOLDS},
            {"percentage": "5", **NEVER},
            {"percentage": "2", "level": "PRODUCT", **HOLDS},
            {"amount": euros("0.1"), "level": "CATEGORY"},
        ],
        "commitments": [
            {"meter_value_calculation": {"number": "40"}, "rules": [1]},
            {"amount": euros("30")},
            {"amount": euros("35"), "level": "TOTAL"},
        ],
        "total_discounts": [*ON_TOTAL, {"percentage": "50", **NEVER}, {"percentage": "1.7", **HOLDS}],
        "billing_currency": "EUR",
    }
    units = {"ids": [ids[1]], "meter_value_calculation": {"number": "40"}}
    shop.sell(
        version,
        pricing_currency="USD",
        markup={
            "pricing_item_configs": [
                *(each | {"ids": ids} for each in MARKUPS),
                {"ids": [ids[1]], "percentage": "2"},
            ]
        },
        discount={
            "pricing_item_configs": [
                {"ids": [ids[0]], "percentage": "1"},
                {"ids": [ids[1]], "percentage": "4", **HOLDS},
            ],
            "pricing_items": [
                each | {"ids": [item["id"]]} for each in (*DISCOUNTS, {"percentage": "5", **NEVER})
            ],
            "products": [{"ids": limits["product_ids"], "percentage": "2", **HOLDS}],
            "product_categories": [{"ids": ["cat"], "amount": euros("0.1")}],
            "totals": terms["total_discounts"],
        },
        commitment={
            "pricing_item_configs": [units],
            "pricing_items": [{"ids": [item["id"]], "amount": euros("30")}],
            "totals": [{"amount": euros("35")}],
        },
        coupon_ids=["spring"],
        promotion_codes=["one"],
    )
    shop.send("17.5", region="eu")
    shop.send("23", region="us")
    [invoice] = [each for each in shop.invoices() if each["start_at"] == START]
    asked = {
        "meter_values": [under("17.5", region="eu"), under("23", region="us")],
        "period": {"start_at": START},
    }
    shown = lines(invoice)
    told = {"name": "Spring", "discount": percent("10")}, {"discount": off("1.01"), "duration": months(1)}
    stored = {"coupon_ids": ["spring"], "promotion_codes": ["ONE"]}
    for price, coupons in (
        ({"pricing_item_id": item["id"]}, stored),
        ({"configs": configs}, {"coupons": list(told)}),
    ):
        found = require_same(api, shown, **price, **asked, terms=terms | coupons)
        assert found["amount"] == invoice["invoice_amount_excluding_tax"]
        assert found["used_exchange_rates"] == invoice["used_exchange_rates"]
        for rule in found["rules"]:
            parts = sum((Decimal(each["amount"]["quantity"]) for each in rule["details"]), Decimal(0))
            assert parts == Decimal(rule["amount"]["quantity"])
    assert [line["type"] for line in shown] == [*["REVENUE"] * 2, *["DISCOUNT"] * 6, *["COMMITMENT"] * 3] + [
        "DISCOUNT"
    ] * 4
    levels = [each["level"] for each in found["adjustments"]]
    of_prices = ["RULE", "RULE", "ITEM", "ITEM", "PRODUCT", "CATEGORY"]
    assert levels == [*of_prices, "RULE", "ITEM", "TOTAL", *["TOTAL"] * 4]
    # Rates of another day, and rates that are told.
    one = {"configs": configs[1:], "meter_values": [{"number": "100"}]}
    dated = {"billing_currency": "EUR", "exchange_rates_at": "2026-05-02T00:00:00Z"}
    assert calculated(api, **one, terms=dated)["amount"] == euros("7.80")
    own = {"base_currency": "USD", "currency": "EUR", "rate": "0.5", "source": "ours"}
    found = calculated(api, **one, terms=dated | {"exchange_rates": [own]})
    assert (found["amount"], found["used_exchange_rates"][0]["rate"]) == (euros("5.00"), "0.5")
    spent = terms | {"promotion_codes": ["one"], "start_at": "2026-03-01T00:00:00Z"}
    later = api.post(PATH, {"pricing_item_id": item["id"], **asked, "terms": spent}).ok()
    assert [each["coupon_data"] for each in later["adjustments"] if each["coupon_data"]] == []


def test_a_part_of_a_period_comes_to_the_same_as_on_the_invoice(api, world):
    """18 days of 31 from 14 March: seats that change, fees of other periods, a FIXED rule among others."""
    fast = where("model", "fast")
    fixed = {"pricing_type": "FIXED", "bands": [{"amount": euros("62")}], "conditions": fast}
    yearly = fee("1200").rules[0] | {"pricing_period": {"type": "YEAR", "value": 1}}
    daily = fee("3").rules[0] | {"pricing_period": {"type": "WEEK", "value": 1}}
    version = world.drafted(
        Price("Seats", "PER_SEAT", (bands("TIERED", ("2", "24"), (None, "19.99")),)),
        Price("Yearly", "RECURRING", (yearly,)),
        Price("Weekly", "RECURRING", (daily,)),
        usage(fixed, flat("0.01"), name="Minutes"),
        Price("Setup", "ONE_OFF", fee("75").rules),
    )
    extra = world.addon(version, fee("62", name="Support")).public_id
    world.activated(version)
    rule = rules(version)[0]
    items = [each.public_id for each in PricingItem.objects.filter(version=version).order_by("pk")]
    committed, discounts, markups = (
        [{"amount": euros("100")}],
        [{"percentage": "10"}],
        [{"amount": euros("1")}],
    )
    seats = [{"number": "3"}, {"number": "5", "start_at": "2026-03-20T10:00:00Z"}]
    seats.append({"number": "4", "start_at": "2026-03-25T00:00:00Z", "end_at": "2026-03-29T00:00:00Z"})
    schedule = {
        "start_at": "2026-03-14T00:00:00Z",
        "enabled_pricings": [{"pricing_id": extra, "start_at": "2026-03-20T00:00:00Z"}],
        "seats_values": [each | {"pricing_item_config_id": rule} for each in seats],
        "markup": {"pricing_item_configs": [each | {"ids": [rule]} for each in markups]},
        "discount": {"pricing_items": [each | {"ids": [items[0]]} for each in discounts]},
        "commitment": {"pricing_items": [each | {"ids": [items[0]]} for each in committed]},
    }
    agree(api, world, version, schedule, billing_time="CALENDAR")
    world.used("500", when=at("2026-03-15"))
    shown = preview(api, "2026-03-14")
    period = {"start_at": "2026-03-14T00:00:00Z", "billing_time": "CALENDAR"}
    terms = {"markups": markups, "discounts": discounts, "commitments": committed}
    of_seats = [line for line in lines(shown) if line["pricing_item_id"] == items[0]]
    found = require_same(
        api, of_seats, pricing_item_id=items[0], seats_values=seats, period=period, terms=terms
    )
    assert [each["quantity"] for each in found["lines"]] == ["3", "2", "-1", "1"]
    assert [each["seats"] for each in found["lines"]] == ["3", "5", "4", "5"]
    for item in (*items[1:3], items[4]):
        require_same(api, of_item(shown, item), pricing_item_id=item, period=period)
    # An add-on from the 20th on: 12 of 31 days.
    turned_on = period | {"start_at": "2026-03-20T00:00:00Z", "anchor_at": period["start_at"]}
    support = of_item(shown, items[5])
    found_on = require_same(api, support, pricing_item_id=items[5], period=turned_on)
    assert found_on["amount"] == euros("24.00")
    used = {"pricing_item_id": items[3], "meter_values": [{"number": "500"}]}
    for part in ({"period": period}, {"period_fraction": "18/31"}):
        require_same(api, of_item(shown, items[3]), **used, **part)
    fraction = calculated(api, **used, period_fraction="18/31")
    assert [each["amount"]["quantity"] for each in fraction["rules"]] == ["36.00", "5.00"]
    one = {"pricing_item_id": items[0], "seats": "3", "period_fraction": "18/31"}
    whole = calculated(api, **one, terms={"markups": markups})
    parts = sum((Decimal(each["amount"]["quantity"]) for each in whole["details"]), Decimal(0))
    assert parts == Decimal(whole["amount"]["quantity"]) == Decimal(found["lines"][0]["amount"]["quantity"])


def of_terms(**terms):
    return {"terms": terms}


MARCH = {"start_at": "2026-03-01T00:00:00Z", "time_zone": "UTC"}
COUPON = {"discount": percent("10")}
USAGE = {"type": "USAGE", "usage": {"meter_value_id": "none", "number": "1"}}
RATE = {"base_currency": "EUR", "currency": "USD", "rate": "1"}
YEARLY = {"billing_period": {"type": "YEAR", "value": 1}}
# What contradicts itself or the price, and the field that is named.
REFUSED = [
    (of_terms(discounts=[{}]), "terms.discounts.0.amount"),
    (of_terms(discounts=[{"amount": euros("1"), "percentage": "1"}]), "terms.discounts.0.percentage"),
    (of_terms(discounts=[{"percentage": "1", "level": "X"}]), "terms.discounts.0.level"),
    (of_terms(discounts=[{"percentage": "1", "rules": [1]}]), "terms.discounts.0.rules.0"),
    (of_terms(discounts=[{"percentage": "1", "rules": [0], "level": "ITEM"}]), "terms.discounts.0.rules"),
    (of_terms(markups=[{"percentage": "-1"}]), "terms.markups.0.percentage"),
    (of_terms(total_discounts=[{"percentage": "101"}]), "terms.total_discounts.0.percentage"),
    (of_terms(markups=[{"amount": dollars("1")}]), "terms.markups.0.amount.currency"),
    (of_terms(commitments=[{"amount": dollars("1")}]), "terms.commitments.0.amount.currency"),
    (of_terms(commitments=[MISSING]), "terms.commitments.0.meter_value_calculation"),
    (
        of_terms(commitments=[{**UNITS, "level": "ITEM"}]),
        "terms.commitments.0.meter_value_calculation",
    ),
    (
        of_terms(total_discounts=[{"percentage": "1", "condition": CONDITION | {"comparator": "CONTAINS"}}]),
        "terms.total_discounts.0.condition.comparator",
    ),
    (of_terms(coupons=[{"discount": percent("101")}]), "terms.coupons.0.discount.percentage"),
    (of_terms(coupons=[{"discount": off("1", "USD")}]), "terms.coupons.0"),
    (of_terms(coupons=[{"discount": USAGE}]), "terms.coupons.0.discount.usage.meter_value_id"),
    (of_terms(coupons=[COUPON | {"duration": {"type": "PERIOD"}}]), "terms.coupons.0.duration.period"),
    (of_terms(coupon_ids=["none"]), "terms.coupon_ids.0"),
    (of_terms(coupon_ids=["draft"]), "terms.coupon_ids.0"),
    (of_terms(coupon_ids=["narrow"]), "terms.coupon_ids.0"),
    (of_terms(coupon_ids=["wide", "wide"]), "terms.coupon_ids.1"),
    (of_terms(promotion_codes=["NONE"]), "terms.promotion_codes.0"),
    (of_terms(exchange_rates=[RATE]), "terms.billing_currency"),
    (of_terms(billing_currency="USD"), "terms.billing_currency"),
    (of_terms(billing_currency="USD", exchange_rates=[RATE | {"rate": "0"}]), "terms.exchange_rates.0.rate"),
    (
        of_terms(billing_currency="USD", exchange_rates=[RATE | {"currency": "EUR"}]),
        "terms.exchange_rates.0.currency",
    ),
    (
        {"period": MARCH, "terms": {"start_at": "2026-03-02T00:00:00Z"}},
        "terms.start_at",
    ),
    ({"period": MARCH | {"end_at": "2026-04-02T00:00:00Z"}}, "period.end_at"),
    ({"period": MARCH | {"end_at": MARCH["start_at"]}}, "period.end_at"),
    ({"period": MARCH | {"anchor_at": "2026-03-02T00:00:00Z"}}, "period.anchor_at"),
    ({"period": MARCH | {"time_zone": "Mars"}}, "period.time_zone"),
    ({"period": MARCH, "period_fraction": "0.5"}, "period_fraction"),
    (YEARLY, "billing_period"),
    ({"seats_values": [{"number": "1"}]}, "seats_values"),
    ({"included_volumes": [{"amount": euros("1")}]}, "included_volumes.0.amount"),
    ({"included_volumes": [{"number": "-1"}]}, "included_volumes.0.number"),
    ({"included_volumes": [{"rule": 1, "number": "1"}]}, "included_volumes.0.rule"),
    ({"left_by_rule": [{"rule": 0}]}, "meter_value"),
    ({"earlier_meter_value": {"number": "1"}, "left": {"bundles": "1"}}, "left"),
    ({"combined_meter_value": {"amount": euros("1")}}, "combined_meter_value"),
    ({"earlier_meter_value": {"number": "1"}, "calculation_type": "UNIQUE"}, "earlier_meter_value"),
    ({"earlier_combined_meter_value": {"number": "1"}}, "earlier_meter_value"),
    ({"type": "GIFT"}, "type"),
]


def test_what_cannot_apply_is_refused_by_its_field(api, world):
    coupon(api, "draft", percent("1"), FOREVER, status="DRAFT")
    coupon(api, "narrow", percent("1"), FOREVER, limited_to={"product_category_ids": ["services"]})
    coupon(api, "wide", percent("1"), FOREVER)
    for asked, field in REFUSED:
        answer = api.post(PATH, {"config": flat("1"), "meter_value": {"number": "1"}, **asked})
        assert (answer.status, answer.body.get("field")) == (400, field), (asked, answer.body)
    several = {"configs": [flat("1")], "meter_values": [{"number": "1"}]}
    for asked, field in (
        ({"period_fraction": "0.5"}, "period_fraction"),
        ({"left_by_rule": [{"rule": 1, "bundles": "1"}]}, "left_by_rule.0.rule"),
        ({"left_by_rule": [{"rule": 0}, {"rule": 0}]}, "left_by_rule.1.rule"),
        ({"earlier_meter_values": [{"amount": euros("1")}]}, "earlier_meter_values"),
    ):
        answer = api.post(PATH, several | asked)
        assert (answer.status, answer.body.get("field")) == (400, field), (asked, answer.body)
    seats = {"config": flat("1"), "seats_values": [{"number": "1"}]}
    assert api.post(PATH, seats).body["field"] == "period"
    wrong = {"amount": euros("1"), "start_at": MARCH["start_at"], "end_at": MARCH["start_at"]}
    assert api.post(PATH, seats | {"seats_values": [wrong]}).body["field"] == "seats_values.0.end_at"
    for value in ({"amount": euros("1")}, {"number": "-1"}):
        answer = api.post(PATH, seats | {"seats_values": [value], "period": MARCH})
        assert answer.body["field"] == "seats_values.0.number"


def test_units_are_committed_to_of_one_rule(api):
    """70 of 100 committed units were used: the rest is due at the price of the bands they reach."""
    price = bands("TIERED", ("80", "1"), (None, "0.5"))
    committed = {"commitments": [{"meter_value_calculation": {"number": "100"}}]}
    asked = {"config": price, "meter_value": {"number": "70"}, "terms": committed}
    found = api.post(PATH, asked | {"model_type": "USAGE_BASED_CONVERSION"}).ok()
    assert (found["amount"], found["adjustments"][0]["amount"]) == (euros("90.00"), euros("20.00"))
