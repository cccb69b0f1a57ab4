"""``manage.py webhook_listen``: a receiver for trying webhooks out. It prints and verifies what arrives."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kit import clock
from kit.errors import InvalidField
from webhooks.services import signing

MAX_BODY = 32 * 1024 * 1024


class Command(BaseCommand):
    help = (
        "Listen on 127.0.0.1:PORT for webhooks, print them, and check their signatures. "
        "Register http://127.0.0.1:PORT/ with POST /v1/webhooks; its answer shows the secret."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "port", type=int, help="The port of 127.0.0.1 to listen on; 0 chooses a free one."
        )
        parser.add_argument(
            "--secret", help="The endpoint's secret_key (whsec_...), to verify signatures with."
        )
        parser.add_argument(
            "--fail-first", type=int, default=0, metavar="N", help="Answer the first N requests with 503."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0 <= options["port"] < 65536:
            raise CommandError("PORT must be a number from 0 to 65535.")
        try:
            signing.key_of(options["secret"] or signing.new_secret())
        except InvalidField as error:
            raise CommandError(f"--secret {error.message}.") from None
        try:
            server = Listener(options["port"], options["secret"], options["fail_first"], self.stdout.write)
        except OSError as error:
            raise CommandError(f"Port {options['port']} cannot be used: {error.strerror}.") from None
        self.stdout.write(f"Listening on http://127.0.0.1:{server.server_port}/ (Ctrl-C stops)")
        with server:
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                self.stdout.write("")


class Listener(ThreadingHTTPServer):
    """The server with what its handlers need to know."""

    daemon_threads = True

    def __init__(self, port: int, secret: str | None, fail_first: int, write: Callable[[str], Any]) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.secret = secret
        self.failures_left = fail_first
        self.write = write

    def verdict(self, headers: dict[str, str], body: bytes) -> str:
        """What the signatures say, in words."""
        if self.secret is None:
            return "not verified: start with --secret to do so"
        found = signing.verified(secret=self.secret, headers=headers, body=body, now=clock.now())
        return ", ".join(f"{scheme} {'valid' if good else 'NOT VALID'}" for scheme, good in found.items())


class Handler(BaseHTTPRequestHandler):
    """Prints one POST and answers it."""

    server: Listener

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "0")
        body = self.rfile.read(min(int(length), MAX_BODY)) if length.isdecimal() else b""
        failing = self.server.failures_left > 0
        self.server.failures_left -= failing
        self.server.write(self._described(body, 503 if failing else 200))
        self.send_response(503 if failing else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _described(self, body: bytes, status: int) -> str:
        headers = dict(self.headers.items())
        try:
            shown = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
        except ValueError:
            shown = repr(body[:1000])
        signatures = f"signatures: {self.server.verdict(headers, body)}"
        return "\n".join([f"--- {self.command} {self.path}, answered {status}", signatures, shown])

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing beside what ``do_POST`` prints."""
