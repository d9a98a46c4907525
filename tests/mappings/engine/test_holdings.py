"""Who is named alone and again with a mark holds the material once."""

from __future__ import annotations

from mappings.engine.held import Entry
from mappings.engine.holdings import told
from mappings.schema.holding import Holding, Institution


def stated(name: str, code: str | None = None) -> tuple[Holding, Entry]:
    return Holding(institution=Institution(name=name), reference_code=code), ((), ())


def test_a_holder_named_alone_gives_its_place_to_what_tells_more() -> None:
    alone, other, more = stated("House"), stated("Archive", "A 1"), stated("House", "MS 5")
    assert told([alone, other, more]) == [more, other]
    assert told([more, alone]) == [more]


def test_holdings_with_marks_of_their_own_all_stay() -> None:
    several = [stated("House", "MS 1"), stated("House", "MS 2"), stated("Archive")]
    assert told(several) == several
