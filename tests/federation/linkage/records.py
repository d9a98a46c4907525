"""Catalogue records for the tests of linkage, in one call."""

from __future__ import annotations

from typing import Literal

from federation.linkage.member_records import MemberRecord
from mappings.schema.access import Access
from mappings.schema.agents import Agent
from mappings.schema.dates import HistoricalDate
from mappings.schema.holding import Holding, Institution
from mappings.schema.identifiers import Identifier
from mappings.schema.levels import Level
from mappings.schema.record import CatalogueRecord, Description, Language, RecordQuality, Rules, Source, Title
from mappings.schema.text import Text


def catalogue_record(
    number: int | str,
    title: str,
    *,
    feed: str = "feed-a",
    institution: str = "Library A",
    authors: tuple[str, ...] = (),
    year: str | None = None,
    identifiers: tuple[Identifier, ...] = (),
    level: Level = "item",
    type: str | None = "Text",
    language: str | None = None,
    reference_code: str | None = None,
    line: Literal["full", "reduced", "hidden"] = "full",
    descriptions: tuple[Description, ...] = (),
    score: int = 50,
    datestamp: str = "2024-01-01",
) -> CatalogueRecord:
    """A valid record with what linkage looks at."""
    return CatalogueRecord(
        id=f"r{number}",
        source=Source(
            feed=feed,
            native_id=f"oai:{feed}:{number}",
            datestamp=datestamp,
            raw_sha256="0" * 64,
            format="oai_dc",
            crosswalk="base/oai_dc@1",
            engine_version="1",
            harvested="2026-11-24T00:00:00.000000Z",
        ),
        level=level,
        title=Title(value=title),
        type=type,
        agents=tuple(Agent(name=Text(value=name), roles=("cre",)) for name in authors),
        dates=(date(year),) if year else (),
        languages=(Language(lang=language),) if language else (),
        identifiers=identifiers,
        descriptions=descriptions,
        holding=(Holding(institution=Institution(name=institution), reference_code=reference_code),),
        access=Access(line=line),
        quality=RecordQuality(score=score),
    )


def date(year: str) -> HistoricalDate:
    """A year, or `1801/1820`, as a date statement."""
    first, _, last = year.partition("/")
    start = first if len(first) > 4 else f"{first}-01-01"
    end = first if len(first) > 4 else f"{last or first}-12-31"
    return HistoricalDate(text=year, edtf=year, start=start, end=end)


def isbn(value: str) -> Identifier:
    """A valid ISBN in its normal form."""
    return Identifier(scheme="isbn", value=value, normalised=value)


def rules_of(record: CatalogueRecord) -> Rules:
    """A rule for each leaf that the tests look at."""
    rules: dict[str, tuple[tuple[str, str], ...]] = {
        "/title/value": (("title", "dc:title[1]"),),
        "/level": (("default:level", ""),),
        "/access/status": (("default:access", ""),),
        "/holding/0/institution/name": (("default:holding", ""),),
    }
    for n in range(len(record.agents)):
        rules[f"/agents/{n}/name/value"] = (("creator", f"dc:creator[{n + 1}]"),)
        rules[f"/agents/{n}/roles/0"] = (("creator", f"dc:creator[{n + 1}]"),)
    for n in range(len(record.dates)):
        rules[f"/dates/{n}/text"] = (("date", f"dc:date[{n + 1}]"),)
    return rules


def member(record: CatalogueRecord, *, first_seen: str | None = None, priority: int = 0) -> MemberRecord:
    """The record as a member; its institution's slug is the feed's name."""
    return MemberRecord(
        record=record,
        rules=rules_of(record),
        institution=record.source.feed,
        institution_name=record.holding[0].institution.name,
        feed=record.source.feed,
        first_seen=first_seen,
        seq=1,
        priority=priority,
    )
