"""Simulations: answered at once when small, otherwise worked off by a sweep, customer by customer."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import QuerySet

from accounts.context import Context
from accounts.models import Platform
from accounts.services import sweeps
from billing.calc.comparison import Outcome
from billing.models import Customer, SimulatedCustomer, Simulation
from billing.services import unforeseen
from billing.services.previews import simulate
from billing.services.previews.simulate import Trial
from kit.period import Span

log = logging.getLogger(__name__)

SWEEP = "simulations.run"
MOST_PERIODS_AT_ONCE = 600
CUSTOMERS_PER_RUN = 40


@transaction.atomic
def start(*, trial: Trial, customers: Sequence[Customer] | None) -> Simulation | list[Outcome]:
    """The outcomes of a small trial; of a large one the simulation that will have them.

    Raises what ``simulate.prepare`` raises.
    """
    simulate.prepare(trial)
    pairs = simulate.subscriptions(trial, customers)
    keys = [key for _, key in pairs]
    if not simulate.has_more_than(MOST_PERIODS_AT_ONCE, trial, keys):
        return simulate.outcomes(trial, keys)
    simulation: Simulation = Simulation.stamped(
        platform=trial.platform,
        at=trial.ctx.at,
        version=trial.tried,
        against=trial.against,
        start_at=trial.span.start,
        end_at=trial.span.end,
    )
    simulation.save(force_insert=True)
    SimulatedCustomer.objects.bulk_create(
        SimulatedCustomer(platform=trial.platform, simulation=simulation, customer_id=customer)
        for customer, _ in groupby(pairs, key=lambda pair: pair[0])
    )
    sweeps.hurry(SWEEP)
    return simulation


def sweep(*, platform: Platform, at: datetime) -> int:
    """Work off some customers of the oldest simulation; more wait for the next run, which is queued here."""
    waiting = SimulatedCustomer.objects.filter(platform=platform, outcomes__isnull=True)
    attempts, keys = _begin(waiting)
    again = attempts > 1  # broken off before, by one of them: each by itself
    for chosen in [[key] for key in keys] if again else [keys]:
        try:
            _work_off(waiting.filter(pk__in=chosen), at)
        except OperationalError:  # of the connection, a deadlock, or theirs: another run tries it again
            log.exception("Customers %s of a simulation were broken off", chosen)
    if not again and waiting.filter(attempts=0).exists():
        sweeps.hurry(SWEEP)
    return len(keys)


@transaction.atomic
def _begin(waiting: QuerySet[SimulatedCustomer]) -> tuple[int, list[int]]:
    """Which attempt it is, counted, and the customers; those that were broken off come last."""
    locked = waiting.select_for_update(of=("self",), skip_locked=True).order_by("attempts", "pk")
    rows = list(locked.values_list("attempts", "pk")[:CUSTOMERS_PER_RUN])
    begun = rows[0][0] if rows else 0
    keys = [key for attempts, key in rows if attempts == begun]
    waiting.filter(pk__in=keys).update(attempts=begun + 1)
    return begun + 1, keys


@transaction.atomic
def _work_off(chosen: QuerySet[SimulatedCustomer], at: datetime) -> None:
    locked = chosen.select_for_update(of=("self",), skip_locked=True).order_by("pk")
    rows = locked.select_related("simulation__version", "simulation__against", "customer")
    for simulation, members in groupby(rows, key=lambda row: row.simulation):
        _tell(trial_of(simulation, at), list(members))


def _tell(trial: Trial, rows: Sequence[SimulatedCustomer]) -> None:
    """All at once; where something unforeseen happens one by one, so that it fails one customer only."""
    told = dict[str, list[dict[str, Any]]]()
    try:
        told = _worn_out(trial, rows) or _outcomes(trial, rows)
    except OperationalError:
        raise
    except Exception:  # whatever one customer's data does, the others are served
        for row in rows:
            told |= _alone(trial, row)
    for row in rows:
        row.outcomes = told.get(row.customer.public_id, [])
    SimulatedCustomer.objects.bulk_update(rows, ["outcomes"])


def _worn_out(trial: Trial, rows: Sequence[SimulatedCustomer]) -> dict[str, list[dict[str, Any]]]:
    """What is told of those that have been begun too often."""
    spent = [row for row in rows if row.attempts > unforeseen.MOST_ATTEMPTS]
    return {row.customer.public_id: _unknown(trial, row, unforeseen.worn_out()) for row in spent}


@transaction.atomic
def _outcomes(trial: Trial, rows: Sequence[SimulatedCustomer]) -> dict[str, list[dict[str, Any]]]:
    """Customer id -> what is told of it."""
    pairs = simulate.subscriptions(trial, [row.customer for row in rows])
    found: dict[str, list[dict[str, Any]]] = {}
    for outcome in simulate.outcomes(trial, [key for _, key in pairs]):
        found.setdefault(outcome.customer_id, []).append(outcome.to_dict())
    return found


def _alone(trial: Trial, row: SimulatedCustomer) -> dict[str, list[dict[str, Any]]]:
    try:
        return _outcomes(trial, [row])
    except OperationalError:
        raise
    except Exception as error:  # whatever this customer's data does, the others are served
        log.exception("Simulation failed on customer %s", row.customer.public_id)
        return {row.customer.public_id: _unknown(trial, row, unforeseen.reason(error))}


def _unknown(trial: Trial, row: SimulatedCustomer, reason: str) -> list[dict[str, Any]]:
    currency = trial.tried.default_pricing_currency or ""
    return [Outcome(row.customer.public_id, currency, problems=[reason]).to_dict()]


def trial_of(simulation: Simulation, at: datetime) -> Trial:
    """The trial that a stored simulation stands for."""
    span = Span(simulation.start_at, simulation.end_at)
    return Trial(Context(platform=simulation.platform, at=at), simulation.version, simulation.against, span)
