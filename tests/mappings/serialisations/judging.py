"""Records to serialise, and the schemas that judge what comes out."""

from __future__ import annotations

import os
from functools import cache

from lxml import etree
from msgspec.structs import replace

from mappings.schema.access import Access
from mappings.schema.agents import AgentIdentifier
from mappings.schema.dates import HistoricalDate
from mappings.schema.holding import Holding, Institution
from mappings.schema.normal_forms import normalise
from mappings.schema.record import (
    CatalogueRecord,
    Description,
    Digital,
    Extent,
    Language,
    OtherTitle,
    Part,
    Place,
    Point,
    Relation,
    Subject,
    Title,
)
from mappings.schema.rights import Rights
from mappings.schema.text import Label, Variant
from mappings.schema.unified import UnifiedRecord
from tests import factories
from tests.sample_data import require_data

SECRET = "Baptism"
URI = "http://rightsstatements.org/vocab/InC/1.0/"


@cache
def schema(path: str) -> etree.XMLSchema:
    """A schema of the sample data; the test is skipped where there is none."""
    os.environ["XML_CATALOG_FILES"] = str(require_data("schemas/catalog.xml"))
    return etree.XMLSchema(etree.parse(str(require_data(f"schemas/{path}"))))


def full_record(**fields: object) -> CatalogueRecord:
    """A work of which every area is stated."""
    made = factories.catalogue_record(
        level="work",
        title=Title(
            value="紅樓夢",
            lang="zho",
            script="Hani",
            variants=(Variant(value="Hong lou meng", kind="transliteration", script="Latn"),),
        ),
        titles=(
            OtherTitle(value="Dream of the red chamber", kind="parallel", lang="eng"),
            OtherTitle(value="石頭記", kind="alternative", lang="zho"),
            OtherTitle(value="Hong lou meng. English", kind="uniform"),
        ),
        type="Text",
        genre=(Label(label=factories.text("Novels"), uri="http://id.example/g/1", scheme="lcgft"),),
        extent=(Extent(text="3 volumes", number=3, unit="volumes"),),
        medium=(Label(label=factories.text("paper")),),
        agents=(
            replace(
                factories.agent("Cao, Xueqin", kind="person", roles=("aut",)),
                dates="1717/1763",
                ids=(AgentIdentifier(scheme="viaf", value="http://viaf.example/1"),),
                variants=(Variant(value="曹雪芹"),),
            ),
            factories.agent("Riverside Press", kind="corporate", roles=("pbl",)),
            factories.agent("Lee family", kind="family", roles=("fmo",)),
            factories.agent("Somebody", roles=()),
        ),
        dates=(
            HistoricalDate(
                text="[1791?]", edtf="1791?", start="1791-01-01", end="1791-12-31", kind="issued", flags=("uncertain",)
            ),
            HistoricalDate(text="c1995", edtf="1995", start="1995-01-01", end="1995-12-31", kind="copyright"),
            HistoricalDate(text="long ago", kind="created", flags=("unread",)),
        ),
        subjects=(
            Subject(label=factories.text(f"{SECRET} & custom")),
            Subject(label=factories.text("Smith, Jane"), kind="person", uri="http://id.example/n/1", scheme="lcnaf"),
            Subject(label=factories.text("Riverside (Calif.)"), kind="place"),
            Subject(label=factories.text("18th century"), kind="period"),
            Subject(label=factories.text("Bible"), kind="title"),
            Subject(label=factories.text("Riverside Council"), kind="corporate"),
            Subject(label=factories.text("Chinese fiction"), kind="classification", notation="895.13", scheme="ddc"),
        ),
        places=(
            Place(label=factories.text("Beijing"), role="published"),
            Place(label=factories.text("Nanjing"), role="depicted", point=Point(lat=32.05, lon=118.8)),
        ),
        languages=(Language(lang="zho"), Language(lang="eng")),
        descriptions=(
            Description(value="A family declines. <Not markup>", kind="abstract", lang="eng"),
            Description(value="Chapter 1", kind="contents"),
            Description(value="Bought in 1901", kind="acquisition"),
            Description(value="曹雪芹著", kind="statement_of_responsibility"),
            Description(value="Cao Xueqin zhu", kind="statement_of_responsibility"),
            Description(value="A note", kind="note"),
        ),
        identifiers=(normalise("isbn", "9780306406157"), normalise("local", "A/1"), normalise("doi", "10.1000/182")),
        edition=factories.text("2nd ed."),
        part=(Part(type="volume", number="2"),),
        holding=(
            Holding(
                institution=Institution(name="Riverside Library", slug="riverside", isil="US-RIV"),
                department="Rare books",
                reference_code="RIV/1/2",
                url="https://riverside.example/1",
            ),
        ),
        rights=Rights(uri=URI, text=(factories.text("No copies"),)),
        digital=(
            Digital(url="https://x.example/1?a=1&b=2"),
            Digital(url="https://x.example/1/full.jpg", role="file", mime="image/jpeg"),
        ),
        relations=(
            Relation(type="part_of", target="Chinese classics"),
            Relation(type="references", target="https://x.example/2", label="A study"),
        ),
        access=Access(status="open"),
    )
    return replace(made, **fields)


def full() -> UnifiedRecord:
    """The full record as the public sees it."""
    return factories.unified_record(full_record())


def closed(line: str) -> UnifiedRecord:
    """The full record, closed, with a line of this kind."""
    access = Access(status="closed", line=line, reason="privacy", until="2040")  # type: ignore[arg-type]
    return factories.unified_record(full_record(access=access))


def bare() -> UnifiedRecord:
    """A record that states next to nothing."""
    record = factories.catalogue_record(
        agents=(), dates=(), subjects=(), descriptions=(), identifiers=(), languages=(), type=None, rights=Rights()
    )
    return factories.unified_record(record)
