"""The price curve of one question: drawn as far as there is a price, grey from where a tier is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalog.rating.parsing import config as rating_config
from catalog.rating.types import IN_BANDS, Config
from desk.components import format
from desk.editors.pricing import curve, words
from desk.editors.pricing.built import Gap, Terms
from desk.editors.pricing.chart import PriceCurve
from desk.editors.pricing.usages import Question, amount_of
from kit.money import EXACT, round_half_up


@dataclass(frozen=True, slots=True)
class Edge:
    """Up to which quantity the price is known, and what to do about the rest."""

    at: Decimal
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Old:
    """The active version's price, and the same question as it asks it."""

    config: Config
    question: Question


def old_of(before: Mapping[str, Any] | None, terms: Terms, question: Question) -> Old | None:
    """The active version's price, with the deciding quantity where that decides its bands as well."""
    if not before:
        return None
    config = rating_config.parse(dict(before))
    decided = terms.decided_elsewhere or config.tiering_conditions
    return Old(config, question if decided and config.pricing_type in IN_BANDS else question.by_itself())


def edge_of(config: Config, gap: Gap | None, question: Question) -> Edge | None:
    """Where a config whose later tiers are wrong ends; another quantity that decides is past it or not."""
    if gap is None or (question.deciding is not None and question.deciding <= gap.above):
        return None
    at = gap.above if question.deciding is not None else config.included_volume + gap.above
    return Edge(at, f"Fix tier {gap.tier}", f"Fix tier {gap.tier} to price above {format.number(at)}.")


def has_more(question: Question, config: Config) -> bool:
    """Whether "Show all tiers" would show more, or shows it now."""
    bounds = bounds_of(config)
    return bool(bounds) and (bounds[-1] >= curve.right_edge(question.quantity) or question.span == "all")


def bounds_of(config: Config) -> list[Decimal]:
    """The quantities at which tiers end."""
    return [
        config.included_volume + band.upper_bound for band in config.bands if band.upper_bound is not None
    ]


def curve_of(
    question: Question, terms: Terms, config: Config, old: Old | None, edge: Edge | None
) -> PriceCurve:
    """The curve around the quantity asked, with a marker where that has a price."""
    bounds, top = bounds_of(config), curve.right_edge(question.quantity)
    if question.span == "all" and bounds:
        top = max(top, bounds[-1] * Decimal("1.2"))
    draw = curve.per_unit if question.view == "unit" else curve.segments

    def lines(each: Config, asked: Question, end: Decimal) -> list[list[curve.Point]]:
        return draw(each, end, lambda quantity: amount_of(asked, terms, each, quantity))

    drawn = lines(config, question, min(top, edge.at) if edge else top)
    is_priced = edge is None or question.quantity <= edge.at
    marker, rounded = _marker(question, terms, config) if is_priced else (None, "")
    told = f"The marker is at {format.number(question.quantity)} {terms.units}, {rounded}."
    return PriceCurve(
        title=f"{_measured(question, terms)} by usage",
        description=f"{_vertices(drawn, terms)} {told if edge is None or is_priced else edge.words}",
        segments=drawn,
        terms=terms,
        compared=lines(old.config, old.question, top) if old else (),
        bounds=bounds,
        marker=marker,
        rounded=rounded,
        reach=top,
        open_from=edge.at if edge else None,
        open_words=edge.label if edge else "",
    )


def _measured(question: Question, terms: Terms) -> str:
    """``Total cost``, or ``Price per call``."""
    kind = terms.kind
    return kind.amount if question.view == "total" else f"{kind.price} per {terms.unit}"


def _marker(question: Question, terms: Terms, config: Config) -> tuple[curve.Point | None, str]:
    """The point that was asked for, and its amount as it is read."""
    amount = amount_of(question, terms, config, question.quantity)
    if question.view == "total":
        return (question.quantity, amount), format.money(amount, terms.currency)
    if question.quantity:
        amount = EXACT.divide(amount, question.quantity)
    point = (question.quantity, amount) if question.quantity else None
    return point, words.money(amount.quantize(Decimal("0.0001")), terms)


def _vertices(drawn: list[list[curve.Point]], terms: Terms) -> str:
    """The curve in words: its vertices, or its ends where there are many."""
    points = [point for segment in drawn for point in segment]
    chosen = points if len(points) <= 6 else [points[0], points[-1]]
    said = [
        f"{words.money(round_half_up(y, terms.currency), terms)} at {format.number(x)}" for x, y in chosen
    ]
    return f"{', '.join(said)}."
