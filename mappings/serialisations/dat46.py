"""An electronic record's metadata after DA/T 46-2009 (文件实体), which `base/dat46` reads again.

The standard names the elements and gives them no namespace, which OAI-PMH asks for: theirs is the exchange's, with a
schema of its own. Several values of an element are several elements. `access` is heeded first, by `cover`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.resources import files

from mappings.schema.access import Access
from mappings.schema.holding import Holding, ReferenceParts
from mappings.schema.languages import languages
from mappings.schema.record import Extent
from mappings.schema.reference_codes import reference_code as composed
from mappings.schema.unified import UnifiedRecord
from mappings.serialisations import chinese_archives
from mappings.serialisations.cover import Cover, FormatUnavailable, cover_of
from mappings.serialisations.markup import element, enclosed

PREFIX = "dat46"
NAMESPACE = "tag:archive-exchange.example,2026:dat46:1.0"
FILE_NAME = "dat46-1.0.xsd"
#: below the exchange's own address
SCHEMA = f"/schemas/{FILE_NAME}"
VERSION = 2

#: what this format cannot say
LOSSES: tuple[str, ...] = (
    *chinese_archives.LOSSES,
    "medium",
    "extent beyond pages and pieces",
    "descriptions beyond abstracts and notes",
    "holding.containers",
    "access beyond its status, where no holder's words say more",
)
_PARTS = {
    "fonds": "全宗号",
    "catalogue": "目录号",
    "year": "年度",
    "retention": "保管期限",
    "department": "机构或问题",
    "category": "类别号",
    "file": "馆编案卷号",
    "item": "馆编件号",
    "page": "页号",
}


def write(unified: UnifiedRecord, *, identifiers: Sequence[str] = ()) -> str:
    """The `<文件实体>` element of a record.

    raises  EntryHidden where the audience may see no line of it; FormatUnavailable where it is not arranged by a 档号
    """
    cover = cover_of(unified)
    holding = chinese_archives.arranged(unified, cover)
    if holding is None:
        raise FormatUnavailable("DA/T 46", chinese_archives.LACKS[0])
    level = next(iter(cover.located((unified.level,))), "")
    numbers = cover.described(unified.identifiers)
    content = (
        element("聚合层次", chinese_archives.LEVELS.get(level)),
        enclosed("来源", _holder(holding)),
        *(element("电子文件号", each.value) for each in numbers if each.scheme == "local"),
        _reference_code(holding),
        enclosed("内容描述", "".join(_content(unified, cover))),
        enclosed("形式特征", "".join(_form(unified, cover))),
        enclosed("权限管理", "".join(element("控制标识", words) for words in _statements(_access(unified, cover)))),
        *(element("附注", each.value) for each in cover.described(unified.descriptions) if each.kind == "note"),
    )
    return enclosed("文件实体", "".join(content), {"xmlns": NAMESPACE})


def schema() -> bytes:
    """The XML schema of the element."""
    return files("mappings.serialisations").joinpath(FILE_NAME).read_bytes()


def _holder(holding: Holding) -> str:
    """An archive by its name and number; who has none is no archive that the standard counts."""
    if not holding.institution.archive_code:
        return ""
    return element("档案馆名称", holding.institution.name) + element("档案馆代码", holding.institution.archive_code)


def _reference_code(holding: Holding) -> str:
    """The parts; before them the code as it is written, where its holder composes it in another way."""
    parts = holding.parts or ReferenceParts()
    stated = enclosed("档号", "".join(element(name, getattr(parts, part)) for part, name in _PARTS.items()))
    return stated if holding.reference_code == composed(parts) else element("档号", holding.reference_code) + stated


def _statements(access: Access) -> Iterable[str]:
    """The holder's own words but for the grade of secrecy, with the status where they do not say it or it closes."""
    given = (access.conditions_of_access or "").split("\n") if access.line == "full" else []
    grade = access.secrecy.label if access.secrecy else ""
    words = [line for line in given if line and line != grade]
    if access.status == "closed" or not words:
        words.append(chinese_archives.status_words(access))
    return dict.fromkeys(words)


def _access(unified: UnifiedRecord, cover: Cover) -> Access:
    return chinese_archives.strictest_of(cover.located(unified.access))


def _content(unified: UnifiedRecord, cover: Cover) -> Iterable[str]:
    """内容描述; dates and secrecy stand on a reduced line too."""
    titles, subjects = cover.described(unified.titles), cover.described(unified.subjects)
    yield from (element("题名", chinese_archives.title_words(each)) for each in cover.described((unified.title,)))
    yield from (element("并列题名", each.value) for each in titles if each.kind == "parallel")
    yield from (element("副题名", each.value) for each in titles if each.kind == "subtitle")
    numbers = cover.described(unified.identifiers)
    yield from (element("文件编号", each.value) for each in numbers if each.scheme == "document_number")
    agents = cover.described(unified.agents)
    yield from (element("责任者", each.name.value) for each in agents if chinese_archives.is_responsible(each.roles))
    yield from (element("日期", each.text or each.edtf) for each in cover.located(unified.dates))
    yield from (element("文种", each.label.value) for each in cover.described(unified.genre))
    secrecy = _access(unified, cover).secrecy
    yield element("密级", secrecy.label if secrecy else None)
    yield from (element("主题词", each.label.value) for each in subjects if each.kind == "topic")
    yield from (element("人名", each.label.value) for each in subjects if each.kind == "person")
    yield from (element("分类号", each.notation or each.label.value) for each in subjects if not each.is_in_words)
    said = cover.described(unified.descriptions)
    yield from (element("摘要", each.value) for each in said if each.kind == "abstract")


def _form(unified: UnifiedRecord, cover: Cover) -> Iterable[str]:
    """形式特征."""
    extents = cover.described(unified.extent)
    yield from _counted("页数", "页", extents)
    yield from _counted("件数", "件", extents)
    yield from (element("语种", languages()[each.lang].chinese) for each in cover.described(unified.languages))


def _counted(name: str, unit: str, extents: Iterable[Extent]) -> Iterable[str]:
    return (element(name, f"{each.number:.0f}") for each in extents if each.unit == unit and each.number is not None)
