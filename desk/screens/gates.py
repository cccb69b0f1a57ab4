"""Pages outside the shell: sign-in, invitation, reset. No operator yet, no menu."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from desk.forms.base import DeskForm
from kit.errors import TallydeskError


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class Gate(View):
    """One form on a bare page; ``enter(form)`` acts and answers."""

    title: str
    verb: ClassVar[str]
    form_class: type[DeskForm]
    template: ClassVar[str] = "desk/gate.html"
    lead: str = ""

    @abstractmethod
    def enter(self, form: Any) -> HttpResponse:
        """What a good answer to the form opens."""

    def initial(self) -> dict[str, Any]:
        return {}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(self.form_class(initial=self.initial()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form_class(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        try:
            return self.enter(form)
        except TallydeskError as error:
            form.refuse(error)
            return self.show(form, status=error.status if error.status == 429 else 422)

    def show(self, form: DeskForm | None, *, status: int = 200, **extra: Any) -> HttpResponse:
        title = f"Error: {self.title}" if form and form.is_bound and form.errors else self.title
        context = {"form": form, "title": title, "heading": self.title, "verb": self.verb, "lead": self.lead}
        return render(self.request, self.template, {**context, **extra}, status=status)


def safe_next(request: HttpRequest, default: str) -> str:
    """The local URL in ``next``, or ``default``: never another host."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    fits = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if fits and url.startswith("/desk/") else default
