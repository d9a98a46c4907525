"""The words for codes of harvests: how a run stands and ended, and what holds one."""

from __future__ import annotations

from portal_api.http.marking import N_

VERDICTS = {
    "complete": N_("complete"),
    "incomplete": N_("incomplete"),
    "blocked": N_("blocked"),
}

RUN_STATES = {
    "running": N_("running"),
    "postponed": N_("postponed"),
    "held": N_("held: waits for a person's word"),
    "settling": N_("decided: being carried out"),
    "ended": N_("ended"),
}

#: what a held run crossed
CAUSES = {
    "deletions": N_("More than a twentieth of the feed's records would be deleted."),
    "changes": N_("More than three in ten of the feed's records would be changed."),
    "identifiers": N_("Records that are held already come under other identifiers."),
    "output_falls": N_("The changed records would give far fewer descriptions than before."),
    "rejects_rise": N_("Too many of the changed records would be rejected."),
    "access_loosened": N_("The source opens records that were closed; those alone are held."),
}

#: what a held record would do to the one that stands, in the order in which it is shown
EFFECTS = {
    "new": N_("new"),
    "changed": N_("changed"),
    "deleted": N_("deleted"),
}

DECISIONS = {
    "": N_("Nothing is decided yet."),
    "released": N_("Released: it was meant."),
    "released_without_deletions": N_("Released without its deletions."),
    "renamed": N_("Confirmed: they are the same records under other identifiers."),
    "discarded": N_("Discarded: it was not meant."),
}

#: what a look behind the end of a list found (`harvester.checkpoint.Tail`)
TAILS = {
    "quiet": N_("nothing new stands behind it"),
    "more": N_("more stands behind it"),
}

#: how far the check of a list by its headers is (`harvester.checkpoint.Sweep`)
SWEEPS = {
    "headers": N_("it is being checked by its headers"),
    "fetch": N_("what it left out is being fetched"),
    "done": N_("checked by its headers"),
    "failed": N_("its headers could not be had"),
}

#: what a run lists (`harvester.checkpoint.Kind`)
KINDS = {
    "full": N_("A harvest of everything"),
    "incremental": N_("A harvest of what changed"),
    "sweep": N_("A harvest of what changed, beside a list of everything"),
}
