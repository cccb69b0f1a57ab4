"""What an event will match, before it is sent."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from billing.services.invoices import event_costs
from billing.services.invoices.event_costs import Added
from desk.screens.usage_metering.event_new import NewEvent
from kit import clock
from kit.errors import TallydeskError


class EventPreview(NewEvent):
    """The panel while typing; with ``fields``, the inputs of another meter as well. Stores nothing.

    ``cost`` is what the panel asks for when it is there, by the document that it shows: the draft is drawn
    up twice for it.
    """

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.see_other(reverse("desk:event-new"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.kwargs.get("part") == "cost":
            return self.render("desk/usage_metering/event_cost.html", added=self._added())
        form = self.form(request.POST)
        told = self.preview(form)
        if self.kwargs.get("part") == "fields":
            return self.render(
                "desk/usage_metering/event_values.html",
                form=self.again(request.POST),
                with_panel=True,
                **told,
            )
        return self.render("desk/usage_metering/event_panel.html", form=form, oob=True, **told)

    def _added(self) -> Added | None:
        """What the event would add to its draft; None for who may not see invoices, and for a fault."""
        if not self.operator.can("INVOICE.VIEW"):
            return None
        try:
            document = json.loads(self.request.POST.get("document", ""))
            return event_costs.to_draft(platform=self.operator.platform, document=document, wall=clock.now())
        except (ValueError, TallydeskError):
            return None
