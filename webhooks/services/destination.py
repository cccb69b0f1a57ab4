"""Where a webhook may go. Only global addresses, however they are written.

The name is resolved once, every address it has is judged, and the connection goes to an address
that was judged: a name that changes its mind in between gains nothing.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from kit.errors import InvalidField

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
PORTS = {"http": 80, "https": 443}
LOOKUP_SECONDS = 2.0
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Global by the registry, and still no place for a webhook: local NAT64, site-local, 6to4 relays,
# Teredo and other protocol assignments, IPv4-compatible.
REFUSED = [
    ipaddress.ip_network(block)
    for block in ("64:ff9b:1::/48", "fec0::/10", "192.88.99.0/24", "2001::/23", "::/96")
]


class Refused(InvalidField):
    """The destination is not one that webhooks may be sent to."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="url")


class Unresolvable(Exception):
    """The name has no address now; it may have one later."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A URL taken apart once, so that what is checked is what is used."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def host_header(self) -> str:
        """The host as the receiver expects to read it."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == PORTS[self.scheme] else f"{name}:{self.port}"


def parse(url: str) -> Destination:
    """Take an http(s) URL apart. Raises Refused, saying what is wrong with it."""
    try:
        parts = urlsplit(url)
        host, port = _host(parts), parts.port
    except (ValueError, UnicodeError):
        raise Refused("is not a valid URL") from None
    if parts.scheme not in PORTS or not host or "%" in host or port == 0:
        raise Refused("must be an http or https URL with a host, such as https://client.example/hook")
    if parts.username is not None or parts.password is not None:
        raise Refused("must not hold credentials: use authentication_type PASSWORD")
    if parts.fragment or not f"{parts.path}{parts.query}".isascii():
        raise Refused("must not have a fragment, and its path must be percent-encoded")
    if any(character <= " " or character in "\\\x7f" for character in url):
        raise Refused("must not hold spaces, backslashes or control characters")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(parts.scheme, host, port or PORTS[parts.scheme], target)


def _host(parts: SplitResult) -> str:
    """The host in ASCII, as it is resolved and shown to the receiver."""
    name = (parts.hostname or "").removesuffix(".")
    return name if ":" in name else name.encode("idna").decode()


def check(url: str) -> None:
    """Refuse a URL that can be seen to lead nowhere good. A name without an address now is accepted:
    every delivery looks again."""
    destination = parse(url)
    try:
        addresses(destination, seconds=LOOKUP_SECONDS)
    except Unresolvable:
        return


def addresses(destination: Destination, *, seconds: float) -> list[str]:
    """Every address of the host, all of them acceptable.

    Raises Refused if one is not, and Unresolvable if there is none within ``seconds``.
    """
    found = _lookup(destination.host, destination.port, seconds)
    for address in found:
        if not acceptable(ipaddress.ip_address(address)):
            raise Refused(f"leads to {address}, which is not a public address")
    return found


def acceptable(address: Address) -> bool:
    """Whether webhooks may go there: global unicast, or loopback where the settings allow it."""
    address = _unmapped(address)
    if address.is_loopback:
        return bool(settings.WEBHOOK_ALLOW_LOOPBACK)
    return _is_public(address) and _is_public(_embedded(address))


def _is_public(address: Address) -> bool:
    # NAT64's prefix is "reserved" by Python; it is as public as what is behind it.
    reserved = address.is_reserved and address not in NAT64
    refused = any(address in block for block in REFUSED)
    return address.is_global and not (address.is_multicast or reserved or refused)


def _unmapped(address: Address) -> Address:
    """The IPv4 address that a mapped IPv6 address (``::ffff:a.b.c.d``) is."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _embedded(address: Address) -> Address:
    """The IPv4 address behind a translated or tunneled IPv6 address; any other address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.sixtofour or address


def _lookup(host: str, port: int, seconds: float) -> list[str]:
    """Resolve in a thread of its own: the system's resolver knows no time-out."""
    answer: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def resolve() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.put(list(dict.fromkeys(str(row[4][0]).split("%")[0] for row in rows)))
        except (OSError, UnicodeError) as error:
            answer.put(OSError(str(error)))

    threading.Thread(target=resolve, daemon=True).start()
    try:
        found = answer.get(timeout=seconds)
    except queue.Empty:
        raise Unresolvable(f"{host} could not be resolved in time") from None
    if isinstance(found, OSError) or not found:
        raise Unresolvable(f"{host} could not be resolved")
    return found
