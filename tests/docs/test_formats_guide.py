"""The list of formats: every form there is, and what each cannot say."""

from __future__ import annotations

import re
from pathlib import Path

from portal_api.views.downloads import DOWNLOADS

PAGE = (Path(__file__).parents[2] / "docs" / "guide" / "formats.md").read_text(encoding="utf-8")


def test_every_form_is_listed_with_what_it_loses() -> None:
    listed = dict(re.findall(r"^\| `\.([\w.]+)` \| (.*) \|$", PAGE, re.MULTILINE))
    assert listed == {each.suffix: f"{each.label} | {', '.join(each.losses)}" for each in DOWNLOADS.values()}
