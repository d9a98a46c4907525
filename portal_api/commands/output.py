"""How a command speaks: tables and bars on a terminal, plain lines elsewhere, JSON where a program reads."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

console = Console(soft_wrap=True)
errors = Console(stderr=True, soft_wrap=True)

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, one value a line.")]


def print_json(value: object) -> None:
    """One line of JSON on standard output."""
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
    sys.stdout.flush()


def print_rows(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table on a terminal, tab-separated lines elsewhere."""
    if not console.is_terminal:
        for row in rows:
            sys.stdout.write("\t".join(str(cell) for cell in row) + "\n")
        return
    table = Table(*heads, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    console.print(table)


def print_headed(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table whose columns are named wherever it goes: one of several in a report."""
    if not console.is_terminal:
        sys.stdout.write("\t".join(heads) + "\n")
    print_rows(heads, rows)


def counted(number: int, one: str, several: str = "") -> str:
    """The number with its words: `1 page`, `2 pages`; `several` where the plural is more than an `s` behind `one`."""
    return f"{number} {one if number == 1 else several or one + 's'}"


def say(line: str) -> None:
    """A plain line for people, flushed at once, so that whoever started us can read it."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Bar:
    """Progress of one long step."""

    def __init__(self, progress: Progress | None, task: TaskID | None) -> None:
        self._progress, self._task = progress, task

    def reach(self, done: int, total: int | None = None) -> None:
        """Shows `done` of `total`; a total that is not known shows a moving bar."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=done, total=total)


@contextmanager
def progress(label: str) -> Iterator[Bar]:
    """A bar on a terminal, nothing elsewhere."""
    if not errors.is_terminal:
        yield Bar(None, None)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True) as shown:
        yield Bar(shown, shown.add_task(label, total=None))
