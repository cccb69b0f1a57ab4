"""Changing products and items: edit, add an item, activate, deprecate, archive, delete."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from catalog.models import Product, ProductItem, Status
from catalog.selectors import products as selectors
from catalog.services import product_items, products
from desk.components.curl import Call
from desk.editors.products import EditProductForm, ItemForm
from desk.screens.forms import FormScreen
from desk.screens.products_plans.product_new import item_call, item_values
from kit.errors import NotFound
from metering.models import MeterValueCalculation


def one(rows: QuerySet[Any], key: str, what: str) -> Any:
    """The row of this public id, or 404."""
    row = rows.filter(public_id=key).first()
    if row is None:
        raise NotFound(f"There is no such {what}.")
    return row


class ProductScreen(FormScreen):
    """What the forms about one product share."""

    menu = "product-catalog"

    @cached_property
    def product(self) -> Product:
        found: Product = one(selectors.products(self.operator.platform), self.kwargs["pk"], "product")
        return found

    def cancel_url(self) -> str:
        return reverse("desk:product", args=[self.product.public_id])


class EditProduct(ProductScreen):
    """Name, reference, description and tax."""

    permission = "PRODUCT.UPDATE"
    title = "Edit product"
    verb = "Save product"
    message = "Product saved"
    form_class = EditProductForm
    has_calls = True

    def subject(self) -> Product:
        return self.product

    def initial(self) -> dict[str, Any]:
        row = self.product
        return {name: getattr(row, name) for name in ("name", "reference", "description", "tax_category")}

    def save(self, form: Any) -> str:
        products.update(ctx=self.operator.ctx, instance=self.product, fields=_nulls(form.cleaned_data))
        return self.cancel_url()

    def calls(self, form: Any) -> list[Call]:
        values = _nulls(getattr(form, "cleaned_data", {}))
        return [Call("PATCH", f"/v1/products/{self.product.public_id}", values)]


class AddItem(ProductScreen):
    """One more item; active when its product is."""

    permission = "PRODUCT_ITEM.CREATE"
    title = "Add item"
    verb = "Add item"
    message = "Item added"
    fields_template = "desk/products_plans/item_fields.html"
    has_calls = True

    def form(self, data: Any = None) -> ItemForm:
        return ItemForm(data, initial=self.initial(), platform=self.operator.platform)

    def initial(self) -> dict[str, Any]:
        return {"model_type": "USAGE_BASED", "type": "REVENUE"}

    def save(self, form: Any) -> str:
        fields = {**_item_values(self, form), "product": self.product, "status": self.status}
        product_items.create(ctx=self.operator.ctx, fields=fields)
        return self.cancel_url()

    @property
    def status(self) -> Status:
        """What the item starts as."""
        return Status.ACTIVE if self.product.status == Status.ACTIVE else Status.DRAFT

    def calls(self, form: Any) -> list[Call]:
        own = {"product_id": self.product.public_id, "status": self.status.value}
        body = {**own, **item_call(getattr(form, "cleaned_data", {}), "")}
        return [Call("POST", "/v1/product-items", body)]


class ItemScreen(FormScreen):
    """What the forms about one item share."""

    menu = "product-catalog"

    @cached_property
    def item(self) -> ProductItem:
        found: ProductItem = one(selectors.items(self.operator.platform), self.kwargs["pk"], "product item")
        return found

    def cancel_url(self) -> str:
        return reverse("desk:product", args=[self.item.product.public_id])


class EditItem(ItemScreen):
    """An item's fields; what decides how it is billed changes only on a draft."""

    has_calls = True

    permission = "PRODUCT_ITEM.UPDATE"
    title = "Edit item"
    verb = "Save item"
    message = "Item saved"
    fields_template = "desk/products_plans/item_fields.html"

    def subject(self) -> ProductItem:
        return self.item

    def form(self, data: Any = None) -> ItemForm:
        return ItemForm(data, initial=self.initial(), platform=self.operator.platform)

    def initial(self) -> dict[str, Any]:
        row = self.item
        calculation = row.meter_value_calculation
        return {
            "name": row.name,
            "reference": row.reference,
            "description": row.description,
            "model_type": row.model_type,
            "type": row.type,
            "calculation": calculation.public_id if calculation else "",
            "unit_singular": row.unit_name_singular,
            "unit_plural": row.unit_name_plural,
            "tax": row.tax_category,
        }

    def save(self, form: Any) -> str:
        product_items.update(ctx=self.operator.ctx, instance=self.item, fields=_item_values(self, form))
        return self.cancel_url()

    def calls(self, form: Any) -> list[Call]:
        body = item_call(getattr(form, "cleaned_data", {}), "")
        return [Call("PATCH", f"/v1/product-items/{self.item.public_id}", body)]


def _item_values(screen: FormScreen, form: Any) -> dict[str, Any]:
    """The form's values as the service takes them."""
    wanted = form.cleaned_data["calculation"]
    rows = MeterValueCalculation.objects.filter(platform=screen.operator.platform, public_id=wanted)
    values = item_values(form.cleaned_data, "", {row.public_id: row for row in rows})
    return values | {"description": form.cleaned_data["description"] or None}


def _nulls(values: dict[str, Any]) -> dict[str, Any]:
    """Empty text is none at all."""
    return {name: value if value != "" else None for name, value in values.items()}
