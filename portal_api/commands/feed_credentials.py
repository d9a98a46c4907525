"""`feed credentials`: how a feed makes itself known to its source; secrets are named, and lie with the operator."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from federation.errors import RequestRefused
from federation.ledger.entry import OPERATOR
from federation.pipeline.feed_credentials import Wanted, authorities_of, credentials_of
from federation.storage import feeds
from federation.storage.clashes import repeats_clashes
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from harvester.credentials import Credentials, origin_of
from harvester.errors import CredentialsRefused
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.named import FeedArgument, open_feed
from portal_api.commands.output import say
from portal_api.kept_secrets import KeptSecrets
from portal_api.wiring import open_store

SchemeOption = Annotated[str, typer.Option(help="What is sent: basic, digest, bearer, or header.")]
UsernameOption = Annotated[str, typer.Option(help="User name, of basic and digest.")]
HeaderOption = Annotated[str, typer.Option(help="What the header is called, such as X-Api-Key.")]
SecretOption = Annotated[str, typer.Option(help="Name of the secret, never the secret itself.")]
CertificateOption = Annotated[str, typer.Option(help="Name of the secret that leads to a client certificate.")]
AuthorityOption = Annotated[
    Path | None, typer.Option(help="File of the certificates (PEM) that alone are believed of its server.")
]


def credentials(
    name: FeedArgument,
    scheme: SchemeOption = "",
    username: UsernameOption = "",
    header: HeaderOption = "",
    secret: SecretOption = "",
    certificate: CertificateOption = "",
    authority: AuthorityOption = None,
    none: Annotated[bool, typer.Option("--none", help="Take its credentials away.")] = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Show, or set anew, how a feed makes itself known to its source; secrets are named, and never shown."""
    wanted = wanted_of(scheme, username, header, secret, certificate, authority)
    if none and wanted != Wanted():
        raise RequestRefused("credentials_invalid", "expected --none or credentials, found both")
    with open_store(data) as store:
        if none or wanted != Wanted():
            feed = _change(store, name, wanted)
        else:
            with store.reading() as connection:
                feed = open_feed(connection, name)
    _tell(feed.credentials, feed.base_url, data)


@repeats_clashes
def _change(store: Store, name: str, wanted: Wanted) -> StoredFeed:
    with store.transaction(actor=OPERATOR) as tx:
        feed = open_feed(tx.connection, name)
        changed = msgspec.structs.replace(feed, credentials=credentials_of(wanted, feed.source, feed.base_url))
        feeds.change(tx, changed)
    return changed


def wanted_of(scheme: str, username: str, header: str, secret: str, certificate: str, authority: Path | None) -> Wanted:
    """The options together; raises RequestRefused where the file of an authority cannot be read."""
    try:
        text = authority.read_text(encoding="ascii") if authority else ""
    except (OSError, UnicodeDecodeError) as error:
        expected = "expected a file of certificates (PEM)"
        raise RequestRefused("authority_invalid", f"{expected}, found none that can be read: {authority}") from error
    if authority and not text.strip():
        raise RequestRefused("authority_invalid", f"expected certificates (PEM) in {authority}, found nothing")
    return Wanted(
        scheme=scheme, username=username, header=header, secret=secret, certificate=certificate, authority=text
    )


def _tell(stated: Credentials, base_url: str, folder: Path) -> None:
    say(f"scheme       {stated.scheme or 'none'}")
    if stated.username:
        say(f"username     {stated.username}")
    if stated.header:
        say(f"header       {stated.header}")
    if stated.secret:
        say(f"secret       {_kept(stated.secret, base_url, folder)}")
    if stated.certificate:
        say(f"certificate  {_kept(stated.certificate, base_url, folder)}")
    for each in authorities_of(stated):
        say(f"authority    {_called(each)}")


def _kept(name: str, base_url: str, folder: Path) -> str:
    """The name of a secret, and whether one is kept that this feed may show."""
    try:
        found = KeptSecrets(folder)(name)
    except CredentialsRefused as refused:
        return f"{name}: {refused}"
    is_ours = origin_of(found.origin) == origin_of(base_url)
    return f"{name}: kept" if is_ours else f"{name}: for {found.origin}, not for this feed [secret_elsewhere]"


def _called(certificate: x509.Certificate) -> str:
    digest = certificate.fingerprint(hashes.SHA256()).hex()
    return f"{certificate.subject.rfc4514_string()}, until {certificate.not_valid_after_utc:%Y-%m-%d}, SHA-256 {digest}"
