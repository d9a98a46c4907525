"""Where a list ends."""

from __future__ import annotations

import pytest

from portal_api.oai_provider.repositories import Window

NOW = "2026-01-02T00:00:10Z"


@pytest.mark.parametrize(
    ("until", "end"),
    [
        ("", NOW),
        ("2026-01-02T00:00:08Z", "2026-01-02T00:00:09Z"),
        ("2026-01-01T23:59:59Z", "2026-01-02T00:00:00Z"),
        ("2026-01-02T00:00:09Z", NOW),
        (NOW, NOW),
        ("2027-01-01T00:00:00Z", NOW),
    ],
)
def test_the_second_of_until_is_in_the_list_and_the_one_that_is_not_over_is_not(until: str, end: str) -> None:
    assert Window(prefix="oai_dc", until=until).before(NOW) == end
