"""`feed profile`: what a repository taught, and what an operator says in its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harvester.feeds import PINNABLE
from portal_api.views.profile import SHOWN
from tests.portal_api.commands.test_feed import folder as folder
from tests.portal_api.commands.test_feed import run
from tests.portal_api.said_of_feeds import SAID


def told(folder: Path, *options: str) -> dict[str, dict[str, object]]:
    status, said = run(folder, "profile", "Peer", "--json", *options)
    assert status == 0
    return {line["name"]: line for line in json.loads(said)}


def test_each_value_is_said_shown_and_taken_back(folder: Path) -> None:
    assert set(SAID) == set(PINNABLE)
    assert tuple(told(folder)) == SHOWN
    pinned = told(folder, *(part for name, (typed, *_) in SAID.items() for part in ("--pin", f"{name}={typed}")))
    assert {name for name, line in pinned.items() if line["is_pinned"]} == set(PINNABLE)
    shown = json.loads(run(folder, "show", "Peer")[1])
    assert shown["feed"]["profile"]["pins"] == {name: kept for name, (_, kept, *_) in SAID.items()}
    assert shown["profile"] == list(pinned.values())
    assert "lag             7200 seconds (pinned)" in run(folder, "settings", "Peer")[1]
    assert "pinned; learned encoded" in run(folder, "profile", "Peer")[1]
    free = told(folder, *(part for name in PINNABLE for part in ("--pin", f"{name}=")))
    assert not any(line["is_pinned"] for line in free.values())


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("colour=red", "pin_unknown"),
        ("skew_seconds=0", "pin_unknown"),
        ("granularity=weeks", "pin_invalid"),
        ("from_inclusive=maybe", "pin_invalid"),
        ("lag_seconds=1209601", "pin_invalid"),
        ("page_cap=-1", "pin_invalid"),
        ("charset=utf-32", "pin_invalid"),
        ("charset=cp037", "pin_invalid"),
    ],
)
def test_what_nobody_can_say_is_refused(folder: Path, said: str, reason: str) -> None:
    assert run(folder, "profile", "Peer", "--pin", said) == (1, reason)
