"""The form screen: shows a form, hands it to one service call, answers 422 with the errors."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from accounts.models import AuditEntry, TenantModel
from desk.components.curl import Call, Snippets
from desk.components.facts import Fact
from desk.forms.base import DeskForm
from desk.screens import undo
from desk.screens.base import Screen
from desk.shell import Crumb, list_crumb
from kit.errors import TallydeskError

INVALID = 422
CONFLICT = 409
SEEN = "seen_version"


class Shared(Screen):
    """A screen whose form two people may have open: the slower one is asked, and loses nothing."""

    def subject(self) -> TenantModel | None:
        """The row that the form edits: a change by someone else since it was shown answers 409."""
        return None

    def overtaken(self) -> bool:
        """Whether the row changed after the operator saw it."""
        seen = self.request.POST.get(SEEN)
        return seen is not None and seen != self.stamp()

    def stamp(self) -> str:
        """The state that the form was filled from; empty where it edits nothing that others may change."""
        return version(self.subject())

    def last_change(self) -> AuditEntry | None:
        """Who was faster, and what they changed."""
        row = self.subject()
        return None if row is None else last_change(row)


class FormScreen(Shared):
    """``save(form)`` makes the change and gives the URL to go on to; ``verb`` is on the button.

    Opened with ``hx-target="#dialog"`` the same URL is a dialog. With ``has_calls``, ``calls(form)`` are the
    API requests that the form stands for, from its raw values, valid or not.
    """

    template = "desk/form.html"
    regions: ClassVar[tuple[str, ...]] = ("form", "dialog", "calls")
    form_class: ClassVar[type[DeskForm]] = DeskForm
    fields_template: ClassVar[str] = "desk/ui/fields.html"
    verb: ClassVar[str] = "Save"
    verb_style: ClassVar[str] = "primary"
    keep: ClassVar[str] = "Cancel"
    description: str = ""
    message: ClassVar[str] = ""
    other_buttons: ClassVar[tuple[tuple[str, str], ...]] = ()
    has_calls: ClassVar[bool] = False

    def form(self, data: Any = None) -> DeskForm:
        """A form with what there is to start from, or with what was sent."""
        return self.form_class(data, initial=self.initial())

    def initial(self) -> dict[str, Any]:
        return {}

    @abstractmethod
    def save(self, form: Any) -> str | HttpResponse:
        """One service call, in a transaction. The URL to open next (or an answer of its own)."""

    @abstractmethod
    def cancel_url(self) -> str:
        """Where Cancel leads."""

    def crumbs(self) -> list[Crumb]:
        return [*super().crumbs(), *list_crumb(self.menu)]

    def calls(self, form: Any) -> list[Call]:
        return []

    def facts(self) -> list[Fact]:
        """What a dialog states before it acts."""
        return []

    def consequences(self) -> list[tuple[str, str]]:
        """(icon, sentence) of what will happen."""
        return []

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.show(self.form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if "as_curl" in request.POST:
            problems = [] if form.is_valid() else form.problems()
            snippets = Snippets(tuple(self.calls(form)), key="form-call")
            return self.render("desk/curl_dialog.html", snippets=snippets, problems=problems)
        if self.overtaken():
            return self.show(form, status=CONFLICT, conflict=self.last_change())
        if not form.is_valid():
            return self.show(form, status=INVALID)
        try:
            result = self.changed(form)
        except TallydeskError as error:
            return self.show_refused(form, error)
        if isinstance(result, HttpResponse):
            return result
        return self.done(result, self.message, undo=undo.url_for(self.operator))

    def changed(self, form: DeskForm) -> str | HttpResponse:
        """``save`` in one transaction; a screen that manages its own overrides this."""
        with transaction.atomic():
            return self.save(form)

    def show_refused(self, form: DeskForm, error: TallydeskError) -> HttpResponse:
        """The form with the service's error on the field that it names."""
        form.refuse(error)
        return self.show(form, status=INVALID)

    def show(self, form: DeskForm, *, status: int = 200, **extra: Any) -> HttpResponse:
        """The form; invalid ones say so in the title."""
        if self.htmx_target == "dialog":  # ids of the page under the dialog stay its own
            form.auto_id = "dialog-%s"
        title = f"Error: {self.title}" if form.is_bound and form.errors else self.title
        return self.render(
            status=status,
            **{
                "form": form,
                "seen": self.stamp(),
                "fields_template": self.fields_template,
                "title": title,
                "heading": self.title,
                "crumb_title": self.title,
                "description": self.description,
                "verb": self.verb,
                "verb_style": self.verb_style,
                "keep": self.keep,
                "cancel": self.cancel_url(),
                "facts": self.facts(),
                "consequences": self.consequences(),
                "other_buttons": self.other_buttons,
                "has_calls": self.has_calls,
                **extra,
            },
        )


def last_change(row: TenantModel, *parts: TenantModel) -> AuditEntry | None:
    """The newest entry of the audit trail about a row, or about a part of it."""
    keys = [each.public_id for each in (row, *parts)]
    entries = AuditEntry.objects.filter(platform=row.platform_id, object_id__in=keys)
    return entries.order_by("-pk").first()


def version(row: TenantModel | None) -> str:
    """The state of a row that a form was filled from; empty when it edits none."""
    return "" if row is None else row.updated_at.isoformat()


def shown_once(screen: FormScreen, secret: str, title: str, note: str) -> HttpResponse:
    """A page or dialog that shows a secret for the only time."""
    return screen.render("desk/secret.html", title=title, secret=secret, note=note, back=screen.cancel_url())
