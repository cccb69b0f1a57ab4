"""How long the API log is kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse

from accounts.services import platforms
from desk.forms.base import DeskForm
from desk.screens.forms import FormScreen


class RetentionForm(DeskForm):
    """A number of days."""

    api_log_days = forms.IntegerField(
        label="Days",
        min_value=1,
        max_value=365,
        help_text="From 1 to 365. Older requests are deleted hourly.",
    )


class Retention(FormScreen):
    """Fewer days delete what is older, within the hour."""

    title = "How long requests are kept"
    description = "The audit log is kept for good, whatever is chosen here."
    verb = "Save retention"
    message = "Retention saved"
    menu = "api-logs"
    permission = "PLATFORM.UPDATE"
    form_class = RetentionForm

    def initial(self) -> dict[str, Any]:
        return {"api_log_days": self.operator.platform.api_log_days}

    def cancel_url(self) -> str:
        return reverse("desk:api-logs")

    def save(self, form: Any) -> str:
        platforms.change(ctx=self.operator.ctx, values=form.cleaned_data)
        return self.cancel_url()
