"""Transforms from text to text: cleaning, cutting, splitting, choosing."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import nh3

from mappings.engine.cleaning import squeezed, without_isbd
from mappings.engine.patterns import pattern
from mappings.engine.tables import Tables
from mappings.engine.transforms import Arguments, ArgumentWrong, Function, Parameter, transform
from mappings.engine.values import Item, with_text
from mappings.said import said
from mappings.schema.folding import fold

_CHARS = Parameter(name="chars")
#: elements whose content a browser does not show, and which the cleaner cannot be told to keep
_NEVER_KEPT = frozenset({"script", "style"})
#: a reference to a group in a replacement (1), or an escaped sign (2); neither at its end
_REFERENCE = re.compile(r"\\(?:(\d+)|(.)|$)", re.DOTALL)


@transform("squeeze")
def squeeze(arguments: Arguments, tables: Tables) -> Function:
    """White space of any kind becomes one blank; none stays at the ends."""
    return squeezed


@transform("strip", _CHARS)
def strip(arguments: Arguments, tables: Tables) -> Function:
    """The characters (white space where none are named) go from both ends."""
    chars = arguments.text("chars") or None
    return lambda text: text.strip(chars)


@transform("strip_start", _CHARS)
def strip_start(arguments: Arguments, tables: Tables) -> Function:
    """The characters go from the start."""
    chars = arguments.text("chars") or None
    return lambda text: text.lstrip(chars)


@transform("strip_end", _CHARS)
def strip_end(arguments: Arguments, tables: Tables) -> Function:
    """The characters go from the end."""
    chars = arguments.text("chars") or None
    return lambda text: text.rstrip(chars)


@transform("isbd")
def isbd(arguments: Arguments, tables: Tables) -> Function:
    """ISBD punctuation goes from the end; the full stop of an abbreviation or an initial stays."""
    return without_isbd


def _check_groups(compiled: Any, replacement: str) -> None:
    """raises  ArgumentWrong where the replacement names a group that the pattern does not have"""
    for found in _REFERENCE.finditer(replacement):
        if found[1] and int(found[1]) > compiled.groups:
            raise ArgumentWrong(
                said(
                    "with names group %(group)s, the pattern has groups up to %(most)s",
                    group=found[1],
                    most=compiled.groups,
                )
            )
        if found[2] == "g":
            raise ArgumentWrong(said("with names a group by \\g; write its number, as in \\1"))
        if not found[1] and not found[2]:
            raise ArgumentWrong(said("with ends in a backslash; two of them are the sign itself"))


@transform("replace", Parameter(name="pattern", type="pattern", needed=True), Parameter(name="with", default=""))
def replace(arguments: Arguments, tables: Tables) -> Function:
    """Every match of the pattern (RE2) is replaced; groups are \\1."""
    compiled, replacement = pattern(arguments.text("pattern")), arguments.text("with")
    _check_groups(compiled, replacement)
    return lambda text: compiled.sub(replacement, text)


@transform(
    "extract", Parameter(name="pattern", type="pattern", needed=True), Parameter(name="group", type="number", default=0)
)
def extract(arguments: Arguments, tables: Tables) -> Function:
    """What the pattern (RE2), or one of its groups, matches first; a value without a match is dropped."""
    compiled, group = pattern(arguments.text("pattern")), arguments.number("group") or 0
    if not 0 <= group <= compiled.groups:
        raise ArgumentWrong(
            said("group is %(group)s, the pattern has groups up to %(most)s", group=group, most=compiled.groups)
        )

    def run(text: str) -> str | None:
        found = compiled.search(text)
        return found[group] if found else None

    return run


@transform("case", Parameter(name="to", needed=True, words=("lower", "upper", "title", "first")))
def case(arguments: Arguments, tables: Tables) -> Function:
    """Letters in lower, upper or title case; `first` raises the first letter alone."""
    match arguments.text("to"):
        case "lower":
            return str.lower
        case "upper":
            return str.upper
        case "title":
            return str.title
    return lambda text: text[:1].upper() + text[1:]


@transform("unicode", Parameter(name="form", default="NFC", words=("NFC", "NFD", "NFKC", "NFKD")))
def unicode_form(arguments: Arguments, tables: Tables) -> Function:
    """A Unicode normal form (records are NFC in the end)."""
    form = arguments.text("form")
    return lambda text: unicodedata.normalize(form, text)  # type: ignore[arg-type]


@transform("unescape")
def unescape(arguments: Arguments, tables: Tables) -> Function:
    """HTML references that were escaped once too often become their characters."""
    return html.unescape


@transform("html_text", Parameter(name="keep", type="texts"))
def html_text(arguments: Arguments, tables: Tables) -> Function:
    """HTML becomes plain text; elements named by `keep` stay, cleaned."""
    keep = set(arguments.texts("keep"))
    if refused := keep & _NEVER_KEPT:
        raise ArgumentWrong(said("keep names %(names)s, whose content is no text", names=", ".join(sorted(refused))))

    def run(text: str) -> str:
        if "<" not in text and "&" not in text:
            return text
        cleaned = nh3.clean(text, tags=keep, attributes={})
        return cleaned if keep else html.unescape(cleaned)

    return run


@transform("wrap", Parameter(name="before", default=""), Parameter(name="after", default=""))
def wrap(arguments: Arguments, tables: Tables) -> Function:
    """Words are put before and after."""
    before, after = arguments.text("before"), arguments.text("after")
    return lambda text: f"{before}{text}{after}"


@transform("slice", Parameter(name="start", type="number", needed=True), Parameter(name="length", type="number"))
def cut(arguments: Arguments, tables: Tables) -> Function:
    """`length` characters from the 0-based `start`, to the end where no length is given."""
    start, length = arguments.number("start") or 0, arguments.number("length")
    end = None if length is None else start + length
    return lambda text: text[start:end]


# --- one text to many -------------------------------------------------------------------------------------------------


@transform("split", Parameter(name="on", type="texts", needed=True), gives="texts")
def split(arguments: Arguments, tables: Tables) -> Function:
    """The parts between separators; several separators count alike."""
    first, *others = arguments.texts("on")

    def run(text: str) -> list[str]:
        for other in others:
            text = text.replace(other, first)
        return [part.strip() for part in text.split(first)] if first in text else [text]

    return run


@transform("split_names", Parameter(name="style", default="western", words=("western", "chinese")), gives="texts")
def split_names(arguments: Arguments, tables: Tables) -> Function:
    """Several names in one text: at `;` and between bars; `chinese` also at 、 ， and ；."""
    separators = ";|" if arguments.text("style") == "western" else ";|；、，,"
    table = str.maketrans(dict.fromkeys(separators, "\n"))
    return lambda text: [part.strip() for part in text.translate(table).split("\n")]


@transform("lines", gives="texts")
def lines(arguments: Arguments, tables: Tables) -> Function:
    """Each line for itself."""
    return str.splitlines


@transform("drop", Parameter(name="values", type="texts", needed=True), gives="texts")
def drop(arguments: Arguments, tables: Tables) -> Function:
    """Values that say nothing (`unknown`, `n/a`) are dropped; case and marks do not matter."""
    empty = frozenset(fold(value).strip() for value in arguments.texts("values"))
    longest = max(map(len, empty)) * 2
    return lambda text: () if len(text) <= longest and fold(text).strip() in empty else (text,)


# --- the whole stream of a rule ---------------------------------------------------------------------------------------


@transform("join", Parameter(name="with", default=" "), takes="texts", gives="texts")
def join(arguments: Arguments, tables: Tables) -> Function:
    """All values become one."""
    separator = arguments.text("with")

    def run(items: Sequence[Item]) -> Sequence[Item]:
        if len(items) < 2:
            return items
        twins = [item.twin for item in items]
        twin = separator.join(part for part in twins if part) if any(twins) else None
        return [with_text(items[0], separator.join(item.text for item in items), twin)]

    return run


@transform("unique", Parameter(name="by", default="folded", words=("folded", "exact")), takes="texts", gives="texts")
def unique(arguments: Arguments, tables: Tables) -> Function:
    """Equal values stand once; `folded` compares without case and marks."""
    key = fold if arguments.text("by") == "folded" else str

    def run(items: Sequence[Item]) -> Sequence[Item]:
        kept: dict[str, Item] = {}
        for item in items:
            kept.setdefault(key(item.text), item)
        return list(kept.values())

    return run


@transform("first", Parameter(name="n", type="number", default=1), takes="texts", gives="texts")
def first(arguments: Arguments, tables: Tables) -> Function:
    """The first n values."""
    count = arguments.number("n") or 1
    return lambda items: items[:count]
