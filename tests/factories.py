"""Valid records in one call; any field can be given by its name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TypeVar

from msgspec.structs import replace

from mappings.schema.access import Access
from mappings.schema.agents import Agent
from mappings.schema.dates import HistoricalDate
from mappings.schema.holding import Holding, Institution
from mappings.schema.identifiers import Identifier
from mappings.schema.ids import record_id
from mappings.schema.raw import RawRecord
from mappings.schema.record import CatalogueRecord, Description, Language, Source, Subject, Title
from mappings.schema.rights import Rights
from mappings.schema.text import Text
from mappings.schema.unified import Member, Origin, Sourced, UnifiedRecord
from mappings.serialisations.provenance import OriginDescription

T = TypeVar("T")

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
FEED = "k3y0ffeed"
NATIVE_ID = "oai:riverside.example:1"

_OAI_DC = (
    '<record xmlns="http://www.openarchives.org/OAI/2.0/"><header><identifier>{identifier}</identifier>'
    "<datestamp>{datestamp}</datestamp></header><metadata>"
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "{elements}</oai_dc:dc></metadata></record>"
)


def text(value: str = "Parish register", **fields: object) -> Text:
    """A `Text` in English."""
    return replace(Text(value=value, lang="eng"), **fields)


def title(value: str = "Parish register", **fields: object) -> Title:
    """A title proper."""
    return replace(Title(value=value), **fields)


def institution(name: str = "Riverside Library", **fields: object) -> Institution:
    """A partner institution."""
    return replace(Institution(name=name, slug="riverside", isil="XX-RIV"), **fields)


def holding(**fields: object) -> Holding:
    """One holding of the partner institution."""
    return replace(Holding(institution=institution(), reference_code="RIV/1/2"), **fields)


def access(**fields: object) -> Access:
    """Open access with a full line."""
    return replace(Access(status="open"), **fields)


def agent(name: str = "Smith, Jane", **fields: object) -> Agent:
    """A person who created the material."""
    return replace(Agent(name=Text(value=name), kind="person", roles=("cre",)), **fields)


def date(edtf: str = "1813", **fields: object) -> HistoricalDate:
    """A date of one year, read."""
    return replace(HistoricalDate(text=edtf, edtf=edtf, start=f"{edtf[:4]}-01-01", end=f"{edtf[:4]}-12-31"), **fields)


def identifier(value: str = NATIVE_ID, scheme: str = "oai", **fields: object) -> Identifier:
    """An identifier whose normal form is its value."""
    return replace(Identifier(scheme=scheme, value=value, normalised=value), **fields)


def source(**fields: object) -> Source:
    """Where the record of `catalogue_record` comes from."""
    made = Source(
        feed=FEED,
        native_id=NATIVE_ID,
        datestamp="2026-11-24T12:00:00Z",
        raw_sha256=hashlib.sha256(NATIVE_ID.encode()).hexdigest(),
        format="oai_dc",
        crosswalk="base/oai_dc@1",
        engine_version="1",
        harvested="2026-11-24T12:00:00.000000Z",
    )
    return replace(made, **fields)


def catalogue_record(*, feed: str = FEED, native_id: str = NATIVE_ID, **fields: object) -> CatalogueRecord:
    """A full record of one printed volume; its id and source follow from `feed` and `native_id`."""
    made = CatalogueRecord(
        id=record_id(feed, native_id),
        source=source(feed=feed, native_id=native_id),
        level="item",
        title=title(),
        type="Text",
        agents=(agent(),),
        dates=(date(),),
        subjects=(Subject(label=text("Baptism")),),
        languages=(Language(lang="eng"),),
        descriptions=(Description(value="Baptisms, marriages and burials.", kind="abstract"),),
        identifiers=(identifier(native_id),),
        holding=(holding(),),
        rights=Rights(metadata_licence="http://creativecommons.org/publicdomain/zero/1.0/"),
        access=access(),
    )
    return replace(made, **fields)


def raw_record(
    *,
    elements: str = "<dc:title>Parish register</dc:title>",
    identifier: str = NATIVE_ID,
    datestamp: str = "2026-11-24T12:00:00Z",
    payload: str | None = None,
    **fields: object,
) -> RawRecord:
    """An oai_dc record as harvested, with the given elements; `payload` replaces the whole."""
    if payload is None:
        payload = _OAI_DC.format(identifier=identifier, datestamp=datestamp, elements=elements)
    made = RawRecord(
        feed=FEED,
        identifier=identifier,
        datestamp=datestamp,
        payload_sha256=hashlib.sha256(payload.encode()).hexdigest(),
        payload=payload,
        harvested=NOON,
    )
    return replace(made, **fields)


def origin(**fields: object) -> Origin:
    """An origin in the record of `catalogue_record`."""
    made = Origin(
        record=record_id(FEED, NATIVE_ID),
        path="dc:title",
        rule="title",
        crosswalk="base/oai_dc@1",
        harvested="2026-11-24T12:00:00.000000Z",
    )
    return replace(made, **fields)


def origin_description(**fields: object) -> OriginDescription:
    """Where a record was harvested from before it came here."""
    made = OriginDescription(
        base_url="https://first.example/oai?a=1&b=2",
        identifier="oai:first.example:1",
        datestamp="2026-01-01",
        namespace="http://www.openarchives.org/OAI/2.0/oai_dc/",
        harvest_date="2026-01-02T00:00:00Z",
    )
    return replace(made, **fields)


def sourced(value: T, **fields: object) -> Sourced[T]:
    """A surviving value with one origin."""
    return replace(Sourced(value=value, origins=(origin(),)), **fields)


def _all_sourced(values: Iterable[T]) -> tuple[Sourced[T], ...]:
    return tuple(sourced(value) for value in values)


def member(record: CatalogueRecord | None = None, **fields: object) -> Member:
    """The part of a unified record that one institution's record plays."""
    record = record or catalogue_record()
    made = Member(
        record=record.id,
        feed=record.source.feed,
        institution="riverside",
        institution_name="Riverside Library",
        native_id=record.source.native_id,
        level=record.level,
        title=record.title.value,
        dates=record.dates[0].text if record.dates else "",
        reference_code=record.holding[0].reference_code,
        access=record.access,
        rights=record.rights,
        holding=record.holding,
        hierarchy=record.hierarchy,
        first_seen="2026-11-24T12:00:00.000000Z",
        seq=1,
    )
    return replace(made, **fields)


def unified_record(record: CatalogueRecord | None = None, **fields: object) -> UnifiedRecord:
    """A cluster of the one given record, as the public sees it."""
    record = record or catalogue_record()
    made = UnifiedRecord(
        id=f"c-{record.id}",
        version=1,
        members=(member(record),),
        level=sourced(record.level),
        title=sourced(record.title),
        titles=_all_sourced(record.titles),
        type=sourced(record.type) if record.type else None,
        genre=_all_sourced(record.genre),
        extent=_all_sourced(record.extent),
        medium=_all_sourced(record.medium),
        agents=_all_sourced(record.agents),
        dates=_all_sourced(record.dates),
        subjects=_all_sourced(record.subjects),
        places=_all_sourced(record.places),
        languages=_all_sourced(record.languages),
        descriptions=_all_sourced(record.descriptions),
        identifiers=_all_sourced(record.identifiers),
        edition=sourced(record.edition) if record.edition else None,
        part=_all_sourced(record.part),
        digital=_all_sourced(record.digital),
        relations=_all_sourced(record.relations),
        holding=_all_sourced(record.holding),
        rights=(sourced(record.rights),),
        access=(sourced(record.access),),
    )
    return replace(made, **fields)
