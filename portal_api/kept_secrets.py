"""The secrets of feeds, by name: in `EXCHANGE_SECRET_NAME` of the environment, else in `secrets.toml` beside the data.

They are read whenever one is wanted, so that another value counts from the next request on. No message repeats one.
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from harvester.credentials import Secret
from harvester.errors import CredentialsRefused

FILE_NAME = "secrets.toml"
PREFIX = "EXCHANGE_SECRET_"


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A section of the file: the secret of its name."""

    #: scheme, host and port that alone it may be sent to
    origin: str
    value: str = ""
    #: in place of `value`: a file that holds it, or the client certificate with its key
    file: str = ""


class KeptSecrets:
    """Those of the exchange whose data lies in a folder (`harvester.credentials.Secrets`)."""

    def __init__(self, folder: Path, environment: Mapping[str, str] = os.environ) -> None:
        self._folder, self._environment = folder, environment

    def __call__(self, name: str) -> Secret:
        """The secret of that name; raises CredentialsRefused where there is none, or others can read it."""
        stated = self._environment.get(variable_of(name))
        return self._from_file(name) if stated is None else _from_variable(name, stated)

    def _from_file(self, name: str) -> Secret:
        path = self._folder / FILE_NAME
        if not path.is_file():
            raise _missing(name)
        entry = _entry(_read(path), name)
        if entry is None:
            raise _missing(name)
        if not entry.file:
            return Secret(entry.origin, entry.value)
        file = self._folder / entry.file
        return Secret(entry.origin, _read(file).strip(), str(file))


def variable_of(name: str) -> str:
    """The variable that a secret is given in."""
    return PREFIX + name.upper().replace("-", "_")


def _missing(name: str) -> CredentialsRefused:
    places = f"as [{name}] in {FILE_NAME} or as {variable_of(name)} in the environment"
    return CredentialsRefused("secret_missing", f"expected the secret {name} {places}, found neither")


def _from_variable(name: str, stated: str) -> Secret:
    """`ORIGIN VALUE`; the value may be the path of a client certificate."""
    origin, _, value = stated.strip().partition(" ")
    if not value.strip():
        expected = f"expected an origin and a value, parted by a blank, in {variable_of(name)}"
        raise CredentialsRefused("secret_invalid", f"{expected}, found one alone")
    return Secret(origin, value.strip())


def _entry(text: str, name: str) -> _Entry | None:
    try:
        stated = tomllib.loads(text).get(name)
        entry = None if stated is None else msgspec.convert(stated, _Entry)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError):
        # what these say may repeat what stands there
        found = f"expected TOML in {FILE_NAME}, with origin and value or file of the secret {name}"
        raise CredentialsRefused("secret_invalid", f"{found}, found other things") from None
    if entry is not None and bool(entry.value) == bool(entry.file):
        said = f"expected either value or file of the secret {name} in {FILE_NAME}, found both or neither"
        raise CredentialsRefused("secret_invalid", said)
    return entry


def _read(path: Path) -> str:
    try:
        if path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH | stat.S_IWGRP | stat.S_IWOTH):
            said = f"expected mode 0600 of {path.name}, found that others can read or change it"
            raise CredentialsRefused("secret_readable", said)
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        said = f"expected a file of text called {path.name}, found none that can be read"
        raise CredentialsRefused("secret_missing", said) from None
