"""The crosswalks that ship, and the one way from a crosswalk's text to a program."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import msgspec

from mappings.engine.check import WARNINGS, check
from mappings.engine.compile import Compiled
from mappings.engine.crosswalk import load, read
from mappings.engine.family import with_parents
from mappings.engine.own_tests import run_tests
from mappings.engine.rules import Crosswalk
from mappings.engine.tables import Table
from mappings.errors import CrosswalkInvalid, Fault

_BASE = "base/"


class CrosswalkMissing(LookupError):
    """No crosswalk of this name ships with the exchange."""


def names() -> tuple[str, ...]:
    """The crosswalks that ship, such as `base/oai_dc`."""
    folder = files("mappings.crosswalks").joinpath("base")
    found = [entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml")]
    return tuple(sorted(f"{_BASE}{name}" for name in found))


def base(name: str) -> str:
    """The text of a crosswalk that ships.

    raises  CrosswalkMissing
    """
    if name not in names():
        raise CrosswalkMissing(f"no crosswalk {name} ships with the exchange; there are {', '.join(names())}")
    path = files("mappings.crosswalks").joinpath("base", f"{name.removeprefix(_BASE)}.yaml")
    return path.read_text(encoding="utf-8")


@lru_cache(maxsize=64)
def compiled(name_or_text: str, *, file: str = "", tables: tuple[Table, ...] = ()) -> Compiled:
    """The program of a base by its name, or of a crosswalk by its text: loaded, joined, checked and compiled.

    file    how faults name the place; a base names itself
    tables  those that people keep and the text pins
    raises  CrosswalkInvalid with every fault; CrosswalkMissing for an unknown name
    """
    if "\n" not in name_or_text and ":" not in name_or_text:
        program, faults = judge(base(name_or_text), file=f"{name_or_text}.yaml")
    else:
        program, faults = judge(name_or_text, file=file or "crosswalk", tables=tables)
    stopping = [fault for fault in faults if fault.code not in WARNINGS]
    if stopping or program is None:
        raise CrosswalkInvalid(stopping)
    return program


def judge(text: str, *, file: str, tables: tuple[Table, ...] = ()) -> tuple[Compiled | None, list[Fault]]:
    """The program of a crosswalk's text, and every fault at once, warnings included."""
    try:
        crosswalk, faults = read(text, file=file)
    except CrosswalkInvalid as error:
        return None, list(error.faults)
    try:
        whole = with_parents(crosswalk, _parent)
    except CrosswalkInvalid as error:
        return None, faults + list(error.faults)
    program, more = check(whole, tables)
    if program is None or not whole.sections:
        return program, faults + more
    sections, missing = _sections(whole)
    return msgspec.structs.replace(program, sections=sections), faults + more + missing


def _sections(wrapper: Crosswalk) -> tuple[dict[str, Compiled], list[Fault]]:
    """The programs of a wrapper's sections, under the wrapper's own name and version, and pins that lead nowhere."""
    place = wrapper.places.get("sections", wrapper.place)
    found, faults = {}, []
    for format_, label in wrapper.sections.items():
        try:
            inner = compiled(label.partition("@")[0])
        except (CrosswalkInvalid, CrosswalkMissing) as error:
            faults.append(place.fault("parent_missing", str(error)))
            continue
        if inner.label != label:
            faults.append(place.fault("parent_missing", f"{label} is not there", f"write {inner.label}"))
            continue
        named = msgspec.structs.replace(inner.crosswalk, name=wrapper.name, version=wrapper.version)
        found[format_] = msgspec.structs.replace(inner, crosswalk=named)
    return found, faults


def check_text(text: str, *, file: str, tables: tuple[Table, ...] = ()) -> tuple[Fault, ...]:
    """Every fault of a crosswalk, or its failing tests, with its warnings; empty where there is nothing to mend."""
    program, faults = judge(text, file=file, tables=tables)
    if program is None or any(fault.code not in WARNINGS for fault in faults):
        return tuple(faults)
    return (*faults, *run_tests(program, source=file))


@lru_cache(maxsize=256)
def pinned_tables(text: str) -> tuple[str, ...]:
    """The tables that a crosswalk's text itself pins, as `name@version`; none of a text that cannot be read."""
    try:
        found = read(text, file="")[0]
    except CrosswalkInvalid:
        return ()
    return tuple(dict.fromkeys((*found.tables.values(), *((found.columns,) if found.columns else ()))))


def _parent(name: str) -> Crosswalk:
    try:
        return load(base(name), file=f"{name}.yaml")
    except CrosswalkInvalid as error:
        raise CrosswalkMissing(str(error)) from error
