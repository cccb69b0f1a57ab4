"""The law of tenancy, asked of the database and of every list: a platform sees its own rows only."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from drf_spectacular.generators import EndpointEnumerator

OURS = ("accounts", "webhooks", "metering", "catalog", "billing", "desk")
# Tables above or beside the platforms: the tenant itself, people, the worker's own state.
SHARED = {
    "accounts_platform",
    "accounts_user",
    "accounts_user_groups",
    "accounts_user_user_permissions",
    "accounts_signinattempt",
    "accounts_usersession",
}
WORKER_STATE = {"accounts_jobheartbeat"}


def our_tables() -> set[str]:
    return {table for table in connection.introspection.table_names() if table.split("_")[0] in OURS}


def is_link_table(table: str) -> bool:
    """Django's own many-to-many tables carry two keys of tenant rows and nothing else."""
    automatic = {
        field.m2m_db_table() for model in apps.get_models() for field in model._meta.local_many_to_many
    }
    return table in automatic


def test_every_table_of_ours_belongs_to_a_platform(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, is_nullable FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name = 'platform_id'"
        )
        columns = dict(cursor.fetchall())
    missing = our_tables() - columns.keys() - SHARED - WORKER_STATE
    assert {table for table in missing if not is_link_table(table)} == set()
    assert {table for table, nullable in columns.items() if nullable == "YES"} == set()


def list_paths() -> list[str]:
    endpoints = EndpointEnumerator().get_api_endpoints()
    return sorted(path for path, _, method, _ in endpoints if method == "GET" and "{" not in path)


@pytest.mark.parametrize("path", list_paths())
def test_every_list_asks_for_its_platform_only(path, api, opened):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        api.get(path).ok()
    tables = our_tables() - SHARED - WORKER_STATE
    for query in (entry["sql"] for entry in captured.captured_queries):
        read = set(re.findall(r'(?:FROM|JOIN) "?(\w+)"?', query)) & tables
        if read and "accounts_apikey" not in read:
            assert re.search(rf'"?platform_id"? = {opened.platform.pk}\b', query), query


def test_the_lists_are_found():
    assert "/v1/test-clock" in list_paths()
