"""`link evaluate`: how well the rules judge records that people have labelled, and where they fail."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from federation.errors import RequestRefused
from federation.linkage.evaluation import Judged, Wrong, judged
from federation.linkage.labelled import LabelledSet, pair_set, whole_set
from federation.linkage.ruleset import base, read_ruleset
from federation.pipeline.judged_records import judged_set
from federation.storage.linkage import feed_links
from portal_api.commands.folders import standing
from portal_api.commands.output import JsonOption, print_json, print_rows, progress, say
from portal_api.wiring import open_store

_RECORDS, _GOLD, _PAIRS = "records.jsonl", "gold_pairs.tsv", "pairs.jsonl"

Folder = Annotated[
    Path | None, typer.Argument(metavar="DIR", help="A labelled set, or a folder of them.", file_okay=False)
]
JudgedOption = Annotated[
    Path | None, typer.Option("--data", help="Folder of an exchange: what its people judged is a set too.")
]
Rules = Annotated[Path | None, typer.Option(help="A rule set to try; without it the one that ships.", dir_okay=False)]
Free = Annotated[list[str] | None, typer.Option(help="A source that holds nothing twice; may be repeated.")]
Worst = Annotated[int, typer.Option(help="How many wrong pairs of each sort to show for a set.", min=0)]
BarsFile = Annotated[
    Path | None, typer.Option(help="YAML, set to figure to least value; exit 1 below.", dir_okay=False)
]

#: set -> figure -> the least it may be
Bars = dict[str, dict[str, float]]


def evaluate(
    folder: Folder = None,
    rules: Rules = None,
    duplicate_free: Free = None,
    worst: Worst = 5,
    bars: BarsFile = None,
    data: JudgedOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Hold the rules against labelled records: precision, recall, F1, and the worst wrong pairs with their evidence.

    With `--data` against the records that people of that exchange have judged, too.
    """
    if folder is None and data is None:
        raise typer.BadParameter("name a folder with labelled sets, or an exchange by --data")
    ruleset = read_ruleset(_text(rules), file=str(rules)) if rules else base()
    least = _bars(bars) if bars else {}
    found = []
    with progress("labelled sets") as bar:
        sets = [*(_judged_here(data) if data else ()), *((each, ()) for each in (_sets(folder) if folder else ()))]
        for done, (each, alone) in enumerate(sets, 1):
            found.append(judged(each, ruleset, duplicate_free=(*alone, *(duplicate_free or ())), worst=worst))
            bar.reach(done, len(sets))
    if as_json:
        for result in found:
            print_json(result)
    else:
        _say_all(found)
    missed = [line for result in found for line in _below(result, least.get(result.name, {}))]
    for line in missed:
        typer.echo(line, err=True)
    if missed:
        raise typer.Exit(1)


def _judged_here(data: Path) -> tuple[tuple[LabelledSet, Sequence[str]]]:
    """What people of an exchange have judged, with its feeds that hold nothing twice."""
    with open_store(standing(data)) as store, store.reading() as connection:
        return ((judged_set(connection), sorted(feed_links.duplicate_free_feeds(connection))),)


def _sets(folder: Path) -> list[LabelledSet]:
    """The set in `folder`, or those in the folders inside it, by name."""
    found = [each for path in (folder, *sorted(folder.glob("*/"))) if (each := _set(path)) is not None]
    if not found:
        raise typer.BadParameter(f"{folder} holds no labelled set: {_PAIRS}, or {_RECORDS} with {_GOLD}")
    return found


def _set(folder: Path) -> LabelledSet | None:
    try:
        if (folder / _PAIRS).is_file():
            return pair_set(folder.name, _text(folder / _PAIRS))
        if (folder / _RECORDS).is_file() and (folder / _GOLD).is_file():
            return whole_set(folder.name, _text(folder / _RECORDS), _text(folder / _GOLD))
    except RequestRefused as refused:
        raise typer.BadParameter(str(refused)) from refused
    return None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{path}: expected a file in UTF-8, found {error}") from error


def _bars(path: Path) -> Bars:
    try:
        return msgspec.convert(YAML(typ="safe", pure=True).load(_text(path)), Bars)
    except (YAMLError, msgspec.ValidationError) as error:
        raise typer.BadParameter(f"{path}: expected set: {{figure: least}}, found {error}") from error


def _below(result: Judged, least: dict[str, float]) -> list[str]:
    return [
        f"{result.name}: {figure} is {reached}, expected at least {bar}"
        for figure, bar in least.items()
        if (reached := _figure(result, figure)) < bar
    ]


def _figure(result: Judged, name: str) -> float:
    found = getattr(result, name, None)
    if not isinstance(found, int | float):
        raise typer.BadParameter(f"there is no figure {name}")
    return found


# --- words --------------------------------------------------------------------------------------------------------


def _say_all(found: list[Judged]) -> None:
    print_rows(("set", "records", "same", "merged", "right", "precision", "recall", "F1", "met", "review/100"),
               [_row(result) for result in found])  # fmt: skip
    for result in found:
        for wrong in result.wrong:
            _say_wrong(result.name, wrong)


def _row(result: Judged) -> tuple[object, ...]:
    counts = (result.name, result.records, result.same, result.merged, result.right)
    shares = (result.precision, result.recall, result.f1, result.pairs_met)
    return (*counts, *(f"{share:.4f}" for share in shares), result.reviews)


def _say_wrong(name: str, wrong: Wrong) -> None:
    explanation = wrong.explanation
    say(f"\n{name}: {wrong.found}, people said {wrong.verdict}: {wrong.a} and {wrong.b}")
    for title in wrong.titles:
        say(f"  {title}")
    if explanation.gate:
        say(f"  parted by the gate {explanation.gate}: {explanation.verdict}")
    else:
        weighed = ", ".join(f"{each.name} {each.bits:+g}" for each in explanation.reasons) or "nothing to weigh"
        say(f"  {explanation.bits:g} bits: {weighed}")
    if wrong.through_others:
        say("  in one cluster through other records")
    say(f"  common keys: {', '.join(f'{key.kind} {key.value!r}' for key in explanation.keys) or 'none'}")
