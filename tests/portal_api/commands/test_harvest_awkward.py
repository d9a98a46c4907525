"""Twelve awkward peers by the command alone: its exit code, its two files, and nobody beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.peers.awkward.behaviours import BEHAVIOURS
from tests.peers.awkward.peer import Peer, serving
from tests.portal_api.commands.test_harvest import LOOPBACK, ran, records, run_of

#: verdict -> exit code
CODES = {"complete": 0, "incomplete": 1, "blocked": 69}


@pytest.mark.parametrize(
    "name",
    [
        "01 plain",
        "09 token of +/=&% and blank",
        "12 bare ampersand",
        "23 GB18030 as UTF-8",
        "63 protocol 1.1",
        "64 prefix gone",
        "73 token only verbatim",
        "86 same token for ever",
        "89 expired",
        "93 behind the last record a token: noRecordsMatch",
        "97 the same, and no headers",
        "112 Identify 500",
    ],
)
async def test_the_command_ends_as_the_peer_lets_one_expect(tmp_path: Path, name: str) -> None:
    (behaviour,) = (each for each in BEHAVIOURS if each.name == name)
    expected, peer = behaviour.expected, Peer(behaviour)
    async with serving(peer) as url:
        assert await ran(url, "--to", str(tmp_path), *LOOPBACK) == CODES[expected.verdict]
    run, named = run_of(tmp_path), [record["identifier"] for record in records(tmp_path)]
    # nobody knows what a list lacks that was not had
    missing = None if expected.verdict == "blocked" else expected.missing
    assert (run["verdict"], run["missing"]) == (expected.verdict, missing)
    assert len(named) == len(set(named)) == expected.held
    assert len(peer.asked) <= expected.most_requests
