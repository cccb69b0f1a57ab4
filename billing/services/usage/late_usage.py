"""Usage that reached a period after its invoice was final: found, and put on the next invoice.

The setting ``late_usage`` of the platform decides: NEXT_INVOICE bills the difference on the earliest
draft of the subscription, IGNORE leaves it visible as LATE on the event and unbilled. Where a
subscription has ended, ``supplements`` makes the draft.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from accounts.models import LateUsage, Platform
from billing.calc.allowances import Taken
from billing.calc.commitments import Billed
from billing.calc.inputs import ByRule, Compared
from billing.calc.timeline import Part
from billing.models import Invoice, InvoiceStatus, Occasion
from billing.selectors import billed, timelines
from billing.selectors.agreed_prices import Items
from billing.selectors.billed import History
from billing.services.usage import counting
from kit.period import Span
from metering.services import touched
from metering.services.usage import Question


@dataclass(frozen=True, slots=True)
class LateInvoice:
    """A final invoice whose usage, or whose fees, are others by now, with what was billed for it.

    ``fees`` are the times for which its fees were billed, by the id of the schedule.
    """

    invoice: Invoice
    parts: tuple[Part, ...]
    amounts: Mapping[billed.Place, Decimal]
    taken: Mapping[str, Decimal] = field(default_factory=dict)
    units: Mapping[billed.Place, Taken] = field(default_factory=dict)
    committed: Mapping[tuple[str, str], Billed] = field(default_factory=dict)
    compared: frozenset[Compared] = frozenset({Compared.USAGE})
    fees: Mapping[str, Set[Span]] = field(default_factory=dict)

    def billed_for(self, schedule_id: str) -> dict[ByRule, Decimal]:
        """What stands on final invoices for one schedule."""
        return {place[1:]: total for place, total in self.amounts.items() if place[0] == schedule_id}

    def committed_for(self, schedule_id: str) -> dict[str, Billed]:
        """What these lines added for its commitments, by name."""
        return {name: each for (schedule, name), each in self.committed.items() if schedule == schedule_id}

    def units_for(self, schedule_id: str) -> dict[ByRule, Taken]:
        """What these lines took of included volumes and bundles, in the same way."""
        return {place[1:]: each for place, each in self.units.items() if place[0] == schedule_id}


Late = Mapping[int, Sequence[LateInvoice]]
Checked = Mapping[int, datetime]
NEVER: Checked = {}


def changed(
    *,
    platform: Platform,
    invoices: Sequence[Invoice],
    agreed: Mapping[int, Items],
    history: History,
    checked: Checked = NEVER,
) -> dict[int, list[LateInvoice]]:
    """Draft pk -> the billed periods that it has to bill again. A fixed number of queries.

    ``history`` is that of the invoices' subscriptions. What of a subscription (by pk) was ``checked`` at an
    instant is looked at again only if it has changed since.
    """
    if platform.late_usage == LateUsage.IGNORE:
        return {}
    return _changed(platform, carriers(invoices, history), agreed, history, checked)


def previewed(
    *, platform: Platform, row: Invoice, agreed: Mapping[int, Items], history: History
) -> dict[int, list[LateInvoice]]:
    """The same for an unsaved invoice that is ``standing_for`` the draft that takes up what has changed."""
    if platform.late_usage == LateUsage.IGNORE:
        return {}
    return _changed(platform, {row.subscription_id or 0: row}, agreed, history, NEVER)


def standing_for(rows: Sequence[Invoice]) -> tuple[Invoice, History] | None:
    """Which of the unsaved invoices of one subscription takes the place of its earliest draft.

    None where an earlier period is still a draft, which bills what there is, and for a subscription that is
    not active yet: it has no invoices.
    """
    row = next((each for each in rows if each.occasion == Occasion.PERIOD), None)
    if row is None or row.subscription is None or row.subscription.activated_at is None:
        return None
    history = History([row.subscription.pk])
    earliest = history.first_drafts.get(row.subscription.pk)
    if earliest is not None and earliest.period_start != row.period_start:
        return None
    return row, history


def _changed(
    platform: Platform,
    bearing: Mapping[int, Invoice],
    agreed: Mapping[int, Items],
    history: History,
    checked: Checked,
) -> dict[int, list[LateInvoice]]:
    """By the draft of each subscription that takes up what has changed."""
    if not bearing:
        return {}
    candidates = [
        (draft, final, _usage_parts(draft, final))
        for subscription, draft in bearing.items()
        for final in history.finals.get(subscription, [])
        if final.period_start < draft.period_start
    ]
    late = _touched(platform, candidates, agreed, checked)
    known = billed.standing([final for _, final, _ in late])
    found: dict[int, list[LateInvoice]] = {}
    for draft, final, parts in late:
        stands = known[final.pk]
        again = LateInvoice(final, parts, stands.amounts, stands.coupons, stands.units, stands.committed)
        found.setdefault(draft.pk, []).append(again)
    return found


def joined(late: Late, ahead: Late) -> dict[int, list[LateInvoice]]:
    """Draft pk -> all final invoices that it bills again, each once: ``ahead`` knows of late usage too."""
    found = {pk: list(several) for pk, several in ahead.items()}
    for pk, several in late.items():
        known = {each.invoice.pk for each in found.get(pk, ())}
        found.setdefault(pk, []).extend(each for each in several if each.invoice.pk not in known)
    return found


def carriers(invoices: Sequence[Invoice], history: History) -> dict[int, Invoice]:
    """Subscription pk -> which of these bills again what is final: a supplement, or the earliest draft."""
    found = [each for each in invoices if each.status == InvoiceStatus.DRAFT and each.subscription_id]
    supplements = {each.subscription_id or 0: each for each in found if each.occasion == Occasion.SUPPLEMENT}
    drafts = {each.pk: each for each in found if each.occasion == Occasion.PERIOD}
    firsts = history.first_drafts if drafts else {}
    running = {subscription: drafts[row.pk] for subscription, row in firsts.items() if row.pk in drafts}
    return running | supplements


def _usage_parts(draft: Invoice, final: Invoice) -> tuple[Part, ...]:
    """The parts of the final invoice that bill usage; what it billed ahead counts towards discounts."""
    assert draft.subscription is not None
    timeline = timelines.timeline(draft.subscription)
    period = timeline.period_at(final.period_start)
    parts = timeline.parts(period) if period else ()
    return tuple(part for part in parts if part.arrears is not None)


Candidate = tuple[Invoice, Invoice, tuple[Part, ...]]


def _since(final: Invoice, checked: Checked) -> datetime | None:
    known = [final.usage_cutoff, checked.get(final.subscription_id or 0)]
    return max((each for each in known if each is not None), default=None)


def _touched(
    platform: Platform, candidates: Sequence[Candidate], agreed: Mapping[int, Items], checked: Checked
) -> list[Candidate]:
    """Those whose usage may have changed since their cutoff, or since it was checked."""
    schedules = {
        schedule.pk: schedule
        for draft, _, _ in candidates
        if draft.subscription is not None
        for schedule in draft.subscription.schedules.all()
    }
    asked: list[tuple[int, Question]] = []
    for place, (draft, _, parts) in enumerate(candidates):
        for part in parts:
            found = counting.meters(agreed[part.key], part, schedules[part.key])
            for meter, spans in sorted(found.items()):
                whole = Span(min(span.start for span in spans), max(span.end for span in spans))
                asked.append((place, Question(draft.customer_id, meter, whole)))
    if not asked:
        return []
    cutoffs = [_since(candidates[place][1], checked) for place, _ in asked]
    answers = touched.since(
        platform=platform,
        questions=[question for _, question in asked],
        instants=[cutoff for cutoff in cutoffs if cutoff is not None],
    )
    places = {place for (place, _), yes in zip(asked, answers, strict=True) if yes}
    return [candidate for place, candidate in enumerate(candidates) if place in places]
