"""The price of an item as a small drawing: its curve, rated as the large one is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.rating.parsing import config as rating_config
from catalog.rating.types import BlockPrice, Config
from desk.components.plot import Frame, polylines
from desk.editors.pricing import curve, usages
from desk.editors.pricing.built import Terms
from desk.editors.pricing.usages import Question
from kit.errors import InvalidRequest

WIDTH, HEIGHT = 46, 22
ROOM = Decimal("1.3")
NOTHING = format_html('<svg class="mini" viewBox="0 0 {} {}" aria-hidden="true"></svg>', WIDTH, HEIGHT)


def of(body: dict[str, Any] | None, terms: Terms) -> SafeString:
    """The curve of this price over all of its bands; an empty place where it has none to draw."""
    if body is None:
        return NOTHING
    try:
        return _drawn(rating_config.parse(body), terms)
    except InvalidRequest:
        return NOTHING


def _drawn(config: Config, terms: Terms) -> SafeString:
    top = _edge(config)
    if not terms.metered:
        segments = [[(Decimal(0), Decimal(1)), (top, Decimal(1))]]
    else:
        asked = Question(top)
        segments = curve.segments(
            config, top, lambda quantity: usages.amount_of(asked, terms, config, quantity)
        )
    most = max((y for segment in segments for _, y in segment), default=Decimal(0))
    frame = Frame(WIDTH, HEIGHT, top, (most or Decimal(1)) * (2 if not terms.metered else 1), 2, 2, 3, 2)
    return format_html(
        '<svg class="mini" viewBox="0 0 {} {}" aria-hidden="true"><path class="base" d="M2 20h42"/>{}</svg>',
        WIDTH,
        HEIGHT,
        polylines(frame, segments, "line"),
    )


def _edge(config: Config) -> Decimal:
    """Where all bands, or a few packages, have been seen."""
    bounds = [band.upper_bound for band in config.bands if band.upper_bound is not None]
    sizes = [band.price.size for band in config.bands if isinstance(band.price, BlockPrice)]
    last = bounds[-1] if bounds else max(sizes, default=Decimal(200)) * 5
    return (config.included_volume + last) * ROOM
