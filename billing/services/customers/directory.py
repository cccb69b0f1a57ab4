"""Metering's port to customers and subscriptions: names in, keys out, one query whatever the number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from billing.models import Customer, CustomerStatus, PricingPlanSubscription
from metering.ports import Named


class Directory:
    """Fills ``metering.ports.Directory``. Rows are asked for by platform, so no other's is ever found."""

    def customers(self, platform_id: int, names: Iterable[str]) -> Mapping[str, Named]:
        """name (an id or a reference) -> the customer; a closed one accepts no events and is absent."""
        rows = Customer.objects.filter(platform_id=platform_id).exclude(status=CustomerStatus.CLOSED)
        return _by_name(rows, names)

    def subscriptions(self, platform_id: int, names: Iterable[str]) -> Mapping[str, Named]:
        """name (an id or a reference) -> the subscription."""
        return _by_name(PricingPlanSubscription.objects.filter(platform_id=platform_id), names)

    def customers_by_key(self, platform_id: int, keys: Iterable[int]) -> Mapping[int, Named]:
        """pk -> the customer."""
        return _by_key(Customer.objects.filter(platform_id=platform_id), keys)

    def subscriptions_by_key(self, platform_id: int, keys: Iterable[int]) -> Mapping[int, Named]:
        """pk -> the subscription."""
        return _by_key(PricingPlanSubscription.objects.filter(platform_id=platform_id), keys)


def _by_name(rows: QuerySet[Any], names: Iterable[str]) -> dict[str, Named]:
    wanted = list(set(names))
    found = [
        Named(*row)
        for row in rows.filter(Q(public_id__in=wanted) | Q(reference__in=wanted)).values_list(
            "pk", "public_id", "reference"
        )
    ]
    by_reference = {each.reference: each for each in found if each.reference is not None}
    # A reference that looks like another row's id does not hide that row.
    both = by_reference | {each.public_id: each for each in found}
    return {name: both[name] for name in wanted if name in both}


def _by_key(rows: QuerySet[Any], keys: Iterable[int]) -> dict[int, Named]:
    found = rows.filter(pk__in=list(set(keys))).values_list("pk", "public_id", "reference")
    return {pk: Named(pk, public_id, reference) for pk, public_id, reference in found}
