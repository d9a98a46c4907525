"""A reign of several dynasties: what the record says beside it chooses, and nothing else does."""

from __future__ import annotations

import pytest

from mappings.engine.apply import apply
from mappings.engine.finishing import leaves_of
from mappings.engine.outcome import Mapped
from mappings.schema.dates import HistoricalDate
from tests.mappings.engine.crosswalks import CONTEXT, program, record

RULES = """  - {id: who, from: dc:creator, do: [agent: {role: cre}], to: "agents[]"}
  - {id: when, from: dc:date, do: [edtf], to: "dates[]"}"""


def date_of(inner: str) -> HistoricalDate:
    found = apply(program(RULES), record(f"<dc:title>T</dc:title><dc:date>元和十年</dc:date>{inner}"), CONTEXT)
    assert isinstance(found, Mapped), found
    return found.units[0].record.dates[0]


@pytest.mark.parametrize(
    "creator", ["白居易 (唐)", "（唐）白居易", "〔唐〕 白居易", "白居易, 772-846", "Bai, Juyi, 772-846"]
)
def test_a_dynasty_beside_a_name_or_the_years_of_a_life_choose_the_reign(creator: str) -> None:
    found = date_of(f"<dc:creator>{creator}</dc:creator>")
    assert (found.edtf, found.start, found.flags) == ("0815", "0815-01-20", ())


@pytest.mark.parametrize("creator", ["", "<dc:creator>鲁迅, 1881-1936</dc:creator>", "<dc:creator>白居易</dc:creator>"])
def test_where_nothing_chooses_all_readings_stay_and_the_date_is_uncertain(creator: str) -> None:
    found = date_of(creator)
    assert (found.edtf, found.flags) == ("[0815,1624]", ("uncertain",))


def test_a_chosen_date_names_the_rule_of_each_of_its_leaves_and_of_no_other() -> None:
    inner = "<dc:title>T</dc:title><dc:date>元和十年</dc:date><dc:creator>白居易 (唐)</dc:creator>"
    found = apply(program(RULES), record(inner), CONTEXT)
    assert isinstance(found, Mapped), found
    told = {path for path in found.units[0].rules if path.startswith("/dates")}
    assert told == {f"/dates/0{leaf}" for leaf in leaves_of(found.units[0].record.dates[0])}
