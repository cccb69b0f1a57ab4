"""Lists and pages say what the API says: bulk actions pasted do the same, API objects are what it answers."""

from __future__ import annotations

import html
import json
import re

from django.db import transaction
from django.urls import reverse

from billing.models import (
    BillingEntity,
    Customer,
    Invoice,
    PricingPlanSubscription,
    PricingPlanSubscriptionGroup,
)
from catalog.models import Coupon, Product
from desk.screens.details import DetailScreen
from desk.tables import Table
from desk.tests.addresses import addresses
from desk.tests.test_curl import CATALOG, CUSTOMERS, ENTITIES, METERS, requests, world  # noqa: F401
from metering.models import Meter

BULKS = [
    ("/desk/invoicing/invoices/", "hold", Invoice),
    ("/desk/invoicing/invoices/", "release", Invoice),
    ("/desk/invoicing/invoices/", "finalize", Invoice),
    (METERS, "activate", Meter),
    (METERS, "deprecate", Meter),
    (CUSTOMERS, "activate", Customer),
    ("/desk/products-plans/coupons/", "deactivate", Coupon),
    ("/desk/products-plans/coupons/", "archive", Coupon),
    (CATALOG, "archive", Product),
    (ENTITIES, "archive", BillingEntity),
]


def test_a_bulk_action_pasted_does_the_same_to_its_rows_and_leaves_the_others(desk, api, world):  # noqa: F811
    """Each in turn, so that one makes rows for the next; a row that it leaves alone is not in the text."""
    world.make(Meter, name="Draft", reference="draft", status="DRAFT")
    world.make(Customer, type="ORGANIZATION", name="New", reference="new", status="DRAFT", organization={})
    world.make(
        Coupon,
        name="May",
        reference="may",
        status="ACTIVE",
        discount={"percentage": "5"},
        duration={"type": "ONE_TIME"},
    )
    for path, name, model in BULKS:
        field = "on_hold" if name in ("hold", "release") else "status"
        everything = {"bulk": name, "everything": "1"}
        before = dict(model.objects.values_list("public_id", field))
        text = desk.post(path, {**everything, "as_curl": "1"}).content.decode()
        with transaction.atomic():
            assert desk.post(path, {**everything, "confirmed": "1"}).status_code == 200
            by_desk = dict(model.objects.values_list("public_id", field))
            transaction.set_rollback(True)
        for method, call, body in requests(
            html.unescape(text.split('id="bulk-call-cURL-text">')[1].split("</code>")[0])
        ):
            api.request(method, call, body).ok()
        assert dict(model.objects.values_list("public_id", field)) == by_desk != before, (path, name)

    asked = "status=DRAFT&status=FINAL&sort=-number&size=25&customer_id=" + world.customer.public_id
    page = html.unescape(desk.get(f"/desk/invoicing/invoices/?{asked}").content.decode())
    path = re.search(r'TALLYDESK_URL(/v1/invoices[^"]*)', page)[1]
    assert path == (
        f"/v1/invoices?statuses%5B%5D=DRAFT&statuses%5B%5D=FINAL&customer_id={world.customer.public_id}"
        "&order_by=invoice_number&order_direction=desc&limit=25"
    )
    api.get(path).ok()
    for path, params in ((METERS, "limit=50"), (CUSTOMERS, "order_by=created_at&order_direction=desc")):
        page = html.unescape(desk.get(path).content.decode())
        call = re.search(r'TALLYDESK_URL(/v1/[\w-]+\?[^"]*)', page)[1]
        assert params in call
        api.get(call).ok()
    # The grace period is no status of the API: what it cannot say is left out, and narrows nothing wrongly.
    page = html.unescape(desk.get("/desk/invoicing/invoices/?status=IN_GRACE").content.decode())
    assert 'TALLYDESK_URL/v1/invoices?limit=50"' in page and "The API cannot narrow by: Status is" in page
    world.make(Customer, type="ORGANIZATION", name="Other", reference="other", organization={})
    name, zone = world.customer.name[2:8].upper(), "2026-01-01"
    texts = {
        f"{CUSTOMERS}?q={name}&status=ACTIVE": ("", 1),
        f"/desk/invoicing/invoices/?customer={name}&status=DRAFT&status=FINAL&due_from={zone}": (
            "Due from 1 Jan 2026",
            1,
        ),
        f"/desk/invoicing/invoices/?q={name}&customer=x&currency=EUR": ("Customer contains x", 1),
        f"/desk/customers/subscriptions/?start_from={zone}&start_to={zone}": ("", 0),
        f"/desk/customers/subscriptions/?start_from={zone}&plan=zz": ("Plan contains zz", 2),
        f"{METERS}?q=zz&created_to={zone}": ('the text "zz"; Created to 1 Jan 2026', 2),
    }
    for path, (unsaid, count) in texts.items():
        page = html.unescape(desk.get(path, headers={"HX-Request": "true", "HX-Target": "list-body"}).text)
        ((method, call, body),) = requests(page.split('id="call-cURL-text">')[1].split("</code>")[0])
        assert len(api.request(method, call, body).ok()["data"]) == count, path
        assert (f"cannot narrow by: {unsaid}. It" in page) == bool(unsaid), path


def test_every_bulk_action_has_its_call():
    tables = [view.table for _, view in addresses() if isinstance(getattr(view, "table", None), Table)]
    assert {(each.key, action.name) for each in tables for action in each.bulk} == {
        *((path.strip("/").rpartition("/")[2], name) for path, name, _ in BULKS),
        ("subscriptions", "migrate"),
    }


def test_the_api_object_of_every_kind_of_page_is_what_the_api_answers(desk, api, world):  # noqa: F811
    group = world.make(PricingPlanSubscriptionGroup, reference="g", name="Group")
    coupon = world.make(
        Coupon,
        name="May",
        reference="may",
        discount={"type": "PERCENTAGE", "percentage": "5"},
        duration={"type": "ONE_TIME"},
    )
    rows = [
        world.hook, world.subscription, group, world.customer, world.meter, coupon,
        world.entity, Product.objects.earliest("pk"), world.version.pricing_plan, Invoice.objects.get(),
    ]  # fmt: skip
    views = {view.model: view for _, view in addresses() if issubclass(view, DetailScreen)}
    assert {type(row) for row in rows} == set(views)
    for row in rows:
        above = [row.customer.public_id] if isinstance(row, PricingPlanSubscription) else []
        address = [*above, row.public_id, "api-object"]
        body = desk.get(reverse(f"desk:{views[type(row)].route}-tab", args=address)).content.decode()
        text = html.unescape(
            re.sub("<[^>]+>", "", body.split('<code id="api-object">')[1].split("</code>")[0])
        )
        path = re.search(rf"TALLYDESK_URL(/v1/[\w-]+/{row.public_id})", body)[1]
        assert json.loads(text) == api.get(path).ok(), path
