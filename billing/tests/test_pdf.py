"""Invoices as documents."""

from __future__ import annotations

import re
import sys
import zlib
from typing import Any

import pytest

from billing.models import Invoice
from billing.selectors import invoices as selectors
from billing.services.invoices import drafting, finalize, freezing, pdf, periods
from billing.services.invoices.document import Page
from billing.tests.world import World, at, fee, flat, per_minute, tiers, usage
from kit.testing import ApiClient
from metering.models import Event
from metering.services import events


def words(world: World, invoice: Invoice) -> dict:
    row = selectors.rows(world.platform).get(pk=invoice.pk)
    if row.content is not None:
        return Page(pdf.of(row, row.content)).context()
    (draft,) = drafting.contents(platform=world.platform, invoices=[row])
    return Page(pdf.of(row, freezing.content(draft))).context()


def unpacked(document: bytes) -> bytes:
    """What the streams of a PDF hold: the names of its typefaces among it."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", document, re.DOTALL)
    return b"".join(zlib.decompressobj().decompress(each) for each in streams if each[:1] == b"x")


def test_a_draft_and_a_final_invoice_can_be_downloaded(world: World, api: ApiClient) -> None:
    subscription = world.subscribe(world.plan(per_minute("0.10"), fee("49")), start=at("2026-03-01"))
    world.used("1500", when=at("2026-03-05"))
    path = f"/v1/invoices/{subscription.invoices.get().public_id}/pdf"
    for _ in range(2):
        answer = api.get(path)
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF-")
        assert b"Inter-Variable" in unpacked(answer.content) and b"DejaVu" not in unpacked(answer.content)
        finalize.sweep(platform=world.platform, at=at("2026-04-02"))
    assert "INV-00001.pdf" in answer.headers["Content-Disposition"]


def test_it_names_parties_period_lines_bands_tax_and_terms(world: World) -> None:
    version = world.plan(usage(tiers(("1000", "0.10"), (None, "0.05"))), fee("49"))
    subscription = world.subscribe(
        version,
        start=at("2026-03-01"),
        purchase_order_number="PO-1",
        due_date_configuration={"type": "PERIOD_AFTER_INVOICE_DATE", "period": {"type": "DAY", "value": 30}},
    )
    world.used("1500", when=at("2026-03-05"))
    finalize.sweep(platform=world.platform, at=at("2026-04-02"))
    page = words(world, subscription.invoices.get())
    assert page["seller"]["name"] == "Halyard B.V."
    assert page["seller"]["tax_ids"] == ["Tax ID NL000099998B57"]
    assert page["buyer"]["address"][-1] == "Netherlands"
    (period,) = page["periods"]
    assert period["label"] == "1 to 31 Mar 2026"
    minutes, platform_fee = period["groups"][0]["lines"]
    assert (minutes["quantity"], minutes["unit_price"], minutes["amount"]) == (
        "1,500 minutes",
        "2 tiers",
        "€125.00",
    )
    assert [(sub["name"], sub["unit_price"], sub["amount"]) for sub in minutes["subs"]] == [
        ("Up to 1,000", "€0.10", "€100.00"),
        ("Above 1,000", "€0.05", "€25.00"),
    ]
    assert platform_fee["amount"] == "€49.00"
    assert (page["subtotal"], page["total"]) == ("€174.00", "€210.54")
    assert page["taxes"] == [{"label": "VAT 21% on €174.00", "amount": "€36.54"}]
    assert {"label": "Purchase order", "value": "PO-1"} in page["facts"]
    assert page["payment_notes"] == ["Due by 1 May 2026. Please state INV-00001 with your payment."]


def test_reverse_charge_prints_its_note(world: World) -> None:
    german = world.organization("lieferant", "DE", tax_id="DE129273398")
    subscription = world.subscribe(world.plan(fee("100")), start=at("2026-03-01"), customer=german)
    page = words(world, subscription.invoices.get())
    assert page["total"] == "€100.00"
    assert "Reverse charge" in page["tax_notes"][0]


@pytest.mark.parametrize(
    ("currency", "locale", "total"),
    [
        ("JPY", "ja-JP", "￥121"),
        ("JPY", "en-GB", "¥121"),
        ("KWD", "en-GB", "KWD 121.000"),
        ("USD", "en-US", "$121.00"),
        ("EUR", "nl-NL", "€ 121,00"),
    ],
)
def test_b23_amounts_have_the_decimals_of_their_currency(
    world: World, currency: str, locale: str, total: str
) -> None:
    world.currency = currency
    world.customer.locale = locale
    world.customer.save()
    subscription = world.subscribe(world.plan(fee("100", currency=currency)), start=at("2026-03-01"))
    page = words(world, subscription.invoices.get())
    assert page["total"].replace("\xa0", " ") == total
    assert page["currency"] == ("" if currency == "KWD" else currency)  # the amount says it itself


def test_what_a_customer_calls_himself_is_text_and_nothing_else(world: World, api: ApiClient) -> None:
    world.customer.name = "<img src='file:///etc/passwd'><script>1</script>"
    world.customer.save()
    subscription = world.subscribe(world.plan(fee("1")), start=at("2026-03-01"))
    assert api.get(f"/v1/invoices/{subscription.invoices.get().public_id}/pdf").status == 200


def test_without_the_libraries_it_says_what_to_install(
    world: World, api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    subscription = world.subscribe(world.plan(usage(flat("1"))), start=at("2026-03-01"))
    answer = api.get(f"/v1/invoices/{subscription.invoices.get().public_id}/pdf")
    assert answer.status == 503
    assert "apt-get install libpango-1.0-0" in answer.body["message"]


def test_what_is_not_owed_is_not_asked_for(world: World) -> None:
    subscription = world.subscribe(world.plan(per_minute("0.10")), start=at("2026-03-01"))
    finalize.sweep(platform=world.platform, at=at("2026-04-02"))
    page = words(world, subscription.invoices.get())
    assert (page["due_text"], page["payment_notes"]) == ("Nothing is due", ["Nothing is to be paid."])


def test_a_credit_is_said_to_be_in_the_customers_favor(world: World) -> None:
    subscription = world.subscribe(world.plan(per_minute("0.10")), start=at("2026-03-01"))
    world.used("1000", when=at("2026-03-05"))
    periods.sweep(platform=world.platform, at=at("2026-04-01"))
    finalize.sweep(platform=world.platform, at=at("2026-04-02"))
    events.delete(ctx=world.ctx(at("2026-04-03")), event=Event.objects.get())
    finalize.sweep(platform=world.platform, at=at("2026-05-02"))
    page = words(world, subscription.invoices.order_by("period_start")[1])
    assert (page["due_text"], page["total"]) == ("In your favor", "−€121.00")


def test_no_heading_is_left_alone_at_the_foot_of_a_page_and_each_page_repeats_the_columns(
    world: World,
) -> None:
    subscription = world.subscribe(world.plan(fee("49")), start=at("2026-03-01"))
    row = selectors.rows(world.platform).get(pk=subscription.invoices.get().pk)
    (draft,) = drafting.contents(platform=world.platform, invoices=[row])
    content = freezing.content(draft)
    document = pdf.of(row, content | {"periods": content["periods"] * 60})
    *full, last = [_groups(page) for page in pdf.laid_out(document=document).pages]
    assert len(full) > 3
    assert {groups[0] for groups in [*full, last]} == {"thead"}
    assert {groups[-1] for groups in full} == {"line"}


def _groups(page: Any) -> list[str]:
    """The row groups of the table of lines on a page, in order: by class, or by name."""
    tables = [box for box in page._page_box.descendants() if "lines" in (box.element_tag, _class(box))]
    groups = [box for table in tables for box in table.descendants()]
    return [_class(box) or box.element_tag for box in groups if box.element_tag in ("thead", "tbody")]


def _class(box: Any) -> str:
    return "" if box.element is None else box.element.get("class", "")
