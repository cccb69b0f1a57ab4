import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from kit import clock
from webhooks.management.commands.webhook_listen import Listener
from webhooks.services import signing, transport


@pytest.fixture
def listening():
    """``listening(secret, fail_first)``: (the listener's URL, the lines it prints)."""
    servers = []

    def start(secret, fail_first=0):
        lines = []
        server = Listener(0, secret, fail_first, lines.append)
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/", lines

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def signed(secret, body):
    return signing.headers(living=[secret], message_id="whev_1", body=body, at=clock.now())


def test_it_prints_and_verifies_what_arrives(listening):
    secret = signing.new_secret()
    url, lines = listening(secret)
    body = b'{"type":"invoice.finalized"}'
    assert transport.post(url=url, headers=signed(secret, body), body=body).status == 200
    transport.post(url=url, headers=signed(signing.new_secret(), body), body=body)
    assert "X-PAYLOAD-SIGNATURE valid, webhook-signature valid" in lines[0]
    assert '"type": "invoice.finalized"' in lines[0]
    assert "X-PAYLOAD-SIGNATURE NOT VALID, webhook-signature NOT VALID" in lines[1]


def test_it_fails_first_when_asked(listening):
    url, lines = listening(None, fail_first=2)
    assert [transport.post(url=url, headers={}, body=b"{}").status for _ in range(3)] == [503, 503, 200]
    assert "not verified" in lines[0]


def test_an_old_signature_is_not_valid():
    secret, body = signing.new_secret(), b"{}"
    headers = signed(secret, body)
    now = clock.now()
    assert all(signing.verified(secret=secret, headers=headers, body=body, now=now).values())
    late = now + signing.TOLERANCE * 2
    assert not any(signing.verified(secret=secret, headers=headers, body=body, now=late).values())
    assert not any(signing.verified(secret=secret, headers={}, body=body, now=now).values())


@pytest.mark.parametrize("arguments", [["70000"], ["0", "--secret", "short"]])
def test_bad_arguments_are_told_in_one_sentence(arguments):
    with pytest.raises(CommandError):
        call_command("webhook_listen", *arguments, stdout=StringIO())
