"""A row of a Chinese archival table (DA/T 18, DA/T 22) as CSV, which `base/dat22` reads again.

Several values of a column stand behind one another with `；`. A cell that a spreadsheet would take for a formula is
guarded by `'`, which the reader takes off again. `access` is heeded first, by `cover`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence

from mappings.formats.table import guarded
from mappings.schema.holding import Holding, ReferenceParts
from mappings.schema.languages import languages
from mappings.schema.record import Extent
from mappings.schema.unified import UnifiedRecord
from mappings.serialisations import chinese_archives
from mappings.serialisations.cover import Cover, FormatUnavailable, cover_of

#: ending of the file, and what it is in HTTP
SUFFIX, CONTENT_TYPE = "dat22.csv", "text/csv"
#: the same for programs of archives that read no UTF-8
GB_SUFFIX, GB_CHARSET = "dat22.gb18030.csv", "gb18030"
#: what tables cannot say
LOSSES: tuple[str, ...] = (
    *chinese_archives.LOSSES,
    "dates beyond the first",
    "descriptions parted into several of one kind, but for 备注",
    "statements of responsibility",
    "access.conditions",
    "access.until",
)
_PARTS = {
    "fonds": "全宗号",
    "catalogue": "目录号",
    "category": "类别号",
    "year": "年度",
    "retention": "保管期限",
    "department": "机构（问题）",
    "file": "案卷号",
    "item": "件号",
    "page": "页号",
}
COLUMNS: tuple[str, ...] = (
    *("档号", *_PARTS.values()),
    *("责任者", "文号", "题名", "并列题名", "副题名", "日期", "密级", "开放状态"),
    *("页数", "件数", "文种", "语种", "载体类型", "主题词", "人名", "分类号"),
    *("摘要", "范围和提要", "备注", "著录层级", "档案馆名称", "档案馆代码", "电子文件号", "盒号"),
)
_BETWEEN = "；"

Cells = dict[str, str]


def write(unified: UnifiedRecord, *, identifiers: Sequence[str] = ()) -> str:
    """The heading and one row.

    raises  EntryHidden where the audience may see no line of it; FormatUnavailable where it is not arranged by a 档号
    """
    return table((row(unified),))


def encoded(text: str) -> bytes:
    """A table's bytes: UTF-8 with its mark, which spreadsheets ask for."""
    return text.encode("utf-8-sig")


def table(rows: Iterable[Cells]) -> str:
    """The heading and the rows; columns that no row fills are left out, but for those that every table has."""
    kept = list(rows)
    filled = {column for cells in kept for column, text in cells.items() if text}
    columns = [column for column in COLUMNS if column in filled or column in ("档号", "题名", "责任者", "日期")]
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([guarded(cells.get(column, "")) for column in columns] for cells in kept)
    return made.getvalue()


def line(cells: Sequence[str]) -> str:
    """A line of a table with every column, for one that is written before all its rows are known."""
    made = io.StringIO()
    csv.writer(made, lineterminator="\r\n").writerow([guarded(each) for each in cells])
    return made.getvalue()


def row(unified: UnifiedRecord) -> Cells:
    """Column -> text; raises as `write`."""
    cover = cover_of(unified)
    holding = chinese_archives.arranged(unified, cover)
    if holding is None:
        raise FormatUnavailable("DA/T 22", chinese_archives.LACKS[0])
    return {**_located(unified, cover, holding), **_described(unified, cover)}


def _located(unified: UnifiedRecord, cover: Cover, holding: Holding) -> Cells:
    """What a reduced line shows too: code, level, dates, holder and reason."""
    parts = holding.parts or ReferenceParts()
    dates = cover.located(unified.dates)
    access = chinese_archives.strictest_of(cover.located(unified.access))
    return {
        "档号": holding.reference_code or "",
        **{column: getattr(parts, name) or "" for name, column in _PARTS.items()},
        "日期": (dates[0].text or dates[0].edtf or "") if dates else "",
        "密级": access.secrecy.label if access.secrecy else "",
        "开放状态": chinese_archives.status_words(access),
        "著录层级": chinese_archives.LEVELS.get(next(iter(cover.located((unified.level,))), ""), ""),
        "档案馆名称": holding.institution.name if holding.institution.archive_code else "",
        "档案馆代码": holding.institution.archive_code or "",
        "盒号": _joined(box.number for box in holding.containers if box.type == "盒"),
    }


def _described(unified: UnifiedRecord, cover: Cover) -> Cells:
    """What only a full line shows."""
    subjects, extents = cover.described(unified.subjects), cover.described(unified.extent)
    titles, numbers = cover.described(unified.titles), cover.described(unified.identifiers)
    said, agents = cover.described(unified.descriptions), cover.described(unified.agents)
    responsible = [agent for agent in agents if chinese_archives.is_responsible(agent.roles)]
    return {
        "题名": _joined(map(chinese_archives.title_words, cover.described((unified.title,)))),
        "并列题名": _joined(title.value for title in titles if title.kind == "parallel"),
        "副题名": _joined(title.value for title in titles if title.kind == "subtitle"),
        "责任者": _joined(agent.name.value for agent in responsible),
        "文号": _joined(each.value for each in numbers if each.scheme == "document_number"),
        "电子文件号": _joined(each.value for each in numbers if each.scheme == "local"),
        "页数": _counted(extents, lambda extent: extent.unit != "件"),
        "件数": _counted(extents, lambda extent: extent.unit == "件"),
        "文种": _joined(genre.label.value for genre in cover.described(unified.genre)),
        "语种": _joined(languages()[each.lang].chinese for each in cover.described(unified.languages)),
        "载体类型": _joined(medium.label.value for medium in cover.described(unified.medium)),
        "主题词": _joined(each.label.value for each in subjects if each.kind == "topic"),
        "人名": _joined(each.label.value for each in subjects if each.kind == "person"),
        "分类号": _joined(each.notation or each.label.value for each in subjects if each.kind == "classification"),
        "摘要": _joined(each.value for each in said if each.kind == "abstract"),
        "范围和提要": _joined(each.value for each in said if each.kind == "scope_and_content"),
        "备注": _joined(each.value for each in said if each.kind == "note"),
    }


def _joined(texts: Iterable[str]) -> str:
    return _BETWEEN.join(dict.fromkeys(text for text in texts if text))


def _counted(extents: Iterable[Extent], is_wanted: Callable[[Extent], bool]) -> str:
    """A number alone where its unit is the column's own, else the extent as it is written."""
    chosen = [extent for extent in extents if is_wanted(extent)]
    return _joined(
        f"{extent.number:.0f}" if extent.number is not None and extent.unit in ("页", "件") else extent.text
        for extent in chosen
    )
