"""Deductions and conversions, made and priced in Desk: from the product form to the final invoice."""

from __future__ import annotations

import re

import pytest

from billing.models import Invoice
from billing.tests.selling import Selling, flat
from catalog.models import PricingItem, PricingItemConfig, PricingPlan, PricingPlanVersion, ProductItem
from catalog.rating.parsing import config as rating_config
from catalog.tests import cast, trees
from desk.editors.pricing import credits, effects, kinds, words
from desk.editors.pricing.book import PricedItem
from desk.editors.pricing.built import Terms
from desk.tests.plans import PLANS, live, total

CATALOG = "/desk/products-plans/product-catalog/"
EVERY = {"credits": {"quantity": "1", "credit_type_id": "crty_speech"}, "block_size": {"number": "30"}}


def text(response) -> str:
    """The words of a page, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", response.content.decode()))


def made(desk, api) -> tuple[Selling, dict[str, str]]:
    """A product with a deduction and a conversion, made by the form; item ids by reference."""
    shop = Selling(api)
    shop.open(properties={"region": "ENUM"}, items=("jobs", "files"))
    calculations = api.get("/v1/meter-value-calculations").ok()["data"]
    counted = {each["reference"]: each["id"] for each in calculations}
    rows = {
        "cashback": ("USAGE_BASED", "DEDUCTION", "files", "refund"),
        "tokens": ("USAGE_BASED_CONVERSION", "REVENUE", "jobs", "token"),
    }
    typed = {"count": "2", "category": "Platform", "name": "Rates", "reference": "rates", "activate": "1"}
    for number, (reference, (model, kind, meter, unit)) in enumerate(rows.items()):
        own = {"name": reference.capitalize(), "reference": reference, "model_type": model, "type": kind}
        own |= {"calculation": counted[meter], "unit_singular": unit, "unit_plural": f"{unit}s"}
        typed |= {f"items_{number}_{name}": value for name, value in own.items()}
    unlinked = desk.post(f"{CATALOG}new/", typed | {"items_1_calculation": ""})
    assert unlinked.status_code == 422 and b'href="#id_items_1_calculation"' in unlinked.content
    assert desk.post(f"{CATALOG}new/", typed).status_code == 303
    return shop, {row.reference: row.public_id for row in ProductItem.objects.filter(reference__in=rows)}


def test_a_deduction_and_a_conversion_go_from_the_form_to_the_final_invoice(desk, api):
    shop, items = made(desk, api)
    catalog = text(desk.get(CATALOG))
    assert "Usage based, deduction" in catalog and "Usage conversion" in catalog
    assert b"Jobs" not in desk.get(f"{CATALOG}?type=DEDUCTION").content.partition(b"<tbody")[2]
    cashback = f"{CATALOG}items/{items['cashback']}/edit/"
    kept = re.search(r"<input[^>]*value=\"DEDUCTION\"[^>]*>", desk.get(cashback).content.decode())
    assert kept and "checked" in kept.group()

    desk.post(f"{PLANS}new/", {"name": "Growth", "reference": "growth", "amount_type": "EXCLUDING_TAX"})
    plan = PricingPlan.objects.get(reference="growth")
    base = f"{PLANS}{plan.public_id}/versions/1/"
    offered = text(desk.get(f"{base}items/"))
    assert "usage based, reduces the invoice" in offered and "usage based conversion" in offered
    desk.post(f"{base}items/", {"item": list(items.values())})
    refunds, tokens = (f"{base}pricing/{items[name]}/" for name in ("cashback", "tokens"))
    assert "What would 10,000 refunds take off?" in spaced(desk.get(refunds))
    unsaid = desk.post(refunds, {"model": "FLAT", "price": "much", "next": "1"})
    assert unsaid.status_code == 422 and "Cashback: Amount off per refund" in text(unsaid)
    less = live(desk, refunds, model="FLAT", price="0.5", quantity="4")
    assert "reduces the invoice: every refund takes off €0.50." in text(less) and total(less) == "−€2.00"
    rated = live(desk, tokens, model="FLAT", price="2", quantity="10")
    assert "turns usage into money: every token becomes €2.00." in text(rated) and total(rated) == "€20.00"
    review = text(desk.get(f"{base}review/"))
    assert "every refund takes off €0.50." in review and "Nothing stands in the way" in review
    assert "Deductions, Flat €0.50 per refund, taken off" in text(desk.get(f"{base}items/"))
    page = text(desk.post(f"{base}review/try/", {f"q_{each}": "4" for each in rules()} | {"count": "1"}))
    assert "−€2.00" in page and "€8.00" in page and "€6.00" in page

    desk.post(f"{base}activate/")
    version = PricingPlanVersion.objects.get(pricing_plan=plan)
    locked = spaced(desk.get(f"{PLANS}{plan.public_id}/?item={items['cashback']}"))
    assert "Deductions" in locked and "take off?" in locked and "−€" in locked
    shop.subscribe(version.public_id).ok()
    shop.send("10", region="eu")
    shop.send("4", meter="files", region="eu")
    assert sorted(shop.final()) == [("10", "20.00"), ("4", "-2.00")]
    invoice = text(desk.get(f"/desk/invoicing/invoices/{Invoice.objects.earliest('pk').public_id}/"))
    assert "Deduction, usage, per unit" in invoice and "Usage conversion, per unit" in invoice
    assert "How −€2.00 was calculated" in invoice and "4 × €0.50−€2.00" in invoice
    assert "DeductionReduces the invoice" in invoice and "Conversion10 × €2.00€20.00" in invoice

    desk.post(f"{PLANS}{plan.public_id}/clone/")
    more = live(desk, refunds.replace("/1/", "/2/", 1), model="FLAT", price="1", quantity="4")
    assert "100% more off than v1" in text(more) and "badge--ok" in more.content.decode()
    told = text(desk.get(f"{PLANS}{plan.public_id}/compare/?a=1&b=2"))
    assert "1 changed" in told and "€0.50" in told and "€1.00" in told


def spaced(response) -> str:
    """The words of a page with what its first input holds."""
    body = response.content.decode()
    quantity = re.search(r'<input[^>]*id="quantity"[^>]*value="([^"]*)"[^>]*>', body)
    assert quantity
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body.replace(quantity.group(), quantity.group(1))))


def rules() -> list[str]:
    return list(PricingItemConfig.objects.values_list("public_id", flat=True))


def test_what_only_the_api_prices_is_told_kept_and_refused_with_what_to_do(desk, api):
    conversion = {"model_type": "USAGE_BASED_CONVERSION", "type": "DEDUCTION"}
    item = cast.item(api, meter_value_calculation_id=cast.calculation(api)["id"], **conversion)
    version = trees.body(cast.plan(api), trees.pricing(item, {"pricing_type": "FLAT", "bands": [EVERY]}))
    version = api.post("/v1/pricing-plan-versions", version).ok()
    config = PricingItemConfig.objects.get()
    base = f"{PLANS}{version['pricing_plan_id']}/versions/1/"
    page = text(desk.get(f"{base}pricing/{item['id']}/"))
    assert "turns usage into credits: 1 credit for every 30 units. Credits cannot be billed yet" in page
    assert f"Minutes: {credits.WAITS}" in text(desk.post(f"{base}review/"))
    body, sold = config.body, cast.item(api, reference="prepaid", model_type="CREDITS")
    config.refresh_from_db()
    assert config.body == body
    path = f"{CATALOG}items/{sold['id']}/edit/"
    saved = {"name": "Prepaid", "reference": "prepaid", "model_type": "CREDITS"}
    assert desk.post(path, saved).status_code == 303
    row = ProductItem.objects.get(reference="prepaid")
    assert (row.model_type, row.type, row.name) == ("CREDITS", "REVENUE", "Prepaid")


@pytest.mark.parametrize(
    ("kind", "price", "said"),
    [
        (kinds.DEDUCTION, flat("0"), "reduces the invoice: every call takes off €0.00."),
        (kinds.DEDUCTION, {"pricing_type": "NONE"}, "nothing is taken off, and no line is shown."),
        (
            kinds.CONVERSION,
            flat("2", default_included_volume={"number": "5"}),
            "turns usage into money: the first 5 calls become nothing, then every call becomes €2.00.",
        ),
        (
            kinds.CONVERTED_DEDUCTION,
            flat("2"),
            "turns usage into money that reduces the invoice: every call becomes €2.00.",
        ),
    ],
)
def test_a_price_says_what_it_does_to_the_invoice(kind, price, said):
    terms = Terms("EUR", unit="call", units="calls", kind=kind)
    assert rating_config.parse(price) and words.sentence(price, terms) == said


def test_more_off_is_a_lower_bill_for_everyone():
    row = ProductItem(type="DEDUCTION", model_type="RECURRING")
    before, after = (
        PricedItem(row, PricingItem(), "EUR", "a month", [PricingItemConfig(body=flat(price))])
        for price in ("5", "7.50")
    )
    assert effects.of(before, after, None)[0].words == "−€2.50 a month"
    assert after.short == "€7.50 a month, taken off" and after.group == "Deductions"
