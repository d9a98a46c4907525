"""Other editions, formats and versions of a thing are found; what is merely alike is not."""

from __future__ import annotations

import msgspec
import pytest

from federation.pipeline.relating import related
from federation.storage.engine import Store
from mappings.schema.access import PUBLIC
from mappings.schema.record import CatalogueRecord
from mappings.schema.text import Label, Text
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.linked import linked

OTHER = catalogue_record(9, "A history of the railway", authors=("Berg, Ola",), year="1950")


def book(number: int, **fields: object) -> CatalogueRecord:
    made = catalogue_record(number, "A history of the harbour", authors=("Berg, Ola",), year="1950", feed=f"f{number}")
    return msgspec.structs.replace(made, **fields)


def found(store: Store, *records: CatalogueRecord, audience: str = PUBLIC) -> list[tuple[str, str]]:
    linked(store, list(records))
    with store.reading() as connection:
        return [(each.id, each.type) for each in related(connection, "c-r1", audience)]


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"edition": Text(value="3rd rev. ed.")}, "edition_of_same_work"),
        ({"medium": (Label(label=Text(value="online resource")),)}, "format_of_same_work"),
    ],
)
def test_another_edition_or_format_belongs_to_a_thing(store: Store, fields: dict[str, object], kind: str) -> None:
    first = book(1, edition=Text(value="2nd ed."), medium=(Label(label=Text(value="print")),))
    assert found(store, first, book(2, **fields), OTHER) == [("c-r2", kind)]


def test_copies_of_a_related_thing_are_named_once(store: Store) -> None:
    third = {"edition": Text(value="3rd ed.")}
    copies = [book(2, **third), book(3, **third)]
    assert found(store, book(1, edition=Text(value="2nd ed.")), *copies) == [("c-r2", "edition_of_same_work")]


def test_another_book_of_the_same_author_is_not_related(store: Store) -> None:
    other = msgspec.structs.replace(OTHER, edition=Text(value="3rd ed."))
    assert found(store, book(1, edition=Text(value="2nd ed.")), other) == []


def test_a_hidden_edition_is_related_for_its_own_institution_alone(store: Store) -> None:
    hidden = catalogue_record(
        2, "A history of the harbour", authors=("Berg, Ola",), year="1950", feed="f2", line="hidden"
    )
    hidden = msgspec.structs.replace(hidden, edition=Text(value="3rd ed."))
    first = book(1, edition=Text(value="2nd ed."))
    assert found(store, first, hidden) == []
    assert found(store, first, hidden, audience="institution:a") == [("c-r2", "edition_of_same_work")]
