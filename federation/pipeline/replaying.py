"""Pages that are kept, read anew: what a better reading makes of them, where they are still the source's last word.

Nothing is asked of the source and no list is followed: a record is changed where the page that it stands by reads
otherwise now, and comes where it was in quarantine and can be read. What later pages said stays (ADR 0046).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import sqlalchemy as sa

from federation.storage import ledger, page_bodies, page_records, quarantine, raw_records, runs
from federation.storage.clashes import repeats_clashes
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from federation.storage.page_records import Reread
from federation.storage.raw_records import StoredRaw
from harvester.flags import flagged
from harvester.oaipmh.page import Page, parse_page
from mappings.schema.issue import Issue
from mappings.schema.raw import RawRecord

#: issues that speak of what else the source said, which one page does not tell
_OF_OTHERS = frozenset({"identifier_repeated", "datestamp_moved_back"})


class KeptPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page whose bytes are kept."""

    run: int
    number: int
    sha256: str


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """What reading one page anew gives."""

    page: KeptPage
    #: identifiers of records that read otherwise now, and of such as could not be read before
    changed: tuple[str, ...]
    mended: tuple[str, ...]


def kept_pages(connection: sa.Connection, feed: str) -> list[KeptPage]:
    """The pages of a feed's runs that are kept, in their order."""
    page, run = runs.page.c, runs.run.c
    query = sa.select(page.run, page.number, page.sha256).join_from(runs.page, runs.run, page.run == run.id)
    query = query.join(page_bodies.page_body, page_bodies.page_body.c.sha256 == page.sha256)
    rows = connection.execute(query.where(run.feed == feed).order_by(page.run, page.number)).mappings()
    return [KeptPage(**row) for row in rows]


def replay(store: Store, feed: StoredFeed, *, apply: bool, actor: str) -> Iterator[Replayed]:
    """Reads the kept pages of a feed of OAI-PMH anew, one transaction a page; changes nothing unless `apply`."""
    with store.reading() as connection:
        pages = kept_pages(connection, feed.key)
    for each in pages:
        yield _page(store, feed, each, apply, actor)


@repeats_clashes
def _page(store: Store, feed: StoredFeed, kept: KeptPage, apply: bool, actor: str) -> Replayed:
    with store.reading() as connection:
        body = page_bodies.get(connection, kept.sha256) or b""
    prefix, charset = feed.metadata_prefix, feed.profile.by_pins().charset
    page = parse_page(body, feed=feed.key, metadata_prefix=prefix, http_charset=None, learned_charset=charset)
    names = [record.identifier for record in page.records]
    if not apply:
        with store.reading() as connection:
            changed, mended = _compared(connection, feed.key, kept, page, names)
    else:
        with store.transaction(actor=actor) as tx:
            tx.in_order()
            changed, mended = _compared(tx.connection, feed.key, kept, page, names)
            if changed or mended:
                members = page_records.read_anew(tx, kept.run, [*changed, *mended])
                quarantine.mend(tx, feed.key, [each.record.identifier for each in mended])
                name = f"page:{kept.run}/{kept.number}"
                ledger.append_batch(tx, act="page.replayed", object=name, members=members, institution=feed.institution)
    return Replayed(page=kept, changed=_named(changed), mended=_named(mended))


def _named(found: Sequence[Reread]) -> tuple[str, ...]:
    return tuple(each.record.identifier for each in found)


def _compared(
    connection: sa.Connection, feed: str, kept: KeptPage, page: Page, names: Sequence[str]
) -> tuple[list[Reread], list[Reread]]:
    """What of the page reads otherwise than it stands, and what of it was in quarantine and can be read."""
    marks, present = raw_records.held(connection, feed, names), raw_records.present(connection, feed, names)
    lacking = quarantine.met_at(connection, feed, kept.run, kept.number)
    following = page_records.highest_rid(connection) + 1
    changed: list[Reread] = []
    mended: list[Reread] = []
    for read, content in zip(page.records, page.content_sha256, strict=True):
        name, stands = read.identifier, present.get(read.identifier)
        record = msgspec.structs.replace(flagged(read), page=kept.number)
        if stands is not None and _is_of(stands, kept, record):
            if _says_otherwise(stands.raw, record, marks[name].content_sha256, content):
                record = msgspec.structs.replace(record, repairs=(*record.repairs, *_of_others(stands.raw)))
                changed.append(Reread(held=marks[name], record=record, content=content))
        elif name in lacking and (stands is None or stands.run < kept.run):
            held = marks.get(name) or page_records.as_marked(record, content, following + len(mended), kept.run)
            mended.append(Reread(held=held, record=record, content=content))
    return changed, mended


def _is_of(stands: StoredRaw, kept: KeptPage, record: RawRecord) -> bool:
    """Whether a record stands as this place of this page gave it."""
    return (stands.run, stands.raw.page, stands.raw.ordinal) == (kept.run, kept.number, record.ordinal)


def _says_otherwise(stands: RawRecord, record: RawRecord, known: str, content: str) -> bool:
    before = (stands.payload, stands.quality, stands.charset, stands.deleted, known)
    return before != (record.payload, record.quality, record.charset, record.deleted, content)


def _of_others(stands: RawRecord) -> tuple[Issue, ...]:
    return tuple(issue for issue in stands.repairs if issue.code in _OF_OTHERS)
