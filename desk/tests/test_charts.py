"""Charts place figures exactly, say them in words, and show them as a table."""

from __future__ import annotations

from decimal import Decimal
from xml.etree import ElementTree

import pytest

from desk.components.charts import Bars, Line, Sparkline, TierBar
from desk.components.plot import round_up

STAIRS = Line(
    title="Total against usage",
    description="Flat to 1,000, then rising.",
    segments=[[(0, 0), (1000, 0), (10000, Decimal("108"))]],
    compared=[[(0, 0), (10000, Decimal("126"))]],
    bounds=[1000],
    marker=(5000, Decimal("48")),
    x_words=str,
    y_words=str,
)
USAGE = [("1 Aug", 5), ("2 Aug", 9), ("3 Aug", 0)]
DAYS = Bars(
    title="Calls per day", description="In August.", values=[("1 Aug", 5), ("2 Aug", 9), ("3 Aug", 0)]
)
CHARTS = [
    STAIRS,
    DAYS,
    Sparkline([1, 2, 0], "3 events in 24 h"),
    TierBar([1000, 9000, 202500], "Three tiers"),
]
CHARTS += [Bars(title="Nothing", description="No usage.", values=[]), TierBar([], "Nothing")]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: type(chart).__name__)
def test_every_chart_is_well_formed_and_has_words(chart):
    html = str(chart.__html__())
    tree = ElementTree.fromstring(html)
    drawing = tree if tree.tag == "svg" else tree.find("svg")
    assert drawing.get("role") == "img"
    assert drawing.get("aria-label")
    assert "style=" not in html


def test_a_line_has_its_vertices_and_no_others():
    tree = ElementTree.fromstring(str(STAIRS.__html__()))
    solid = [line for line in tree.iter("polyline") if line.get("class") == "l1"]
    assert len(solid) == 1
    assert len(solid[0].get("points").split()) == 3


def test_the_marker_sits_on_the_line():
    tree = ElementTree.fromstring(str(STAIRS.__html__()))
    (start, knee, end) = next(
        [tuple(map(Decimal, point.split(","))) for point in line.get("points").split()]
        for line in tree.iter("polyline")
        if line.get("class") == "l1"
    )
    mark = next(tree.iter("circle"))
    share = (Decimal(mark.get("cx")) - knee[0]) / (end[0] - knee[0])
    assert abs(knee[1] + share * (end[1] - knee[1]) - Decimal(mark.get("cy"))) < Decimal("0.05")


def test_the_table_holds_every_bar():
    tree = ElementTree.fromstring(str(DAYS.__html__()))
    cells = [cell.text for cell in tree.iter("td")]
    assert cells == ["1 Aug", "5", "2 Aug", "9", "3 Aug", "0"]


@pytest.mark.parametrize(
    ("value", "top"),
    [("0.3", "0.5"), ("1", "1"), ("108", "200"), ("2151", "5000"), ("0", "1"), ("9.01", "10")],
)
def test_an_axis_ends_at_a_round_figure(value, top):
    assert round_up(Decimal(value)) == Decimal(top)
