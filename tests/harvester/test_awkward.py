"""A harvest of each awkward peer: what is held, how it was read, the verdict, and what it cost."""

from __future__ import annotations

from collections import Counter

import pytest

from federation.pipeline.harvest import harvest_feed
from federation.storage import raw_records
from federation.storage.engine import Store
from harvester.harvest import Ended
from tests.federation.pipeline.test_harvest import PatientClock, add_feed, last_run, parse
from tests.peers.awkward.behaviours import BEHAVIOURS
from tests.peers.awkward.peer import Behaviour, Peer, serving


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda behaviour: behaviour.name)
async def test_an_awkward_peer_is_harvested_to_its_verdict(behaviour: Behaviour, embedded: Store) -> None:
    peer, clock, expected = Peer(behaviour), PatientClock(), behaviour.expected
    async with serving(peer) as url:
        feed = add_feed(embedded, url)
        for _ in range(40):
            outcome = await harvest_feed(embedded, feed, parse=parse, clock=clock, user_agent="test")
            if isinstance(outcome, Ended):
                break
            clock.moment = outcome.until
    run = last_run(embedded)
    assert (run.verdict, run.missing) == (expected.verdict, expected.missing), run.reason
    assert expected.reason in ("", run.reason)
    assert peer.requests <= expected.most_requests
    with embedded.reading() as connection:
        held = {row.raw.identifier: row.raw for row in raw_records.of_feed(connection, feed.key, 0, 1_000)}
    assert len(held) == expected.held
    assert Counter(raw.quality for raw in held.values() if raw.quality != "strict") == expected.touched
    if expected.title is not None:
        identifier, title = expected.title
        assert f"<dc:title>{title}</dc:title>" in held[identifier].payload
