"""What the fields of one config say together: one currency, one kind of value, what does not rate."""

from __future__ import annotations

from decimal import Decimal

from catalog.rating.parsing.reading import Fields
from catalog.rating.types import Problem, ValueType
from kit.errors import InvalidField, MissingField
from kit.money import parse_currency

MEASURES = ("number", "amount", "count")


class Facts:
    """Gathered while a config is read; the first field that contradicts an earlier one is refused."""

    def __init__(self) -> None:
        self.currency: str | None = None
        self.value_type: ValueType | None = None
        self.unrated: list[Problem] = []
        self.unbilled: list[Problem] = []

    def note_unrated(self, field: str, message: str) -> None:
        """Remember something that may be stored but does not rate yet."""
        self.unrated.append(Problem(field, message))

    def note_unbilled(self, field: str, message: str) -> None:
        """Remember something that rates, but that no invoice can bill yet."""
        self.unbilled.append(Problem(field, message))

    def money(self, parent: Fields, name: str) -> Decimal | None:
        """An Amount in the config's one currency."""
        fields = parent.child(name)
        if fields is None:
            return None
        quantity = fields.required_number("quantity")
        if not fields.has("currency"):
            raise MissingField(field=fields.at("currency"))
        self._same_currency(parse_currency(fields.raw("currency"), field=fields.at("currency")), fields)
        return quantity

    def measure(self, parent: Fields, name: str) -> Decimal | None:
        """A MeterValue: one of number, amount, count; it settles what kind of value the config prices."""
        fields = parent.child(name)
        if fields is None:
            return None
        given = [measure for measure in MEASURES if fields.has(measure)]
        if not given:
            raise MissingField(field=fields.at("number"))
        if len(given) > 1:
            raise InvalidField("give one of number, amount and count", field=fields.path)
        if given == ["amount"]:
            self.prices(ValueType.AMOUNT, fields.at("amount"))
            return self.money(fields, "amount")
        if given == ["count"]:
            self.note_unrated(fields.at("count"), "a volume counted in events does not rate yet")
            return fields.required_number("count")
        self.prices(ValueType.NUMBER, fields.at("number"))
        return fields.required_number("number")

    def positive_measure(self, parent: Fields, name: str) -> Decimal | None:
        """As ``measure``, above zero: a bound or a block size."""
        value = self.measure(parent, name)
        if value is not None and value <= 0:
            raise InvalidField("must be above zero", field=parent.at(name))
        return value

    def prices(self, value_type: ValueType, field: str) -> None:
        """This field makes sense for that kind of value only."""
        if self.value_type not in (None, value_type):
            other = self.value_type.value if self.value_type else ""
            raise InvalidField(
                f"is for {value_type.value} values, but another field of this price is for {other} values",
                field=field,
            )
        self.value_type = value_type

    def _same_currency(self, currency: str, fields: Fields) -> None:
        if self.currency not in (None, currency):
            raise InvalidField(
                f"must be {self.currency}, as in the rest of the price", field=fields.at("currency")
            )
        self.currency = currency
