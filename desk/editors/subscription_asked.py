"""The fields of the changes as they are drawn: the boxes of a group, the numbers of a rule."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Protocol

from django.forms.boundfield import BoundField

from catalog.models import PricingPlanVersion
from desk.editors import subscription_seats as seats
from desk.editors.subscription_choices import conflict
from desk.editors.subscription_offer import Choice, Group, Offer, Rule


@dataclass(frozen=True, slots=True)
class AskedGroup:
    """A group with a box for each choice, and what it demands and does not have yet."""

    group: Group
    boxes: list[tuple[Choice, BoundField, list[BoundField]]]
    problem: str


@dataclass(frozen=True, slots=True)
class AskedRule:
    """A rule with its fields; ``pairs`` are a day and what is so from then on. Open where one is filled."""

    rule: Rule
    fields: list[BoundField]
    pairs: list[list[BoundField]]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of one version."""

    version: PricingPlanVersion
    groups: list[AskedGroup]
    rules: list[AskedRule]


class Asking(Protocol):
    """The form that has the fields; what cannot be said in them is not among them."""

    is_bound: bool

    @property
    def fields(self) -> Container[str]: ...

    @property
    def on(self) -> frozenset[str]: ...

    def said(self, name: str) -> str: ...

    def __getitem__(self, name: str) -> BoundField: ...


def drawn(form: Asking, offered: Offer) -> Asked:
    """The fields of one version."""
    groups = [each for each in offered.groups if f"on_{each.choices[0].key}" in form.fields]
    return Asked(
        offered.version,
        [_group(form, each) for each in groups],
        [one for rule in offered.rules if (one := _rule(form, rule)).fields],
    )


def _group(form: Asking, group: Group) -> AskedGroup:
    problem = conflict(group, form.on) if form.is_bound else ""
    boxes = [
        (choice, form[f"on_{choice.key}"], [form[f"{name}_{choice.key}"] for name in ("from", "until")])
        for choice in group.choices
    ]
    return AskedGroup(group, boxes, problem)


def _rule(form: Asking, rule: Rule) -> AskedRule:
    names = [f"price_{rule.key}_{part.key}" for part in rule.parts]
    names += [f"volume_{rule.key}", f"reset_{rule.key}"]
    first, *later = seats.fields(rule.key, rule.label, rule.seats or "")
    fields = [form[name] for name in [*names, first] if name in form.fields]
    changes = [form[name] for name in later if name in form.fields]
    pairs = [changes[place : place + 2] for place in range(0, len(changes), 2)]
    is_open = any(form.said(field.name) or field.errors for field in [*fields, *changes])
    return AskedRule(rule, fields, pairs, is_open)
