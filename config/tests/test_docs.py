"""The documentation says everything that there is: each setting, command, sweep, code, type and link."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from accounts.services import sweeps
from config import compatibility
from config.tests.shell import DOCS
from kit import errors
from webhooks.services import actions

ROOT = DOCS.parent
OURS = ("accounts", "webhooks", "metering", "catalog", "billing", "desk")
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md"), *ROOT.glob("*/README.md")])
# Set by our own programs for their children, not by people.
INTERNAL = {"STOP_WITH_STARTER", "UV_CUSTOM_COMPILE_COMMAND", "TALLYDESK_URL", "API_KEY"}


def reference(name: str) -> str:
    return (DOCS / "reference" / f"{name}.md").read_text()


def settings_read() -> set[str]:
    """Names that our code asks the environment for."""
    asked = re.compile(r"(?:env\.\w+|environ\.get|environ\.setdefault)\(\s*\"([A-Z][A-Z0-9_]+)\"")
    sources = [path for path in (ROOT / "config").rglob("*.py") if "tests" not in path.parts]
    return {name for path in sources for name in asked.findall(path.read_text())} - INTERNAL


def test_every_setting_is_documented():
    told = reference("settings")
    assert {name for name in settings_read() if f"`{name.removesuffix('_FILE')}`" not in told} == set()
    assert "DATABASE_URL" in settings_read()


def test_every_command_is_documented():
    mine = {name for name, app in get_commands().items() if app in OURS}
    assert {name for name in mine if f"`{name}`" not in reference("commands")} == set()
    assert "create_platform" in mine


def test_every_sweep_is_documented():
    mine = {sweep.name for sweep in sweeps.registered()}
    assert {name for name in mine if f"`{name}`" not in reference("commands")} == set()
    assert "invoices.finalize" in mine


def test_every_webhook_type_is_documented():
    told = reference("webhooks")
    for resource in actions.catalogue():
        assert f"`{resource['object_type']}`" in told, resource
        for name in resource["actions"]:
            assert name in actions.VERBS or f"`{name}`" in told, name


def test_every_error_is_documented():
    classes = [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, errors.TallydeskError)
    ]
    told = reference("errors")
    assert {f"| `{each.code}` | {each.status} |" for each in classes} - set(
        re.findall(r"\| `[A-Z_]+` \| \d+ \|", told)
    ) == set()


def test_compatibility_is_as_the_code_has_it():
    page = compatibility.PAGE.read_text()
    assert page == compatibility.written(page), "run: python -m config.compatibility"


def test_every_field_without_a_feature_names_the_one_it_waits_for():
    waiting = {
        (schema, name) for schema, names in compatibility.without_feature().items() for name, _ in names
    }
    untold = {(schema, name) for schema, name in waiting if f"{schema}.{name}" not in compatibility.SPECIAL}
    assert {name for _, name in untold} - compatibility.FEATURE.keys() == set()
    assert "custom_fields" in {name for _, name in waiting}


def priced() -> list[tuple[str, str]]:
    """(body, amount) of each example: a JSON block, and the next bold number."""
    return re.findall(r"```json\n(.*?)\n```.*?\*\*([\d.]+)\*\*", reference("prices"), flags=re.DOTALL)


@pytest.mark.parametrize(("body", "amount"), priced())
def test_a_price_comes_to_what_the_page_says(body, amount, api):
    found = api.post("/v1/pricings/calculate", json.loads(body)).ok()
    assert found["amount"]["quantity"] == amount


def test_every_price_on_the_page_is_tried():
    assert len(priced()) == reference("prices").count("```json") >= 10


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    for link in re.findall(r"\]\(([^)#\s]*(?:#[^)\s]*)?)\)", page.read_text()):
        path, _, anchor = link.partition("#")
        if not path.startswith(("http:", "https:", "mailto:")):
            target = (page.parent / path).resolve() if path else page
            assert target.exists(), link
            assert not anchor or anchor in anchors(target), link


def test_every_page_is_in_the_index():
    index = (DOCS / "README.md").read_text() + (DOCS / "adr" / "README.md").read_text()
    pages = {page for page in DOCS.rglob("*.md") if page.name != "README.md"}
    assert {str(page.relative_to(DOCS)) for page in pages if page.name not in index} == set()


def test_every_app_says_what_it_owns():
    for app in (*OURS, "kit", "config"):
        assert (ROOT / app / "README.md").exists(), app


def test_the_first_command_comes_within_a_screen():
    before = (ROOT / "README.md").read_text().split("make start")[0]
    assert before.count("\n") < 24
