"""`/admin/institutions`: whose catalogues the exchange holds."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator

import msgspec
from aiohttp import web

from federation.storage import institutions
from federation.storage.clashes import repeats_clashes
from federation.storage.institutions import SLUG, StoredInstitution
from harvester.addresses import is_web_address
from portal_api.auth.requests import Form, read_form, reader_of
from portal_api.errors import NotFound, ParameterFault
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.http.marking import N_
from portal_api.pages.admin.feed_forms import LONGEST, fault, missing
from portal_api.pages.admin.showing import moved, show
from portal_api.reader import Reader

ADDRESS = "/admin/institutions"
LABELS = {
    "name": N_("Name"),
    "slug": N_("Short name"),
    "isil": N_("ISIL"),
    "url": N_("Home page"),
    "other_names": N_("Other names"),
}
#: last parts of addresses of this area
_OUR_OWN = ("new",)
#: ISO 15511: a prefix, a hyphen, a unit identifier
_ISIL = re.compile(r"[A-Za-z0-9]{1,4}-[A-Za-z0-9/:-]{1,11}")


class InstitutionForm(msgspec.Struct, frozen=True, kw_only=True):
    """The fields as they were typed."""

    name: str = ""
    slug: str = ""
    isil: str = ""
    url: str = ""
    #: parted by semicolons
    other_names: str = ""

    def stored(self) -> StoredInstitution:
        """The institution that they ask for."""
        parted = (" ".join(name.split()) for name in self.other_names.split(";"))
        return StoredInstitution(
            slug=self.slug,
            name=self.name,
            isil=self.isil or None,
            url=self.url or None,
            other_names=tuple(dict.fromkeys(filter(None, parted))),
        )

    @classmethod
    def of(cls, known: StoredInstitution) -> InstitutionForm:
        """The form of an institution that is known."""
        return cls(
            slug=known.slug,
            name=known.name,
            isil=known.isil or "",
            url=known.url or "",
            other_names="; ".join(known.other_names),
        )


async def listed(request: web.Request) -> web.Response:
    """Every institution with the number of its public records."""
    lines = await asyncio.to_thread(request.app[EXCHANGE].catalogue.institutions)
    return await show(request, "admin/institutions.html", lines=lines, here=ADDRESS)


async def new_page(request: web.Request) -> web.Response:
    """The form of a new institution."""
    return await _form(request, None, InstitutionForm(), ())


async def add(request: web.Request) -> web.Response:
    """Adds an institution."""
    return await _saved(request, None)


async def change_page(request: web.Request) -> web.Response:
    """The form of one that is known."""
    known = await asyncio.to_thread(_known, request.app[EXCHANGE], request.match_info["slug"])
    return await _form(request, known, InstitutionForm.of(known), ())


async def change(request: web.Request) -> web.Response:
    """Gives an institution its new names, ISIL and page; its short name stays."""
    known = await asyncio.to_thread(_known, request.app[EXCHANGE], request.match_info["slug"])
    return await _saved(request, known)


async def _saved(request: web.Request, known: StoredInstitution | None) -> web.Response:
    typed = _read(await read_form(request), known)
    reader, exchange = await reader_of(request), request.app[EXCHANGE]
    faults = tuple(faults_of(typed))
    if not faults:
        faults = await asyncio.to_thread(_save, exchange, reader, typed, known)
    if faults:
        return await _form(request, known, typed, faults)
    return moved(ADDRESS)


def _read(form: Form, known: StoredInstitution | None) -> InstitutionForm:
    typed = InstitutionForm(**{name: form.get(name, "").strip() for name in InstitutionForm.__struct_fields__})
    return typed if known is None else msgspec.structs.replace(typed, slug=known.slug)


def faults_of(typed: InstitutionForm) -> Iterator[ParameterFault]:
    """Every fault of what was typed, in the order of the fields."""
    yield from missing(typed, ("name", "slug"))
    yield from (fault(name, "too-long") for name in typed.__struct_fields__ if len(getattr(typed, name)) > LONGEST)
    if typed.slug and not SLUG.fullmatch(typed.slug):
        yield fault("slug", "slug-invalid")
    if typed.slug in _OUR_OWN:
        yield fault("slug", "slug-reserved")
    if typed.isil and not _ISIL.fullmatch(typed.isil):
        yield fault("isil", "isil-invalid")
    if typed.url and not is_web_address(typed.url):
        yield fault("url", "address-invalid")


@repeats_clashes
def _save(
    exchange: Exchange, reader: Reader, typed: InstitutionForm, known: StoredInstitution | None
) -> tuple[ParameterFault, ...]:
    with exchange.store.transaction(actor=reader.actor) as tx:
        if known is None and institutions.get(tx.connection, typed.slug) is not None:
            return (fault("slug", "slug-taken"),)
        institutions.put(tx, typed.stored())
    return ()


def _known(exchange: Exchange, slug: str) -> StoredInstitution:
    with exchange.store.reading() as connection:
        found = institutions.get(connection, slug)
    if found is None:
        raise NotFound
    return found


async def _form(
    request: web.Request,
    known: StoredInstitution | None,
    typed: InstitutionForm,
    faults: tuple[ParameterFault, ...],
) -> web.Response:
    return await show(
        request,
        "admin/institution_form.html",
        status=422 if faults else 200,
        faults=faults,
        labels=LABELS,
        known=known,
        typed=typed,
        here=ADDRESS,
    )
