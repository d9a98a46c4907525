"""The words for codes that say why: of runs, files, trials and records. Each code is looked up where it is shown."""

from __future__ import annotations

from portal_api.http.marking import N_

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
    "answer_missing": N_("The answer is an OAI-PMH document that holds neither what was asked for nor an error."),
    "badArgument": N_("The repository did not accept the request."),
    "badResumptionToken": N_("The repository did not accept its own token for the next page."),
    "bot_wall": N_("The repository turned the request away (403). Ask its operator to let this exchange in."),
    "brake": N_("The file changes or deletes so much that a person has to say that it is meant: see its files."),
    "busy": N_("The repository asked to come back later."),
    "cannotDisseminateFormat": N_("The repository does not offer this metadata prefix."),
    "authority_unreadable": N_("The pinned certificates of the feed cannot be read: pin them anew."),
    "certificate_expired": N_(
        "The certificate of the repository has expired. "
        "A feed that was given with http and is asked over https can be asked over http again: its page offers it."
    ),
    "certificate_of_another_host": N_(
        "The certificate of the repository is for another address. "
        "A feed that was given with http and is asked over https can be asked over http again: its page offers it."
    ),
    "certificate_untrusted": N_(
        "The certificate of the repository cannot be verified. "
        "A feed that was given with http and is asked over https can be asked over http again: its page offers it."
    ),
    "client_certificate_refused": N_(
        "The repository did not take the client certificate, or wants one: ask its operator which one it takes."
    ),
    "client_certificate_unreadable": N_(
        "The client certificate that the feed names cannot be read: the operator puts it and its key into one file."
    ),
    "changes_gap": N_(
        "The source tells of its changes from a later time on than up to which it is known here, and nothing that it "
        "offers tells of everything anew."
    ),
    "credentials_need_https": N_("The feed has credentials, and its address is none of https: nothing is sent."),
    "count_differs": N_("Fewer records were listed than the repository said it has."),
    "deletions_held": N_("So many records are not in the file that a person has to say that their deletion is meant."),
    "discarded": N_("What it brought was discarded; the next harvest asks again from the same time."),
    "doctype_refused": N_("The answer begins with declarations that are not read for safety."),
    "empty": N_("The answer was empty."),
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
    "nothing_found": N_("The search finds nothing: the query, or the address, may be another than is meant."),
    "hash_differs": N_("What came is not what the list states: its hash differs."),
    "index_nested": N_("A list leads to an index where a part of it should stand."),
    "length_differs": N_("What came is not what the list states: its length differs."),
    "no_resource_list": N_("The source gives neither a list of its resources nor a dump of them."),
    "not_a_source": N_("Something answers at this address, and it is no document of ResourceSync."),
    "other_origin": N_("The source leads to another host than the feed's address; a feed is read from one."),
    "several_sets": N_(
        "The source has several sets of resources, or scopes: give the address of the capability list that is wanted."
    ),
    "not_a_server": N_("Something answers at this address, and it is not an SRU server."),
    "not_authorised": N_(
        "The repository turned the request away (401): give the feed credentials, or have the operator mend the secret "
        "that they name."
    ),
    "password_in_address": N_(
        "A name or password stands in the address, or in one that the repository leads to: it is not followed. "
        "Give the feed credentials instead."
    ),
    "oversize": N_("The answer is larger than is read."),
    "page_crashed": N_("Reading a page ended the process that read it, or came to no end."),
    "pages_capped": N_(
        "It brought as many pages as the feed may bring in one harvest: of a repository, what came is kept; "
        "a file comes whole or not at all. Raise the bound, or ask for less."
    ),
    "protocol_version": N_("The repository speaks version 1 of the protocol, which is no longer in use."),
    "quarantined": N_("Some records could not be read; they lie in quarantine."),
    "quiet_hours": N_("The source is not asked in these hours; the harvest goes on behind them."),
    "records_capped": N_(
        "It brought as many records as the feed may bring in one harvest: of a repository, what came is kept; "
        "a file comes whole or not at all. Raise the bound, or ask for less."
    ),
    "redirect_loop": N_("The address leads round in circles."),
    "redirect_refused": N_("The address leads on to one that is not safe to follow."),
    "secret_elsewhere": N_(
        "The secret that the feed names is for another address: it is not sent. The operator says where it may be sent."
    ),
    "secret_invalid": N_("The secret that the feed names cannot be sent as it is kept: the operator has to mend it."),
    "secret_missing": N_("The secret that the feed names is not kept here: the operator has to keep one of that name."),
    "secret_readable": N_("Others can read the file of secrets, so none is sent: the operator sets its mode to 0600."),
    "token_broken": N_("The repository's tokens lead nowhere new."),
    "too_slow": N_("The answer took too long."),
    "truncated": N_("The answer broke off."),
    "unavailable": N_("The repository did not answer, several times in a row."),
    "set_gone": N_("The repository does not have the set any more; its list of sets names others."),
    "unfetchable": N_("The repository names records that it does not give; the run lists them."),
    "unreachable": N_("Nothing answers at this address: it cannot be reached, or says nothing in time."),
    "windows_unread": N_("Some days of the list could not be read."),
    "xml_broken": N_("The answer is broken XML."),
}

#: what is odd or wrong about a record
ISSUES = {
    "access_held": N_("The rules would open it, and no second person has confirmed that."),
    "access_of_part": N_("A statement of access speaks of a part; it may close the whole and opens nothing."),
    "access_unread": N_("A statement of access was not understood; it opens nothing."),
    "agents_missing": N_("The record names nobody."),
    "budget_steps": N_("The record asks for more work than one record may."),
    "bytes_undecodable": N_("Some bytes are no text in the record's own encoding."),
    "cell_error": N_("A cell holds a formula that failed; it was left out."),
    "closure_end_unknown": N_("A closure of so many years has no date that it could be counted from."),
    "dates_disagree": N_("Two dates of one statement do not agree."),
    "dates_missing": N_("The record has no date."),
    "datestamp_moved_back": N_("The source dates the record before what it had said; its present word stands."),
    "date_unread": N_("A date was not understood; it is shown as written."),
    "deletion_inferred": N_(
        "The repository did not say that it is deleted: its lists name it no more, and it does not give it when asked."
    ),
    "day_month_unclear": N_("Day and month of a date cannot be told apart; its year stands."),
    "doctype_cut": N_("A document type declaration was left out."),
    "double_encoded": N_("The text was encoded twice, and mended."),
    "feed_retired": N_("The feed is retired."),
    "header_missing": N_("There is no heading: a harvested record needs its header, a table a row of column names."),
    "id_by_content": N_("The record has no number; it is known by its content."),
    "id_by_file": N_("The finding aid has no number; it is known by the name of its file."),
    "identifier_empty": N_("The record has no identifier."),
    "identifier_repeated": N_(
        "The source names its identifier more than once; what it said last stands. "
        "Where two sets give it other words and both are wanted, add a feed for each set."
    ),
    "identifier_invalid": N_("An identifier has a wrong check digit."),
    "json_broken": N_("The JSON is broken."),
    "language_unread": N_("A language was not understood."),
    "later_state": N_("A date speaks of a later state of the thing; it stands as written."),
    "level_unread": N_("A level of description was not understood."),
    "link_dangling": N_("A linked field of the record has no partner."),
    "namespace_unexpected": N_("Elements stand in another namespace than expected."),
    "native_id_missing": N_("Its key names nothing."),
    "not_material": N_("It describes a person or another authority, not material."),
    "not_a_record_format": N_("It describes people or bodies (EAC-CPF), not records of what is held."),
    "not_the_format": N_("The record is not in the format that the crosswalk reads."),
    "number_unread": N_("A number was not understood."),
    "orphan": N_("The record above it has not come, or has no place itself: it is hidden until then."),
    "parent_cycle": N_("It stands above itself, and is hidden until a record of the circle names another one."),
    "payload_empty": N_("The record is empty."),
    "section_missing": N_("No section of the record is in a format that is read."),
    "references_left": N_("The record refers to more of its own parts than are read."),
    "records_passed_over": N_("The record holds several; all but the first were passed over."),
    "point_unread": N_("Coordinates were not understood."),
    "quarantined": N_("The record could not be read."),
    "reference_parts_disagree": N_("A part of the reference code contradicts its column; the column stands."),
    "record_cleaned": N_("Broken XML was mended without loss."),
    "relator_unknown": N_("A role of a person is not known."),
    "rule_too_slow": N_("Its rules came to no end in the time that a unit may take; the rule names the one at work."),
    "script_unread": N_("A script was not understood."),
    "set_excluded": N_("It stands in a set that the feed leaves out."),
    "step_crashed": N_("A stage failed over this record and set it aside; the rule names the stage."),
    "text_lost": N_("Too much of the record would be lost by mending it."),
    "title_missing": N_("The record has no title."),
    "unfetchable": N_("The repository names it and does not give it."),
    "unlisted": N_("The repository gives it, and its lists do not name it."),
    "url_refused": N_("A link is no http or https address."),
    "value_cut": N_("A value was too long and was cut."),
    "value_refused": N_("A value cannot stand in its field."),
    "xml_recovered": N_("Broken XML was read as far as possible."),
    "withheld": N_("Somebody has withheld it."),
    "characters_replaced": N_("Characters that cannot be decoded were replaced."),
    "id_by_position": N_("A part has no identifier of its own: it is named by its place, which may change."),
    "level_order": N_("Its level does not fit under that of the record above it."),
    "truncated": N_("It breaks off before its end."),
    "undecodable": N_("Its characters cannot be read."),
    "marc_directory": N_("The directory of a MARC record does not lead to all its fields."),
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
    "manifest_missing": N_("The package has no manifest, so nobody can say what it holds."),
    "manifest_refused": N_("The manifest of the package cannot be read, or is one of another kind."),
    "no_key_column": N_("No column identifies the rows."),
    "not_packed": N_("The manifest of the package names it, and the package does not hold it."),
    "not_a_record_format": N_("It describes people or bodies (EAC-CPF), not records of what is held."),
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
    "discarded": N_("Its run was held and then discarded; what it had replaced was put back."),
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

#: why a run of either kind is not complete, or a trial has no records
ANY_REASONS = {**FILE_REASONS, **REASONS, "rule_too_slow": ISSUES["rule_too_slow"]}
