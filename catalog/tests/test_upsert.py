"""PUT: what finds the resource, and what is refused because it cannot be obeyed yet."""

from __future__ import annotations

import pytest

from catalog.models import ProductCategory
from catalog.tests import cast
from kit.testing import ApiClient

PATH = "/v1/product-categories"
UNKNOWN = "proc_00000000000000000000"


def test_the_reference_finds_it_unless_the_id_is_asked_for(api: ApiClient) -> None:
    made = cast.category(api, "speech", display_order=3)
    again = api.put(PATH, {"reference": "speech", "name": "Voice"})
    assert (again.status, again.body) == (201, made | {"name": "Voice"})
    by_id = api.put(f"{PATH}?identifier_field=id", {"id": made["id"], "reference": "voice"}).ok()
    assert (by_id["id"], by_id["reference"]) == (made["id"], "voice")
    assert api.put(PATH, {"reference": "speech", "name": "Speech"}).ok()["id"] != made["id"]


def test_an_id_that_nothing_has_is_404_and_makes_nothing(api: ApiClient, stranger: ApiClient) -> None:
    foreign = cast.category(stranger)
    for key in (UNKNOWN, foreign["id"], "speech"):
        answer = api.put(f"{PATH}?identifier_field=id", {"id": key, "reference": "x", "name": "X"})
        assert (answer.status, answer.body["code"], answer.body["field"]) == (404, "RESOURCE_NOT_FOUND", "id")
    assert ProductCategory.objects.count() == 1


@pytest.mark.parametrize("name", ["custom_field_reference", "field_actions"])
def test_what_cannot_be_obeyed_is_refused_rather_than_ignored(api: ApiClient, name: str) -> None:
    answer = api.put(f"{PATH}?{name}=x", {"reference": "speech", "name": "Speech"})
    assert (answer.status, answer.body["code"], answer.body["field"]) == (400, "INVALID_FIELD", name)
    assert not ProductCategory.objects.exists()


@pytest.mark.parametrize("path", ["products", "product-items", "customers", "contacts", "billing-entities"])
def test_a_filter_by_custom_field_is_refused_rather_than_ignored(api: ApiClient, path: str) -> None:
    answer = api.get(f"/v1/{path}?custom_field=tier:gold")
    assert (answer.status, answer.body["field"]) == (400, "custom_field")
    assert api.get(f"/v1/{path}").status == 200
