"""Whatever is agreed: draft, list, preview and final invoice, simulation, migration and early close agree.

``drawn`` says what is agreed. Others: ``ANY_AGREEMENT=100-150 pytest billing/tests/test_any_agreement.py``.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from billing.tests import drawn_terms
from billing.tests.agreements import require_parts
from billing.tests.drawn import FEES, METERED, Agreement
from billing.tests.selling import ACTIVE, Selling
from billing.tests.test_every_path import decided, revenue, said
from kit.testing import ApiClient

Json = dict[str, Any]
SUBSCRIPTIONS = "/v1/pricing-plan-subscriptions"
LIKE = ("stays", "moves", "closes")
NAMES = (*LIKE, "other")


class Anyone(Selling):
    """Customers who agreed on the same, or on another version of it, and use the same."""

    def begin(self, agreed: Agreement) -> None:
        """The catalog and everything else that prices need."""
        api, self.agreed = self.api, agreed
        api.post("/v1/test-clock", {"now": text(agreed.start)}).ok()
        for reference, kind in (("units", "NUMBER"), ("money", "AMOUNT")):
            api.post(
                "/v1/meter-values", {"reference": reference, "name": reference, "type": kind, **ACTIVE}
            ).ok()
        for reference, kind in (("region", "ENUM"), ("size", "NUMBER"), ("model", "STRING")):
            self.property(reference, kind)
        required = [{"reference": each, "required": True} for each in ("region", "size", "model")]
        for meter, value in (("jobs", "units"), ("files", "units"), ("sales", "money")):
            values = [{"reference": value, "required": True}]
            body = {
                "reference": meter,
                "name": meter,
                "meter_values": values,
                "meter_properties": required,
                **ACTIVE,
            }
            api.post("/v1/meters", body).ok()
            self.calculation(meter, meter, meter_value_id=value)
        self.calculation("peak", "jobs", calculation_type="MAX")
        self.calculation("mean", "files", calculation_type="AVERAGE")
        self.calculation("latest", "jobs", calculation_type="LATEST")
        self.calculation("running", "files", persist=True)
        api.post("/v1/product-categories", {"reference": "cat", "name": "Platform"}).ok()
        for product in ("prod", "care"):
            api.post(
                "/v1/products", {"reference": product, "name": product, "category_id": "cat", **ACTIVE}
            ).ok()
        for name in agreed.sold:
            self.sells(name)
        for name in ("basic", "gold"):
            body = {
                "reference": f"care-{name}",
                "name": name,
                "product_id": "care",
                "model_type": "RECURRING",
            }
            api.post("/v1/product-items", body | ACTIVE).ok()
        api.post("/v1/pricing-plans", {"reference": "plan", "name": "Plan"}).ok()
        entity = {"reference": "us", "registered_address": {"country": "NL"}, "timezone": agreed.zone}
        api.post("/v1/billing-entities", entity).ok()
        self.rates()

    def sells(self, name: str) -> None:
        body = {"reference": name, "name": name, "product_id": "prod", **ACTIVE}
        if name in METERED:
            _, calculation, fields = METERED[name]
            body |= {"model_type": "USAGE_BASED", "meter_value_calculation_id": calculation, **fields}
        else:
            body["model_type"] = FEES[name]
        self.agreed.ids[name] = self.api.post("/v1/product-items", body).ok()["id"]

    def rates(self) -> None:
        agreed = self.agreed
        if agreed.billed == agreed.priced:
            return
        for days, rate in ((-10, "1.25"), (7, "1.2"), (40, "1.1337")):
            pair = {"base_currency": agreed.billed, "currency": agreed.priced, "source": "ECB", "rate": rate}
            at = text(agreed.start + timedelta(days=days))
            self.api.post("/v1/exchange-rates", pair | {"rate_timestamp": at}).ok()

    def version(self, tree: list[Json]) -> tuple[str, Json]:
        """An active version of these prices, and its only category."""
        body = {"pricing_plan_id": "plan", "pricing_categories": tree}
        made = self.activate(self.api.post("/v1/pricing-plan-versions", body).ok()["id"]).ok()
        return made["id"], made["pricing_categories"][0]

    def agree(self, name: str, version: str, terms: Json, coupons: list[str]) -> None:
        api, agreed = self.api, self.agreed
        organization = {"legal_name": name, "registered_address": {"country": "NL"}}
        body = {"reference": name, "type": "ORGANIZATION", "organization": organization, **ACTIVE}
        api.post("/v1/customers", body).ok()
        own = {
            "reference": name,
            "customer_reference": name,
            "billing_entity_reference": "us",
            "billing_currency": agreed.billed,
            "billing_time": agreed.billing_time,
            "billing_period": agreed.period,
        }
        schedule = {"pricing_plan_version_id": version, "start_at": text(agreed.start), **terms}
        if coupons:
            schedule["coupon_ids"] = coupons
        sent = {"pricing_plan_subscription": own, "pricing_plan_schedules": [schedule]}
        api.post(f"{SUBSCRIPTIONS}/init", sent).ok()

    def coupons(self) -> list[str]:
        """What may be redeemed by everyone: at random."""
        random, billed = self.agreed.random, self.agreed.billed
        discounts: list[Json] = [
            {"type": "PERCENTAGE", "percentage": "15"},
            {"type": "AMOUNT", "amount": {"quantity": "7", "currency": billed}},
            {"type": "USAGE", "usage": {"meter_value_id": "units", "number": "30"}},
        ]
        durations: list[Json] = [
            {"type": "FOREVER"},
            {"type": "ONE_TIME"},
            {"type": "PERIOD", "period": {"type": "DAY", "value": 20}},
        ]
        found = []
        for place in range(random.choice([0, 0, 1, 2])):
            body = {"reference": f"c{place}", "name": f"C{place}", "status": "ACTIVE"}
            body |= {"discount": random.choice(discounts), "duration": random.choice(durations)}
            if random.randrange(3) == 0:
                body["limited_to"] = {"product_category_ids": ["cat"]}
            found.append(self.api.post("/v1/coupons", body).ok()["id"])
        return found

    def of(self, name: str) -> list[Json]:
        """All invoices of a customer, in order of time."""
        query = f"customer_id={name}&include_periods=true&include_lines=true&limit=100"
        rows = self.api.get(f"/v1/invoices?{query}").ok()["data"]
        return sorted(rows, key=lambda each: (each["start_at"], each["end_at"]))

    def drafts(self) -> dict[str, list[Json]]:
        """The drafts of everyone, read at once."""
        query = "statuses[]=DRAFT&include_periods=true&include_lines=true&limit=100"
        found: dict[str, list[Json]] = {name: [] for name in NAMES}
        for each in self.api.get(f"/v1/invoices?{query}").ok()["data"]:
            found[each["customer_reference"]].append(each)
        return found

    def advance(self, to: datetime) -> None:
        self.api.post("/v1/test-clock/advance", {"to": text(to)}).ok()

    def use(self, names: tuple[str, ...], events: list[Json]) -> list[list[str]]:
        """Everyone uses the same; the ids of the events, one list for each use."""
        sent = [
            each | {"customer_reference": name, "reference": f"e-{next(self.numbers)}"}
            for each in events
            for name in names
        ]
        told = self.api.post("/v1/events/ingest-batch", {"meter_datas": sent}).ok()["meter_datas"]
        assert {each["status"] for each in told} == {201}, told[:2]
        ids = [each["meter_data"]["id"] if "meter_data" in each else each["id"] for each in told]
        return [ids[at : at + len(names)] for at in range(0, len(ids), len(names))]


def text(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def instant(written: str) -> datetime:
    return datetime.fromisoformat(written)


def seeds() -> range:
    """Which numbers are drawn: a small one, or those that the environment asks for."""
    first, _, end = os.environ.get("ANY_AGREEMENT", "8-9").partition("-")
    return range(int(first), int(end or int(first) + 1))


def require_agreement(anyone: Anyone) -> None:
    """List, reading and preview say the same of the drafts of someone, who is drawn."""
    name = anyone.agreed.random.choice(LIKE)
    for listed in anyone.drafts()[name]:
        read = anyone.api.get(f"/v1/invoices/{listed['id']}").ok()
        assert said(listed) == said(read), name
        require_parts(read)
        if runs(listed):
            ahead = {"pricing_plan_subscription_id": name, "start_at": listed["start_at"]}
            preview = anyone.api.post("/v1/invoices/preview", ahead).ok()["invoice"]
            assert said(preview) == said(listed), name


def runs(invoice: Json) -> bool:
    """Whether it is for a period."""
    return bool(invoice["start_at"] != invoice["end_at"])


def final(invoices: list[Json]) -> list[Json]:
    return [each for each in invoices if each["status"] == "FINAL"]


def everything(invoices: list[Json]) -> list[tuple[str, ...]]:
    """The lines of all final invoices, each with the start of its invoice."""
    return [(each["start_at"], *line) for each in final(invoices) for line in said(each)[0]]


def net(invoices: list[Json]) -> Decimal:
    found = (Decimal(each["tax_summary"]["base_amount"]["quantity"]) for each in final(invoices))
    return sum(found, Decimal(0))


def migrated(anyone: Anyone, version: str, copied: str) -> None:
    """One customer moves to a copy of the version and back, and again, at no difference."""
    api = anyone.api
    moves = api.get(f"{SUBSCRIPTIONS}?reference=moves").ok()["data"][0]["id"]
    between = {"from_pricing_plan_version_id": version, "to_pricing_plan_version_id": copied}
    between |= {"pricing_plan_subscription_ids": [moves]}
    tried, *_ = decided(api, between, "apply", "revert")
    assert (tried["state"], tried["problems"]) == ("PREVIEWED", []), tried
    assert Decimal(tried["preview"]["difference"]["quantity"]) == 0
    assert [each["state"] for each in decided(api, between, "apply")][-1] == "APPLIED"


def lives(anyone: Anyone, draft: Json, begun: Callable[[], None]) -> None:
    """A period with its usage, some of it late, some deleted; ``begun`` happens in its middle."""
    random = anyone.agreed.random
    start, end = instant(draft["start_at"]), instant(draft["end_at"])
    middle = (start + (end - start) * random.randint(2, 8) / 10).replace(microsecond=0)
    anyone.advance(middle)
    sent = anyone.use(NAMES, list(anyone.agreed.events(start, middle, 5)))
    before = start - timedelta(seconds=1)
    if before > anyone.agreed.start and random.randrange(2):
        earlier = max(anyone.agreed.start, start - timedelta(days=3))
        anyone.use(NAMES, list(anyone.agreed.events(earlier, before, 2)))
    require_agreement(anyone)
    begun()
    last = end - timedelta(seconds=random.choice([1, 60, 7200]))
    anyone.advance(last)
    anyone.use(NAMES, list(anyone.agreed.events(middle, last, 4)))
    if random.randrange(2):
        for each in random.choice(sent):
            anyone.api.post(f"/v1/events/{each}/delete").ok()
    require_agreement(anyone)
    drafts = [each for several in anyone.drafts().values() for each in several]
    anyone.advance(end + timedelta(days=1, hours=12))
    for draft_then in drafts:
        if instant(draft_then["start_at"]) == start:
            found = anyone.api.get(f"/v1/invoices/{draft_then['id']}").ok()
            assert (found["status"], said(found)) == ("FINAL", said(draft_then)), found["customer_reference"]


def closed(anyone: Anyone, start: str) -> None:
    """One customer's invoice becomes final before its period is over."""
    for each in anyone.drafts()["closes"]:
        if each["status"] == "DRAFT" and each["start_at"] == start and runs(each):
            anyone.api.patch(f"/v1/invoices/{each['id']}", {"status": "FINAL"}).ok()


@pytest.mark.parametrize("seed", seeds())
def test_whatever_is_agreed_every_path_comes_to_the_same(api: ApiClient, seed: int) -> None:
    agreed, anyone = Agreement(Random(seed)), Anyone(api)
    anyone.begin(agreed)
    tree = agreed.tree()
    (version, category), (second, others), (copied, _) = map(
        anyone.version, (tree, agreed.altered(tree), tree)
    )
    coupons, terms = anyone.coupons(), [drawn_terms.of(agreed, each, seed) for each in (category, others)]
    for name in LIKE:
        anyone.agree(name, version, terms[0], coupons)
    anyone.agree("other", second, terms[1], coupons)
    for index in range(agreed.periods):
        draft = next(each for each in anyone.drafts()["stays"] if runs(each))

        def begun(start: str = draft["start_at"], first: bool = not index) -> None:
            if first:
                migrated(anyone, version, copied)
                closed(anyone, start)

        lives(anyone, draft, begun)
    found = {name: anyone.of(name) for name in NAMES}
    if not agreed.is_bound([tree, terms]):
        there, here = (Counter(everything(found[name])) for name in ("moves", "stays"))
        assert (there - here, here - there) == (Counter(), Counter())
    assert revenue(*final(found["closes"])) == revenue(*final(found["stays"]))
    end = final(found["stays"])[-1]["end_at"]
    span = {"from": text(agreed.start), "to": end, "customer_ids": ["stays"], "against_version_id": version}
    [tried] = api.post(f"/v1/pricing-plan-versions/{second}/simulate", span).ok()["customers"]
    told = {"stays": tried["now"], "other": tried["then"]}
    assert {name: Decimal(each["quantity"]) for name, each in told.items()} == {
        name: net(found[name]) for name in told
    }
    assert tried["problems"] == []
