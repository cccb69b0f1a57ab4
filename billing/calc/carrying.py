"""What goes on beyond one period: an included volume that is not full again each period, and bundles.

A ledger of one subscription tells what each period took, and from it what a period may still use. It is
made from the lines of final invoices, and completed with the drafts that come before, so that nothing is
granted twice whatever the order in which invoices become final:

- An included volume is granted once: for the schedule (reset SCHEDULE) or for the subscription (NEVER).
  A period may use what no other period has taken, an earlier or a later one.
- Bundles serve the periods after the one that bought them, in the same schedule.

A period of which more usage arrives is rated anew; what it takes then replaces what it took.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from billing.calc import usage_charges
from billing.calc.allowances import NOTHING, Taken
from billing.calc.inputs import PricedRule, ScheduleInputs
from billing.calc.totals import ZERO
from catalog.rating.rated import Rated
from catalog.rating.types import Config, ResetType
from catalog.rating.volume import State
from kit.money import EXACT


class Entry(NamedTuple):
    """What a billed period took by a rule, which `root_id` names in every schedule (`PricedRule.root_id`)."""

    root_id: str
    schedule_id: str
    start: datetime
    taken: Taken


def taken(rated: Rated) -> Taken:
    """What a rating took of what goes on beyond its period."""
    if rated.sequel is not None:
        return taken(rated.sequel.whole).less(taken(rated.sequel.before))
    config = rated.config
    included = ZERO if config.reset is ResetType.PERIOD else rated.included
    change = EXACT.subtract(rated.left.carried, rated.state.carried) if config.rollover else ZERO
    return Taken(included, change)


NO_NAMES: Mapping[str, str] = MappingProxyType({})


class Ledger:
    """What the periods of one subscription took so far.

    ``names`` leads from a rule to the one that it stands for in an earlier version of the plan.
    """

    __slots__ = ("_names", "_rules")

    def __init__(self, entries: Iterable[Entry] = (), names: Mapping[str, str] = NO_NAMES) -> None:
        self._names = names
        self._rules: dict[str, dict[tuple[str, datetime], Taken]] = {}
        for each in entries:
            periods = self._rules.setdefault(self._name(each.root_id), {})
            place = each.schedule_id, each.start
            periods[place] = periods.get(place, NOTHING).plus(each.taken)

    def state(self, rule: PricedRule, *, schedule_id: str, start: datetime) -> State:
        """What the period that starts then in this schedule may use. `rule` has the volume in force."""
        config = rule.config
        known = self._rules.get(self._name(rule.root_id), {})
        others = {place: each for place, each in known.items() if place != (schedule_id, start)}
        return State(
            _available(config, schedule_id, others),
            _carried(schedule_id, start, others) if config.rollover else ZERO,
        )

    def note(self, schedule: ScheduleInputs) -> None:
        """Let the period that is billed in arrears take what its usage takes."""
        if not any(rule.config.goes_on for item in schedule.items for rule in item.rules):
            return  # its usage need not be rated for this
        found: dict[tuple[str, datetime], Taken] = {}
        for each, rated in usage_charges.rated(schedule):
            if rated.config.goes_on:
                place = self._name(each.rule.root_id), usage_charges.span_of(schedule, each).start
                found[place] = found.get(place, NOTHING).plus(taken(rated))
        for (root_id, start), each_taken in found.items():
            self._rules.setdefault(root_id, {})[schedule.schedule_id, start] = each_taken

    def _name(self, root_id: str) -> str:
        return self._names.get(root_id, root_id)


Places = dict[tuple[str, datetime], Taken]


def _available(config: Config, schedule_id: str, others: Places) -> Decimal | None:
    if config.reset is ResetType.PERIOD:
        return None
    whole = config.reset is ResetType.NEVER
    left = config.included_volume
    for (schedule, _), each in others.items():
        if whole or schedule == schedule_id:
            left = EXACT.subtract(left, each.included)
    return max(left, ZERO)


def _carried(schedule_id: str, start: datetime, others: Places) -> Decimal:
    kept = ZERO
    for (schedule, at), each in others.items():
        if schedule == schedule_id and at < start:
            kept = EXACT.add(kept, each.bundles)
    return max(kept, ZERO)
