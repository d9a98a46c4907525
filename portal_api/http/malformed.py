"""Requests that are no HTTP: the server answers them with 400 before any door, and the log has one line of each.

Any visitor can send them; a traceback of the parser would tell an operator nothing and fill the disk.
"""

from __future__ import annotations

import logging

from aiohttp.http_exceptions import BadHttpMessage

#: characters of what was found that are told
_TOLD = 80


class OneLine(logging.Filter):
    """Tells what a parser refused in a line of its own, without a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets every record through."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, BadHttpMessage):
            record.levelno, record.levelname = logging.INFO, "INFO"
            record.msg, record.args = "refused what is no HTTP request: %s", (error.message[:_TOLD],)
            record.exc_info = record.exc_text = None
        return True


_ONE_LINE = OneLine()


def tell_in_one_line() -> None:
    """Has the server's own log do so."""
    logging.getLogger("aiohttp.server").addFilter(_ONE_LINE)
