"""The title that stands in for one that is not shown."""

from __future__ import annotations

import pytest

from portal_api.http.languages import strings
from portal_api.views.stand_ins import stand_in


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("[item]", "[件]"),
        ("[file, WA/HMM, 3]", "[案卷, WA/HMM, 3]"),
        ("[sic]", "[sic]"),
        ("An [item]", "An [item]"),
    ],
)
def test_its_level_is_said_in_the_readers_language(title: str, shown: str) -> None:
    assert stand_in(title, strings("zh-Hans").gettext) == shown
    assert stand_in(title, strings("en").gettext) == title
