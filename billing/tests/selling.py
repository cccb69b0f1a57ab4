"""Selling through the API alone: a meter, a plan, a client, events in and invoices out.

shop = Selling(api)
shop.open(properties=[number("size")])
shop.plan([{"pricing_type": "FLAT", "bands": [{"amount": euros("1")}]}])
shop.send("2", size="1.0")
shop.draft(), shop.final()
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from kit.testing import ApiClient

Json = dict[str, Any]
ACTIVE = {"status": "ACTIVE"}
START, NEXT = "2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z"


def euros(quantity: str) -> Json:
    return {"quantity": quantity, "currency": "EUR"}


def flat(quantity: str, **fields: Any) -> Json:
    return {"pricing_type": "FLAT", "bands": [{"amount": euros(quantity)}], **fields}


def bands(kind: str, *bands: tuple[str | None, str], **fields: Any) -> Json:
    """Bands from (upper bound, price) pairs."""
    read = [
        {"amount": euros(price)} | ({"tier_top_bound": {"number": top}} if top else {})
        for top, price in bands
    ]
    return {"pricing_type": kind, "bands": read, **fields}


def compare(reference: str, comparator: str, *values: str) -> Json:
    """One comparison, with one value or several."""
    several = comparator in ("IN", "NOT_IN")
    given: Json = {"values": list(values)} if several else {"value": values[0]} if values else {}
    return {"reference": reference, "comparator": comparator, **given}


def when(*comparisons: Json) -> Json:
    return {"meter_properties": list(comparisons)}


def expression(operator: str, *operands: Json) -> Json:
    """Comparisons and expressions, combined."""
    told = [each if "expression" in each else {"meter_property": each} for each in operands]
    return {"expression": {"operator": operator, "operands": told}}


@dataclass
class Selling:
    """One product whose items count the meter ``jobs``, for one client from 1 May 2026."""

    api: ApiClient
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def open(self, *, properties: dict[str, str], items: tuple[str, ...] = ("jobs",)) -> None:
        """Everything up to the plan; ``properties`` by reference with their types, ``note`` is optional."""
        api = self.api
        api.post("/v1/test-clock", {"now": START}).ok()
        api.post("/v1/meter-values", {"reference": "units", "name": "Units", "type": "NUMBER", **ACTIVE}).ok()
        for reference, kind in properties.items():
            self.property(reference, kind)
        links = {
            "meter_values": [{"reference": "units", "required": True}],
            "meter_properties": [{"reference": each, "required": each != "note"} for each in properties],
        }
        api.post("/v1/product-categories", {"reference": "cat", "name": "Platform"}).ok()
        api.post("/v1/products", {"reference": "prod", "name": "Jobs", "category_id": "cat", **ACTIVE}).ok()
        for item in items:
            api.post("/v1/meters", {"reference": item, "name": item, **links, **ACTIVE}).ok()
            self.calculation(item, item)
            self.item(item, item)
        api.post("/v1/pricing-plans", {"reference": "plan", "name": "Plan"}).ok()
        address = {"registered_address": {"country": "NL"}}
        api.post("/v1/billing-entities", {"reference": "us", **address}).ok()
        organization = {"legal_name": "Client", **address}
        customer = {"reference": "client", "type": "ORGANIZATION", "organization": organization, **ACTIVE}
        api.post("/v1/customers", customer).ok()

    def property(self, reference: str, kind: str) -> None:
        values = {"enum_values": ["eu", "us"]} if kind == "ENUM" else {}
        body = {"reference": reference, "name": reference, "type": kind, **values, **ACTIVE}
        self.api.post("/v1/meter-properties", body).ok()

    def calculation(self, reference: str, meter: str, **fields: Any) -> None:
        body = {"calculation_type": "SUM", "meter_id": meter, "meter_value_id": "units", **fields}
        self.api.post("/v1/meter-value-calculations", {"reference": reference, **body}).ok()

    def item(self, reference: str, calculation: str, **fields: Any) -> None:
        body = {"name": reference, "product_id": "prod", "model_type": "USAGE_BASED", **ACTIVE, **fields}
        body |= {"reference": reference, "meter_value_calculation_id": calculation}
        self.api.post("/v1/product-items", body).ok()

    def plan(self, configs: list[Json], *, items: tuple[str, ...] = ("jobs",)) -> str:
        """A version that prices these items together by these rules; its id."""
        return self.plan_of([{"product_item_ids": list(items), "configs": configs}])

    def plan_of(self, items: list[Json], **fields: Any) -> str:
        """A version with these pricing items; its id."""
        pricing = {"name": "Jobs", "product_ids": ["prod"], "items": items}
        tree = [{"product_category_id": "cat", "pricings": [pricing]}]
        body = {"pricing_plan_id": "plan", "pricing_categories": tree, **fields}
        version: str = self.api.post("/v1/pricing-plan-versions", body).ok()["id"]
        return version

    def activate(self, version: str) -> Any:
        return self.api.patch(f"/v1/pricing-plan-versions/{version}", ACTIVE)

    def sell(self, version: str, **schedule: Any) -> None:
        """Activate the version and subscribe the client to it."""
        self.activate(version).ok()
        self.subscribe(version, **schedule).ok()

    def subscribe(self, version: str, billing_currency: str = "EUR", **schedule: Any) -> Any:
        """A subscription to an active version, billed by the month."""
        schedule |= {"pricing_plan_version_id": version, "start_at": START}
        terms = {"reference": "sub", "customer_reference": "client", "billing_entity_reference": "us"}
        terms |= {"billing_currency": billing_currency}
        body = {"pricing_plan_subscription": terms, "pricing_plan_schedules": [schedule]}
        return self.api.post("/v1/pricing-plan-subscriptions/init", body)

    def send(self, number: str, *, meter: str = "jobs", at: str | None = None, **properties: str) -> Json:
        """One event; what became of it."""
        event = {
            "reference": f"e-{next(self.numbers)}",
            "meter_reference": meter,
            "customer_reference": "client",
            "meter_values": [{"reference": "units", "number": number}],
            "meter_properties": [{"reference": name, "value": value} for name, value in properties.items()],
            **({"timestamp": at} if at else {}),
        }
        fate: Json = self.api.post("/v1/events/ingest", event).ok()["processed_details"]
        return fate

    def invoices(self) -> list[Json]:
        """All invoices with their lines, the first period first."""
        path = "/v1/invoices?include_periods=true&include_lines=true"
        found: list[Json] = self.api.get(path).ok()["data"]
        return sorted(found, key=lambda each: each["start_at"])

    def draft(self) -> list[tuple[str, str]]:
        """(quantity, amount) of each line of the first period, as it stands."""
        return told(self.invoices()[0])

    def final(self) -> list[tuple[str, str]]:
        """The same once that period is over and its invoice final."""
        self.api.post("/v1/test-clock/advance", {"to": "2026-06-02T12:00:00Z"}).ok()
        first = self.invoices()[0]
        assert first["status"] == "FINAL", first["status"]
        return told(first)


def lines(invoice: Json) -> list[Json]:
    return [line for period in invoice["periods"] for group in period["groups"] for line in group["lines"]]


def told(invoice: Json) -> list[tuple[str, str]]:
    return [(line["quantity"], line["amount_excluding_tax"]["quantity"]) for line in lines(invoice)]
