"""A real PostgreSQL on a free port of this machine: not as root, in a folder of its own, gone with its parent."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

BINARIES = Path("/usr/lib/postgresql/15/bin")
#: who runs the server where we are root, who may not
USER = "postgres"
READY_SECONDS = 30


def is_here() -> bool:
    """Whether this machine has the server, and an account that may run it."""
    with contextlib.suppress(KeyError):
        return (BINARIES / "postgres").exists() and bool(pwd.getpwnam(USER) if os.getuid() == 0 else True)
    return False


class Server:
    """A running server; its databases are copies of one template."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._names = count(1)
        #: name of the database that others are copied from
        self.template = "template1"

    def url(self, name: str) -> str:
        """The address of one database."""
        return f"postgresql://postgres@127.0.0.1:{self._port}/{name}"

    def create(self, template: str = "template0") -> str:
        """A new database made from `template`; gives its name."""
        name = f"d{next(self._names)}"
        self._say(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        """Ends a database with whatever is connected to it."""
        self._say(f"DROP DATABASE {name} WITH (FORCE)")

    def _say(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running(*, syncing: bool = False) -> Iterator[Server]:
    """The server while the block runs; with `syncing` what it acknowledges is on the disk."""
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    if os.getuid() == 0:
        shutil.chown(folder, USER, pwd.getpwnam(USER).pw_gid)
    try:
        initdb = ["initdb", "-D", "d", "-A", "trust", "-U", "postgres", "-N", "-E", "UTF8", "--locale=C.UTF-8"]
        subprocess.run(_as_user(initdb), cwd=folder, check=True, stdout=subprocess.DEVNULL)
        with _started(folder, _free_port(), syncing=syncing) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _started(folder: Path, port: int, *, syncing: bool) -> Iterator[Server]:
    settings = ["-c", "listen_addresses=127.0.0.1", "-c", f"fsync={'on' if syncing else 'off'}"]
    settings += ["-c", "max_connections=200"]
    words = ["postgres", "-D", "d", "-p", str(port), "-k", str(folder), *settings]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(_as_user(words), cwd=folder, stdout=log, stderr=log)
    try:
        server = Server(port)
        _await(server, process, folder / "log")
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(READY_SECONDS)


def _await(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while True:
        try:
            psycopg.connect(server.url("postgres")).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"PostgreSQL did not start: {log.read_text()}") from None
            time.sleep(0.05)


def _as_user(words: list[str]) -> list[str]:
    command = [str(BINARIES / words[0]), *words[1:]]
    if os.getuid() != 0:
        return command
    account = pwd.getpwnam(USER)
    who = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--init-groups", "--pdeathsig=QUIT"]
    return ["setpriv", *who, *command]


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
