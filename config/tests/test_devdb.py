"""The embedded PostgreSQL: started when asked, stopped by the last who leaves, data kept."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config import devdb, programs


@pytest.fixture
def checkout() -> Iterator[Path]:
    """A directory that stands for a checkout; what the server keeps for it is removed."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        place = Path(name)
        place.chmod(0o755)
        yield place
        if devdb.home(place).exists():
            devdb.stop(place)
            shutil.rmtree(devdb.home(place))


def test_the_address_is_a_socket_inside_the_checkout(checkout: Path) -> None:
    assert devdb.url(checkout) == f"postgres://postgres@/tallydesk?host={checkout}/.data/pg"


def test_a_long_path_moves_the_data_where_a_socket_fits(checkout: Path) -> None:
    long = checkout / ("d" * 100)
    long.mkdir()
    assert len(str(devdb.home(long))) < 40


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts the server as another user")
def test_no_permission_is_widened_for_a_checkout_the_server_cannot_enter(checkout: Path) -> None:
    closed = checkout / "closed"
    closed.mkdir(mode=0o700)
    inside = closed / "tallydesk"
    inside.mkdir()
    try:
        with devdb.running(inside) as url, psycopg.connect(url) as server:
            assert server.execute("SELECT 1").fetchone() == (1,)
        assert closed.stat().st_mode & 0o777 == 0o700
    finally:
        shutil.rmtree(devdb.home(inside), ignore_errors=True)


def test_programs_that_the_server_cannot_reach_are_copied_and_run(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "reachable", lambda path, user: path.name != "postgres")
    with devdb.running(checkout) as url, psycopg.connect(url) as server:
        assert server.execute("SELECT 1").fetchone() == (1,)
    assert (devdb.home(checkout) / "postgresql-18" / "complete").exists()


def test_the_data_outlives_the_server(checkout: Path) -> None:
    with devdb.running(checkout) as url, psycopg.connect(url) as server:
        server.execute("CREATE TABLE kept AS SELECT 7 AS seven")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    with devdb.running(checkout) as url, psycopg.connect(url) as server:
        assert server.execute("SELECT seven FROM kept").fetchone() == (7,)


def test_the_last_user_stops_the_server(checkout: Path) -> None:
    with devdb.running(checkout) as url:
        with devdb.running(checkout):
            pass
        with psycopg.connect(url) as server:
            assert server.execute("SELECT 1").fetchone() == (1,)


def test_a_killed_user_does_not_keep_the_server_running(checkout: Path) -> None:
    code = (
        "import os, sys, pathlib\nfrom config import devdb\n"
        "with devdb.running(pathlib.Path(sys.argv[1])):\n    os.kill(os.getpid(), 9)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(checkout)], capture_output=True)
    assert killed.returncode == -9
    with devdb.running(checkout) as url, psycopg.connect(url) as server:
        assert server.execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


def test_only_postgresql_is_accepted(monkeypatch: pytest.MonkeyPatch, checkout: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://root@localhost/tallydesk")
    with pytest.raises(SystemExit, match="postgres://"), devdb.environment(checkout):
        pass
