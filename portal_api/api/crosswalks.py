"""Crosswalks as JSON: every act of a version's life, with the texts, findings, samples and dry runs that pages show.

A version is named by its feed's key and its number; its ETag is the SHA-256 of its text, which a change has to name.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec
import sqlalchemy as sa
from aiohttp import web

from federation.pipeline import crosswalk_life, pin_record
from federation.pipeline.blame import Blamed
from federation.pipeline.dry_run_report import DryRun
from federation.storage.crosswalks import LONGEST_TEXT_BYTES, Kept, VersionLine
from federation.storage.feeds import StoredFeed
from federation.storage.repeated_requests import Note
from federation.storage.transactions import Transaction
from mappings.engine.unread import UnreadPath
from portal_api.api.administration import as_json, decoded, read_as
from portal_api.auth.requests import check_token, read_body
from portal_api.errors import PreconditionMissing
from portal_api.http.once import digest_of, once
from portal_api.http.parameters import NoParameters
from portal_api.pages.admin.comparing import compared
from portal_api.pages.admin.crosswalks import begun, perform, shown, written
from portal_api.pages.admin.showing import number_in
from portal_api.pages.public.asking import strict
from portal_api.reader import Reader
from portal_api.views.crosswalks import AlikeFeed, crosswalks_view, feed_crosswalk
from portal_api.views.faults import FaultView, fault_view
from portal_api.views.trials import SampleView

T = TypeVar("T", bound=msgspec.Struct)


class BeginBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a draft begins with."""

    #: a source path for which it gets a rule; empty = none
    path: str = ""
    #: key of a feed of the same format whose rules it copies; empty = what is live
    like: str = ""


class ActBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an act needs besides."""

    #: of a confirmation or an approval: why this may be
    note: str = ""
    #: of a canary: setSpecs
    sets: tuple[str, ...] = ()


class PinBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which record becomes a test."""

    #: native identifier of a stored record of the feed
    identifier: str


class Versions(msgspec.Struct, frozen=True, kw_only=True):
    """One feed's versions, and the paths that no rule reads."""

    live: str
    versions: tuple[VersionLine, ...]
    unread: tuple[UnreadPath, ...]
    #: records in which paths were looked for
    looked_at: int
    kept: tuple[Kept, ...]
    remapping: bool
    #: feeds of the same format whose rules a draft may copy
    alike: tuple[AlikeFeed, ...]


class VersionFound(VersionLine, frozen=True, kw_only=True):
    """One version with its text, findings, samples and dry run."""

    text: str
    faults: tuple[FaultView, ...]
    samples: tuple[SampleView, ...]
    #: why samples end early
    gave_out: str
    report: DryRun | None
    #: the dry run is of another text
    stale: bool
    #: who made each rule
    blamed: tuple[Blamed, ...]


class SaveParameters(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a text that is saved."""

    message: str = ""


async def listed(request: web.Request) -> web.Response:
    """Every feed of the reader's with what is live and what is under way."""
    strict(request, NoParameters)
    return await read_as(request, crosswalks_view)


async def of_feed(request: web.Request) -> web.Response:
    """One feed's versions, and the paths that no rule reads."""
    strict(request, NoParameters)

    def found(connection: sa.Connection, reader: Reader) -> object:
        view = feed_crosswalk(connection, reader, request.match_info["key"])
        return Versions(
            live=view.feed.crosswalk,
            versions=view.versions,
            unread=view.unread,
            looked_at=view.looked_at,
            kept=view.kept,
            remapping=view.remapping,
            alike=view.alike,
        )

    return await read_as(request, found)


async def version(request: web.Request) -> web.Response:
    """One version with its text, findings, samples, dry run, and who made each rule."""
    strict(request, NoParameters)
    return await _version(request, number_in(request, "number"))


async def check(request: web.Request) -> web.Response:
    """Findings and samples of the text in the body, beside those of the version; nothing is saved."""
    check_token(request, "")
    strict(request, NoParameters)
    text = (await read_body(request, most_bytes=LONGEST_TEXT_BYTES)).decode("utf-8", "replace")
    return await _version(request, number_in(request, "number"), typed=text)


async def preview(request: web.Request) -> web.Response:
    """What the version, or the text in the body, makes of stored records; nothing is saved."""
    check_token(request, "")
    strict(request, NoParameters)
    text = (await read_body(request, most_bytes=LONGEST_TEXT_BYTES)).decode("utf-8", "replace")
    return await _version(request, number_in(request, "number"), typed=text or None)


async def diff(request: web.Request) -> web.Response:
    """What a version changes of another one, or of what is live, line by line."""
    return as_json(await compared(request))


async def begin(request: web.Request) -> web.Response:
    """A new draft, of what is live or like another feed; with a path, one more rule in the latest draft."""
    check_token(request, "")
    body = await read_body(request)
    wanted = decoded(body or b"{}", BeginBody)

    async def done(note: Note) -> str:
        def made(tx: Transaction, reader: Reader, feed: StoredFeed) -> int:
            number = begun(tx, reader, feed, wanted.path, wanted.like)
            note(tx, str(number))
            return number

        return str(await written(request, made))

    return await once(request, digest_of(body), done, lambda number: _version(request, int(number)))


async def save(request: web.Request) -> web.Response:
    """Writes the body as the text of a draft, of any other version as a new draft; `If-Match` names what was read.

    raises  PreconditionMissing; RecordChanged; RequestRefused
    """
    check_token(request, "")
    wanted, number = strict(request, SaveParameters), number_in(request, "number")
    seen = request.headers.get("If-Match", "").strip('"')
    if not seen:
        raise PreconditionMissing("expected If-Match with the ETag of the version that was read")
    text = (await read_body(request, most_bytes=LONGEST_TEXT_BYTES)).decode("utf-8", "replace")

    def made(tx: Transaction, reader: Reader, feed: StoredFeed) -> int:
        return crosswalk_life.save(tx, feed, number, text, reader.account, seen=seen, message=wanted.message).number

    return await _version(request, await written(request, made))


async def pin(request: web.Request) -> web.Response:
    """Keeps what the version makes of a stored record as a test of it, or of a new draft like it, which is answered.

    raises  RequestRefused: `no_such_record`, `pin_not_mapped`, `pin_too_large`, `pin_not_alone`; CrosswalkInvalid
    """
    check_token(request, "")
    wanted, number = await _decoded(request, PinBody), number_in(request, "number")

    def made(tx: Transaction, reader: Reader, feed: StoredFeed) -> int:
        return pin_record.pin(tx, feed, number, wanted.identifier, reader.account).number

    return await _version(request, await written(request, made))


async def acted(request: web.Request) -> web.Response:
    """Tries, signs, puts to work or takes back a version: dry-run, approve, confirm, canary, activate, rollback, rekey.

    raises  RequestRefused with its reason; CrosswalkInvalid with every fault
    """
    check_token(request, "")
    body, number = await read_body(request), number_in(request, "number")
    wanted = decoded(body or b"{}", ActBody)
    form = {"note": wanted.note, "sets": " ".join(wanted.sets)}

    async def done(note: Note) -> str:
        await perform(request, number, request.match_info["act"], form, note)
        return str(number)

    return await once(request, digest_of(body), done, lambda _number: _version(request, number))


async def _version(request: web.Request, number: int, *, typed: str | None = None) -> web.Response:
    view = await shown(request, number, typed)
    answer = as_json(
        VersionFound(
            **{name: getattr(view.version, name) for name in VersionLine.__struct_fields__},
            text=view.text,
            faults=tuple(fault_view(fault) for fault in view.faults),
            samples=view.samples,
            gave_out=view.gave_out,
            report=view.report,
            stale=view.stale,
            blamed=view.blamed,
        )
    )
    answer.headers["ETag"] = f'"{view.sha256}"'
    return answer


async def _decoded(request: web.Request, kind: type[T]) -> T:
    return decoded(await read_body(request) or b"{}", kind)
