"""Loaded by the server that worker processes are forked from, so that each finds imported what its work needs.

Loading ties the server's life to the exchange that started it, and `start_child` each worker's to the server: a killed
exchange leaves nobody writing. What was loaded is put out of the collector's sight, so that workers share its memory.
"""

import gc

import pypinyin  # noqa: F401  linkage keys and the order of titles need its dictionaries

from federation.pipeline import children  # noqa: F401  what a worker runs
from federation.pipeline.child_life import start_server

start_server()
gc.collect()
gc.freeze()
