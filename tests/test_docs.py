"""The docs cannot drift: every command and every setting is named in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import typer

from portal_api.commands.entry import app
from portal_api.config import Settings

DOCS = "\n".join(
    path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent.parent / "docs" / "guide").glob("*.md"))
)


def commands(group: typer.Typer, before: str = "") -> Iterator[str]:
    for command in group.registered_commands:
        name = command.name or (command.callback.__name__ if command.callback else "")
        yield f"{before}{name}"
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        yield from commands(inner.typer_instance, f"{before}{inner.name} ")


def settings() -> Iterator[str]:
    for section in msgspec.structs.fields(Settings):
        for field in msgspec.structs.fields(section.type):
            yield f"{section.name}.{field.name}"


@pytest.mark.parametrize("command", sorted(commands(app)))
def test_every_command_is_named_in_the_docs(command: str) -> None:
    assert f"`{command}" in DOCS or f"archive-exchange {command}" in DOCS


@pytest.mark.parametrize("setting", sorted(settings()))
def test_every_setting_is_named_in_the_docs(setting: str) -> None:
    assert f"`{setting}`" in DOCS


def test_no_two_decisions_have_one_number() -> None:
    folder = Path(__file__).parent.parent / "docs" / "decisions"
    numbers = [path.name[:4] for path in folder.glob("[0-9]*.md")]
    assert sorted(numbers) == sorted(set(numbers))
