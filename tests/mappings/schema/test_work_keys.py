"""Editions and translations share a key of their work; what only looks alike shares none."""

from __future__ import annotations

from mappings.schema.agents import Agent
from mappings.schema.record import OtherTitle
from mappings.schema.work_keys import work_keys
from tests import factories

CAO = factories.agent("Cao, Xueqin, 1717?-1763", roles=("aut",))


def keys(title: str, *agents: Agent, uniform: str = "") -> set[str]:
    """The keys of a thing."""
    titles = (OtherTitle(value=uniform, kind="uniform"),) if uniform else ()
    return {each.key for each in work_keys(title, titles, agents)}


def test_a_translation_meets_its_original_and_editions_of_its_own_title() -> None:
    translation = keys("The Dream of the Red Chamber", CAO, uniform="紅樓夢")
    original, reprint = keys("红楼梦", factories.agent("Cao Xueqin")), keys("The dream of the red chamber.", CAO)
    assert len(translation) == 2
    assert translation == original | reprint
    assert not original & reprint


def test_the_key_of_the_uniform_title_stands_first_and_one_title_is_one_key() -> None:
    named = (OtherTitle(value="Old", kind="former"), OtherTitle(value="红楼梦", kind="uniform"))
    assert [each.title for each in work_keys("Dream", named, (CAO,))] == ["红楼梦", "Dream"]
    assert len(keys("红楼梦", CAO, uniform="紅樓夢")) == 1


def test_another_author_or_title_is_another_work() -> None:
    assert not keys("Poems", CAO) & keys("Poems", factories.agent("Li, Bai"))
    assert not keys("Poems", CAO) & keys("Letters", CAO)


def test_a_translator_named_first_is_not_taken_for_the_author() -> None:
    translator = factories.agent("Hawkes, David", roles=("trl",))
    assert keys("Dream", translator, CAO) == keys("Dream", CAO)
    assert keys("Dream", translator) == keys("Dream", factories.agent("David Hawkes"))


def test_what_has_no_author_or_no_title_in_words_has_no_key() -> None:
    publisher = factories.agent("Commercial Press", roles=("pbl",))
    assert keys("Dream") == keys("Dream", publisher) == keys("…", CAO) == set()
    assert len(keys("…", CAO, uniform="红楼梦")) == 1
