"""Records over which real worker processes fail: a title names the stage that fails over it, and how.

Put into every Python process of a command by a `sitecustomize` on its path, as a fault of the code would be: the
stage's own function is wrapped, and whatever surrounds it runs as it is.
"""

from __future__ import annotations

import importlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: stage -> module and function that a record's title comes by in it, and the argument that holds it
_DOORS = {
    "map": ("federation.pipeline.crosswalks", "apply", 1),
    "key": ("federation.pipeline.keying", "features_of", 0),
    "link": ("federation.pipeline.link_moment", "keys_of", 0),
    "publish": ("index.documents", "document_of", 0),
    "export": ("federation.pipeline.export", "offer", 1),
    "page": ("federation.pipeline.children", "parse_page", 0),
}
#: those that take records or clusters one by one
STAGES = ("map", "key", "link", "publish", "export")


def title_of(stage: str, deed: str) -> str:
    """The title of a record over which `stage` does `deed`: raise, kill, sleep or hang."""
    return f"Bad {stage} {deed} record"


def spread() -> None:
    """Wraps each stage's function in this process."""
    for stage, (module_name, name, place) in _DOORS.items():
        module = importlib.import_module(module_name)
        setattr(module, name, _poisoned(stage, getattr(module, name), place))


def _poisoned(stage: str, function: Callable[..., Any], place: int) -> Callable[..., Any]:
    def wrapped(*arguments: Any, **named: Any) -> Any:
        said = repr(arguments[place]).lower()
        for deed, done in _DEEDS.items():
            if title_of(stage, deed).lower() in said:
                done()
        return function(*arguments, **named)

    return wrapped


def _raise() -> None:
    raise RuntimeError("poisoned")


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _hang() -> None:
    """Deaf to the request to end, as a loop in compiled code is."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    time.sleep(3600)


_DEEDS = {"raise": _raise, "kill": _kill, "sleep": lambda: time.sleep(3600), "hang": _hang}


def environment(folder: Path) -> dict[str, str]:
    """What a process is started with whose Python processes shall be poisoned; writes into `folder`."""
    folder.mkdir()
    root = Path(__file__).parents[2]
    (folder / "sitecustomize.py").write_text("from tests.faults.poison import spread\n\nspread()\n", encoding="utf-8")
    return os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{root}"}
