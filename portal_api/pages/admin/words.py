"""What codes mean, in words: verdicts, evidence, reasons, standings, issues; translated where they are shown.

A code without words here is shown as it is, so a new one is never hidden.
"""

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
    "discarded": N_("Discarded: it was not meant."),
}

#: what a repository says of deleted records (deletedRecord)
DELETIONS = {
    "no": N_("It says nothing of them."),
    "transient": N_("It says for a while that they are deleted."),
    "persistent": N_("It says for good that they are deleted."),
}

QUARANTINE_STATES = {
    "open": N_("asked for again"),
    "acknowledged": N_("known to be lost"),
    "mended": N_("came since"),
}
FEED_STATES = {
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
}

#: evidence of a complete run
EVIDENCE = {
    "unchanged": N_("The source has nothing that was not here already."),
    "counted": N_("The repository said how many records it has, and as many were listed."),
    "listed": N_(
        "The repository named no number; it said itself that its list ends here, or nothing new stands behind it."
    ),
    "swept": N_("The list was checked once more by its headers, and every record that they name is held."),
}

#: why a run is not complete, or a trial has no records
REASONS = {
    "address_refused": N_(
        "The address lies inside a private network. The operator can allow that "
        "(setting egress.networks); an allowed network is then chosen in the form."
    ),
    "badArgument": N_("The repository did not accept the request."),
    "badResumptionToken": N_("The repository did not accept its own token for the next page."),
    "bot_wall": N_("The repository turned the request away (403). Ask its operator to let this exchange in."),
    "brake": N_("The file changes or deletes so much that a person has to say that it is meant: see its files."),
    "busy": N_("The repository asked to come back later."),
    "cannotDisseminateFormat": N_("The repository does not offer this metadata prefix."),
    "certificate_expired": N_("The certificate of the repository has expired."),
    "certificate_of_another_host": N_("The certificate of the repository is for another address."),
    "certificate_untrusted": N_("The certificate of the repository cannot be verified."),
    "count_differs": N_("Fewer records were listed than the repository said it has."),
    "deletions_held": N_("So many records are not in the file that a person has to say that their deletion is meant."),
    "discarded": N_("What it brought was discarded; the next harvest asks again from the same time."),
    "doctype_refused": N_("The answer begins with declarations that are not read for safety."),
    "end_unproved": N_("The list stopped, and nothing proves that this was its end."),
    "file_unreadable": N_("The file in the folder cannot be read."),
    "folder_unreadable": N_("The folder is not there, or may not be read."),
    "no_records": N_("The repository answered without a record."),
    "noRecordsMatch": N_("The repository says that it has no records here."),
    "noSetHierarchy": N_("The repository has no sets."),
    "not_a_repository": N_(
        "Something answers at this address, and it is not an OAI-PMH repository: a web page, perhaps. "
        "The address of a repository often ends in /oai."
    ),
    "query_refused": N_("The server did not accept the query."),
    "refused": N_("The server refused the request."),
    "schema_refused": N_("The server does not give its records in this format."),
    "not_a_server": N_("Something answers at this address, and it is not an SRU server."),
    "not_authorised": N_("The repository wants a password (401)."),
    "oversize": N_("The answer is larger than is read."),
    "page_crashed": N_("Reading a page ended the process that read it, or came to no end."),
    "protocol_version": N_("The repository speaks version 1 of the protocol, which is no longer in use."),
    "quarantined": N_("Some records could not be read; they lie in quarantine."),
    "redirect_loop": N_("The address leads round in circles."),
    "redirect_refused": N_("The address leads on to one that is not safe to follow."),
    "token_broken": N_("The repository's tokens lead nowhere new."),
    "too_slow": N_("The answer took too long."),
    "truncated": N_("The answer broke off."),
    "unavailable": N_("The repository did not answer, several times in a row."),
    "unfetchable": N_("The repository names records that it does not give; the run lists them."),
    "unreachable": N_("Nothing usable answers at this address: it cannot be reached, or the answer breaks off."),
    "windows_unread": N_("Some days of the list could not be read."),
    "xml_broken": N_("The answer is broken XML."),
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

#: what is odd or wrong about a record
ISSUES = {
    "access_of_part": N_("A statement of access speaks of a part; it may close the whole and opens nothing."),
    "access_unread": N_("A statement of access was not understood; it opens nothing."),
    "agents_missing": N_("The record names nobody."),
    "budget_steps": N_("The record asks for more work than one record may."),
    "bytes_undecodable": N_("Some bytes are no text in the record's own encoding."),
    "cell_error": N_("A cell holds a formula that failed; it was left out."),
    "dates_disagree": N_("Two dates of one statement do not agree."),
    "dates_missing": N_("The record has no date."),
    "date_unread": N_("A date was not understood; it is shown as written."),
    "deletion_inferred": N_(
        "The repository did not say that it is deleted: its lists name it no more, and it denies it."
    ),
    "day_month_unclear": N_("Day and month of a date cannot be told apart; its year stands."),
    "doctype_cut": N_("A document type declaration was left out."),
    "double_encoded": N_("The text was encoded twice, and mended."),
    "feed_retired": N_("The feed is retired."),
    "header_missing": N_("There is no heading: a harvested record needs its header, a table a row of column names."),
    "id_by_content": N_("The record has no number; it is known by its content."),
    "identifier_empty": N_("The record has no identifier."),
    "identifier_invalid": N_("An identifier has a wrong check digit."),
    "json_broken": N_("The JSON is broken."),
    "language_unread": N_("A language was not understood."),
    "later_state": N_("A date speaks of a later state of the thing; it stands as written."),
    "level_unread": N_("A level of description was not understood."),
    "link_dangling": N_("A linked field of the record has no partner."),
    "namespace_unexpected": N_("Elements stand in another namespace than expected."),
    "not_material": N_("It describes a person or another authority, not material."),
    "not_the_format": N_("The record is not in the format that the crosswalk reads."),
    "number_unread": N_("A number was not understood."),
    "payload_empty": N_("The record is empty."),
    "section_missing": N_("No section of the record is in a format that is read."),
    "references_left": N_("The record refers to more of its own parts than are read."),
    "records_passed_over": N_("The record holds several; all but the first were passed over."),
    "point_unread": N_("Coordinates were not understood."),
    "quarantined": N_("The record could not be read."),
    "reference_parts_disagree": N_("A part of the reference code contradicts its column; the column stands."),
    "record_cleaned": N_("Broken XML was mended without loss."),
    "relator_unknown": N_("A role of a person is not known."),
    "script_unread": N_("A script was not understood."),
    "step_crashed": N_("A stage failed over this record and set it aside; the rule names the stage."),
    "text_lost": N_("Too much of the record would be lost by mending it."),
    "title_missing": N_("The record has no title."),
    "unlisted": N_("The repository gives it, and its lists do not name it."),
    "url_refused": N_("A link is no http or https address."),
    "value_cut": N_("A value was too long and was cut."),
    "value_refused": N_("A value cannot stand in its field."),
    "xml_recovered": N_("Broken XML was read as far as possible."),
    "withheld": N_("Somebody has withheld it."),
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

#: why a file, or a unit of it, cannot be read
FILE_REASONS = {
    "bytes_undecodable": N_("Some bytes are no text in the record's own encoding."),
    "charset_refused": N_("The character set is not read."),
    "doctype_refused": N_("It begins with declarations that are not read for safety."),
    "file_empty": N_("There is nothing in it."),
    "header_missing": N_("There is no heading: a harvested record needs its header, a table a row of column names."),
    "identifier_empty": N_("It has no identifier."),
    "json_broken": N_("The JSON is broken."),
    "no_key_column": N_("No column identifies the rows."),
    "not_the_format": N_("It is not in the format that the feed's crosswalk reads."),
    "package_bomb": N_("The package unpacks to far more than its size tells."),
    "package_broken": N_("The package is broken, or was cut off."),
    "package_link": N_("The package holds links."),
    "package_locked": N_("The package asks for a password."),
    "package_name": N_("The package holds a name that leads out of it."),
    "package_nested": N_("It is a package inside of a package."),
    "prefix_missing": N_("The static repository has no list of this metadata prefix."),
    "row_width": N_("The row has another number of cells than there are columns."),
    "superseded": N_("A newer file was fetched before anybody had approved this one."),
    "set_aside": N_("Somebody set it aside; nothing changed."),
    "table_broken": N_("The table cannot be read."),
    "text_lost": N_("Too much of the record would be lost by mending it."),
    "too_deep": N_("Its elements are nested too deep."),
    "too_large": N_("It is larger than is read."),
    "truncated": N_("It breaks off before its end."),
    "undecodable": N_("Its characters cannot be read."),
    "xml_broken": N_("The XML is broken."),
}

#: why there is nothing to show of what somebody brought to `/try`
TRIAL_FAILURES = (
    REASONS
    | FILE_REASONS
    | {
        "address_invalid": N_("Give a whole http or https address, such as https://library.example/oai."),
        "address_refused": N_("The address lies inside a private network, which nobody is led into from here."),
        "format_unknown": N_("It is in no format that can be read here."),
        "nothing_brought": N_("Choose a file, or give an address."),
        "too_slow": N_("It took longer than is waited for."),
    }
)

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

#: why a run of either kind is not complete, or a trial has no records
ANY_REASONS = {**FILE_REASONS, **REASONS}

#: what is wrong with a field of a form
FAULTS = {
    "field-missing": N_("This is needed."),
    "address-invalid": N_("Give a whole http or https address, such as https://library.example/oai."),
    "code-spent": N_("The code is no longer valid. Start the exchange again: it prints another."),
    "code-wrong": N_("This is not the code that the exchange printed."),
    "crosswalk-unknown": N_("There is no such crosswalk."),
    "institution-unknown": N_("Choose one of your institutions."),
    "isil-invalid": N_("An ISIL has letters, a hyphen and up to 11 characters, such as DE-1."),
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
    "map": N_("mapping"),
    "key": N_("keying for linkage"),
    "link": N_("linking"),
    "publish": N_("search index"),
    "export": N_("export for /oai"),
    "records": N_("single records for /oai/records"),
    "enrich": N_("enriched records for their institutions"),
    "host": N_("hosted feeds"),
}

JOB_STATES = {
    "ready": N_("waiting its turn"),
    "leased": N_("in hand"),
    "parked": N_("parked: waits for a person"),
    "done": N_("done"),
    "cancelled": N_("cancelled"),
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

MOVES = {"gained": N_("gained"), "lost": N_("lost"), "changed": N_("changed"), "refused": N_("no longer mapped")}

GATES = {
    "access_loosened": N_("Records that would be opened"),
    "default_opens": N_("Rules that open what says nothing of access"),
    "holding_lost": N_("Records that would lose a reference code, their holder or their statement of rights"),
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
}

REFUSALS = {
    "author_unnamed": N_("Nobody is named as the author of this version: save it again by name."),
    "crosswalk_invalid": N_("The rules have faults: mend what is named below."),
    "dry_run_stale": N_("What is live changed since the dry run, or it is older than a week: make it again."),
    "ids_change": N_("Units would get other identifiers: give them by a rekey, which keeps the old ones resolving."),
    "ids_same": N_("This version changes no identifier: put it to work as any other."),
    "ids_unmatched": N_("Some identifiers would lead nowhere, and nothing that was given out may be lost."),
    "note_missing": N_("Say in a sentence why this may be."),
    "own_work": N_("Whoever wrote a version cannot confirm it."),
    "role_missing": N_("Your roles do not let you confirm this."),
    "sets_missing": N_("Name the sets for which the version is to be live."),
    "state_passed": N_("The version is no longer in the state that this needs."),
}
