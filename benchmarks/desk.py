"""How fast Desk's pages come out of the sandbox: ``python -m benchmarks.desk`` (two to three minutes).

Loads the sandbox into a database of its own, telling how long that takes, then follows the links of
Desk from its home: up to three pages of every kind and what follows them by a request of its own, each asked
for several times in one process, as an owner. Of the slowest of a kind the median and the 95th percentile
are shown, with the processor time of both processes, which other programs hardly change, and with the most
queries that one of the kind made.
"""

from __future__ import annotations

import gzip
import re
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import desk_kinds, serving, spent
from benchmarks.desk_kinds import HOME, OF_A_KIND, Kind

ASKED = 7
SLOW_MS, MANY_QUERIES = 300, 12
LINK = re.compile(r'\s(?:href|hx-get)="(/desk/[^"#]*)"')
# What is not a page: files, and the ways out.
LEFT_OUT = re.compile(r"/(sign-out|export|switch|theme|pdf)\b|format=csv|\.(csv|css|js)\b")
SCRIPTS = tuple(f"desk/{name}.js" for name in ("desk", "early", "focus", "held", "inputs", "keys", "presses"))
ASSETS = ("desk/desk.css", *SCRIPTS, "django_htmx/htmx-2.min.js")


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

    is_live = kind.target or kind.form is not None
    headers = {"HX-Request": "true", "HX-Target": kind.target} if is_live else {}

    def ask(address: str) -> None:
        asked = client.get if kind.form is None else client.post
        answer = asked(address, kind.form, headers=headers)
        assert answer.status_code == 200, (address, answer.status_code)

    for address in kind.addresses:
        ask(address)
        with CaptureQueriesContext(connection) as captured:
            ask(address)
        kind.queries = max(kind.queries, len(captured))
        taken = []
        for _ in range(ASKED):
            with spent.measured() as each:
                ask(address)
            taken.append(each)
        median = statistics.median(each.wall for each in taken)
        if median > kind.ms:
            kind.ms, kind.slowest = median, address
            kind.p95 = statistics.quantiles([each.wall for each in taken], n=20, method="inclusive")[-1]
            kind.work = statistics.median(each.work for each in taken)


def assets() -> int:
    """Bytes of Desk's styles and scripts, gzipped one by one."""
    from django.contrib.staticfiles import finders

    return sum(len(gzip.compress(Path(str(finders.find(name))).read_bytes())) for name in ASSETS)


def show(kinds: list[Kind]) -> None:
    print("| page | median ms | p95 | processor ms | queries | |")
    print("|---|---|---|---|---|---|")
    for kind in sorted(kinds, key=lambda each: -each.ms):
        over = kind.ms > SLOW_MS or kind.queries > MANY_QUERIES
        figures = f"{kind.ms:.0f} | {kind.p95:.0f} | {kind.work:.0f} | {kind.queries}"
        print(f"| {kind.name} | {figures} | {kind.slowest if over else ''} |")


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
        now = datetime.now(UTC)
        kinds = [*crawl(client), *desk_kinds.everything(client, owner, now)]
        for kind in kinds:
            measure(client, kind)
        show(kinds)
        print(f"\nStyles and scripts: {assets() / 1000:.1f} kB, gzipped.")
        connections.close_all()


if __name__ == "__main__":
    main()
