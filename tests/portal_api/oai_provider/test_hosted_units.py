"""Units of hosted finding aids are looked up once a page, where everybody asks for the format as sent."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from federation.pipeline import hosting
from federation.pipeline.hosting import Asker
from federation.storage import feeds
from federation.storage.engine import Store
from tests.portal_api.oai_provider.exported import Clock
from tests.portal_api.oai_provider.test_hosted import (
    add_feed,
    bring,
    fixture_clock,  # noqa: F401
    fixture_store,  # noqa: F401
)

_NAMES = [str(number) for number in range(1, 9)]
_CLOSED = "<accessrestrict><p>closed until 2090</p></accessrestrict>"


def aid(name: str, terms_of: dict[str, str]) -> str:
    """A finding aid with three components; terms of access by `root`, or the number of a component."""
    parts = "".join(
        f"<c level='item' id='u{name}-{n}'><did><unittitle>Unit {n}</unittitle></did>{terms_of.get(str(n), '')}</c>"
        for n in range(3)
    )
    return (
        f"<ead><eadheader><eadid>{name}</eadid></eadheader><archdesc level='fonds'>"
        f"<did><unittitle>Letters</unittitle></did>{terms_of.get('root', '')}<dsc>{parts}</dsc></archdesc></ead>"
    )


def brought(store: Store, clock: Clock, terms: dict[str, dict[str, str]]) -> feeds.StoredFeed:
    add_feed(store, "own", "base/ead2002")
    body = "".join(aid(name, terms.get(name, {})) for name in _NAMES)
    bring(store, clock, f"<all>{body}</all>".encode(), key="own")
    with store.reading() as connection:
        feed = feeds.get(connection, "own")
    assert feed is not None
    return feed


def asked(
    store: Store, feed: feeds.StoredFeed, prefix: str, asker: Asker
) -> tuple[dict[str, str], list[tuple[str, ...]]]:
    """Bodies of a page, and the identifiers of each look-up of units that was made for it."""
    looked: list[tuple[str, ...]] = []

    def note(*said: object) -> None:
        if "FROM catalogue_record" in str(said[2]) and "native_id" in str(said[2]).partition("WHERE")[2]:
            looked.append(tuple(sorted(each for each in said[3] if each in _NAMES)))  # type: ignore[attr-defined]

    with store.reading() as connection:
        sa.event.listen(connection, "before_cursor_execute", note)
        made = hosting.bodies(connection, feed, _NAMES, prefix, asker)
    return made, looked


def test_units_are_looked_up_once_a_page_whatever_it_holds(store: Store, clock: Clock) -> None:
    made, looked = asked(store, brought(store, clock, {}), "ead", "public")
    assert list(made) == _NAMES
    # how many there are, and which are not open
    assert looked == [tuple(_NAMES)] * 2


@pytest.mark.parametrize(("prefix", "asker"), [("oai_dc", "public"), ("oai_dc", "own"), ("ead", "own")])
def test_no_unit_is_looked_up_where_its_terms_decide_nothing(
    store: Store, clock: Clock, prefix: str, asker: Asker
) -> None:
    made, looked = asked(store, brought(store, clock, {"2": {"1": _CLOSED}}), prefix, asker)
    assert (list(made), looked) == (_NAMES, [])


def test_of_an_aid_that_is_closed_itself_no_unit_is_looked_up(store: Store, clock: Clock) -> None:
    made, looked = asked(store, brought(store, clock, {"3": {"root": _CLOSED}}), "ead", "public")
    others = [name for name in _NAMES if name != "3"]
    assert (list(made), looked) == (others, [tuple(others)] * 2)


def test_one_closed_or_hidden_unit_keeps_its_aid_and_no_other(store: Store, clock: Clock) -> None:
    hidden = "<accessrestrict><p>不予公开</p></accessrestrict>"
    said = '<scopecontent><p>The note says "line":"reduced", "status":"closed".</p></scopecontent>'
    feed = brought(store, clock, {"2": {"1": _CLOSED}, "4": {"0": hidden}, "5": {"2": said}})
    made, _ = asked(store, feed, "ead", "public")
    assert list(made) == [name for name in _NAMES if name not in ("2", "4")]
    dublin, _ = asked(store, feed, "oai_dc", "public")
    assert list(dublin) == _NAMES
