"""An entitlement holds a value of its feature's kind."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.models import PricingPlanVersion
from catalog.tests import cast, trees
from catalog.tests.trees import body, euro, flat, pricing
from kit.testing import ApiClient

AT = "pricing_categories.0.pricings.0.entitlements.0"
VALUES: dict[str, Any] = {
    "switch": True,
    "number": "5",
    "amount": euro("9.5"),
    "enum": "gold",
    "string": "free",
}


@pytest.fixture
def features(api: ApiClient) -> None:
    for kind in VALUES:
        words = {"enum_values": ["gold", "silver"]} if kind == "enum" else {}
        api.post("/v1/features", {"reference": kind, "type": kind.upper(), **words}).ok()


def draft(api: ApiClient, **entitlement: Any) -> Any:
    granted = pricing(cast.item(api), flat(), entitlements=[entitlement])
    return api.post("/v1/pricing-plan-versions", body(cast.plan(api), granted))


@pytest.mark.parametrize("kind", VALUES)
def test_a_value_of_the_features_kind_is_kept(api: ApiClient, features: None, kind: str) -> None:
    made = draft(api, feature_reference=kind, **{kind: VALUES[kind]}).ok()
    shown = made["pricing_categories"][0]["pricings"][0]["entitlements"][0]
    assert {name: shown[name] for name in VALUES} == dict.fromkeys(VALUES) | {kind: VALUES[kind]}
    assert trees.activate(api, made).status == 200


@pytest.mark.parametrize(
    ("entitlement", "field"),
    [
        ({"feature_reference": "enum", "enum": "bronze"}, "enum"),
        ({"feature_reference": "enum", "number": "5"}, "number"),
        ({"feature_reference": "switch", "string": "yes"}, "string"),
        ({"feature_reference": "number", "number": "5", "amount": euro("5")}, "amount"),
        ({"feature_reference": "string", "enum": "gold"}, "enum"),
    ],
)
def test_another_kind_or_word_is_refused_where_it_stands(
    api: ApiClient, features: None, entitlement: dict[str, Any], field: str
) -> None:
    answer = draft(api, **entitlement)
    assert (answer.status, answer.body["code"]) == (400, "INVALID_FIELD")
    assert answer.body["field"] == f"{AT}.{field}"
    assert not PricingPlanVersion.objects.exists()


def test_an_entitlement_without_a_value_keeps_the_version_from_activation(
    api: ApiClient, features: None
) -> None:
    answer = trees.activate(api, draft(api, feature_reference="number").ok())
    assert (answer.status, answer.body["code"]) == (400, "UNABLE_TO_PROCESS_INSTRUCTIONS")
    assert answer.body["field"] == AT
