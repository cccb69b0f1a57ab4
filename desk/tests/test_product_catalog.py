"""The product catalog: one screen creates all, or nothing; the tree stays within its budget."""

from __future__ import annotations

import pytest

from catalog.models import Product, ProductCategory, ProductItem
from catalog.tests import cast

NEW = "/desk/products-plans/product-catalog/new/"
CATALOG = "/desk/products-plans/product-catalog/"
BUDGET = 12


def filled(api, **changes):
    calculation = cast.calculation(api)
    return {
        "count": "1",
        "category": "Platform",
        "name": "API",
        "reference": "api",
        "items_0_name": "API calls",
        "items_0_reference": "api_calls",
        "items_0_model_type": "USAGE_BASED",
        "items_0_calculation": calculation["id"],
        "items_0_unit_singular": "call",
        "items_0_unit_plural": "calls",
        "activate": "1",
        **changes,
    }


def test_one_submit_creates_category_product_item_and_link(desk, api):
    response = desk.post(NEW, filled(api))
    product = Product.objects.get(reference="api")
    assert response.status_code == 303 and response.headers["Location"].endswith(f"{product.public_id}/")
    item = product.items.get()
    assert (product.status, item.status) == ("ACTIVE", "ACTIVE")
    assert item.meter_value_calculation is not None and item.unit_name_plural == "calls"
    assert product.category.name == "Platform"


def test_a_taken_item_reference_creates_nothing_and_is_told_at_the_item(desk, api):
    cast.item(api, reference="api_calls")
    before = (Product.objects.count(), ProductItem.objects.count(), ProductCategory.objects.count())
    response = desk.post(NEW, filled(api))
    assert response.status_code == 422
    assert b'href="#id_items_0_reference"' in response.content
    after = (Product.objects.count(), ProductItem.objects.count(), ProductCategory.objects.count())
    assert after == before


def test_usage_without_a_calculation_is_told_before_anything_is_made(desk, api):
    response = desk.post(NEW, filled(api, items_0_calculation=""))
    assert response.status_code == 422 and b"Choose what is counted" in response.content
    assert not Product.objects.filter(reference="api").exists()


def test_an_item_is_added_without_losing_what_was_typed(desk, api):
    body = desk.post(NEW, filled(api, add_item="1")).content.decode()
    assert 'name="items_1_name"' in body and 'value="API calls"' in body
    assert "There is" not in body


def test_the_tree_and_the_detail_stay_within_their_budget(desk, api, django_assert_max_num_queries):
    for number in range(6):
        own = cast.product(api, reference=f"product-{number}", status="ACTIVE")
        cast.item(api, reference=f"item-{number}", product_id=own["id"])
    with django_assert_max_num_queries(BUDGET):
        body = desk.get(CATALOG).content.decode()
    assert "item-5" in body
    with django_assert_max_num_queries(BUDGET):
        desk.get(f"{CATALOG}{own['id']}/")


@pytest.mark.parametrize("verb", ["deprecate", "archive"])
def test_a_product_moves_with_its_items(desk, api, verb):
    desk.post(NEW, filled(api))
    product = Product.objects.get(reference="api")
    url = f"{CATALOG}{product.public_id}/move/{verb}/"
    assert b"Its items move with it" in desk.get(url, headers=DIALOG).content
    desk.post(url)
    product.refresh_from_db()
    assert product.status == product.items.get().status == f"{verb.upper()}D"


DIALOG = {"HX-Request": "true", "HX-Target": "dialog"}


def test_every_page_of_the_catalog_opens(desk, api):
    item = cast.item(api)
    product = item["product_id"]
    for path in (
        CATALOG,
        f"{CATALOG}?q=minutes",
        NEW,
        f"{NEW}?example=usage",
        f"{CATALOG}{product}/",
        f"{CATALOG}{product}/plans/",
        f"{CATALOG}{product}/activity/",
        f"{CATALOG}{product}/api-object/",
        f"{CATALOG}{product}/edit/",
        f"{CATALOG}{product}/items/new/",
        f"{CATALOG}items/{item['id']}/edit/",
    ):
        assert desk.get(path).status_code == 200, path
