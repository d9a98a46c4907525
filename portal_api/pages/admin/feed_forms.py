"""The form that adds a feed: what was typed, what is wrong with it, and the feed that it asks for."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import get_args

import msgspec

from federation.errors import RequestRefused
from federation.pipeline.feed_credentials import Wanted, credentials_of
from federation.pipeline.feed_giving import is_licence, licence_of, reexpose_of
from federation.pipeline.feed_settings import settings_of
from federation.storage.feeds import Reexpose, Source, StoredFeed, first_reexpose
from harvester.addresses import is_web_address
from harvester.oaipmh.sets import is_set_spec
from mappings.engine import library
from portal_api.errors import ParameterFault
from portal_api.pages.admin.asking_forms import ASKED, AskingForm, asked_by, faults_of_asking

LONGEST = 2_000
#: what a person can choose of `feeds.Source`
SOURCES = ("oai", "upload", "url", "static", "sru", "resourcesync")
_PREFIX = re.compile(r"[A-Za-z0-9\-_.!~*'()]+")


class FeedForm(AskingForm, frozen=True, kw_only=True):
    """The fields as they were typed."""

    name: str = ""
    #: `oai`: a repository is asked; `upload`: files are brought; the others: files are fetched
    source: str = "oai"
    address: str = ""
    #: of an SRU server: CQL, and the index that splits what it does not give whole
    query: str = ""
    split_by: str = ""
    prefix: str = "oai_dc"
    #: one or several, parted by spaces
    sets: str = ""
    institution: str = ""
    crosswalk: str = "base/oai_dc"
    licence: str = ""
    #: what is given on; empty = what its source and licence let one expect
    reexpose: str = ""
    #: column or path that identifies a record of a file; empty = the crosswalk's own
    key_field: str = ""
    #: a private network that the operator allows; empty = public addresses only
    network: str = ""
    #: how it makes itself known (`feed_credentials.Wanted`)
    scheme: str = ""
    username: str = ""
    header: str = ""
    secret: str = ""
    certificate: str = ""
    authority: str = ""


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """What the form can be answered with."""

    institutions: tuple[str, ...]
    networks: tuple[str, ...] = ()
    #: further ports may be named inside of a private network
    ports_inside: bool = False
    crosswalks: tuple[str, ...] = msgspec.field(default_factory=lambda: tuple(library.names()))


def read_form_fields(given: Mapping[str, object]) -> FeedForm:
    """The form's fields in `given`, trimmed; others are not looked at."""
    said = {name: given.get(name) for name in FeedForm.__struct_fields__}
    return FeedForm(**{name: value.strip() for name, value in said.items() if isinstance(value, str)})


def faults_of(form: FeedForm, offered: Offered) -> tuple[ParameterFault, ...]:
    """Every fault at once, in the order of the fields."""
    return tuple(_faults(form, offered))


def feed_of(form: FeedForm, now: datetime, min_interval_seconds: float) -> StoredFeed:
    """The feed that a form without faults asks for, its first harvest due."""
    plain = StoredFeed(
        key=secrets.token_hex(16),
        name=form.name,
        institution=form.institution,
        source=_source(form),
        base_url="" if form.source == "upload" else form.address,
        query=form.query if form.source == "sru" else "",
        split_by=form.split_by if form.source == "sru" else "",
        key_field=form.key_field,
        metadata_prefix=form.prefix,
        set_specs=tuple(form.sets.split()),
        networks=(form.network,) if form.network else (),
        credentials=credentials_of(shown_by(form), _source(form), form.address),
        crosswalk=form.crosswalk,
        metadata_licence=licence_of(form.licence),
        reexpose=reexpose_of(form.reexpose) if form.reexpose else first_reexpose(_source(form), form.licence),
        min_interval_seconds=min_interval_seconds,
        due_at=None if form.source == "upload" else now,
    )
    return settings_of(plain, asked_by(form, tuple(name for name in ASKED if getattr(form, name))))


def shown_by(form: FeedForm) -> Wanted:
    """The credentials that a form asks for."""
    return Wanted(**{name: getattr(form, name) for name in Wanted.__struct_fields__})


def fault_of_credentials(refused: RequestRefused) -> ParameterFault:
    """The field that credentials are refused for."""
    name = {"authority": "authority", "certificate": "certificate", "secret": "secret", "username": "username"}
    field = next((each for each in (*name, "header") if refused.reason.startswith(each)), "scheme")
    return fault(field, refused.reason.replace("_", "-"))


def _source(form: FeedForm) -> Source:
    return next((known for known in get_args(Source) if known == form.source), "oai")


def is_prefix(text: str) -> bool:
    """Whether `text` can be a metadataPrefix (OAI-PMH 2.0, schema)."""
    return bool(_PREFIX.fullmatch(text))


def is_set(text: str) -> bool:
    """Whether `text` can be a setSpec (OAI-PMH 2.0, schema)."""
    return is_set_spec(text)


def fault(parameter: str, code: str) -> ParameterFault:
    """A fault of a form's field; words for `code` stand in `words.FAULTS`."""
    return ParameterFault(parameter=parameter, code=code, detail=f"{parameter}: {code.replace('-', ' ')}")


def missing(form: msgspec.Struct, names: Sequence[str]) -> Iterator[ParameterFault]:
    """A fault for each of `names` that is empty."""
    return (fault(name, "field-missing") for name in names if not getattr(form, name))


def _of_asking(form: FeedForm) -> Iterator[ParameterFault]:
    given = tuple(name for name in ASKED if getattr(form, name))
    plain = StoredFeed(key="", name="", institution="", source=_source(form), set_specs=tuple(form.sets.split()))
    return faults_of_asking(plain, form, given)


def _of_credentials(form: FeedForm) -> Iterator[ParameterFault]:
    try:
        credentials_of(shown_by(form), _source(form), form.address)
    except RequestRefused as refused:
        yield fault_of_credentials(refused)


def _faults(form: FeedForm, offered: Offered) -> Iterator[ParameterFault]:
    asked = {"upload": (), "url": ("address",), "resourcesync": ("address",)}.get(form.source, ("address", "prefix"))
    yield from missing(form, ("name", *asked, "institution"))
    if form.source not in SOURCES:
        yield fault("source", "source-unknown")
    short = [name for name in form.__struct_fields__ if name != "authority"]
    yield from (fault(name, "too-long") for name in short if len(getattr(form, name)) > LONGEST)
    yield from _of_credentials(form)
    yield from _of_asking(form)
    if form.address and not is_web_address(form.address):
        yield fault("address", "address-invalid")
    if form.prefix and not is_prefix(form.prefix):
        yield fault("prefix", "prefix-invalid")
    if not all(map(is_set, form.sets.split())):
        yield fault("sets", "set-invalid")
    if form.institution and form.institution not in offered.institutions:
        yield fault("institution", "institution-unknown")
    if form.crosswalk not in offered.crosswalks:
        yield fault("crosswalk", "crosswalk-unknown")
    if form.licence and not is_licence(form.licence):
        yield fault("licence", "licence-invalid")
    if form.reexpose and form.reexpose not in get_args(Reexpose):
        yield fault("reexpose", "reexpose-invalid")
    if form.network and form.network not in offered.networks:
        yield fault("network", "network-unknown")
    if form.network and form.ports and not offered.ports_inside:
        yield fault("ports", "ports-in-network")
