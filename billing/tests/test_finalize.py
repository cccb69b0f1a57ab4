"""A final invoice is numbered once, locked for ever, and told of once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from django.db import DatabaseError, InterfaceError, connection, transaction

from accounts.models import Platform
from billing.models import Invoice, InvoiceLine, PricingPlanSubscription
from billing.services.invoices import final_rows, finalize, periods
from billing.tests.world import World, at, fee, per_minute
from kit.errors import InvalidOperation
from kit.testing import ApiClient
from webhooks.models import WebhookEvent

GRACE = timedelta(hours=8)


def in_threads(count: int, work: Callable[[int], object]) -> list[BaseException]:
    """Run ``work(0..count-1)`` at once, each on a connection of its own; what they raised."""
    barrier, raised = threading.Barrier(count), []

    def run(number: int) -> None:
        try:
            barrier.wait(10)
            work(number)
        except BaseException as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


def finalized(invoice: Invoice) -> int:
    return WebhookEvent.objects.filter(resource_id=invoice.public_id, type="invoice.finalized").count()


def test_a_draft_becomes_final_after_period_and_grace(world: World, api: ApiClient) -> None:
    subscription = world.subscribe(
        world.plan(per_minute("0.10")),
        start=at("2026-03-01"),
        due_date_configuration={"type": "PERIOD_AFTER_INVOICE_DATE", "period": {"type": "DAY", "value": 14}},
    )
    invoice = subscription.invoices.get()
    world.used("120", when=at("2026-03-05"))
    assert finalize.sweep(platform=world.platform, at=at("2026-04-01T07:59")) == 0
    assert finalize.next_due(platform=world.platform) == at("2026-04-01T08:00")
    assert finalize.sweep(platform=world.platform, at=at("2026-04-01T08:00")) == 1
    body = api.get(f"/v1/invoices/{invoice.public_id}").ok()
    assert (body["status"], body["invoice_number"]) == ("FINAL", "INV-00001")
    assert body["invoice_date"] == "2026-04-01T00:00:00Z"
    assert body["due_date"] == "2026-04-15T00:00:00Z"
    assert body["updated_to_final_at"] == "2026-04-01T08:00:00Z"
    assert body["invoice_amount_including_tax"]["quantity"] == "14.52"
    assert body["seller"]["name"] == "Halyard B.V."
    assert (body["paid"], body["payment_status"]) == (False, "UNPAID")
    assert finalized(invoice) == 1


def test_what_was_frozen_stays_whatever_happens_to_the_parties(world: World, api: ApiClient) -> None:
    invoice = world.subscribe(world.plan(per_minute("0.10")), start=at("2026-03-01")).invoices.get()
    world.used("120", when=at("2026-03-05"))
    draft = api.get(f"/v1/invoices/{invoice.public_id}").ok()
    finalize.sweep(platform=world.platform, at=at("2026-04-02"))
    world.customer.name = "Renamed B.V."
    world.customer.save()
    world.used("1000", when=at("2026-03-06"), stored=at("2026-04-03"))
    body = api.get(f"/v1/invoices/{invoice.public_id}").ok()
    assert body["buyer"]["name"] == "brightwater N.V."
    assert body["periods"] == draft["periods"]


def test_the_database_refuses_to_change_a_final_invoice(world: World) -> None:
    subscription = world.subscribe(world.plan(per_minute("0.10")), start=at("2026-03-01"))
    world.used("120", when=at("2026-03-05"))
    finalize.sweep(platform=world.platform, at=at("2026-04-02"))
    invoice = subscription.invoices.get()
    changes: list[Callable[[], object]] = [
        lambda: Invoice.objects.filter(pk=invoice.pk).update(amount_including_tax=1),
        lambda: Invoice.objects.filter(pk=invoice.pk).update(content={}),
        lambda: Invoice.objects.filter(pk=invoice.pk).update(status="DRAFT"),
        lambda: InvoiceLine.objects.filter(invoice=invoice).update(amount=1),
        lambda: InvoiceLine.objects.filter(invoice=invoice).delete(),
        lambda: InvoiceLine.objects.create(
            platform=world.platform,
            public_id="inli_x",
            invoice=invoice,
            position=9,
            start_at=at("2026-03-01"),
            end_at=at("2026-04-01"),
            is_usage=True,
            quantity=1,
            amount=1,
            amount_excluding_tax=1,
            tax_amount=0,
        ),
    ]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert Invoice.objects.filter(pk=invoice.pk).update(paid=True, payment_status="PAID") == 1


@pytest.mark.parametrize("table", ["billing_invoice", "billing_invoiceline", "accounts_auditentry"])
def test_the_database_refuses_to_empty_what_is_kept(world: World, table: str) -> None:
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="cannot be emptied"):
        cursor.execute("SET LOCAL tallydesk.wipe = off")
        cursor.execute(f"TRUNCATE {table} CASCADE")


def test_a_line_remembers_the_usage_it_was_computed_from(world: World) -> None:
    subscription = world.subscribe(world.plan(per_minute("0.10")), start=at("2026-03-01"))
    world.used("100", when=at("2026-03-05"))
    world.used("20", when=at("2026-03-06"))
    finalize.sweep(platform=world.platform, at=at("2026-04-02"))
    (line,) = subscription.invoices.get().lines.all()
    assert (line.usage_count, line.usage_quantity, line.amount) == (2, 120, 12)
    assert len(line.usage_checksum) == 64


def test_hold_stops_the_move_and_release_gives_the_grace_period_again(world: World, api: ApiClient) -> None:
    platform = world.platform
    Platform.objects.filter(pk=platform.pk).update(test_now=at("2026-03-20"))
    subscription = world.subscribe(world.plan(per_minute("0.10")), start=at("2026-03-01"))
    path = f"/v1/invoices/{subscription.invoices.get().public_id}"
    assert api.patch(path, {"on_hold": True}).ok()["on_hold"] is True
    assert finalize.sweep(platform=platform, at=at("2026-04-02")) == 0
    Platform.objects.filter(pk=platform.pk).update(test_now=at("2026-04-10"))
    assert api.patch(path, {"on_hold": False}).ok()["finalize_at"] == "2026-04-10T08:00:00Z"
    assert finalize.sweep(platform=platform, at=at("2026-04-10T07:00")) == 0
    assert finalize.sweep(platform=platform, at=at("2026-04-10T08:00")) == 1
    # Nothing was used, so nothing is to be paid: the same moment makes it final and paid.
    final = api.get(path).ok()
    assert (final["invoice_amount_including_tax"]["quantity"], final["paid"]) == ("0.00", True)
    assert final["payment_status"] == "PAID"
    told = WebhookEvent.objects.filter(resource_id=final["id"]).order_by("-sequence")[:2]
    assert [(each.type, each.data["paid"]) for each in told] == [
        ("invoice.paid", True),
        ("invoice.finalized", True),
    ]


def test_final_by_hand_closes_the_draft_as_it_stands(world: World, api: ApiClient) -> None:
    Platform.objects.filter(pk=world.platform.pk).update(test_now=at("2026-03-20T12:00"))
    subscription = world.subscribe(world.plan(per_minute("0.10")), start=at("2026-03-01"))
    world.used("120", when=at("2026-03-05"))
    body = api.patch(f"/v1/invoices/{subscription.invoices.get().public_id}", {"status": "FINAL"}).ok()
    assert (body["status"], body["invoice_date"]) == ("FINAL", "2026-03-20T12:00:00Z")
    assert body["invoice_amount_including_tax"]["quantity"] == "14.52"
    again = api.patch(f"/v1/invoices/{body['id']}", {"status": "FINAL"}).ok()
    assert again["invoice_number"] == body["invoice_number"]
    refused = api.patch(f"/v1/invoices/{body['id']}", {"on_hold": True})
    assert (refused.status, refused.body["code"]) == (400, "INVALID_OPERATION")


def test_final_before_the_end_is_refused_where_late_usage_is_ignored(world: World) -> None:
    world.platform.late_usage = "IGNORE"
    subscription = world.subscribe(world.plan(per_minute("0.10")), start=at("2026-03-01"))
    with pytest.raises(InvalidOperation, match="still runs"):
        finalize.invoice(ctx=world.ctx(at("2026-03-20")), instance=subscription.invoices.get())


def test_what_cannot_be_drawn_up_parks_its_subscription_and_nobody_else(world: World, api: ApiClient) -> None:
    version = world.plan(per_minute("0.10"))
    nowhere = world.organization("nowhere", "US")
    stuck = world.subscribe(version, start=at("2026-03-01"), customer=nowhere)
    fine = world.subscribe(version, start=at("2026-03-01"))
    type(world.entity).objects.update(registered_address={"country": "US"})
    type(world.customer).objects.filter(pk=world.customer.pk).update(
        organization={"registered_address": {"country": "NL"}}
    )
    assert finalize.sweep(platform=world.platform, at=at("2026-04-02")) == 2
    assert fine.invoices.get().status == "FINAL"
    parked = api.get(f"/v1/invoices/{stuck.invoices.get().public_id}").ok()
    assert parked["status"] == "DRAFT"
    assert "no single tax rate" in parked["validation_result"][0]["details"]
    assert finalize.sweep(platform=world.platform, at=at("2026-04-02T00:30")) == 0
    PricingPlanSubscription.objects.filter(pk=stuck.pk).update(sales_tax_percentage=8)
    assert finalize.sweep(platform=world.platform, at=at("2026-04-02T01:00")) == 1
    assert stuck.invoices.get().status == "FINAL"
    stuck.refresh_from_db()
    assert stuck.parked_at is None


@pytest.mark.django_db(transaction=True)
def test_b39_a_draft_finalized_by_many_at_once_gets_one_number_and_one_event(world: World) -> None:
    subscription = world.subscribe(world.plan(per_minute("0.10")), start=at("2026-03-01"))
    invoice = subscription.invoices.get()
    now = at("2026-04-02")
    raised = in_threads(
        8,
        lambda number: (
            finalize.sweep(platform=world.platform, at=now)
            if number % 2
            else finalize.invoice(ctx=world.ctx(now), instance=invoice)
        ),
    )
    assert raised == []
    assert [each.invoice_number for each in Invoice.objects.all()] == ["INV-00001"]
    assert finalized(invoice) == 1


@pytest.mark.django_db(transaction=True)
def test_b40_two_hundred_parallel_finalizations_leave_no_gap(world: World) -> None:
    version = world.plan(per_minute("0.10"))
    for _ in range(200):
        world.subscribe(version, start=at("2026-03-01"))
    invoices = list(Invoice.objects.all())
    now = at("2026-04-02")

    def work(number: int) -> None:
        for invoice in invoices[number::8]:
            finalize.invoice(ctx=world.ctx(now), instance=invoice)

    assert in_threads(8, work) == []
    numbers = sorted(Invoice.objects.values_list("invoice_number", flat=True))
    assert numbers == [f"INV-{number:05d}" for number in range(1, 201)]


@pytest.mark.django_db(transaction=True)
def test_b35_two_sweeps_at_once_claim_each_subscription_once(world: World) -> None:
    version = world.plan(per_minute("0.10"))
    for _ in range(30):
        world.subscribe(version, start=at("2026-03-01"))
    opened: list[int] = []
    closed: list[int] = []

    def work(number: int) -> None:
        opened.append(periods.sweep(platform=world.platform, at=at("2026-04-02")))
        closed.append(finalize.sweep(platform=world.platform, at=at("2026-04-02")))

    assert in_threads(4, work) == []
    assert (sum(opened), sum(closed)) == (30, 30)
    assert Invoice.objects.count() == 60
    assert WebhookEvent.objects.filter(type="invoice.finalized").count() == 30


@pytest.mark.django_db(transaction=True)
def test_b42_a_worker_killed_in_the_middle_leaves_its_invoices_to_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    version, now = world.plan(per_minute("0.10")), at("2026-04-02")
    for _ in range(20):
        world.subscribe(version, start=at("2026-03-01"))
    store = final_rows.store

    def store_and_die(invoices: Sequence[Invoice]) -> None:
        store(invoices)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(final_rows, "store", store_and_die)
    (raised,) = in_threads(1, lambda _: finalize.sweep(platform=world.platform, at=now))
    assert isinstance(raised, DatabaseError | InterfaceError)
    monkeypatch.undo()
    assert set(Invoice.objects.values_list("status", "invoice_number")) == {("DRAFT", None)}
    assert finalize.sweep(platform=world.platform, at=now) == 20
    numbers = sorted(Invoice.objects.values_list("invoice_number", flat=True))
    assert numbers == [f"INV-{number:05d}" for number in range(1, 21)]
    assert WebhookEvent.objects.filter(type="invoice.finalized").count() == 20


@pytest.mark.django_db(transaction=True)
def test_b41_a_finalization_that_is_rolled_back_leaves_no_trace(world: World) -> None:
    subscription = world.subscribe(world.plan(fee("10")), start=at("2026-03-01"))
    invoice = subscription.invoices.get()
    before = WebhookEvent.objects.count()

    class Cut(Exception):
        pass

    with pytest.raises(Cut), transaction.atomic():
        finalize.invoice(ctx=world.ctx(at("2026-04-02")), instance=invoice)
        raise Cut
    invoice.refresh_from_db()
    assert (invoice.status, invoice.invoice_number) == ("DRAFT", None)
    assert WebhookEvent.objects.count() == before
    assert InvoiceLine.objects.count() == 0
    done = finalize.invoice(ctx=world.ctx(at("2026-04-02")), instance=invoice)
    assert done.invoice_number == "INV-00001"


@pytest.mark.django_db(transaction=True)
def test_a_cancellation_and_a_finalization_at_once_do_not_break_each_other(world: World) -> None:
    version = world.plan(per_minute("0.10"))
    subscriptions = [world.subscribe(version, start=at("2026-03-01")) for _ in range(12)]
    now = at("2026-04-02")

    def work(number: int) -> None:
        if number == 0:
            finalize.sweep(platform=world.platform, at=now)
            return
        for subscription in subscriptions:
            PricingPlanSubscription.objects.filter(pk=subscription.pk).update(
                status="CANCELLED", cancelled_at=at("2026-03-20")
            )
            periods.realign(ctx=world.ctx(now), subscription=subscription)

    assert in_threads(3, work) == []
    assert Invoice.objects.count() == 12
    finalize.sweep(platform=world.platform, at=at("2026-04-03"))
    assert set(Invoice.objects.values_list("status", flat=True)) == {"FINAL"}
