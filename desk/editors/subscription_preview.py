"""The preview rail: the next invoices of a draft, computed as invoices are, with assumed usage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property, partial
from zoneinfo import ZoneInfo

from django import forms

from accounts.context import Context
from billing.calc.content import Line
from billing.models import Occasion, PricingPlanSubscription, ScheduleType
from billing.selectors.item_terms import ItemTerms
from billing.services.invoices.drafting import Draft
from billing.services.previews import preview
from desk.components import format
from desk.editors.subscription_change import Change
from desk.editors.subscription_differences import changes
from desk.forms.base import ExactDecimalField

SHOWN = 3
MOST = 24
LINES = 3


@dataclass(frozen=True, slots=True)
class Assumption:
    """A metered item of the plan, with what was typed for it."""

    key: str
    name: str
    unit: str
    typed: str
    quantity: Decimal | None
    problem: str = ""

    @property
    def label(self) -> str:
        """``Minutes, min``; the name alone where it says the unit."""
        return self.name if self.name.casefold() == self.unit.casefold() else f"{self.name}, {self.unit}"


@dataclass(frozen=True, slots=True)
class Card:
    """One invoice to come."""

    draft: Draft
    lines: Sequence[Line] = ()
    more: int = 0
    adjustments: Sequence[tuple[str, Decimal]] = ()
    is_trial: bool = False

    @property
    def is_opening(self) -> bool:
        return self.draft.invoice.occasion == Occasion.OPENING


@dataclass(frozen=True)
class Rail:
    """``waits`` says what the cards wait for; ``made_now`` what activation makes at once.

    ``differing`` tells the changes against the plan, once somebody reads them.
    """

    cards: list[Card] = field(default_factory=list)
    waits: str = ""
    basis: str = ""
    made_now: str = ""
    contract: str = ""
    trial: str = ""
    differing: Callable[[], Sequence[Change]] = tuple

    @cached_property
    def changes(self) -> Sequence[Change]:
        """What is unlike the plan."""
        return self.differing()

    @property
    def waits_words(self) -> str:
        """What it waits for, as a sentence."""
        return f"{self.waits.rstrip('.')}."


def assumptions(agreed: Iterable[ItemTerms], typed: Mapping[str, str]) -> list[Assumption]:
    """The metered ones of what is agreed, each once, with the numbers in ``typed``."""
    items = {item.product_items[0]["id"]: item for item in agreed if item.measure and item.product_items}
    return [
        _assumption(key, item.description, item.unit or "units", typed.get(f"assume_{key}", ""))
        for key, item in items.items()
    ]


def _assumption(key: str, name: str, unit: str, typed: str) -> Assumption:
    try:
        quantity = ExactDecimalField(label=name, required=False).clean(typed)
    except forms.ValidationError as error:
        return Assumption(key, name, unit, typed, None, error.messages[0])
    return Assumption(key, name, unit, typed, quantity)


def rail(
    *,
    ctx: Context,
    subscription: PricingPlanSubscription,
    start: datetime,
    ends: bool,
    assumed: Sequence[Assumption],
    opening: bool = True,
) -> Rail:
    """The first three invoices from the start on; every elapsed one is counted where it lies back."""
    most = MOST if ends or start <= ctx.at else SHOWN
    found = preview.subscription(
        ctx=ctx,
        subscription=subscription,
        start_at=start,
        invoices_per_schedule=most,
        assumed={each.key: each.quantity for each in assumed if each.quantity is not None},
    )
    coming = _in_order(found) if opening else _in_order(replace(found, opening=None))
    whole = ends and all(len(drafts) < MOST for _, drafts in found.by_schedule)
    return Rail(
        cards=[_card(draft, found) for draft in coming[:SHOWN]],
        basis=_basis(assumed),
        made_now=_made_now(coming, ctx.at, most),
        trial=_trial(found, subscription.billing_entity.zone),
        differing=partial(changes, ctx.platform, [row for row, _ in found.by_schedule]),
        contract=f"{_sum(coming)} until the end" if whole else "",
    )


def _in_order(found: preview.Preview) -> list[Draft]:
    """The opening invoice, then one per period; a period that two phases share is one invoice."""
    periods = {draft.invoice.period_start: draft for _, several in found.by_schedule for draft in several}
    opening = [found.opening] if found.opening else []
    return [*opening, *(periods[start] for start in sorted(periods))]


def _card(draft: Draft, found: preview.Preview) -> Card:
    lines = draft.content.lines if draft.content else []
    largest = sorted(lines, key=lambda line: -line.taxed.excluding_tax)[:LINES]
    adjustments = draft.content.adjusted if draft.content else []
    trials = (drafts for row, drafts in found.by_schedule if row.type == ScheduleType.TRIAL)
    is_trial = any(each is draft for drafts in trials for each in drafts)
    return Card(draft, largest, len(lines) - len(largest), adjustments, is_trial)


def _trial(found: preview.Preview, zone: ZoneInfo) -> str:
    """``Trial, 1 to 14 Sep 2026: nothing is billed``."""
    rows = [row for row, _ in found.by_schedule if row.type == ScheduleType.TRIAL and row.end_at]
    spans = [format.span(row.start_at, row.end_at, zone) for row in rows if row.end_at]
    return f"Trial, {spans[0]}: nothing is billed." if spans else ""


def _basis(assumed: Sequence[Assumption]) -> str:
    said = [f"{format.number(each.quantity)} {each.unit}" for each in assumed if each.quantity is not None]
    if said:
        return f"Assumes {', '.join(said)} in each period."
    return "With the usage that is known by now." if assumed else ""


def _made_now(coming: Sequence[Draft], at: datetime, most: int) -> str:
    """``2 invoices will be made at once, €998.00 in total``, where periods have passed already."""
    past = [draft for draft in coming if draft.invoice.period_end <= at]
    ended = [draft for draft in past if draft.invoice.occasion != Occasion.OPENING]
    if not ended:
        return ""
    count = f"{len(past)} or more" if len(ended) >= most else format.number(len(past))
    invoices = "invoice" if len(past) == 1 else "invoices"
    return f"{count} {invoices} for periods that have ended will be made at once, {_sum(past)} in total."


def _sum(drafts: Sequence[Draft]) -> str:
    contents = [draft.content for draft in drafts if draft.content]
    if not contents:
        return "nothing"
    total = sum((content.totals.including_tax for content in contents), Decimal(0))
    return format.money(total, contents[0].currency)
