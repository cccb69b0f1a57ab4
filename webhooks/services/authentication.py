"""What an endpoint asks of us beside the signature: basic authentication, a key in a header, or nothing."""

from __future__ import annotations

import base64

from kit.errors import InvalidField, MissingField
from kit.sealing import unseal
from webhooks.models import AuthenticationType, Webhook

KEY_HEADER = "X-API-KEY"
TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")
# Headers that the delivery sets itself, or that would change what the message means.
TAKEN = frozenset(
    "authorization connection content-encoding content-length content-type cookie expect host "
    "keep-alive proxy-authorization te trailer transfer-encoding upgrade user-agent".split()
)
TAKEN_PREFIXES = ("webhook-", "x-payload-signature")


def check(webhook: Webhook) -> None:
    """Raise MissingField or InvalidField unless the parts fit together."""
    match webhook.authentication_type:
        case AuthenticationType.PASSWORD:
            _demand(webhook.username, "username")
            _demand(webhook.password_sealed, "password")
            if ":" in webhook.username:
                raise InvalidField("must not hold a colon", field="username")
        case AuthenticationType.API_KEY:
            _demand(webhook.api_key_sealed, "api_key")
    header = webhook.api_header_field.lower()
    if not TOKEN.issuperset(header) or header in TAKEN or header.startswith(TAKEN_PREFIXES):
        raise InvalidField(
            "must be the name of a header that the delivery does not set", field="api_header_field"
        )


def headers(webhook: Webhook) -> dict[str, str]:
    """The header that the endpoint's authentication adds to a delivery."""
    match webhook.authentication_type:
        case AuthenticationType.PASSWORD:
            pair = f"{webhook.username}:{unseal(webhook.password_sealed)}"
            return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
        case AuthenticationType.API_KEY:
            return {webhook.api_header_field or KEY_HEADER: unseal(webhook.api_key_sealed)}
    return {}


def _demand(value: str, field: str) -> None:
    if not value:
        raise MissingField(field=field)
