"""How long drafts stay open after their period, and what becomes of late usage."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import LateUsage
from desk.forms.base import DeskForm

LATE = [
    (LateUsage.NEXT_INVOICE.value, "Billed on the next invoice, as a line that names its period"),
    (LateUsage.IGNORE.value, "Not billed, and listed as unbilled"),
]
UNITS = {"86400": "days", "3600": "hours", "60": "minutes", "1": "seconds"}
LONGEST = 90 * 86_400


def grace_of(seconds: int | None) -> dict[str, Any]:
    """The fields for a stored grace period, in the largest unit that says it whole; hours for none."""
    if not seconds:
        return {"grace": seconds, "unit": "3600"}
    unit = next(unit for unit in UNITS if seconds % int(unit) == 0)
    return {"grace": seconds // int(unit), "unit": unit}


class GraceForm(DeskForm):
    """A count of a unit; ``confirmed`` is asked for only where drafts would become final at once."""

    grace = forms.IntegerField(
        help_text="How long a draft stays open after its period.",
        label="Grace period",
        min_value=0,
        max_value=LONGEST,
    )
    unit = forms.ChoiceField(
        help_text="Of the grace period. At most 90 days in all.", choices=[*UNITS.items()]
    )
    late_usage = forms.ChoiceField(
        help_text="What happens with usage that arrives after an invoice is final.",
        choices=LATE,
        widget=forms.RadioSelect,
    )
    on_hold = forms.BooleanField(
        label="Invoices of new subscriptions begin on hold",
        required=False,
        help_text="Such a draft takes usage as any other, and becomes final only after someone releases it. "
        "Subscriptions that exist keep what they say.",
    )
    confirmed = forms.BooleanField(
        help_text="Their grace period would be over already. It cannot be undone.",
        label="Let these drafts become final now",
        required=False,
    )
    rows = (("grace", "unit"),)
    api_names = {"invoice_grace_period_seconds": "grace"}

    def clean(self) -> dict[str, Any]:
        """Refuse more than 90 days."""
        super().clean()
        if "unit" in self.cleaned_data and (self.seconds or 0) > LONGEST:
            self.add_error("grace", "A grace period can be up to 90 days")
        return self.cleaned_data

    @property
    def seconds(self) -> int | None:
        """The grace period that was sent; None where it is left to the platform."""
        count = self.cleaned_data.get("grace")
        return None if count is None else count * int(self.cleaned_data["unit"])


class EntityGraceForm(GraceForm):
    """Without a grace period the platform's holds."""

    grace = forms.IntegerField(
        label="Grace period",
        min_value=0,
        max_value=LONGEST,
        required=False,
        help_text="Leave it empty to go by the grace period of every billing entity.",
    )
    late_usage = None  # type: ignore[assignment]
    on_hold = None  # type: ignore[assignment]
