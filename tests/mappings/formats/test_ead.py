"""Chronologies of finding aids in one line: what stands in rows and columns does not run together."""

from __future__ import annotations

import pytest
from lxml import etree

from mappings.engine.apply import apply
from mappings.engine.library import compiled
from mappings.engine.outcome import Mapped
from mappings.formats.ead import with_chronologies_parted
from tests.mappings.engine.crosswalks import CONTEXT
from tests.mappings.engine.test_split import finding_aid


def parted(inner: str) -> str:
    root = etree.fromstring(f"<ead>{inner}</ead>")
    with_chronologies_parted(root)
    return " ".join("".join(root.itertext()).split())


@pytest.mark.parametrize("gap", ["", "\n      "])
def test_a_chronology_tells_its_times_and_events_apart(gap: str) -> None:
    items = (
        f"<chronitem>{gap}<date>1900</date>{gap}<event>Born</event>{gap}</chronitem>",
        f"<chronitem>{gap}<date>1920</date>{gap}<eventgrp><event>Moved.</event>{gap}<event>Wed</event></eventgrp></chronitem>",
        f"<chronitem>{gap}<datesingle>1930</datesingle>{gap}<event>Died</event></chronitem>",
    )
    expected = "1900: Born; 1920: Moved. Wed; 1930: Died"
    assert parted(f"<chronlist>{gap}{gap.join(items)}</chronlist>") == expected


def test_a_date_in_a_sentence_stays_as_it_is() -> None:
    assert parted("<p>Born in <date>1900</date>, he left.</p>") == "Born in 1900, he left."


@pytest.mark.parametrize(("name", "namespace"), [("base/ead2002", "urn:isbn:1-931666-22-9"), ("base/ead3", "")])
def test_a_history_keeps_its_chronology_readable(name: str, namespace: str) -> None:
    rows = (("1900", "Born"), ("1920", "Moved"))
    items = "".join(f"<chronitem><date>{date}</date><event>{event}</event></chronitem>" for date, event in rows)
    raw = finding_aid("", top=f"<bioghist><chronlist>{items}</chronlist></bioghist>", namespace=namespace)
    found = apply(compiled(name), raw, CONTEXT)
    assert isinstance(found, Mapped), found
    assert [each.value for each in found.units[0].record.descriptions] == ["1900: Born; 1920: Moved"]
