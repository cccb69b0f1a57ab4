"""How fast Desk's pages come out of the sandbox: ``python -m benchmarks.desk`` (two to three minutes).

Loads the sandbox into a database of its own, telling how long that takes, then follows the links of
Desk from its home: up to three pages of every kind, each asked for several times in one process, as an
owner. The slowest of a kind is shown, with the most queries that one of them made.
"""

from __future__ import annotations

import gzip
import re
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import serving

ASKED, OF_A_KIND = 5, 3
SLOW_MS, MANY_QUERIES = 300, 12
HOME = "/desk/"
LINK = re.compile(r'\s(?:href|hx-get)="(/desk/[^"#]*)"')
# What is not a page: files, and the ways out.
LEFT_OUT = re.compile(r"/(sign-out|export|switch|theme|pdf)\b|format=csv|\.(csv|css|js)\b")
ASSETS = ("desk/desk.css", "desk/desk.js", "desk/inputs.js", "django_htmx/htmx-2.min.js")


@dataclass
class Kind:
    """Pages of one address pattern and tab."""

    name: str
    addresses: list[str] = field(default_factory=list)
    ms: float = 0
    queries: int = 0
    slowest: str = ""


def load() -> tuple[Any, float, float]:
    """(the owner, wall seconds, CPU seconds of this process) of loading the sandbox."""
    from accounts.models import Environment
    from accounts.services import platforms
    from billing.sandbox import load as sandbox
    from billing.sandbox import traffic
    from billing.sandbox.progress import Bar
    from kit import memory

    now = datetime.now(UTC)
    opened = platforms.open_platform(
        name="Benchmark",
        environment=Environment.TEST,
        owner_email="bench@example.com",
        owner_password="benchmark-only",
        at=now,
    )
    memory.settle()
    wall, cpu = time.perf_counter(), time.process_time()
    sandbox.once(platform=opened.platform, at=now, bar=Bar(sys.stderr, "Loading the sandbox"))
    traffic.send(platform=opened.platform, key=opened.api_key)
    return opened.owner, time.perf_counter() - wall, time.process_time() - cpu


def crawl(client: Any) -> Iterator[Kind]:
    """Every kind of page that can be reached by links, with its first addresses."""
    from django.urls import Resolver404, resolve

    kinds: dict[str, Kind] = {}
    waiting, seen = [HOME], {HOME}
    while waiting:
        address = waiting.pop(0)
        try:
            match = resolve(address.partition("?")[0])
        except Resolver404:
            continue
        tab = next((value for name, value in match.kwargs.items() if name in ("tab", "step")), "")
        name = ":".join(filter(None, (match.url_name, str(tab))))
        kind = kinds.setdefault(name, Kind(name))
        if len(kind.addresses) >= OF_A_KIND:
            continue
        answer = client.get(address)
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        kind.addresses.append(address)
        found = LINK.findall(answer.content.decode().replace("&amp;", "&"))
        fresh = [each for each in dict.fromkeys(found) if each not in seen and not LEFT_OUT.search(each)]
        seen.update(fresh)
        waiting += fresh
    yield from (kind for kind in kinds.values() if kind.addresses)


def measure(client: Any, kind: Kind) -> None:
    """The median milliseconds of the slowest address, and the most queries of any."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for address in kind.addresses:
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        kind.queries = max(kind.queries, len(captured))
        taken = []
        for _ in range(ASKED):
            begun = time.perf_counter()
            client.get(address)
            taken.append((time.perf_counter() - begun) * 1000)
        if statistics.median(taken) > kind.ms:
            kind.ms, kind.slowest = statistics.median(taken), address


def assets() -> int:
    """Bytes of Desk's styles and scripts, gzipped one by one."""
    from django.contrib.staticfiles import finders

    return sum(len(gzip.compress(Path(str(finders.find(name))).read_bytes())) for name in ASSETS)


def show(kinds: list[Kind]) -> None:
    print("| page | ms | queries | |")
    print("|---|---|---|---|")
    for kind in sorted(kinds, key=lambda each: -each.ms):
        over = kind.ms > SLOW_MS or kind.queries > MANY_QUERIES
        print(f"| {kind.name} | {kind.ms:.0f} | {kind.queries} | {kind.slowest if over else ''} |")


def main() -> None:
    with serving.database("tallydesk_desk"):
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections
        from django.test import Client

        call_command("migrate", verbosity=0)
        owner, wall, cpu = load()
        print(f"The sandbox was loaded in {wall:.0f} s ({cpu:.0f} s of CPU beside the database's).\n")
        client = Client(SERVER_NAME="localhost")
        client.force_login(owner)
        kinds = list(crawl(client))
        for kind in kinds:
            measure(client, kind)
        show(kinds)
        print(f"\nStyles and scripts: {assets() / 1000:.1f} kB, gzipped.")
        connections.close_all()


if __name__ == "__main__":
    main()
