"""Rows of any text that a table can hold."""

from __future__ import annotations

from hypothesis import strategies as st

from mappings.schema.folding import fold
from mappings.tables.rows import MATCHES, TableRow

#: text of one line without white space at its ends, as people type it into a cell
cells = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=20).map(str.strip)


def _unique(rows: list[TableRow]) -> list[TableRow]:
    return list({fold(row.key).strip(): row for row in rows}.values())


rows = (
    st.lists(
        st.builds(
            TableRow,
            key=cells.filter(lambda text: bool(fold(text).strip())),
            value=cells.filter(bool),
            label_en=cells,
            label_zh=cells,
            match=st.sampled_from(MATCHES),
            note=cells,
        ),
        min_size=1,
        max_size=8,
    )
    .map(_unique)
    .map(tuple)
)
