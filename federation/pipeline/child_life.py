"""How a worker process lives: it dies with its parent, so that a killed exchange leaves nobody writing."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import multiprocessing.context
import os
import signal
import sys

#: PR_SET_PDEATHSIG of prctl(2)
_SET_PARENT_DEATH_SIGNAL = 1

#: noted by the server that workers are forked from, and inherited by them: its process id
_server: list[int] = []

#: new objects before the collector looks for circles: a batch makes hundreds of thousands of records that have none
_COLLECT_AFTER = 100_000


def start_child(niceness: int = 0) -> None:
    """Ties this child's life to its parent; interrupts are the parent's to handle.

    niceness   how far the child stands back behind its parent (nice(2))
    """
    os.nice(niceness)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(_COLLECT_AFTER)
    die_with_parent()
    exchange = multiprocessing.parent_process()
    # of an exchange that is killed the server dies first, while other threads of it may still be ending
    is_orphan = bool(_server) and os.getppid() != _server[-1]
    if is_orphan or (exchange is not None and not exchange.is_alive()):
        # killed while this child was starting: nobody will ever ask it for anything
        os._exit(1)


def start_server() -> None:
    """Ties the life of the server that workers are forked from to its parent, and lets them know who it is."""
    die_with_parent()
    _server.append(os.getpid())


def die_with_parent() -> None:
    """Lets the system kill this process when the one that started it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)


def forking() -> multiprocessing.context.ForkServerContext:
    """Processes are forked from one that has imported what they need, and has no threads and no open store."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["federation.pipeline.nursery"])
    return context
