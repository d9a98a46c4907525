"""The policy: what a reader may see, as one value that every search, page and count is given.

Reading as the public is the rule. Whoever has a role in an institution and acts for it sees its hidden entries too, of
that one institution alone; a role over the whole exchange shows nothing that is not public.
"""

from __future__ import annotations

from typing import Protocol

from mappings.schema.access import EVERYONE, PUBLIC, Visibility

INSTITUTION = "institution:"


class Viewer(Protocol):
    """A reader as far as the policy asks."""

    @property
    def acting_for(self) -> str:
        """Slug of the institution that the reader acts for; empty = none."""

    def may_act_for(self, institution: str) -> bool:
        """Whether a role of theirs is in `institution`."""


def visibility(viewer: Viewer) -> Visibility:
    """The audiences whose entries `viewer` may see: the public's, and the one institution's they act for."""
    slug = acted_for(viewer)
    return Visibility(tokens=(PUBLIC, INSTITUTION + slug)) if slug else EVERYONE


def acted_for(viewer: Viewer) -> str:
    """The institution that `viewer` acts for by right, empty where there is none."""
    return viewer.acting_for if viewer.acting_for and viewer.may_act_for(viewer.acting_for) else ""
