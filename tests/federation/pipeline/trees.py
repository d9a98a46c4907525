"""A feed whose records name the record above them: `dc:relation` holds its native identifier."""

from __future__ import annotations

from dataclasses import dataclass, replace

import msgspec
import sqlalchemy as sa

from federation.storage import feeds
from federation.storage.catalogue_records import catalogue_record
from federation.storage.engine import Store
from harvester.brake import Brake
from mappings.schema.access import PUBLIC
from mappings.schema.record import CatalogueRecord
from tests.federation.pipeline.test_harvest import add_feed, harvest
from tests.federation.pipeline.test_retiring import map_all
from tests.peers.courteous.repository import Item, Repository, serving

DC = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title>{more}</oai_dc:dc>'
)
FLAT = "crosswalk: peer\nversion: 1\nextends: base/oai_dc@1\ndefaults: {level: file}\nrules: []\n"
TREE = FLAT + "parent: {from: dc:relation}\n"


@dataclass(frozen=True)
class Branch(Item):
    """A record with the name of the one above it, and what it says of access."""

    above: str = ""
    rights: str = ""
    date: str = ""

    def xml(self) -> str:
        """The record as it stands on a page."""
        said = (("relation", self.above), ("rights", self.rights), ("date", self.date))
        more = "".join(f"<dc:{name}>{value}</dc:{name}>" for name, value in said if value)
        body = DC.format(title=self.title, more=more)
        metadata = "" if self.deleted else f"<metadata>{body}</metadata>"
        return f"<record>{self.header()}{metadata}</record>"


def fonds(rights: str = "Open for research.", **fields: str | bool) -> Branch:
    """The record that the others of these tests stand under."""
    return _made("fonds", "", rights, fields)


def series(rights: str = "", **fields: str | bool) -> Branch:
    """A record below the fonds."""
    return _made("series", "fonds", rights, fields)


def letter(rights: str = "", **fields: str | bool) -> Branch:
    """A record below the series."""
    return _made("letter", "series", rights, fields)


def _made(name: str, above: str, rights: str, fields: dict[str, str | bool]) -> Branch:
    given = {"identifier": name, "datestamp": "2020-01-01", "title": name.title(), "above": above, "rights": rights}
    return Branch(**{**given, **fields})  # type: ignore[arg-type]


class Tree:
    """The feed `k` in a store, and what it made of the records that were given."""

    def __init__(self, store: Store, *, text: str = TREE) -> None:
        self.store, self._text = store, text
        self._feed: feeds.StoredFeed | None = None
        self._days = 0

    async def take(self, *branches: Branch) -> None:
        """Harvests these records, changed today, and maps them as far as there is anything to map."""
        self._days += 1
        today = f"2026-02-{self._days:02}"
        records = [replace(each, datestamp=today) for each in branches]
        async with serving(Repository(records)) as url:
            feed = self._at(url)
            await harvest(self.store, feed)
        self.settle()

    def _at(self, url: str) -> feeds.StoredFeed:
        if self._feed is None:
            self._feed = add_feed(self.store, url)
        with self.store.transaction() as tx:
            said = {"base_url": url, "crosswalk": "peer", "crosswalk_text": self._text}
            # what is opened below another parent is not held here: there is nobody to ask
            now = msgspec.structs.replace(self._feed, brake=Brake(opens=True), **said)
            feeds.change(tx, now)
        return now

    def records(self) -> dict[str, CatalogueRecord]:
        """What lives, by native identifier."""
        columns = (catalogue_record.c.native_id, catalogue_record.c.record)
        with self.store.reading() as connection:
            rows = connection.execute(sa.select(*columns).where(catalogue_record.c.alive)).all()
        return {row.native_id: msgspec.json.decode(row.record, type=CatalogueRecord) for row in rows}

    def hidden(self) -> set[str]:
        """Native identifiers of the living records that the public does not see."""
        columns = (catalogue_record.c.native_id, catalogue_record.c.audience)
        with self.store.reading() as connection:
            rows = connection.execute(sa.select(*columns).where(catalogue_record.c.alive)).all()
        return {row.native_id for row in rows if row.audience != PUBLIC}

    def issues(self) -> dict[str, set[str]]:
        """Native identifier -> codes of what was found, of those of which there is something to say."""
        return {
            name: {found.code for found in record.quality.issues}
            for name, record in self.records().items()
            if record.quality and record.quality.issues
        }

    def hashes(self) -> dict[str, str]:
        """Native identifier -> what the record comes to."""
        columns = (catalogue_record.c.native_id, catalogue_record.c.output_hash)
        with self.store.reading() as connection:
            rows = connection.execute(sa.select(*columns).where(catalogue_record.c.alive)).all()
        return {row.native_id: row.output_hash for row in rows}

    def sequence(self) -> dict[str, int]:
        """Native identifier -> when the record changed last, in the order of commits."""
        columns = (catalogue_record.c.native_id, catalogue_record.c.seq)
        with self.store.reading() as connection:
            return {row.native_id: row.seq for row in connection.execute(sa.select(*columns))}

    def settle(self) -> None:
        """Maps as far as there is anything to map."""
        map_all(self.store)
