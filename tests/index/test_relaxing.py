"""How far a search without hits is widened: runs of characters that sound alike cost a search each."""

from __future__ import annotations

from pathlib import Path

from index.relaxing import steps
from index.request import SearchRequest
from index.understanding import understand
from mappings.schema.access import EVERYONE
from tests.contracts.search.things import thing
from tests.index.indexed import indexed


def test_only_the_first_few_runs_are_tried_by_their_sound(tmp_path: Path) -> None:
    things = [thing(title, native_id=title) for title in ("北京", "上海", "天津", "南京", "广州")]
    search = indexed(tmp_path, things)
    request = SearchRequest(visibility=EVERYONE, text="北经 上孩 天金 南经 广周")
    asking = understand(request)
    found = [step.text for step in steps(search.moment(EVERYONE), request, asking, lambda word: ())]
    sounding = [
        "北京 上孩 天金 南经 广周",
        "北经 上海 天金 南经 广周",
        "北经 上孩 天津 南经 广周",
        "北经 上孩 天金 南京 广周",
    ]
    assert found[: len(sounding)] == sounding
    assert not any("广州" in text for text in found)
