"""What is withheld while a list comes to its end holds the file back, whichever of the two commits first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from federation.storage import list_files
from federation.storage.engine import Store
from federation.storage.list_files import ListFile
from tests.peers.postgresql import Server


def withdraw(store: Store, institution: str) -> None:
    with store.transaction() as tx:
        list_files.withdraw(tx, institution)


@pytest.mark.postgres
@pytest.mark.parametrize("before", ["queued", "running"])
def test_a_list_that_becomes_ready_while_something_is_withheld_is_held_back(postgresql: Server, before: str) -> None:
    name = postgresql.create(postgresql.template)
    store = Store(postgresql.url(name))
    asked = ListFile(id="x-1", account="", format="csv", base="", most=1, state=before, made_at=store.now())  # type: ignore[arg-type]
    with store.transaction() as tx:
        list_files.add(tx, asked)
    with store.transaction() as tx:
        taken = list_files.take(tx)
    assert taken is not None
    whole = msgspec.structs.replace(taken, state="ready", counts={"institutions": {"a": 1}})
    with ThreadPoolExecutor(1) as pool:
        with store.transaction() as tx:
            assert list_files.put(tx, whole)
            withdrawn = pool.submit(withdraw, store, "a")
            with pytest.raises(TimeoutError):
                withdrawn.result(0.3)
        withdrawn.result(30)
    with store.reading() as connection:
        found = list_files.get(connection, "x-1")
    assert found is not None
    assert found.state == "checking"
    store.close()
    postgresql.drop(name)
