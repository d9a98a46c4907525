"""A version that reads what is private as its records are read now waits for a second person, from one record on."""

from __future__ import annotations

from pathlib import Path

import pymarc

from federation.pipeline import crosswalk_life
from federation.storage.crosswalks import Version
from federation.storage.engine import Store
from mappings.engine.inputs import FORMATS
from mappings.engine.payload import reads_private
from tests.factories import raw_record
from tests.federation.pipeline.test_uploaded_samples import brought
from tests.federation.pipeline.versions import feed_of, state, tried

RULES = """rules:
  - {id: title, from: "marc:245$a", to: title}
  - {id: notes, from: "marc:561$a", to: "descriptions[]"}
"""


def made(name: str, indicator: str) -> bytes:
    """A record of MARC 21 with one note on custody, private where the indicator is 0."""
    record = pymarc.Record()
    record.add_field(
        pymarc.Field("001", data=name),
        pymarc.Field("245", pymarc.Indicators("0", "0"), [pymarc.Subfield("a", f"Title {name}")]),
        pymarc.Field("561", pymarc.Indicators(indicator, " "), [pymarc.Subfield("a", "Bought of a friend")]),
    )
    return record.as_marc()


def drafted(store: Store, format_: str) -> Version:
    with store.transaction() as tx:
        draft = crosswalk_life.begin(tx, feed_of(store), "ada")
        text = f"crosswalk: peer\nversion: 1\ninput: {{format: {format_}}}\n{RULES}"
        return crosswalk_life.save(tx, feed_of(store), draft.number, text, "ada", seen=draft.sha256, message="")


def test_one_record_of_which_private_parts_would_be_read_stops_a_version(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "books.mrc"
    path.write_bytes(made("1", "0") + made("2", "1") + made("3", " "))
    brought(store, path, "base/marc21@3")
    version = drafted(store, "unimarc")
    gates = {gate.code: (gate.stops, gate.number, gate.role) for gate in tried(store, version.number).gates}
    assert gates["private_read"] == (True, 1, "institution_admin")
    assert state(store, version.number) == "awaiting"
    assert "private_read" not in {gate.code for gate in tried(store, drafted(store, "marc21").number).gates}


def test_what_marks_nothing_private_keeps_nothing_back() -> None:
    raw = raw_record(payload=made("1", "0").decode(), charset="utf-8")
    assert reads_private(raw, FORMATS["marc21"], FORMATS["cnmarc"])
    assert not reads_private(raw, FORMATS["unimarc"], FORMATS["marc21"])
    assert not reads_private(raw, FORMATS["unimarc"], FORMATS["cnmarc"])
