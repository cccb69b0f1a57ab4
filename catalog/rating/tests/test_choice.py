"""Which configs apply for a currency and a billing period."""

import pytest

from catalog.rating.rules.choice import Alternatives, Chosen, choose
from kit.errors import InvalidOperation
from kit.period import Period, PeriodType

MONTH, YEAR = Period(PeriodType.MONTH, 1), Period(PeriodType.YEAR, 1)
DEFAULT = Alternatives("any", {YEAR: "yearly"})
OTHERS = {
    "USD": Alternatives("dollars", {YEAR: "dollars yearly"}),
    "CHF": Alternatives(fallback_currency="USD"),
    "GBP": Alternatives(by_period={YEAR: "pounds yearly"}, fallback_currency="EUR"),
    "SEK": Alternatives(fallback_currency="NOK"),
    "NOK": Alternatives(fallback_currency="SEK"),
}


@pytest.mark.parametrize(
    ("currency", "period", "expected"),
    [
        ("EUR", MONTH, Chosen("any", "EUR")),
        ("EUR", YEAR, Chosen("yearly", "EUR")),
        ("USD", MONTH, Chosen("dollars", "USD")),
        ("USD", YEAR, Chosen("dollars yearly", "USD")),
        ("CHF", YEAR, Chosen("dollars yearly", "USD")),
        ("GBP", YEAR, Chosen("pounds yearly", "GBP")),
        ("GBP", MONTH, Chosen("any", "EUR")),
    ],
)
def test_the_currency_is_chosen_then_the_period(currency, period, expected):
    assert choose(DEFAULT, OTHERS, currency=currency, period=period) == expected


def test_fallbacks_that_lead_in_a_circle_are_refused():
    with pytest.raises(InvalidOperation, match="circle"):
        choose(DEFAULT, OTHERS, currency="SEK", period=MONTH)


def test_a_period_without_a_price_is_refused():
    with pytest.raises(InvalidOperation, match="EUR per 1 MONTH"):
        choose(Alternatives(None, {YEAR: "yearly"}), {}, currency="EUR", period=MONTH)
