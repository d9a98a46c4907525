"""Lists that tests have written to files: a catalogue for them, asking, and writing a step at a time."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import msgspec

from federation.pipeline import publish
from federation.pipeline.children import list_once
from federation.pipeline.list_writing import LIST
from federation.storage import list_files
from federation.storage.engine import Store
from federation.storage.list_files import ListFile
from index.request import SearchRequest
from mappings.schema.access import EVERYONE
from mappings.schema.record import CatalogueRecord
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.linked import linked
from tests.portal_api.pages.public.shown import held_by

BASE = "https://exchange.example"
#: letters that everybody may see
MANY = 7


def letter(number: int, **fields: object) -> CatalogueRecord:
    """A letter of the library `a`."""
    return held_by(catalogue_record(number, f"Letter {number}", feed="a", **fields), "a")  # type: ignore[arg-type]


def catalogue(store: Store, index: Path) -> None:
    """Letters of a library, one of them hidden, and a book of two libraries, in store and index."""
    book = {"authors": ("Winer, Delsa",), "year": "2000"}
    records = [letter(number) for number in range(1, MANY + 1)]
    records += [
        held_by(catalogue_record(20, "A secret letter", feed="a", line="hidden"), "a"),
        held_by(catalogue_record(21, "Almost strangers: a novel", feed="a", **book), "a"),  # type: ignore[arg-type]
        held_by(catalogue_record(22, "Almost strangers : a novel", feed="b", **book), "b"),  # type: ignore[arg-type]
    ]
    linked(store, records)
    while publish.publish(store, index).behind:
        pass
    publish.forget()


def ask(store: Store, text: str = "letter", **fields: object) -> str:
    """Asks for a list; its id."""
    request = msgspec.json.encode(SearchRequest(visibility=EVERYONE, text=text)).decode()
    wanted = ListFile(
        id=list_files.fresh_id(),
        account="",
        asked=f"q={text}",
        request=request,
        format="csv",
        base=BASE,
        most=1_000,
        made_at=store.now(),
    )
    wanted = msgspec.structs.replace(wanted, **fields)
    with store.transaction() as tx:
        list_files.add(tx, wanted)
    return wanted.id


def step(store: Store, folder: Path) -> bool:
    """One step; whether there is more to do."""
    return list_once(store.url, str(folder), folder.parent / "index").behind


def work(store: Store, folder: Path) -> None:
    """Every step."""
    while step(store, folder):
        pass


def found(store: Store, name: str) -> ListFile:
    """A list as it stands."""
    with store.reading() as connection:
        made = list_files.get(connection, name)
    assert made is not None
    return made


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    """The lines of a table."""
    return list(csv.DictReader(io.StringIO((folder / name / LIST).read_bytes().decode("utf-8-sig"))))
