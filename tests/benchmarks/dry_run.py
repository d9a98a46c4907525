"""A version tried on everything that is stored, with and without records that are linked anew, and the way back.

On SQLite with full syncing; the records are stored, mapped and linked before anything is measured.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from html import escape
from pathlib import Path

from federation.pipeline import children, crosswalk_life, dry_run
from federation.pipeline.dry_run_spans import tallied
from federation.storage import feeds, institutions, opened
from federation.storage.bulk import Row, insert_many
from federation.storage.columns import instant_text
from federation.storage.crosswalks import Version
from federation.storage.engine import Store, embedded_url
from federation.storage.feeds import StoredFeed
from federation.storage.raw_records import raw_record
from tests.benchmarks.result import Result, measured
from tests.benchmarks.words import Words

_BATCH = 5_000
_FEED = StoredFeed(key="k", name="Peer", institution="peer", base_url="http://127.0.0.1/")
_HEAD = "crosswalk: peer\nversion: 1\nextends: base/oai_dc@1\nrules:\n"
#: changes every record, and none for linking
_NOTED = '  - {id: note, const: Seen, to: "descriptions[]"}\n'
#: changes the title of one record in twenty
_RETITLED = (
    '  - {id: again, from: "dc:title[1]", when: {from: "header:identifier", matches: "[05]0$|[246]5$"}, '
    'do: [wrap: {after: " (again)"}], to: title}\n'
)  # fmt: skip


def run(records: int) -> list[Result]:
    """Both dry runs, on one process and on one a core, and the moving of the pointer back."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(embedded_url(Path(folder)))
        store.create_schema()
        _fill(store, records)
        noted, retitled = _asked(store, _NOTED), _asked(store, _RETITLED)
        found = [_on_every_core(store, noted, records), _on_one(store, noted, records)]
        found += [_clusters(store, retitled, records), _rolled_back(store, noted.number, records)]
        opened.close_stores()
        store.close()
    return found


def _fill(store: Store, records: int) -> None:
    with store.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="peer", name="Peer"))
        feeds.add(tx, _FEED)
    rows = list(_rows(records))
    for start in range(0, records, _BATCH):
        with store.transaction() as tx:
            at = instant_text(tx.now)
            part = [{**row, "seq": tx.next_seq(), "harvested": at} for row in rows[start : start + _BATCH]]
            insert_many(tx, raw_record, part)
    for stage in (children.map_once, children.key_once, children.link_once):
        while stage(store.url).behind:
            pass


def _rows(records: int) -> Iterator[Row]:
    words = Words()
    for number in range(1, records + 1):
        yield {
            "rid": number,
            "feed": _FEED.key,
            "identifier": f"oai:peer:{number}",
            "payload": _payload(number, words),
            "datestamp": "2026-01-01",
            "namespaces": "{}",
            "set_specs": "[]",
            "repairs": "[]",
            "deleted": 0,
            "payload_sha256": f"{number:064x}",
            "content_sha256": f"{number:064x}",
            "charset": "utf-8",
            "format": "oai_dc",
            "quality": "strict",
            "seen_datestamp": "2026-01-01",
            "first_identifier": "",
            **dict.fromkeys(("page", "ordinal", "run", "seen_run", "seen_list"), 1),
        }


def _payload(number: int, words: Words) -> str:
    """A record of usual size: a title, two people, a date, subjects, a description, rights."""
    said = [
        ("title", words.title()),
        ("creator", words.name()),
        ("contributor", words.name()),
        ("date", words.year()),
        *(("subject", words.title()) for _ in range(3)),
        ("description", " ".join(words.title() for _ in range(8))),
        ("language", "eng"),
        ("type", "Text"),
        ("identifier", f"https://peer.example/{number}"),
        ("rights", "Open for research."),
    ]
    elements = "".join(f"<dc:{name}>{escape(text)}</dc:{name}>" for name, text in said)
    return (
        f"<record><header><identifier>oai:peer:{number}</identifier></header><metadata>"
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/">{elements}</oai_dc:dc></metadata></record>'
    )


def _asked(store: Store, rules: str) -> Version:
    version = _drafted(store, rules)
    with store.transaction() as tx:
        return crosswalk_life.ask_for_trial(tx, _feed(store), version.number)


def _on_every_core(store: Store, version: Version, records: int) -> Result:
    """As the stage makes it; the seconds of the clock, as the other processes' are not counted here."""
    with measured() as taken:
        tried = dry_run.try_version(store, version)
    if tried.report.records != records:
        raise RuntimeError(f"expected {records} records to be tried, found {tried.report.records}")
    with store.transaction() as tx:
        dry_run.write(tx, tried)
    return taken.told("dry_run", round(taken.wall_seconds, 2), "s", records)


def _on_one(store: Store, version: Version, records: int) -> Result:
    with measured() as taken:
        dry_run.try_version(store, version, processes=1)
    return taken.per_cpu_second("dry_run, one process", "exchange", records)


def _clusters(store: Store, version: Version, records: int) -> Result:
    """The clusters of the records that would be linked anew, apart from finding which these are."""
    tally = tallied(store, version, 1)
    with store.reading() as connection, measured() as taken:
        tally.links.moves(connection)
    if not len(tally.links):
        raise RuntimeError("no record would be linked anew")
    return taken.told("clusters of a dry run", round(taken.wall_seconds, 2), "s", len(tally.links))


def _drafted(store: Store, rules: str) -> Version:
    with store.transaction() as tx:
        draft = crosswalk_life.begin(tx, _feed(store), "ada")
        return crosswalk_life.save(
            tx, _feed(store), draft.number, _HEAD + rules, "ada", seen=draft.sha256, message="measured"
        )


def _feed(store: Store) -> StoredFeed:
    with store.reading() as connection:
        found = feeds.get(connection, _FEED.key)
    if found is None:
        raise RuntimeError("the feed is gone")
    return found


def _rolled_back(store: Store, number: int, records: int) -> Result:
    """The version that changes everything is put to work, and the pointer moved back before anything is mapped."""
    with store.transaction() as tx:
        crosswalk_life.activate(tx, _feed(store), number)
    with measured() as taken, store.transaction() as tx:
        crosswalk_life.roll_back(tx, _feed(store))
    return taken.told("rollback's pointer", round(taken.wall_seconds * 1000, 1), "ms", records)
