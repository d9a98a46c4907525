"""Things like a thing where the exchange searches by meaning: what is near joins what shares names and rare words."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from mappings.schema.access import EVERYONE
from mappings.schema.unified import UnifiedRecord
from tests.index.indexed import indexed
from tests.index.test_fused import Away, Listed, search, thing

INNER = "institution:riverside"


def things() -> list[UnifiedRecord]:
    """A log of whaling, another one of the same ship, one in Chinese, and what has nothing to do with them."""
    titles = ("Whaling voyage of the ship Eleanor", "Accounts of the ship Eleanor", "捕鲸船航海日志", "Parish register")
    return [thing(number, title) for number, title in enumerate(titles, 1)]


def test_what_is_near_joins_what_shares_words_and_is_marked(tmp_path: Path) -> None:
    found = search(tmp_path, things(), ["c003"]).similar("c001", EVERYONE)
    assert {hit.id: (bool(hit.shared), hit.near) for hit in found} == {"c002": (True, False), "c003": (False, True)}


def test_what_is_near_and_shares_words_is_one_thing_and_the_first(tmp_path: Path) -> None:
    made = [*things(), thing(5, "Letters from the ship Eleanor")]
    found = search(tmp_path, made, ["c005", "c003"]).similar("c001", EVERYONE)
    assert found[0].id == "c005"
    assert (found[0].near, len(found)) == (True, 3)


@pytest.mark.parametrize("near", [["gone"], ["c001"], []])
def test_what_is_gone_or_the_thing_itself_is_not_like_it(tmp_path: Path, near: list[str]) -> None:
    assert [hit.id for hit in search(tmp_path, things(), near).similar("c001", EVERYONE)] == ["c002"]


def test_a_stale_vector_reveals_nothing(tmp_path: Path) -> None:
    hidden = thing(9, "Secret log")
    made = [*things(), replace(hidden, audience=INNER)]
    assert [hit.id for hit in search(tmp_path, made, ["c009"]).similar("c001", EVERYONE)] == ["c002"]
    assert search(tmp_path, made, ["c001"]).similar("c009", EVERYONE) == ()


def test_without_meaning_words_alone_say_what_is_like_it(tmp_path: Path) -> None:
    found = indexed(tmp_path, things())
    plain = found.similar("c001", EVERYONE)
    found.nearness = Away()
    assert found.similar("c001", EVERYONE) == plain
    found.nearness = Listed(["c003"])
    assert len(found.similar("c001", EVERYONE, limit=1)) == 1
