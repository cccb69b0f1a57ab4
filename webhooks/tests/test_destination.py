"""Addresses that webhooks must not reach, in the spellings that attackers use."""

import socket
from ipaddress import ip_address

import pytest

from webhooks.services import destination, transport

INSIDE = [
    "http://127.0.0.1/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://①②⑦.⓪.⓪.①/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::7f00:1]/",
]
PRIVATE = [
    "http://0.0.0.0/",
    "http://0/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1:8080/",
    "http://3232235777/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data",
    "http://0xa9fea9fe/",
    "http://[::ffff:169.254.169.254]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::1]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:a9fe:a9fe::]/",
    "http://[2001::1]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25lo]/",
    "http://[fc00::1]/",
    "http://[fec0::1]/",
    "http://[::]/",
    "http://[ff02::1]/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://198.18.0.1/",
    "http://192.0.2.1/",
]
TRICKS = [
    "http://client.example@169.254.169.254/",
    "http://client.example:pw@10.0.0.1/",
    "http://@10.0.0.1/",
    "http://10.0.0.1\\@client.example/",
    "http://client.example\\.10.0.0.1/",
    "http://10.0.0.1#@client.example/",
    "http:///10.0.0.1/",
    "file:///etc/passwd",
    "gopher://client.example/",
    "http://client.example:0/",
    "http://[::1/",
    "http://client.example/\thost",
    "//client.example/",
]


@pytest.mark.parametrize("url", PRIVATE + TRICKS)
def test_what_is_not_public_is_refused_even_where_loopback_is_allowed(settings, url):
    settings.WEBHOOK_ALLOW_LOOPBACK = True
    with pytest.raises(destination.Refused):
        destination.check(url)


@pytest.mark.parametrize("url", INSIDE)
def test_loopback_is_refused_however_it_is_written(settings, url):
    settings.WEBHOOK_ALLOW_LOOPBACK = False
    with pytest.raises(destination.Refused):
        destination.check(url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8001/", "http://localhost:8001/x?y=1", "http://[::1]:8001/"]
)
def test_development_may_use_loopback(settings, url):
    settings.WEBHOOK_ALLOW_LOOPBACK = True
    destination.check(url)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1", "64:ff9b::5db8:d822", "::ffff:8.8.8.8"])
def test_public_addresses_are_acceptable(address):
    assert destination.acceptable(ip_address(address))


def test_a_name_that_has_no_address_now_may_be_registered(monkeypatch):
    monkeypatch.setattr(destination.socket, "getaddrinfo", _fails)
    destination.check("https://client.example/hook")
    assert transport.post(url="https://client.example/hook", headers={}, body=b"").cause == (
        "client.example could not be resolved"
    )


def test_one_private_address_among_public_ones_refuses_the_name(monkeypatch):
    monkeypatch.setattr(destination.socket, "getaddrinfo", _answers("93.184.216.34", "10.0.0.1"))
    with pytest.raises(destination.Refused):
        destination.check("https://client.example/")


def test_a_name_is_resolved_once_and_the_checked_address_is_used(monkeypatch, settings, receiver):
    """DNS rebinding: the second answer would be another one, and nobody asks for it."""
    settings.WEBHOOK_ALLOW_LOOPBACK = True
    asked = []
    real = socket.getaddrinfo

    def resolve(host, port, *args, **kwargs):
        if host != "client.example":
            return real(host, port, *args, **kwargs)
        asked.append(host)
        return real("127.0.0.1" if len(asked) == 1 else "10.0.0.1", port, *args, **kwargs)

    monkeypatch.setattr(destination.socket, "getaddrinfo", resolve)
    url = f"http://client.example:{receiver.server_port}/hook"
    assert transport.post(url=url, headers={}, body=b"{}").succeeded
    assert asked == ["client.example"]
    assert receiver.requests[0][0]["Host"] == f"client.example:{receiver.server_port}"


def test_a_name_that_turns_private_after_registration_is_refused_at_delivery(monkeypatch):
    monkeypatch.setattr(destination.socket, "getaddrinfo", _answers("93.184.216.34"))
    destination.check("https://client.example/")
    monkeypatch.setattr(destination.socket, "getaddrinfo", _answers("169.254.169.254"))
    reply = transport.post(url="https://client.example/", headers={}, body=b"")
    assert (reply.status, reply.succeeded) == (None, False)
    assert "not a public address" in reply.cause


def _answers(*addresses):
    def resolve(host, port, *args, **kwargs):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return resolve


def _fails(*args, **kwargs):
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
