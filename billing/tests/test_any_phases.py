"""Agreements in phases, drawn at random, cost what a model of the documents says, as drafts and when final.

Several share a platform, its versions and its clock. Others: ``ANY_PHASES=100-150 pytest`` with this file.
"""

from __future__ import annotations

import os
from random import Random

import pytest

from billing.tests import drawn_phases
from billing.tests import modeled as model
from billing.tests.drawn_phases import Agreed
from billing.tests.phased import Found, Phased, some
from kit.testing import ApiClient

VERSIONS = 3
# Each costs well under a second of processor; what they share three.
AGREEMENTS = 6 if "ANY_PHASES" in os.environ else 3


def seeds() -> range:
    """Which numbers are drawn: the first, or those that the environment asks for."""
    first, _, end = os.environ.get("ANY_PHASES", "0-1").partition("-")
    return range(int(first), int(end or int(first) + 1))


@pytest.mark.parametrize("seed", seeds())
def test_agreements_in_phases_cost_what_the_model_says(api: ApiClient, seed: int) -> None:
    random, phased = Random(seed), Phased(api)
    reset = random.choice(["PERIOD", "SCHEDULE"])
    versions = [drawn_phases.prices(random, reset=reset) for _ in range(VERSIONS)]
    everyone = {f"c{at}": drawn_phases.agreed(random, versions) for at in range(AGREEMENTS)}
    for name in list(everyone)[::2]:
        drawn_phases.happening(random, everyone[name], VERSIONS)
    phased.begin(versions)
    for name, agreed in everyone.items():
        phased.agree(name, agreed)
    modeled = {name: model.bills(each.as_it_came(), versions) for name, each in everyone.items()}
    expected = {
        (name, when): some(sums)
        for name, several in modeled.items()
        for when, sums in zip(("opening", "2026-05", "2026-06"), several, strict=True)
        if not everyone[name].happens
    }
    phased.until(20, 12)
    phased.use(everyone, 0, 20)
    phased.happen(everyone)
    for day, month, first, last in ((30, "2026-05", 20, 31), (60, "2026-06", 31, 61)):
        phased.until(day, 22)
        phased.use(everyone, first, last)
        drafts = phased.sums("DRAFT")
        ours = {key: drafts[key] for key in expected if key[1] == month}
        assert not differing(ours, expected, everyone)
    phased.until(62, 12)
    final = phased.sums("FINAL")
    ours = {key: final.get(key, {}) for key in expected}
    assert not differing(ours, expected, everyone)
    owed = {(name, ""): some(model.all_of(modeled[name])) for name in everyone}
    billed = {
        (name, ""): some(model.all_of([sums for (whose, _), sums in final.items() if whose == name]))
        for name in everyone
    }
    assert not differing(billed, owed, everyone)


def differing(found: Found, expected: Found, everyone: dict[str, Agreed]) -> str:
    """What comes to something else, and what was agreed there; empty where nothing does."""
    wrong = {key: (sums, expected[key]) for key, sums in found.items() if sums != expected[key]}
    about = {name: everyone[name] for name, _ in wrong}
    return f"(found, modeled): {wrong}\n{about}" if wrong else ""
