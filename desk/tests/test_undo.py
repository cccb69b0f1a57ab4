"""Undo takes back what one request closed, by its owner's service, while it is the last change."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages

from accounts.models import AuditEntry, Membership, Role
from billing.models import Customer, CustomerStatus, Invoice, PromotionCode
from billing.tests import coupons
from billing.tests.world import World, at, per_minute
from catalog.models import Coupon, Product, ProductItem
from metering.models import Meter

METERS = "/desk/usage-metering/meters/"
CATALOG = "/desk/products-plans/product-catalog/"
COUPONS = "/desk/products-plans/coupons/"


@pytest.fixture
def world(platform):
    """A plan by the minute; nobody subscribes to it."""
    world = World(platform)
    world.version = world.plan(per_minute("0.10"))
    return world


def undo_of(response) -> str:
    """Where the toast's Undo leads; empty when there is none."""
    return list(get_messages(response.wsgi_request))[-1].extra_tags


def status_of(row) -> str:
    return type(row).objects.values_list("status", flat=True).get(pk=row.pk)


def test_an_archived_meter_comes_back_and_both_are_on_the_trail(desk, world):
    undo = undo_of(desk.post(f"{METERS}{world.meter.public_id}/move/archive/"))
    assert status_of(world.meter) == "ARCHIVED"
    back = desk.post(undo, headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{METERS}?q=x"})
    assert back.headers["HX-Redirect"] == f"{METERS}?q=x"
    assert status_of(world.meter) == "ACTIVE"
    trail = AuditEntry.objects.filter(object_id=world.meter.public_id, actor_type="USER").order_by("pk")
    assert [entry.changes["status"] for entry in trail] == [["ACTIVE", "ARCHIVED"], ["ARCHIVED", "ACTIVE"]]


def test_a_product_comes_back_with_its_items(desk, world):
    product, item = Product.objects.get(), ProductItem.objects.get()
    undo = undo_of(desk.post(f"{CATALOG}{product.public_id}/move/archive/"))
    assert {status_of(product), status_of(item)} == {"ARCHIVED"}
    desk.post(undo)
    assert {status_of(product), status_of(item)} == {"ACTIVE"}


@pytest.mark.parametrize("verb", ["deprecate", "archive"])
def test_a_customer_and_an_entity_come_back(desk, world, verb):
    for row, path in (
        (world.customer, f"/desk/customers/{world.customer.public_id}/move/{verb}/"),
        (world.entity, f"/desk/settings/billing-entities/{world.entity.public_id}/move/{verb}/"),
    ):
        undo = undo_of(desk.post(path))
        assert status_of(row) != "ACTIVE"
        desk.post(undo)
        assert status_of(row) == "ACTIVE"


def test_a_coupon_and_a_code_come_back(desk, api, world):
    coupon_id = coupons.coupon(api, "spring", coupons.percent("20"), coupons.months(3))
    code_id = coupons.code(api, coupon_id, "SPRING20")
    for path in (f"{COUPONS}codes/{code_id}/deprecate/", f"{COUPONS}{coupon_id}/move/archive/"):
        desk.post(undo_of(desk.post(path)))
    assert (Coupon.objects.get().status, PromotionCode.objects.get().status) == ("ACTIVE", "ACTIVE")
    off = {"bulk": "deactivate", "selected": [coupon_id], "confirmed": "1"}
    body = desk.post(COUPONS, off).content.decode()
    assert Coupon.objects.get().status == "INACTIVE"
    newest = body.rsplit('action="/desk/undo/', 1)[1]  # toasts of what was done before come first
    desk.post("/desk/undo/" + newest.split('"')[0])
    assert Coupon.objects.get().status == "ACTIVE"


def test_a_bulk_action_is_undone_as_a_whole(desk, world):
    others = [world.organization(f"customer-{number}", "NL") for number in range(3)]
    meters = {"bulk": "deprecate", "selected": [world.meter.public_id], "confirmed": "1"}
    body = desk.post(METERS, meters).content.decode()
    undo = body.split('action="/desk/undo/')[1].split('"')[0]
    assert status_of(world.meter) == "DEPRECATED"
    desk.post(f"/desk/undo/{undo}")
    assert status_of(world.meter) == "ACTIVE"
    assert Customer.objects.filter(status=CustomerStatus.ACTIVE).count() == len(others) + 1


def test_an_activation_cannot_be_undone(desk, world):
    Meter.objects.filter(pk=world.meter.pk).update(status="DRAFT")
    assert undo_of(desk.post(f"{METERS}{world.meter.public_id}/move/activate/")) == ""


def test_what_changed_again_since_stays(desk, world, ctx):
    undo = undo_of(desk.post(f"{METERS}{world.meter.public_id}/move/deprecate/"))
    desk.post(f"{METERS}{world.meter.public_id}/move/archive/")
    assert desk.post(undo).status_code == 422
    assert status_of(world.meter) == "ARCHIVED"


def test_nobody_else_takes_it_back_nor_does_the_same_person_twice(desk, member, world):
    undo = undo_of(desk.post(f"{METERS}{world.meter.public_id}/move/archive/"))
    assert member(Role.ADMINISTRATOR).post(undo).status_code == 404
    assert desk.post(undo).status_code == 303
    assert desk.post(undo).status_code == 422
    assert status_of(world.meter) == "ACTIVE"


def test_a_role_cut_meanwhile_takes_nothing_back(desk, world, opened):
    undo = undo_of(desk.post(f"{METERS}{world.meter.public_id}/move/archive/"))
    Membership.objects.filter(user=opened.owner).update(role=Role.FINANCE)
    assert desk.post(undo).status_code == 403
    assert status_of(world.meter) == "ARCHIVED"


def test_a_meter_whose_value_went_meanwhile_stays_archived(desk, world):
    undo = undo_of(desk.post(f"{METERS}{world.meter.public_id}/move/archive/"))
    type(world.value).objects.filter(pk=world.value.pk).update(status="ARCHIVED")
    assert desk.post(undo).status_code == 422
    assert status_of(world.meter) == "ARCHIVED"


def test_bulk_holds_are_released_again(desk, world):
    world.subscribe(world.version, start=at("2026-04-01"))
    invoice = Invoice.objects.get()
    asked = {"bulk": "hold", "selected": [invoice.public_id], "confirmed": "1"}
    body = desk.post("/desk/invoicing/invoices/", asked).content.decode()
    assert Invoice.objects.get().on_hold
    desk.post("/desk/undo/" + body.split('action="/desk/undo/')[1].split('"')[0])
    assert not Invoice.objects.get().on_hold
