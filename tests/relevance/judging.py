"""A collection asked through the product's own search, and what came of it beside the run before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from index.ports import SearchBackend
from index.request import SearchRequest, Semantic
from mappings.schema.access import EVERYONE
from tests.relevance.collection import Collection, Judged, JudgedSet
from tests.relevance.measures import REACHED, Measures, Ranking, measured


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """How well one set is answered: a line of the command's output."""

    collection: str
    set: str
    #: `tantivy` or `elasticsearch`; `… and meaning` where the search was fused
    backend: str
    documents: int
    queries: int
    measures: Measures
    #: the same set in the run before; None where it was not in it
    before: Measures | None = None

    @property
    def name(self) -> tuple[str, str, str]:
        """What the same set has in every run."""
        return self.collection, self.set, self.backend


def judge(search: SearchBackend, collection: Collection, backend: str, semantic: Semantic = "off") -> Iterator[Verdict]:
    """A verdict a set."""
    for each in collection.sets:
        yield Verdict(
            collection=collection.name,
            set=each.name,
            backend=backend,
            documents=len(collection.documents),
            queries=len(each.queries),
            measures=measured([ranked(search, query, semantic) for query in each.queries]),
        )


def ranked(search: SearchBackend, query: Judged, semantic: Semantic = "off") -> Ranking:
    """The first hits of one query, as the public gets them: relaxed where nothing was found as typed."""
    asked = SearchRequest(visibility=EVERYONE, text=query.text, page_size=REACHED, relax="auto", semantic=semantic)
    answer = search.search(asked)
    found = [hit.id for hit in answer.hits]
    return Ranking(found=found, grades=query.grades, is_corrected=answer.relaxed is not None)


def missed(search: SearchBackend, chosen: JudgedSet) -> Iterator[str]:
    """Queries of a set whose answers are not among the first ten."""
    for query in chosen.queries:
        if not measured([ranked(search, query)]).hit_at_10:
            yield query.text


def read_run(path: Path) -> tuple[Verdict, ...]:
    """The verdicts of a run that was kept; none where there was no run."""
    return msgspec.json.decode(path.read_bytes(), type=tuple[Verdict, ...]) if path.exists() else ()


def beside(verdict: Verdict, earlier: Sequence[Verdict]) -> Verdict:
    """The verdict with what the same set had before."""
    found = next((each.measures for each in earlier if each.name == verdict.name), None)
    return msgspec.structs.replace(verdict, before=found)


def keep_run(path: Path, verdicts: Sequence[Verdict], earlier: Sequence[Verdict]) -> None:
    """Writes a run for the next to stand beside; sets that were not measured keep what they had."""
    names = {each.name for each in verdicts}
    kept = [each for each in earlier if each.name not in names]
    path.write_bytes(msgspec.json.format(msgspec.json.encode([*kept, *verdicts])))
