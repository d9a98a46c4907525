"""What the forms of Chinese archives share (DA/T 18, DA/T 22, DA/T 46): their words for levels, access and titles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mappings.schema.access import STATUS_ORDER, Access
from mappings.schema.holding import Holding
from mappings.schema.record import Title
from mappings.schema.unified import UnifiedRecord
from mappings.serialisations.cover import Cover

#: what neither a table nor DA/T 46 can say
LOSSES: tuple[str, ...] = (
    "hierarchy",
    "titles beyond parallel titles and subtitles",
    "agents.roles",
    "agents.dates",
    "agents.ids",
    "agents who are no creators",
    "variants",
    "dates.kind",
    "subjects.uri",
    "subjects of places, bodies and titles",
    "places",
    "identifiers beyond 文号 and local numbers",
    "form",
    "edition",
    "part",
    "holdings beyond the first",
    "rights",
    "digital",
    "relations",
)
#: what a record lacks that no Chinese archive arranged
LACKS = ("a reference code 档号 with its parts",)
#: level -> 著录层级 or 聚合层次
LEVELS = {
    "collection": "全宗群",
    "fonds": "全宗",
    "subfonds": "分全宗",
    "series": "类别",
    "subseries": "子系列",
    "file": "案卷",
    "item": "文件",
}
_STATUS = {"open": "开放", "restricted": "限制利用", "closed": "不开放"}


def arranged(unified: UnifiedRecord, cover: Cover) -> Holding | None:
    """The holding that is arranged by a 档号; None where there is none."""
    return next((held for held in cover.located(unified.holding) if held.parts and held.reference_code), None)


def missing(unified: UnifiedRecord, cover: Cover) -> str:
    """What the record lacks to be said by a Chinese archive; empty where it lacks nothing."""
    return "" if arranged(unified, cover) else LACKS[0]


def strictest_of(conditions: Iterable[Access]) -> Access:
    """The condition of access that closes most; one that says nothing where there is none."""
    return max(conditions, key=lambda found: STATUS_ORDER.index(found.status), default=Access())


def status_words(access: Access) -> str:
    """开放状态; empty where nothing is known."""
    return "依申请公开" if access.requestable else _STATUS.get(access.status, "")


def title_words(title: Title) -> str:
    """A title that its cataloguer made stands in brackets."""
    return f"[{title.value}]" if title.supplied else title.value


def is_responsible(roles: Sequence[str]) -> bool:
    """Whether an agent is a 责任者."""
    return not roles or not {"cre", "aut"}.isdisjoint(roles)
