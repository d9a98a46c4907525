"""A reign title of several dynasties: which of them a date means, where the rest of the record says so.

The reader of dates gives all the years that 元和十年 can be. A dynasty beside a name (`白居易 (唐)`) or the years of a
life choose between them; where nothing does, or they leave more than one, all of them stay and the date is uncertain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from mappings.dates.bounds import Bounds, year_of
from mappings.dates.edtf import bounds
from mappings.dates.read import historical_date
from mappings.dates.reigns import DYNASTIES
from mappings.engine.patterns import pattern
from mappings.schema.agents import Agent, is_maker
from mappings.schema.dates import HistoricalDate
from mappings.schema.folding import fold

_DYNASTIES = (*DYNASTIES, "日本")
#: a dynasty in brackets before or behind a name
_BESIDE_NAME = pattern(r"[(\[（〔【［]\s*([\x{2e80}-\x{9fff}]{1,3}?)[代朝]?\s*[)\]）〕】］]")
_ADULT = 10


def chosen_reigns(dates: Iterable[HistoricalDate], agents: Sequence[Agent]) -> dict[HistoricalDate, HistoricalDate]:
    """Each date of a reign of several dynasties, where the agents' dynasties or lives choose -> what it means then."""
    found = {date: _chosen(date, agents) for date in dates if _is_doubtful(date)}
    return {date: chosen for date, chosen in found.items() if chosen is not None}


def _is_doubtful(date: HistoricalDate) -> bool:
    return date.calendar == "chinese_lunar" and "uncertain" in date.flags and (date.edtf or "").startswith("[")


def _chosen(date: HistoricalDate, agents: Sequence[Agent]) -> HistoricalDate | None:
    makers = [agent for agent in agents if is_maker(agent)]
    for dynasty in dict.fromkeys(name for agent in makers for name in _dynasties(agent)):
        found = _under(date, dynasty)
        if found is not None:
            return found
    lives = [span for agent in makers if agent.dates and (span := bounds(agent.dates)) and span.start and span.end]
    likely = {found.edtf: found for name in _DYNASTIES if (found := _under(date, name)) and _within(found, lives)}
    return next(iter(likely.values())) if len(likely) == 1 else None


def _dynasties(agent: Agent) -> Iterator[str]:
    for text in (agent.name.value, *(each.value for each in agent.variants)):
        for found in _BESIDE_NAME.finditer(text):
            if (name := fold(found[1])) in _DYNASTIES:
                yield name


def _under(date: HistoricalDate, dynasty: str) -> HistoricalDate | None:
    """The date under a dynasty; None where that does not settle it."""
    found = historical_date(date.text, date.kind, hint=dynasty)
    is_settled = found.edtf and not found.edtf.startswith("[")
    return msgspec.structs.replace(found, kind=date.kind) if is_settled else None


def _within(date: HistoricalDate, lives: Sequence[Bounds]) -> bool:
    """Whether somebody of these lives was alive and no child then."""
    year = year_of(date.start or "")
    return any(year_of(life.start or "") + _ADULT <= year <= year_of(life.end or "") for life in lives)
