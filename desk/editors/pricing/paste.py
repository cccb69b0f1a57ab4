"""Tiers pasted from a spreadsheet: which cells they are, and which lines cannot be any.

Two to four columns: ``[from,] up to, price [, fee]``. They stand apart by tabs, semicolons or wide gaps,
else by commas (quoted or not). One decimal comma makes every point of the paste a thousands sign, as a
sheet of such a locale writes it. A header is left out; any other line that is not understood is named.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from desk.editors.pricing.sheet import MOST_ROWS, Row
from desk.forms import numbers
from kit.errors import InvalidField

GAPS = re.compile(r"\t|;|\s{2,}")
FIGURE = re.compile(r"-?[0-9][0-9.,'\u2019\u00a0\u202f ]*[0-9][km]?\b|-?[.,]?[0-9]+[km]?\b", re.IGNORECASE)
BY_POINT = re.compile(r"-?[1-9]\d{0,2}(\.\d{3})+(,\d+)?[km]?", re.IGNORECASE | re.ASCII)
SCALED = ("k", "m")
GROUP = re.compile(r"[0-9]{3}")
MIXED = "its commas could part columns or thousands; use tabs or semicolons"
NARROW = "it has fewer than two columns"
WIDE = "it has more than four columns"
UNPRICED = "its price is no number"


@dataclass(frozen=True, slots=True)
class Pasted:
    """The tiers, the last without a limit, and what was left out: ``Line 3: its price is no number``."""

    rows: tuple[Row, ...] = ()
    left: tuple[str, ...] = ()


def read(text: str) -> Pasted:
    """The tiers in ``text``; never raises."""
    cut = [(number, _cells(line)) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(cut) > 1 and _is_header(cut[0][1]):
        cut = cut[1:]
    by_comma = any(numbers.is_comma_decimal(_figure(cell)) for _, cells in cut for cell in cells)
    good, left = [], []
    for number, cells in cut:
        problem = _problem(cells)
        if problem:
            left.append(f"Line {number}: {problem}")
        else:
            good.append([_number(cell, by_comma=by_comma) for cell in cells])
    if len(good) > MOST_ROWS:
        left.append(f"Only the first {MOST_ROWS} tiers are taken")
    rows = [Row(*[*cells, ""][:3]) for cells in _without_from(good[:MOST_ROWS])]
    if rows:
        rows[-1] = replace(rows[-1], up_to="")
    return Pasted(tuple(rows), tuple(left))


def _cells(line: str) -> list[str]:
    """The columns of a line, without spaces and currency signs around them."""
    if GAPS.search(line.strip(" ")):
        cells = GAPS.split(line.strip(" \r"))
    else:
        cells = _by_commas(line)
    cells = [cell.strip().strip('"') for cell in cells]
    while len(cells) > 2 and not cells[-1]:
        cells.pop()
    return cells


def _by_commas(line: str) -> list[str]:
    """Empty where a comma may part thousands as well: ``1,000,0.012``."""
    cells = next(csv.reader([line.strip()], skipinitialspace=True), [])
    return [] if len(cells) > 2 and any(GROUP.fullmatch(cell) for cell in cells[1:]) else cells


def _figure(cell: str) -> str:
    """The number in ``€0.012`` or ``1,000 calls``; empty where there is none."""
    found = FIGURE.search(cell)
    return found.group().strip() if found else ""


def _is_header(cells: Sequence[str]) -> bool:
    words = any(cell[:1].isalpha() for cell in cells[1:])
    return bool(cells and cells[0]) and not _figure(cells[0]) and words


def _problem(cells: Sequence[str]) -> str:
    """Why these cells are no tier; empty where they are one."""
    if len(cells) < 2:
        return NARROW if cells else MIXED
    if len(cells) > 4:
        return WIDE
    return "" if any(_figure(cell) for cell in cells[1:]) else UNPRICED


def _number(cell: str, *, by_comma: bool) -> str:
    figure = _figure(cell)
    if by_comma and BY_POINT.fullmatch(figure):
        figure = figure.replace(".", "")
    scaled = figure[-1:].lower() in SCALED
    return format(numbers.exact(figure, field="price"), "f") if scaled else numbers.plain(figure)


def _without_from(rows: list[list[str]]) -> list[list[str]]:
    """Up to, price, fee: four columns begin with From, and three do where each begins as the last ended."""
    if rows and all(len(cells) == 3 for cells in rows) and len(rows) > 1:
        starts = [_whole(cells[0]) for cells in rows]
        ends = [_whole(cells[1]) for cells in rows]
        joined = zip(starts[1:], ends[:-1], strict=True)
        if starts[0] in (0, 1) and all(b is not None and a in (b, b + 1) for a, b in joined):
            return [cells[1:] for cells in rows]
    return [cells[1:] if len(cells) == 4 else cells for cells in rows]


def _whole(text: str) -> Decimal | None:
    try:
        return numbers.exact(text, field="from")
    except InvalidField:
        return None
