"""The same records come to the same bytes, whatever the order of hashes and of records."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.mappings.engine.mapped_bytes import SAMPLES


def digest(hash_seed: int, order: int) -> str:
    """What a process with this hash seed makes of the records in this order."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.mappings.engine.mapped_bytes", str(order)],
        capture_output=True,
        text=True,
        check=True,
        cwd=SAMPLES.parents[1],
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
    )
    return done.stdout.strip()


def test_three_hash_seeds_and_orders_give_the_same_bytes() -> None:
    (found,) = {digest(hash_seed, order) for hash_seed, order in ((0, 1), (1, 2), (4_294_967_295, 3))}
    assert len(found) == 64
