"""The price of one rule as it stands in the editor: what was typed, valid or not.

``Sheet.of_config`` reads a stored config, ``Sheet.of_post`` a form; ``config.build`` makes the config.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from desk.editors.pricing.bundles import base_of

FLAT, TIERED, TOP_TIERED, STAIR_STEP = "FLAT", "TIERED", "TOP_TIERED", "STAIR_STEP"
PACKAGE, PERCENTAGE, FIXED, PASS_THROUGH, NONE = "PACKAGE", "PERCENTAGE", "FIXED", "PASS_THROUGH", "NONE"
BANDED = (TIERED, TOP_TIERED, STAIR_STEP)
EVERY_STEP, LAST_STEP = "SUM", "REACHED"
UP, PRO_RATA = "UP", "NONE"
MOST_ROWS = 100


@dataclass(frozen=True)
class Row:
    """A tier: its upper bound (empty on the last), price and fee, as typed.

    With a ``size`` the price is that of a block; ``least`` and ``most`` bound the units charged.
    """

    up_to: str = ""
    price: str = ""
    fee: str = ""
    size: str = ""
    rounding: str = UP
    least: str = ""
    most: str = ""

    @property
    def has_more(self) -> bool:
        """Whether it says more than most tiers do."""
        return bool(self.size or self.least or self.most)

    @property
    def above(self) -> Row:
        """The tier above it as it begins: at the same price."""
        return replace(self, up_to="", least="", most="")


@dataclass(frozen=True)
class Sheet:
    """``price`` is the unit, package or fixed price; ``steps`` how a stairstep adds up.

    ``more`` shows the fields that few prices need while they are empty.
    """

    model: str = FLAT
    price: str = ""
    rows: tuple[Row, ...] = ()
    included: str = ""
    size: str = ""
    rounding: str = UP
    percent: str = ""
    fee: str = ""
    floor: str = ""
    cap: str = ""
    least: str = ""
    most: str = ""
    steps: str = EVERY_STEP
    advance: bool = False
    demand: bool = False
    more: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether no price was given yet."""
        typed = (self.price, self.percent, *(part for row in self.rows for part in (row.up_to, row.price)))
        return self.model not in (PASS_THROUGH, NONE) and not any(typed)

    @property
    def tiers(self) -> tuple[Row, ...]:
        """The rows of the tier table; a new table starts with one open tier."""
        return self.rows or (Row(price=self.price),)

    @classmethod
    def of_post(cls, post: QueryDict) -> Sheet:
        """What the form holds."""
        columns = [post.getlist(name)[:MOST_ROWS] for name in COLUMNS]
        length = max(map(len, columns), default=0)
        padded = [[*column, *[""] * (length - len(column))] for column in columns]
        typed = (Row(*(part.strip()[:64] for part in parts)) for parts in zip(*padded, strict=True))
        rows = tuple(replace(row, rounding=_rounding(row.rounding)) for row in typed)
        return cls(
            model=post.get("model", FLAT),
            rows=rows,
            rounding=_rounding(post.get("rounding")),
            steps=LAST_STEP if post.get("steps") == LAST_STEP else EVERY_STEP,
            advance=post.get("advance") == "1",
            demand=post.get("advance") == "DEMAND",
            more=post.get("units") == "1",
            **{name: post.get(name, "").strip()[:64] for name in TEXTS},
        )

    @classmethod
    def of_config(cls, body: Mapping[str, Any]) -> Sheet:
        """What a stored config says."""
        bands = body.get("bands") or []
        first: Mapping[str, Any] = bands[0] if bands else {}
        sheet = cls(
            model=base_of(body),
            included=_measure(body.get("default_included_volume")),
            advance=bool(body.get("billing_in_advance")),
            demand=bool(body.get("on_demand")),
        )
        if sheet.model == FLAT and first.get("percentage") is not None:
            return replace(
                sheet,
                model=PERCENTAGE,
                percent=first["percentage"],
                fee=_amount(first, "fixed_amount"),
                floor=_amount(first, "minimum_amount"),
                cap=_amount(first, "maximum_amount"),
            )
        if sheet.model == FLAT and first.get("block_size"):
            rounding = _rounding(first.get("block_rounding"))
            sheet = replace(sheet, model=PACKAGE, size=_measure(first["block_size"]), rounding=rounding)
        if sheet.model in BANDED:
            return _banded(sheet, bands)
        price, fee = _amount(first, "amount"), _amount(first, "fixed_amount")
        if sheet.model == FIXED:
            return replace(sheet, price=price or fee)
        least, most = first.get("minimum_number") or "", first.get("maximum_number") or ""
        return replace(sheet, price=price or (fee and "0"), fee=fee, least=str(least), most=str(most))

    def with_model(self, model: str) -> Sheet:
        """Another model with the numbers that still mean something there."""
        rows, price = self.rows, self.price
        if model in BANDED and not rows:
            size = self.size if self.model == PACKAGE else ""
            rows = (Row(price=price, size=size, rounding=self.rounding),)
        if model not in BANDED and rows:
            price = price or rows[-1].price
        return replace(self, model=model, rows=rows, price=price)


TEXTS = ("price", "included", "size", "percent", "fee", "floor", "cap", "least", "most")
COLUMNS = ("up_to", "tier_price", "tier_fee", "tier_size", "tier_rounding", "tier_least", "tier_most")


def _rounding(given: str | None) -> str:
    return PRO_RATA if given == PRO_RATA else UP


def _banded(sheet: Sheet, bands: list[Mapping[str, Any]]) -> Sheet:
    only_fees = all(band.get("amount") is None and band.get("percentage") is None for band in bands)
    if sheet.model == TOP_TIERED and only_fees:
        sheet = replace(sheet, model=STAIR_STEP, steps=LAST_STEP)
    fixed = sheet.model == STAIR_STEP
    rows = tuple(
        Row(
            _measure(band.get("tier_top_bound")),
            _amount(band, "amount") or (_amount(band, "fixed_amount") if fixed else _percent(band)),
            "" if fixed else _amount(band, "fixed_amount"),
            _measure(band.get("block_size")),
            _rounding(band.get("block_rounding")),
            str(band.get("minimum_number") or ""),
            str(band.get("maximum_number") or ""),
        )
        for band in bands
    )
    return replace(sheet, rows=rows)


def _percent(band: Mapping[str, Any]) -> str:
    """What a band without an amount charges for its units: nothing where it has only a fee."""
    return str(band.get("percentage") or ("0" if band.get("fixed_amount") else ""))


def _amount(band: Mapping[str, Any], name: str) -> str:
    given = band.get(name) or {}
    return str(given.get("quantity", ""))


def _measure(value: Mapping[str, Any] | None) -> str:
    """The quantity of a meter value, as typed."""
    if not value:
        return ""
    amount = value.get("amount")
    return str(amount["quantity"] if amount else value.get("number") or "")
