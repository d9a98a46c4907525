"""A draft begun as a copy of another feed's rules: of the same format, under the feed's own name."""

from __future__ import annotations

import msgspec
import pytest

from federation.errors import RequestRefused
from federation.pipeline import copied_rules
from federation.storage import feeds
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from tests.federation.pipeline.versions import HEAD, feed_of, filled, rule, tried

NOTED = '  - {id: note, const: Seen, to: "descriptions[]"}  # as every feed of ours\n'
MARC = "crosswalk: marc\nversion: 1\nextends: base/marc21@1\nrules: []\n"


def another(store: Store, text: str, key: str = "k2") -> StoredFeed:
    """A feed beside `k` that lives by these rules; by a base where there are none."""
    wanted = msgspec.structs.replace(feed_of(store), key=key, name="Second", crosswalk="base/oai_dc", crosswalk_text="")
    with store.transaction() as tx:
        feeds.add(tx, wanted)
        if text:
            wanted = msgspec.structs.replace(wanted, crosswalk="second", crosswalk_text=text)
            feeds.change(tx, wanted)
    return wanted


async def test_a_draft_has_the_other_feeds_rules_under_its_own_name_and_is_tried_as_any(store: Store) -> None:
    await filled(store, 4)
    other = another(store, HEAD.replace("peer", "second") + NOTED + rule(2, "access.status", "open"))
    with store.transaction() as tx:
        draft = copied_rules.begin_as(tx, feed_of(store), other, "ada")
    assert draft.text == HEAD.replace("version: 1", "version: 2") + NOTED + rule(2, "access.status", "open")
    assert (draft.state, draft.number, draft.authors, draft.message) == (
        "draft", 2, ("ada",), "begun as a copy of second of Second",
    )  # fmt: skip
    assert [gate.code for gate in tried(store, draft.number).stops] == ["access_loosened"]


@pytest.mark.parametrize("text", ["", MARC], ids=["by a base", "another format"])
async def test_what_is_not_alike_is_refused(store: Store, text: str) -> None:
    await filled(store, 1)
    other = another(store, text)
    with store.transaction() as tx, pytest.raises(RequestRefused, match="not_alike"):
        copied_rules.begin_as(tx, feed_of(store), other, "ada")
    with store.transaction() as tx, pytest.raises(RequestRefused, match="not_alike"):
        copied_rules.begin_as(tx, feed_of(store), feed_of(store), "ada")
