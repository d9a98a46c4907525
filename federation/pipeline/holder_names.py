"""What institutions are called besides the name that their records bear, for queries that name them."""

from __future__ import annotations

from collections.abc import Mapping

from federation.pipeline.lately import Lately
from federation.storage import institutions
from federation.storage.engine import Store


def stored_names(store: Store) -> Lately[Mapping[str, tuple[str, ...]]]:
    """Short name -> present name, ISIL and other names of the store's institutions (`index.holders.OtherNames`)."""

    def read() -> Mapping[str, tuple[str, ...]]:
        with store.reading() as connection:
            known = institutions.everyone(connection)
        return {each.slug: tuple(filter(None, (each.name, each.isil, *each.other_names))) for each in known}

    return Lately(read)
