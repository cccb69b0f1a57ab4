"""Kinds of Desk's pages that no link of a page leads to: fragments, dialogs, editors and live answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

OF_A_KIND = 3
HOME = "/desk/"
TILES = ("mrr", "unbilled", "overdue", "events")
MATCHES = ("MATCHED", "NOT_MATCHED", "LATE", "DUPLICATE", "DELETED")
MODELS = (("FLAT", 1), ("TIERED", 5), ("TIERED", 50), ("TOP_TIERED", 50), ("STAIR_STEP", 50))
Form = dict[str, Any]


@dataclass
class Kind:
    """Pages of one address pattern and tab."""

    name: str
    addresses: list[str] = field(default_factory=list)
    target: str = ""  # the region that htmx asks for
    form: Form | None = None  # what is posted instead
    ms: float = 0
    p95: float = 0
    work: float = 0
    queries: int = 0
    slowest: str = ""


def everything(client: Any, owner: Any, at: datetime) -> Iterator[Kind]:
    """All of them; drafts of plans and of a subscription are made for it."""
    yield from fragments(at.date())
    yield from dialogs()
    yield from editor(owner, at)
    yield adding(client)
    yield from subscribing(client, at)


def dialogs() -> list[Kind]:
    """What is asked before something is done."""
    from billing.models import Invoice
    from catalog.models import PricingPlanVersion
    from metering.models import Event

    draft = Invoice.objects.filter(status="DRAFT").order_by("pk").first()
    event = Event.objects.filter(deleted_at=None).order_by("-pk").first()
    version = PricingPlanVersion.objects.filter(status="ACTIVE", version__gt=1).order_by("pk").first()
    assert draft is not None and event is not None and version is not None
    invoice, plan = f"{HOME}invoicing/invoices/{draft.public_id}/", version.pricing_plan.public_id
    plans = f"{HOME}products-plans/pricing-plans/"
    found = {
        "finalize an invoice": f"{invoice}finalize/",
        "delete an event": f"{HOME}usage-metering/events/{event.public_id}/delete/",
        "new migration": f"{plans}{plan}/migrations/new/",
        "compare two versions": f"{plans}{plan}/compare/",
    }
    return [Kind(name, [address], "dialog") for name, address in found.items()]


def live(address: str) -> Iterator[Kind]:
    """The plan editor's calculator on prices that are typed and not stored."""
    for model, bands in MODELS:
        form: Form = {"model": model, "price": "0.0120", "quantity": "12345"}
        if bands > 1:
            tops = [str(1000 * number) for number in range(1, bands)]
            prices = [f"0.{900 - 8 * number:04d}" for number in range(bands)]
            form |= {"up_to": [*tops, ""], "tier_price": prices, "tier_fee": [""] * bands}
        yield Kind(f"calculator, {model} {bands}", [f"{address}calculate/"], "calculator", form)


def subscribing(client: Any, at: datetime) -> list[Kind]:
    """The subscription editor: what follows from a form, stored as a draft, and the draft opened again."""
    from billing.models import BillingEntity, Customer, PricingPlanSubscription
    from catalog.models import PricingPlanVersion

    customer = Customer.objects.filter(status="ACTIVE").order_by("pk").first()
    entity = BillingEntity.objects.order_by("pk").first()
    versions = PricingPlanVersion.objects.filter(status="ACTIVE", pricing_currencies__contains=["EUR"])
    assert customer is not None and entity is not None
    base = f"{HOME}customers/{customer.public_id}/subscriptions/"
    form: Form = {
        "name": "Benchmark",
        "start": str(at.date() + timedelta(days=3)),
        "billing_time": "EXACT",
        "billing_entity": entity.public_id,
        "period": "MONTH-1",
        "currency": "EUR",
        "term": "PERIOD_AFTER_INVOICE_DATE:DAY-30",
        "count": "1",
        "draft": "",
        "seen_version": "",
    }
    kinds = []
    for version in versions.select_related("pricing_plan").order_by("pk"):
        typed = {**form, "version": version.public_id}
        stored = client.post(f"{base}preview/", typed, headers={"HX-Request": "true"})
        assert stored.status_code == 200, stored.status_code
        draft = PricingPlanSubscription.objects.filter(status="DRAFT").latest("pk")
        typed["draft"] = draft.public_id
        name = f"subscription editor, rail of {version.pricing_plan.reference}"
        kinds.append(Kind(name, [f"{base}preview/"], "rail", typed))
        kinds.append(Kind("subscription editor, a draft", [f"{base}{draft.public_id}/edit/"]))
    return kinds


def fragments(today: date) -> list[Kind]:
    """What follows a page by a request of its own, and what only a filter or a search box asks for."""
    from billing.models import Customer, InvoiceLine

    year = f"from={today - timedelta(days=364)}&to={today}"
    insights = ("", "usage/", "revenue/", "mrr/", "unbilled/", "aging/")
    customers = [f"{HOME}customers/{each.public_id}/" for each in Customer.objects.order_by("pk")[:OF_A_KIND]]
    lines = InvoiceLine.objects.filter(is_usage=True, invoice__status="FINAL").select_related("invoice")
    whys = [
        f"{HOME}invoicing/invoices/{each.invoice.public_id}/lines/{each.public_id}/why/"
        for each in lines.order_by("-pk")[:OF_A_KIND]
    ]
    listed = f"{HOME}usage-metering/events/"
    return [
        *(Kind(f"tile {name}", [f"{HOME}tiles/{name}/"], "tile") for name in TILES),
        *(
            Kind(f"insights {name or 'general'}, a year", [f"{HOME}insights/{name}?{year}"])
            for name in insights
        ),
        Kind("insights unbilled, the cards", [f"{HOME}insights/unbilled/"], "later"),
        Kind("insights, the later tile", [f"{HOME}insights/"], "later-tile"),
        Kind("customer, so far", customers, "so-far-now"),
        Kind("invoice line, by day", whys, "days"),
        *(Kind(f"events, {name.lower()}", [f"{listed}?match={name}"]) for name in MATCHES),
        Kind("search", [f"{HOME}search/?q={text}" for text in ("bright", "INV", "api")]),
    ]


def editor(owner: Any, at: datetime) -> list[Kind]:
    """The five steps of the guided editor, on a draft that copies an active version."""
    from accounts.context import Context
    from catalog.models import PricingPlanVersion
    from desk.editors.pricing import book, steps
    from desk.services import plan_drafts

    source = PricingPlanVersion.objects.filter(status="ACTIVE").order_by("pk").first()
    assert source is not None
    ctx = Context(platform=source.platform, at=at, actor_type="USER", actor=owner.email)
    draft = plan_drafts.next_version(ctx=ctx, plan=source.pricing_plan, source=source)
    items = book.read(draft, default_currency="EUR").items[:OF_A_KIND]
    found = [
        Kind(f"draft of a plan, {name}", [steps.url(draft, name)])
        for name in ("plan", "billing", "items", "review")
    ]
    return [
        *found,
        Kind("draft of a plan, pricing", [steps.item_url(draft, each.key) for each in items]),
        *live(next(steps.item_url(draft, each.key) for each in items if each.terms.metered)),
    ]


def adding(client: Any) -> Kind:
    """What the panel of a new event says that it adds to its draft, for one like the newest that matches."""
    from metering.models import Event

    address = f"{HOME}usage-metering/events/new/preview/"
    newest = Event.objects.filter(deleted_at=None, number__isnull=False).order_by("-pk")[:100]
    panels = (client.post(f"{address}panel/", like(event)).content.decode() for event in newest)
    asked = next(filter(None, (panel.partition('hx-vals="')[2].partition('"')[0] for panel in panels)))
    return Kind("new event, what it adds", [f"{address}cost/"], "", json.loads(unescape(asked)))


def like(event: Any) -> Form:
    """What the form of a new event sends for one more of the same kind."""
    from billing.models import Customer
    from metering.selectors import definitions

    meter = definitions.meters(event.platform).get(pk=event.meter_id)
    values, properties = meter.value_links.all(), meter.property_links.all()
    return {
        "meter": meter.public_id,
        "customer": Customer.objects.get(pk=event.customer_id).public_id,
        "subscription": "",
        "reference": "benchmark-1",
        "timestamp": event.timestamp.strftime("%Y-%m-%dT%H:%M"),
        **{f"value_{place}": "12" for place, _ in enumerate(values)},
        **{
            f"property_{place}": (event.properties or {}).get(str(link.meter_property_id), "")
            for place, link in enumerate(properties)
        },
    }
