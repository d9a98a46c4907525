"""One index that is written: clusters are replaced whole, in commits that carry their cursor.

There is one writer of a folder; the engine's own lock refuses a second.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import tantivy

from index.document import IndexDocument
from index.embedded.cursor import read_place, write_place
from index.embedded.reader import guarded, opstamp
from index.embedded.schema import created
from index.errors import BackendUnavailable, DocumentRejected
from index.fields import exact, facet, label, stem, with_label
from index.place import Place

HEAP_BYTES = 100_000_000


class Writer:
    """The writer of one folder, open until it is closed."""

    def __init__(self, folder: Path, *, heap_bytes: int = HEAP_BYTES) -> None:
        self._folder = folder
        self._index = guarded(created, folder)
        self._writer = guarded(self._index.writer, heap_bytes, 1)
        _clear_way(folder)
        self._place = read_place(folder)
        self._searcher = self._index.searcher()
        self._added: set[str] = set()
        self._changed = False

    @property
    def place(self) -> Place | None:
        """How far the source was read when this was last committed; None before the first commit."""
        return self._place

    def remove(self, cluster_ids: Iterable[str]) -> None:
        """Every document of these clusters goes; one that was never here changes nothing, not even the commit."""
        for cluster_id in cluster_ids:
            if cluster_id in self._added or self._searcher.doc_freq("cluster_id", cluster_id):
                guarded(self._writer.delete_documents_by_term, "cluster_id", cluster_id)
                self._changed = True

    def add(self, document: IndexDocument) -> None:
        """Adds a document; raises DocumentRejected where the engine will not take it."""
        try:
            guarded(self._writer.add_document, engine_document(document))
        except BackendUnavailable as error:
            raise DocumentRejected(document.doc_id, error.reason) from error
        self._added.add(document.cluster_id)
        self._changed = True

    def commit(self, place: Place) -> None:
        """Everything removed and added since the last commit is seen from now on; the source was read up to `place`."""
        then = place if self._place is None or not self._changed else self._place
        write_place(self._folder, then=then, after=place)
        if self._changed:
            guarded(self._writer.commit)
            guarded(self._index.reload)
            self._searcher = self._index.searcher()
        self._place, self._changed = place, False
        self._added.clear()

    def close(self) -> None:
        """Waits for merges and gives the folder up; what was not committed is lost."""
        guarded(self._writer.rollback)
        guarded(self._writer.wait_merging_threads)


def _clear_way(folder: Path) -> None:
    """Takes away the deletions that a killed commit had written: the next ones are named alike, and written once only.

    Files of commits that came to be are left to the engine: a reader may be at them.
    """
    stands = opstamp(folder)
    for file in folder.glob("*.del"):
        _segment, _, of_commit = file.stem.partition(".")
        if of_commit.isdigit() and int(of_commit) > stands:
            file.unlink(missing_ok=True)


def engine_document(document: IndexDocument) -> tantivy.Document:
    """A document in the engine's own form."""
    made = tantivy.Document()
    for column, (exact_words, stems) in document.columns.items():
        made.add_text(exact(column), exact_words)
        made.add_text(stem(column), stems)
    for lookup, keys in document.lookups.items():
        for value in keys:
            made.add_text(lookup, value)
    for key, values in document.facets.items():
        for value, spelt in values:
            made.add_text(facet(key), value)
            if spelt != value:
                made.add_text(label(key), with_label(value, spelt))
    for number, numbers in document.numbers.items():
        for each in numbers:
            made.add_integer(number, each)
    made.add_float("static", document.static)
    made.add_bytes("display", document.display)
    return made
