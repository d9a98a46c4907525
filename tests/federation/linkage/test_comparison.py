"""Reasons and their bits: what merges, what a person should look at, what stays apart."""

from __future__ import annotations

from importlib.resources import files

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.errors import RulesetInvalid
from federation.linkage.comparison import compare
from federation.linkage.features import NOT_COMPARED, Features, features_of, medium_of, numbers_in
from federation.linkage.generic_values import is_generic
from federation.linkage.kinds import kind_of
from federation.linkage.names import Name, name_of
from federation.linkage.rarity import MOST, ceiling, table_name
from federation.linkage.ruleset import base, read_ruleset
from mappings.schema.identifiers import Identifier
from mappings.schema.record import Description, Digital, Extra, Place, RecordQuality, Subject
from mappings.schema.rights import Rights
from mappings.schema.text import Label, Text
from tests.federation.linkage.records import catalogue_record


def of(title: str, **fields: object) -> Features:
    return features_of(catalogue_record(1, title, **fields))  # type: ignore[arg-type]


def outcome(a: Features, b: Features) -> str:
    compared = compare(a, b)
    if compared.gate:
        return compared.gate.verdict
    limits = base().limits
    return "merge" if compared.bits >= limits.merge else "review" if compared.bits >= limits.review else "apart"


def test_one_book_with_its_title_written_in_two_ways_merges() -> None:
    a = of("Über die Kunst des Archivs", authors=("Müller, Jürgen",), year="1999")
    b = of("UEBER DIE KUNST DES ARCHIVS", authors=("Mueller, J.",), year="1999")
    assert outcome(a, b) == "merge"


def test_simplified_and_traditional_characters_are_one_title() -> None:
    a, b = of("红楼梦之谜", authors=("赵国栋",), year="1998"), of("紅樓夢之謎", authors=("趙國棟",), year="1998")
    assert outcome(a, b) == "merge"


def test_poems_that_differ_in_one_character_stay_apart() -> None:
    a, b = of("長歌行", authors=("李白",)), of("短歌行", authors=("李白",))
    assert outcome(a, b) == "apart"
    first, second = of("遣興三首 一", authors=("杜甫",)), of("遣興三首 二", authors=("杜甫",))
    assert outcome(first, second) == "apart"


ARTICLE = Features(kind="article", titles=("lineage tracing for general data warehouses",), names=(Name("cui", "y"),))


def article(**fields: object) -> Features:
    return msgspec.structs.replace(ARTICLE, **fields)


def test_a_paper_and_its_later_form_in_a_journal_are_related() -> None:
    assert outcome(article(years=(2001,)), article(years=(2003,))) == "related"
    same_doi = {"identifiers": ("doi:10.1000/1",)}
    assert outcome(article(years=(2001,), **same_doi), article(years=(2002,), **same_doi)) == "merge"


def test_two_dois_of_one_registrant_are_two_things() -> None:
    one, other = article(identifiers=("doi:10.5281/1",)), article(identifiers=("doi:10.5281/2",))
    assert outcome(one, other) == "related"
    assert outcome(one, article(identifiers=("doi:10.1000/2",))) == "merge"


@pytest.mark.parametrize("notice", ["erratum", "comment on", "rejoinder"])
def test_what_speaks_about_an_article_is_not_the_article(notice: str) -> None:
    assert outcome(article(), article(titles=(f"{notice} {ARTICLE.title}",))) == "related"


def test_a_review_is_known_by_its_reviewer_when_only_one_side_says_that_it_is_one() -> None:
    review = article(titles=(f"{ARTICLE.title} book review",))
    assert outcome(article(), review) == "merge"
    assert outcome(article(names=(Name("widom", "j"),)), review) == "related"


@pytest.mark.parametrize(
    ("text", "medium"),
    [
        ("illustrations, maps", ""),
        ("kovakantinen", ""),
        ("1 online resource", "online"),
        ("application/pdf", "online"),
        ("microfiche", "microform"),
        ("缩微品", "microform"),
        ("Hardback", "print"),
        ("compact disc", "disc"),
        ("", ""),
    ],
)
def test_a_medium_is_what_parts_two_publications(text: str, medium: str) -> None:
    assert medium_of(text) == medium


def test_generic_headings_need_more_than_themselves() -> None:
    assert outcome(of("Poems", year="1900"), of("Poems", year="1900")) != "merge"
    editorials = [of("Editorial", authors=("Ross, K.",), year=year, type="Text") for year in ("2001", "2002")]
    assert outcome(*editorials) == "different"


def test_a_volume_number_outranks_a_shared_identifier() -> None:
    isbn = Identifier(scheme="isbn", value="x", normalised="9780684868189")
    a, b = (of(f"Ships of the north, volume {n}", identifiers=(isbn,), year="2000") for n in (1, 2))
    assert outcome(a, b) == "different"


def test_an_identifier_beside_another_title_joins_nothing() -> None:
    isbn = Identifier(scheme="isbn", value="x", normalised="9780684868189")
    a, b = (of(title, identifiers=(isbn,)) for title in ("A history of weaving", "Ships of the north"))
    assert outcome(a, b) == "apart"


def test_editions_of_other_publishers_are_related() -> None:
    a, b = of("Great expectations", year="1885"), of("Great expectations", year="2000")
    a = msgspec.structs.replace(a, publisher="chapman and hall", kind="book")
    b = msgspec.structs.replace(b, publisher="modern library", kind="book")
    assert outcome(a, b) == "related"


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"level": "fonds"}, "archival"),
        ({"level": "file"}, "archival"),
        ({"type": "Collection"}, "archival"),
        ({"type": "PhysicalObject"}, "object"),
        ({"type": "Image"}, "object"),
        ({"type": "Sound"}, "audio"),
        ({"type": "Dataset"}, "dataset"),
        ({"type": "Text"}, "book"),
        ({"type": "Text", "reference_code": "A/1/2"}, "archival"),
        ({"type": "Text", "identifiers": (Identifier(scheme="issn", value="1", normalised="1"),)}, "serial"),
    ],
)
def test_the_kind_follows_the_table(fields: dict[str, object], kind: str) -> None:
    assert kind_of(catalogue_record(1, "x", **fields)) == kind  # type: ignore[arg-type]


def test_a_genre_tells_maps_and_periodicals() -> None:
    map_ = msgspec.structs.replace(catalogue_record(1, "x"), genre=(Label(label=Text(value="Maps")),))
    assert kind_of(map_) == "map"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Turgenev, Ivan Sergeevich", Name("turgenev", "i")),
        ("Ivan Turgenev", Name("turgenev", "i")),
        ("I. Turgenev", Name("turgenev", "i")),
        ("Beethoven, Ludwig van", Name("beethoven", "l")),
        ("Müller, Anna, 1850-1920", Name("muller", "a")),
        ("司馬遷", Name("司马迁", "")),
        ("12 3", None),
    ],
)
def test_names_are_read_in_either_order(written: str, name: Name | None) -> None:
    assert name_of(written) == name


@pytest.mark.parametrize(
    ("title", "numbers"),
    [
        ("Report 1931", ("1931",)),
        ("Register, Teil XIV", ("14",)),
        ("I am of the mix", ()),
        ("目录 第二卷", ("2",)),
        ("遣興三首 二", ("2",)),
        ("卷十二", ("12",)),
    ],
)
def test_numbers_of_a_title(title: str, numbers: tuple[str, ...]) -> None:
    assert numbers_in(title) == numbers


def test_an_identifier_on_three_unlike_titles_is_generic() -> None:
    assert is_generic(["poems", "a history of weaving", "ships of the north"])
    assert not is_generic(["ships of the north", "ships of the north an illustrated history", "the ships of the north"])


@given(st.text(max_size=60), st.text(max_size=60))
def test_comparing_is_symmetrical(one: str, other: str) -> None:
    a, b = of(one, authors=(other,)), of(other, authors=(one,))
    there, back = ([(each.name, each.bits) for each in compare(*pair).reasons] for pair in ((a, b), (b, a)))
    assert there == back


LADDER = "ladder: [6, 8, 10, 12]"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("review: 2", "expected review below merge"),
        ("publisher.equal: 1", "publisher.equal"),
        (LADDER, "expected a ladder"),
        ("[part, issue, medium, edition, imprint, stage, notice, registration, appearance]", "expected gates among"),
    ],
)
def test_a_faulty_rule_set_names_file_and_reason(wrong: str, message: str) -> None:
    text = files("federation.linkage").joinpath("rulesets", "base.yaml").read_text(encoding="utf-8")
    wrongs = {"review: 2": "review: 9", "publisher.equal: 1": "publisher.equal: 99", LADDER: "ladder: [8, 6]"}
    replacement = wrongs.get(wrong, "[level]")
    with pytest.raises(RulesetInvalid, match=r"base\.yaml:\d") as raised:
        read_ruleset(text.replace(wrong, replacement), file="base.yaml")
    assert message in str(raised.value)


@pytest.mark.parametrize("heading", ["会议记录", "會議記錄", "Correspondence", "句"])
def test_common_headings_give_less_than_rare_ones_in_any_script(heading: str) -> None:
    assert ceiling(of(heading).title) < MOST
    assert ceiling(of(f"{heading} 北溟鲲鹏考").title) == MOST


def test_a_rule_set_names_the_table_that_it_was_made_with() -> None:
    text = files("federation.linkage").joinpath("rulesets", "base.yaml").read_text(encoding="utf-8")
    with pytest.raises(RulesetInvalid, match="expected rarity headings-"):
        read_ruleset(text.replace(table_name(), "headings-2026@sha256:other"))


#: a value of every field that no feature is made of
_OTHERWISE: dict[str, object] = {
    "level_inferred": True,
    "subjects": (Subject(label=Text(value="Maps")),),
    "places": (Place(label=Text(value="Basel")),),
    "descriptions": (Description(value="Letters of 1910, 2 volumes"),),
    "digital": (Digital(url="https://example.org/1"),),
    "rights": Rights(holder="Library B"),
    "extra": (Extra(scheme="x", name="y", value="9780684868189"),),
    "quality": RecordQuality(score=1),
}


@pytest.mark.parametrize("field", sorted(NOT_COMPARED))
def test_a_field_that_is_not_compared_changes_no_feature(field: str) -> None:
    record = catalogue_record(1, "Collected poems", authors=("Winer, Delsa",), year="1910")
    changed = msgspec.structs.replace(record, **{field: _OTHERWISE[field]})
    assert changed != record
    assert features_of(changed) == features_of(record)
