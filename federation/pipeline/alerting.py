"""After each publishing step every kept search is run over what came in, under its owner's visibility.

A thing is news once a search, and only if it came into being after the search was kept: a harvest that comes again, a
merge or a correction announces nothing.
"""

from __future__ import annotations

from federation.pipeline.owners import visibility_of
from federation.pipeline.unifying import Clusters
from federation.storage import cursors, saved_searches
from federation.storage.engine import Store
from federation.storage.linkage import clusters
from federation.storage.saved_searches import SavedSearch
from index.errors import QueryInvalid
from index.saved import Newest, SavedQuery, matches, read

STAGE = "alert"
_BATCH = 500


def alert(store: Store, published: int) -> int:
    """Runs the kept searches over all changes up to `published`, a `seq`; how many things were found."""
    found = 0
    while (step := _step(store, published)) is not None:
        found += step
    return found


def _step(store: Store, published: int) -> int | None:
    """One batch; None where none is left."""
    with store.reading() as connection:
        after = cursors.get(connection, STAGE)
        if after >= published:
            return None
        kept = saved_searches.watching(connection)
        changed = [each for each in clusters.changes(connection, after, _BATCH) if each[0] <= published] if kept else []
        owners = {each.id: visibility_of(connection, each.account, each.acting_for, store.now()) for each in kept}
        first = clusters.beginnings(connection, [name for _, name in changed])
    queries, broken = _read(kept)
    newest = Newest(Clusters(store).unified(list(dict.fromkeys(name for _, name in changed)))) if changed else None
    wanted = {key: (query, owners[key]) for key, query in queries.items()}
    found = matches(newest, wanted) if newest is not None else {}
    since = {each.id: each.after_seq for each in kept}
    news = {key: frozenset(name for name in names if first.get(name, 0) > since[key]) for key, names in found.items()}
    with store.transaction() as tx:
        for key in broken:
            saved_searches.note_broken(tx, key)
        saved_searches.note_found(tx, news)
        cursors.advance(tx, STAGE, changed[-1][0] if changed else published)
    return sum(map(len, news.values()))


def _read(kept: list[SavedSearch]) -> tuple[dict[str, SavedQuery], list[str]]:
    """The queries that this version can read, and the searches whose query it cannot."""
    queries: dict[str, SavedQuery] = {}
    broken = []
    for each in kept:
        try:
            queries[each.id] = read(each.query)
        except QueryInvalid:
            broken.append(each.id)
    return queries, broken
