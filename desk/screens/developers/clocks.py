"""The test clock of a TEST platform: freeze, advance, release, from the sandbox bar or its own page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.services import clock, sweeps
from desk import palette
from desk.components import format
from desk.components.actions import Action, offered
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.forms.base import LAST_DAY, DeskForm
from desk.palette import Jump
from desk.screens.base import Screen
from desk.screens.forms import FormScreen
from desk.screens.undo import back_to
from kit.period import format_instant


class InstantForm(DeskForm):
    """An instant in the platform's zone."""

    to = forms.DateTimeField(
        help_text="In the time zone of this platform.",
        label="Time",
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "step": 1, "max": f"{LAST_DAY}T23:59"},
            format="%Y-%m-%dT%H:%M:%S",
        ),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"],
        error_messages={"invalid": "Enter a time such as 2026-09-02 10:40"},
    )
    api_names = {"now": "to"}


class Clocks(Screen):
    """Developers > Test clocks: where the clock stands and what falls due next."""

    title = "Test clocks"
    permission = "TEST_CLOCK.VIEW"
    template = "desk/developers/test_clock.html"

    def call(self) -> Call:
        return Call("GET", "/v1/test-clock")

    def get(self, request: HttpRequest) -> HttpResponse:
        platform = self.operator.platform
        due = sweeps.next_due(platform=platform)
        actions = [
            Action("Freeze the clock", reverse("desk:clock-freeze"), "TEST_CLOCK.UPDATE", "primary", "dialog")
        ]
        if platform.test_now:
            actions = [
                Action("Release", reverse("desk:clock-release"), "TEST_CLOCK.UPDATE", "", "dialog"),
                Action("Advance", reverse("desk:clock-advance"), "TEST_CLOCK.UPDATE", "primary", "dialog"),
            ]
        return self.render(due=due, actions=offered(actions, self.operator))


class ClockForm(FormScreen):
    """What the three changes of the clock share."""

    permission = "TEST_CLOCK.UPDATE"
    menu = "test-clocks"
    has_calls = True
    form_class: ClassVar[type[DeskForm]] = InstantForm

    def cancel_url(self) -> str:
        return reverse("desk:test-clocks")

    def changed(self, form: DeskForm) -> str | HttpResponse:
        """The clock's services keep their own transactions: advancing is long and made of many."""
        return self.save(form)

    def instant(self, form: Any) -> datetime:
        asked: datetime = form.cleaned_data["to"]
        return asked.astimezone(UTC)

    def written(self, form: Any) -> str:
        """The instant as the API writes it."""
        return format_instant(self.instant(form))

    def back(self) -> str:
        """The page under the dialog, so that it is read again at the new time."""
        return back_to(self.request, default=self.cancel_url())


class Freeze(ClockForm):
    """Hold the platform at an instant."""

    title = "Freeze the test clock"
    verb = "Freeze the clock"
    message = "Clock frozen"
    description = (
        "Everything on this platform then happens at that time, until you advance or release it. "
        "At most ten years ahead."
    )

    def initial(self) -> dict[str, Any]:
        return {"to": self.operator.at}

    def calls(self, form: Any) -> list[Call]:
        return [Call("POST", "/v1/test-clock", {"now": self.written(form)})] if form.is_valid() else []

    def save(self, form: Any) -> str:
        clock.freeze(platform=self.operator.platform, at=self.instant(form))
        return self.back()


class Advance(ClockForm):
    """Forward, doing on the way what falls due, in order."""

    title = "Advance the test clock"
    verb = "Advance the clock"
    message = "Clock advanced"
    description = "Everything that falls due on the way is done, in order. The clock only moves forward."

    @cached_property
    def due(self) -> datetime | None:
        """When something happens next."""
        return sweeps.next_due(platform=self.operator.platform)

    def initial(self) -> dict[str, Any]:
        return {"to": self.due or self.operator.at + timedelta(days=1)}

    def facts(self) -> list[Fact]:
        zone = self.operator.zone
        return [
            Fact("Now at", f"{format.instant(self.operator.at, zone)}, {zone}"),
            Fact("Next due", format.instant(self.due, zone) if self.due else "Nothing"),
        ]

    def calls(self, form: Any) -> list[Call]:
        return [Call("POST", "/v1/test-clock/advance", {"to": self.written(form)})] if form.is_valid() else []

    def save(self, form: Any) -> str:
        clock.advance(platform=self.operator.platform, to=self.instant(form))
        return self.back()


class Release(ClockForm):
    """Back to wall time."""

    title = "Release the test clock"
    verb = "Release the clock"
    message = "Clock released"
    description = "The platform returns to real time. What falls due until now is then done by the worker."
    form_class = DeskForm

    def calls(self, form: Any) -> list[Call]:
        return [Call("DELETE", "/v1/test-clock")]

    def save(self, form: Any) -> str:
        clock.release(platform=self.operator.platform)
        return self.back()


palette.register(
    Jump("Freeze the test clock", "clock-freeze", "TEST_CLOCK.UPDATE"),
    Jump("Advance the test clock", "clock-advance", "TEST_CLOCK.UPDATE"),
)
