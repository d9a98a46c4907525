"""What is wrong with rules is told whole in every language: the sentence, and every word within it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import mappings.engine
from mappings.dates.calendars import CALENDARS
from mappings.engine.catalogue import REGISTRY
from mappings.engine.check import CODES
from mappings.engine.conditions import OPERATORS
from mappings.engine.kinds import KINDS
from mappings.engine.library import check_text, names
from mappings.engine.targets import shapes
from mappings.errors import Fault
from mappings.said import Said
from mappings.schema.record import CatalogueRecord
from portal_api.http.languages import strings
from tests.mappings.engine.test_check import FAULTY, HEAD, OPENING, TITLE, rule

_TEST = HEAD + "rules:\n" + TITLE + "tests:\n  - {input: {inline: '<dc:title>A</dc:title>'}, "
#: besides those that show that each code is found
MORE = [
    *(head + HEAD + "rules:\n" + TITLE + line for head, line in OPENING),
    _TEST + "expect: {title.value: B}}\n",
    _TEST + "expect: {edition: B}}\n",
    _TEST + "outcome: skipped}\n",
    _TEST + "issues: [title_missing]}\n",
    HEAD + "rules:\n" + TITLE + "tests:\n  - {input: {inline: ''}, expect: {title.value: B}}\n",
    HEAD + "rules: {a: 1}\nskip: 1\nversion: 0\ntables: []\ndefaults: []\nextends: [1]\ndrop: [nothing]\n",
    "input: {format: oai_dc}\nrules:\n" + TITLE,
    "crosswalk: t\nrules:\n" + TITLE,
    HEAD + "skip: [{when: {from: dc:x, exists: true}}]\nsplit: {root: a}\nparent: {do: [number]}\nrules:\n" + TITLE,
    rule("from: dc:x, const: [a], to: 'genre['"),
    rule("from: dc:x, const: y, to: 'title.value.x'"),
    *(rule(f"from: dc:x, to: {target}") for target in ("genre", "'agents[].name'", "type.x", "rights.text", "''")),
    *(
        rule(f"from: dc:x, when: {{{test}}}, to: type")
        for test in ("exists: 3", "longer_than: x", "in_table: zz", "level_is: [], from: ./a", "")
    ),
    *(
        rule(f"from: '{selector}', to: type")
        for selector in (
            "header:x", "feed:", "a/@b[1]", "", "dc:x[]", "dc:x[0]", "marc:2", "marc:008/5-3", "marc:245[q r]$a",
            "json:a", "json:/a[", "json:/a[b c]", "col:", "row:x", "$", "$abc$",
        )
    ),
    *(
        rule(f"from: dc:x, do: [extract: '{pattern}'], to: type")
        for pattern in (
            "[a", "a)", "*", "a{2000}", "a**", "(?P<n", "[z-a]", "(?z)", "\\8", "[[:x:]]", "(?i",
        )
    ),
    *(
        HEAD + f"rules:\n{broken}"
        for broken in (
            "  - a: b: c\n", "  - {a: 'b\n", '  - {a: "\\q"}\n', "  - a\n - b\n", "  - {a: b\n", "  a: - b\n",
            "  - a\n  b\n",
            "  - |x\n", "  - ? [a]\n", "  - !x a\n", "  - a: \u0007\n", "  - @a\n", "  - {[a]: b}\n",
        )
    ),
    "a: 1\n---\nb: 1\n",
    "a: " + "[" * 30 + "]" * 30,
]  # fmt: skip
_PLACEHOLDERS = re.compile(r"%\((\w+)\)s")
_WORDS = re.compile(r"[A-Za-z_]{3,}")
#: what is to be written, as it is
_CODE = re.compile(r"`[^`]+`|input: \{[^}]+\}")


def _sentences() -> Iterator[str]:
    """Every sentence that a fault may be told by, as it stands in the code."""
    for path in Path(mappings.engine.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "said":
                yield ast.literal_eval(node.args[0])


def _parts(sentence: Said) -> Iterator[Said]:
    yield sentence
    for value in sentence.values.values():
        if isinstance(value, Said):
            yield from _parts(value)


@pytest.mark.parametrize("sentence", sorted(set(_sentences())))
def test_every_sentence_has_its_translation_with_the_same_placeholders(sentence: str) -> None:
    told = strings("zh-Hans").gettext(sentence)
    assert told != sentence
    assert sorted(_PLACEHOLDERS.findall(told)) == sorted(_PLACEHOLDERS.findall(sentence))


def _found() -> list[tuple[str, Fault]]:
    texts = [text for _, text, _ in FAULTY] + MORE
    return [(text, fault) for text in texts for fault in check_text(text, file="t.yaml")]


def test_no_english_word_remains_in_what_is_told() -> None:
    """Words of the text itself stay, and names: of rules, keys, members, transforms, formats and crosswalks."""
    gettext, known = strings("zh-Hans").gettext, _names()
    for text, fault in _found():
        for sentence in (fault.why, *([fault.instead] if fault.instead else [])):
            own = set(_WORDS.findall(text)) | set(_WORDS.findall(gettext(sentence.text)))
            inner = {word for part in _parts(sentence) for word in _WORDS.findall(gettext(part.text))}
            left = set(_WORDS.findall(_CODE.sub("", sentence.told(gettext)))) - known - own - inner
            assert not left, (fault.code, sentence.told(gettext), left)


def _names() -> set[str]:
    """Names that are the same in every language."""
    members = {name for shape in shapes(CatalogueRecord).values() if shape.is_struct for name in shapes(shape.type)}
    words = {word for shape in shapes(CatalogueRecord).values() if shape.is_struct
             for inner in shapes(shape.type).values() for word in inner.words}  # fmt: skip
    parameters = {each.name for known in REGISTRY.values() for each in known.parameters}
    given = {word for known in REGISTRY.values() for each in known.parameters for word in each.words}
    told = {
        *OPERATORS,
        *REGISTRY,
        *shapes(CatalogueRecord),
        *members,
        *words,
        *parameters,
        *given,
        *names(),
        *CALENDARS,
    }
    # what a header and a row have, and the value that a test is filled up with
    told |= {"oai_dc", "datestamp", "identifier", "set_spec", "sheet", "file", "line", "column", "input", "Test"}
    return {part for each in told for part in _WORDS.findall(each)}


def test_every_code_is_told_here_and_most_of_the_sentences() -> None:
    faults = [fault for _, fault in _found()]
    assert {fault.code for fault in faults} == set(CODES)
    used = {part.text for fault in faults for part in _parts(fault.why)}
    used |= {part.text for fault in faults if fault.instead for part in _parts(fault.instead)}
    assert len(used) >= 100, sorted(set(_sentences()) - used - {each.text for each in KINDS.values()})


def test_a_fault_is_the_same_in_english_as_on_its_own() -> None:
    (fault,) = check_text(HEAD + "rules:\n" + TITLE + "  - {id: a, from: dc:x, to: titel}\n", file="t.yaml")
    assert fault.message == fault.why.told(strings("en").gettext)
