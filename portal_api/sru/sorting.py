"""Orders asked for beside the query by `sortKeys`, in SRU 1.1 and 2.0; in 1.2 the query alone has `sortBy`."""

from __future__ import annotations

from index.request import Sort
from portal_api.sru.diagnostics import SruRefused

#: path, in lower case and without what stands before its name -> the order of either direction; "" where there is none
_PATHS: dict[str, tuple[Sort | None, Sort | None]] = {
    "title": ("title", None),
    "date": ("date", "date_desc"),
    "identifier": ("id", None),
    "recordidentifier": ("id", None),
}
_SCHEMAS = ("", "dc", "oai_dc", "rec", "info:srw/schema/1/dc-v1.1")
#: things without a date stand last in either direction
_LAST = {True: "highvalue", False: "lowvalue"}
#: path, schema, ascending, case, missing value
_PARTS = 5


def order_of(keys: str) -> Sort:
    """The order of `sortKeys`; raises SruRefused for one that there is not (diagnostics 80, 82, 85 to 90)."""
    first, *more = keys.split()
    if more:
        raise SruRefused(82, "1")
    parts = first.split(",")
    if len(parts) > _PARTS:
        raise SruRefused(80, first, "A sort key is path,schema,ascending,caseSensitive,missingValue")
    path, schema, ascending, case, missing = (*parts, *[""] * (_PARTS - len(parts)))
    if schema.lower() not in _SCHEMAS:
        raise SruRefused(85, schema)
    found = _PATHS.get(path.lower().rpartition("/")[2].removeprefix("@").rpartition(":")[2].rpartition(".")[2])
    if found is None:
        raise SruRefused(86, path)
    if ascending not in ("", "0", "1"):
        raise SruRefused(88, ascending)
    if case not in ("", "0"):
        raise SruRefused(89, case)
    is_ascending = ascending != "0"
    if missing.lower() not in ("", _LAST[is_ascending]):
        raise SruRefused(90, missing)
    order = found[0 if is_ascending else 1]
    if order is None:
        raise SruRefused(88, ascending, f"{path} is put in ascending order alone")
    return order
