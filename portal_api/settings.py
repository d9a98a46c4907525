"""What an operator can set about the doors."""

from __future__ import annotations

import msgspec

from federation.settings import Approval

#: the languages with a complete catalogue in `locale/`; the first is the fallback
UI_LANGUAGES = ("en", "zh-Hans")


class PortalSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The portal's own settings; `portal_api.config` fills them."""

    #: what the exchange calls itself in its page header and titles
    title: str = "Archive Exchange"
    #: scheme and host that readers use, without a trailing slash; empty = the address that the request came to
    public_url: str = ""
    #: OAI namespace of the items given on; frozen at the first exported item
    authority: str = "archive-exchange.example"
    admin_email: str = ""
    #: order of preference where a reader names none
    ui_languages: tuple[str, ...] = UI_LANGUAGES
    #: addresses or networks whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed
    trusted_proxies: tuple[str, ...] = ()
    #: private networks that feeds may be read from
    allow_networks: tuple[str, ...] = ()
    #: seconds between two requests to the origin of a feed that is added
    min_interval_seconds: float = 0.2
    #: user agents that `robots.txt` turns away everywhere
    robots_refused: tuple[str, ...] = ()
    #: searches that run at once; 0 = one a core, of a cluster two
    searches_at_once: int = 0
    #: most that a query may cost before it is refused, in points
    query_price_limit: int = 100
    #: password sign-ins: a minute an account, a minute a network prefix
    sign_in_account_per_minute: int = 5
    sign_in_network_per_minute: int = 20
    #: requests that one harvester may make of the OAI-PMH repositories in a second, and how many at once
    harvester_per_second: float = 10.0
    harvester_at_once: int = 2
    #: addresses or networks of harvesters that may ask as they like
    harvester_networks: tuple[str, ...] = ()
    #: who signs a version of a crosswalk before it goes live
    approval: Approval = "gates"
    #: files and addresses that visitors of one network prefix may try in an hour
    trials_per_hour: int = 3
    #: hits of one list that is taken away: without an account, with one, by a key; a longer one is refused, never cut
    export_anonymous: int = 1_000
    export_account: int = 100_000
    export_key: int = 5_000_000
    #: bytes that files of lists may take: of all who have no account together, of one person
    exports_bytes_anonymous: int = 2 << 30
    exports_bytes_account: int = 20 << 30
    #: lists that one network may have written at one time
    exports_at_once: int = 4
