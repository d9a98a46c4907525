"""What codes mean, in words: verdicts, states, acts, faults of forms; translated where they are shown. Why: `reasons`.

A code without words here is shown as it is, so a new one is never hidden.
"""

from __future__ import annotations

from federation.pipeline.feed_pins import WORDS
from portal_api.http.marking import N_
from portal_api.views.vocabulary import STATUS

#: what a repository says of deleted records (deletedRecord)
DELETIONS = {
    "no": N_("It says nothing of them."),
    "transient": N_("It says for a while that they are deleted."),
    "persistent": N_("It says for good that they are deleted."),
}

#: what a repository taught
PROFILE = {
    "granularity": N_("How finely it dates"),
    "declared_granularity": N_("How finely it says that it dates"),
    "from_inclusive": N_("Whether from takes in the date that it names"),
    "until_inclusive": N_("Whether until takes in the date that it names"),
    "until_whole_day": N_("Whether a day as until reaches to its end"),
    "token_form": N_("How its tokens are sent back"),
    "method": N_("Method of its requests"),
    "charset": N_("Character set of its pages, where they state none or a wrong one"),
    "lag_seconds": N_("How late changes appear in its lists"),
    "skew_seconds": N_("How far its clock is off"),
    "size_claim": N_("What the sizes that it states are worth"),
    "page_cap": N_("Records of its longest page"),
    "window_seconds": N_("Width of the stretches of dates that it is asked for"),
    "deletions": N_("What it says of deleted records"),
}
_BOUNDS = ("from_inclusive", "until_inclusive", "until_whole_day")
PROFILE_VALUES = {
    "granularity.days": N_("by days"),
    "granularity.seconds": N_("by seconds"),
    "declared_granularity.days": N_("by days"),
    "declared_granularity.seconds": N_("by seconds"),
    "token_form.encoded": N_("percent-encoded"),
    "token_form.verbatim": N_("as they stand"),
    "lag_seconds.0": N_("not late"),
    "skew_seconds.0": N_("not by a minute"),
    "size_claim.none": N_("it states none"),
    "size_claim.true": N_("they are right"),
    "size_claim.estimate": N_("they change within a list: none is believed"),
    "size_claim.false": N_("they are wrong: none is believed"),
    "page_cap.0": N_("not known"),
    "window_seconds.0": N_("none: lists are had in one piece"),
    **{f"{name}.yes": N_("yes") for name in _BOUNDS},
    **{f"{name}.no": N_("no") for name in _BOUNDS},
    **{f"deletions.{value}": said for value, said in DELETIONS.items()},
}
#: the values that a person may say by choosing, and what to write in the fields of the others
PINS = WORDS
PIN_HINTS = {
    "charset": N_("Such as gb18030 or cp1252."),
    "lag_seconds": N_("In seconds, to 14 days: each harvest begins twice as much earlier."),
    "page_cap": N_("A list of just so many records without a token is not believed to be whole."),
    "window_seconds": N_("In seconds; 0: in one piece."),
}

QUARANTINE_STATES = {
    "open": N_("asked for again"),
    "acknowledged": N_("known to be lost"),
    "mended": N_("came since"),
}
FEED_STATES = {
    "draft": N_("draft"),
    "probed": N_("draft, tested"),
    "active": N_("active"),
    "paused": N_("paused"),
    "retired": N_("retired"),
}

#: what a feed's records come from
SOURCES = {
    "url": N_("a file at an address, which is fetched"),
    "inbox": N_("a folder of this machine, which is looked into"),
    "static": N_("a static OAI repository: one file"),
    "sru": N_("an SRU server, which is searched"),
    "resourcesync": N_("a ResourceSync source, whose changes are followed"),
}

#: how a feed makes itself known to its source
SCHEMES = {
    "basic": N_("user name and password (basic)"),
    "digest": N_("user name and password (digest)"),
    "bearer": N_("a token (bearer)"),
    "header": N_("a header of its own"),
}

#: where a harvested record stands
STANDINGS = {
    "harvested": N_("harvested"),
    "mapped": N_("mapped"),
    "deleted": N_("deleted"),
    "rejected": N_("rejected"),
    "skipped": N_("skipped"),
    "waiting": N_("waiting"),
    "held": N_("held"),
}

#: where a file that was brought stands
UPLOAD_STATES = {
    "received": N_("being checked"),
    "checked": N_("checked: waits for your word"),
    "approved": N_("being applied"),
    "applied": N_("applied"),
    "refused": N_("refused"),
}

MODES = {
    "add": N_("adds and changes"),
    "replace": N_("replaces the whole catalogue"),
}

#: checks of a description's quality
CHECKS = {
    "title_from_material": N_("The title is the material's own"),
    "date_read": N_("A date is understood"),
    "agents": N_("Somebody is named"),
    "subjects_or_places": N_("There are subjects or places"),
    "descriptions": N_("It is described"),
    "rights_evaluated": N_("The rights are stated"),
    "level_stated": N_("The level is stated"),
    "type": N_("The type is known"),
    "languages": N_("The language is stated"),
    "identifiers_valid": N_("Its identifiers are valid"),
    "found_at_holder": N_("It can be found at its holder"),
    "access_known": N_("Access is known"),
}

#: what is wrong with a field of a form
FAULTS = {
    "field-missing": N_("This is needed."),
    "address-invalid": N_("Give a whole http or https address, such as https://library.example/oai."),
    "code-spent": N_("The code is no longer valid. Start the exchange again: it prints another."),
    "code-wrong": N_("This is not the code that the exchange printed."),
    "crosswalk-unknown": N_("There is no such crosswalk."),
    "authority-invalid": N_("Paste certificates (PEM), at most 20, and no key."),
    "certificate-name-invalid": N_("Give the certificate's name, of a to z, 0 to 9 and inner hyphens."),
    "credentials-need-https": N_("Credentials go over https only, and this feed's address is none."),
    "credentials-unneeded": N_("Nobody asks for credentials where files are brought."),
    "header-invalid": N_("Name a header such as X-Api-Key, with this way alone, and none that every request has."),
    "scheme-invalid": N_("Choose one of these ways."),
    "secret-name-invalid": N_(
        "Give the secret's name, of a to z, 0 to 9 and inner hyphens, and never the secret itself."
    ),
    "username-invalid": N_("With basic and digest give a user name without a colon; with no other way."),
    "exclude-invalid": N_("Give sets of an OAI-PMH repository, parted by spaces, and leave one to be asked for."),
    "reexpose-invalid": N_("Choose one of the list."),
    "raw-invalid": N_("Choose one of the list."),
    "every-invalid": N_("Choose a time of the list."),
    "interval-invalid": N_("Give seconds such as 0.5, at most 600."),
    "look-back-invalid": N_("Give 0 to 366 days."),
    "page-mebibytes-invalid": N_("Give 1 to 2048."),
    "pages-invalid": N_("Give a number from 0 to 1,000,000, of an OAI-PMH repository alone."),
    "ports-in-network": N_(
        "In a private network only an administrator of the exchange sets further ports: "
        "leave the field empty, or ask one."
    ),
    "ports-invalid": N_("Give at most 10 ports of 1 to 65535, parted by spaces."),
    "quiet-hours-invalid": N_("Give hours and their time zone, such as 22:00-06:00 Europe/Rome, not a whole day."),
    "records-invalid": N_("Give a number from 0 to 100,000,000, of an OAI-PMH repository alone."),
    "files-untested": N_(
        "Files are checked when they are brought; add the feed, or try one of them beforehand at /try."
    ),
    "institution-unknown": N_("Choose one of your institutions."),
    "isil-invalid": N_("An ISIL has letters, a hyphen and up to 11 characters, such as DE-1."),
    "key-days": N_("Choose 1 to 365 days."),
    "key-name": N_("Give it a name of at most 100 characters."),
    "key-scopes": N_("Choose at least one."),
    "keys-too-many": N_("20 keys are all that can be had: revoke one first."),
    "licence-invalid": N_("Give the address of a licence, such as https://creativecommons.org/publicdomain/zero/1.0/."),
    "name-taken": N_("This name is taken."),
    "network-unknown": N_("The operator has not allowed this network."),
    "not-known": N_("Name or password is not right."),
    "password-differs": N_("The two passwords are not the same."),
    "password-length": N_("Choose 12 to 1,000 characters."),
    "prefix-invalid": N_("A prefix has letters, digits and - _ . ! ~ * ' ( ) only."),
    "record-part": N_("It is a part of a finding aid: withhold the whole."),
    "record-unknown": N_("This feed has no such record."),
    "record-withheld": N_("It is withheld already."),
    "searches-too-many": N_("100 searches are all that can be kept: delete one first."),
    "set-invalid": N_("A set has letters, digits, colons and - _ . ! ~ * ' ( ) only."),
    "sign-in-invalid": N_("Choose 1 to 200 characters without spaces."),
    "slug-invalid": N_("Use a to z, 0 to 9 and inner hyphens only."),
    "slug-reserved": N_("This short name is one of the exchange's own words."),
    "slug-taken": N_("Another institution has this short name."),
    "source-unknown": N_("Choose one of these sources."),
    "too-long": N_("This is too long."),
}

STAGES = {
    "settle": N_("decisions over held runs"),
    "dry_run": N_("dry runs of crosswalks"),
    "list": N_("lists that people asked for"),
    "map": N_("mapping"),
    "key": N_("keying for linkage"),
    "link": N_("linking"),
    "publish": N_("search index"),
    "export": N_("export for /oai"),
    "records": N_("single records for /oai/records"),
    "enrich": N_("enriched records for their institutions"),
    "host": N_("hosted feeds"),
    "semantic.embed": N_("vectors for the search by meaning"),
}

GIVING = {
    "none": N_("nothing"),
    "merged": N_("merged with what others say"),
    "all": N_("each record by itself, too"),
}

JOB_STATES = {
    "ready": N_("waiting its turn"),
    "leased": N_("in hand"),
    "parked": N_("parked: waits for a person"),
    "done": N_("done"),
    "cancelled": N_("cancelled"),
}

#: states of the search by meaning
MEANING = {
    "on": N_("on"),
    "empty": N_("on, and no thing has a vector yet"),
    "loading": N_("its model is being loaded"),
    "off": N_("off"),
    "not_installed": N_("off: the extra is not installed"),
    "self_check_failed": N_("off: the model does not give what it should"),
    "queries_not_allowed": N_("off: nobody allowed sending queries to the service"),
    "unreachable": N_("off: the service does not answer"),
}

LANES = {
    "interactive": N_("at once"),
    "harvest": N_("harvesting"),
    "process": N_("processing"),
    "index": N_("search index"),
    "housekeeping": N_("housekeeping"),
}

JOB_KINDS = {
    "harvest.slice": N_("harvesting"),
    "file.check": N_("checking a file"),
    "file.load": N_("applying a file"),
    "index.swap": N_("another generation of the search index"),
    "index.repair": N_("repair of the search index"),
    "index.check": N_("daily check of the search index"),
    "index.drop": N_("removal of a generation of the search index"),
    **STAGES,
}

ROLES = {
    "reader": N_("reader"),
    "cataloguer": N_("cataloguer"),
    "fulfiller": N_("fulfiller"),
    "approver": N_("approver"),
    "harvest_admin": N_("administrator of feeds"),
    "institution_admin": N_("administrator of the institution"),
    "auditor": N_("auditor"),
    "exchange_admin": N_("administrator of the exchange"),
}

VERSION_STATES = {
    "draft": N_("draft"),
    "trying": N_("dry run under way"),
    "tried": N_("tried, nothing stops it"),
    "awaiting": N_("waits for a second person"),
    "confirmed": N_("confirmed"),
    "canary": N_("live for some sets"),
    "active": N_("live"),
    "retired": N_("retired"),
}

#: how near the value of a table's row comes to its key
MATCHES = {
    "exact": N_("the same"),
    "close": N_("nearly the same"),
    "broad": N_("broader"),
    "narrow": N_("narrower"),
    "related": N_("related"),
}

FATES = {
    "same": N_("stay the same"),
    "changed": N_("change"),
    "mapped": N_("newly mapped"),
    "refused": N_("no longer mapped"),
    "without": N_("still without a description"),
    "deleted": N_("deleted at their source"),
}

MOVES = {
    "gained": N_("gained"),
    "lost": N_("lost"),
    "changed": N_("changed"),
    "refused": N_("no longer mapped"),
    "moved": N_("moved"),
}

GATES = {
    "access_loosened": N_("Records that would be opened"),
    "default_opens": N_("Rules that open what says nothing of access"),
    "private_read": N_("Records of which private parts would be read"),
    "holding_lost": N_("Records that would lose a reference code, their holder or their statement of rights"),
    "moved": N_("Records that would move in the hierarchy"),
    "ids_changed": N_("Identifiers that would change, which a rekey alone may do"),
    "mapped_drop": N_("Mapped records that would be lost"),
    "rejects": N_("Records without a description"),
}

ACCESS_PARTS = {
    "status": N_("access"),
    "line": N_("what of the entry is shown"),
    "secrecy": N_("secrecy"),
    "conditions": N_("conditions"),
    "until": N_("end of the closure"),
    "content": N_("who may have the content"),
    "shown": N_("whether it is shown at all"),
    "address": N_("address of content that is not open"),
    "reason": N_("reason"),
    "conditions_of_access": N_("as its source says"),
    "inherited_from": N_("taken over from"),
    "closure_years": N_("years of closure"),
    "retention": N_("retention"),
    "requestable": N_("may be asked for"),
    "department": N_("department"),
}

#: what parts of access may say
ACCESS_VALUES = STATUS | {
    "full": N_("the whole entry"),
    "reduced": N_("code, level, dates and holder alone"),
    "hidden": N_("nothing"),
}

REFUSALS = {
    "author_unnamed": N_("Nobody is named as the author of this version: save it again by name."),
    "crosswalk_invalid": N_("The rules have faults: mend what is named below."),
    "dry_run_stale": N_("What is live changed since the dry run, or it is older than a week: make it again."),
    "ids_change": N_("Units would get other identifiers: give them by a rekey, which keeps the old ones resolving."),
    "ids_same": N_("This version changes no identifier: put it to work as any other."),
    "ids_unmatched": N_("Some identifiers would lead nowhere, and nothing that was given out may be lost."),
    "nothing_to_roll_back": N_("Nothing else was live before."),
    "not_approved": N_("Here every version is signed by name before it goes live: somebody has to approve it first."),
    "not_alike": N_("That feed has no rules of its own, or they read another format."),
    "note_missing": N_("Say in a sentence why this may be."),
    "own_work": N_("Whoever wrote a version cannot confirm it."),
    "no_such_record": N_("There is no such record."),
    "pin_not_alone": N_("The record cannot be a test: apart from what stands around it, it means something else."),
    "pin_not_mapped": N_("The record cannot be a test: nothing is made of it."),
    "pin_too_large": N_("The record cannot be a test: it is too large."),
    "record_changed": N_(
        "Somebody else saved this version meanwhile. What you wrote stands below, beside what was saved."
    ),
    "rise_not_ready": N_("Not every feed is tried, or some wait for a second person."),
    "role_missing": N_("Your roles do not let you confirm this."),
    "sets_missing": N_("Name the sets for which the version is to be live."),
    "state_passed": N_("The version is no longer in the state that this needs."),
}
