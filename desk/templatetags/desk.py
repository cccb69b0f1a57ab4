"""Filters and tags of Desk's templates: figures, money, dates, icons, badges."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby, islice
from typing import Any

from django import template
from django.forms.boundfield import BoundField, BoundWidget
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from desk.components import badges, changes, format, regions
from desk.components.actions import Action
from desk.editors import charge_names
from kit.money import Money
from kit.period import format_instant

JOINT = re.compile(r"(?<=[@._])(?=[A-Za-z])")

register = template.Library()
register.filter("charge_name", charge_names.name)


@register.filter
def number(value: Decimal | int | None) -> str:
    return "" if value is None else format.number(value)


@register.filter
def short(value: Decimal | int | None) -> str:
    return "" if value is None else format.short(value)


@register.filter
def money(value: Decimal | Money | None, currency: str = "") -> str:
    """``{{ amount|money:"EUR" }}`` or ``{{ total|money }}`` of a Money."""
    if value is None:
        return ""
    if isinstance(value, Money):
        return format.money(value.quantity, value.currency)
    return format.money(value, currency)


@register.filter
def unit_price(value: Decimal | None, currency: str) -> str:
    return "" if value is None else format.unit_price(value, currency)


@register.filter
def currency_symbol(currency: str) -> str:
    return format.symbol(currency)


@register.filter
def day(value: date | datetime | None) -> str:
    return "" if value is None else format.day(value, timezone.get_current_timezone())


@register.filter
def first_day(value: datetime | None) -> str:
    return "" if value is None else format.first(value, timezone.get_current_timezone())


@register.filter
def last_day(value: datetime | None) -> str:
    return "" if value is None else format.last(value, timezone.get_current_timezone())


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """A ``<time>`` in the platform's zone, with UTC on hover."""
    return "" if value is None else _time(value, format.instant(value, timezone.get_current_timezone()))


@register.filter
def moment_after(value: datetime, other: datetime) -> SafeString:
    """The same beside an ``other`` moment: without the day where that is the same."""
    zone = timezone.get_current_timezone()
    same_day = value.astimezone(zone).date() == other.astimezone(zone).date()
    return _time(value, format.clock_time(value, zone) if same_day else format.instant(value, zone))


def _time(value: datetime, text: str) -> SafeString:
    iso = format_instant(value)
    return format_html('<time class="num" datetime="{}" title="{} (UTC)">{}</time>', iso, iso, text)


@register.filter
def breakable(value: Any) -> Any:
    """A path or an address of mail in a text breaks at its joints; whatever renders itself stays as it is."""
    if not isinstance(value, str) or isinstance(value, SafeString):
        return value
    return format_html_join(mark_safe("<wbr>"), "{}", ((part,) for part in JOINT.split(value)))


@register.simple_tag
def span(start: datetime, end: datetime) -> str:
    return format.span(start, end, timezone.get_current_timezone())


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    return badges.svg(name, size=size)


@register.simple_tag
def badge(status: str, label: str = "") -> SafeString:
    return badges.Badge(status, label).__html__()


@register.filter
def word(status: str) -> str:
    return badges.word(status)


@register.filter
def initials(name: str) -> str:
    """``MO`` for ``Mara Okafor`` or ``mara.okafor@example.com``."""
    parts = name.partition("@")[0].replace(".", " ").replace("-", " ").split()
    return "".join(part[0] for part in parts[:2]).upper() or "?"


@register.filter
def differences(value: Mapping[str, Any]) -> list[changes.Change]:
    """What a record's changes come to, leaf by leaf."""
    return changes.of(value)


@register.filter
def told(choice: str) -> tuple[str, str]:
    """What a choice is called, and the sentence that follows: ``Owner. Everything, and …``."""
    name, _, hint = str(choice).partition(". ")
    return name, hint


@register.filter
def box_groups(field: BoundField) -> list[tuple[str, list[BoundWidget]]]:
    """The boxes of a choice of several by the group of choices they are in; the name is empty without one."""
    boxes, found = iter(field), []
    for grouped, several in groupby(field.field.choices, key=lambda each: isinstance(each[1], list | tuple)):  # type: ignore[attr-defined]
        for name, count in (
            [(name, len(rows)) for name, rows in several] if grouped else [("", len([*several]))]
        ):
            found.append((str(name), [*islice(boxes, count)]))
    return found


@register.simple_tag(takes_context=True)
def render(context: Context, component: Any) -> Any:
    """A component that knows its template: ``{% render chart %}``. An action may be a form of its own.

    One that the reader's role may not take says so.
    """
    if isinstance(component, Action):
        return _offered(context, component).within(context.get("csrf_token"))
    return component.__html__()


@register.simple_tag(takes_context=True)
def offer(
    context: Context, label: str, url: str, permission: str, style: str = "", icon: str = "", opens: str = ""
) -> SafeString:
    """A link to what only some roles may do, or the reason why this one may not."""
    return _offered(context, Action(label, url, permission, style, opens=opens, icon=icon)).__html__()


def _offered(context: Context, action: Action) -> Action:
    operator = context.get("operator")
    return action.for_(operator) if operator else action


class RegionNode(template.Node):
    """Renders in place, and keeps a copy when this is the piece that htmx asked for."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name, self.nodelist = name, nodelist

    def render(self, context: Context) -> SafeString:
        html = self.nodelist.render(context)
        if context.get("region") == self.name and regions.CAPTURED in context:
            context[regions.CAPTURED][self.name] = html
        return html


@register.tag
def region(parser: Parser, token: Token) -> RegionNode:
    """``{% region list %}…{% endregion %}``: a piece of the page that htmx can ask for by name."""
    name = token.split_contents()[1]
    nodelist = parser.parse(("endregion",))
    parser.delete_first_token()
    return RegionNode(name, nodelist)
