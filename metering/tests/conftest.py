"""The cast of metering's tests: a directory of two customers, and a meter with everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kit.period import Span
from kit.testing import ApiClient
from metering import aggregation, ports
from metering.models import Event, Meter, MeterProperty, MeterValue
from metering.services import ingest, usage

ADA = ports.Named(pk=101, public_id="cust_00000000000000000Ada", reference="ada")
BOB = ports.Named(pk=102, public_id="cust_00000000000000000Bob", reference="bob")
BASIC = ports.Named(pk=201, public_id="ppsu_000000000000000Basic", reference="basic")


class Cast:
    """A directory that knows Ada and Bob, and a matcher that matches Ada alone."""

    def _named(self, rows: tuple[ports.Named, ...], names: Any) -> dict[str, ports.Named]:
        known = {row.public_id: row for row in rows} | {str(row.reference): row for row in rows}
        return {name: known[name] for name in names if name in known}

    def customers(self, platform_id: int, names: Any) -> dict[str, ports.Named]:
        return self._named((ADA, BOB), names)

    def subscriptions(self, platform_id: int, names: Any) -> dict[str, ports.Named]:
        return self._named((BASIC,), names)

    def customers_by_key(self, platform_id: int, keys: Any) -> dict[int, ports.Named]:
        return {row.pk: row for row in (ADA, BOB) if row.pk in keys}

    def subscriptions_by_key(self, platform_id: int, keys: Any) -> dict[int, ports.Named]:
        return {BASIC.pk: BASIC} if BASIC.pk in keys else {}

    def fates(self, platform: Any, events: Any) -> list[ports.Fate]:
        link = ports.Link(("bmet_x",), ("proi_x",), "ppsu_x", "pico_x", "invo_x")
        matched = ports.Fate(ports.FateKind.MATCHED, links=(link,))
        unmatched = ports.Fate(ports.FateKind.NOT_MATCHED, variant="NO_SUBSCRIPTION")
        return [matched if event.customer_id == ADA.pk else unmatched for event in events]

    def met(self, platform: Any, events: Any) -> list[ports.Met]:
        """The same, by kind."""
        told = self.fates(platform, events)
        return [ports.Met(None if fate.variant else BASIC.pk, fate.variant) for fate in told]

    def turns(self, platform: Any, customers: Any) -> dict[int, list[datetime]]:
        return {}

    def closed(self, platform: Any, *_: Any) -> list[ports.Closed]:
        return []

    def costs(self, platform: Any, invoice_ids: Any) -> dict[str, dict[str, Any] | None]:
        """The invoice comes to one for each event stored, and cannot be drawn up from the tenth on."""
        events = Event.objects.filter(platform=platform).count()
        return {each: {"invoice_id": each, "events": events} if events < 10 else None for each in invoice_ids}


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    """Fills the ports with the cast for one test."""
    cast = Cast()
    monkeypatch.setattr(ports, "_filled", dict.fromkeys(("directory", "matcher", "forecaster"), cast))
    return cast


@dataclass
class Meters:
    """The public ids of the cast's meter and what it carries."""

    meter: str
    minutes: str
    volume: str
    engine: str
    user: str


@pytest.fixture
def meters(api: ApiClient, cast: Cast) -> Meters:
    """``transcription``: minutes (required), volume (money), engine (enum, required), user."""
    active = {"status": "ACTIVE"}

    def make(path: str, **body: Any) -> str:
        made = api.post(f"/v1/{path}", {"name": body["reference"], **active, **body}).ok()
        return str(made["id"])

    minutes = make("meter-values", reference="minutes", type="NUMBER")
    volume = make("meter-values", reference="volume", type="AMOUNT")
    engine = make("meter-properties", reference="engine", type="ENUM", enum_values=["fast", "accurate"])
    user = make("meter-properties", reference="user", type="STRING")
    meter = make(
        "meters",
        reference="transcription",
        meter_values=[{"id": minutes}, {"id": volume}],
        meter_properties=[{"id": engine, "required": True}, {"id": user}],
    )
    return Meters(meter, minutes, volume, engine, user)


Sample = Callable[..., dict[str, Any]]


@pytest.fixture
def sample() -> Sample:
    """A valid event document: ``sample("job-1", number="2")``; a field given as None is left out."""

    def make(reference: str = "job-1", *, number: Any = "42.5", engine: Any = "fast", **fields: Any) -> Any:
        document = {
            "reference": reference,
            "customer_reference": "ada",
            "meter_reference": "transcription",
            "timestamp": "2026-04-01T10:11:12Z",
            "meter_values": [{"reference": "minutes", "number": number}],
            "meter_properties": [{"reference": "engine", "value": engine}],
            **fields,
        }
        return {key: value for key, value in document.items() if value is not None}

    return make


DAY = datetime(2026, 3, 29, tzinfo=UTC)


@pytest.fixture
def store(platform, meters):
    """``store(documents)`` stores them and refuses faults."""

    def put(*documents):
        result = ingest.together(platform_id=platform.pk, documents=documents, wall=DAY + timedelta(days=30))
        return [Event.objects.get(pk=outcome.number) for outcome in result.outcomes]

    return put


@pytest.fixture
def ask(platform, meters):
    """``ask(start, end)``: the rows of Ada's minutes in the span."""

    def rows(start, end, *, cutoff=None, customer=ADA, value="minutes", unique=None):
        question = usage.Question(
            customer_id=customer.pk,
            meter_id=Meter.objects.get().pk,
            span=Span(start, end),
            meter_value_id=MeterValue.objects.get(reference=value).pk if value else None,
            meter_property_id=MeterProperty.objects.get(reference=unique).pk if unique else None,
        )
        return usage.read(platform=platform, questions=[question], cutoff=cutoff)[0]

    return rows


def total(rows):
    return aggregation.merge(row.state for row in rows)


def stamp(instant):
    return instant.isoformat().replace("+00:00", "Z")
