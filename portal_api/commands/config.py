"""`config`: every setting with its value and where it comes from."""

from __future__ import annotations

from portal_api import config as settings
from portal_api.commands.folders import DEFAULT_FOLDER, AnyDataOption
from portal_api.commands.output import JsonOption, print_json, print_rows


def config(data: AnyDataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """Show every setting, its value and its origin."""
    origins = settings.load(data).origins
    if as_json:
        for origin in origins:
            print_json(origin)
        return
    print_rows(
        ("setting", "value", "from"), [(f"{line.section}.{line.key}", line.value, line.origin) for line in origins]
    )
