"""Figures as operators read them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template.loader import render_to_string

from desk.components import changes, format
from desk.components.columns import Amount, Amounts
from desk.editors import charge_names
from desk.templatetags.desk import box_groups
from kit import formats
from kit.money import Money

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("quantity", "currency", "text"),
    [
        ("2151", "EUR", "€2,151.00"),
        ("-218.3", "EUR", "−€218.30"),
        ("0.005", "EUR", "€0.01"),
        ("1234.5", "JPY", "¥1,235"),
        ("1.2345", "KWD", "KWD\N{NO-BREAK SPACE}1.235"),
    ],
)
def test_money_follows_the_currency(quantity, currency, text):
    assert format.money(Decimal(quantity), currency) == text


def test_the_code_of_a_currency_is_said_once():
    assert format.money_with_code(Decimal(5), "EUR") == "€5.00 EUR"
    assert format.money_with_code(Decimal(5), "KWD") == "KWD\N{NO-BREAK SPACE}5.000"


def test_late_lines_of_one_rule_tell_which_invoice_they_add_to():
    def named(number, *, is_usage=True):
        late = number and SimpleNamespace(invoice_number=number)
        rule = SimpleNamespace(config=SimpleNamespace(split=()))
        item = SimpleNamespace(description="Calls", rules=(rule,))
        return charge_names.name(
            SimpleNamespace(item=item, rule=rule, is_usage=is_usage, values=None, late=late)
        )

    assert (named(None), named("A-1")) == ("Calls", "Calls, late usage of A-1")
    assert named("A-2", is_usage=False) == "Calls, change to A-2"


def test_boxes_stand_in_the_groups_of_their_choices():
    class Chosen(forms.Form):
        of = forms.MultipleChoiceField(
            choices=[("a", "A"), ("b", "B"), ("More", [("c", "C")]), ("Most", [("d", "D"), ("e", "E")])],
            widget=forms.CheckboxSelectMultiple,
        )

    groups = [(name, [str(box.choice_label) for box in boxes]) for name, boxes in box_groups(Chosen()["of"])]
    assert groups == [("", ["A", "B"]), ("More", ["C"]), ("Most", ["D", "E"])]


@pytest.mark.parametrize("currency", ["EUR", "JPY", "USD", "KWD", "CNY"])
def test_a_printed_invoice_writes_as_the_screen_does(currency):
    ours = formats.locale_of(None)
    for amount in (Decimal("1234.5"), Decimal("-1234.5")):
        assert formats.money(amount, currency, ours) == format.money(amount, currency)
    for month in range(1, 13):
        first, last = datetime(2026, month, 1, tzinfo=UTC), datetime(2026, month, 28, tzinfo=UTC)
        said = format.span(first, last + timedelta(days=1), UTC)
        assert formats.days(first.date(), last.date(), ours) == said


@pytest.mark.parametrize(("price", "text"), [("0.0120", "€0.0120"), ("499", "€499.00"), ("0.5", "€0.50")])
def test_a_unit_price_keeps_its_decimals(price, text):
    assert format.unit_price(Decimal(price), "EUR") == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("212500", "212,500"),
        ("-0.25", "−0.25"),
        ("12000000", "12,000,000"),
    ],
)
def test_numbers_are_grouped_and_whole(value, text):
    assert format.number(Decimal(value)) == text


@pytest.mark.parametrize(("value", "text"), [(12500, "12.5k"), (1_500_000, "1.5m"), (999, "999")])
def test_short_numbers_are_for_axes(value, text):
    assert format.short(value) == text


def test_a_period_ends_on_its_last_day():
    start, end = datetime(2026, 7, 31, 22, tzinfo=UTC), datetime(2026, 8, 31, 22, tzinfo=UTC)
    assert format.span(start, end, AMSTERDAM) == "1 to 31 Aug 2026"
    assert format.span(start, start + timedelta(days=1), AMSTERDAM) == "1 Aug 2026"
    assert format.span(start, end + timedelta(days=1), AMSTERDAM) == "1 Aug to 1 Sep 2026"


def test_instants_are_shown_in_the_zone():
    assert format.instant(datetime(2026, 9, 2, 7, 10, tzinfo=UTC), AMSTERDAM) == "2 Sep 2026, 09:10"


def test_a_changed_field_called_items_is_shown_like_any_other() -> None:
    shown = render_to_string(
        "desk/ui/changes.html", {"changes": {"items": [None, "two"], "name": ["a", "b"]}}
    )
    assert shown.count('<th scope="row"') == 2
    assert "<ins>two</ins>" in shown


def test_amounts_of_one_page_stand_on_the_decimal_point_whatever_their_currency():
    rows = [Money(Decimal("5929"), "JPY"), Money(Decimal("33.684"), "KWD"), Money(Decimal("-9.5"), "EUR")]
    column = Amount(name="total", label="Total", of=lambda row: row)
    assert [
        re.sub('<[^>]*?(?: data-gap="(.*?)")?>', r"\1|", column.over(rows).html(row)) for row in rows
    ] == [
        ".000|¥5,929|",
        "|KWD\xa033.684|",
        "0|−€9.50|",
    ]
    assert "data-gap" not in column.over(rows[:1]).html(rows[0])
    both = Amounts(name="mrr", label="MRR", of=lambda row: row).over([rows, rows[:1]])
    assert "¥5,929 + KWD\xa033.684 + " in both.html(rows) and 'data-gap=".000"' in both.html(rows[:1])


def test_a_change_deep_inside_a_record_is_one_line():
    bands = [{"amount": {"quantity": "1", "currency": "EUR"}}]
    plan = {"configs": [{"id": "pico_1", "bands": bands, "details": {"bands": bands}}]}
    bands = [{"amount": {"quantity": "2", "currency": "EUR"}}]
    after = {"configs": [{"id": "pico_2", "bands": bands, "details": {"bands": bands}}]}
    found = changes.of(
        {"items": [plan, after], "name": [None, "Growth"], "live": [True, False], "x": [None, None]}
    )
    assert [(each.field, each.before, each.after) for each in found] == [
        ("items.configs.0.bands.0.amount.quantity", "1", "2"),
        ("name", "", "Growth"),
        ("live", "true", "false"),
    ]
    made = [
        (each.field, each.after) for each in changes.of({"items": [None, plan], "tags": [[], ["a", "b"]]})
    ]
    assert made == [
        ("items.configs.0.bands.0.amount.quantity", "1"),
        ("items.configs.0.bands.0.amount.currency", "EUR"),
        ("tags", '["a", "b"]'),
    ]
    rows = render_to_string("desk/ui/changes.html", {"changes": {"unit_price": ["1", "2"]}})
    assert "<ins>2</ins>" in rows and ">unit_<wbr>price<" in rows
