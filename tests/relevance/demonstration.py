"""The demonstration as a judged collection: its partners' records, known items of them, and topics judged by hand.

Topics are in `judged/demonstration`; a document there is named by partner and OAI identifier.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from mappings.engine.apply import apply
from mappings.engine.library import compiled
from mappings.engine.outcome import Context, Mapped
from mappings.schema.holding import Institution
from mappings.schema.raw import RawRecord
from mappings.schema.unified import UnifiedRecord
from portal_api.demo.partners import DemoPartner, partners
from tests import factories
from tests.relevance.collection import Collection
from tests.relevance.files import read_sets
from tests.relevance.known_items import known_items

TOPICS = Path(__file__).parent / "judged" / "demonstration"


def demonstration() -> Collection:
    """All of it; the same on every machine."""
    records = {record.members[0].native_id: record for partner in partners() for record in of_partner(partner)}
    named = {identifier: record.id for identifier, record in records.items()}
    documents = tuple(records.values())
    return Collection(
        name="demonstration", documents=documents, sets=(*known_items(documents), *read_sets(TOPICS, named))
    )


def of_partner(partner: DemoPartner) -> Iterator[UnifiedRecord]:
    """The records of one partner as its crosswalk maps them, each a thing of its own."""
    program = compiled(partner.crosswalk_text or partner.crosswalk)
    holder = Institution(name=partner.name, slug=partner.slug)
    for each in partner.records():
        raw = RawRecord(
            feed=partner.feed_key,
            identifier=each.identifier,
            datestamp=each.datestamp,
            payload=each.metadata,
            payload_sha256=sha256(each.metadata.encode()).hexdigest(),
            harvested=datetime(2026, 11, 24, tzinfo=UTC),
        )
        made = None if each.deleted else apply(program, raw, Context(feed=partner.feed_key, institution=holder))
        for unit in made.units if isinstance(made, Mapped) else ():
            member = factories.member(unit.record, institution=partner.slug, institution_name=partner.name)
            yield factories.unified_record(unit.record, members=(member,))
