"""Reads of the API log."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import ApiRequest, AuditEntry, Platform

MOST_RECORDS = 20


def listed(platform: Platform) -> QuerySet[ApiRequest]:
    """The platform's requests without their bodies."""
    return ApiRequest.objects.filter(platform=platform).defer("request_body", "response_body")


def by_request(platform: Platform, request_id: str) -> ApiRequest | None:
    """The request of this id, whole."""
    return ApiRequest.objects.filter(platform=platform, request_id=request_id).first()


def changes_of(request: ApiRequest) -> list[AuditEntry]:
    """What the request changed, in order; the first ``MOST_RECORDS``."""
    rows = AuditEntry.objects.filter(platform=request.platform_id, request_id=request.request_id)
    return list(rows.order_by("pk")[:MOST_RECORDS])
