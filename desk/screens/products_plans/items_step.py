"""Step 3 of the guided editor: what the version sells, in the order of the invoice."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from accounts.models import AuditEntry
from catalog.models import ModelType, Pricing, ProductItem, Status
from desk.editors.pricing import choice_words, steps
from desk.screens.forms import CONFLICT, last_change
from desk.screens.products_plans import plan_choices
from desk.screens.products_plans.versions import VersionScreen
from desk.services import plan_items
from kit.errors import NotFound

MOST_SHOWN = 300
MOST_SEEN = 1000
SOLD = (
    ModelType.USAGE_BASED,
    ModelType.USAGE_BASED_CONVERSION,
    ModelType.PER_SEAT,
    ModelType.RECURRING,
    ModelType.ONE_OFF,
)
WANTED = {
    "up": "move {} up",
    "down": "move {} down",
    "to": "put {} in another place",
    "remove": "take {} out",
}


@dataclass(frozen=True, slots=True)
class Conflict:
    """What someone else did meanwhile, and what was asked for: nothing of it was done yet.

    ``name`` and ``value`` are what a button sends to do it all the same; empty where it cannot be done any
    more, or where the ticks say it.
    """

    last: AuditEntry | None
    added: list[str]
    gone: list[str]
    is_reordered: bool
    wanted: str
    name: str = ""
    value: str = ""
    place: str = ""


class ItemsStep(VersionScreen):
    """Each form says which items its page showed: who is slower is asked, and loses nothing."""

    step = "items"
    template = "desk/editors/items.html"
    regions = ("picks",)

    def page(self) -> HttpResponseBase:
        return self.show(self.request.GET.getlist("item")[:MOST_SHOWN])

    def show(self, ticked: list[str], *, status: int = 200, **extra: Any) -> HttpResponse:
        """What a search finds; an item that is ticked stays, whatever is searched."""
        asked = self.request.GET.get("q", "").replace("\0", "").strip()[:200]
        rows = self.sellable().exclude(public_id__in=self.book.order)
        if asked:
            names = ("name", "reference", "product__name", "product__category__name")
            found = [Q(**{f"{name}__icontains": asked}) for name in names]
            rows = rows.filter(reduce(or_, found, Q(public_id__in=ticked)))
        ordered = rows.order_by("product__category__name", "product__name", "name", "pk")
        shown = list(ordered[: MOST_SHOWN + 1])
        return self.render(
            status=status,
            **self.heading(),
            sellable=shown[:MOST_SHOWN],
            has_more=len(shown) > MOST_SHOWN,
            asked=asked,
            ticked=ticked,
            moved=self.request.GET.get("moved", ""),
            way=self.request.GET.get("way", ""),
            choices=choice_words.of(self.chosen(), plan_choices.groups_of(self.version)),
            **extra,
        )

    def chosen(self) -> list[tuple[Pricing, str]]:
        return [(each.pricing_item.pricing, each.item.name) for each in self.book.items]

    def sellable(self) -> Any:
        """The items of the catalog that a plan can price."""
        rows = ProductItem.objects.for_platform(self.operator.platform)
        usable = rows.filter(model_type__in=SOLD, status__in=(Status.ACTIVE, Status.DRAFT))
        return usable.select_related("product__category")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            message = self.change()
        except plan_items.Rearranged:
            self.fresh()
            ticked = request.POST.getlist("item")[:MOST_SHOWN]
            return self.show(ticked, status=CONFLICT, conflict=self.conflict())
        return self.done(steps.url(self.version, "items") + self.landed(), message)

    def landed(self) -> str:
        """Where the keyboard goes on: at the button of the item that moved, or of the one after what went."""
        post, order = self.request.POST, self.book.order
        verb = next((each for each in ("up", "down", "remove") if post.get(each) in order), "")
        if not verb:
            return ""
        at = order.index(post[verb])
        if verb == "remove":
            order = order[:at] + order[at + 1 :]
            at = min(at, len(order) - 1)
        return f"?{urlencode({'moved': order[at], 'way': verb})}" if order else ""

    @property
    def seen(self) -> list[str] | None:
        """The items that the page showed."""
        sent = self.request.POST.get("seen")
        return None if sent is None else sent.split()[:MOST_SEEN]

    def change(self) -> str:
        """What the button pressed stands for; the words of the toast."""
        post = self.request.POST
        about: dict[str, Any] = {"ctx": self.operator.ctx, "version": self.version, "seen": self.seen}
        for verb, step in (("up", -1), ("down", 1)):
            if post.get(verb):
                plan_items.move(**about, key=post[verb], step=step)
                return ""
        if post.get("remove"):
            plan_items.remove(**about, key=post["remove"])
            return "Item taken out of this version"
        if post.get("to") and post.get("place", "").isdecimal():
            plan_items.place(**about, key=post["to"], at=int(post["place"]))
            return ""
        wanted = post.getlist("item")
        items = list(self.sellable().filter(public_id__in=wanted).order_by("product__name", "pk"))
        if len(items) != len(set(wanted)):
            raise NotFound("One of these items is no longer in the catalog.")
        if not items:
            return ""
        plan_items.add(**about, items=items)
        return f"{len(items)} item{'' if len(items) == 1 else 's'} added"

    def conflict(self) -> Conflict:
        """The difference between what the page showed and what there is, with what was asked for."""
        seen, now, post = self.seen or [], self.book.order, self.request.POST
        names = self.names({*seen, *now, *post.getlist("item")[:MOST_SHOWN]})
        verb = next((each for each in ("up", "down", "remove", "to") if post.get(each)), "")
        key = post.get(verb, "")
        stays = verb if key in now else ""
        return Conflict(
            last=last_change(self.version),
            added=[names.get(each, each) for each in now if each not in seen],
            gone=[names.get(each, each) for each in seen if each not in now],
            is_reordered=[each for each in seen if each in now] != [each for each in now if each in seen],
            wanted=WANTED[verb].format(names.get(key, key)) if verb else self.ticks(names),
            name=stays,
            value=key if stays else "",
            place=post.get("place", "") if stays == "to" else "",
        )

    def ticks(self, names: dict[str, str]) -> str:
        """``add API calls and Seats``: what of the ticked items is not in the version yet."""
        left = [
            each for each in self.request.POST.getlist("item")[:MOST_SHOWN] if each not in self.book.order
        ]
        return f"add {' and '.join(names.get(each, each) for each in left)}" if left else ""

    def names(self, keys: set[str]) -> dict[str, str]:
        rows = ProductItem.objects.for_platform(self.operator.platform).filter(public_id__in=keys)
        return {row.public_id: row.name or row.reference for row in rows}
