"""`try`: what the exchange would make of a file, or of what stands at an address, before anybody adds it as a feed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from federation.pipeline.sandbox_address import Address
from federation.pipeline.sandbox_workers import Sandbox
from mappings.engine.library import names
from portal_api.clock import SystemClock
from portal_api.commands import wanted_feed
from portal_api.commands.folders import DEFAULT_FOLDER, AnyDataOption
from portal_api.commands.output import JsonOption, counted, print_json, say
from portal_api.commands.why import why
from portal_api.config import load
from portal_api.http.problems import BACKEND, OK
from portal_api.views.trials import TriedView, tried_view
from portal_api.wiring import user_agent


def try_(
    source: Annotated[str, typer.Argument(help="A file, or the address of one or of an OAI-PMH repository.")],
    crosswalk: Annotated[str, typer.Option(help="A crosswalk that ships; the one for the format without.")] = "",
    prefix: Annotated[str, typer.Option(help="metadataPrefix of a repository; its richest without.")] = "",
    set_spec: Annotated[str, typer.Option("--set", help="Only this set of a repository.")] = "",
    allow_network: Annotated[list[str] | None, typer.Option(help="Private network that it may lie in.")] = None,
    data: AnyDataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Map the first 200 records of a file or address and say what becomes of them; nothing is stored."""
    if crosswalk and crosswalk not in names():
        raise typer.BadParameter(f"no base is called {crosswalk}; there are {', '.join(names())}")
    wanted = Address(url=source, prefix=prefix, set_spec=set_spec, crosswalk=crosswalk)
    agent = user_agent(load(data).settings)
    path = _file_of(source)
    found = asyncio.run(_tried(path, wanted, agent, wanted_feed.networks(allow_network or ())))
    print_json(found) if as_json else _tell(source, found)
    raise typer.Exit(BACKEND if found.failure else OK)


def _file_of(source: str) -> Path | None:
    """The file of this name; None of an address."""
    if "://" in source:
        return None
    path = Path(source)
    if not path.is_file():
        found = "a folder" if path.is_dir() else "no such file"
        raise typer.BadParameter(f"expected a file, or an http or https address, found {found}: {source}")
    return path


async def _tried(path: Path | None, wanted: Address, agent: str, networks: tuple[str, ...]) -> TriedView:
    sandbox = Sandbox(SystemClock(), agent, networks=networks, takes_own_port=True)
    try:
        found = await (sandbox.file(path, wanted.crosswalk) if path else sandbox.address(wanted))
    finally:
        sandbox.close()
    return tried_view(found)


def _tell(source: str, found: TriedView) -> None:
    if found.failure:
        say(f"{source}: nothing to show ({found.failure})")
        say(f"why          {found.detail or why(found.failure)}")
        return
    say(f"{source}: {found.format}, mapped by {found.crosswalk}")
    sums = " + ".join(f"{number} {standing}" for standing, number in found.sums.items())
    say(f"records      {found.records} = {sums}{', and there are more' if found.more else ''}")
    say(f"descriptions {found.units}")
    if found.faulty:
        say(f"not readable {len(found.faulty)}")
    if found.score is not None:
        say(f"quality      {found.score:g} of 100")
    for check in found.checks:
        say(f"  {check.holding:>6} of {found.units}  {check.name} ({counted(check.weight, 'point')})")
    for line in found.unread:
        records, units = counted(line.records, "record"), f" ({counted(line.units, 'unit')})" if line.unit else ""
        say(f"not read     {line.path} in {records}{units}, such as {line.example} {line.unit}".rstrip())
    for issue in found.issues:
        say(f"issue        {issue.code}, {counted(issue.number, 'time')}, such as {issue.example}")
