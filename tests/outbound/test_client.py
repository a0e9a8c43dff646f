"""Calls to addresses that somebody typed in, against real servers on loopback addresses."""

import ipaddress
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from afterclick.errors import AfterclickError, InvalidInput, TooLarge, Unavailable
from afterclick.outbound import Bounds, Reach, Unreachable, client

INSIDE, ALLOWED = "127.0.0.1", "127.0.0.2"


class Handler(BaseHTTPRequestHandler):
    """Answers by path; the server keeps the paths that were asked for."""

    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        server.asked.append(self.path)
        with suppress(OSError):
            server.answers[self.path](self)

    def log_message(self, format: str, *args: object) -> None: ...

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: str) -> None:
        super().__init__((address, 0), Handler)
        self.asked: list[str] = []
        self.answers: dict[str, Callable[[Handler], None]] = {"/": lambda handler: handler.say(200, b"hello")}
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def port(self) -> int:
        return self.server_address[1]


@pytest.fixture
def inside() -> Iterator[Server]:
    server = Server(INSIDE)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def outside() -> Iterator[Server]:
    """What stands for the public internet: the one address that the setting allows."""
    server = Server(ALLOWED)
    yield server
    server.shutdown()
    server.server_close()


def reach(*resolved: list[str]) -> Reach:
    """Resolves names to the lists in turn; addresses to themselves."""
    turn = iter(resolved)
    return Reach(f"{ALLOWED}/32", lambda host, port: [host] if host[0].isdigit() else next(turn))


def test_a_call_reaches_what_may_be_reached(outside: Server) -> None:
    with client(reach([ALLOWED])) as calls:
        assert calls.get(f"http://shop.example:{outside.port}/").text == "hello"


def test_a_name_is_resolved_once_so_that_it_cannot_change_its_mind(outside: Server, inside: Server) -> None:
    with client(reach([ALLOWED], [INSIDE])) as calls:
        assert calls.get(f"http://rebind.example:{outside.port}/").text == "hello"
        with pytest.raises(Unreachable):
            calls.get(f"http://rebind.example:{inside.port}/")
    assert inside.asked == []


def test_a_redirect_is_checked_anew(outside: Server, inside: Server) -> None:
    outside.answers["/in"] = lambda handler: handler.say(302, location=f"http://{INSIDE}:{inside.port}/")
    outside.answers["/file"] = lambda handler: handler.say(302, location="file:///etc/passwd")
    outside.answers["/on"] = lambda handler: handler.say(302, location="/")
    outside.answers["/round"] = lambda handler: handler.say(302, location="/round")
    with client(reach()) as calls:
        there = f"http://{ALLOWED}:{outside.port}"
        assert calls.get(f"{there}/on").text == "hello"
        with pytest.raises(Unreachable):
            calls.get(f"{there}/in")
        with pytest.raises((InvalidInput, httpx.UnsupportedProtocol)):
            calls.get(f"{there}/file")
        with pytest.raises(httpx.TooManyRedirects):
            calls.get(f"{there}/round")
    assert inside.asked == []


def test_an_answer_is_bounded_in_bytes_also_by_its_headers_and_is_never_unpacked(outside: Server) -> None:
    outside.answers["/large"] = lambda handler: handler.say(200, b"x" * 200_000)
    outside.answers["/headers"] = lambda handler: handler.say(200, x="y" * 60_000)
    outside.answers["/packed"] = lambda handler: handler.say(200, b"?", content_encoding="gzip")
    with client(reach(), Bounds(most_bytes=50_000)) as calls:
        for path, refused in (("/large", TooLarge), ("/headers", AfterclickError), ("/packed", InvalidInput)):
            with pytest.raises(refused):
                calls.get(f"http://{ALLOWED}:{outside.port}{path}")


def test_an_answer_that_drips_ends_with_the_time_for_the_whole(outside: Server) -> None:
    def drip(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(500):
            handler.wfile.write(b"x")
            time.sleep(0.02)

    outside.answers["/drip"] = drip
    started = time.monotonic()
    with client(reach(), Bounds(seconds=0.5)) as calls, pytest.raises(Unavailable):
        calls.get(f"http://{ALLOWED}:{outside.port}/drip")
    assert time.monotonic() - started < 5


def test_nobody_there_is_told_in_one_sentence(outside: Server) -> None:
    with client(Reach("127.0.0.3/32")) as calls, pytest.raises(Unavailable, match="3"):
        calls.get("http://127.0.0.3:1/")


def test_a_certificate_is_held_to_the_name_and_not_to_the_checked_address(
    outside: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = certified("shop.example", tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    outside.socket = context.wrap_socket(outside.socket, server_side=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with client(reach([ALLOWED], [ALLOWED])) as calls:
        assert calls.get(f"https://shop.example:{outside.port}/").text == "hello"
        with pytest.raises(Unavailable, match="CERTIFICATE_VERIFY_FAILED"):
            calls.get(f"https://other.example:{outside.port}/")


def certified(name: str, folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for the name, and its key, as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("192.0.2.1"))]
            ),
            False,
        )
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return files
