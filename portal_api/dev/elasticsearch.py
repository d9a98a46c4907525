"""A real Elasticsearch on free ports of this machine: fetched by Maven, never as root, gone with its parent.

The archive is the server with four modules, as its makers publish it. It is unpacked once; each node has a folder of
its own for settings, data and logs. It answers no `GET /`: it is ready when its cluster's health is.
"""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path

import msgspec

from mappings.errors import ExchangeError

VERSION = "8.19.21"
#: who runs the server where we are root, who may not
USER = "nobody"
READY_SECONDS = 180
HEAP_MIB = 512

_POM = Path(__file__).with_name("elasticsearch-pom.xml")
_JAVA = Path("/usr/lib/jvm")


class CannotStart(ExchangeError):
    """The server could not be fetched or did not become ready; says why."""


class Node(msgspec.Struct, kw_only=True):
    """One process of a cluster, which can be ended and started again."""

    url: str
    process: subprocess.Popen[bytes]
    #: starts it on its own folder
    begin: Callable[[], subprocess.Popen[bytes]]
    #: raises CannotStart
    await_ready: Callable[[Node], None]

    def kill(self) -> None:
        """Ends it as a power cut would: the process that was started, and the server that this one started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def start_again(self) -> None:
        """With the data that it had, at the same address; raises CannotStart."""
        self.process = self.begin()
        self.await_ready(self)


class Guard(msgspec.Struct, frozen=True, kw_only=True):
    """How a cluster keeps strangers out: over TLS, for those who have a name."""

    #: of `elasticsearch.yml`, beside what every node has
    settings: dict[str, object]
    #: name -> text, in each node's folder of settings
    files: dict[str, str]
    #: what a request says of who asks
    headers: dict[str, str]
    #: whom to believe about the certificate
    trusted: ssl.SSLContext


def is_here() -> bool:
    """Whether this machine has what it takes: Java, and Maven where the server is not unpacked yet."""
    return java_home() is not None and (_home().exists() or shutil.which("mvn") is not None)


def java_home() -> Path | None:
    """`ES_JAVA_HOME`, else where the `java` of this machine lies."""
    if stated := os.environ.get("ES_JAVA_HOME"):
        return Path(stated)
    found = shutil.which("java")
    return Path(found).resolve().parents[1] if found else next(iter(sorted(_JAVA.glob("java-*"))), None)


@contextmanager
def running(nodes: int = 1, *, heap_mib: int = HEAP_MIB, guard: Guard | None = None) -> Iterator[Sequence[Node]]:
    """The nodes of one cluster while the block runs.

    heap_mib   of each node
    guard      None = everybody on this machine may ask
    raises     CannotStart
    """
    home = fetched()
    folder = Path(tempfile.mkdtemp(prefix="elasticsearch-"))
    try:
        folder.chmod(0o755)
        with ExitStack() as stack:
            places = [(_free_port(), _free_port()) for _ in range(nodes)]
            started = [
                stack.enter_context(_started(home, folder / f"node-{number}", number, places, heap_mib, guard))
                for number in range(nodes)
            ]
            for node in started:
                node.await_ready(node)
            yield started
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fetched() -> Path:
    """The folder of the unpacked server, fetched where it is not there yet; raises CannotStart."""
    home = _home()
    home.parent.mkdir(parents=True, exist_ok=True)
    with (home.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # test processes begin together
        if not home.exists():
            _fetch(home)
    return home


def _home() -> Path:
    kept = Path("/var/cache") if os.getuid() == 0 else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return kept / "archive-exchange" / f"elasticsearch-{VERSION}"


def _fetch(home: Path) -> None:
    with tempfile.TemporaryDirectory(dir=home.parent) as place:
        folder = Path(place)
        words = ["mvn", "-q", "-B", "-f", str(_POM), "dependency:copy-dependencies", f"-DoutputDirectory={folder}"]
        try:
            done = subprocess.run(words, capture_output=True, text=True, check=False)
        except FileNotFoundError as error:
            raise CannotStart("Maven (`mvn`) is needed to fetch Elasticsearch") from error
        archive = folder / f"elasticsearch-{VERSION}.zip"
        if not archive.exists():
            raise CannotStart(f"Maven did not fetch Elasticsearch {VERSION}: {done.stdout[-500:]}{done.stderr[-500:]}")
        shutil.unpack_archive(archive, folder / "unpacked")
        unpacked = folder / "unpacked" / f"elasticsearch-{VERSION}"
        for program in (*(unpacked / "bin").iterdir(), *(unpacked / "lib").rglob("*cli*")):
            program.chmod(0o755)
        (unpacked / "plugins").mkdir(exist_ok=True)
        unpacked.replace(home)
    home.chmod(0o755)
    home.parent.chmod(0o755)


@contextmanager
def _started(
    home: Path, folder: Path, number: int, places: Sequence[tuple[int, int]], heap_mib: int, guard: Guard | None
) -> Iterator[Node]:
    _settle(home, folder, number, places, guard)

    def begin() -> subprocess.Popen[bytes]:
        with (folder / "out").open("wb") as out:
            return subprocess.Popen(
                _as_user([str(home / "bin" / "elasticsearch")]),
                cwd=folder,
                stdout=out,
                stderr=out,
                env=_environment(folder, heap_mib),
                start_new_session=True,
            )

    def await_ready(node: Node) -> None:
        _await(node, len(places), folder / "out", guard)

    url = f"{'https' if guard else 'http'}://127.0.0.1:{places[number][0]}"
    node = Node(url=url, process=begin(), begin=begin, await_ready=await_ready)
    try:
        yield node
    finally:
        _end(node.process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _settle(home: Path, folder: Path, number: int, places: Sequence[tuple[int, int]], guard: Guard | None) -> None:
    """The node's own folders and settings, which its account may write."""
    for name in ("config", "data", "logs", "tmp"):
        (folder / name).mkdir(parents=True)
    (folder / "config" / "elasticsearch.yml").write_text(_settings(folder, number, places, guard), encoding="utf-8")
    for name, text in guard.files.items() if guard else ():
        (folder / "config" / name).write_text(text, encoding="utf-8")
    shutil.copy(home / "config" / "log4j2.properties", folder / "config")
    lines = (home / "config" / "jvm.options").read_text(encoding="utf-8").splitlines()
    # these write beside the program, which belongs to somebody else
    kept = [line for line in lines if "logs/" not in line and "HeapDump" not in line]
    (folder / "config" / "jvm.options").write_text("\n".join(kept) + "\n", encoding="utf-8")
    if os.getuid() == 0:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, USER)


def _settings(folder: Path, number: int, places: Sequence[tuple[int, int]], guard: Guard | None) -> str:
    http, transport = places[number]
    settings: dict[str, object] = {
        "cluster.name": "archive-exchange-dev",
        "node.name": f"node-{number}",
        "path.data": str(folder / "data"),
        "path.logs": str(folder / "logs"),
        "network.host": "127.0.0.1",
        "http.port": http,
        "transport.port": transport,
        "node.store.allow_mmap": False,
        "cluster.routing.allocation.disk.threshold_enabled": False,
        "cluster.max_shards_per_node": 3_000,
        **(guard.settings if guard else {"xpack.security.enabled": False}),
    }
    if len(places) == 1:
        settings["discovery.type"] = "single-node"
    else:
        settings["discovery.seed_hosts"] = [f"127.0.0.1:{transport}" for _, transport in places]
        settings["cluster.initial_master_nodes"] = [f"node-{each}" for each in range(len(places))]
    return "".join(f"{name}: {json.dumps(value)}\n" for name, value in settings.items())


def _environment(folder: Path, heap_mib: int) -> dict[str, str]:
    java = java_home()
    if java is None:
        raise CannotStart("Java 17 or newer is needed to run Elasticsearch")
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": str(folder),
        "ES_JAVA_HOME": str(java),
        "ES_PATH_CONF": str(folder / "config"),
        "ES_TMPDIR": str(folder / "tmp"),
        "ES_JAVA_OPTS": f"-Xms{heap_mib}m -Xmx{heap_mib}m",
        "CLI_JAVA_OPTS": "-Xmx32m",
    }


def _await(node: Node, nodes: int, out: Path, guard: Guard | None) -> None:
    until = time.monotonic() + READY_SECONDS
    while not _is_ready(node.url, nodes, guard):
        if node.process.poll() is not None or time.monotonic() > until:
            raise CannotStart(f"Elasticsearch did not become ready: {out.read_text(errors='replace')[-2000:]}")
        time.sleep(0.25)


def _is_ready(url: str, nodes: int, guard: Guard | None) -> bool:
    place = url.partition("://")[2]
    connection = HTTPSConnection(place, timeout=5, context=guard.trusted) if guard else HTTPConnection(place, timeout=5)
    try:
        connection.request("GET", "/_cluster/health", headers=guard.headers if guard else {})
        answer = connection.getresponse()
        health = json.loads(answer.read())
        return answer.status == 200 and health["status"] != "red" and health["number_of_nodes"] == nodes
    except (OSError, HTTPException, ValueError, KeyError):
        return False
    finally:
        connection.close()


def _as_user(words: list[str]) -> list[str]:
    """As an account that may run it; it dies with its parent."""
    if os.getuid() != 0:
        return ["setpriv", "--pdeathsig=TERM", *words]
    account = pwd.getpwnam(USER)
    who = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", "--pdeathsig=TERM"]
    return ["setpriv", *who, *words]


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
