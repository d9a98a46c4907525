"""The crosswalks that ship, and the one way from a crosswalk's text to a program."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec

from mappings.engine.check import WARNINGS, check
from mappings.engine.compile import compile_crosswalk
from mappings.engine.compiled import Compiled
from mappings.engine.crosswalk import load, read
from mappings.engine.family import joined_to_check, with_parents
from mappings.engine.kinds import about, write
from mappings.engine.own_tests import run_tests
from mappings.engine.rules import Crosswalk
from mappings.engine.tables import Table
from mappings.errors import CrosswalkInvalid, CrosswalkMissing, Fault
from mappings.said import Said, said

_BASE = "base/"
_VERSION = re.compile(r"^version:[ \t]*(\d+)", re.MULTILINE)

#: entry points of packages whose folder `base` holds more crosswalks, or newer versions of those that ship
GROUP = "archive_exchange.crosswalks"


def names() -> tuple[str, ...]:
    """The crosswalks that ship, such as `base/oai_dc`."""
    return tuple(sorted(_shelf()))


def base(name: str) -> str:
    """The text of a crosswalk that ships: the newest, or the version that `name` pins, as in `base/oai_dc@1`.

    raises  CrosswalkMissing
    """
    bare, _, wanted = name.partition("@")
    versions = _shelf().get(bare)
    if versions is None:
        why = said(
            "no crosswalk %(name)s ships with the exchange; there are %(names)s", name=bare, names=", ".join(names())
        )
        raise CrosswalkMissing(why)
    number = int(wanted) if wanted.isascii() and wanted.isdigit() else max(versions)
    if number not in versions or (wanted and str(number) != wanted):
        newest = f"{bare}@{max(versions)}"
        raise CrosswalkMissing(
            said(
                "%(name)s has no version %(version)s; the newest is %(newest)s",
                name=bare,
                version=wanted,
                newest=newest,
            )
        )
    return versions[number].read_text(encoding="utf-8")


def pinned(name: str) -> str:
    """A base with its newest version, such as `base/oai_dc@1`; any other name, and a pinned one, as it is."""
    versions = _shelf().get(name)
    return f"{name}@{max(versions)}" if versions else name


@cache
def _shelf() -> dict[str, dict[int, Traversable]]:
    """Every version of every base: the house's own and those of installed packages."""
    found: dict[str, dict[int, Traversable]] = {}
    for package in ("mappings.crosswalks", *(point.value for point in entry_points(group=GROUP))):
        for entry in files(package).joinpath("base").iterdir():
            if entry.name.endswith(".yaml"):
                version = _VERSION.search(entry.read_text(encoding="utf-8"))
                name = entry.name.removesuffix(".yaml").partition("@")[0]
                found.setdefault(f"{_BASE}{name}", {})[int(version[1]) if version else 1] = entry
    return found


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
    """The program of a crosswalk's text, and every fault at once by line, warnings included."""
    program, faults = _judged(text, file, tables)
    return program, sorted(faults, key=lambda fault: (fault.file != file, fault.line, fault.column))


def _judged(text: str, file: str, tables: tuple[Table, ...]) -> tuple[Compiled | None, list[Fault]]:
    try:
        crosswalk, faults = read(text, file=file)
    except CrosswalkInvalid as error:
        return None, list(error.faults)
    try:
        whole = with_parents(crosswalk, _parent)
    except CrosswalkInvalid as error:
        return None, faults + list(error.faults) + _faults_of_rules(crosswalk, tables)
    program, more = check(whole, tables)
    if program is None or not whole.sections:
        return program, faults + more
    sections, missing = _sections(whole)
    return msgspec.structs.replace(program, sections=sections), faults + more + missing


def _faults_of_rules(crosswalk: Crosswalk, tables: tuple[Table, ...]) -> list[Fault]:
    """What is wrong with single rules of a crosswalk that cannot be joined; nothing where its parent is missing."""
    try:
        return compile_crosswalk(joined_to_check(crosswalk, _parent), tables)[1]
    except CrosswalkInvalid:
        return []


def _sections(wrapper: Crosswalk) -> tuple[dict[str, Compiled], list[Fault]]:
    """The programs of a wrapper's sections, under the wrapper's own name and version, and pins that lead nowhere."""
    place = wrapper.places.get("sections", wrapper.place)
    found, faults = {}, []
    for format_, label in wrapper.sections.items():
        try:
            inner = compiled(label)
        except (CrosswalkInvalid, CrosswalkMissing) as error:
            newest = pinned(label.partition("@")[0])
            why = error.why if isinstance(error, CrosswalkMissing) else _first(label, error)
            faults.append(place.fault("parent_missing", why, write(newest) if newest != label else None))
            continue
        named = msgspec.structs.replace(inner.crosswalk, name=wrapper.name, version=wrapper.version)
        found[format_] = msgspec.structs.replace(inner, crosswalk=named)
    return found, faults


def _first(name: str, invalid: CrosswalkInvalid) -> Said:
    """What is wrong first with a crosswalk that others build on."""
    return about(name, invalid.faults[0].why)


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
        raise CrosswalkMissing(_first(name, error)) from error
