"""What a bad receiver can do to a sender."""

import socket
import ssl
import threading
import time

import pytest

from webhooks.services import transport


@pytest.fixture
def rude():
    """``rude(behave)``: a server that lets ``behave(connection)`` answer; its URL."""
    servers = []

    def start(behave):
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)

        def serve():
            connection, _ = server.accept()
            with connection:
                behave(connection)

        threading.Thread(target=serve, daemon=True).start()
        return f"http://127.0.0.1:{server.getsockname()[1]}/"

    yield start
    for server in servers:
        server.close()


def hear(connection):
    """Read the whole request: a socket that is closed with something unread breaks the connection."""
    heard = b""
    while not heard.endswith(b"\r\n\r\n{}") and (part := connection.recv(65536)):
        heard += part


def send(url, *, seconds=0.4, body=b"{}"):
    begun = time.monotonic()
    reply = transport.post(url=url, headers={}, body=body, seconds=seconds)
    assert time.monotonic() - begun < seconds + 1
    return reply


def drip(connection):
    hear(connection)
    for byte in b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100:
        try:
            connection.sendall(bytes([byte]))
        except OSError:
            return
        time.sleep(0.05)


def test_silence_ends_at_the_deadline(rude):
    assert send(rude(lambda connection: time.sleep(2))).cause == "No answer within 0.4 seconds"


def test_an_answer_byte_by_byte_ends_at_the_deadline_too(rude):
    assert send(rude(drip)).cause == "No answer within 0.4 seconds"


def test_a_receiver_that_does_not_read_ends_at_the_deadline(rude):
    reply = send(rude(lambda connection: time.sleep(2)), body=b"x" * 30_000_000)
    assert reply.cause == "No answer within 0.4 seconds"


def test_an_endless_answer_is_read_only_at_its_beginning(rude):
    def flood(connection):
        hear(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                connection.sendall(b"a\x00\xff" * 10_000)
        except OSError:
            return

    reply = send(rude(flood), seconds=5)
    assert reply.succeeded and len(reply.excerpt) == 1000
    assert "\x00" not in reply.excerpt


@pytest.mark.parametrize(
    "answer", [b"", b"\x00nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1"]
)
def test_a_broken_answer_is_a_failure_with_its_cause(rude, answer):
    def behave(connection):
        hear(connection)
        connection.sendall(answer)

    reply = send(rude(behave), seconds=5)
    assert not reply.succeeded and reply.cause.startswith("The connection broke")


def test_a_closed_port_is_a_failure_with_its_cause():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    reply = send(f"http://127.0.0.1:{port}/")
    assert reply.cause.startswith("Could not connect")


def test_a_certificate_that_nobody_vouches_for_is_refused(rude, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_self_signed(tmp_path))

    def behave(connection):
        try:
            context.wrap_socket(connection, server_side=True)
        except OSError:
            return

    reply = send(rude(behave).replace("http:", "https:"), seconds=5)
    assert "certificate" in reply.cause.lower() and not reply.succeeded


def test_a_trusted_certificate_is_accepted_under_the_original_name(rude, tmp_path, monkeypatch):
    path = _self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    names = []
    context.sni_callback = lambda secured, name, _: names.append(name)
    monkeypatch.setattr(transport, "_tls", lambda: ssl.create_default_context(cafile=path))

    def behave(connection):
        with context.wrap_socket(connection, server_side=True) as secured:
            hear(secured)
            secured.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    url = rude(behave).replace("http:", "https:").replace("127.0.0.1", "localhost")
    assert send(url, seconds=5).status == 204
    assert names == ["localhost"]


def _self_signed(folder):
    """A certificate for localhost with its key, in one file."""
    from datetime import timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    from kit import clock

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    path = folder / "certificate.pem"
    plain = serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + certificate.public_bytes(pem)
    )
    return str(path)
