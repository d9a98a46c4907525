"""Each rule is laid to the version since which it reads so."""

from __future__ import annotations

from federation.pipeline.blame import blame
from federation.storage import crosswalks
from federation.storage.engine import Store
from tests.federation.pipeline.versions import drafted, filled

NOTE = '  - {{id: note, note: "{0}", const: {1}, to: "descriptions[]"}}\n'
SHUT = "  - {id: shut, const: closed, to: access.status}\n"


def blamed(store: Store, number: int) -> dict[str, tuple[int, str]]:
    with store.reading() as connection:
        version = crosswalks.found(connection, "k", number)
        return {each.rule: (each.number, each.note) for each in blame(connection, version)}


async def test_a_rule_is_laid_to_the_version_that_wrote_it_so(store: Store) -> None:
    await filled(store, 1)
    one = drafted(store, NOTE.format("why", "Seen")).number
    two = drafted(store, SHUT + NOTE.format("why", "Seen")).number
    three = drafted(store, SHUT + "# moved\n\n" + NOTE.format("why", "Read")).number
    assert blamed(store, two) == {"shut": (two, ""), "note": (one, "why")}
    assert blamed(store, three) == {"shut": (two, ""), "note": (three, "why")}
    assert blamed(store, 1) != {}
    assert {number for number, _ in blamed(store, 1).values()} == {1}
