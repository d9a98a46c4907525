"""The six verbs over any repository: arguments in, a whole answer out. No input gives anything but an answer."""

from __future__ import annotations

from collections.abc import Sequence

from portal_api.oai_provider import arguments, envelope, lists, set_lists
from portal_api.oai_provider.arguments import Arguments, Pairs, Refusal
from portal_api.oai_provider.repositories import Repository, View
from portal_api.oai_provider.settings import ProviderSettings


def answer(pairs: Pairs, repository: Repository, settings: ProviderSettings) -> str:
    """The answer to one request, an XML document."""
    with repository.view() as view:
        try:
            asked = arguments.read(pairs)
        except Refusal as refusal:
            return _document(view, settings, (), envelope.error(refusal.code, refusal.message))
        try:
            body = _body(asked, repository, view, settings)
        except Refusal as refusal:
            body = envelope.error(refusal.code, refusal.message)
            if refusal.code == "badArgument":
                return _document(view, settings, (), body)
        return _document(view, settings, asked.given, body)


def _document(view: View, settings: ProviderSettings, given: Sequence[tuple[str, str]], body: str) -> str:
    return envelope.document(view.response_date, settings.base_url, given, body)


def _body(asked: Arguments, repository: Repository, view: View, settings: ProviderSettings) -> str:
    match asked.verb:
        case "Identify":
            earliest = view.earliest() or view.response_date
            return envelope.identify(settings, earliest, f"oai:{settings.authority}:{settings.sample}")
        case "ListMetadataFormats":
            return _formats(asked, repository, view, settings.base_url)
        case "GetRecord":
            return _record(asked, repository, view)
        case "ListSets":
            return set_lists.answer(asked, view, settings)
        case "ListIdentifiers" | "ListRecords":
            return lists.answer(asked, repository, view, settings)


def _formats(asked: Arguments, repository: Repository, view: View, base_url: str) -> str:
    if not asked.identifier:
        return envelope.formats(repository.formats, base_url)
    prefixes = view.prefixes_of(asked.identifier)
    if not prefixes:
        raise Refusal("idDoesNotExist", "no such item")
    return envelope.formats([each for each in repository.formats if each.prefix in prefixes], base_url)


def _record(asked: Arguments, repository: Repository, view: View) -> str:
    if not view.prefixes_of(asked.identifier):
        raise Refusal("idDoesNotExist", "no such item")
    element = view.record(asked.identifier, asked.metadata_prefix)
    if element is None:
        raise Refusal("cannotDisseminateFormat", "the item does not stand in this format")
    return f"<GetRecord>{element}</GetRecord>"
