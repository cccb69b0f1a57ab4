"""Money: an exact decimal quantity in one currency, in major units.

Amounts keep full precision until an invoice line, which is rounded half up to the currency's
minor unit (ISO 4217: JPY 0, EUR 2, KWD 3, CLF 4). Every quotient and product of this project
is taken in ``EXACT``: 28 digits, Python's default, would silently round a 30-digit quantity.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_UP, Context, Decimal, InvalidOperation

from kit.errors import InvalidField

EXACT = Context(prec=120, rounding=ROUND_HALF_UP, Emax=MAX_EMAX, Emin=MIN_EMIN)
MAX_INTEGER_DIGITS = 26
MAX_DECIMALS = 12
# What no stored amount reaches: the money columns hold that many digits before the point.
AMOUNT_LIMIT = Decimal(10) ** MAX_INTEGER_DIGITS

_DEFAULT_EXPONENT = 2
_EXPONENTS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}
# One minor unit, by its number of decimals.
_QUANTA = tuple(Decimal(1).scaleb(-decimals) for decimals in range(5))
CURRENCIES = frozenset(
    """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN
    BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD
    FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS
    KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN
    MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR
    SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD
    USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG ZWL
    """.split()
)


@dataclass(frozen=True, slots=True)
class Money:
    """``quantity`` of ``currency`` in major units, unrounded unless made by ``rounded``."""

    quantity: Decimal
    currency: str

    def __add__(self, other: Money) -> Money:
        return Money(EXACT.add(self.quantity, self._same(other)), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(EXACT.subtract(self.quantity, self._same(other)), self.currency)

    def __neg__(self) -> Money:
        return Money(EXACT.minus(self.quantity), self.currency)

    def rounded(self) -> Money:
        """Half up to the minor unit."""
        return Money(round_half_up(self.quantity, self.currency), self.currency)

    def to_dict(self) -> dict[str, str]:
        """The contract's Amount: ``{"quantity": "9.99", "currency": "EUR"}``."""
        return {"quantity": plain(self.quantity), "currency": self.currency}

    def _same(self, other: Money) -> Decimal:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return other.quantity


def minor_units(currency: str) -> int:
    """Decimals of the currency's minor unit (ISO 4217)."""
    return _EXPONENTS.get(currency, _DEFAULT_EXPONENT)


def round_half_up(quantity: Decimal, currency: str) -> Decimal:
    """``quantity`` with exactly the currency's decimals; halves move away from zero."""
    return quantity.quantize(_QUANTA[minor_units(currency)], context=EXACT)


def total(quantities: Iterable[Decimal]) -> Decimal:
    """The exact sum; zero of nothing."""
    result = Decimal(0)
    for quantity in quantities:
        result = EXACT.add(result, quantity)
    return result


def plain(value: Decimal) -> str:
    """Digits only: no exponent, no trailing zeros after the point (``1E+3`` is ``1000``)."""
    if not value:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def fixed(quantity: Decimal, currency: str) -> str:
    """A rounded amount as printed: with all decimals of the currency (``120.00``, ``120`` JPY)."""
    return format(round_half_up(quantity, currency), "f")


def unrounded(quantity: Decimal, currency: str) -> str:
    """A price as it was written, with at least the decimals of the currency (``0.10``, ``0.0125``)."""
    text = format(quantity, "f")
    least = minor_units(currency)
    return text if len(text.partition(".")[2]) >= least else format(quantity, f".{least}f")


def parse_decimal(value: object, *, field: str) -> Decimal:
    """An exact decimal from a string or integer: finite, at most 26 digits before and 12 after the point.

    Floats are refused: JSON numbers reach us as Decimal (see ``kit.api.parsing``). An exponent is
    judged before it is expanded, so ``1e999999`` costs nothing.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise InvalidField("must be a decimal number, given as a string", field=field)
    try:
        number = Decimal(value.strip() if isinstance(value, str) else value)
    except (InvalidOperation, ValueError):
        raise InvalidField("must be a decimal number, given as a string", field=field) from None
    if isinstance(value, str) and ("_" in value or not value.isascii()):
        raise InvalidField("must be a decimal number, given as a string", field=field)
    return _bounded(number, field=field)


def _bounded(number: Decimal, *, field: str) -> Decimal:
    if not number.is_finite():
        raise InvalidField("must be a finite number", field=field)
    if not number:
        return Decimal(0)
    if number.adjusted() >= MAX_INTEGER_DIGITS:
        raise InvalidField(f"holds more than {MAX_INTEGER_DIGITS} digits before the point", field=field)
    if number.adjusted() < -MAX_DECIMALS or len(number.as_tuple().digits) > 200:
        raise InvalidField(f"holds more than {MAX_DECIMALS} decimals", field=field)
    stripped = number.normalize(EXACT)
    exponent = stripped.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > MAX_DECIMALS:
        raise InvalidField(f"holds more than {MAX_DECIMALS} decimals", field=field)
    return Decimal(format(stripped, "f"))


def parse_currency(value: object, *, field: str) -> str:
    """An ISO 4217 alphabetic code, upper case."""
    if not isinstance(value, str) or value not in CURRENCIES:
        raise InvalidField("must be an ISO 4217 currency code such as EUR", field=field)
    return value
