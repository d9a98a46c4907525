"""Lists that somebody has written to a file, as pages and API show them: asked for, followed, taken, given up.

Nobody learns of another's list: whoever has an account sees their own, a list without an account is known by its id.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec
import sqlalchemy as sa

from federation.pipeline.list_forms import FORMS
from federation.pipeline.list_writing import LIST, MANIFEST, SKIPPED, STAGE
from federation.pipeline.step import stage_job
from federation.storage import jobs, list_files
from federation.storage.clashes import repeats_clashes
from federation.storage.list_files import ListFile, Of, State, Why
from federation.storage.repeated_requests import Note, unnoted
from index.errors import TooManyHits
from portal_api.errors import NotFound, ParameterFault, ParametersInvalid, StatePassed
from portal_api.exchange import Exchange
from portal_api.http.marking import N_, Sentence
from portal_api.reader import Reader
from portal_api.views.listed import most_listed
from portal_api.views.saved import asked_of
from portal_api.views.search import SearchParameters, request_of

#: ids that one list may name
MOST_IDS = 10_000
_LONGEST_ID = 200


class WantedExport(msgspec.Struct, frozen=True, kw_only=True):
    """A list that is asked for: of a search, or of things by id."""

    parameters: SearchParameters | None = None
    ids: tuple[str, ...] = ()
    format: str = "csv"
    of: Of = "clusters"


class ExportView(msgspec.Struct, frozen=True, kw_only=True):
    """A list, and how far it is."""

    id: str
    state: State
    #: the page that asks the search; None where ids were named
    search: str | None
    format: str
    of: Of
    #: things, of these taken up, and records written
    total: int
    done: int
    written: int
    #: why something is not in it -> how many
    left_out: dict[str, int]
    #: fields that the format cannot say
    cannot_say: tuple[str, ...]
    size_bytes: int
    sha256: str
    #: why it failed, or is kept no longer although its time is not over; numbers that belong to it, and both in English
    why: Why
    figures: dict[str, int]
    error: str
    made_at: datetime
    #: until when the file is kept
    until_at: datetime | None
    #: where it is had; None until it is ready
    file: str | None
    manifest: str | None
    skipped: str | None


def export_view(made: ListFile) -> ExportView:
    """The view of a list."""
    is_ready, address = made.state == "ready", f"/api/v1/exports/{made.id}"
    return ExportView(
        id=made.id,
        state=made.state,
        search=f"/search?{made.asked}" if made.request else None,
        format=made.format,
        of=made.of,
        total=made.total,
        done=made.done,
        written=made.written,
        left_out=made.counts.get("skipped", {}),
        cannot_say=FORMS[made.format].losses if made.format in FORMS else (),
        size_bytes=made.size_bytes,
        sha256=made.sha256,
        why=made.why,
        figures=made.figures,
        error=made.error,
        made_at=made.made_at,
        until_at=made.until_at,
        file=f"{address}/file" if is_ready else None,
        manifest=f"{address}/manifest" if is_ready else None,
        skipped=f"{address}/skipped" if is_ready and made.skipped_bytes else None,
    )


def ask(
    exchange: Exchange, reader: Reader, wanted: WantedExport, base: str, asker: str, note: Note = unnoted
) -> ListFile:
    """Has a list written; raises ParametersInvalid, TooManyHits, RequestRefused, QueryInvalid, BackendUnavailable.

    base    the exchange's own address, under which the list names pages
    asker   whoever shares its turns with this list
    note    is told its id, in its transaction
    """
    _check(wanted)
    most = most_listed(reader, exchange.settings)
    made = ListFile(
        id=list_files.fresh_id(),
        account=reader.account,
        asker=asker,
        acting_for=reader.visibility.audience.partition(":")[2],
        asked=asked_of(wanted.parameters) if wanted.parameters else "",
        request=_counted(exchange, reader, wanted.parameters, most) if wanted.parameters else "",
        ids=_named(wanted.ids, most),
        of=wanted.of,
        format=wanted.format,
        base=base,
        most=most,
        most_bytes=exchange.settings.exports_bytes_account
        if reader.known
        else exchange.settings.exports_bytes_anonymous,
        made_at=exchange.store.now(),
    )
    _add(exchange, reader, made, note)
    return made


@repeats_clashes
def _add(exchange: Exchange, reader: Reader, made: ListFile, note: Note) -> None:
    with exchange.store.transaction(actor=reader.actor or "system") as tx:
        list_files.add(tx, made)
        note(tx, made.id)
        jobs.enqueue(tx, stage_job(STAGE))


def _check(wanted: WantedExport) -> None:
    if wanted.format not in FORMS:
        raise _fault("format", f"format: expected one of {', '.join(FORMS)}, found {wanted.format[:40]!r}")
    if (wanted.parameters is None) == (not wanted.ids):
        raise _fault("search", "search: expected a search or ids, and not both")
    if any(len(each) > _LONGEST_ID or not each.isprintable() for each in wanted.ids):
        raise _fault("ids", f"ids: expected names of at most {_LONGEST_ID} characters")


def _fault(parameter: str, detail: str) -> ParametersInvalid:
    return ParametersInvalid([ParameterFault(parameter=parameter, code="parameter-invalid", detail=detail)])


def _named(ids: tuple[str, ...], most: int) -> tuple[str, ...]:
    if len(ids) > min(most, MOST_IDS):
        raise TooManyHits(len(ids), min(most, MOST_IDS))
    return tuple(dict.fromkeys(ids))


def _counted(exchange: Exchange, reader: Reader, parameters: SearchParameters, most: int) -> str:
    """The question to the index as JSON, once it is known to find no more than may be had."""
    plain = msgspec.structs.replace(parameters, page=1, cursor="", view="merged", group="none")
    asked = msgspec.structs.replace(
        request_of(plain, reader.visibility, facets=()), histogram=False, semantic="off", prefer=None
    )
    exchange.search.scan(asked, most).close()
    return msgspec.json.encode(asked).decode()


def found_export(connection: sa.Connection, reader: Reader, list_id: str) -> ListFile:
    """One of the reader's lists; raises NotFound.

    Who acted for an institution reads what they were given as long as they have a role there; a key reads it that
    acts for that institution itself.
    """
    found = list_files.get(connection, list_id)
    if found is None or found.account not in ("", reader.account) or not _may_read(reader, found):
        raise NotFound
    return found


def _may_read(reader: Reader, found: ListFile) -> bool:
    if not found.acting_for:
        return True
    return reader.may_act_for(found.acting_for) and (not reader.key or reader.acting_for == found.acting_for)


def exports_view(connection: sa.Connection, reader: Reader) -> list[ExportView]:
    """The lists of a reader with an account that they may read now, newest first."""
    own = list_files.of(connection, reader.account) if reader.known else []
    return [export_view(each) for each in own if _may_read(reader, each)]


_UNDER_WAY = N_("This list is not written to its end yet.")
_GONE = N_("This list is not there any more, or could not be made. Make it again from its search.")
_NAMES = {"file": LIST, "manifest": MANIFEST, "skipped": SKIPPED}


def file_of(exchange: Exchange, reader: Reader, list_id: str, part: str) -> tuple[ListFile, Path]:
    """A part of a list that is ready, where it lies; raises NotFound, StatePassed."""
    with exchange.store.reading() as connection:
        made = found_export(connection, reader, list_id)
    over = made.until_at is not None and made.until_at <= exchange.store.now()
    path = exchange.list_folder / made.id / _NAMES[part]
    if made.state != "ready" or over or not path.is_file():
        found = "expired" if over else made.state
        said = Sentence(text=_UNDER_WAY if found in ("queued", "running", "checking") else _GONE)
        raise StatePassed(f"expected a list that is ready, found one that is {found}", said)
    return made, path


@repeats_clashes
def give_up(exchange: Exchange, reader: Reader, list_id: str) -> None:
    """The list is not written on, or its file goes; raises NotFound."""
    with exchange.store.transaction(actor=reader.actor or "system") as tx:
        list_files.cancel(tx, found_export(tx.connection, reader, list_id).id)
        jobs.enqueue(tx, stage_job(STAGE))
