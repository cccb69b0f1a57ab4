"""Requests generated from the served document: never a 5xx, never an answer that it does not list."""

from __future__ import annotations

import json

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from config.views import document

CHECKS = [schemathesis.checks.not_a_server_error, status_code_conformance, content_type_conformance]
schema = schemathesis.openapi.from_dict(json.loads(document()))


@pytest.fixture
def server(transactional_db, live_server, opened):
    """The address of a live server and a key for it."""
    return live_server.url, opened.api_key


@schema.parametrize()
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_generated_requests_get_documented_answers(case, server):
    address, key = server
    response = case.call(base_url=address, headers={"X-API-KEY": key}, timeout=30)
    assert response.status_code < 500, response.text
    case.validate_response(response, checks=CHECKS)
