"""A feed is named by name or key, and one that nobody knows is refused alike by every command."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.portal_api.commands.test_account import refused, run


@pytest.mark.parametrize(
    "command",
    [
        ("run", "list", "Nobody"),
        ("feed", "show", "Nobody"),
        ("feed", "pause", "Nobody"),
        ("harvest", "Nobody"),
        ("quarantine", "list", "--feed", "Nobody"),
        ("upload", "Nobody", __file__),
        ("crosswalk", "history", "Nobody"),
        ("table", "misses", "Nobody"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_a_feed_that_nobody_knows_is_refused(tmp_path: Path, command: tuple[str, ...]) -> None:
    run(tmp_path, "migrate")
    assert refused(tmp_path, *command) == "no_such_feed"
