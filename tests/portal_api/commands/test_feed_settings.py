"""`feed settings`, and `feed add` with some of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.portal_api.commands.test_feed import folder as folder
from tests.portal_api.commands.test_feed import run


def test_they_are_shown_and_set(folder: Path) -> None:
    assert run(folder, "settings", "Peer")[1].splitlines() == [
        "every           1 day",
        "interval        0.2 seconds between two requests at least",
        "exclude         none",
        "quiet hours     none",
        "look back       1 day",
        "ports           80 443",
        "page mebibytes  64",
        "pages           no bound",
        "records         no bound",
        "lag             0 seconds (learned)",
    ]
    first = ("--exclude", "theses", "--exclude", "maps", "--quiet-hours", "22:00-06:00 Europe/Rome", "--port", "8443")
    third = ("--every", "6 hours", "--interval", "1.5")
    second = ("--look-back", "3", "--page-mebibytes", "128", "--pages", "100", "--records", "5000", "--lag", "7200")
    said = run(folder, "settings", "Peer", *first, *second, *third)
    assert said[1].splitlines() == [
        "every           6 hours",
        "interval        1.5 seconds between two requests at least",
        "exclude         theses maps",
        "quiet hours     22:00-06:00 Europe/Rome",
        "look back       3 days",
        "ports           80 443 8443",
        "page mebibytes  128",
        "pages           100",
        "records         5000",
        "lag             7200 seconds (pinned)",
    ]
    assert run(folder, "settings", "Peer") == said
    assert run(folder, "settings", "Peer", "--exclude", "", "--quiet-hours", "", "--port", "0")[0] == 0
    assert "exclude         none" in run(folder, "settings", "Peer")[1]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--quiet-hours", "at night"), "quiet_hours_invalid"),
        (("--exclude", "a b"), "exclude_invalid"),
        (("--look-back", "400"), "look_back_invalid"),
        (("--port", "70000"), "ports_invalid"),
        (("--every", "now and then"), "every_invalid"),
        (("--every", "1000 weeks"), "every_invalid"),
        (("--interval", "-1"), "interval_invalid"),
    ],
)
def test_what_cannot_be_is_refused_by_either_command(folder: Path, options: tuple[str, ...], reason: str) -> None:
    assert run(folder, "settings", "Peer", *options) == (1, reason)
    asked = ("add", "Other", "--url", "http://127.0.0.1:9/oai", "--institution", "peer")
    assert run(folder, *asked, *options) == (1, reason)


def test_a_feed_is_added_with_them(folder: Path) -> None:
    asked = ("add", "Other", "--url", "http://127.0.0.1:9/oai", "--institution", "peer", "--paused")
    assert (
        run(
            folder, *asked, "--port", "8443", "--quiet-hours", "12:00-13:00 UTC", "--exclude", "a", "--every", "weekly"
        )[0]
        == 0
    )
    feed = json.loads(run(folder, "show", "Other")[1])["feed"]
    assert (feed["ports"], feed["set_exclude"], feed["quiet_hours"]["zone"]) == ([8443], ["a"], "UTC")
    assert feed["every_seconds"] == 7 * 86_400
