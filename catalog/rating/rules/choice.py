"""Which configs of a pricing item apply: by pricing currency, then by billing period.

``configs`` are the price in any case; ``pricing_currency_configs`` and ``billing_period_configs`` replace
them for a currency and a billing period. A currency without prices of its own may name another to fall
back to: then that currency's prices apply, and the amounts are converted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from kit.errors import InvalidOperation
from kit.period import Period

Rules = TypeVar("Rules")


@dataclass(frozen=True, slots=True)
class Alternatives(Generic[Rules]):
    """``rules`` for any billing period, None where there are only those of ``by_period``."""

    rules: Rules | None = None
    by_period: Mapping[Period, Rules] = field(default_factory=dict)
    fallback_currency: str | None = None

    def for_period(self, period: Period) -> Rules | None:
        """The rules for this billing period, else those for any."""
        return self.by_period.get(period, self.rules)


@dataclass(frozen=True, slots=True)
class Chosen(Generic[Rules]):
    """The rules that apply; ``currency`` is the one they are in, not the pricing currency on a fallback."""

    rules: Rules
    currency: str


def choose(
    default: Alternatives[Rules],
    by_currency: Mapping[str, Alternatives[Rules]],
    *,
    currency: str,
    period: Period,
) -> Chosen[Rules]:
    """The rules for a pricing currency and a billing period.

    Raises ``InvalidOperation`` where the item has none, or its fallbacks lead in a circle.
    """
    wanted, seen = currency, {currency}
    while wanted in by_currency:
        alternatives = by_currency[wanted]
        rules = alternatives.for_period(period)
        if rules is not None:
            return Chosen(rules, wanted)
        if alternatives.fallback_currency is None:
            break
        wanted = alternatives.fallback_currency
        if wanted in seen:
            raise InvalidOperation("the fallback currencies lead in a circle", field="fallback_currency")
        seen.add(wanted)
    rules = default.for_period(period)
    if rules is None:
        raise InvalidOperation(f"there is no price in {currency} per {period}", field="pricing_currency")
    return Chosen(rules, wanted)
