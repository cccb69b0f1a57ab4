"""What one press does without a question: its button, and the same as cURL beside it."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse

from desk.components.curl import Call, Snippets
from desk.screens.base import Screen


class Press(Screen):
    """``press`` acts; ``calls`` are the API requests that do the same, which ``as_curl`` asks for."""

    regions: ClassVar[tuple[str, ...]] = ("dialog",)
    has_calls: ClassVar[bool] = True

    @abstractmethod
    def press(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """One service call, then where to go on."""

    @abstractmethod
    def calls(self) -> list[Call]:
        """In the order in which they are made."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "as_curl" not in request.POST:
            return self.press(request, *args, **kwargs)
        snippets = Snippets(tuple(self.calls()), key="form-call")
        return self.render("desk/curl_dialog.html", title="Copy as cURL", snippets=snippets, problems=[])
