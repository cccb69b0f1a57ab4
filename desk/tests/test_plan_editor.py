"""The guided pricing plan editor: drafts save themselves, live answers are fragments, nothing is lost."""

from __future__ import annotations

import re

import pytest

from accounts.models import Role
from catalog.models import PricingItemConfig, PricingPlan, PricingPlanVersion, ProductItem
from catalog.tests import cast
from desk.editors.pricing import book
from desk.tests.plans import HTMX, PLANS, STAIRS, T, draft, live, total  # noqa: F401

MOST_OF_A_SAVE = 26  # a price that is typed is stored, told and answered


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"model": "FLAT", "price": "0.0120"}, "€150.00"),
        ({"model": "TIERED", **T}, "€130.50"),
        ({"model": "TOP_TIERED", **T}, "€112.50"),
        ({"model": "STAIR_STEP", "steps": "SUM", **STAIRS}, "€498.00"),
        ({"model": "STAIR_STEP", "steps": "REACHED", **STAIRS}, "€399.00"),
        ({"model": "PACKAGE", "size": "1,000", "price": "12.00", "included": "1k"}, "€144.00"),
        ({"model": "FIXED", "price": "499.00"}, "€499.00"),
    ],
)
def test_the_calculator_answers_the_vectors_of_the_brief(desk, draft, typed, expected):  # noqa: F811
    assert total(live(desk, draft, "calculate", quantity="12,500", **typed)) == expected


@pytest.mark.parametrize(
    ("quantity", "progressive", "top_tier"),
    [
        ("0", "€0.00", "€0.00"),
        ("1000", "€0.00", "€0.00"),
        ("1001", "€0.01", "€12.01"),
        ("10000", "€108.00", "€120.00"),
        ("10001", "€108.01", "€90.01"),
        ("50000", "€468.00", "€450.00"),
        ("50001", "€468.01", "€300.01"),
    ],
)
def test_the_calculator_answers_at_the_bounds(desk, draft, quantity, progressive, top_tier):  # noqa: F811
    assert total(live(desk, draft, "calculate", quantity=quantity, model="TIERED", **T)) == progressive
    assert total(live(desk, draft, "calculate", quantity=quantity, model="TOP_TIERED", **T)) == top_tier


def test_a_live_answer_saves_the_draft_and_holds_no_input_of_the_tiers(desk, draft):  # noqa: F811
    response = live(desk, draft, model="TIERED", **T)
    body = response.content.decode()
    assert response.status_code == 200 and 'name="up_to"' not in body and 'id="quantity"' not in body
    assert 'id="from-2"' in body and "1,001" in body and "108.00" in body
    words = re.sub(r"<[^>]*>", "", body)
    assert "the first 1,000 calls are free, then €0.012 each up to 10,000" in words
    config = PricingItemConfig.objects.get()
    assert config.body["bands"][1]["amount"]["quantity"] == "0.0120"


def test_what_cannot_be_stored_yet_is_there_again_after_leaving(desk, draft):  # noqa: F811
    live(desk, draft, model="TIERED", **T)
    wrong = {**T, "up_to": ["1,000", "10,000", "9,000", ""]}
    answer = live(desk, draft, model="TIERED", **wrong)
    body = answer.content.decode()
    assert "Tier 3 must end after 10,000, where tier 2 ends" in body and "Set to 50,000" in body
    assert "is-wrong-up_to" in body and "Fix tier 3 to price above 10,000." in body and total(answer) is None
    below = live(desk, draft, "calculate", quantity="10000", model="TIERED", **wrong)
    assert total(below) == "€108.00" and "Fix tier 3" in below.content.decode()
    page = desk.get(draft).content.decode()
    assert 'value="9,000"' in page and "Tier 3 must end after 10,000" in page
    assert PricingItemConfig.objects.get().body["bands"][2]["tier_top_bound"] == {"number": "50000"}


def test_next_with_a_problem_says_it_in_the_same_words(desk, draft):  # noqa: F811
    wrong = {**T, "up_to": ["1,000", "10,000", "9,000", ""]}
    response = desk.post(draft, {"model": "TIERED", "next": "1", **wrong})
    body = response.content.decode()
    assert response.status_code == 422 and "Error: " in body
    assert 'href="#up_to-3">Calls: Tier 3 must end after 10,000, where tier 2 ends' in body


def test_the_second_of_two_operators_gets_a_conflict_and_loses_nothing(desk, draft):  # noqa: F811
    seen = re.search(r'name="seen" form="price-form" value="(\w+)"', desk.get(draft).content.decode()).group(
        1
    )
    assert live(desk, draft, model="FLAT", price="0.01", seen=seen).status_code == 200
    second = live(desk, draft, model="FLAT", price="0.02", seen=seen)
    assert second.status_code == 409 and b"Nothing of yours is lost" in second.content
    assert b'value="0.02"' in desk.get(draft).content
    assert PricingItemConfig.objects.get().body["bands"][0]["amount"]["quantity"] == "0.01"
    desk.post(draft, {"model": "FLAT", "price": "0.02", "seen": seen, "overwrite": "1"})
    assert PricingItemConfig.objects.get().body["bands"][0]["amount"]["quantity"] == "0.02"


def test_tiers_are_added_removed_fixed_and_pasted(desk, draft):  # noqa: F811
    target = {"HX-Request": "true", "HX-Target": "sheet"}
    body = desk.post(f"{draft}add/", {"model": "TIERED", **T}, headers=target).content.decode()
    assert 'id="up_to-5"' in body and 'value="100000"' in body and "<html" not in body
    body = desk.post(f"{draft}remove/", {"model": "TIERED", "at": "1", **T}, headers=target).content.decode()
    assert 'id="up_to-4"' not in body
    text = "1000\t0\n10000\t0.012\n\t0.009"
    preview = live(desk, draft, "paste", model="TIERED", pasted=text, **T).content.decode()
    assert "Replace all tiers" in preview and "0.012" in preview
    narrow = live(desk, draft, "paste", model="TIERED", pasted=f"{text}\n7", **T).content.decode()
    assert "Line 4: it has fewer than two columns" in narrow
    # blocks and bounds of units: asked for by "More", kept in their tiers, said in words, refused in place
    more = desk.post(f"{draft}more/", {"model": "TIERED", **T}, headers=target).content.decode()
    assert 'name="tier_size" value="" placeholder' in more and 'name="units" value="1"' in more
    other = desk.post(f"{draft}model/", {"model": "TOP_TIERED", "units": "1", **T}, headers=target)
    assert 'name="tier_size" value="" placeholder' in other.content.decode()
    units = {
        "tier_size": ["", "100", "", ""],
        "tier_rounding": ["UP", "NONE", "UP", "UP"],
        "tier_least": ["", "", "10", ""],
        "tier_most": ["", "20k", "2", ""],
    }
    wrong = live(desk, draft, model="TIERED", **T, **units).content.decode()
    assert "The fewest units must not be above the most" in wrong and "is-wrong-tier_least" in wrong
    units["tier_most"] = ["", "20k", "", ""]
    said = live(desk, draft, model="TIERED", **T, **units).content.decode()
    assert "tier 2 charges at most 20,000 calls; tier 3 charges at least 10 calls" in said
    asked = desk.post(f"{draft}remove/", {"model": "TIERED", "at": "0", **T, **units}, headers=target)
    first, second, _ = PricingItemConfig.objects.get().body["bands"]
    assert (first["block_size"], first["block_rounding"], first["maximum_number"]) == (
        {"number": "100"},
        "NONE",
        "20000",
    )
    assert second["minimum_number"] == "10" and "block_size" not in second
    assert re.findall('name="tier_size" value="([^"]*)"', asked.content.decode()) == ["100", "", ""]
    alone = {"model": "FLAT", "price": "0.01", "fee": "0.30", "least": "10", "most": "500"}
    said = live(desk, draft, quantity="3", **alone).content.decode()
    assert "at least 10" in said and "at least 10 and at most 500 calls are charged" in said
    assert PricingItemConfig.objects.get().body["bands"] == [
        {
            "amount": {"quantity": "0.01", "currency": "EUR"},
            "fixed_amount": {"quantity": "0.30", "currency": "EUR"},
            "minimum_number": "10",
            "maximum_number": "500",
        }
    ]
    shown = desk.get(draft).content.decode()
    assert 'name="fee" value="0.30"' in shown and 'name="least" value="10"' in shown
    desk.post(f"{draft}replace/", {"model": "TIERED", "pasted": text, **T})
    assert len(PricingItemConfig.objects.get().body["bands"]) == 3


def test_a_total_that_falls_at_a_bound_is_a_warning_with_both_amounts(desk, draft):  # noqa: F811
    body = live(desk, draft, model="TOP_TIERED", **T).content.decode()
    assert "10,001 calls cost €90.01, less than 10,000 calls at €120.00" in body
    assert PricingItemConfig.objects.count() == 1


def test_a_plan_goes_from_draft_to_active_to_a_copy(desk, draft):  # noqa: F811
    base = draft.partition("pricing/")[0]
    refused = desk.post(f"{base}review/")
    assert refused.status_code == 422 and b"Calls: Enter its price" in refused.content
    live(desk, draft, model="TIERED", **T)
    assert b"Nothing stands in the way" in desk.get(f"{base}review/").content
    live(desk, draft, model="FLAT", price="much")  # waits in the session: activation would leave it behind
    assert b"Calls: What was typed last could not be saved" in desk.post(f"{base}review/").content
    desk.post(f"{base}activate/")
    assert PricingPlanVersion.objects.get().status == "DRAFT"
    live(desk, draft, model="TIERED", **T)
    desk.post(f"{base}activate/")
    version = PricingPlanVersion.objects.get()
    assert version.status == "ACTIVE"
    detail = desk.get(f"{PLANS}{version.pricing_plan.public_id}/").content.decode()
    assert "cannot be edited" in detail and 'name="up_to"' not in detail and "Clone to version 2" in detail
    assert desk.get(draft).status_code == 303
    desk.post(f"{PLANS}{version.pricing_plan.public_id}/clone/")
    second = PricingPlanVersion.objects.get(version=2)
    assert second.copied_from == version and second.status == "DRAFT"
    compared = desk.get(f"{PLANS}{version.pricing_plan.public_id}/compare/?a=1&b=2")
    assert b"1 unchanged" in compared.content


def test_the_calendar_says_when_money_is_taken(desk, draft, api):  # noqa: F811
    fee = cast.item(api, name="Platform fee", reference="fee", model_type="RECURRING")
    setup = cast.item(api, name="Setup", reference="setup", model_type="ONE_OFF")
    base = draft.partition("pricing/")[0]
    assert "Nothing is charged yet" in desk.get(f"{base}billing/").content.decode()
    found = desk.get(
        f"{base}items/?q=SETUP&item={fee['id']}", headers={"HX-Request": "true", "HX-Target": "picks"}
    )
    ticked = f'value="{fee["id"]}" checked'
    assert b"<html" not in found.content and ticked in found.content.decode()
    assert f'value="{setup["id"]}">' in found.content.decode()
    desk.post(f"{base}items/", {"item": [fee["id"], setup["id"]]})
    live(desk, draft, model="FLAT", price="0.01")
    paid = f"{base}pricing/{fee['id']}/"
    body = live(desk, paid, model="FIXED", price="499", advance="1").content.decode()
    assert body.count("€499.00</span>") == 3 and "pt--once" not in body
    assert (
        live(desk, paid, model="FIXED", price="500", advance="1").content.decode().count("€500.00</span>")
        == 3
    )
    live(desk, f"{base}pricing/{setup['id']}/", model="FIXED", price="1200", advance="0")
    version = PricingPlanVersion.objects.get(status="DRAFT")
    year = {"period": {"type": "YEAR", "value": 1}, "description": "Two months free"}
    version.billing_periods, version.pricing_currencies = [*version.billing_periods, year], ["EUR", "USD"]
    version.save()
    page = desk.get(f"{base}billing/").content.decode()
    assert page.count(" checked") == 3 and "Monthly or yearly, EUR, USD" in page
    further = {"further_periods": ["YEAR-1", "MONTH-3"], "further_currencies": ["USD", "EUR"]}
    desk.post(f"{base}billing/", {"period": "MONTH-3", "currency": "EUR", **further})
    version.refresh_from_db()
    quarter = {"period": {"type": "MONTH", "value": 3}}
    assert (version.billing_periods, version.pricing_currencies) == ([quarter, year], ["EUR", "USD"])
    version.billing_periods, version.pricing_currencies = [{"period": {"type": "MONTH", "value": 1}}], ["EUR"]
    version.save()
    month = desk.post(f"{base}billing/calendar/", {"period": "MONTH-1", "currency": "EUR"}, headers=HTMX)
    year = desk.post(f"{base}billing/calendar/", {"period": "YEAR-1", "currency": "EUR"}, headers=HTMX)
    for answer in (month, year):
        words = answer.content.decode()
        assert words.count("€500.00") == 3 and words.count("€1,200.00") == 1 and words.count("used ") == 3
        assert "<input" not in words and 'class="pt pt--once"' in words
    assert month.content != year.content
    order = PricingPlanVersion.objects.get
    keys = [each["id"] for each in (fee, setup)]
    desk.post(f"{base}items/", {"to": keys[1], "place": "1"})
    found = [item.key for item in book.read(order(), default_currency="EUR").items]
    assert found[0] == keys[1]
    desk.post(f"{base}items/", {"to": keys[1], "place": "9"})
    assert [item.key for item in book.read(order(), default_currency="EUR").items][-1] == keys[1]
    ProductItem.objects.filter(public_id=fee["id"]).update(model_type="PER_SEAT")
    seat = paid
    live(desk, seat, model="FLAT", price="15", advance="1")
    asked = live(desk, seat, "calculate", model="FLAT", price="15", advance="1", quantity="12")
    assert total(asked) == "€180.00" and asked.content.decode().count("€180.00</span>") == 3
    assert "for 12 seats." in asked.content.decode() and "€15.00 per seat" in asked.content.decode()
    page = desk.get(seat).content.decode()
    assert "seats cost?" in page and "Price per seat" in page
    assert 'type="hidden" name="model"' not in page, "what is saved next is still a price per seat"


def test_what_was_typed_into_a_version_that_became_active_leads_to_its_locked_page(desk, draft):  # noqa: F811
    live(desk, draft, model="FLAT", price="0.01")
    desk.post(draft.partition("pricing/")[0] + "activate/")
    answer = live(desk, draft, model="FLAT", price="0.02")
    assert answer.headers["HX-Redirect"].endswith("?version=1")
    assert PricingItemConfig.objects.get().body["bands"][0]["amount"]["quantity"] == "0.01"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"model": "FLAT", "price": "0.0120"}, "every call costs €0.012."),
        ({"model": "TOP_TIERED", **T}, "up to 1,000 calls, all are free"),
        ({"model": "STAIR_STEP", **STAIRS}, "the amounts of every step reached are added up"),
        ({"model": "STAIR_STEP", "steps": "REACHED", **STAIRS}, "only the step reached is charged"),
        (
            {"model": "PACKAGE", "size": "1,000", "price": "12", "included": "1000"},
            "1,000 calls are included, then €12.00 for every 1,000 calls; a started package counts whole.",
        ),
        ({"model": "FIXED", "price": "499"}, "€499.00 a month, whatever the usage."),
        ({"model": "NONE"}, "nothing is charged, and no line is shown."),
    ],
)
def test_reads_as_says_what_the_numbers_say(desk, draft, typed, sentence):  # noqa: F811
    body = re.sub(r"<[^>]*>", "", live(desk, draft, **typed).content.decode())
    assert sentence in body


def test_what_does_not_exist_is_a_page_in_words(desk, draft, member):  # noqa: F811
    base = draft.partition("/versions/")[0]
    for path in (f"{base}/versions/9/review/", f"{base}/versions/1/nowhere/", f"{base}/compare/?a=7&b=1"):
        assert desk.get(path).status_code == 404, path
    assert desk.get(f"{draft}x/".replace("/pricing/", "/pricing/proi_none")).status_code in (404, 405)
    reader = member(Role.READ_ONLY)
    refused = reader.get(draft)
    assert refused.status_code == 403 and b"PRICING_PLAN.UPDATE" in refused.content
    assert reader.get(f"{base}/").status_code == 200


def test_an_empty_list_offers_plans_whose_items_are_laid_out_unpriced(
    desk, api, django_assert_max_num_queries
):
    start = f"{PLANS}start/"
    page = desk.get(PLANS).content.decode()
    assert "usage: add a recurring item and a usage based item first" in page and start not in page
    refused = desk.post(f"{start}per-seat/")
    assert (
        refused.status_code == 422 and b"Add a per seat item to the product catalog first." in refused.content
    )
    assert not PricingPlan.objects.exists() and desk.post(f"{start}free/").status_code == 404

    calls = cast.item(api, name="Calls", reference="calls")
    fee = cast.item(api, name="Platform fee", reference="fee", model_type="RECURRING")
    with django_assert_max_num_queries(12):
        page = desk.get(PLANS).content.decode()
    assert "Lays out Platform fee, Calls." in page and "Per seat: add a per seat item first" in page
    opened = desk.post(f"{start}platform-fee/", follow=True)
    assert b"0 of 2 items priced." in opened.content
    version = PricingPlanVersion.objects.get()
    assert version.status == "DRAFT" and version.pricing_plan.reference == "platform_fee_plus_usage"
    assert book.read(version, default_currency="EUR").order == [fee["id"], calls["id"]]
    assert desk.post(f"{start}platform-fee/").status_code == 303
    assert PricingPlan.objects.latest("pk").reference == "platform_fee_plus_usage_2"


def test_pages_stay_within_their_budget(desk, draft, django_assert_max_num_queries):  # noqa: F811
    live(desk, draft, model="TIERED", **T)
    plan = PricingPlan.objects.get(reference="growth")
    with django_assert_max_num_queries(12):
        listed = desk.get(PLANS).content.decode()
    assert '<th scope="col">Type</th>' in listed
    with django_assert_max_num_queries(12):
        desk.get(f"{PLANS}{plan.public_id}/")
    with django_assert_max_num_queries(12):
        desk.get(draft)
    with django_assert_max_num_queries(MOST_OF_A_SAVE):
        assert total(live(desk, draft, model="FLAT", price="0.02", quantity="100")) == "€2.00"
