"""The guides name what exists: every command with its options, and every address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from typer.main import get_command

from portal_api.commands.entry import app
from portal_api.http.app import make_app
from tests.portal_api.staff import portal_over

GUIDES = sorted((Path(__file__).parents[2] / "docs" / "guide").glob("*.md"))
COMMANDS: Any = get_command(app)
PROGRAM = "archive-exchange "
#: options of `python -m tests.relevance`
OF_RELEVANCE = {"--collection", "--backend", "--misses"}
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_ADDRESS = re.compile(r"`(?:(?:GET|POST|PUT|DELETE|HEAD) )?(/[^`\s?]*)[^`]*`")


def written(guide: Path) -> Iterator[str]:
    """What stands in a guide as code: each span, and each line of a block."""
    text = guide.read_text(encoding="utf-8")
    for block in _FENCED.findall(text):
        yield from block.splitlines()[1:-1]
    for span in re.findall(r"`([^`]+)`", _FENCED.sub("", text)):
        yield " ".join(span.split())


def commands(guide: Path) -> Iterator[str]:
    """The commands among it, without the program's name; a first word that no command has is something else."""
    for code in written(guide):
        if code.startswith(PROGRAM) or code.split(" ")[0] in COMMANDS.commands:
            yield code.removeprefix(PROGRAM)


def missing(command: str) -> str:
    """The first word of a command that the command line does not have; empty where it has all."""
    found = COMMANDS
    words = command.split("#")[0].split()
    while hasattr(found, "commands") and words and re.fullmatch(r"[a-z][a-z-]*", words[0]):
        if words[0] not in found.commands:
            return words[0]
        found = found.commands[words.pop(0)]
    known = {option for each in found.params for option in (*each.opts, *each.secondary_opts)} | {"--help"}
    named = re.findall(r"(?<![\w-])--[a-z][a-z-]*", " ".join(words))
    return next((option for option in named if option not in known), "")


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_every_command_exists_with_its_options(guide: Path) -> None:
    assert {command: missing(command) for command in commands(guide) if missing(command)} == {}


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_every_option_named_alone_is_one_of_some_command(guide: Path) -> None:
    alone = {code.split()[0] for code in written(guide) if code.startswith("--")}
    assert alone - OF_RELEVANCE <= set(options(COMMANDS))


def options(command: Any) -> Iterator[str]:
    """Those of a command and of all below it."""
    for each in command.params:
        yield from (*each.opts, *each.secondary_opts)
    for below in getattr(command, "commands", {}).values():
        yield from options(below)


@pytest.mark.parametrize("command", ["harvest Riverside --colour red", "crosswalk destroy Riverside", "fed list"])
def test_a_command_that_does_not_exist_is_noticed(command: str) -> None:
    assert missing(command)


async def test_every_address_exists(tmp_path: Path) -> None:
    async with portal_over(tmp_path) as portal:
        router = make_app(portal.exchange).router
    ends = tuple(resource.canonical for resource in router.resources())
    for guide in GUIDES:
        #: there a slash begins a path in a record
        if guide.stem == "crosswalks":
            continue
        for address in _ADDRESS.findall(guide.read_text(encoding="utf-8")):
            is_end = any(known.endswith(address) for known in ends)
            assert is_end or await exists(router, address), (guide.stem, address)


async def exists(router: web.UrlDispatcher, address: str) -> bool:
    """Whether something answers at an address, by whatever method."""
    found = await router.resolve(make_mocked_request("GET", address.rstrip(".,")))
    return not isinstance(found.http_exception, web.HTTPNotFound)
