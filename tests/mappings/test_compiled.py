"""The modules that `make compiled` makes C extensions of: what the compiler would drop stays out of them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = (ROOT / "deploy" / "compiled" / "modules.txt").read_text(encoding="utf-8").split()


@pytest.mark.parametrize("module", MODULES)
def test_a_compiled_module_has_no_records_and_registers_no_transforms(module: str) -> None:
    """The compiler drops the arguments of a class statement (`frozen`, `gc`) and the docstrings that guides show."""
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    assert not [node.name for node in classes if node.keywords]
    assert {ast.unparse(base) for node in classes for base in node.bases} <= {"Exception"}
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert not [node.name for node in functions for mark in node.decorator_list if "transform" in ast.unparse(mark)]


def test_each_compiled_module_is_named_once_in_order() -> None:
    assert sorted(set(MODULES)) == MODULES
