"""Requests generated from the served document: never a 5xx, never an answer that it does not list."""

from __future__ import annotations

import json

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from config.views import document

CHECKS = [schemathesis.checks.not_a_server_error, status_code_conformance, content_type_conformance]
MODES = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]
schema = schemathesis.openapi.from_dict(json.loads(document()))
operations = [result.ok() for result in schema.get_all_operations()]
TAGS = sorted({operation.tags[0] for operation in operations})


@pytest.fixture
def server(transactional_db, live_server, opened):
    """The address of a live server and a key for it."""
    return live_server.url, opened.api_key


@pytest.mark.parametrize("tag", TAGS)
def test_generated_requests_get_documented_answers(tag, server):
    for operation in operations:
        if operation.tags[0] == tag:
            for mode in MODES:
                check_operation(operation, mode, server)


def check_operation(operation, mode, server):
    address, key = server

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=8,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    def answered_as_documented(case):
        response = case.call(base_url=address, headers={"X-API-KEY": key}, timeout=30)
        assert response.status_code < 500, response.text
        case.validate_response(response, checks=CHECKS)

    answered_as_documented()
