"""The stage `list`: lists that people asked for are written to files, a batch of things at a time.

One moment of the index fixes which things there are; the store gives their records, as whoever asked may see them when
they are written. The row says how many bytes of each file count, so that a batch that was cut short is written again
over what it left.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from federation.pipeline import list_closing
from federation.pipeline.holder_names import stored_names
from federation.pipeline.list_closing import NAMES
from federation.pipeline.list_forms import FORMS
from federation.pipeline.list_manifest import manifest_of
from federation.pipeline.list_names import MARK_BYTES, marks, packed, put_in_order
from federation.pipeline.owners import visibility_of
from federation.pipeline.progress import Close, Progress
from federation.pipeline.standing import standing
from federation.pipeline.unifying import load_each_alone, load_unified
from federation.storage import list_files
from federation.storage.durable import settle
from federation.storage.engine import Store
from federation.storage.list_files import Counts, ListFile
from federation.storage.transactions import Transaction
from index.errors import QueryInvalid, TooManyHits
from index.places import IndexPlace, search_at
from index.request import SearchRequest
from mappings.schema.access import Visibility
from mappings.schema.unified import UnifiedRecord
from mappings.serialisations.bundles import Bundle
from mappings.serialisations.cover import EntryHidden, FormatUnavailable

log = logging.getLogger(__name__)

STAGE = "list"
#: things of one step
BATCH = 1_000
#: values of each kind that are counted by name
MOST_COUNTED = 200
LIST, IDS, SKIPPED, MANIFEST = "list", "ids", "skipped.tsv", "manifest.json"
#: why a thing, or a record of it, is not in the list
GONE, HIDDEN, INEXPRESSIBLE, FAULTY = "gone", "hidden", "inexpressible", "faulty"
_REQUEST = msgspec.json.Decoder(SearchRequest)


class _Item(NamedTuple):
    """A record to be written; None where there is none to be seen."""

    id: str
    record: UnifiedRecord | None
    page: str


class _Written(NamedTuple):
    """What became of a batch."""

    pieces: list[bytes]
    skipped: list[tuple[str, str]]
    counts: Counts
    #: of the records that are named (`list_names`)
    marks: list[int]


def waiting(connection: sa.Connection) -> int:
    """How many lists are to be written on, looked through or cleared away."""
    return list_files.waiting(connection) + list_closing.behind(connection)


def write_batch(store: Store, folder: Path, index: IndexPlace, close: Close) -> Progress:
    """Takes the next list one step further; raises BackendUnavailable where the index's engine is away."""
    list_closing.look_through(store, folder)
    _clear(store, folder)
    with store.transaction() as tx:
        asked = list_files.take(tx)
    if asked is None:
        return Progress(done=0, behind=False)
    with store.reading() as connection:
        sees = visibility_of(connection, asked.account, asked.acting_for, store.now())
    if asked.state == "queued":
        now = _begun(store, folder / asked.id, index, asked, sees)
    elif asked.done < asked.total:
        now = _gone_on(store, folder / asked.id, asked, sees)
    else:
        now = _ended(store, folder / asked.id, asked)
    progress = Progress(done=0, behind=True)
    with store.transaction() as tx:
        if not list_files.put(tx, now) and not _goes_on(tx, asked.id):
            # it was cancelled, or is to begin anew, perhaps before anybody knew that something lies there
            tx.after_commit(lambda: shutil.rmtree(folder / asked.id, ignore_errors=True))
        close(tx, progress)
    return progress


def _goes_on(tx: Transaction, name: str) -> bool:
    """Whether a list whose step was not kept goes on from the one before."""
    found = list_files.get(tx.connection, name)
    return found is not None and found.state == "running"


def give_up(tx: Transaction, error: str) -> bool:
    """Ends the list in hand, over which its process failed; False where there is none."""
    asked = list_files.in_hand(tx.connection)
    if asked is None:
        return False
    return list_files.put(tx, replace(asked.failed("fault", error, tx.now), kept=True))


def _clear(store: Store, folder: Path) -> None:
    """Takes away the files of lists that expired, failed or were cancelled."""
    with store.reading() as connection:
        gone = list_files.to_clear(connection)
    for name in gone:
        shutil.rmtree(folder / name, ignore_errors=True)
    if gone:
        with store.transaction() as tx:
            list_files.note_cleared(tx, gone)


def _begun(store: Store, folder: Path, index: IndexPlace, asked: ListFile, sees: Visibility) -> ListFile:
    """Fixes which things there are."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    (folder / NAMES).touch()
    asked = replace(asked, kept=True, size_bytes=_append(folder / LIST, 0, FORMS[asked.format].begin))
    try:
        if asked.request:
            return _found(store, folder, index, asked, sees)
        return _named(store, folder, asked, sees)
    except TooManyHits as error:
        # the index has grown since it was asked
        return asked.failed("too_many", str(error), store.now(), found=error.found, most=error.most)
    except QueryInvalid as error:
        return asked.failed("query_unread", str(error), store.now())


def _found(store: Store, folder: Path, index: IndexPlace, asked: ListFile, sees: Visibility) -> ListFile:
    search, request = search_at(index, names=stored_names(store)), _REQUEST.decode(asked.request)
    scan = search.scan(replace(request, visibility=sees), asked.most)
    try:
        total = _written_ids(folder, (hit.id for page in iter(scan.page, []) for hit in page))
    finally:
        scan.close()
    return replace(asked, state="running", total=total, generation=scan.generation, seq=scan.seq)


def _named(store: Store, folder: Path, asked: ListFile, sees: Visibility) -> ListFile:
    with store.reading() as connection:
        now = standing(connection, asked.ids, sees.audience)
    return replace(
        asked, state="running", total=_written_ids(folder, dict.fromkeys(now.get(each, each) for each in asked.ids))
    )


def _written_ids(folder: Path, ids: Iterable[str]) -> int:
    count = 0
    with (folder / IDS).open("wb") as file:
        for each in ids:
            file.write(each.encode("utf-8", "replace").replace(b"\n", b" ") + b"\n")
            count += 1
        _settle(file)
    return count


def _gone_on(store: Store, folder: Path, asked: ListFile, sees: Visibility) -> ListFile:
    """Writes the next things."""
    with (folder / IDS).open("rb") as file:
        file.seek(asked.ids_at)
        lines = [line for _, line in zip(range(BATCH), file, strict=False)]
    ids = [line.decode().rstrip("\n") for line in lines]
    form = FORMS[asked.format]
    with store.reading() as connection:
        made = _written(form, _items(connection, ids, sees.audience, asked), sees.audience)
        kept = list_files.kept_bytes(connection, asked.account)
    listed, left_out = _joined(form, made.pieces, first=not asked.written), _lines(made.skipped)
    if kept + len(listed) + len(left_out) > asked.most_bytes:
        return _full(store, asked)
    return replace(
        asked,
        done=asked.done + len(ids),
        written=asked.written + len(made.pieces),
        ids_at=asked.ids_at + sum(map(len, lines)),
        size_bytes=_append(folder / LIST, asked.size_bytes, listed),
        skipped_bytes=_append(folder / SKIPPED, asked.skipped_bytes, left_out),
        names=_append(folder / NAMES, asked.names * MARK_BYTES, packed(made.marks)) // MARK_BYTES,
        counts=_summed(asked.counts, made.counts),
    )


def _full(store: Store, asked: ListFile) -> ListFile:
    whose = "a person" if asked.account else "people without an account"
    error = f"expected files of {whose} of at most {asked.most_bytes:,} bytes; this list would make them larger"
    return asked.failed("too_large", error, store.now(), most=asked.most_bytes)


def _items(connection: sa.Connection, ids: list[str], audience: str, asked: ListFile) -> Iterator[_Item]:
    """The records of things, as they may be seen now."""
    things = load_unified(connection, ids, audience)
    if asked.of == "clusters":
        for name in ids:
            yield _Item(name, things.get(name), f"{asked.base}/r/{name}")
        return
    members = {name: [each.record for each in thing.members] for name, thing in things.items()}
    alone = load_each_alone(connection, [each for records in members.values() for each in records], audience)
    for name in ids:
        for record in members.get(name, [name]):
            yield _Item(record, alone.get(record), f"{asked.base}/m/{record}")


def _written(form: Bundle, items: Iterator[_Item], audience: str) -> _Written:
    pieces: list[bytes] = []
    skipped: list[tuple[str, str]] = []
    named: list[int] = []
    counts: dict[str, Counter[str]] = {"skipped": Counter(), "institutions": Counter(), "licences": Counter()}
    for item in items:
        made = _one(form, item)
        if isinstance(made, bytes):
            pieces.append(made)
            _count(counts, item.record)
            named += marks(item.record.members if item.record is not None else (), audience)
        else:
            skipped.append((item.id, made))
            counts["skipped"][made] += 1
    return _Written(pieces, skipped, {kind: dict(found) for kind, found in counts.items()}, named)


def _one(form: Bundle, item: _Item) -> bytes | str:
    """The record in this format, or why it is not there."""
    if item.record is None:
        return GONE
    try:
        return form.write(item.record, item.page)
    except EntryHidden:
        return HIDDEN
    except FormatUnavailable:
        return INEXPRESSIBLE
    except Exception:
        # a record that breaks a writer is one line of what was left out, and the rest goes on (decision 0012)
        log.exception("%s could not be written as %s", item.id, form.suffix)
        return FAULTY


def _count(counts: Mapping[str, Counter[str]], record: UnifiedRecord | None) -> None:
    for member in record.members if record is not None else ():
        counts["institutions"][member.institution] += 1
        counts["licences"][member.rights.metadata_licence or "none stated"] += 1


def _summed(before: Counts, more: Counts) -> Counts:
    """The sums; beyond so many values of a kind the others are one."""
    found: Counts = {}
    for kind in before.keys() | more.keys():
        sums = Counter(before.get(kind, {}))
        for value, number in more.get(kind, {}).items():
            sums[value if value in sums or len(sums) < MOST_COUNTED else list_files.OTHERS] += number
        found[kind] = dict(sums)
    return found


def _joined(form: Bundle, pieces: list[bytes], *, first: bool) -> bytes:
    joined = form.between.join(pieces)
    if not first:
        return form.between + joined if pieces else b""
    return joined


def _lines(skipped: list[tuple[str, str]]) -> bytes:
    return "".join(f"{name}\t{reason}\n" for name, reason in skipped).encode()


def _append(path: Path, at: int, piece: bytes) -> int:
    """Writes a piece behind the first `at` bytes, whatever lay there; how many bytes count from then on."""
    with path.open("ab") as file:
        file.truncate(at)
        file.write(piece)
        _settle(file)
    return at + len(piece)


def _settle(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _ended(store: Store, folder: Path, asked: ListFile) -> ListFile:
    """Ends the file and says what it is."""
    form, now = FORMS[asked.format], store.now()
    ready = replace(
        asked,
        state="ready",
        size_bytes=_append(folder / LIST, asked.size_bytes, form.end),
        sha256=_digest(folder / LIST),
        ended_at=now,
        until_at=now + (list_files.KEPT if asked.account else list_files.KEPT_OF_ANYBODY),
    )
    (folder / IDS).unlink(missing_ok=True)
    (folder / MANIFEST).write_bytes(msgspec.json.format(manifest_of(ready, form), indent=2))
    settle(folder / MANIFEST)
    # last: with their own it puts the names of the other files on the disk
    put_in_order(folder / NAMES)
    return ready


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
