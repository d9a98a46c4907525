"""Small crosswalks and records for the tests of the engine."""

from __future__ import annotations

from mappings.engine.apply import apply
from mappings.engine.compiled import Compiled
from mappings.engine.library import compiled
from mappings.engine.outcome import Context, Mapped, MappedUnit, Outcome
from mappings.errors import CrosswalkInvalid, Fault
from mappings.schema.holding import Institution
from mappings.schema.raw import RawRecord

CONTEXT = Context(feed="feed", institution=Institution(name="City Archive", slug="city", isil="XX-CITY"))

DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'


def record(
    inner: str, *, root: str = f"oai_dc:dc {DC}", deleted: bool = False, payload: str | None = None
) -> RawRecord:
    """A raw record around Dublin Core elements."""
    name = root.split()[0]
    body = f"<record><header/><metadata><{root}>{inner}</{name}></metadata></record>"
    return RawRecord(
        feed="feed",
        identifier="oai:x:1",
        datestamp="2020-01-01",
        payload_sha256="ab" * 32,
        payload=body if payload is None else payload,
        deleted=deleted,
        set_specs=("maps",),
    )


def program(rules: str, *, head: str = "") -> Compiled:
    """A crosswalk of `rules` on top of a title rule."""
    title = '  - {id: title, from: "dc:title", to: title}\n'
    text = f"crosswalk: test\ninput: {{format: oai_dc}}\n{head}\nrules:\n{title}{rules}\n"
    return compiled(text, file="test.yaml")


def outcome(rules: str, inner: str, *, head: str = "", context: Context = CONTEXT) -> Outcome:
    """What `rules` make of a record with a title and `inner`."""
    return apply(program(rules, head=head), record(f"<dc:title>T</dc:title>{inner}"), context)


def unit(rules: str, inner: str, *, head: str = "", context: Context = CONTEXT) -> MappedUnit:
    """The one unit that `rules` make."""
    found = outcome(rules, inner, head=head, context=context)
    assert isinstance(found, Mapped), found
    return found.units[0]


def base_unit(name: str, raw: RawRecord, context: Context = CONTEXT) -> MappedUnit:
    """The one unit that a base makes of `raw`."""
    found = apply(compiled(name), raw, context)
    assert isinstance(found, Mapped), found
    return found.units[0]


def faults(text: str) -> tuple[Fault, ...]:
    """The faults of a crosswalk, none where it is sound."""
    try:
        compiled(text, file="faulty.yaml")
    except CrosswalkInvalid as error:
        return error.faults
    return ()
