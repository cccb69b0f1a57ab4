"""The examples in the document of the API are what the calculator answers."""

from __future__ import annotations

from catalog.api import calculate_examples
from catalog.rating.types import PricingType
from kit.testing import ApiClient


def test_every_model_has_an_example_in_the_document_and_it_is_answered(api: ApiClient) -> None:
    operation = api.get("/v1/openapi.json").ok()["paths"]["/v1/pricings/calculate"]["post"]
    bodies = operation["requestBody"]["content"]["application/json"]["examples"]
    answers = operation["responses"]["200"]["content"]["application/json"]["examples"]
    asked = [example["value"] for example in bodies.values()]
    single = [each["config"]["pricing_type"] for each in asked if "config" in each]
    assert set(single) == {each.value for each in PricingType}
    for name, example in bodies.items():
        assert api.post("/v1/pricings/calculate", example["value"]).ok() == answers[name]["value"], name
    assert len(asked) == len(calculate_examples.bodies())
