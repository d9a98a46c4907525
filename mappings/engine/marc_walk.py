"""MARC selectors as one dispatch by tag: only wanted fields are decoded, each with its 880 twin.

A record is a MARCXML element, or the bytes of ISO 2709.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from unicodedata import normalize

import msgspec

from mappings.engine.payload import PayloadUnreadable
from mappings.engine.selectors import MarcSelector, Predicate
from mappings.engine.tables import shipped
from mappings.engine.values import Item
from mappings.formats.iso2709 import Iso2709Refused, read_iso2709
from mappings.formats.marcxml import MarcField, MarcRecord, read_marcxml
from mappings.schema.issue import Issue, issue


class MarcNode:
    """A field of `each` with its path."""

    __slots__ = ("field", "lang", "path")

    def __init__(self, field: MarcField, path: str, lang: str | None) -> None:
        self.field, self.path, self.lang = field, path, lang


class MarcReading:
    """What one walk found."""

    __slots__ = ("notes", "slots", "unexpected")

    def __init__(self, size: int, notes: tuple[Issue, ...]) -> None:
        self.slots: list[list[Any]] = [[] for _ in range(size)]
        #: what was odd about the record
        self.notes = notes
        #: MARCXML is read by local names; nothing is unexpected
        self.unexpected = ""


_Ask = tuple[int, MarcSelector, bool]


class MarcWalk:
    """The compiled selectors of one crosswalk."""

    def __init__(self, charset: str = "") -> None:
        self._charset = charset
        self._asks: list[_Ask] = []
        self._by_tag: dict[str, list[_Ask]] = {}

    def add(self, slot: int, selector: MarcSelector, *, as_node: bool) -> None:
        """Makes the walk fill `slot` with what `selector` finds."""
        if selector.link:
            selector = msgspec.structs.replace(selector, tag=selector.link, link="880")
        self._asks.append((slot, selector, as_node))

    def close(self) -> None:
        """Nothing to build: the dispatch fills as tags are met."""
        self._by_tag.clear()

    def _wanted(self, tag: str) -> list[_Ask]:
        found = self._by_tag.get(tag)
        if found is None:
            found = self._by_tag[tag] = [ask for ask in self._asks if _tag_matches(ask[1].tag, tag)]
        return found

    def read(self, root: Any, size: int, language: str | None, *, languages: bool = True) -> MarcReading:
        """One walk over a record; MARC fields state no language of their own.

        raises  PayloadUnreadable
        """
        record, notes = self._record(root, lambda tag: tag == "008" or bool(self._wanted(tag)))
        own_script = _has_own_script(record)
        notes += tuple(issue("link_dangling", excerpt=link) for link in record.dangling)
        reading = MarcReading(size, notes)
        self._read_control(record, reading)
        counts: dict[str, int] = {}
        for field in record.fields:
            number = counts[field.tag] = counts.get(field.tag, 0) + 1
            path = f"marc:{field.tag}[{number}]"
            if own_script and field.twin:
                field = field.turned()
            for slot, selector, as_node in self._wanted(field.tag):
                if selector.start is not None or not _passes(field, selector, number):
                    continue
                if as_node:
                    reading.slots[slot].append(MarcNode(field, path, language))
                else:
                    reading.slots[slot].extend(_items(field, selector, path, language))
        return reading

    def _record(self, root: Any, wanted: Callable[[str], bool]) -> tuple[MarcRecord, tuple[Issue, ...]]:
        if not isinstance(root, bytes):
            return read_marcxml(root, wanted), ()
        try:
            return read_iso2709(root, wanted, charset=self._charset)
        except Iso2709Refused as refused:
            raise PayloadUnreadable(refused.issue) from None

    def _read_control(self, record: MarcRecord, reading: MarcReading) -> None:
        for tag, values in [("LDR", [record.leader]), *record.control.items()]:
            for slot, selector, _ in self._wanted(tag):
                for value in values:
                    text = value if selector.start is None else value[selector.start : selector.end]
                    if text.strip():
                        path = f"marc:{tag}" if selector.start is None else f"marc:{tag}/{_cut(selector)}"
                        reading.slots[slot].append(Item(text=text.rstrip(), path=path))

    def items(self, node: MarcNode, selector: MarcSelector) -> list[Item]:
        """The values that `$a$b` finds in the field of an `each`."""
        return list(_items(node.field, selector, node.path, node.lang))

    def unread(self, root: Any) -> list[str]:
        """Tags that no selector asks for."""
        record = self._record(root, lambda _: True)[0]
        tags = [*record.control, *(field.tag for field in record.fields)]
        return [f"marc:{tag}" for tag in tags if not self._wanted(tag)]


def _has_own_script(record: MarcRecord) -> bool:
    """Whether the material's language (008/35-37) is written in another script than Latin.

    Then the form in that script is the value, and the transliteration its variant.
    """
    languages = [value[35:38] for value in record.control.get("008", ())]
    return bool(languages) and shipped("language_scripts").get(languages[0]) is not None


def _cut(selector: MarcSelector) -> str:
    last = (selector.end or 1) - 1
    return f"{selector.start:02d}" if last == selector.start else f"{selector.start:02d}-{last:02d}"


def _tag_matches(pattern: str, tag: str) -> bool:
    return pattern == tag or (
        "X" in pattern and len(tag) == 3 and all(a in (b, "X") for a, b in zip(pattern, tag, strict=True))
    )


def _passes(field: MarcField, selector: MarcSelector, number: int) -> bool:
    if selector.link and not field.twin:
        return False
    return all(_holds(field, predicate, number) for predicate in selector.predicates)


def _holds(field: MarcField, predicate: Predicate, number: int) -> bool:
    if predicate.kind == "place":
        return predicate.place == number
    if predicate.kind == "indicator":
        return (field.indicators[int(predicate.name) - 1] == predicate.value) != predicate.negated
    held = [value for code, value in field.subfields if code == predicate.name]
    if predicate.value is None:
        return bool(held) != predicate.negated
    return (predicate.value in held) != predicate.negated


def _items(field: MarcField, selector: MarcSelector, path: str, lang: str | None) -> Iterator[Item]:
    """One code gives a value a subfield, several give one value in field order."""
    codes = selector.codes
    texts = field.values(codes)
    if not texts and not field.twin:
        return
    twins = _twin_values(field, codes)
    if selector.link:
        texts, twins = twins, []
    if not selector.apart:
        texts, twins = [" ".join(texts)], [" ".join(twins)] if twins else []
    where = path + _written(selector)
    paired = len(twins) == len(texts)
    for position, text in enumerate(texts):
        if text := text.strip():
            twin = twins[position].strip() if paired else ""
            yield Item(text=_nfc(text), lang=lang, twin=_nfc(twin) or None, path=where)


def _written(selector: MarcSelector) -> str:
    if selector.apart and len(selector.codes) > 1:
        return f"$[{selector.codes}]"
    return "".join([f"${code}" for code in selector.codes])


def _twin_values(field: MarcField, codes: str) -> list[str]:
    return field.twin_values(codes) if field.twin else []


def _nfc(text: str) -> str:
    return text if text.isascii() else normalize("NFC", text)
