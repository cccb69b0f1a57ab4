"""The API log: which requests came in, how they were answered, how long that took."""

from __future__ import annotations

from django.db import models

from accounts.models.platform import Platform, known


class RequestSource(models.TextChoices):
    API = "API"
    DESK = "DESK"


class ApiRequest(models.Model):
    """One request, or several alike: ingestion keeps one row for each key, path, status and second.

    ``microseconds`` and ``slowest_microseconds`` are the sum and the longest of the ``requests`` that the row
    stands for; everything else is of the first of them. Bodies are JSON as text, their fields in the order in
    which they came, without secrets (``kit.api.redact``); empty where a body was too large or no JSON. Rows
    live by wall time, whatever the test clock says.
    """

    platform = models.ForeignKey(Platform, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    source = models.CharField(max_length=4, choices=RequestSource.choices)
    actor = models.CharField(max_length=200, help_text="The key's name, or the member's e-mail.")
    key_id = models.CharField(max_length=32, blank=True)
    key_hint = models.CharField(max_length=16, blank=True)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=500)
    query = models.TextField(blank=True)
    status = models.PositiveSmallIntegerField()
    requests = models.PositiveIntegerField(default=1)
    microseconds = models.BigIntegerField()
    slowest_microseconds = models.BigIntegerField()
    request_id = models.CharField(max_length=32)
    ip = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    idempotency_key = models.CharField(max_length=255, blank=True)
    replayed = models.BooleanField(default=False, help_text="Answered from an earlier run of the same key.")
    error_code = models.CharField(max_length=64, blank=True)
    error_field = models.CharField(max_length=200, blank=True)
    request_size = models.PositiveIntegerField(default=0)
    response_size = models.PositiveIntegerField(default=0)
    request_body = models.TextField(blank=True)
    response_body = models.TextField(blank=True)

    class Meta:
        constraints = [known("source", RequestSource, model="api_request")]
        indexes = [
            models.Index(fields=["platform", "-id"], name="api_request_by_platform"),
            models.Index(fields=["platform", "at"], name="api_request_by_time"),
            models.Index(fields=["platform", "request_id"], name="api_request_by_request"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"
