"""schema.org: who made and who published a thing are told apart, and a page shows no more than it may."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mappings.serialisations.cover import EntryHidden
from mappings.serialisations.schema_org import LOSSES, write
from tests import factories
from tests.mappings.serialisations.judging import SECRET, URI, closed, full, full_record

BASE = "https://exchange.example"


def said(**fields: object) -> dict[str, Any]:
    return json.loads(write(factories.unified_record(full_record(**fields)), BASE))  # type: ignore[no-any-return]


def test_makers_helpers_and_publishers_are_told_apart() -> None:
    found = said()
    assert [each["name"] for each in found["creator"]] == ["Cao, Xueqin", "Somebody"]
    assert found["creator"][0]["@type"] == "Person"
    assert found["publisher"] == [{"@type": "Organization", "name": "Riverside Press"}]
    assert [each["name"] for each in found["contributor"]] == ["Lee family"]


def test_what_is_known_is_said() -> None:
    found = said()
    assert found["@id"] == f"{BASE}/r/{full().id}"
    assert (found["name"], found["@type"]) == ("紅樓夢", "CreativeWork")
    assert found["license"] == [URI]
    assert found["usageInfo"] == ["No copies"]
    assert found["itemLocation"] == ["RIV/1/2"]
    assert found["associatedMedia"][0]["contentUrl"] == "https://x.example/1/full.jpg"
    assert found["inLanguage"] == ["zh", "en"]


def test_who_is_responsible_is_no_description() -> None:
    found = said()
    assert found["creditText"] == ["曹雪芹著", "Cao Xueqin zhu"]
    assert "曹雪芹著" not in found["description"]


@pytest.mark.parametrize(
    ("level", "type_"), [("fonds", "ArchiveComponent"), ("collection", "Collection"), ("work", "CreativeWork")]
)
def test_a_level_has_its_type(level: str, type_: str) -> None:
    assert said(level=level)["@type"] == type_


def test_a_reduced_line_shows_code_dates_and_holder_alone() -> None:
    text = write(closed("reduced"), BASE)
    assert SECRET not in text
    assert "紅樓夢" not in text
    assert "RIV/1/2" in text


def test_what_is_hidden_is_not_written() -> None:
    with pytest.raises(EntryHidden):
        write(closed("hidden"), BASE)
    assert "access" in LOSSES
