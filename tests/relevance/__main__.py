"""`python -m tests.relevance [--collection DIR] [--backend B] [--run FILE] [--misses]
[--meaning] [--only NAME]`: one JSON line a set of queries.

Without `--collection` the demonstration is judged, and what open sample data lies beside the checkout. A run is kept in
a file, so that the next one says what the same sets had before.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tests.benchmarks.backends import backend, searching_over
from tests.relevance.collection import Collection
from tests.relevance.cross_lingual import cross_lingual
from tests.relevance.demonstration import demonstration
from tests.relevance.files import CollectionFault, read_collection
from tests.relevance.judging import Verdict, beside, judge, keep_run, missed, read_run
from tests.relevance.meaning import near_to
from tests.relevance.sample_collections import sample_collections


def main() -> int:
    """Judge, print, keep; 2 where a collection cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m tests.relevance", description=__doc__)
    parser.add_argument("--collection", type=Path, help="a folder with documents.jsonl, queries.tsv, qrels.tsv")
    parser.add_argument("--backend", choices=["tantivy", "elasticsearch"], default="tantivy")
    parser.add_argument("--run", type=Path, default=Path("relevance.json"), help="where runs are kept")
    parser.add_argument("--misses", action="store_true", help="name queries without an answer in the first ten")
    parser.add_argument("--meaning", action="store_true", help="judge each set by words and by meaning too")
    parser.add_argument("--only", default="", help="the one collection that is judged, by name")
    options = parser.parse_args()
    os.environ["EXCHANGE_BENCHMARK_BACKEND"] = options.backend
    earlier = read_run(options.run)
    verdicts: list[Verdict] = []
    try:
        for collection in _collections(options.collection, options.only):
            for verdict in _judged(collection, misses=options.misses, meaning=options.meaning):
                verdicts.append(verdict)
                print(msgspec.json.encode(beside(verdict, earlier)).decode(), flush=True)
    except (CollectionFault, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 2
    keep_run(options.run, verdicts, earlier)
    return 0


def _collections(folder: Path | None, only: str) -> Iterator[Collection]:
    if folder is not None:
        yield read_collection(folder)
        return
    own = {"demonstration": demonstration, "cross_lingual": cross_lingual}
    yield from (made() for name, made in own.items() if only in ("", name))
    if only not in own:
        yield from (each for each in sample_collections() if only in ("", each.name))


def _judged(collection: Collection, *, misses: bool, meaning: bool) -> Iterator[Verdict]:
    with searching_over(collection.documents) as search:
        yield from judge(search, collection, backend())
        if meaning:
            with near_to(collection.documents) as nearness:
                search.nearness = nearness
                yield from judge(search, collection, f"{backend()} and meaning", "auto")
        for each in collection.sets if misses else ():
            for text in missed(search, each):
                print(f"{collection.name} {each.name}: {text}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
