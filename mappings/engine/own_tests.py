"""The tests that a crosswalk carries: a fragment set into a minimal record, and what must come of it."""

from __future__ import annotations

from typing import Any

import msgspec

from mappings.engine.apply import apply
from mappings.engine.compiled import Compiled
from mappings.engine.inputs import Format
from mappings.engine.outcome import Context, Mapped, Outcome, Rejected, Skipped
from mappings.engine.rules import Test
from mappings.engine.yaml_nodes import Plain
from mappings.errors import Fault
from mappings.formats.marcxml import mnemonic_lines
from mappings.formats.table import Row, payload_of
from mappings.said import Said, said
from mappings.schema.holding import Institution
from mappings.schema.raw import RawRecord

#: what tests know of a feed
TEST_CONTEXT = Context(feed="test", institution=Institution(name="Test institution"))
_LEADER = "00000nam a2200000 a 4500"


def run_tests(compiled: Compiled, *, source: str) -> list[Fault]:
    """`test_failed` for each test of the crosswalk that fails; `source` names nothing but the fault's file."""
    faults = []
    for number, test in enumerate(compiled.crosswalk.tests, 1):
        outcome = apply(compiled, minimal_record(compiled.format, test.inline), TEST_CONTEXT)
        for why in _failures(test, outcome):
            fault = test.place.fault("test_failed", said("test %(number)s: %(why)s", number=number, why=why))
            faults.append(msgspec.structs.replace(fault, file=fault.file or source))
    return faults


def minimal_record(format_: Format, inline: str) -> RawRecord:
    """A record that would map by itself, with `inline` in it."""
    match format_.walk:
        case "row":
            payload = _row(inline)
        case "json":
            payload = inline or "{}"
        case walk:
            body = _marc(format_, inline) if walk == "marc" else _xml(format_, inline)
            payload = f"<record><metadata>{body}</metadata></record>"
    return RawRecord(
        feed="test",
        identifier="oai:test:1",
        datestamp="2020-01-01",
        payload_sha256="",
        payload=payload,
        format=format_.name,
    )


def _row(inline: str) -> str:
    """The mapping of a test as a row; anything else stays what it is, and is no row."""
    try:
        cells = msgspec.json.decode(inline or "{}", type=dict[str, str | int | float | bool | None])
    except msgspec.DecodeError:
        return inline
    stated = {column: str(value) for column, value in cells.items() if value is not None}
    return payload_of(Row(cells=stated)).decode()


def _xml(format_: Format, inline: str) -> str:
    declared = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in format_.prefixes.items())
    if format_.frame:
        own = inline.startswith(format_.filler.partition(">")[0].partition(" ")[0])
        return format_.frame.format(inline if own else format_.filler + inline)
    root = min(format_.roots)
    title = "" if "title" in inline else "<dc:title>Test</dc:title>"
    return f"<{root}{declared}>{title}{inline}</{root}>"


def _marc(format_: Format, inline: str) -> str:
    lines = list(mnemonic_lines(inline))
    held = {tag for tag, _, _ in lines}
    lines += [line for line in mnemonic_lines(format_.filler) if line[0] not in held]
    leader = next((str(content) for tag, _, content in lines if tag == "LDR"), _LEADER)
    fields = [_marc_field(tag, marks, content) for tag, marks, content in lines if tag != "LDR"]
    declared = f' xmlns="{next(iter(format_.prefixes.values()))}"'
    return f"<record{declared}><leader>{leader}</leader>{''.join(fields)}</record>"


def _marc_field(tag: str, marks: str, content: Any) -> str:
    if isinstance(content, str):
        return f'<controlfield tag="{tag}">{_escaped(content)}</controlfield>'
    parts = "".join(f'<subfield code="{code}">{_escaped(value)}</subfield>' for code, value in content)
    return f'<datafield tag="{tag}" ind1="{marks[0]}" ind2="{marks[1]}">{parts}</datafield>'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _failures(test: Test, outcome: Outcome) -> list[Said]:
    kind = type(outcome).__name__.lower()
    wanted = test.outcome or "mapped"
    if kind != wanted:
        return [_other_end(wanted, kind, ", ".join(_issues(outcome)))]
    found = _issues(outcome)
    failures = [said("the issue %(code)s was expected", code=code) for code in test.issues if code not in found]
    if isinstance(outcome, Mapped):
        records = [msgspec.to_builtins(unit.record) for unit in outcome.units]
        record = {**records[0], "units": records}
        failures += [why for path, value in test.expect if (why := _difference(record, path, value)) is not None]
    return failures


#: what becomes of a record, as a test may name it
_ENDS = {
    "mapped": said("a description"),
    "rejected": said("a rejection"),
    "skipped": said("a record that is skipped"),
    "deleted": said("a deletion"),
}


def _other_end(wanted: str, came: str, codes: str) -> Said:
    expected, found = _ENDS.get(wanted, wanted), _ENDS.get(came, came)
    if not codes:
        return said("%(expected)s was expected, %(found)s came", expected=expected, found=found)
    return said("%(expected)s was expected, %(found)s came (%(codes)s)", expected=expected, found=found, codes=codes)


def _issues(outcome: Outcome) -> list[str]:
    match outcome:
        case Mapped(units=units):
            return [found.code for unit in units for found in unit.issues]
        case Rejected(issue=found):
            return [found.code]
        case Skipped(reason=reason):
            return [reason]
        case _:
            return []


#: what a record that states nothing there holds
_UNSTATED = {"access.status": "unknown", "access.line": "full", "hierarchy.depth": 0}


def _difference(record: Any, path: str, value: Plain) -> Said | None:
    found = at_path(record, path)
    if found is None:
        found = _UNSTATED.get(path.rpartition("].")[2] if path.startswith("units[") else path)
    if found == value:
        return None
    return said("%(path)s is %(found)s, expected %(expected)s", path=path, found=_shown(found), expected=_shown(value))


def _shown(value: Any) -> str | Said:
    """A value of a record for people; a text in quotation marks."""
    if value is None:
        return said("nothing")
    return str(value).lower() if isinstance(value, bool) else repr(value)


def at_path(record: Any, path: str) -> Any:
    """The value under a dotted path with `[i]`; None where there is none."""
    found = record
    for part in path.replace("]", "").replace("[", ".").split("."):
        if isinstance(found, list | tuple):
            found = found[int(part)] if part.isdigit() and int(part) < len(found) else None
        elif isinstance(found, dict):
            found = found.get(part)
        else:
            return None
    return found
