"""Usage metering > Events > New event: send one, and see before what it will match."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from desk.components.curl import Call, Snippets
from desk.editors import events as editor
from desk.editors.events import EventForm
from desk.forms.base import DeskForm
from desk.screens.forms import FormScreen
from desk.screens.usage_metering import event_lines, event_path, fixes
from kit import clock
from kit.errors import TallydeskError
from kit.money import plain
from metering.models import Event, EventDuplicate
from metering.ports import FateKind
from metering.selectors import events
from metering.services import forecast, ingest

LAST_SHOWN = 5


class NewEvent(FormScreen):
    """The form stays after sending, with the values and a new reference."""

    title = "New event"
    menu = "events"
    permission = "METER_DATA.INGEST"
    template = "desk/usage_metering/event_new.html"
    fields_template = "desk/usage_metering/event_fields.html"
    has_calls = True

    def form(self, data: Any = None) -> EventForm:
        start = self.initial() if data is None else data
        return EventForm(
            data,
            initial=None if data is not None else start,
            platform=self.operator.platform,
            chosen=start.get("meter", ""),
            customer=start.get("customer", ""),
        )

    def initial(self) -> dict[str, Any]:
        query = self.request.GET
        now = {"timestamp": self.operator.at.replace(microsecond=0), "reference": editor.fresh_reference()}
        event = self._event(query.get("from", ""))
        if event is not None:
            return {**_typed(self, event), **now}
        return {"meter": query.get("meter", ""), "customer": query.get("customer", ""), **now}

    def _event(self, key: str) -> Event | None:
        row = events.by_id(self.operator.platform, key) if key else None
        return row.event if isinstance(row, EventDuplicate) else row

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "fresh" in request.POST:
            return self.show(self.again(request.POST, reference=editor.fresh_reference()))
        return super().post(request, *args, **kwargs)

    def again(self, data: Any, **changes: str) -> EventForm:
        """What was typed, unjudged, with some of it replaced."""
        return EventForm(
            initial={**data.dict(), **changes},
            platform=self.operator.platform,
            chosen=data.get("meter", ""),
            customer=data.get("customer", ""),
        )

    def changed(self, form: DeskForm) -> str | HttpResponse:
        """Ingestion keeps its own transaction: one statement."""
        return self.save(form)

    def save(self, form: Any) -> str | HttpResponse:
        platform = self.operator.platform
        result = ingest.together(platform_id=platform.pk, documents=[form.document()], wall=clock.now())
        (outcome,) = result.outcomes
        row = (outcome.number, outcome.stored_at) if outcome.original is None else outcome.original
        assert row[1] is not None
        event = Event.objects.get(platform=platform, pk=row[0])
        message = "Event accepted" if outcome.original is None else "Duplicate: it was accepted before"
        return self.done(
            f"{reverse('desk:event-new')}?from={event.public_id}&sent={event.public_id}", message
        )

    def show(self, form: Any, *, status: int = 200, **extra: Any) -> HttpResponse:
        sent = self._event(self.request.GET.get("sent", "")) if self.request.method == "GET" else None
        self.verb = "Send another" if sent else "Send event"  # type: ignore[misc]
        bound = form.is_bound
        preview = self.preview(form if bound else self._judged(form))
        return super().show(
            form,
            status=status,
            customers=editor.customers(self.operator.platform),
            sent=self._told(sent) if sent else None,
            last=self._last() if sent else [],
            **preview,
            **extra,
        )

    def _judged(self, form: EventForm) -> EventForm:
        """The same values as if they had been sent, for the panel."""
        data = {
            name: str(form.get_initial_for_field(field, name) or "") for name, field in form.fields.items()
        }
        moment = form.initial.get("timestamp")
        if isinstance(moment, datetime):
            data["timestamp"] = moment.astimezone(self.operator.zone).strftime("%Y-%m-%dT%H:%M:%S")
        return self.form(data)

    def preview(self, form: EventForm) -> dict[str, Any]:
        """What the panel shows: what the event will match, or what is missing, or why it will not."""
        if not form.is_valid():
            missing = [message for field in form.errors.values() for message in field]
            return {"missing": missing, "sample": None}
        document = form.document()
        sample = Snippets((Call("POST", "/v1/events/ingest", document),), key="sample")
        try:
            told = forecast.event(platform_id=self.operator.platform.pk, document=document, wall=clock.now())
        except TallydeskError as error:
            return {"missing": [error.message], "sample": sample}
        ended = event_path.destination(self.operator.platform, told.fate)
        buyer = form.buyer
        assert buyer is not None and form.chosen is not None
        name = buyer.name or buyer.reference or buyer.public_id
        fix = None
        if told.fate.kind == FateKind.NOT_MATCHED:
            plan = fixes.plans_of(self.operator.platform, [buyer.pk]).get(buyer.pk)
            fix = fixes.of(told.fate.variant or "", customer=buyer.public_id, customer_name=name, plan=plan)
        return {
            "missing": [],
            "sample": sample,
            "forecast": told,
            "ended": ended,
            "buyer_name": name,
            "subscription_name": event_path.name_of(ended.subscription) if ended.subscription else "",
            "subscription_url": event_lines.link("subscription", ended.subscription.public_id)
            if ended.subscription
            else "",
            "cost_asked": json.dumps({"document": json.dumps(document)})
            if self.operator.can("INVOICE.VIEW")
            else "",
            "is_late": told.fate.kind == FateKind.LATE,
            "fix": fix,
        }

    def _told(self, event: Event) -> dict[str, Any]:
        """The event just sent, and where it went."""
        (found,) = events.with_fates(self.operator.platform, [event])
        ended = event_path.destination(self.operator.platform, found.fate)
        (line,) = event_lines.told(self.operator.platform, [found])
        invoice = event_lines.link("invoice", ended.invoice.public_id) if ended.invoice else ""
        return {"line": line, "ended": ended, "invoice": invoice}

    def _last(self) -> list[event_lines.Line]:
        newest = event_lines.with_repeats(events.rows(self.operator.platform)).order_by("-pk")[:LAST_SHOWN]
        return event_lines.told(
            self.operator.platform, events.with_fates(self.operator.platform, list(newest))
        )

    def cancel_url(self) -> str:
        return reverse("desk:events")

    def calls(self, form: Any) -> list[Call]:
        return [Call("POST", "/v1/events/ingest", form.document())] if form.is_valid() else []


def _typed(screen: NewEvent, event: Event) -> dict[str, Any]:
    """The values of an event under the form's names."""
    platform = screen.operator.platform
    (line,) = event_lines.told(platform, events.with_fates(platform, [event]))
    form = EventForm(
        initial={}, platform=platform, chosen=event.meter.public_id, customer=line.customer_reference
    )
    carried = {key: (number, currency) for key, number, currency, _ in event_lines.figures(event)}
    typed: dict[str, Any] = {"meter": event.meter.public_id, "customer": line.customer_reference}
    for index, link in enumerate(form.value_links):
        number, currency = carried.get(link.meter_value_id, (None, None))
        typed[f"value_{index}"] = "" if number is None else plain(number)
        if currency:
            typed[f"currency_{index}"] = currency
    for index, link in enumerate(form.property_links):
        typed[f"property_{index}"] = (event.properties or {}).get(str(link.meter_property_id), "")
    return typed
