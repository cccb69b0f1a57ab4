"""The same request as text: cURL, Python, JSON. The key is always the variable ``$API_KEY``."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

HOST = "$TALLYDESK_URL"


@dataclass(frozen=True, slots=True)
class Call:
    """One API request: ``Call("POST", "/v1/meters", {"reference": "api_calls"})``."""

    method: str
    path: str
    body: Any = None
    note: str = ""  # what it leaves out, to be told beside it

    @property
    def json(self) -> str:
        """The body, indented."""
        return "" if self.body is None else json.dumps(self.body, indent=2, ensure_ascii=False, default=str)

    @property
    def snippets(self) -> Snippets:
        """This one call, as a card."""
        return Snippets((self,))

    @property
    def curl(self) -> str:
        """A command that runs as pasted once the host and the key are set."""
        method = "" if self.method == "GET" else f"-X {self.method} "
        lines = [f'curl {method}"{HOST}{self.path}"', '  -H "X-API-KEY: $API_KEY"']
        if self.body is not None:
            lines += ['  -H "Content-Type: application/json"', f"  -d {shlex.quote(self.json)}"]
        return " \\\n".join(lines)

    @property
    def python(self) -> str:
        """The same with httpx."""
        body = f"    json={_literal(self.body)},\n" if self.body is not None else ""
        return (
            "import os, httpx\n\n"
            "answer = httpx.request(\n"
            f"    {self.method!r},\n"
            f'    os.environ["TALLYDESK_URL"] + {self.path!r},\n'
            '    headers={"X-API-KEY": os.environ["API_KEY"]},\n'
            f"{body})\n"
            "answer.raise_for_status()"
        )


@dataclass(frozen=True, slots=True)
class Snippets:
    """Several calls in order, as a card with tabs. ``key`` tells cards on one page apart."""

    calls: tuple[Call, ...]
    key: str = "call"

    def __html__(self) -> SafeString:
        joined = {
            "cURL": "\n\n".join(call.curl for call in self.calls),
            "Python": "\n\n".join(call.python for call in self.calls),
            "JSON": "\n\n".join(call.json for call in self.calls if call.body is not None),
        }
        tabs = [(name, text) for name, text in joined.items() if text]
        notes = [call.note for call in self.calls if call.note]
        context = {"tabs": tabs, "key": self.key, "notes": notes}
        return SafeString(render_to_string("desk/ui/curl.html", context))


def per_row(
    method: str, path: str, *, verb: str = "", body: Any = None
) -> Callable[[Sequence[Any]], list[Call]]:
    """The same request for each of several rows: ``per_row("POST", "/v1/customers", verb="activate")``."""
    end = f"/{verb}" if verb else ""
    return lambda rows: [Call(method, f"{path}/{row.public_id}{end}", body) for row in rows]


def _literal(value: Any) -> str:
    return repr(json.loads(json.dumps(value, default=str)))
