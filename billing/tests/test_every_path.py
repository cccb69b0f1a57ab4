"""What one agreement costs by every path that can say it, with all that may be agreed at once.

Draft, list, preview, final invoice and simulation of a subscription agree with each other, and with those of
its twins: one that migrates to a copy of its version (and back, and again), and one that is closed early.
Numbers are drawn; others of them: ``EVERY_PATH=100-150 pytest billing/tests/test_every_path.py``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from billing.tests.agreements import lines, require_parts
from billing.tests.test_subscription_groups import GROUPS, Family
from kit.testing import ApiClient

Json = dict[str, Any]
MIGRATIONS, SCHEDULES = "/v1/pricing-plan-migrations", "/v1/pricing-plan-schedules"
CHARGE = "/v1/invoices/charge-on-demand-pricing-items"
SUBSCRIPTIONS = "/v1/pricing-plan-subscriptions"
MAY, JUNE, JULY = (f"2026-0{month}-01T00:00:00Z" for month in (5, 6, 7))
EU = {"meter_properties": [{"reference": "region", "value": "eu", "comparator": "EQUALS"}]}
SPLIT = {"split_pricing": {"meter_properties": [{"reference": "region"}]}}
POOL = {"volume_group_reference": "all"}
ONCE = {"default_included_volume": {"number": "20", "reset_type": "NEVER"}}
SEATS = {"billing_in_advance": True, "default_seats_value": {"number": "2"}}
FEES = {"seats": "PER_SEAT", "fee": "RECURRING", "setup": "ONE_OFF", "training": "ONE_OFF"}


class Twins(Family):
    """Customers with the same agreement, each in a group with another one that uses something, too."""

    random: Random

    def begin(self, random: Random) -> None:
        """The catalog, and euros in dollars by rates that change."""
        self.random = random
        self.open(properties={"region": "ENUM"}, items=("jobs", "files"))
        for reference, model in FEES.items():
            body = {"reference": reference, "name": reference, "model_type": model, "status": "ACTIVE"}
            self.api.post("/v1/product-items", body | {"product_id": "prod"}).ok()
        for day, rate in (("04-01", "1.25"), ("05-12", "1.2"), ("06-09", "1.1337")):
            pair = {"base_currency": "EUR", "currency": "USD", "source": "ECB", "rate": rate}
            self.api.post("/v1/exchange-rates", pair | {"rate_timestamp": f"2026-{day}T00:00:00Z"}).ok()

    def rule(self, kind: str, *, currency: str = "EUR", **fields: Any) -> Json:
        """A price at random, in three bands where it has several."""
        tops = sorted(self.random.sample([2, 10, 25, 60, 100], 2)) if kind in ("TIERED", "TOP_TIERED") else []
        bounds: list[Json] = [*({"tier_top_bound": {"number": str(top)}} for top in tops), {}]
        prices = [self.random.choice(["0.1", "1", "0.37", "12.99", "0.333333333333"]) for _ in bounds]
        bands = [
            {"amount": {"quantity": price, "currency": currency}} | bound
            for price, bound in zip(prices, bounds, strict=True)
        ]
        return {"pricing_type": kind, "bands": bands, **fields}

    def tree(self) -> list[Json]:
        """Usage with two rules in either currency; the rest in euro only; alternatives."""
        usage = [self._usage(currency) for currency in ("EUR", "USD")]
        jobs = {"product_item_ids": ["jobs"], "configs": usage[0]}
        jobs["pricing_currency_configs"] = [{"currency": "USD", "configs": usage[1]}]
        rest = {
            "files": self.rule("TOP_TIERED", **POOL),
            "seats": self.rule("TIERED", **SEATS),
            "setup": self.rule("FIXED"),
            "training": self.rule("FIXED", on_demand=True),
        }
        care = [
            {"name": name, "product_ids": ["prod"], "items": [self._in_euro("fee", self.rule("FIXED"))]}
            for name in ("Basic", "Gold")
        ]
        items = [jobs, *(self._in_euro(*each) for each in rest.items())]
        pricing = {"name": "Jobs", "product_ids": ["prod"], "items": items}
        group = {"name": "Care", "selection_constraint": "EXACTLY_ONE", "pricings": care}
        return [{"product_category_id": "cat", "pricings": [pricing], "pricing_groups": [group]}]

    def sold(self, tree: list[Json]) -> tuple[str, Json]:
        """An active version of these prices, and its only category."""
        known = {"pricing_currency_settings": {"pricing_currencies": ["EUR", "USD"]}}
        body = {"pricing_plan_id": "plan", "pricing_categories": tree, **known}
        made = self.activate(self.api.post("/v1/pricing-plan-versions", body).ok()["id"]).ok()
        return made["id"], made["pricing_categories"][0]

    def agree(self, name: str, version: str, **terms: Any) -> None:
        """A customer of this name, subscribed from May on and billed in euro."""
        organization = {"legal_name": name, "registered_address": {"country": "NL"}}
        body = {"reference": name, "type": "ORGANIZATION", "organization": organization, "status": "ACTIVE"}
        self.api.post("/v1/customers", body).ok()
        own = {"reference": name, "customer_reference": name, "billing_entity_reference": "us"}
        schedule = {"pricing_plan_version_id": version, "start_at": MAY, **terms}
        sent = {"pricing_plan_subscription": own | {"billing_currency": "EUR"}}
        self.api.post(f"{SUBSCRIPTIONS}/init", sent | {"pricing_plan_schedules": [schedule]}).ok()

    def month(self, name: str, start: str) -> Json:
        """The invoice of a month as it is listed."""
        query = f"customer_id={name}&include_periods=true&include_lines=true"
        rows = self.api.get(f"/v1/invoices?{query}").ok()["data"]
        return next(each for each in rows if each["start_at"] == start != each["end_at"])

    def passes(self, names: tuple[str, ...], until: str) -> None:
        """It is that hour, and everyone has used the same."""
        self.api.post("/v1/test-clock/advance", {"to": until}).ok()
        drawn = [
            (meter, self.random.choice(["7.5", "30", "12"]), region)
            for meter in ("jobs", "files")
            for region in ("eu", "us")
        ]
        sent = [
            {
                "reference": f"e-{next(self.numbers)}",
                "meter_reference": meter,
                "customer_reference": name,
                "timestamp": until,
                "meter_values": [{"reference": "units", "number": number}],
                "meter_properties": [{"reference": "region", "value": region}],
            }
            for name in names
            for meter, number, region in drawn
        ]
        told = self.api.post("/v1/events/ingest-batch", {"meter_datas": sent}).ok()["meter_datas"]
        assert {each["status"] for each in told} == {201}

    def _usage(self, currency: str) -> list[Json]:
        first = self.rule("TIERED", currency=currency, conditions=EU, **ONCE)
        return [first, self.rule("FLAT", currency=currency, **SPLIT)]

    def _in_euro(self, reference: str, rule: Json) -> Json:
        fallback = [{"currency": "USD", "fallback_currency": "EUR"}]
        return {"product_item_ids": [reference], "configs": [rule], "pricing_currency_configs": fallback}


def terms(category: Json) -> Json:
    """Prices in dollars; fewer seats, and Gold, from a day in May on; and what is taken off and added."""
    items = category["pricings"][0]["items"]
    jobs, files, seats = items[0], items[1], items[2]["configs"][0]["id"]
    care = [each["id"] for each in category["pricing_groups"][0]["pricings"]]
    rules = [each["id"] for each in jobs["pricing_currency_configs"][0]["configs"]]
    off = {"override": "SPECIFIC", "original_pricing_id": category["pricings"][0]["id"]}
    own = [{"currency": "USD", "configs": [{"pricing_type": "FLAT", "bands": [_dollars("0.77")]}]}]
    return {
        "pricing_currency": "USD",
        "seats_values": [
            {"pricing_item_config_id": seats, "number": "5"},
            {"pricing_item_config_id": seats, "number": "3", "start_at": "2026-05-14T00:00:00Z"},
        ],
        "enabled_pricings": [
            {"pricing_id": care[0], "end_at": "2026-05-10T00:00:00Z"},
            {"pricing_id": care[1], "start_at": "2026-05-10T00:00:00Z"},
        ],
        "override_pricings": [
            off | {"items": [{"product_item_ids": ["files"], "pricing_currency_configs": own}]}
        ],
        "markup": {"pricing_item_configs": [{"ids": rules, "percentage": "12.5"}]},
        "discount": {
            "pricing_items": [{"ids": [jobs["id"], files["id"]], "percentage": "7.5"}],
            "product_items": [
                {"ids": jobs["product_item_ids"], "amount": {"quantity": "0.35", "currency": "EUR"}}
            ],
        },
        "commitment": {"totals": [{"amount": {"quantity": "90", "currency": "EUR"}}]},
    }


def _dollars(quantity: str) -> Json:
    return {"amount": {"quantity": quantity, "currency": "USD"}}


def seeds() -> range:
    """Which numbers are drawn: the first, or those that the environment asks for."""
    first, _, end = os.environ.get("EVERY_PATH", "0-1").partition("-")
    return range(int(first), int(end or int(first) + 1))


def said(body: Json) -> Any:
    """All lines by what they say, whichever comes first, and the sums."""
    return sorted(_line(each) for each in lines(body)), body["tax_summary"]


def _line(line: Json) -> tuple[str, ...]:
    net = line["amount_excluding_tax"]["quantity"]
    return line["type"], line["description"], str(line["quantity"]), line["start_at"], line["end_at"], net


def revenue(*bodies: Json) -> Decimal:
    """What was charged, before anything was taken off."""
    return sum(
        (Decimal(each[-1]) for body in bodies for each in said(body)[0] if each[0] == "REVENUE"), Decimal(0)
    )


def decided(api: ApiClient, between: Json, *verbs: str) -> Iterator[Json]:
    """The only row of a migration: as it was tried, and after each decision."""
    path = f"{MIGRATIONS}/{api.post(MIGRATIONS, between).ok()['id']}"
    yield api.get(f"{path}/subscriptions").ok()["data"][0]
    for verb in verbs:
        api.post(f"{path}/{verb}", {}).ok()
        yield api.get(f"{path}/subscriptions").ok()["data"][0]


def agrees(twins: Twins, start: str) -> Json:
    """The draft of a month, on which list, reading and preview agree, also where a month was closed early."""
    for name in ("stays", "closes"):
        listed = twins.month(name, start)
        ahead = {"pricing_plan_subscription_id": name, "start_at": start}
        coming = twins.api.post("/v1/invoices/preview", ahead).ok()["invoice"]
        read = twins.api.get(f"/v1/invoices/{listed['id']}").ok()
        assert said(listed) == said(read), name
        if listed["status"] == "DRAFT":
            assert said(coming) == said(listed), name
    return twins.month("stays", start)


def on_demand(api: ApiClient, invoice: Json, **fields: Any) -> Json:
    """The only item of its schedule that is charged when someone asks for it."""
    path = f"{SCHEDULES}/{invoice['periods'][0]['groups'][0]['pricing_plan_schedule_id']}"
    offered = api.get(f"{path}/on-demand-pricing-items").ok()["pricing_categories"]
    [pricing] = [each for category in offered for each in category["pricings"]]
    items = [{"pricing_item_id": each["id"]} for each in pricing["items"]]
    asked = {"pricing_plan_schedule_id": path.rpartition("/")[2], "pricing_items": items}
    made: Json = api.post(CHARGE, asked | fields).ok()
    return made


@pytest.mark.parametrize("seed", seeds())
def test_every_path_comes_to_the_same(api: ApiClient, seed: int) -> None:
    twins, names = Twins(api), ("stays", "moves", "closes")
    twins.begin(Random(seed))
    tree = twins.tree()
    version, category = twins.sold(tree)
    agreed = terms(category)
    for name in names:
        twins.agree(name, version, **agreed)
        twins.agree(f"{name}-too", version, enabled_pricings=agreed["enabled_pricings"])
        members = {"pricing_plan_subscription_ids": [name, f"{name}-too"]}
        api.post(GROUPS, {"reference": name, "name": name, **members}).ok()
    everyone = (*names, *(f"{name}-too" for name in names))
    twins.passes(everyone, "2026-05-16T08:00:00Z")
    may = agrees(twins, MAY)

    copied, _ = twins.sold(tree)
    moves = api.get(f"{SUBSCRIPTIONS}?reference=moves").ok()["data"][0]["id"]
    between = {"from_pricing_plan_version_id": version, "to_pricing_plan_version_id": copied}
    between |= {"pricing_plan_subscription_ids": [moves]}
    tried, _, back = decided(api, between, "apply", "revert")
    assert (tried["state"], tried["problems"], back["state"]) == ("PREVIEWED", [], "REVERTED")
    assert {each["difference"]["quantity"] for each in (tried["preview"], *tried["preview"]["lines"])} == {
        "0.00"
    }
    assert said(twins.month("moves", MAY)) == said(may)
    assert [each["state"] for each in decided(api, between, "apply")][-1] == "APPLIED"
    api.patch(f"/v1/invoices/{twins.month('closes', MAY)['id']}", {"status": "FINAL"}).ok()
    tried, made = on_demand(api, twins.month("stays", MAY), preview=True), on_demand(api, may)
    assert said(tried) == said(made) == said(api.get(f"/v1/invoices/{made['id']}").ok())

    finals = []
    for start, until, end in ((MAY, "2026-05-31T20:00:00Z", JUNE), (JUNE, "2026-06-30T20:00:00Z", JULY)):
        twins.passes(everyone, until)
        draft = agrees(twins, start)
        api.post("/v1/test-clock/advance", {"to": f"{end[:8]}03T00:00:00Z"}).ok()
        final = twins.month("stays", start)
        assert (final["status"], said(final), said(twins.month("moves", start))) == (
            "FINAL",
            *[said(draft)] * 2,
        )
        require_parts(final)
        finals.append(final)
    assert revenue(*finals) == revenue(*(twins.month("closes", start) for start in (MAY, JUNE)))
    span = {"from": JUNE, "to": JULY, "customer_ids": ["stays"]}
    [found] = api.post(f"/v1/pricing-plan-versions/{copied}/simulate", span).ok()["customers"]
    assert found["now"] == found["then"] == finals[1]["tax_summary"]["base_amount"]
