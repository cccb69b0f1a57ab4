"""Rules of an item in the guided editor: added, reordered, removed by one operator or two, and compared."""

from __future__ import annotations

import re

from django.db.models import F
from django.utils.html import strip_tags

from catalog.models import PricingItemConfig, PricingPlan, ProductItem
from catalog.rating.comparisons import Comparator, Condition, Expression, Operator
from catalog.rating.parsing.config_conditions import MAX_DEPTH
from catalog.rating.types import Config, PricingType
from desk.editors.pricing import conditions
from desk.tests.plans import HTMX, PLANS, T, draft, live, total  # noqa: F401
from metering.models import MeterProperty


def test_rules_are_added_reordered_and_removed(desk, draft):  # noqa: F811
    live(desk, draft, model="FLAT", price="0.01")
    rule = {"property": "sum-number-model", "comparator": "EQUALS", "values": "quick"}
    response = desk.post(f"{draft}rules/new/", rule)
    assert response.status_code == 303 and response.headers["Location"].endswith("?rule=1")
    desk.post(f"{draft}rules/new/", {**rule, "values": "accurate"})
    desk.post(f"{draft}rules/2/up/")
    desk.post(f"{draft}rules/1/to/", {"place": "2"})
    desk.post(f"{draft}rules/2/to/", {"place": "1"})
    orders = PricingItemConfig.objects.filter(body__has_key="conditions").order_by("order")
    values = [each.body["conditions"]["meter_properties"][0]["value"] for each in orders]
    assert values == ["accurate", "quick"]
    live(desk, draft, model="FLAT", price="0.05", rule="1")
    first, second = orders.all()
    assert first.body["bands"][0]["amount"]["quantity"] == "0.05"
    # further conditions: an alternative, one beside both, and another alternative to all of it
    for how, value in (("OR", "slow"), ("AND", "dull"), ("XOR", "odd")):
        more = {**rule, "values": value, "how": how} | ({"comparator": "NOT_EQUALS"} if how == "AND" else {})
        assert desk.post(f"{draft}rules/1/condition/", more).status_code == 303
    words = (
        "(sum-number-model is not dull and (sum-number-model is accurate or sum-number-model is slow))"
        " or else sum-number-model is odd"
    )
    assert words in desk.get(f"{draft}rules/1/condition/").content.decode()
    listed = desk.get(f"{draft}?rule=2").content.decode()
    assert words in listed and listed.index(words) < listed.index("All other usage")
    # each comparison is changed and removed, each operator another one; the rest stays as it is stored
    edit, dull = f"{draft}rules/1/edit/", "expression.operands.0.expression.operands.0.meter_property"
    page = desk.get(f"{edit}?part={dull}").content.decode()
    parts = page.split('class="parts"')[1].split("</form>")[0]
    outline = " ".join(strip_tags(parts).split())
    assert parts.count("<li") == 7 and outline.index("Exactly one") < outline.index("All of these hold")
    assert (
        'name="values" value="dull"' in page and "Add a condition beside: sum-number-model is slow" in outline
    )
    several = {**rule, "comparator": "NOT_CONTAINS", "values": '"deep, dull", odd'}
    below = {**several, "comparator": "LESS_THAN"}
    assert desk.post(f"{edit}?part={dull}", below).status_code == 422
    assert desk.post(f"{edit}?part={dull}", several).status_code == 303
    assert "&quot;deep, dull&quot;, odd" in desk.get(f"{edit}?part={dull}").content.decode()
    inner = "expression.operands.0.expression.operands.1.expression"
    pressed = [
        {"operator": f"{inner}:XOR"},
        {"operator": "expression:OR"},
        {"remove": f"{inner}.operands.0.meter_property"},  # what is left of two is no expression any more
    ]
    for each in pressed:
        assert desk.post(edit, each).status_code == 303
    beside = f"{draft}rules/1/condition/?part=expression.operands.1.meter_property"
    assert "Beside: sum-number-model is odd." in desk.get(beside).content.decode()
    assert desk.post(beside, {**rule, "values": "even", "how": "XOR"}).status_code == 303
    first = orders.all()[0]
    assert conditions.words(first.body) == (
        "((sum-number-model does not contain deep, dull or odd and sum-number-model is slow)"
        " or (sum-number-model is odd or else sum-number-model is even))"
    )
    for gone in ("expression.operands.0.expression", "expression.operands.1.meter_property"):
        assert desk.post(edit, {"remove": gone}).status_code == 303
    first = orders.all()[0]
    assert conditions.words(first.body) == "sum-number-model is odd"
    refusals = {"meter_properties.0": "remove the rule instead", "expression": "no such condition any more"}
    for last, said in refusals.items():
        refused = desk.post(edit, {"remove": last})
        assert refused.status_code == 422 and said in refused.content.decode()
    # what a rule says beside its price is kept when its price changes
    settings, package = f"{draft}rules/1/settings/", {"model": "PACKAGE", "size": "100", "rule": "1"}
    live(desk, draft, price="5", included="50", **package)
    more = {"lines": ["sum-number-model"], "pool": "", "bundles": "KEPT", "refill": "NEVER", "per": "1 YEAR"}
    assert desk.post(settings, more).status_code == 303
    live(desk, draft, price="6", included="40", **package)
    body = orders.all()[0].body
    assert (body["pricing_type"], body["top_up"]) == ("FLAT_TOP_UP", {"rollover": True})
    assert body["default_included_volume"] == {"number": "40", "reset_type": "NEVER"}
    assert (body["bands"][0]["amount"]["quantity"], body["pricing_period"]["type"]) == ("6", "YEAR")
    assert body["split_pricing"]["meter_properties"][0]["reference"] == "sum-number-model"
    shown = desk.get(f"{draft}?rule=1").content.decode()
    assert "a line for each sum-number-model; sold in bundles, what is left is kept" in shown
    assert 'value="KEPT" selected' in desk.get(settings).content.decode()
    desk.post(settings, {"lines": [], "pool": "all", "bundles": "", "refill": "PERIOD", "per": ""})
    body = orders.all()[0].body
    assert (body["pricing_type"], body["volume_group_reference"]) == ("FLAT", "all")
    assert not {"top_up", "split_pricing", "pricing_period"} & body.keys()
    # two operators: a rule that someone moved or took out meanwhile is never taken for another
    seen = {**rule, "seen_version": conditions.stamp(first.public_id, first.body)}
    desk.post(f"{draft}rules/1/down/", {"config": first.public_id})
    assert desk.post(f"{draft}rules/1/edit/", seen).status_code == 409
    desk.post(f"{draft}rules/1/remove/", {"config": first.public_id})
    assert [each.public_id for each in orders.all()] == [second.public_id]
    assert desk.post(f"{draft}rules/1/remove/", {"config": first.public_id}).status_code == 404
    # as deep as the API takes it, and no deeper
    deep, path = {"meter_property": second.body["conditions"]["meter_properties"][0]}, "meter_property"
    for _ in range(MAX_DEPTH - 1):
        deep = {"expression": {"operator": "AND", "operands": [deep]}}
        path = f"expression.operands.0.{path}"
    second = orders.get()
    second.body["conditions"] = deep
    second.save(update_fields=["body"])
    deeper = {**rule, "values": "slow", "how": "OR"}
    refused = desk.post(f"{draft}rules/1/condition/?part={path}", deeper)
    assert refused.status_code == 422 and f"nest deeper than {MAX_DEPTH}" in refused.content.decode()
    assert desk.post(f"{draft}rules/1/condition/?part={path}", {**deeper, "how": "AND"}).status_code == 303
    (left,) = orders.all()
    assert conditions.words(left.body).count("sum-number-model") == 2


def test_a_rule_says_what_it_is_for_also_where_conditions_are_combined():
    large = Condition("model", Comparator.EQUALS, ("large",))
    near = Condition("region", Comparator.IN, ("eu", "uk"))
    either = Expression(Operator.OR, (near, Condition("plan", Comparator.EMPTY, ())))
    rule = Config(PricingType.FLAT, conditions=(large,), expressions=(either,))
    assert conditions.rated(rule) == "model is large and (region is eu or uk or plan is empty)"
    assert conditions.rated(Config(PricingType.FLAT)) == ""


def test_the_draft_is_compared_with_the_active_version(desk, draft, django_assert_max_num_queries):  # noqa: F811
    base = draft.partition("pricing/")[0]
    live(desk, draft, model="FLAT", price="0.01")
    desk.post(f"{base}activate/")
    plan = PricingPlan.objects.get(reference="growth")
    desk.post(f"{PLANS}{plan.public_id}/clone/")
    second = draft.replace("/versions/1/", "/versions/2/")
    body = live(desk, second, model="FLAT", price="0.02", quantity="100").content.decode()
    assert "100% more than v1" in body and 'class="l2"' in body
    compared = desk.get(f"{PLANS}{plan.public_id}/compare/?a=1&b=2").content.decode()
    assert "1 changed" in compared and "€0.01" in compared and "€0.02" in compared
    path = f"{second.partition('pricing/')[0]}review/"
    desk.get(path)  # prices are then known to the process
    with django_assert_max_num_queries(12):
        review = desk.get(path).content.decode()
    assert "1 changed" in review and "Nothing stands in the way" in review


def test_the_calculator_asks_each_rule_and_adds_them_up_as_an_invoice_does(desk, draft):  # noqa: F811
    """One quantity per rule; rules of one volume group share the bands; the active version beside it."""
    live(desk, draft, model="TIERED", **T)
    rule = {"property": "sum-number-model", "comparator": "EQUALS", "values": "quick"}
    desk.post(f"{draft}rules/new/", rule)
    live(desk, draft, model="FLAT", price="0.01", rule="1")
    quick = PricingItemConfig.objects.get(body__has_key="conditions")
    asked = {"model": "TIERED", "quantity": "8,500", f"quantity_{quick.public_id}": "4,000", "rule": "2", **T}
    answer = live(desk, draft, "calculate", **asked)
    words = re.sub(r"<[^>]*>", " ", answer.content.decode())
    assert total(answer) == "€130.00"
    assert "All other usage: €90.00" in words and "12,500 calls" in words
    assert f'name="quantity_{quick.public_id}"' not in answer.content.decode()
    assert f'id="quantity_{quick.public_id}"' in desk.get(draft).content.decode()
    for each in PricingItemConfig.objects.all():
        each.body["volume_group_reference"] = "calls"
        each.save(update_fields=["body"])
    shared = re.sub(r"<[^>]*>", " ", live(desk, draft, "calculate", **asked).content.decode())
    # 12,500 calls together: 9,000 in the second tier and 2,500 in the third, of which 68 % are these.
    assert "All other usage: €88.74" in shared and "Rule 1" in shared
    plan = PricingPlan.objects.get(reference="growth")
    desk.post(draft.partition("pricing/")[0] + "activate/")
    page = desk.get(f"{PLANS}{plan.public_id}/", {"quantity": "8500", f"quantity_{quick.public_id}": "4000"})
    assert total(page) == "€128.74"
    desk.post(f"{PLANS}{plan.public_id}/clone/")
    second = draft.replace("/versions/1/", "/versions/2/")
    copied = PricingItemConfig.objects.filter(body__has_key="conditions").latest("pk")
    asked = {
        "quantity": "8500",
        f"quantity_{copied.public_id}": "4000",
        "model": "FLAT",
        "price": "0",
        "rule": "2",
    }
    body = live(desk, second, "calculate", **asked).content.decode()
    assert "68.9% less than v1" in body and "Version 1: €128.74" in body

    ProductItem.objects.update(tiering_meter_value_calculation=F("meter_value_calculation"))
    banded = {"model": "TIERED", "quantity": "1,000", "rule": "2", **T}
    sheet = {**HTMX, "HX-Target": "sheet"}
    page = desk.post(f"{second}model/", banded, headers=sheet).content.decode()
    # 1,000 calls of 10,000: nine tenths of them in the second tier; the flat rule beside it asks nothing.
    assert 'name="deciding"' in page and 'value="1,000"' in page and 'name="deciding_' not in page
    told = live(desk, second, "calculate", deciding="10,000", **banded)
    assert total(told) == "€10.80" and 'name="deciding"' not in told.content.decode()
    flat = desk.post(f"{second}model/", {"model": "FLAT", "rule": "2"}, headers=sheet).content.decode()
    assert 'name="deciding"' not in flat
    ProductItem.objects.update(tiering_meter_value_calculation=None)
    rules = PricingItemConfig.objects.filter(version=copied.version)
    desk.post(f"{second}rules/1/remove/", {"config": copied.public_id})
    live(desk, second, **{**banded, "rule": "1"})
    # "Tiers by": what is billed, usage where a condition holds, or another calculation of the meter
    by = f"{second}rules/1/tiers/"
    form = desk.get(by).content.decode()
    assert "Only usage where a condition holds" in form and "stays: it is chosen while" in form
    assert 'value="ANOTHER"' not in form and f'href="{by}"' in desk.get(second).content.decode()
    some = {"by": "SOME", "property": "sum-number-model", "comparator": "EQUALS", "values": "quick"}
    refused = desk.post(by, {**some, "values": ""})
    assert refused.status_code == 422 and b"Tick at least one value" in refused.content
    seen = re.search(r'name="seen_version" value="([^"]*)"', form).group(1)
    assert desk.post(by, {**some, "seen_version": seen}).status_code == 303
    assert desk.post(by, {**some, "seen_version": seen}).status_code == 409
    test = {"reference": "sum-number-model", "comparator": "EQUALS", "value": "quick"}
    stored = rules.get().body["tiering_conditions"]["expression"]
    assert stored["operator"] == "AND" and test.items() <= stored["operands"][0]["meter_property"].items()
    alone = {**banded, "rule": "1", "deciding": "10,000"}
    assert total(live(desk, second, "calculate", **alone)) == "€10.80"
    live(desk, second, **alone)  # a new price keeps what decides its tiers
    for how, value in (("OR", "accurate"), ("KEEP", "")):
        assert desk.post(by, {**some, "how": how, "values": value}).status_code == 303
    words = "usage where (sum-number-model is quick or sum-number-model is accurate)"
    page = desk.get(second).content.decode()
    assert f"tiers by {words}" in page and f"{words} decides which tiers are reached" in page
    assert f"So far: {words}." in desk.get(by).content.decode()
    compared = desk.get(f"{PLANS}{plan.public_id}/compare/?a=1&b=2").content.decode()
    assert "tiers by" in compared and words in compared
    billed = ProductItem.objects.get(reference="calls").meter_value_calculation
    billed.pk, billed.public_id, billed.reference = None, f"{billed.public_id[:-1]}x", "how-many"
    billed.calculation_type = "COUNT"
    billed.save(force_insert=True)
    ProductItem.objects.update(status="DRAFT")
    another = {"by": "ANOTHER", "calculation": ""}
    assert b"Choose the calculation that decides" in desk.post(by, another).content
    assert desk.post(by, {**another, "calculation": billed.public_id}).status_code == 303
    assert "tiering_conditions" not in rules.get().body
    assert ProductItem.objects.get(reference="calls").tiering_meter_value_calculation == billed
    assert "tiers by COUNT" in desk.get(second).content.decode()
    assert desk.post(by, {"by": "BILLED", "calculation": billed.public_id}).status_code == 303
    assert ProductItem.objects.get(reference="calls").tiering_meter_value_calculation is None


def test_known_values_are_ticked_with_their_share_of_the_usage(desk, draft):  # noqa: F811
    live(desk, draft, model="FLAT", price="0.01")
    prop = MeterProperty.objects.get(reference="sum-number-model")
    prop.enum_values = ["quick", "accurate"]
    prop.save(update_fields=["enum_values"])
    page = desk.get(f"{draft}rules/new/").content.decode()
    assert page.count('type="checkbox"') == 2 and "last 30 days" not in page
    target = {"HX-Request": "true", "HX-Target": "rule-values"}
    asked = {"property": "sum-number-model", "comparator": "CONTAINS"}
    part = desk.get(f"{draft}rules/new/", asked, headers=target).content.decode()
    assert 'type="checkbox"' not in part and 'name="values"' in part and "<html" not in part
    rule = {"property": "sum-number-model", "comparator": "EQUALS", "values": ["quick", "accurate"]}
    desk.post(f"{draft}rules/new/", rule)
    stored = PricingItemConfig.objects.get(body__has_key="conditions").body["conditions"]["meter_properties"][
        0
    ]
    assert stored["comparator"] == "IN" and stored["values"] == ["quick", "accurate"]
    again = desk.get(f"{draft}rules/1/edit/").content.decode()
    assert again.count("checked") == 2
    refused = desk.post(f"{draft}rules/1/edit/", {**rule, "values": []})
    assert refused.status_code == 422 and b"Tick at least one value" in refused.content


def test_an_event_is_tried_on_the_rules(desk, draft):  # noqa: F811
    live(desk, draft, model="FLAT", price="0.01")
    desk.post(
        f"{draft}rules/new/", {"property": "sum-number-model", "comparator": "EQUALS", "values": "quick"}
    )
    page = desk.get(f"{draft}rules/try/").content.decode()
    name = re.search(r'name="(property_\d+)"', page).group(1)
    matched = desk.post(f"{draft}rules/try/", {name: "quick"}).content.decode()
    assert "Rule 1 matches, because sum-number-model is quick" in matched
    other = desk.post(f"{draft}rules/try/", {name: "accurate"}).content.decode()
    assert "Rule 2 matches, because no rule before it does" in other
