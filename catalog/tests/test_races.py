"""Two at once, on real connections: numbers stay apart, and an activation sees a whole tree."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from catalog.models import PricingItemConfig
from catalog.tests import cast, trees
from catalog.tests.trees import flat
from kit.testing import Answer, ApiClient
from webhooks.models import WebhookEvent

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 6


def race(*jobs: Callable[[], Answer]) -> list[Answer]:
    """The jobs' answers, each from a thread with a connection of its own, released together."""
    barrier = threading.Barrier(len(jobs))
    answers: list[Any] = [None] * len(jobs)

    def run(index: int, job: Callable[[], Answer]) -> None:
        try:
            barrier.wait(timeout=20)
            answers[index] = job()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert None not in answers
    return answers


def test_b36_versions_made_at_once_get_different_numbers(api: ApiClient) -> None:
    plan = cast.plan(api)
    body = {"pricing_plan_id": plan["id"]}
    answers = race(*[lambda: api.post("/v1/pricing-plan-versions", body)] * WORKERS)
    assert sorted(answer.ok()["version"] for answer in answers) == list(range(1, WORKERS + 1))


def test_b36_a_reference_sent_at_once_is_taken_once(api: ApiClient) -> None:
    body = {"reference": "payg", "name": "Pay as you go"}
    answers = race(*[lambda: api.post("/v1/pricing-plans", body)] * WORKERS)
    assert sorted(answer.status for answer in answers) == [201] + [409] * (WORKERS - 1)


def test_b36_a_version_is_activated_once(api: ApiClient) -> None:
    made = trees.version(api, flat())
    answers = race(*[lambda: trees.activate(api, made)] * 3)
    assert {answer.status for answer in answers} == {200}
    changes = WebhookEvent.objects.filter(resource_id=made["id"], type="PRICING_PLAN_VERSION.UPDATED")
    assert changes.count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_an_edit_beside_an_activation_is_in_it_or_refused(api: ApiClient, attempt: int) -> None:
    made = trees.version(api, flat("0.04"))
    pricing = made["pricing_categories"][0]["pricings"][0]
    items = [{**pricing["items"][0], "configs": [flat("0.05")]}]
    activated, edited = race(
        lambda: trees.activate(api, made),
        lambda: api.patch(f"/v1/pricings/{pricing['id']}", {"items": items}),
    )
    stored = PricingItemConfig.objects.get().body["bands"][0]["amount"]["quantity"]
    assert activated.status == 200
    assert (edited.status, stored) in ((200, "0.05"), (400, "0.04"))
    shown = activated.body["pricing_categories"][0]["pricings"][0]["items"][0]["configs"][0]
    assert shown["bands"][0]["amount"]["quantity"] == stored


def test_pricings_added_at_once_share_one_category(api: ApiClient) -> None:
    made = api.post("/v1/pricing-plan-versions", {"pricing_plan_id": cast.plan(api)["id"]}).ok()
    item = cast.item(api)
    body = trees.pricing(item, flat(), pricing_plan_version_id=made["id"])
    answers = race(*[lambda: api.post("/v1/pricings", body)] * 4)
    assert {answer.status for answer in answers} == {201}
    (category,) = api.get(f"/v1/pricing-plan-versions/{made['id']}").ok()["pricing_categories"]
    assert len(category["pricings"]) == 4
