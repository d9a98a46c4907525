"""What is wrong, in sentences that each language has: for pages, since an error's own words are English."""

from __future__ import annotations

from collections.abc import Sequence

from index.errors import BackendUnavailable, QueryInvalid, TooManyHits
from mappings.serialisations import chinese_archives, ead3, edm, iso2709, marc21
from portal_api import errors as portal
from portal_api.errors import ParameterFault
from portal_api.http.marking import N_, Sentence
from portal_api.views.vocabulary import NOTICES

#: from which a wait is told in minutes
LONG_SECONDS = 120

#: faults of a query that lenient reading does not know
_QUERY = {
    "bound_unread": N_("%(found)s is not read as a date: give a year, a date such as 1931-09-18, or a period."),
    "too_dear": N_("The search asks for too much at once: it may have fewer words with masks, or fewer choices."),
}

#: what a thing lacks to be said in a format, by the words of the format's writer
LACKS = {
    edm.LACKS[0]: N_("Its type is missing, or is none that this format knows: text, image, film, sound or an object."),
    edm.LACKS[1]: N_("A statement of its rights by an address (URI) is missing."),
    edm.LACKS[2]: N_("A link to the object at its holder is missing."),
    ead3.LACKS[0]: N_("A level of archival description is missing."),
    ead3.LACKS[1]: N_("A place in a finding aid is missing."),
    marc21.LACKS[0]: N_("It is part of a hierarchy, or more than a single thing."),
    marc21.LACKS[1]: N_("Its entry is not shown in full."),
    iso2709.LACKS[0]: N_("It is longer than this format can say."),
    iso2709.LACKS[1]: N_("One of its fields is longer than this format can say."),
    chinese_archives.LACKS[0]: N_("A reference code 档号 with its parts is missing."),
}


def _lacking(form: str, lacks: Sequence[str]) -> tuple[Sentence, ...]:
    if not lacks:
        return ()
    whole = Sentence(text=N_("This description cannot be given as %(form)s."), values={"form": form})
    return (whole, *(Sentence(text=LACKS[each]) for each in lacks if each in LACKS))


def sentences(error: BaseException) -> tuple[Sentence, ...]:
    """What is wrong; nothing where the problem's title and what follows say all there is to say."""
    match error:
        case portal.ParametersInvalid(faults=faults) | portal.BodyInvalid(faults=faults):
            return tuple(each.said for each in faults if each.said is not None)
        case QueryInvalid():
            return (query_fault(error),)
        case TooManyHits(found=found, most=most):
            text = N_("%(found)s things are found; a list of yours may have %(most)s.")
            return (Sentence(text=text, values={"found": found, "most": most}),)
        case portal.TrialsSpent(retry_after_seconds=seconds, most=most):
            text = N_("Each network may try %(most)s times in an hour; whoever is signed in may as often as they like.")
            return (Sentence(text=text, values={"most": most}), _wait(seconds))
        case (
            portal.OverBudget(retry_after_seconds=seconds)
            | portal.PlacesTaken(retry_after_seconds=seconds)
            | portal.PointsSpent(retry_after_seconds=seconds)
            | BackendUnavailable(retry_after_seconds=seconds)
        ):
            return (_wait(seconds),)
        case portal.SettingUp(made=made, of=of, retry_after_seconds=seconds):
            text = N_("The search index is being made: %(made)s of %(total)s things are in it so far.")
            return (Sentence(text=text, values={"made": made, "total": of}), _wait(seconds))
        case portal.NotAllowed(role=role):
            return (Sentence(text=N_("The role that it needs: %(role)s"), values={"role": role}),)
        case portal.ScopeMissing(scope=scope):
            return (Sentence(text=N_("The scope that it needs: %(scope)s"), values={"scope": scope}),)
        case portal.FormatUnavailable(offered=offered, form=form, lacks=lacks):
            here = Sentence(text=N_("Offered here: %(offered)s"), values={"offered": ", ".join(offered)})
            return (*_lacking(form, lacks), here)
        case portal.StatePassed(said=said):
            return (said,)
        case portal.TooLarge(limit_bytes=most):
            return (Sentence(text=N_("At most %(most)s bytes are read here."), values={"most": most}),)
    return ()


def _wait(seconds: int) -> Sentence:
    """When to come again; whoever waits for long counts in minutes."""
    if seconds < LONG_SECONDS:
        return Sentence(text=N_("Come again in %(seconds)s seconds."), values={"seconds": seconds})
    return Sentence(text=N_("Come again in %(minutes)s minutes."), values={"minutes": -(-seconds // 60)})


def query_fault(error: QueryInvalid) -> Sentence:
    """Why a query cannot be read as it is written."""
    if error.code in NOTICES:
        return Sentence(text=NOTICES[error.code])
    if error.code in _QUERY:
        return Sentence(text=_QUERY[error.code], values={"found": error.found})
    return Sentence(text=N_("It cannot be read from character %(position)s on."), values={"position": error.position})


def page_faults(faults: Sequence[ParameterFault]) -> list[Sentence]:
    """What was wrong with parameters that a page passed over."""
    return [each.said for each in faults if each.said is not None]
