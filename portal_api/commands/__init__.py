"""The command line, one file a verb."""


def main() -> None:
    """`archive-exchange`.

    The verbs are imported when one is asked for: worker processes import the script that calls this, and need none.
    """
    from portal_api.commands.entry import main as run

    run()
