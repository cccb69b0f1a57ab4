"""Two operators on one draft: what the other one changed beside what is in the form, and both together.

The form carries what its fields said when it was drawn or last saved, so that a field that was left alone can
be told from one that was changed here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from desk.components import format
from desk.editors.subscription import SubscriptionForm
from desk.editors.subscription_adjustment_kinds import KINDS
from kit.money import plain

Said = dict[str, str]
COUNT = "count"
LISTS = tuple(kind.rows for kind in KINDS)
# What is said by several fields of one price: their first word, and what they say together.
PARTS = {
    **dict.fromkeys(("on", "from", "until"), "on"),
    **dict.fromkeys(("volume", "reset"), "volume"),
    **dict.fromkeys(("seats", "since"), "seats"),
}
EMPTY, GONE = "Empty", "No longer asked"


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that the other one changed; ``is_both`` where it, or what belongs to it, was changed here."""

    name: str
    label: str
    mine: str
    theirs: str
    is_both: bool

    @property
    def can_take(self) -> bool:
        """Whether there is something of theirs to take instead."""
        return self.is_both and self.theirs != GONE


def said(form: SubscriptionForm) -> Said:
    """What stands in the fields, written alike typed or stored; rows in the order of what is stored."""
    blank, names = form.blank_adjustments, form.names_once_stored
    filled = (field for field in form if field.html_name not in blank)
    fields = {names.get(field.html_name, field.html_name): _text(field) for field in filled}
    counts = {each.kind.rows: str(len(each.said)) for each in form.adjustments}
    return {COUNT: str(form.count), **fields, **counts}


def kept(values: Said) -> str:
    """The same for a hidden field, without what is empty."""
    return json.dumps({name: text for name, text in values.items() if text}, separators=(",", ":"))


def remembered(text: str) -> Said | None:
    """What ``kept`` wrote; None where the form carries nothing of the kind."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else None


def clashes(mine: SubscriptionForm, theirs: SubscriptionForm, before: Said | None) -> list[Clash]:
    """Where ``theirs`` is neither as ``before`` nor as it is here. Without a before, where the two differ."""
    return [*_clashes(mine, theirs, before)]


def _clashes(mine: SubscriptionForm, theirs: SubscriptionForm, before: Said | None) -> Iterator[Clash]:
    here, there = said(mine), said(theirs)
    thing = thing_of(here, there, before or here)
    touched = {thing(name) for name, text in here.items() if before is None or text != before.get(name, "")}
    for name in dict.fromkeys((*there, *here)):
        was = None if before is None else before.get(name, "")
        have, now = here.get(name, was or ""), there.get(name)
        if now is None:
            if have not in ("", was):  # typed for a phase or a plan that the other one took out
                yield Clash(name, _label(mine, name), _words(mine, name, have), GONE, is_both=True)
        elif now not in (have, was):
            words = _words(mine if name in here else theirs, name, have), _words(theirs, name, now)
            yield Clash(name, _label(theirs, name), *words, is_both=thing(name) in touched)


def thing_of(*sides: Mapping[str, str]) -> Callable[[str], str]:
    """What tells the thing that a field says a part of.

    That is one discount where every side has as many, and all of them where rows came or went: the second
    of two is another one then. So it is with markups.
    """
    moved = {name for name in LISTS if len({each.get(name) or "0" for each in sides}) > 1}
    return lambda name: part if (part := name.partition("_")[0]) in moved else together(name)


def together(name: str) -> str:
    """The thing that a field says a part of: half of one and half of another discount would be neither."""
    part, _, key = name.partition("_")
    if part == "commitment":
        return part
    if part in LISTS and key:
        return f"{part}_{key.partition('_')[0]}"
    return " ".join([PARTS[part], *key.split("_")[:2]]) if part in PARTS else name


def taken(data: Any, name: str, theirs: Said) -> Any:
    """``data`` with theirs of the thing that this field says a part of."""
    found, thing = data.copy(), thing_of(theirs, data)
    for each in {*theirs, *data}:
        if thing(each) == thing(name):
            found[each] = theirs.get(each, "")
    return found


def merged(data: Any, found: list[Clash], theirs: Said) -> Any:
    """What was sent, with what only the other one changed."""
    both = data.copy()
    for each in found:
        if not each.is_both:
            both[each.name] = theirs[each.name]
    return both


def still(names: list[str], mine: SubscriptionForm, theirs: SubscriptionForm) -> list[Clash]:
    """Of the fields that both changed, those that do not say what the other one said yet."""
    return [each for each in clashes(mine, theirs, None) if each.name in names]


def _text(field: BoundField) -> str:
    value, asked = field.value(), field.field
    if isinstance(asked, forms.ChoiceField) and value in (None, ""):
        return _first(asked.choices)
    try:
        value = asked.to_python(value)
    except ValidationError:
        return str(value)
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return plain(value)
    if value in (None, False):
        return ""
    if value is True:
        return "on"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _first(choices: Any) -> str:
    """What a browser sends of a list where nothing was chosen."""
    for value, label in choices:
        return str(label[0][0]) if isinstance(label, list | tuple) else str(value)
    return ""


def _label(form: SubscriptionForm, name: str) -> str:
    return "Phases" if name == COUNT else str(form.fields[name].label)


def _words(form: SubscriptionForm, name: str, text: str) -> str:
    """A value as an operator reads it."""
    field = form.fields.get(name)
    if isinstance(field, forms.BooleanField):
        return "Yes" if text else "No"
    if isinstance(field, forms.ChoiceField):
        return _choices(field.choices).get(text, text) or EMPTY
    if isinstance(field, forms.DateField) and text:
        try:
            return format.day(date.fromisoformat(text), form.zone)
        except ValueError:
            return text
    return text or EMPTY


def _choices(choices: Any) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for value, label in choices:
        if isinstance(label, list | tuple):
            found |= {str(key): str(words) for key, words in label}
        else:
            found[str(value)] = str(label)
    return found
