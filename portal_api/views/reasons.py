"""What a reason for a link rests on, in words; a value of the records stays as it is."""

from __future__ import annotations

import re

from federation.linkage.comparison import Reason
from portal_api.http.marking import N_, Sentence

_OF = re.compile(r"(?P<met>\d+) of (?P<all>\d+)")
#: reason -> how its detail is written, and the sentence for it
_SAID: dict[str, tuple[re.Pattern[str], str]] = {
    "authors.all": (_OF, N_("%(met)s of %(all)s")),
    "authors.half": (_OF, N_("%(met)s of %(all)s")),
    "authors.few": (_OF, N_("%(met)s of %(all)s")),
    "years": (re.compile(r"(?P<years>\d+) apart"), N_("%(years)s apart")),
    "title.start": (re.compile(r"(?P<characters>\d+) characters"), N_("%(characters)s characters")),
}


def detail_of(reason: Reason) -> Sentence | None:
    """The detail as a sentence; None where it is a value."""
    form, text = _SAID.get(reason.name, (None, ""))
    found = form.fullmatch(reason.detail) if form else None
    return Sentence(text=text, values={name: int(each) for name, each in found.groupdict().items()}) if found else None
