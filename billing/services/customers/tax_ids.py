"""Tax ids: the doubled names of the contract kept in step, and their numbers checked offline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stdnum import get_cc_module
from stdnum.eu import vat
from stdnum.exceptions import ValidationError

GENERIC = "GENERIC_TAX_ID"
SOURCE = "python-stdnum"
# Which module of python-stdnum knows the kinds that are not VAT numbers.
MODULES = {"AU_GST": ("au", "abn"), "CA_GST_HST": ("ca", "bn")}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What can be said of a tax id by its form and check digits. ``valid``: VALID, NOT_VALID, UNKNOWN."""

    id: str
    valid: str
    message: str | None = None


def aligned(sent: dict[str, Any]) -> dict[str, Any]:
    """``sent`` with both ``tax_id`` and ``tax_ids`` wherever one of them is there."""
    if "tax_ids" in sent:
        ids = sent["tax_ids"] or []
        first = ids[0]["id"] if ids else ""
        return {**sent, "tax_ids": ids, "tax_id": sent.get("tax_id") or first}
    if "tax_id" in sent:
        only = sent["tax_id"]
        return {**sent, "tax_id": only or "", "tax_ids": [{"id": only, "type": GENERIC}] if only else []}
    return sent


def check(*, number: str, kind: str | None, country: str | None) -> Verdict:
    """Whether the number can exist: its form and check digits, by country; nobody is asked online."""
    module = _module(kind, country, number)
    if module is None:
        return Verdict(number, "UNKNOWN", "No check is known for this country and kind of tax id")
    try:
        module.validate(number)
    except ValidationError as error:
        return Verdict(number, "NOT_VALID", str(error))
    return Verdict(number, "VALID")


def _module(kind: str | None, country: str | None, number: str) -> Any:
    """What knows such numbers: the kind's own module, the EU's by prefix, else the country's."""
    if kind in MODULES:
        return get_cc_module(*MODULES[kind])
    if kind not in (None, GENERIC):
        return None
    prefix = number[:2].lower()
    if prefix == "el" or prefix in vat.MEMBER_STATES:
        return vat
    return get_cc_module((country or prefix).lower(), "vat") if (country or prefix).isalpha() else None
