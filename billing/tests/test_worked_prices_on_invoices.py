"""Every price of the catalog's worked table on real invoices: draft, final, and the sum of their details."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import Any

from accounts.services import configuration
from billing.tests.selling import lines
from billing.tests.world import Price, World, at
from catalog.tests.test_worked_prices import CASES
from kit.money import total
from kit.testing import ApiClient
from metering.models import Meter, MeterMeterValue, MeterValue

Json = dict[str, Any]


def events(case: Json) -> list[Json]:
    """The values of the case's events: of one where only their sum is told, as ``number`` or ``amount``."""
    return case["events"] if "events" in case else [case["meter_value"]]


def kind(case: Json) -> tuple[str, str]:
    """The currency, and what is counted: cases of one kind stand on one invoice."""
    sent = events(case)
    counted = "amount" if any(each.get("amount") for each in sent) or _percent(case) else "number"
    return case["amount"]["currency"], counted


def _percent(case: Json) -> bool:
    return any(band.get("percentage") for band in case["config"].get("bands") or ())


def sell(world: World, cases: list[Json], currency: str, counted: str) -> list[str]:
    """A customer who is billed by the month for each case on a meter of its own; the meters' references."""
    name = f"{counted}-{currency}".lower()
    value = world.make(MeterValue, reference=name, name=name, type=counted.upper(), status="ACTIVE")
    world.value, world.currency = value, currency
    meters = [world.make(Meter, reference=f"{name}-{place}", status="ACTIVE") for place in range(len(cases))]
    MeterMeterValue.objects.bulk_create(
        MeterMeterValue(platform=world.platform, meter=meter, meter_value=value, position=1)
        for meter in meters
    )
    prices = [
        Price(case["name"], "USAGE_BASED", (case["config"],), meter=meter)
        for case, meter in zip(cases, meters, strict=True)
    ]
    customer = world.organization(name, "NL")
    world.subscribe(world.plan(*prices), start=at("2026-03-01"), now=at("2026-03-20"), customer=customer)
    configuration.bump(platform=world.platform)
    return [meter.reference for meter in meters]


def send(api: ApiClient, cases: list[Json], meters: list[str], customer: str) -> None:
    documents = [
        {
            "reference": f"{meter}-{number}",
            "meter_reference": meter,
            "customer_reference": customer,
            "timestamp": "2026-03-05T00:00:00Z",
            "meter_values": [{"reference": customer, **sent}],
        }
        for case, meter in zip(cases, meters, strict=True)
        for number, sent in enumerate(events(case))
    ]
    told = api.post("/v1/events/ingest-batch", {"meter_datas": documents}).ok()["meter_datas"]
    assert {each["status"] for each in told} == {201}, [each for each in told if each["status"] != 201][:3]


def test_invoices_come_to_what_the_table_says(world: World, api: ApiClient) -> None:
    api.post("/v1/test-clock", {"now": "2026-03-20T00:00:00Z"}).ok()
    world.platform.refresh_from_db()
    sold = {}
    for (currency, counted), several in groupby(sorted(CASES, key=kind), key=kind):
        cases = list(several)
        meters = sell(world, cases, currency, counted)
        name = f"{counted}-{currency}".lower()
        send(api, cases, meters, name)
        sold[name] = cases
    assert sum(map(len, sold.values())) == len(CASES)
    drafts = {name: _invoice(api, name) for name in sold}
    api.post("/v1/test-clock/advance", {"to": "2026-04-02T00:00:00Z"}).ok()
    for name, cases in sold.items():
        final = _invoice(api, name)
        assert (drafts[name]["status"], final["status"]) == ("DRAFT", "FINAL"), name
        for invoice in (drafts[name], final):
            _require(invoice, cases)


def _invoice(api: ApiClient, customer: str) -> Json:
    asked = f"/v1/invoices?customer_id={customer}&include_periods=true&include_lines=true"
    found: list[Json] = api.get(asked).ok()["data"]
    return min(found, key=lambda each: str(each["start_at"]))


def _require(invoice: Json, cases: list[Json]) -> None:
    shown = lines(invoice)
    assert len(shown) == len(cases)
    for line, case in zip(shown, cases, strict=True):
        expected = (case["amount"], case["unrounded"])
        found = (line["amount_excluding_tax"], line["details"]["unrounded_amount"])
        assert found == expected, case["name"]
        parts = [Decimal(sub["details"]["amount"]["quantity"]) for sub in line["sub_lines"]]
        assert not parts or total(parts) == Decimal(case["amount"]["quantity"]), case["name"]
