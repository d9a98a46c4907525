"""MARC selectors as one dispatch by tag: only wanted fields are decoded, each with its 880 twin.

A record is a MARCXML element, or the bytes of ISO 2709.
"""

from __future__ import annotations

from typing import Any, Literal
from unicodedata import normalize

from mappings.engine.payload import PayloadUnreadable
from mappings.engine.reading import Reading
from mappings.engine.selectors import MarcSelector, Predicate
from mappings.engine.tables import shipped
from mappings.engine.values import Item
from mappings.formats.iso2709 import EVERY_TAG, Iso2709Refused, Tags, read_iso2709
from mappings.formats.marc_fields import MarcField, MarcRecord
from mappings.formats.marc_private import TAGS, public_part
from mappings.formats.marcxml import read_marcxml
from mappings.formats.unimarc import in_one_way
from mappings.schema.issue import Issue, issue

#: codes that are no language may be any three characters
_MOST_LANGUAGES = 2_000
#: families of MARC: what a tag means, and how scripts stand beside each other
Dialect = Literal["marc21", "unimarc", "cnmarc"]


class MarcNode:
    """A field of `each` with its path."""

    __slots__ = ("field", "lang", "path")

    def __init__(self, field: MarcField, path: str, lang: str | None) -> None:
        self.field, self.path, self.lang = field, path, lang


class _Ask:
    """What a selector wants of the fields of its tag."""

    __slots__ = ("apart", "as_node", "codes", "cut", "is_plain", "link", "predicates", "slot", "tag", "where")

    def __init__(self, slot: int, selector: MarcSelector, as_node: bool) -> None:
        self.slot, self.as_node = slot, as_node
        self.tag, self.link = (selector.link, True) if selector.link else (selector.tag, False)
        self.predicates, self.codes, self.apart = selector.predicates, selector.codes, selector.apart
        #: start and end of a slice of a control field
        self.cut = None if selector.start is None else slice(selector.start, selector.end)
        self.where = _written(selector)
        #: whether it takes every field of its tag
        self.is_plain = not (self.predicates or self.link)


class MarcWalk:
    """The compiled selectors of one crosswalk."""

    def __init__(self, charset: str = "", dialect: Dialect = "marc21") -> None:
        self._charset, self._dialect = charset, dialect
        #: tags whose fields may be private
        self._private = TAGS if dialect == "marc21" else frozenset()
        #: where the language of the material stands
        self._language = "008" if dialect == "marc21" else "101"
        self._asks: list[_Ask] = []
        self._by_tag: dict[str, list[_Ask]] = {}
        self._tags = Tags(self._reads)
        #: inside `each`: selector -> what it wants
        self._relative: dict[MarcSelector, _Ask] = {}
        self._paths: dict[tuple[str, int], str] = {}
        #: codes of languages -> whether they are written in another script than Latin
        self._other_scripts: dict[str, bool] = {}

    def add(self, slot: int, selector: MarcSelector, *, as_node: bool) -> None:
        """Makes the walk fill `slot` with what `selector` finds."""
        self._asks.append(_Ask(slot, selector, as_node))

    def close(self) -> None:
        """Nothing to build: the dispatch fills as tags are met."""
        self._by_tag.clear()
        self._tags.clear()

    def _wanted(self, tag: str) -> list[_Ask]:
        found = self._by_tag.get(tag)
        if found is None:
            found = [ask for ask in self._asks if _tag_matches(ask.tag, tag)]
            if found:
                self._by_tag[tag] = found
        return found

    def _reads(self, tag: str) -> bool:
        return bool(self._wanted(tag)) or tag == self._language

    def read(self, root: Any, size: int, language: str | None, *, languages: bool = True) -> Reading:
        """One walk over a record; MARC fields state no language of their own.

        raises  PayloadUnreadable
        """
        record, notes = self._record(root, self._tags)
        own_script = self._has_own_script(record)
        if record.dangling:
            notes += tuple([issue("link_dangling", excerpt=link) for link in record.dangling])
        reading = Reading(size, notes)
        self._read_control(record, reading)
        counts: dict[str, int] = {}
        for field in record.fields:
            tag = field.tag
            number = counts.get(tag, 0) + 1
            counts[tag] = number
            shown = public_part(field) if tag in self._private else field
            if shown is not None:
                self._read_field(shown.turned() if own_script and shown.twin else shown, number, language, reading)
        return reading

    def _has_own_script(self, record: MarcRecord) -> bool:
        """Whether the material's language (008/35-37, 101 $a) is written in another script than Latin.

        Then the form in that script is the value, and the transliteration its variant.
        """
        code = _language_of(record)
        if code is None:
            return False
        found = self._other_scripts.get(code)
        if found is None:
            if len(self._other_scripts) >= _MOST_LANGUAGES:
                self._other_scripts.clear()
            found = self._other_scripts[code] = shipped("language_scripts").get(code) is not None
        return found

    def _read_field(self, field: MarcField, number: int, language: str | None, reading: Reading) -> None:
        path = self._path(field.tag, number)
        for ask in self._by_tag.get(field.tag, ()):
            if not (ask.is_plain or _passes(field, ask, number)):
                continue
            if ask.as_node:
                reading.put(ask.slot, [MarcNode(field, path, language)])
            elif ask.cut is None and (found := _items(field, ask, path, language)):
                reading.put(ask.slot, found)

    def _path(self, tag: str, number: int) -> str:
        path = self._paths.get((tag, number))
        if path is None:
            path = f"marc:{tag}[{number}]"
            if number <= 100:
                self._paths[tag, number] = path
        return path

    def _record(self, root: Any, tags: Tags) -> tuple[MarcRecord, tuple[Issue, ...]]:
        record, notes = self._fields(root, tags)
        if self._dialect != "marc21":
            record = in_one_way(record, pinyin=self._dialect == "cnmarc")
        return record, notes

    def _fields(self, root: Any, tags: Tags) -> tuple[MarcRecord, tuple[Issue, ...]]:
        if not isinstance(root, bytes):
            return read_marcxml(root, tags.wanted), ()
        try:
            return read_iso2709(root, tags, charset=self._charset)
        except Iso2709Refused as refused:
            raise PayloadUnreadable(refused.issue) from None

    def _read_control(self, record: MarcRecord, reading: Reading) -> None:
        self._read_controls("LDR", [record.leader], reading)
        for tag, values in record.control.items():
            self._read_controls(tag, values, reading)

    def _read_controls(self, tag: str, values: list[str], reading: Reading) -> None:
        for ask in self._wanted(tag):
            for value in values:
                text = (value if ask.cut is None else value[ask.cut]).rstrip()
                if text.strip():
                    reading.put(ask.slot, [Item(text=text, path=f"marc:{tag}{ask.where}")])

    def items(self, node: MarcNode, selector: MarcSelector) -> list[Item]:
        """The values that `$a$b` finds in the field of an `each`, or its indicator."""
        if selector.indicator:
            text = node.field.indicators[selector.indicator - 1].strip()
            return [Item(text=text, path=f"{node.path}/ind{selector.indicator}")] if text else []
        ask = self._relative.get(selector)
        if ask is None:
            ask = self._relative[selector] = _Ask(0, selector, False)
        return _items(node.field, ask, node.path, node.lang)

    def unread(self, root: Any) -> list[str]:
        """Tags that no selector asks for."""
        record = self._record(root, EVERY_TAG)[0]
        tags = [*record.control, *(field.tag for field in record.fields)]
        return [f"marc:{tag}" for tag in tags if not self._wanted(tag)]


def _language_of(record: MarcRecord) -> str | None:
    for value in record.control.get("008", ()):
        return value[35:38]
    for field in record.fields:
        if field.tag == "101" and (found := field.values("a")):
            return found[0]
    return None


def _tag_matches(pattern: str, tag: str) -> bool:
    return pattern == tag or (
        "X" in pattern and len(tag) == 3 and all(a in (b, "X") for a, b in zip(pattern, tag, strict=True))
    )


def _passes(field: MarcField, ask: _Ask, number: int) -> bool:
    if ask.link and not field.twin:
        return False
    return all(_holds(field, predicate, number) for predicate in ask.predicates)


def _holds(field: MarcField, predicate: Predicate, number: int) -> bool:
    if predicate.kind == "place":
        return predicate.place == number
    if predicate.kind == "indicator":
        return (field.indicators[int(predicate.name) - 1] == predicate.value) != predicate.negated
    held = [value for code, value in field.subfields if code == predicate.name]
    if predicate.value is None:
        return bool(held) != predicate.negated
    return (predicate.value in held) != predicate.negated


def _items(field: MarcField, ask: _Ask, path: str, lang: str | None) -> list[Item]:
    """One code gives a value a subfield, several give one value in field order."""
    texts = field.values(ask.codes)
    if field.twin:
        return _twin_items(field, ask, path, lang, texts)
    if not texts:
        return []
    path += ask.where
    if not ask.apart:
        texts = [" ".join(texts)]
    return [Item(text=_nfc(text), lang=lang, path=path) for each in texts if (text := each.strip())]


def _twin_items(field: MarcField, ask: _Ask, path: str, lang: str | None, texts: list[str]) -> list[Item]:
    """The same with the values of the paired 880; a selector of 880 gives those alone.

    What only one of the two says (dates, roles, numbers stand in one of them as a rule) counts for both.
    """
    twins = field.twin_values(ask.codes)
    if ask.link or not texts:
        texts, twins = twins, []
    if not ask.apart:
        texts, twins = [" ".join(texts)], [" ".join(twins)] if twins else []
    paired = len(twins) == len(texts)
    found = []
    for position, text in enumerate(texts):
        if text := text.strip():
            twin = twins[position].strip() if paired else ""
            found.append(Item(text=_nfc(text), lang=lang, twin=_nfc(twin) or None, path=path + ask.where))
    return found


def _written(selector: MarcSelector) -> str:
    """What a source path says behind its field."""
    if selector.start is not None:
        last = (selector.end or 1) - 1
        return f"/{selector.start:02d}" if last == selector.start else f"/{selector.start:02d}-{last:02d}"
    if selector.apart and len(selector.codes) > 1:
        return f"$[{selector.codes}]"
    return "".join([f"${code}" for code in selector.codes])


def _nfc(text: str) -> str:
    return text if text.isascii() else normalize("NFC", text)
