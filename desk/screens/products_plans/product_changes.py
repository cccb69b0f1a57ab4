"""Changing products and items: edit, add an item, activate, deprecate, archive, delete."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from catalog.models import Product, ProductItem, Status
from catalog.selectors import products as selectors
from catalog.services import product_items, products
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.editors.products import EditProductForm, ItemForm
from desk.screens.forms import FormScreen
from desk.screens.products_plans.product_new import item_call, item_values
from desk.services import product_setup
from kit.errors import NotFound
from metering.models import MeterValueCalculation

# verb: (button, past, permission's last word, what it means for a product, for an item)
VERBS = {
    "activate": ("Activate", "activated", "It can be put into pricing plans, and what it is stays fixed."),
    "deprecate": (
        "Deprecate",
        "deprecated",
        "It cannot be put into new plans. Plans that have it keep billing.",
    ),
    "archive": (
        "Archive",
        "archived",
        "It is hidden and can no longer be changed. Plans that have it keep billing.",
    ),
    "delete": ("Delete", "deleted", "It is removed for good. Only a draft that no plan prices can be."),
}
STATUSES = {"activate": Status.ACTIVE, "deprecate": Status.DEPRECATED, "archive": Status.ARCHIVED}


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
        return {"model_type": "USAGE_BASED"}

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


class Move(FormScreen):
    """Activate, deprecate, archive or delete: the effect in one sentence, then the verb."""

    menu = "product-catalog"
    what = "product"
    has_calls = True

    @property
    def permission(self) -> str:  # type: ignore[override]
        return "PRODUCT.DELETE" if self.kwargs["verb"] == "delete" else "PRODUCT.STATUS.UPDATE"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs["verb"] in VERBS:
            button, past, _ = VERBS[kwargs["verb"]]
            self.title, self.verb = f"{button} this {self.what}?", f"{button} {self.what}"  # type: ignore[misc]
            self.message = f"{self.what.capitalize()} {past}"  # type: ignore[misc]
            self.verb_style = "solid-bad" if kwargs["verb"] == "delete" else "primary"  # type: ignore[misc]
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def row(self) -> Any:
        if self.kwargs["verb"] not in VERBS:
            raise NotFound("There is no such action.")
        return one(selectors.products(self.operator.platform), self.kwargs["pk"], "product")

    def facts(self) -> list[Fact]:
        return [Fact(self.what.capitalize(), self.row.name), Fact("Reference", self.row.reference)]

    def consequences(self) -> list[tuple[str, str]]:
        return [("info", VERBS[self.kwargs["verb"]][2]), *self.also()]

    def also(self) -> list[tuple[str, str]]:
        return [("tag", "Its items move with it.")] if self.kwargs["verb"] != "delete" else []

    def calls(self, form: Any) -> list[Call]:
        """The product and with it its items: items go first where the product goes for good."""
        verb, items = self.kwargs["verb"], list(self.row.items.order_by("pk"))
        if verb == "delete":
            return [
                *(_call(verb, "product-items", item) for item in items),
                _call(verb, "products", self.row),
            ]
        return calls_to_move(verb, self.row, items)

    def save(self, form: Any) -> str:
        verb = self.kwargs["verb"]
        if verb == "delete":
            products.delete_with_items(ctx=self.operator.ctx, instance=self.row)
            return reverse("desk:product-catalog")
        product_setup.move(ctx=self.operator.ctx, instance=self.row, verb=verb)
        return self.cancel_url()

    def cancel_url(self) -> str:
        return reverse("desk:product", args=[self.row.public_id])


class MoveItem(Move):
    """The same for one item."""

    what = "item"

    @property
    def permission(self) -> str:  # type: ignore[override]
        return f"PRODUCT_ITEM.{self.kwargs['verb'].upper()}"

    @cached_property
    def row(self) -> Any:
        if self.kwargs["verb"] not in VERBS:
            raise NotFound("There is no such action.")
        return one(selectors.items(self.operator.platform), self.kwargs["pk"], "product item")

    def also(self) -> list[tuple[str, str]]:
        return []

    def calls(self, form: Any) -> list[Call]:
        return [_call(self.kwargs["verb"], "product-items", self.row)]

    def save(self, form: Any) -> str:
        url = self.cancel_url()
        getattr(product_items, self.kwargs["verb"])(ctx=self.operator.ctx, instance=self.row)
        return url

    def cancel_url(self) -> str:
        return reverse("desk:product", args=[self.row.product.public_id])


def calls_to_move(verb: str, product: Product, items: Sequence[ProductItem]) -> list[Call]:
    """The product, and those of its items that can follow it."""
    following = [item for item in items if product_items.FLOW.allows(item.status, STATUSES[verb])]
    return [_call(verb, "products", product), *(_call(verb, "product-items", item) for item in following)]


def _call(verb: str, path: str, row: Any) -> Call:
    own = f"/v1/{path}/{row.public_id}"
    return Call("DELETE", own) if verb == "delete" else Call("POST", f"{own}/{verb}")


def _item_values(screen: FormScreen, form: Any) -> dict[str, Any]:
    """The form's values as the service takes them."""
    wanted = form.cleaned_data["calculation"]
    rows = MeterValueCalculation.objects.filter(platform=screen.operator.platform, public_id=wanted)
    values = item_values(form.cleaned_data, "", {row.public_id: row for row in rows})
    return values | {"description": form.cleaned_data["description"] or None}


def _nulls(values: dict[str, Any]) -> dict[str, Any]:
    """Empty text is none at all."""
    return {name: value if value != "" else None for name, value in values.items()}
