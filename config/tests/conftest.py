"""A shell in which the documentation's commands run against a server."""

from __future__ import annotations

import pytest

from config.tests.shell import Run, shell


@pytest.fixture
def terminal(transactional_db, live_server, opened, tmp_path) -> Run:
    """Runs a script with the two variables that `make start` tells the reader to set."""
    return shell({"TALLYDESK": live_server.url, "KEY": opened.api_key}, tmp_path)
