"""Home and Get started: true from the data, panel by panel."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Platform, Role
from billing.models import KeptFigure, PricingPlanSubscription
from billing.selectors.insights import recurring
from billing.services.figures import unbilled
from billing.services.invoices import finalize, invoices
from billing.tests.world import at, fee
from desk.screens.home import calls, tiles
from desk.tests.test_invoices import MOST_QUERIES, invoice, page, world  # noqa: F401
from kit import clock

PIECE = {"HX-Request": "true"}


def tile(browser, name: str) -> str:
    return browser.get(f"/desk/tiles/{name}/", headers=PIECE | {"HX-Target": "tile"}).content.decode()


def test_a_fresh_platform_sees_the_steps_from_nought_to_eight(desk):
    body = desk.get("/desk/").content.decode()
    assert "0 of 9" in body and "Set up who sends the invoices, next" not in body
    assert body.count("cannot start yet") == 8 and "Settings &gt; Billing entities" in body


def test_steps_tick_themselves_when_the_api_takes_them(desk, api):
    api.post("/v1/meters", {"reference": "calls", "name": "Calls"}).ok()
    body = desk.get("/desk/get-started/").content.decode()
    menu = '<span class="count num" aria-hidden="true">0 of 9</span>'
    assert menu in body and body.count("0 of 9") == 3  # a meter alone turns nothing into a quantity
    told = [calls.ENTITY, *calls.METER, calls.CALCULATION, *calls.PRODUCT, *calls.PLAN]
    for call in [*told, calls.CUSTOMER, calls.subscription(clock.now()), calls.EVENT]:
        api.request(call.method, call.path, call.body).ok()
    done = desk.get("/desk/get-started/").content.decode()
    assert "9 of 9" in done and '<span class="count num" aria-hidden' not in done
    [draft] = api.get(calls.DRAFT.path).ok()["data"]
    assert draft["tax_summary"]["base_amount"]["quantity"] == "138.00"


def test_once_all_steps_are_done_home_shows_the_business(desk, world):  # noqa: F811
    body, queries = page(desk, "/desk/")
    assert "Get started</h2>" not in body and "Recent activity" in body
    assert queries <= MOST_QUERIES
    assert "9 of 9" in desk.get("/desk/get-started/").content.decode()


def test_work_to_do_leads_to_its_list(desk, world, ctx):  # noqa: F811
    invoices.update(ctx=world.ctx(ctx.at), instance=invoice("2026-08-01"), fields={"on_hold": True})
    body, queries = page(desk, "/desk/to-do/")
    assert "2 drafts become final within a day" in body and "1 invoice is on hold" in body
    assert "/desk/invoicing/invoices/?status=ON_HOLD" in body
    assert queries <= MOST_QUERIES
    assert 'title="2 in the grace period">Invoices' in desk.get("/desk/customers/").content.decode()


def test_overdue_counts_the_same_invoices_on_its_tile_and_to_do(desk, world, monkeypatch):  # noqa: F811
    late = invoice("2026-08-01")
    term = {"type": "PERIOD_AFTER_INVOICE_DATE", "period": {"type": "DAY", "value": 7}}
    PricingPlanSubscription.objects.filter(pk=late.subscription_id).update(due_date_configuration=term)
    finalize.invoice(ctx=world.ctx(at("2026-09-02")), instance=late)
    Platform.objects.update(test_now=at("2026-10-01"))
    assert "1 invoice</small>" in tile(desk, "overdue")
    assert "1 invoice is overdue" in desk.get("/desk/to-do/").content.decode()
    monkeypatch.setattr(tiles, "currency_of", lambda operator: "USD")
    assert "1 invoice, 1 in other currencies" in tile(desk, "overdue")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mrr", ("€1,497.00", "No change in 30 days")),
        ("overdue", ("€0.00", "Nothing is late")),
        ("events", ("Events today", "0 yesterday")),
    ],
)
def test_each_figure_of_home_is_right(desk, world, name, words):  # noqa: F811
    body = tile(desk, name)
    assert all(each in body for each in words), body


def test_kept_figures_are_drawn_up_again_only_when_something_has_changed(desk, world, monkeypatch):  # noqa: F811
    drawn, draw_up, summed, sum_up = [], unbilled.drafts, [], recurring.shares
    monkeypatch.setattr(unbilled, "drafts", lambda **of: drawn.append(of) or draw_up(**of))
    monkeypatch.setattr(recurring, "shares", lambda *of: summed.append(of) or sum_up(*of))
    for name, words in (("unbilled", "€9,447.00"), ("mrr", "€1,497.00")):
        body, queries = page(desk, f"/desk/tiles/{name}/", headers=PIECE | {"HX-Target": "tile"})
        assert words in body and ", just now" in body and queries <= MOST_QUERIES
    KeptFigure.objects.update(stands_until=clock.now())
    assert "6 drafts, without tax, just now" in tile(desk, "unbilled") and "€1,497.00" in tile(desk, "mrr")
    assert len(drawn) == len(summed) == 1, "nothing has changed"
    world.used("5000", when=at("2026-09-01"))
    KeptFigure.objects.update(stands_until=clock.now() + timedelta(minutes=1))
    assert "€9,447.00" in tile(desk, "unbilled"), "it was drawn up a moment ago"
    KeptFigure.objects.update(stands_until=clock.now())
    assert "€9,447.00" not in tile(desk, "unbilled") and len(drawn) == 2
    assert "€1,497.00" in tile(desk, "mrr") and len(summed) == 1, "usage is no recurring revenue"
    world.subscribe(world.plan(fee("30")), start=at("2026-09-01"))
    assert "€1,527.00" in tile(desk, "mrr") and len(summed) == 2
    plans, queries = page(desk, "/desk/products-plans/pricing-plans/")
    assert "€30.00" in plans and "€1,497.00" in plans and queries <= MOST_QUERIES, "by the same figure"
    assert len(summed) == 2 and "just now, without tax" in plans
    KeptFigure.objects.update(good_until=clock.now())
    assert "+€30.00 in 30 days" in tile(desk, "mrr") and len(summed) == 3, "time passes"


def test_a_developer_sees_the_figures_their_role_reads(member, world):  # noqa: F811
    assert 'tiles/events/"' in member(Role.DEVELOPER).get("/desk/").content.decode()
