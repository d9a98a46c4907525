"""What a type takes, in words: for messages that name what was expected beside what was found."""

from __future__ import annotations

from typing import Any

from msgspec import inspect

#: characters of a value that a message repeats
_SHOWN = 80


def expected_and_found(kind: Any, found: object, otherwise: str) -> str:
    """The message for a value that `kind` does not take; `otherwise` where there are no words for `kind`."""
    wanted, shown = _words(inspect.type_info(kind)), repr(found)
    said = f"expected {wanted}" if wanted else otherwise
    return f"{said}, found {shown if len(shown) <= _SHOWN else shown[:_SHOWN] + '…'}"


def offered(kind: Any) -> tuple[str, ...]:
    """The words that a type takes, where it takes a few alone."""
    match inspect.type_info(kind):
        case inspect.LiteralType(values=values):
            return tuple(str(value) for value in values if value != "")
    return ()


def _words(kind: inspect.Type) -> str:
    match kind:
        case inspect.LiteralType(values=values):
            return f"one of {', '.join(map(str, values))}"
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType():
            return "a whole number" + _bounds(kind)
        case inspect.FloatType():
            return "a number" + _bounds(kind)
        case inspect.UnionType(types=types):
            known = [words for each in types if (words := _words(each))]
            return known[0] if len(known) == 1 else ""
        case inspect.VarTupleType(item_type=item):
            return _words(item)
    return ""


def _bounds(kind: inspect.IntType | inspect.FloatType) -> str:
    least, most = kind.ge, kind.le
    if least is not None and most is not None:
        return f" from {least} to {most}"
    if least is not None:
        return f" of {least} or more"
    if kind.gt is not None:
        return f" above {kind.gt}"
    return f" of at most {most}" if most is not None else ""
