"""Products & plans > Coupons: discounts that customers redeem."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from billing.models import PromotionCode
from catalog.models import Coupon, CouponStatus
from catalog.selectors import coupons as selectors
from catalog.services import coupons
from desk import palette
from desk.components.actions import Action
from desk.components.curl import Call, per_row
from desk.components.empty import Empty
from desk.editors import coupon_words as words
from desk.operators import Operator
from desk.palette import Hit, Jump, Kind
from desk.screens.lists import ListScreen
from desk.tables import Bulk, Choice, Column, Days, Figure, Moment, Status, Table, statuses, unless

EVERYTHING, LIMITED = "everything", "limited"


def _applying_to(rows: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
    """Off everything, or off what it is limited to."""
    if len(values) != 1:
        return rows
    limited = Coupon.objects.filter(limits__isnull=False)
    return rows.filter(pk__in=limited) if values == [LIMITED] else rows.exclude(pk__in=limited)


class Coupons(ListScreen):
    """Every coupon with its codes and how often it has been redeemed."""

    permission = "COUPON.VIEW"
    empty = Empty(
        "Offer a discount code",
        "A coupon takes a part, an amount or some units off invoices, once or for some time. "
        "Customers redeem it by a promotion code, or you give it to a subscription.",
        Action("New coupon", "/desk/products-plans/coupons/new/", "COUPON.CREATE", "primary"),
        call=Call(
            "POST",
            "/v1/coupons",
            {
                "reference": "spring",
                "name": "Spring",
                "discount": {"type": "PERCENTAGE", "percentage": "15"},
                "duration": {"type": "PERIOD", "period": {"type": "MONTH", "value": 3}},
                "maximum_redemptions": 100,
            },
        ),
    )
    table = Table(
        key="coupons",
        one="coupon",
        many="coupons",
        default="-created",
        columns=[
            Column(name="name", label="Coupon", of="name", more="reference", sort="name"),
            Column(name="codes", label="Codes", of="code_words"),
            Column(name="discount", label="Discount", of=lambda row: words.discount(row.discount)),
            Column(name="applies", label="Applies to", of="limit_words"),
            Column(name="duration", label="Duration", of=lambda row: words.duration(row.duration)),
            Column(
                name="redeemed",
                label="Redeemed",
                of=words.used,
                sort="number_of_redemptions",
                exports=[
                    ("Redemptions", "number_of_redemptions"),
                    ("Maximum redemptions", "maximum_redemptions"),
                ],
                end=True,
            ),
            Moment(name="until", label="Redeemable until", of="end_at", sort="end_at"),
            Moment(name="from", label="Redeemable from", of="start_at", optional=True),
            Figure(
                name="each", label="By one customer", of="maximum_redemptions_per_customer", optional=True
            ),
            Moment(name="created", label="Created", of="created_at", sort="created_at", optional=True),
            Status(name="status", of="status", sort="status"),
        ],
        filters=[
            statuses(CouponStatus.values),
            Choice(
                name="applies",
                label="Applies to",
                choices=[(EVERYTHING, "Everything"), (LIMITED, "Some products")],
                narrow=_applying_to,
            ),
            Days(name="expiring", label="Redeemable until", path="end_at"),
        ],
        search=("name", "reference", "public_id"),
        bulk=[
            Bulk(
                name="deactivate",
                label="Deactivate",
                permission="COUPON.UPDATE",
                run=coupons.deactivate,
                calls=per_row("POST", "/v1/coupons", verb="deactivate"),
                says="They cannot be redeemed for now. What is redeemed goes on.",
                refuses=unless("ACTIVE"),
            ),
            Bulk(
                name="archive",
                label="Archive",
                permission="COUPON.UPDATE",
                run=coupons.archive,
                calls=per_row("POST", "/v1/coupons", verb="archive"),
                says="They are hidden and cannot be redeemed any more. What is redeemed goes on.",
                style="bad",
                refuses=unless("DRAFT", "ACTIVE", "INACTIVE", "DEPRECATED"),
            ),
        ],
    )

    def rows(self) -> QuerySet[Any]:
        return selectors.coupons(self.operator.platform)

    def decorated(self, rows: list[Any]) -> list[Any]:
        """One query for the codes of all rows."""
        codes = PromotionCode.objects.for_platform(self.operator.platform).filter(coupon__in=rows)
        by_coupon: dict[int, list[str]] = {}
        for coupon, code in codes.order_by("pk").values_list("coupon_id", "code"):
            by_coupon.setdefault(coupon, []).append(code)
        for row in rows:
            own = by_coupon.get(row.pk, [])
            row.code_words = ", ".join(own[:2]) + (f" +{len(own) - 2}" if len(own) > 2 else "")
            row.limit_words = limits_of(row)
        return rows

    def href(self, row: Any) -> str:
        return reverse("desk:coupon", args=[row.public_id])

    def actions(self) -> list[Action]:
        return [Action("New coupon", reverse("desk:coupon-new"), "COUPON.CREATE", "primary", key="n")]

    def call(self) -> Call:
        return Call("GET", "/v1/coupons")


def limits_of(coupon: Coupon) -> str:
    """``Everything``, or the names of what it is limited to."""
    names = [str(getattr(row, "name", "") or row) for row in _limited(coupon)]
    return ", ".join(names[:2]) + (f" +{len(names) - 2}" if len(names) > 2 else "") or "Everything"


def _limited(coupon: Coupon) -> list[Any]:
    rows = coupon.limits.all()
    return [each.product_category or each.product or each.product_item for each in rows]


def _found(operator: Operator, text: str) -> list[Hit]:
    """By name, reference or code, for the palette."""
    codes = PromotionCode.objects.for_platform(operator.platform).filter(code_key__startswith=text.upper())
    named = Q(name__icontains=text) | Q(reference__icontains=text) | Q(public_id=text)
    rows = Coupon.objects.for_platform(operator.platform)
    rows = rows.filter(named | Q(pk__in=codes.values("coupon")))
    return [
        Hit(row.name, reverse("desk:coupon", args=[row.public_id]), words.discount(row.discount), "tag")
        for row in rows.order_by("-pk")[: palette.PER_KIND]
    ]


palette.register(
    Kind("Coupons", "tag", "COUPON.VIEW", _found), Jump("New coupon", "coupon-new", "COUPON.CREATE")
)
