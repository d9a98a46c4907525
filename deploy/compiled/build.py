"""Compiles the modules of `modules.txt` to C extensions beside their sources; run at the root of the checkout.

A module that defines records (`msgspec.Struct`) or registers transforms by their docstrings stays interpreted: the
compiler drops the arguments of a class statement and docstrings.
"""

from __future__ import annotations

from pathlib import Path

from mypyc.build import mypycify
from setuptools import setup

MODULES = Path(__file__).with_name("modules.txt").read_text(encoding="utf-8").split()

setup(
    name="mappings-compiled",
    packages=[],
    script_args=["--quiet", "build_ext", "--inplace"],
    ext_modules=mypycify(MODULES, opt_level="3", debug_level="0"),
)
