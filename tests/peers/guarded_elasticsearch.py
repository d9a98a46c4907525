"""A cluster that is guarded as one in production is: TLS, and accounts in files with no more than their role."""

from __future__ import annotations

import base64
import hashlib
import secrets
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from portal_api.dev.elasticsearch import Guard, running
from tests.peers.certificates import certificate

_ITERATIONS = 10_000
#: what the operators' guide says that an exchange's account needs
_ROLES = """exchange:
  cluster: ["monitor"]
  indices:
    - names: ["{prefix}-*"]
      privileges: ["all"]
keeper:
  cluster: ["all"]
  indices:
    - names: ["*"]
      privileges: ["all"]
"""


class Guarded(msgspec.Struct, frozen=True, kw_only=True):
    """The cluster, and how one of the role `exchange` signs in."""

    url: str
    prefix: str
    username: str
    password: str
    #: file with the certificate that is to be believed
    ca_certs: str
    #: signs in whoever may do everything
    keeper: dict[str, str]
    trusted: ssl.SSLContext


@contextmanager
def guarded(folder: Path) -> Iterator[Guarded]:
    """One node while the block runs; `folder` takes its certificate."""
    prefix, words = f"test-{secrets.token_hex(6)}", {name: secrets.token_hex(12) for name in ("exchange", "keeper")}
    made, key = certificate("127.0.0.1", 30)
    (folder / "ca.crt").write_bytes(made)
    trusted = ssl.create_default_context(cadata=made.decode())
    keeper = {"Authorization": f"Basic {_basic('keeper', words['keeper'])}"}
    files = {
        "node.crt": made.decode(),
        "node.key": key.decode(),
        "roles.yml": _ROLES.format(prefix=prefix),
        "users": "".join(f"{name}:{_digest(password)}\n" for name, password in words.items()),
        "users_roles": "exchange:exchange\nkeeper:keeper\n",
    }
    settings: dict[str, object] = {
        "xpack.security.enabled": True,
        "xpack.security.authc.realms.file.file1.order": 0,
        "xpack.security.authc.api_key.enabled": True,
    }
    for way in ("http", "transport"):
        settings |= {
            f"xpack.security.{way}.ssl.enabled": True,
            f"xpack.security.{way}.ssl.certificate": "node.crt",
            f"xpack.security.{way}.ssl.key": "node.key",
        }
    guard = Guard(settings=settings, files=files, headers=keeper, trusted=trusted)
    with running(guard=guard) as (node,):
        yield Guarded(
            url=node.url,
            prefix=prefix,
            username="exchange",
            password=words["exchange"],
            ca_certs=str(folder / "ca.crt"),
            keeper=keeper,
            trusted=trusted,
        )


def _basic(name: str, password: str) -> str:
    return base64.b64encode(f"{name}:{password}".encode()).decode()


def _digest(password: str) -> str:
    """A password as the file realm keeps it (PBKDF2 over HMAC-SHA-512)."""
    salt = secrets.token_bytes(32)
    found = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS, 32)
    return "$".join((f"{{PBKDF2}}{_ITERATIONS}", base64.b64encode(salt).decode(), base64.b64encode(found).decode()))
