"""The identifier of a record that cannot be read otherwise."""

from __future__ import annotations

import pytest

from harvester.oaipmh.header import stated_identifier


@pytest.mark.parametrize(
    ("record", "identifier"),
    [
        ("<record><header><identifier> oai:a:1 </identifier></header><metadata><a", "oai:a:1"),
        ("<o:record><o:header><o:identifier x='1'>oai:a&amp;b</o:identifier></o:header>", "oai:a&b"),
        ("<record><header><identifier></identifier></header>", None),
        ("<record><metadata><identifier>of the thing</identifier></metadata></record>", None),
        ("<record><header><identifier>oai:cut", None),
    ],
)
def test_it_is_taken_from_the_header_alone(record: str, identifier: str | None) -> None:
    assert stated_identifier(record) == identifier
