"""What a subscription chooses of a draft: how an item is sold, and groups of alternatives."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from accounts.models import AuditEntry
from catalog.models import Pricing, PricingGroup, PricingPlanVersion, ProductType, SelectionConstraint
from desk.components.curl import Call
from desk.editors.pricing import book, choice_calls, choice_forms, choice_words, steps
from desk.editors.pricing.book import PricedItem
from desk.editors.pricing.choice_forms import GroupForm, SoldForm
from desk.forms.base import DeskForm
from desk.screens.forms import FormScreen, last_change
from desk.screens.products_plans.versions import find_version
from desk.services import plan_choices
from kit.errors import NotFound

MOST_SHOWN = 300


class ChoiceScreen(FormScreen):
    """What the forms about choices share: they lead back to the items of the version."""

    permission = "PRICING_PLAN.UPDATE"
    menu = "pricing-plans"
    has_calls = True

    @cached_property
    def version(self) -> PricingPlanVersion:
        return find_version(self.operator.platform, self.kwargs["pk"], self.kwargs["number"])

    @cached_property
    def groups(self) -> list[PricingGroup]:
        return groups_of(self.version)

    @cached_property
    def pricings(self) -> list[Pricing]:
        """What the version prices, each with the names of its ``sells``."""
        rows = Pricing.objects.for_platform(self.operator.platform).filter(version=self.version)
        return list(
            rows.select_related("group")
            .prefetch_related("items__product_item_links__product_item", "product_links__product")
            .order_by("category__position", "group__position", "position", "pk")[:MOST_SHOWN]
        )

    def cancel_url(self) -> str:
        return steps.url(self.version, "items")

    def last_change(self) -> AuditEntry | None:
        return last_change(self.version)


class HowSold(ChoiceScreen):
    """An item is every subscription's, an add-on, or one of a group."""

    verb = "Save"
    message = "Saved how it is sold"

    @property
    def title(self) -> str:  # type: ignore[override]
        """The item's name is in it."""
        return f"How {self.priced.item.name} is sold"

    @cached_property
    def priced(self) -> PricedItem:
        found = self.book.item(self.kwargs["item"])
        if found is None:
            raise NotFound("This version has no such item.")
        return found

    @cached_property
    def book(self) -> book.Book:
        return book.read(self.version, default_currency=self.operator.platform.default_currency)

    @property
    def pricing(self) -> Pricing:
        found: Pricing = self.priced.pricing_item.pricing
        return found

    @property
    def beside(self) -> list[str]:
        """What is priced together with it."""
        mine = [each for each in self.book.items if each.pricing_item.pricing_id == self.pricing.pk]
        return [each.item.name for each in mine if each.key != self.priced.key]

    def stamp(self) -> str:
        return f"{self.pricing.public_id}-{choice_words.started(self.pricing)}-{self.beside}"

    def initial(self) -> dict[str, Any]:
        return choice_words.started(self.pricing)

    def form(self, data: Any = None) -> DeskForm:
        return SoldForm(data, initial=self.initial(), groups=self.groups, beside=self.beside)

    def is_alone(self, sent: dict[str, Any]) -> bool:
        """Whether it leaves what is priced together with it: what stays everyone's does not."""
        stays = sent["sold"] == self.initial()["sold"] == ProductType.DEFAULT
        return sent.get("covers") == choice_forms.ALONE and not stays

    def save(self, form: Any) -> str:
        sent = form.cleaned_data
        alone = self.is_alone(sent)
        is_renamed = sent["name"] != self.initial()["name"]
        plan_choices.sell(
            ctx=self.operator.ctx,
            version=self.version,
            key=self.priced.key,
            sold=sent["sold"],
            name=self.priced.item.name if alone and not is_renamed else sent["name"],
            with_others=not alone,
        )
        return self.cancel_url()

    def calls(self, form: Any) -> list[Call]:
        if not form.is_valid():
            return []
        sent = form.cleaned_data
        return [choice_calls.sold(self.pricing, sent, alone=self.is_alone(sent))]


class NewGroup(ChoiceScreen):
    """Alternatives of which a subscription chooses."""

    title = "New group"
    verb = "Make group"
    message = "Group made"
    description = "A subscription chooses from a group, such as one of several support levels."

    @property
    def edited(self) -> PricingGroup | None:
        """The group that there is already."""
        return None

    def initial(self) -> dict[str, Any]:
        return {"demand": SelectionConstraint.EXACTLY_ONE}

    def form(self, data: Any = None) -> DeskForm:
        taken = [row.name for row in self.groups if row.name and row != self.edited]
        boxes = [(row.public_id, label(row, self.edited)) for row in self.pricings]
        return GroupForm(data, initial=self.initial(), members=boxes, taken=taken)

    def save(self, form: Any) -> str:
        plan_choices.group(
            ctx=self.operator.ctx,
            version=self.version,
            instance=self.edited,
            fields=form.row(),
            members=form.cleaned_data["members"],
        )
        return self.cancel_url()

    def calls(self, form: Any) -> list[Call]:
        return [choice_calls.made(self.version, form.row())] if form.is_valid() else []


class OneGroup(ChoiceScreen):
    """A group that the version has."""

    @cached_property
    def found(self) -> PricingGroup:
        row = next((each for each in self.groups if each.public_id == self.kwargs["group"]), None)
        if row is None:
            raise NotFound("This version has no such group.")
        return row

    @property
    def members(self) -> list[Pricing]:
        return [row for row in self.pricings if row.group_id == self.found.pk]

    def stamp(self) -> str:
        return str(choice_forms.started(self.found, [row.public_id for row in self.members]))


class EditGroup(OneGroup, NewGroup):
    """Its name, what it demands and what is in it."""

    title = "Change the group"
    verb = "Save group"
    message = "Group saved"
    description = "What leaves the group becomes an add-on."

    @property
    def edited(self) -> PricingGroup:
        return self.found

    def calls(self, form: Any) -> list[Call]:
        if not form.is_valid():
            return []
        members = form.cleaned_data["members"]
        return choice_calls.changed(self.found, form.row(), self.pricings, members)

    def initial(self) -> dict[str, Any]:
        return choice_forms.started(self.found, [row.public_id for row in self.members])


class TakeApart(OneGroup):
    """No group any more; what was in it is chosen one by one."""

    verb = "Take apart"
    message = "Group taken apart"
    keep = "Keep the group"

    @property
    def title(self) -> str:  # type: ignore[override]
        """The group's name is in it."""
        return f"Take {choice_words.name(self.found)} apart"

    def consequences(self) -> list[tuple[str, str]]:
        names = [called(row) for row in self.members]
        become = "becomes an add-on" if len(names) == 1 else "become add-ons"
        said = f"{' and '.join(names)} {become}: a subscription chooses each by itself."
        return [("info", said if names else "Nothing is in it.")]

    def calls(self, form: Any) -> list[Call]:
        return choice_calls.apart(self.found, self.members)

    def save(self, form: Any) -> str:
        plan_choices.take_apart(ctx=self.operator.ctx, version=self.version, instance=self.found)
        return self.cancel_url()


def groups_of(version: PricingPlanVersion) -> list[PricingGroup]:
    """The groups of a version, also those with nothing in them."""
    rows = PricingGroup.objects.filter(platform_id=version.platform_id, version=version)
    return list(rows.order_by("category__position", "position", "pk")[:MOST_SHOWN])


def called(row: Pricing) -> str:
    """As a subscription shows it: by its name, else by its product."""
    products = (link.product.name or link.product.reference for link in row.product_links.all())
    return row.name or " and ".join(products)


def label(row: Pricing, group: PricingGroup | None) -> str:
    """``Gold: Gold support and Setup, in Support level``."""
    links = (link for item in row.items.all() for link in item.product_item_links.all())
    items = " and ".join(link.product_item.name for link in links)
    said = [called(row) if items in ("", called(row)) else f"{called(row)}: {items}"]
    elsewhere = "" if group is not None and row.group_id == group.pk else choice_words.sold(row)
    return ", ".join([*said, *([elsewhere] if elsewhere else [])])
