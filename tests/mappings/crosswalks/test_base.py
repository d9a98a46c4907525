"""The crosswalks that ship: sound, their own tests pass, and real records of every source have an outcome."""

from __future__ import annotations

import gzip
import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from mappings.engine.apply import apply
from mappings.engine.inputs import FORMATS
from mappings.engine.library import base, check_text, compiled, names
from mappings.engine.outcome import Context, Deleted, Mapped, Outcome, Rejected
from mappings.engine.own_tests import minimal_record
from mappings.errors import CrosswalkMissing
from mappings.formats.xml import PAGE, parse_recovering
from mappings.schema.holding import Institution
from mappings.schema.raw import RawRecord
from tests.sample_data import require_data

CONTEXT = Context(feed="feed", institution=Institution(name="Library", slug="library"))


def test_these_bases_ship() -> None:
    assert set(names()) >= {
        "base/oai_dc",
        "base/qdc",
        "base/marc21",
        "base/mods",
        "base/lido",
        "base/edm",
        "base/unimarc",
    }
    with pytest.raises(CrosswalkMissing):
        base("base/nothing")
    with pytest.raises(CrosswalkMissing):
        base("../secret")


@pytest.mark.parametrize("name", names())
def test_a_base_is_sound_and_its_own_tests_pass(name: str) -> None:
    assert check_text(base(name), file=name) == ()
    assert compiled(name).label == f"{name}@{compiled(name).crosswalk.version}"


def records(path: Path, format_: str) -> Iterator[RawRecord]:
    """Every record of a packed sample file, as a harvest would store it."""
    root = parse_recovering(gzip.decompress(path.read_bytes()), limits=PAGE).root
    own = {"oai_dc", "qdc", "mods"}
    for number, element in enumerate(root.iter("{*}record")):
        payload = etree.tostring(element, encoding="unicode", with_tail=False)
        header = element.find("{*}header")
        identifier = header.findtext("{*}identifier") if header is not None else ""
        if format_ not in own:
            payload = f"<record><metadata>{payload}</metadata></record>"
        yield RawRecord(
            feed="feed",
            identifier=identifier or f"oai:sample:{number}",
            datestamp="2020-01-01",
            deleted=header is not None and header.get("status") == "deleted",
            payload_sha256=hashlib.sha256(payload.encode()).hexdigest(),
            payload=payload,
            format=format_,
        )


@pytest.mark.data
@pytest.mark.parametrize(
    ("folder", "name", "mapped"),
    [
        ("oai_dc", "base/oai_dc", 6_373),
        ("qdc", "base/qdc", 500),
        ("marcxml", "base/marc21", 1_260),
        ("mods", "base/mods", 847),
    ],
)
def test_every_real_record_has_an_outcome_and_most_map(folder: str, name: str, mapped: int) -> None:
    outcomes: list[Outcome] = []
    for path in sorted(require_data(f"records/{folder}").glob("*.xml.gz")):
        outcomes += [apply(compiled(name), raw, CONTEXT) for raw in records(path, name.removeprefix("base/"))]
    kinds = Counter(type(outcome).__name__ for outcome in outcomes)
    assert set(kinds) <= {"Mapped", "Deleted", "Rejected"}
    assert kinds["Mapped"] >= mapped
    reasons = {outcome.issue.code for outcome in outcomes if isinstance(outcome, Rejected)}
    # one of the oai_dc files holds xoai
    assert reasons <= {"title_missing", "not_the_format"}
    units = [unit for outcome in outcomes if isinstance(outcome, Mapped) for unit in outcome.units]
    assert all(unit.record.title.value and unit.record.holding and unit.rules for unit in units)
    assert any(isinstance(outcome, Deleted) for outcome in outcomes) == (folder in {"oai_dc", "mods"})


#: a record of the Library of Congress (public domain), reduced
LOC = r"""=LDR  00800cam a2200241 a 4500
=001     82222222
=003  DLC
=008  830101s1980    ch            000 0 chi d
=050  00$aPL2754.S5$bN3 1980
=020  \\$a7020000000 (pbk.)
=100  1\$6880-01$aLu, Xun,$d1881-1936.
=245  10$6880-02$aNa han /$cLu Xun zhu.
=250  \\$aDi 2 ban.
=260  \\$6880-03$aBeijing :$bRen min wen xue chu ban she,$c1980.
=300  \\$a150 p. ;$c19 cm.
=650  \0$aChinese fiction$y20th century.
=880  1\$6100-01/$1$a鲁迅,$d1881-1936.
=880  10$6245-02/$1$a呐喊 /$c鲁迅著.
=880  \\$6260-03/$1$a北京 :$b人民文学出版社,$c1980.
"""


def test_a_record_of_the_library_of_congress() -> None:
    found = apply(compiled("base/marc21"), minimal_record(FORMATS["marc21"], LOC), CONTEXT)
    assert isinstance(found, Mapped)
    record = found.units[0].record
    assert (record.title.value, record.title.variants[0].value) == ("呐喊", "Na han")
    assert record.title.variants[0].kind == "transliteration"
    author, publisher = record.agents
    assert (author.name.value, author.dates, author.roles, author.kind) == ("鲁迅", "1881/1936", ("cre",), "person")
    assert author.variants[0].value == "Lu, Xun"
    assert (publisher.name.value, publisher.roles) == ("人民文学出版社", ("pbl",))
    assert [date.edtf for date in record.dates] == ["1980"]
    assert record.languages[0].lang == "zho"
    assert {(each.scheme, each.value) for each in record.identifiers} >= {("local", "(DLC)82222222")}
    assert record.holding[0].reference_code == "PL2754.S5 N3 1980"
    assert record.extent[0].number == 150
    assert record.subjects[0].label.value == "Chinese fiction--20th century"
