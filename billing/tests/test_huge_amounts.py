"""Usage whose price exceeds what a money column holds is shown exactly and refused at finalization."""

from __future__ import annotations

import pytest

from accounts.models import Platform
from billing.models import Invoice, InvoiceStatus
from billing.services.invoices import finalize, periods
from billing.tests.world import World, at, per_minute
from kit.testing import ApiClient

USED = "99999999999999999999999999.999999999999"


@pytest.fixture
def huge(world: World) -> Invoice:
    """The draft of 26 digits of minutes at 1,000 each, its period over, beside one that is due as well."""
    version = world.plan(per_minute("1000"))
    subscription = world.subscribe(version, start=at("2026-03-01"))
    world.subscribe(version, start=at("2026-03-01"), customer=world.organization("other", "NL"))
    world.used(USED, when=at("2026-03-05"))
    periods.sweep(platform=world.platform, at=at("2026-04-01"))
    Platform.objects.filter(pk=world.platform.pk).update(test_now=at("2026-04-01T01:00"))
    return Invoice.objects.get(subscription=subscription, period_start=at("2026-03-01"))


def test_reading_and_listing_show_every_digit(huge: Invoice, api: ApiClient) -> None:
    gross = "121000000000000000000000000000.00"
    shown = api.get(f"/v1/invoices/{huge.public_id}").ok()
    assert shown["invoice_amount_including_tax"]["quantity"] == gross
    assert shown["open_invoice_amount"]["quantity"] == gross
    listed = api.get("/v1/invoices?order_by=invoice_amount_including_tax").ok()["data"]
    assert gross in [each["invoice_amount_including_tax"]["quantity"] for each in listed]


def test_a_document_can_be_drawn_up(huge: Invoice, api: ApiClient) -> None:
    assert api.get(f"/v1/invoices/{huge.public_id}/pdf").status == 200


def test_finalizing_is_refused_with_the_reason_and_holds_up_nobody_else(
    huge: Invoice, world: World, api: ApiClient
) -> None:
    answer = api.patch(f"/v1/invoices/{huge.public_id}", {"status": "FINAL"})
    assert answer.status == 400
    error = answer.body
    assert error["code"] == "INVALID_OPERATION"
    assert "too large" in error["message"]
    finalize.sweep(platform=world.platform, at=at("2026-04-02"))
    huge.refresh_from_db()
    assert huge.status == InvoiceStatus.DRAFT
    assert "too large" in huge.subscription.parked_reason
    assert Invoice.objects.filter(status=InvoiceStatus.FINAL).count() == 1
