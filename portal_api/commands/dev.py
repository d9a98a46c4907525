"""`dev`: real servers to try things on, started on this machine and gone when they are stopped."""

from __future__ import annotations

import signal
from contextlib import suppress
from typing import Annotated

import typer

from portal_api.commands.output import say
from portal_api.dev import elasticsearch as server

app = typer.Typer(help="Servers to try the exchange on; not for production.", no_args_is_help=True)


@app.callback()
def dev() -> None:
    """Servers to try the exchange on."""


@app.command("elasticsearch")
def elasticsearch(
    nodes: Annotated[int, typer.Option(help="Nodes of the cluster.", min=1)] = 1,
    heap: Annotated[int, typer.Option(help="Heap of each node, MiB.", min=256)] = server.HEAP_MIB,
) -> None:
    """Start a real Elasticsearch on free ports, say how to search on it, and end it with Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt), server.running(nodes, heap_mib=heap) as started:
        say("export EXCHANGE_SEARCH__BACKEND=elasticsearch")
        say(f"export EXCHANGE_SEARCH__URLS={','.join(node.url for node in started)}")
        signal.pause()
