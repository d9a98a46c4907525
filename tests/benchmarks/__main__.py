"""`python -m tests.benchmarks NAME [--records N] [--data DIR] [--backend B]`: one JSON line a result."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path

import msgspec

#: name -> (module with `run(records) -> list[Result]`, records where none are given)
BENCHMARKS = {
    "dry_run": ("tests.benchmarks.dry_run", 100_000),
    "end_to_end": ("tests.benchmarks.end_to_end", 20_000),
    "busy": ("tests.benchmarks.busy", 20_000),
    "jobs": ("tests.benchmarks.jobs", 2_000),
    "link": ("tests.benchmarks.link", 20_000),
    "index": ("tests.benchmarks.index", 20_000),
    "search": ("tests.benchmarks.search", 100_000),
    "semantic": ("tests.benchmarks.semantic", 100_000),
    "hostile": ("tests.benchmarks.hostile", 5_000),
    "upkeep": ("tests.benchmarks.upkeep", 20_000),
    "suggest": ("tests.benchmarks.suggest", 30_000),
    "map": ("tests.benchmarks.map", 20_000),
    "dates": ("tests.benchmarks.dates", 1_500),
    "page": ("tests.benchmarks.page", 20_000),
    "split": ("tests.benchmarks.split", 20_000),
    "provider": ("tests.benchmarks.provider", 20_000),
    "loopback": ("tests.benchmarks.loopback", 20_000),
    "harvest": ("tests.benchmarks.harvest", 30_000),
}


def main() -> int:
    """Run one benchmark, or all of them in turn."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("name", choices=[*BENCHMARKS, "all"])
    parser.add_argument("--records", type=int, default=0, help="how many records; each benchmark has its own default")
    parser.add_argument("--data", type=Path, help="the folder `records` of the samples, where it lies elsewhere")
    parser.add_argument(
        "--backend", choices=["tantivy", "elasticsearch"], default="tantivy", help="of index and search"
    )
    options = parser.parse_args()
    os.environ["EXCHANGE_BENCHMARK_BACKEND"] = options.backend
    if options.data:
        os.environ["EXCHANGE_TEST_DATA"] = str(options.data.resolve().parent)
    for name in BENCHMARKS if options.name == "all" else [options.name]:
        module, usual = BENCHMARKS[name]
        for result in importlib.import_module(module).run(options.records or usual):
            print(msgspec.json.encode(result).decode(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
