"""The command line, one file a verb."""

from portal_api.commands.entry import main

__all__ = ["main"]
