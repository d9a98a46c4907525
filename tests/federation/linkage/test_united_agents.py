"""Who is named twice stands once: with all roles, the origins of all who say so, and what departs beside it."""

from __future__ import annotations

from itertools import permutations

import pytest

from federation.linkage.statements import Statement
from federation.linkage.united_agents import united
from mappings.schema.agents import Agent, AgentIdentifier
from mappings.schema.text import Text, Variant
from mappings.schema.unified import Origin


def said(name: str, *roles: str, speaker: int = 0, place: int = 0, **more: object) -> Statement[Agent]:
    agent = Agent(name=Text(value=name), roles=roles, **more)  # type: ignore[arg-type]
    return Statement(agent, (Origin(record=f"r{speaker}", path=f"marc:{place}00", crosswalk="base/marc21@1"),), speaker)


def named(*statements: Statement[Agent]) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.value.name.value, each.value.roles) for each in united(statements)]


def test_author_and_translator_in_one_record_are_one_agent_with_both_roles() -> None:
    (found,) = united([said("Lu, Xun", "cre", place=1), said("Lu, Xun", "trl", place=7)])
    assert found.value.roles == ("cre", "trl")
    assert [origin.path for origin in found.origins] == ["marc:100", "marc:700"]
    assert not found.others


def test_what_only_one_statement_gives_counts_for_both() -> None:
    uri = AgentIdentifier(scheme="authority", value="http://id.example/1")
    han = Variant(value="鲁迅", kind="vernacular")
    (found,) = united(
        [said("Lu, Xun", "cre"), said("Lu, Xun", "edt", kind="person", dates="1881/1936", ids=(uri,), variants=(han,))]
    )
    assert (found.value.kind, found.value.dates, found.value.ids) == ("person", "1881/1936", (uri,))
    assert found.value.variants == (han,)
    assert not found.others


def test_a_creator_of_one_catalogue_is_the_author_of_another() -> None:
    assert named(said("Berg, Ola", "cre"), said("Berg, Ola", "aut", "ill", speaker=1)) == [
        ("Berg, Ola", ("cre", "ill"))
    ]


def test_two_lives_are_two_persons_in_one_record_and_a_dissent_between_two() -> None:
    one, other = said("Smith, John", "ctb", dates="1900/.."), said("Smith, John", "ctb", dates="1950/..")
    assert len(united([one, other])) == 2
    (found,) = united([one, said("Smith, John", "ctb", dates="1901/..", speaker=1)])
    assert [each.value.dates for each in found.others] == ["1901/.."]


def test_a_body_and_a_person_of_one_name_stay_apart() -> None:
    found = named(said("Bellinger, Agnes", "cre", kind="corporate"), said("Bellinger, Agnes", "col", kind="person"))
    assert found == [("Bellinger, Agnes", ("cre",)), ("Bellinger, Agnes", ("col",))]


def test_who_made_and_who_published_are_read_apart_under_one_name() -> None:
    assert named(said("City", "cre"), said("City", "pbl"), said("City", "dst")) == [
        ("City", ("cre",)),
        ("City", ("pbl", "dst")),
    ]


def test_another_spelling_stands_beside_the_name_and_its_roles_count() -> None:
    (found,) = united([said("Lind, Anna", "aut"), said("LIND, Anna", "ill", speaker=1)])
    assert (found.value.name.value, found.value.roles) == ("Lind, Anna", ("aut", "ill"))
    assert [each.value.name.value for each in found.others] == ["LIND, Anna"]


def test_agents_keep_their_order() -> None:
    assert named(said("A", "aut"), said("B", "ill"), said("A", "ill"), said("C")) == [
        ("A", ("aut", "ill")),
        ("B", ("ill",)),
        ("C", ()),
    ]


def known(*ids: str, scheme: str = "authority") -> tuple[AgentIdentifier, ...]:
    return tuple(AgentIdentifier(scheme=scheme, value=each) for each in ids)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (known("http://viaf.org/viaf/1"), known("https://www.viaf.org/viaf/2/")),
        (known("(DE-588)1"), known("(DE-588)2", "http://viaf.org/viaf/1")),
        (known("1", scheme="viaf"), known("2", scheme="viaf")),
        (known("n 1"), known("n 2")),
    ],
)
def test_whom_an_authority_knows_as_two_are_two(
    one: tuple[AgentIdentifier, ...], other: tuple[AgentIdentifier, ...]
) -> None:
    assert named(said("Wang, Wei", "aut", ids=one), said("Wang, Wei", "trl", ids=other)) == [
        ("Wang, Wei", ("aut",)),
        ("Wang, Wei", ("trl",)),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (known("http://viaf.org/viaf/1"), known("https://viaf.org/viaf/1", "http://viaf.org/viaf/3")),
        (known("http://viaf.org/viaf/1"), known("http://id.loc.gov/authorities/names/n1")),
        (known("(DE-588)1"), known("(DE-603)2")),
        (known("1", scheme="viaf"), known("2", scheme="isni")),
    ],
)
def test_a_shared_number_and_numbers_of_two_authorities_tell_nobody_apart(
    one: tuple[AgentIdentifier, ...], other: tuple[AgentIdentifier, ...]
) -> None:
    assert named(said("Wang, Wei", "aut", ids=one), said("Wang, Wei", "trl", ids=other)) == [
        ("Wang, Wei", ("aut", "trl"))
    ]


def test_two_catalogues_number_their_names_each_for_itself() -> None:
    statements = (said("Wang, Wei", "aut", ids=known("17")), said("Wang, Wei", "aut", ids=known("23"), speaker=1))
    assert len(united(statements)) == 1


def test_an_undated_name_stands_alone_where_two_lives_are_known_in_any_order() -> None:
    elder, younger = said("Dumas", "aut", dates="1802/1870"), said("Dumas", "trl", dates="1824/1895")
    for order in permutations((elder, younger, said("Dumas", "ill"))):
        found = {(each.value.dates, each.value.roles) for each in united(order)}
        assert found == {("1802/1870", ("aut",)), ("1824/1895", ("trl",)), (None, ("ill",))}


def test_undated_names_beside_two_lives_are_one_by_themselves() -> None:
    lives = [said("Dumas", "aut", dates="1802/1870"), said("Dumas", "trl", dates="1824/1895")]
    found = united([said("Dumas", "ill"), *lives, said("Dumas", "edt")])
    assert [each.value.roles for each in found] == [("ill", "edt"), ("aut",), ("trl",)]


def test_an_undated_name_of_another_catalogue_goes_with_who_did_the_same() -> None:
    lives = [said("Dumas", "aut", dates="1802/1870"), said("Dumas", "trl", dates="1824/1895")]
    found = united([*lives, said("Dumas", "cre", speaker=1)])
    assert [(each.value.dates, len(each.origins)) for each in found] == [("1802/1870", 2), ("1824/1895", 1)]


def test_an_undated_name_goes_with_the_one_life_that_is_known_in_any_order() -> None:
    for order in permutations((said("Lu", "aut", dates="1881/1936"), said("Lu", "trl"), said("Lu", "ill"))):
        (found,) = united(order)
        assert (found.value.dates, set(found.value.roles)) == ("1881/1936", {"aut", "trl", "ill"})
