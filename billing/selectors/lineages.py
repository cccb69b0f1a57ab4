"""Rules that are one rule over the versions of a plan that a subscription has had.

What is granted once for the subscription is granted by such a rule once, whichever version it is in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from accounts.models import Platform
from billing.models import PricingPlanSubscription
from catalog.selectors import counterparts

Names = Mapping[str, str]


def of(platform: Platform, subscriptions: Iterable[PricingPlanSubscription]) -> dict[int, Names]:
    """Subscription pk -> public id of a rule -> that of the rule for which it stands in the first version.

    Rules of a first version, and those without a counterpart, are absent. Each pair of versions is read once;
    no query for a subscription that stayed on its version.
    """
    known: dict[tuple[int, int], Names] = {}
    found: dict[int, Names] = {}
    for subscription in subscriptions:
        names: dict[str, str] = {}
        for pair in _steps(subscription):
            if pair not in known:
                known[pair] = counterparts.of(platform, *pair)
            names |= {after: names.get(before, before) for before, after in known[pair].items()}
        found[subscription.pk] = names
    return found


def _steps(subscription: PricingPlanSubscription) -> list[tuple[int, int]]:
    """(version, following version) of each of its plans, in order of time.

    What is tried follows what it is tried for.
    """
    plans: dict[int, list[int]] = {}
    for schedule in sorted(subscription.schedules.all(), key=lambda each: each.start_at):
        version = schedule.pricing_plan_version
        had = [] if schedule.tried_for is None else [schedule.tried_for]
        plans.setdefault(version.pricing_plan_id, []).extend([*had, version.pk])
    return [pair for several in plans.values() for pair in pairwise(dict.fromkeys(several))]
