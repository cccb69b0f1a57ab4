"""Rules of an item in the guided editor: added, reordered, removed by one operator or two, and compared."""

from __future__ import annotations

from catalog.models import PricingItemConfig, PricingPlan
from catalog.rating.comparisons import Comparator, Condition, Expression, Operator
from catalog.rating.types import Config, PricingType
from desk.editors.pricing import conditions
from desk.tests.test_plan_editor import PLANS, draft, live  # noqa: F401


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
    # two operators: a rule that someone moved or took out meanwhile is never taken for another
    seen = {**rule, "seen_version": conditions.stamp(first.public_id, first.body)}
    desk.post(f"{draft}rules/1/down/", {"config": first.public_id})
    assert desk.post(f"{draft}rules/1/edit/", seen).status_code == 409
    desk.post(f"{draft}rules/1/remove/", {"config": first.public_id})
    assert [each.public_id for each in orders.all()] == [second.public_id]
    assert desk.post(f"{draft}rules/1/remove/", {"config": first.public_id}).status_code == 404


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
