"""The XML around what a repository says, written as text (OAI-PMH 2.0, 3.2).

Header and metadata come as elements already; everything else is escaped here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from urllib.parse import urljoin

from portal_api.oai_provider.formats import Format
from portal_api.oai_provider.repositories import SetRow
from portal_api.oai_provider.settings import ProviderSettings

MEDIA_TYPE = "text/xml; charset=utf-8"

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OAI = "http://www.openarchives.org/OAI/2.0/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_OPEN = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="{_OAI}" xmlns:xsi="{_XSI}" '
    f'xsi:schemaLocation="{_OAI} {_OAI}OAI-PMH.xsd">'
)
_IDENTIFIER = f"{_OAI}oai-identifier"
_FRIENDS = f"{_OAI}friends/"


def text(value: str) -> str:
    """`value` for element content or a quoted attribute; what XML cannot hold becomes U+FFFD."""
    return escape(_ILLEGAL.sub("\ufffd", value), quote=True)


def document(response_date: str, base_url: str, given: Sequence[tuple[str, str]], body: str) -> str:
    """A whole answer; `given` is empty on badVerb and badArgument (3.6)."""
    attributes = "".join(f' {name}="{text(value)}"' for name, value in given)
    request = f"<request{attributes}>{text(base_url)}</request>"
    return f"{_OPEN}<responseDate>{response_date}</responseDate>{request}{body}</OAI-PMH>\n"


def error(code: str, message: str) -> str:
    """An `<error>` element."""
    return f'<error code="{code}">{text(message)}</error>'


def header(identifier: str, datestamp: str, *, deleted: bool, sets: str = "") -> str:
    """A `<header>` element (2.5).

    sets   setSpecs, parted by blanks
    """
    status = ' status="deleted"' if deleted else ""
    stamped = f"<identifier>{text(identifier)}</identifier><datestamp>{datestamp}</datestamp>"
    return f"<header{status}>{stamped}{set_specs(sets)}</header>"


def set_specs(sets: str) -> str:
    """The `<setSpec>` elements of setSpecs that are parted by blanks."""
    return f"<setSpec>{sets.replace(' ', '</setSpec><setSpec>')}</setSpec>" if sets else ""


def record(header_element: str, metadata: str, about: str = "") -> str:
    """A `<record>` element; without metadata, a tombstone's.

    about   `<about>` elements; a tombstone has none
    """
    inner = f"<metadata>{metadata}</metadata>{about}" if metadata else ""
    return f"<record>{header_element}{inner}</record>"


def resumption(token: str, *, size: int, cursor: int, expires: str) -> str:
    """A `<resumptionToken>`; an empty `token` ends the list (3.5)."""
    expiration = f' expirationDate="{expires}"' if token else ""
    return f'<resumptionToken{expiration} completeListSize="{size}" cursor="{cursor}">{token}</resumptionToken>'


def identify(settings: ProviderSettings, earliest: str, sample: str) -> str:
    """The `<Identify>` element (4.2), with the oai-identifier description."""
    description = (
        f'<oai-identifier xmlns="{_IDENTIFIER}" xsi:schemaLocation="{_IDENTIFIER} {_IDENTIFIER}.xsd">'
        f"<scheme>oai</scheme><repositoryIdentifier>{text(settings.authority)}</repositoryIdentifier>"
        f"<delimiter>:</delimiter><sampleIdentifier>{text(sample)}</sampleIdentifier></oai-identifier>"
    )
    return (
        f"<Identify><repositoryName>{text(settings.name)}</repositoryName><baseURL>{text(settings.base_url)}</baseURL>"
        f"<protocolVersion>2.0</protocolVersion><adminEmail>{text(settings.admin_email)}</adminEmail>"
        f"<earliestDatestamp>{earliest}</earliestDatestamp><deletedRecord>persistent</deletedRecord>"
        "<granularity>YYYY-MM-DDThh:mm:ssZ</granularity><compression>gzip</compression>"
        f"<description>{description}</description>{_friends(settings.friends)}</Identify>"
    )


def _friends(base_urls: Sequence[str]) -> str:
    """The repositories that a harvester may find through this one (guidelines of OAI-PMH 2.0, friends)."""
    if not base_urls:
        return ""
    named = "".join(f"<baseURL>{text(each)}</baseURL>" for each in base_urls)
    opened = f'<friends xmlns="{_FRIENDS}" xsi:schemaLocation="{_FRIENDS} {_OAI}friends.xsd">'
    return f"<description>{opened}{named}</friends></description>"


def sets(found: Sequence[SetRow]) -> str:
    """The `<set>` elements of a page of ListSets (4.6)."""
    return "".join(
        f"<set><setSpec>{text(each.spec)}</setSpec><setName>{text(each.name)}</setName></set>" for each in found
    )


def formats(offered: Sequence[Format], base_url: str) -> str:
    """The `<ListMetadataFormats>` element (4.4); schemas of the exchange's own lie beside `base_url`."""
    entries = "".join(
        f"<metadataFormat><metadataPrefix>{each.prefix}</metadataPrefix>"
        f"<schema>{text(urljoin(base_url, each.schema))}</schema>"
        f"<metadataNamespace>{text(each.namespace)}</metadataNamespace></metadataFormat>"
        for each in offered
    )
    return f"<ListMetadataFormats>{entries}</ListMetadataFormats>"
