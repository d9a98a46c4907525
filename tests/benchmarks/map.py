"""Mapping: full records with the rule of every value, against peers that do the same work on the same records.

MARC 21 is measured beside pymarc with 29 rules written by hand: once with the same 29 rules, once with the whole base;
Dublin Core beside linkml-map with a rule an element.
Reading from the files is no part of the measurement, parsing the records is. The share of values that were not worked
out anew is told, and whether the engine runs as C extensions (`make compiled`).
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pymarc

from harvester.files.mapping import raw_records
from mappings.engine import unit
from mappings.engine.apply import apply
from mappings.engine.compiled import Compiled
from mappings.engine.library import compiled
from mappings.engine.outcome import Context, Mapped
from mappings.formats.namespaces import declared
from mappings.schema.holding import Institution
from mappings.schema.raw import RawRecord
from tests.benchmarks.peers.dc_by_linkml import by_linkml
from tests.benchmarks.peers.marc_by_hand import by_hand
from tests.benchmarks.result import Measured, Result, measured
from tests.sample_data import SAMPLE_DATA

CONTEXT = Context(feed="feed", institution=Institution(name="Institution", slug="institution"))

#: whether the engine runs as C extensions
IS_COMPILED = not str(unit.__file__).endswith(".py")

#: what is measured -> (base, folder of the samples, ending)
SUBJECTS = {
    "oai_dc": ("base/oai_dc", "oai_dc", "*.xml.gz"),
    "marc21": ("base/marc21", "marc21", "*.mrc.gz"),
    "marcxml": ("base/marc21", "marcxml", "*.xml.gz"),
}


def run(records: int) -> list[Result]:
    """Each format over its samples, again and again up to `records` records, and the peer."""
    data = SAMPLE_DATA / "records"
    print(f"mapping is {'compiled' if IS_COMPILED else 'interpreted'}", file=sys.stderr)
    found: list[Result] = []
    for name, (base, folder, pattern) in SUBJECTS.items():
        held = list(_records(data / folder, pattern, compiled(base)))
        found += _exchange(name, compiled(base), held, records)
    same_rules = compiled(files("tests.benchmarks.peers").joinpath("marc_29.yaml").read_text(encoding="utf-8"))
    held = list(_records(data / "marc21", "*.mrc.gz", same_rules))
    found += _exchange("marc21, 29 rules", same_rules, held, records)
    found.append(_pymarc(data / "marc21", records))
    held = list(_records(data / "oai_dc", "*.xml.gz", compiled("base/oai_dc")))
    return [*found, *_linkml(held, records)]


def _linkml(held: Sequence[RawRecord], records: int) -> list[Result]:
    try:
        mapped = by_linkml()
    except ImportError:
        print("linkml-map is not installed (make bench installs it)", file=sys.stderr)
        return []
    chosen = [declared(each.payload, each.namespaces) for each in islice(cycle(held), max(records, len(held)))]
    _, taken = _measure([each for each in chosen if each], mapped)
    return [taken.per_cpu_second("map oai_dc", "linkml-map", len(chosen))]


def _records(folder: Path, pattern: str, program: Compiled) -> Iterator[RawRecord]:
    for path in sorted(folder.glob(pattern)):
        yield from (record for record in raw_records(program, path, "feed") if not record.deleted)


def _exchange(name: str, program: Compiled, held: Sequence[RawRecord], records: int) -> list[Result]:
    chosen = list(islice(cycle(held), max(records, len(held))))
    mapped, taken = _measure(chosen, lambda raw: isinstance(apply(program, raw, CONTEXT), Mapped))
    together = [slot.kept for slot in program.by_slot.together if slot]
    kept = [*together, *(rule.kept for rule in program.programs)]
    asked, missed = sum(each.asked for each in kept), sum(each.misses for each in kept)
    print(f"{name}: {mapped} of {len(chosen)} mapped", file=sys.stderr)
    hits = Result(
        name=f"map {name} kept",
        subject="exchange",
        value=round(1 - missed / asked, 4) if asked else 0.0,
        unit="share of values",
        n=asked,
        cpu_seconds=0.0,
        wall_seconds=0.0,
        peak_mib=0.0,
    )
    return [taken.per_cpu_second(f"map {name}", "exchange", len(chosen)), hits]


def _measure(chosen: Sequence[Any], one: Callable[[Any], object]) -> tuple[int, Measured]:
    with measured() as taken:
        done = sum(bool(one(each)) for each in chosen)
    return done, taken


def _pymarc(folder: Path, records: int) -> Result:
    pieces = [piece for path in sorted(folder.glob("*.mrc.gz")) for piece in _split(path)]
    chosen = list(islice(cycle(pieces), max(records, len(pieces))))
    _, taken = _measure(chosen, lambda data: by_hand(pymarc.Record(data, to_unicode=True)))
    return taken.per_cpu_second("map marc21, 29 rules", "pymarc", len(chosen))


def _split(path: Path) -> list[bytes]:
    return [part + b"\x1d" for part in gzip.decompress(path.read_bytes()).split(b"\x1d") if part.strip()]
