"""What the supervisor reads from its own web server."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from config import probe


@pytest.fixture
def serve() -> Iterator[Callable[[int, Any], str]]:
    servers: list[HTTPServer] = []

    def start(status: int, body: Any) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        server = HTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_missing_heartbeat_is_silence(serve: Callable[[int, Any], str]) -> None:
    assert probe.worker_is_silent(
        serve(503, {"checks": {"database": "ok", "jobs": "no heartbeat for 200 s"}})
    )


def test_a_lost_database_is_not_the_workers_fault(serve: Callable[[int, Any], str]) -> None:
    assert not probe.worker_is_silent(serve(503, {"checks": {"database": "cannot be reached"}}))


def test_a_ready_installation_is_not_silent(serve: Callable[[int, Any], str]) -> None:
    assert not probe.worker_is_silent(serve(200, {"checks": {"jobs": "ok"}}))


def test_a_web_server_that_does_not_answer_says_nothing_about_the_worker() -> None:
    assert not probe.page_is_served("http://127.0.0.1:1")
    assert not probe.worker_is_silent("http://127.0.0.1:1")
