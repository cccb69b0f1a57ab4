"""The closed vocabularies of the catalog."""

from __future__ import annotations

from django.db import models


class Status(models.TextChoices):
    """DRAFT is editable and not usable, ACTIVE usable, DEPRECATED closed to new use, ARCHIVED hidden."""

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    DEPRECATED = "DEPRECATED"
    ARCHIVED = "ARCHIVED"


class TaxCategory(models.TextChoices):
    """How what is sold is taxed; an item's word goes before its product's and its category's."""

    STANDARD = "STANDARD"
    NO_TAX = "NO_TAX"
    EXEMPT = "EXEMPT"


class ProductType(models.TextChoices):
    """An ADDON is chosen per subscription."""

    DEFAULT = "DEFAULT"
    ADDON = "ADDON"


class ItemType(models.TextChoices):
    """REVENUE adds to the invoice, DEDUCTION takes from it."""

    REVENUE = "REVENUE"
    DEDUCTION = "DEDUCTION"


class ModelType(models.TextChoices):
    """What a product item charges for."""

    USAGE_BASED = "USAGE_BASED"
    USAGE_BASED_CONVERSION = "USAGE_BASED_CONVERSION"
    RECURRING = "RECURRING"
    ONE_OFF = "ONE_OFF"
    PER_SEAT = "PER_SEAT"
    CREDITS = "CREDITS"


class FeatureType(models.TextChoices):
    """What kind of value an entitlement to the feature has."""

    SWITCH = "SWITCH"
    NUMBER = "NUMBER"
    ENUM = "ENUM"
    AMOUNT = "AMOUNT"
    STRING = "STRING"


class PlanType(models.TextChoices):
    """A CUSTOM plan is made for one customer."""

    STANDARD = "STANDARD"
    CUSTOM = "CUSTOM"


class AmountType(models.TextChoices):
    """Whether the plan's prices are net or gross."""

    EXCLUDING_TAX = "EXCLUDING_TAX"
    INCLUDING_TAX = "INCLUDING_TAX"


class PlanVariant(models.TextChoices):
    """The versions of a RATE_CARD plan follow each other by date."""

    DEFAULT = "DEFAULT"
    RATE_CARD = "RATE_CARD"


class Override(models.TextChoices):
    """What of the plan's price a customer's own price replaces: all of it, or the parts that it names."""

    ALL = "ALL"
    SPECIFIC = "SPECIFIC"


class SelectionConstraint(models.TextChoices):
    """How many pricings of a group a subscription may enable."""

    ANY = "ANY"
    AT_LEAST_ONE = "AT_LEAST_ONE"
    AT_MOST_ONE = "AT_MOST_ONE"
    EXACTLY_ONE = "EXACTLY_ONE"


class CouponStatus(models.TextChoices):
    """ACTIVE can be redeemed; INACTIVE not for now; DEPRECATED never again, yet what is redeemed goes on."""

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    DEPRECATED = "DEPRECATED"
    ARCHIVED = "ARCHIVED"


class CouponDiscountType(models.TextChoices):
    """What a coupon takes off: a part, an amount, or the price of some units."""

    PERCENTAGE = "PERCENTAGE"
    AMOUNT = "AMOUNT"
    USAGE = "USAGE"


class CouponDurationType(models.TextChoices):
    """The first invoice it takes something off, all of them, or those of the periods within a length."""

    ONE_TIME = "ONE_TIME"
    FOREVER = "FOREVER"
    PERIOD = "PERIOD"
