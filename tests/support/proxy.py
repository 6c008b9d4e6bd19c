"""The shipped nginx in front of servers of a test: its files as they are, on ports of its own."""

import contextlib
import os
import re
import signal
import ssl
import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.operations.servers import await_listening
from tests.support.databases import ROOT
from tests.support.requirements import NGINX, program
from tests.support.server import RunningServer, free_port

SHIPPED = ROOT / "deploy" / "nginx"
NAME = "localhost"


class Proxy:
    """nginx with ``nginx.conf`` as it is shipped, but for its ports, its user and its log folder.

    ``site.conf`` and ``upstream.conf``, which every site writes for itself, are the test's.
    Answers where the attributes of ``RunningServer`` say: clients take it for one.
    """

    def __init__(self, folder: Path, servers: Sequence[RunningServer]) -> None:
        self.port, self.plain_port = free_port(), free_port()
        self.folder = folder
        self.certificate = folder / "gal" / "fullchain.pem"
        self._process: subprocess.Popen[bytes] | None = None
        (folder / "gal").mkdir(parents=True)
        _write_certificate(folder / "gal")
        self._write("nginx.conf", self._main())
        self._write("gal/site.conf", _site((SHIPPED / "gal/site.conf").read_text(), folder))
        self._write("gal/upstream.conf", _upstream(servers))

    @property
    def http_url(self) -> str:
        return f"https://{NAME}:{self.port}"

    @property
    def access_log(self) -> str:
        return (self.folder / "access.log").read_text()

    @property
    def error_log(self) -> str:
        return (self.folder / "error.log").read_text()

    def tls(self) -> ssl.SSLContext:
        """For clients that believe this proxy's certificate and no other."""
        return ssl.create_default_context(cafile=str(self.certificate))

    def check(self) -> subprocess.CompletedProcess[str]:
        """``nginx -t``"""
        return subprocess.run(
            [*self._command(), "-t"], capture_output=True, text=True, timeout=60, check=False
        )

    def start(self) -> "Proxy":
        with (self.folder / "stderr").open("wb") as stderr:
            self._process = subprocess.Popen(
                [*self._command(), "-g", "daemon off;"], stderr=stderr, start_new_session=True
            )
        await_listening(self.port)
        return self

    def close(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=20)
                return
            self._process.kill()

    def _command(self) -> list[str]:
        nginx = program(*NGINX)
        assert nginx is not None
        return [nginx, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]

    def _main(self) -> str:
        text = (SHIPPED / "nginx.conf").read_text()
        text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)
        text = _replace(text, "listen 80 ", f"listen 127.0.0.1:{self.plain_port} ", times=1)
        text = _replace(text, "listen 443 ", f"listen 127.0.0.1:{self.port} ", times=2)
        text = _replace(text, "/var/log/nginx", str(self.folder), times=2)
        # Whoever runs the tests; and with folders of its own, as another nginx may be running.
        text = _replace(text, "user www-data;", f"pid {self.folder}/pid;", times=1)
        places = "".join(
            f"    {name}_temp_path {self.folder}/{name};\n"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root;\n" if os.geteuid() == 0 else ""
        return user + _replace(text, "http {\n", "http {\n" + places, times=1)

    def _write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)


@contextlib.contextmanager
def proxy(folder: Path, servers: Sequence[RunningServer]) -> Iterator[Proxy]:
    running = Proxy(folder, servers)
    try:
        yield running.start()
    finally:
        running.close()


def _replace(text: str, old: str, new: str, *, times: int) -> str:
    assert text.count(old) == times, f"{old!r} stands {text.count(old)} times in the shipped file"
    return text.replace(old, new)


def _site(text: str, folder: Path) -> str:
    text = _replace(text, "overlay.example.org", NAME, times=1)
    return _replace(text, "/etc/nginx/tls", str(folder / "gal"), times=2)


def _upstream(servers: Sequence[RunningServer]) -> str:
    """The shipped file with the servers of the test in the place of its own."""
    text = (SHIPPED / "gal/upstream.conf").read_text()
    lines = re.findall(r"^ *server .*;$", text, re.MULTILINE)
    assert len(lines) == len(servers)
    for line, server in zip(lines, servers, strict=True):
        text = text.replace(line, re.sub(r":\d+", f":{server.port}", line))
    return text


def _write_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
