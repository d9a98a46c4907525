"""A record that calls its parent by a former name stands below it all the same."""

from __future__ import annotations

import msgspec

from federation.storage import feeds, placements
from federation.storage.engine import Store
from harvester.brake import Brake
from mappings.schema.ids import record_id
from tests.federation.pipeline.test_rekeying import rekeyed
from tests.federation.pipeline.test_rekeying_columns import drafted, filled, settle
from tests.federation.pipeline.test_uploads import apply
from tests.federation.pipeline.trees import Tree
from tests.federation.pipeline.versions import feed_of, tried

TEXT = (
    "crosswalk: town\nversion: 1\nextends: base/dat22@1\ninput: {{format: table, key: [{}]}}\n"
    "parent: {{from: col:附注}}\nrules: []\n"
)
HEAD = "序号,档号,题名,责任者,日期,开放状态,附注"
FILE, ITEM = "1,A-1,案卷,甲,2003,控制,", "2,A-2,请示,甲,2003,,1"


def table(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows]).encode()


def unheld(store: Store) -> None:
    """A town archive whose files may open what they open: nobody is there to be asked."""
    filled(store, text=TEXT.format("序号"))
    with store.transaction() as tx:
        feeds.change(tx, msgspec.structs.replace(feed_of(store), brake=Brake(opens=True)))


def test_a_rekey_leaves_no_orphan_of_a_parent_called_by_its_former_name(store: Store) -> None:
    unheld(store)
    apply(store, table(FILE, ITEM), "replace")
    settle(store)
    tree = Tree(store)
    assert tree.records()["2"].hierarchy is not None
    assert tree.records()["2"].access.status == "closed"
    number = drafted(store, TEXT.format("档号"))
    tried(store, number)
    rekeyed(store, number)
    settle(store)
    item = tree.records()["A-2"]
    assert "orphan" not in tree.issues().get("A-2", set())
    assert item.hierarchy is not None
    assert item.hierarchy.parent == record_id("k", "A-1")
    assert item.access.status == "closed"
    with store.reading() as connection:
        assert placements.parent(connection, "k", "A-2") == "A-1"


def test_what_changes_above_comes_down_by_the_former_name_too(store: Store) -> None:
    unheld(store)
    apply(store, table(FILE, ITEM), "replace")
    settle(store)
    number = drafted(store, TEXT.format("档号"))
    tried(store, number)
    rekeyed(store, number)
    settle(store)
    apply(store, table(FILE.replace("控制", "开放"), ITEM), "replace")
    settle(store)
    assert Tree(store).records()["A-2"].access.status == "open"
