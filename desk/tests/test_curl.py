"""Copy as cURL runs as pasted and makes the same: for the form that creates, changes or closes anything."""

from __future__ import annotations

import html
import json
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction

from accounts.models import Role
from billing.models import (
    BillingEntity,
    Contact,
    Customer,
    Invoice,
    PricingPlanSubscription,
)
from billing.tests.world import World, at, fee, per_minute
from catalog.models import Feature, PricingPlan, PricingPlanVersion, Product, ProductItem
from desk.screens.base import Screen
from desk.screens.customers.subscription_steps import STEPS
from desk.screens.lists import ListScreen
from desk.tests.addresses import addresses
from desk.tests.test_billing_entities import FILLED as ENTITY
from desk.tests.test_customers import ORGANIZATION, PERSON
from desk.tests.test_meters import filled as meter_form
from metering.models import Event, Meter, MeterValueCalculation
from webhooks.models import Webhook
from webhooks.services.rendering import render

METERS, CATALOG = "/desk/usage-metering/meters/", "/desk/products-plans/product-catalog/"
CUSTOMERS, ENTITIES = "/desk/customers/", "/desk/settings/billing-entities/"
HOOKS, FEATURES = "/desk/developers/webhooks/", "/desk/products-plans/features/"
# What differs between two objects that are the same: when they were made, and what they are called inside.
OWN = re.compile(r'"(?:\w+_)?(?:at|id)": "[^"]*"|"(?:[a-z]{4}_)\w{20}"|"[0-9T:.-]+Z"')


@pytest.fixture
def world(platform):
    """A customer on a plan with one event; the clock stands still, so that times are alike."""
    platform.test_now = at("2026-04-10T12:00")
    platform.save(update_fields=["test_now"])
    world = World(platform)
    BillingEntity.objects.update(is_default=True)
    world.version = world.plan(per_minute("0.10"), fee("49"))
    world.subscription = world.subscribe(world.version, start=at("2026-04-01"))
    world.event = world.used("12", when=at("2026-04-02"))
    world.draft = world.agree([(world.version, at("2026-05-01"), None)], now=at("2026-04-10"), status="DRAFT")
    world.contact = world.make(
        Contact, customer=world.customer, reference="ap", email="ap@x.example", name={"last_name": "Vos"}
    )
    world.hook = world.make(Webhook, name="Ledger", reference="ledger", url="https://93.184.216.34/")
    world.feature = world.make(Feature, reference="sso", name="SSO", type="SWITCH")
    world.other = world.organization("kestrel", "DE")
    world.fresh = world.drafted(fee("7"))
    world.fresh_item = ProductItem.objects.latest("pk").public_id
    return world


@dataclass(frozen=True)
class Case:
    """A form at ``path`` with ``data``; ``made`` are the models whose rows must come out alike."""

    path: str
    data: dict[str, Any] = field(default_factory=dict)
    made: tuple[Any, ...] = ()


PRODUCT = {
    "category": "Platform",
    "name": "API",
    "reference": "api",
    "count": "1",
    "items_0_name": "API calls",
    "items_0_reference": "api_calls",
    "items_0_model_type": "USAGE_BASED",
    "items_0_unit_singular": "call",
    "items_0_unit_plural": "calls",
    "activate": "1",
}
EVENT = {
    "customer": "brightwater",
    "value_0": "12.5",
    "property_0": "accurate",
    "reference": "evt-1",
    "timestamp": "2026-04-10T11:00",
}
HOOK = {"name": "Mirror", "reference": "mirror", "url": "https://93.184.216.34/hooks", "active": "on"}
FEATURE = {"name": "Seats", "reference": "seats", "type": "NUMBER"}
PLAN = {"name": "Growth", "reference": "growth", "amount_type": "EXCLUDING_TAX"}
CONTACT = {"first_name": "Ada", "last_name": "Vos", "email": "ada@x.example", "reference": "ada"}


def creating(world: World) -> dict[str, Case]:
    calculation = MeterValueCalculation.objects.latest("pk").public_id
    product, meter = Product.objects.earliest("pk").public_id, world.meter.public_id
    item = {key.removeprefix("items_0_"): value for key, value in PRODUCT.items() if key.startswith("items")}
    terms = {
        "version": world.version.public_id,
        "start": "2026-05-14",
        "billing_time": "EXACT",
        "billing_entity": world.entity.public_id,
        "period": "MONTH-1",
        "currency": "EUR",
        "term": "PERIOD_AFTER_INVOICE_DATE:DAY-30",
        "count": "1",
    }
    return {
        "billing entity": Case(f"{ENTITIES}new/", {**ENTITY, "reference": "second"}, (BillingEntity,)),
        "meter": Case(
            f"{METERS}new/", meter_form(properties_0_existing="new"), (Meter, MeterValueCalculation)
        ),
        "meter value": Case(
            f"{METERS}{meter}/add/value/", {"existing": "new", "name": "Words", "type": "NUMBER"}, (Meter,)
        ),
        "meter property": Case(
            f"{METERS}{meter}/add/property/",
            {"existing": "new", "name": "Plan", "type": "ENUM", "words": "a, b"},
            (Meter,),
        ),
        "calculation": Case(
            f"{METERS}{meter}/add/calculation/",
            {"type": "MAX", "source": "values:0"},
            (MeterValueCalculation,),
        ),
        "product": Case(
            f"{CATALOG}new/", {**PRODUCT, "items_0_calculation": calculation}, (Product, ProductItem)
        ),
        "product of a known category": Case(
            f"{CATALOG}new/",
            {**PRODUCT, "category": "services", "items_0_calculation": calculation},
            (Product, ProductItem),
        ),
        "product item": Case(
            f"{CATALOG}{product}/items/new/", {**item, "calculation": calculation}, (ProductItem,)
        ),
        "feature": Case(f"{FEATURES}new/", FEATURE, (Feature,)),
        "pricing plan": Case(
            "/desk/products-plans/pricing-plans/new/", PLAN, (PricingPlan, PricingPlanVersion)
        ),
        "plan from a starting point": Case(
            "/desk/products-plans/pricing-plans/start/platform-fee/", {}, (PricingPlan, PricingPlanVersion)
        ),
        "organization": Case(f"{CUSTOMERS}new/", ORGANIZATION, (Customer,)),
        "person as a draft": Case(f"{CUSTOMERS}new/", {**PERSON, "submit": "draft"}, (Customer,)),
        "contact": Case(f"{CUSTOMERS}{world.customer.public_id}/contacts/new/", CONTACT, (Contact,)),
        "subscription": Case(f"{CUSTOMERS}{world.other.public_id}/subscriptions/new/", terms, ()),
        "event": Case("/desk/usage-metering/events/new/", {"meter": meter, **EVENT}, (Event,)),
        "webhook": Case(f"{HOOKS}new/", HOOK, (Webhook,)),
    }


def changing(world: World) -> dict[str, Case]:
    meter, product = f"{METERS}{world.meter.public_id}/", Product.objects.earliest("pk")
    customer, other = f"{CUSTOMERS}{world.customer.public_id}/", f"{CUSTOMERS}{world.other.public_id}/"
    entity, hook = f"{ENTITIES}{world.entity.public_id}/", f"{HOOKS}{world.hook.public_id}/"
    running = f"{customer}subscriptions/{world.subscription.public_id}/steps/"
    draft = f"{customer}subscriptions/{world.draft.public_id}/steps/"
    item = f"{CATALOG}items/{product.items.latest('pk').public_id}/"
    invoice = f"/desk/invoicing/invoices/{Invoice.objects.get().public_id}/"
    total = "60.74"  # 12 minutes at 0.10 and the fee of 49, with 21 % tax
    feature = f"{FEATURES}{world.feature.public_id}/"
    plans = "/desk/products-plans/pricing-plans/"
    plan = f"{plans}{world.version.pricing_plan.public_id}/"
    new = f"{plans}{world.fresh.pricing_plan.public_id}/versions/1/"
    return {
        "meter edited": Case(f"{meter}edit/", {"name": "Minutes", "reference": "transcription"}, (Meter,)),
        "meter deprecated": Case(f"{meter}move/deprecate/", {}, (Meter,)),
        "meter archived": Case(f"{meter}move/archive/", {}, (Meter,)),
        "product edited": Case(
            f"{CATALOG}{product.public_id}/edit/", {"name": "Speech", "reference": "speech"}, (Product,)
        ),
        "product deprecated": Case(
            f"{CATALOG}{product.public_id}/move/deprecate/", {}, (Product, ProductItem)
        ),
        "product archived": Case(f"{CATALOG}{product.public_id}/move/archive/", {}, (Product, ProductItem)),
        "item deprecated": Case(f"{item}deprecate/", {}, (ProductItem,)),
        "feature edited": Case(f"{feature}edit/", {**FEATURE, "reference": "sso"}, (Feature,)),
        "feature deleted": Case(f"{feature}delete/", {}, (Feature,)),
        "customer edited": Case(
            f"{customer}edit/", {**ORGANIZATION, "reference": "brightwater"}, (Customer,)
        ),
        "customer deprecated": Case(f"{other}move/deprecate/", {}, (Customer,)),
        "customer archived": Case(f"{other}move/archive/", {}, (Customer,)),
        "contact edited": Case(f"{customer}contacts/{world.contact.public_id}/edit/", CONTACT, (Contact,)),
        "contact removed": Case(f"{customer}contacts/{world.contact.public_id}/remove/", {}, (Contact,)),
        "subscription cancelled": Case(
            f"{running}cancel/", {"when": "NEXT_BILLING_PERIOD"}, (PricingPlanSubscription,)
        ),
        "subscription cancelled at a date": Case(
            f"{running}cancel/", {"when": "DATE", "cancel_at": "2026-06-01"}, (PricingPlanSubscription,)
        ),
        "subscription edited": Case(
            f"{running}edit/", {"name": "Main", "term": "END_OF_THE_MONTH"}, (PricingPlanSubscription,)
        ),
        "subscription void": Case(f"{running}void/", {"confirmation": "VOID"}, (PricingPlanSubscription,)),
        "draft archived": Case(f"{draft}archive/", {}, (PricingPlanSubscription,)),
        "draft deleted": Case(f"{draft}delete/", {}, (PricingPlanSubscription,)),
        "entity edited": Case(f"{entity}edit/", {**ENTITY, "timezone": "UTC"}, (BillingEntity,)),
        "entity deprecated": Case(f"{entity}move/deprecate/", {}, (BillingEntity,)),
        "event deleted": Case(f"/desk/usage-metering/events/{world.event.public_id}/delete/", {}, ()),
        "webhook edited": Case(f"{hook}edit/", {**HOOK, "reference": "ledger"}, (Webhook,)),
        "webhook deleted": Case(f"{hook}delete/", {"name": "Ledger"}, (Webhook,)),
        "invoice on hold": Case(f"{invoice}hold/", {}, (Invoice,)),
        "draft active": Case(
            f"{customer}subscriptions/{world.draft.public_id}/activate/", {}, (PricingPlanSubscription,)
        ),
        "version cloned": Case(f"{plan}clone/", {}, (PricingPlanVersion,)),
        "version active": Case(f"{new}activate/", {}, (PricingPlanVersion,)),
        "item an add-on": Case(
            f"{new}items/{world.fresh_item}/sold/", {"sold": "ADDON", "name": "Gold"}, (PricingPlanVersion,)
        ),
        "version discarded": Case(f"{new}discard/", {}, (PricingPlanVersion,)),
        "invoice final": Case(f"{invoice}finalize/", {"seen_total": total}, (Invoice,)),
        "clock advanced": Case("/desk/developers/test-clocks/advance/", {"to": "2026-04-10T13:00"}, ()),
        "clock released": Case("/desk/developers/test-clocks/release/", {}, ()),
    }


CREATING = [
    "billing entity", "meter", "meter value", "meter property", "calculation", "product",
    "product of a known category", "product item", "feature", "pricing plan",
    "plan from a starting point", "organization", "person as a draft", "contact", "subscription", "event",
    "webhook",
]  # fmt: skip
CHANGING = [
    "meter edited", "meter deprecated", "meter archived", "product edited", "product deprecated",
    "product archived", "item deprecated", "feature edited", "feature deleted", "customer edited",
    "customer deprecated", "customer archived", "contact edited", "contact removed", "subscription cancelled",
    "subscription cancelled at a date", "subscription edited", "subscription void", "draft archived",
    "draft deleted", "entity edited", "entity deprecated", "event deleted", "webhook edited",
    "webhook deleted", "invoice on hold", "draft active", "version cloned", "version active",
    "item an add-on", "version discarded", "invoice final", "clock advanced", "clock released",
]  # fmt: skip


# Forms that no API has: they are about the person at the screen, or about what is only typed yet.
WITHOUT_API = {
    "Switch": "which platform this browser shows",
    "Appearance": "how this browser looks",
    "Profile": "the person's own settings",
    "ChangePassword": "the person's own settings",
    "EndSession": "the person's own sessions",
    "SignOutEverywhere": "the person's own sessions",
    "Undo": "what it takes back has a call of its own, which the audit trail names",
    "Invite": "users are kept by Desk alone",
    "Withdraw": "users are kept by Desk alone",
    "ChangeRole": "users are kept by Desk alone",
    "Deactivate": "users are kept by Desk alone",
    "Reactivate": "users are kept by Desk alone",
    "ResetLink": "users are kept by Desk alone",
    "NewKey": "keys are given out by Desk alone",
    "Rotate": "keys are given out by Desk alone",
    "Revoke": "keys are given out by Desk alone",
    "EditOrganization": "the platform itself, PATCH /v1/platforms of the reference, is not in this API",
    "EditInvoiceTerms": "the platform itself is not in this API; a billing entity's own terms are",
    "EditTerms": "what Desk proposes; a request by API says its own terms",
    "MakeDefault": "the reference has no API for which billing entity is the default",
    "Retention": "how long Desk keeps what it shows of requests",
    "BillingCalendar": "asks for dates, and changes nothing",
    "Compare": "asks for a figure, and changes nothing",
    "TryVersion": "asks for a figure, and changes nothing",
    "TryEvent": "asks which rule matches, and changes nothing",
    "PricingStep": "the editor saves by itself; the version's page has the call that reads it",
    "NewRule": "a part of the pricing step, which saves by itself",
    "EditRule": "a part of the pricing step, which saves by itself",
    "AddCondition": "a part of the pricing step, which saves by itself",
    "RuleSettings": "a part of the pricing step, which saves by itself",
    "RuleTiers": "a part of the pricing step, which saves by itself",
    "RuleVerb": "a part of the pricing step, which saves by itself",
    "OwnPrice": "a part of the pricing step, which saves by itself",
    "DropPrice": "a part of the pricing step, which saves by itself",
    "Fallback": "a part of the pricing step, which saves by itself",
}


def posting() -> Iterator[type[Screen]]:
    """Every screen of Desk that takes a form, but lists: their bulk actions stand for those of their rows."""

    views = {view for _, view in addresses()}
    for view in {*views, *STEPS.values()}:
        if issubclass(view, Screen) and hasattr(view, "post") and not issubclass(view, ListScreen):
            yield view


def test_every_action_has_its_call_or_a_reason_why_not():
    without = {view.__name__ for view in posting() if not getattr(view, "has_calls", False)}
    assert without == set(WITHOUT_API)


def test_the_lists_of_this_test_are_whole(world):
    assert sorted(CREATING) == sorted(creating(world)) and sorted(CHANGING) == sorted(changing(world))


@pytest.mark.parametrize("name", CREATING)
def test_a_create_form_pasted_makes_the_same_object(desk, api, world, member, name):
    case = creating(world)[name]
    by_desk, by_api = both(desk, api, world, case)
    assert by_api == by_desk
    assert member(Role.READ_ONLY).post(case.path, case.data).status_code == 403


@pytest.mark.parametrize("name", CHANGING)
def test_an_action_pasted_does_the_same(desk, api, world, member, name):
    case = changing(world)[name]
    assert member(Role.READ_ONLY).post(case.path, case.data).status_code == 403
    by_desk, by_api = both(desk, api, world, case)
    assert by_api == by_desk


def both(desk: Any, api: Any, world: World, case: Case) -> tuple[list[str], list[str]]:
    """What the rows look like after the form, and after its snippet was pasted instead."""
    commands = copied(desk, case)
    with transaction.atomic():
        response = desk.post(case.path, case.data)
        assert response.status_code < 400, response.content.decode().partition('class="summary"')[2][:500]
        by_desk = shown(world, case)
        transaction.set_rollback(True)
    for method, path, body in commands:
        api.request(method, path, body).ok()
    return by_desk, shown(world, case)


def copied(desk: Any, case: Case) -> list[tuple[str, str, Any]]:
    """The requests of the snippet, read from the shell's point of view."""
    response = desk.post(case.path, {**case.data, "as_curl": "1"})
    body = response.content.decode()
    refused = body.partition("would refuse this")[2].partition("</ul>")[0]
    assert (response.status_code, refused) == (200, "")
    text = body.split('id="form-call-cURL-text">')[1].split("</code>")[0]
    return list(requests(html.unescape(text)))


def requests(text: str) -> Iterator[tuple[str, str, Any]]:
    words = iter(shlex.split(text.replace("\\\n", " ")))
    found: list[tuple[str, str, Any]] = []
    for word in words:
        match word:
            case "curl":
                found.append(("GET", "", None))
            case "-X":
                found[-1] = (next(words), *found[-1][1:])
            case "-d":
                found[-1] = (*found[-1][:2], json.loads(next(words)))
            case "-H":
                assert next(words) in ("X-API-KEY: $API_KEY", "Content-Type: application/json")
            case _:
                assert word.startswith("$TALLYDESK_URL/v1/"), word
                found[-1] = (found[-1][0], word.removeprefix("$TALLYDESK_URL"), found[-1][2])
    assert found
    return iter(found)


def shown(world: World, case: Case) -> list[str]:
    """The newest rows of what the form makes, without what tells two equal ones apart."""
    rows = [row for model in case.made for row in _rows(model, world)]
    draw: Callable[[Any], Any] = lambda row: row.reference if isinstance(row, Event) else render(row)  # noqa: E731
    texts = [OWN.sub("", json.dumps(draw(row), default=str, sort_keys=True)) for row in rows]
    return sorted(texts)


def _rows(model: Any, world: World) -> list[Any]:
    return list(model.objects.filter(platform=world.platform).order_by("pk"))
