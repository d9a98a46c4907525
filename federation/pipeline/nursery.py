"""Loaded by the server that worker processes are forked from, so that each finds imported what its work needs.

Loading ties the server's life to the exchange that started it, and start_child each worker's to the server: a killed
exchange leaves nobody writing.
"""

from federation.pipeline.children import die_with_parent

die_with_parent()
