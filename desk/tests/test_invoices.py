"""Invoicing in Desk: the list, the invoice, and what may be done with it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Platform, Role
from billing.models import Invoice
from billing.services.invoices import periods
from billing.tests.world import World, at, fee, tiers, usage
from desk.screens.invoicing import lines

INVOICES = "/desk/invoicing/invoices/"
MOST_QUERIES = 12


@pytest.fixture
def world(platform: Platform) -> World:
    """Three tiers and a fee; it is 2 September, and August is in its grace period."""
    Platform.objects.filter(pk=platform.pk).update(test_now=at("2026-09-02T10:40"))
    platform.refresh_from_db()
    world = World(platform)
    rule = tiers(("1000", "0"), ("10000", "0.014"), (None, "0.01"))
    version = world.plan(fee("499"), usage(rule, name="API calls"))
    for number in range(3):
        world.customer = world.organization(f"customer-{number}", "NL")
        subscription = world.subscribe(version, start=at("2026-08-01"), now=at("2026-08-01"))
        world.used("12500", when=at("2026-08-05T10:00"))
        world.used("200000", when=at("2026-08-20T11:30"))
        periods.open_due(ctx=world.ctx(at("2026-09-02")), subscription=subscription)
    return world


def invoice(start: str, status: str = "DRAFT") -> Invoice:
    return Invoice.objects.filter(period_start=at(start), status=status).order_by("pk")[0]


def page(browser, path: str, **asked) -> tuple[str, int]:
    """The page, and how many queries its second visit takes: price lists are then known to the process."""
    browser.get(path, **asked)
    with CaptureQueriesContext(connection) as queries:
        response = browser.get(path, **asked)
    assert response.status_code == 200, response.content[:500]
    return response.content.decode(), len(queries)


def test_the_list_shows_what_drafts_come_to_within_its_budget(desk, world):
    body, queries = page(desk, INVOICES)
    assert body.count("data-row") == 6
    assert "Grace period" in body and queries <= MOST_QUERIES
    asked = body.partition('id="cells" hidden hx-get="')[2].partition('"')[0]
    row = invoice("2026-08-01")
    place = f'<span id="total-{row.public_id}"'
    assert row.public_id in asked and place in body and "€3,206.50" not in body
    cells, queries = page(desk, asked, headers={"HX-Request": "true", "HX-Target": "cells"})
    assert "€3,206.50" in cells.partition(place)[2].partition("</span>")[0]
    assert cells.count("hx-swap-oob") == 6 and queries <= MOST_QUERIES


def test_late_cells_of_another_platforms_invoices_are_not_told(desk, world, stranger):
    asked = f"{INVOICES}?cells=" + ",".join(Invoice.objects.values_list("public_id", flat=True))
    other = Client()
    other.force_login(Membership.objects.exclude(platform=world.platform)[0].user)
    assert b"total-" not in other.get(asked, headers={"HX-Request": "true", "HX-Target": "cells"}).content


def test_an_invoice_shows_every_tier_within_its_budget(desk, world):
    body, queries = page(desk, f"{INVOICES}{invoice('2026-08-01').public_id}/")
    for words in ("First 1,000", "9,000 × €0.014", "€126.00", "202,500 × €0.01", "€2,025.00", "€2,151.00"):
        assert words in body
    assert "Finalize now" in body and "Put on hold" in body
    assert queries <= MOST_QUERIES


def test_the_events_behind_a_line_add_up_to_its_quantity(desk, world):
    row = invoice("2026-08-01")
    body = desk.get(f"{INVOICES}{row.public_id}/").content.decode()
    line = body.partition('id="days-')[2].partition('"')[0]
    events, queries = page(desk, f"{INVOICES}{row.public_id}/lines/{line}/events/")
    assert "These 2 events make up the line" in events and "<b>212,500</b>" in events
    assert queries <= MOST_QUERIES
    piece = desk.get(
        f"{INVOICES}{row.public_id}/lines/{line}/why/", headers={"HX-Request": "true", "HX-Target": "days"}
    ).content.decode()
    assert "2 events, 1 to 31 Aug 2026" in piece and "Busiest on 20 Aug 2026 with 200,000." in piece


def test_finalizing_states_its_consequences_and_happens_at_once(desk, world):
    row = invoice("2026-08-01")
    url = f"{INVOICES}{row.public_id}/finalize/"
    dialog = desk.get(url, headers={"HX-Request": "true", "HX-Target": "dialog"}).content.decode()
    assert "€3,206.50 EUR" in dialog and "INV-00001" in dialog
    assert "Final any moment" in dialog
    assert desk.post(url, {"seen_total": "3206.50"}).status_code == 303
    row.refresh_from_db()
    assert (row.status, row.invoice_number) == ("FINAL", "INV-00001")
    body, queries = page(desk, f"{INVOICES}{row.public_id}/")
    assert "Finalized by owner" in body and "Put on hold" not in body and "Finalize now" not in body
    assert queries <= MOST_QUERIES


def test_an_event_in_between_refuses_the_old_total_and_shows_the_new_one(desk, world):
    row = invoice("2026-08-01")
    world.customer = row.customer
    world.used("14", when=at("2026-08-30T10:00"), stored=at("2026-09-02T10:00"))
    answer = desk.post(f"{INVOICES}{row.public_id}/finalize/", {"seen_total": "3206.50"})
    row.refresh_from_db()
    assert (answer.status_code, row.status) == (409, "DRAFT")
    body = answer.content.decode()
    assert "Total changed by €0.17 since you opened this" in body and "€3,206.67" in body


def test_a_held_draft_is_released_and_both_can_be_undone(desk, world):
    row = invoice("2026-08-01")
    url = f"{INVOICES}{row.public_id}/"
    desk.post(f"{url}hold/")
    body = desk.get(url).content.decode()
    assert "On hold" in body and "Undo" in body and "Release hold" in body
    desk.post(f"{url}release/")
    row.refresh_from_db()
    assert not row.on_hold


def test_a_selection_is_finalized_row_by_row(desk, world):
    drafts = [row.public_id for row in Invoice.objects.filter(period_start=at("2026-08-01"))]
    desk.post(f"{INVOICES}{drafts[0]}/finalize/", {"seen_total": "3206.50"})
    body = desk.post(INVOICES, {"bulk": "finalize", "selected": drafts, "confirmed": "1"}).content.decode()
    assert "Left alone: already final" in body and "2 done, 1 left alone" in body
    assert Invoice.objects.filter(status="FINAL").count() == 3


def test_the_export_gives_plain_decimals_and_currencies(desk, world):
    text = b"".join(desk.get(f"{INVOICES}?status=IN_GRACE&format=csv").streaming_content).decode()
    assert "Total,Total currency" in text and text.count("3206.5,EUR") == 3


def test_a_reader_sees_why_finalizing_is_refused(member, world):
    reader = member(Role.READ_ONLY)
    url = f"{INVOICES}{invoice('2026-08-01').public_id}/"
    assert "Ask an administrator for INVOICE.UPDATE" in reader.get(url).content.decode()
    assert reader.post(f"{url}finalize/", {"seen_total": "3206.50"}).status_code == 403


@pytest.mark.parametrize("tab", ["pdf", "webhooks", "activity", "api-object"])
def test_every_tab_opens(desk, world, tab):
    _, queries = page(desk, f"{INVOICES}{invoice('2026-08-01').public_id}/{tab}/")
    assert queries <= MOST_QUERIES


def test_the_api_object_holds_the_lines_as_the_api_returns_them(desk, world):
    body = desk.get(f"{INVOICES}{invoice('2026-08-01').public_id}/api-object/").content.decode()
    assert "sub_lines" in body and "212500" in body and "Decimal" not in body


def test_the_palette_finds_an_invoice_by_its_number(desk, world):
    desk.post(f"{INVOICES}{invoice('2026-08-01').public_id}/finalize/", {"seen_total": "3206.50"})
    assert "INV-00001" in desk.get("/desk/search/?q=00001").content.decode()


def test_the_summary_of_a_draft_refreshes_by_itself(desk, world):
    path = f"{INVOICES}{invoice('2026-08-01').public_id}/"
    piece = desk.get(path, headers={"HX-Request": "true", "HX-Target": "summary"}).content.decode()
    assert piece.count('id="summary"') == 1 and "€3,206.50" in piece and "<nav" not in piece


def test_lines_of_several_rules_of_an_item_name_what_each_is_for():
    debit = {"meter_properties": [{"reference": "card", "comparator": "EQUALS", "value": "debit"}]}
    operands = [{"meter_property": debit["meter_properties"][0]}]
    operands += [{"meter_property": {"reference": "card", "comparator": "EMPTY"}}]
    either = {"expression": {"operator": "XOR", "operands": operands}}
    made = [
        {"pricing_item_id": item, "pricing_item_config_id": config, "conditions": asked}
        for item, config, asked in (
            ("cards", "a", debit),
            ("cards", "b", None),
            ("calls", "c", None),
            ("cards", "d", either),
        )
    ]
    said = {"a": "card is debit", "b": "everything else", "d": "(card is debit or else card is empty)"}
    assert lines._rules(made) == said


def test_a_price_in_percent_is_not_called_a_price_per_unit():
    charge = {"type": "CHARGE", "percentage": "1.4"}
    line = {"pricing_type": "FLAT", "type": "REVENUE", "steps": [charge]}
    assert lines._model(line) == "percentage"
    assert lines._model(line | {"steps": [charge | {"percentage": None}]}) == "per unit"
    yearly = {"pricing_type": "FIXED", "steps": [charge, {"type": "PRICING_PERIOD"}]}
    assert lines._kind(yearly, is_usage=False, advance=False) == "Recurring"
    assert lines._kind(yearly | {"steps": [charge]}, is_usage=False, advance=True) == "One-off"
