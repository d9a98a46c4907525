"""Writes `index/semantic/means.json`: the means of the neutral texts by the bundled model. Run when either changes."""

from __future__ import annotations

from pathlib import Path

import msgspec

from index.semantic.bundled import bundled
from index.semantic.centring import measured

TARGET = Path(__file__).parents[2] / "index" / "semantic" / "means.json"


if __name__ == "__main__":
    TARGET.write_bytes(msgspec.json.encode(measured(bundled())) + b"\n")
