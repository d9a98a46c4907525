"""Words for the codes of the common record; marked here, translated where they are shown."""

from __future__ import annotations

from index.results import Notice
from portal_api.http.marking import N_

LEVELS = {
    "fonds": N_("fonds"),
    "subfonds": N_("subfonds"),
    "series": N_("series"),
    "subseries": N_("subseries"),
    "file": N_("file"),
    "item": N_("item"),
    "collection": N_("collection"),
    "work": N_("work"),
}

#: DCMI types
TYPES = {
    "Text": N_("text"),
    "Image": N_("image"),
    "StillImage": N_("still image"),
    "MovingImage": N_("moving image"),
    "PhysicalObject": N_("object"),
    "Sound": N_("sound"),
    "Collection": N_("collection"),
    "Dataset": N_("data set"),
    "Software": N_("software"),
    "Event": N_("event"),
    "Service": N_("service"),
    "InteractiveResource": N_("interactive resource"),
}

STATUS = {
    "open": N_("open"),
    "restricted": N_("restricted"),
    "closed": N_("closed"),
    "unknown": N_("not stated"),
}

DIGITAL = {
    "landing": N_("page at the holder"),
    "manifest": N_("image viewer"),
    "thumbnail": N_("small image"),
    "file": N_("file"),
    "finding_aid": N_("finding aid"),
    "online": N_("online"),
    "image": N_("with images"),
}

FACETS = {
    "institution": N_("Institution"),
    "department": N_("Department"),
    "type": N_("Type"),
    "level": N_("Level"),
    "language": N_("Language"),
    "creator": N_("Creator"),
    "subject": N_("Subject"),
    "place": N_("Place"),
    "access": N_("Access"),
    "rights": N_("Rights"),
    "digital": N_("Online"),
    "fonds": N_("Fonds"),
    "work": N_("Work"),
    "century": N_("Century"),
    "ancestors": N_("Within"),
    "in": N_("Within"),
    "identifier": N_("Identifier"),
    "ids": N_("Identifier"),
}

SORTS = {
    "relevance": N_("best match"),
    "date": N_("earliest first"),
    "date_desc": N_("latest first"),
    "title": N_("title A to Z"),
    "creator": N_("creator A to Z"),
    "code": N_("reference code"),
    "added": N_("newest here first"),
}

#: what hits are gathered by
GROUPS = {
    "none": N_("not gathered"),
    "fonds": N_("a row a fonds"),
    "work": N_("a row a work"),
}

#: values of the facet of centuries that are no years
CENTURIES = {"undated": N_("undated"), "wide": N_("of many centuries")}

#: facet -> words for its codes; other facets carry labels of their own
FACET_WORDS = {"level": LEVELS, "type": TYPES, "access": STATUS, "digital": DIGITAL, "century": CENTURIES}

#: columns in which a word was found
COLUMNS = {
    "pinned": N_("chosen for this search"),
    "title": N_("title"),
    "creator": N_("creator"),
    "subject": N_("subject"),
    "place": N_("place"),
    "code_text": N_("code or identifier"),
    "description": N_("description"),
    "context": N_("what it belongs to"),
    "identifier": N_("identifier"),
    "code": N_("reference code"),
    "record_id": N_("identifier"),
    "cluster_id": N_("identifier"),
    "title_key": N_("whole title"),
    "type": N_("type"),
    "level": N_("level"),
    "language": N_("language"),
    "institution": N_("holder"),
    "meaning": N_("similar in meaning"),
}

HOW = {
    "exact": N_("as typed"),
    "stem": N_("another form of the word"),
    "prefix": N_("begins so"),
    "pattern": N_("fits the mask"),
    "fuzzy": N_("spelt alike"),
    "context": N_("in what it belongs to"),
    "date": N_("by its date"),
    "synonym": N_("another name for it"),
    "named": N_("what the word names"),
    "pinned": N_("by the exchange"),
    "semantic": N_("not every word stands there"),
    "pinyin": N_("spoken so"),
}

NOTICES = {
    "quote_unclosed": N_("The quotation mark was closed at the end."),
    "quote_empty": N_("Quotation marks without a word between them were passed over."),
    "bracket_unclosed": N_("The bracket was closed at the end."),
    "bracket_unopened": N_("A closing bracket without its opening one was passed over."),
    "bracket_empty": N_("Brackets with nothing inside were passed over."),
    "too_deep": N_("Brackets stand at most eight inside each other; further ones were passed over."),
    "operator_alone": N_("An operator without words beside it was read as a word."),
    "operator_removed": N_("A sign without words beside it was passed over."),
    "no_words": N_("There is no word to look for in this; everything is shown."),
    "control_removed": N_("A character that cannot be seen was taken away."),
    "mask_removed": N_("A mask needs three letters of one word before it; it was taken away."),
    "mask_in_value": N_("This field holds whole values; the mask was taken away."),
    "mask_in_code": N_("Below a code is what follows one of its whole parts; this was read so."),
    "fuzzy_removed": N_("Words spelt alike are looked for from four letters on; the mark was taken away."),
    "fuzzy_nearer": N_("Two letters may differ from eight letters on, and one before; this was read so."),
    "slop_cut": N_("At most five other words may stand between; this was read so."),
    "slop_removed": N_("Other words may stand between two to four words; these were looked for side by side."),
    "mark_removed": N_("The mark before this has no meaning here; it was taken away."),
    "value_missing": N_("There is nothing behind the colon; this was read as a word."),
    "date_unread": N_("This was not read as a date, but as words."),
    "bound_left_out": N_("A bound of the dates was not read as a date, and left out."),
    "date_swapped": N_("The earlier date was put first."),
    "field_unknown": N_("There is no such field; this was read as words."),
    "value_unknown": N_("This field never has this value."),
    "meaning_away": N_("Things that mean the same could not be looked for just now; these have the words."),
    "meaning_not_gathered": N_("Gathered hits are found by words alone; ungathered, what means the same is found too."),
    "partial": N_("A part of the index did not answer in time: there may be more hits, and counts may be too low."),
    "forms_trimmed": N_("The query has many words: other forms and names of them were looked for in part only."),
    "query_cut": N_("The query asks for more than is read; this was passed over."),
}


def notice_key(notice: Notice) -> str:
    """The key of a notice's words: a bound beside the query is left out where a date inside of it becomes words."""
    return "bound_left_out" if notice.code == "date_unread" and not notice.length else notice.code


#: parts of a query as they were understood
CHIPS = {
    "code": N_("words or code"),
    "identifier": N_("words or identifier"),
    "date": N_("word or time"),
    "place": N_("word or place"),
    "type": N_("word or type"),
    "level": N_("word or level"),
    "language": N_("word or language"),
    "institution": N_("word or holder"),
    "synonym": N_("also"),
    "pinyin": N_("word or Chinese spelt so"),
    "dates": N_("dates"),
    "field": N_("field"),
    "phrase": N_("words together"),
    "not": N_("without"),
    "or": N_("one of"),
    "mask": N_("with a mask"),
    "part": N_("part"),
}

#: steps by which a search without hits was relaxed
RELAXED = {
    "spelling": N_("Nothing has what was typed. Shown are hits for another spelling:"),
    "sound": N_("Nothing has what was typed. Shown are hits for characters of the same sound:"),
    "half": N_("Nothing has all of the words. Shown is what has at least half of them."),
}

#: chips of words that name something
UNDERSTOOD = ("code", "identifier", "date", "place", "type", "level", "language", "institution", "synonym", "pinyin")

#: what the words of a chip are taken for alone
ONLY = {
    "code": N_("only the code"),
    "identifier": N_("only the identifier"),
    "date": N_("only the time"),
    "place": N_("only the place"),
    "type": N_("only the type"),
    "level": N_("only the level"),
    "language": N_("only the language"),
    "institution": N_("only the holder"),
    "pinyin": N_("only Chinese spelt so"),
}

WAYS = {
    "view_at_holder": N_("See it online at the holder"),
    "reading_room": N_("See it where it is kept"),
    "ask": N_("Ask the holder"),
    "closed_until": N_("Closed for now"),
    "closed": N_("Closed"),
}

REASONS = {
    "secrecy": N_("secrecy"),
    "privacy": N_("privacy"),
    "statutory": N_("law"),
    "condition": N_("a condition"),
    "donor": N_("the donor's wish"),
    "copyright": N_("copyright"),
    "physical": N_("its fragile state"),
}

CONDITIONS = {
    "notice": N_("advance notice"),
    "appointment": N_("an appointment"),
    "on_site": N_("on site only"),
    "use_copy": N_("a copy is shown instead of the original"),
    "registration": N_("registration"),
    "permission": N_("permission"),
    "fee": N_("a fee"),
}

#: statements of rightsstatements.org and Creative Commons, by the end of their address
RIGHTS = {
    "http://rightsstatements.org/vocab/InC/1.0/": N_("In copyright"),
    "http://rightsstatements.org/vocab/InC-OW-EU/1.0/": N_("In copyright, orphan work"),
    "http://rightsstatements.org/vocab/InC-EDU/1.0/": N_("In copyright, educational use permitted"),
    "http://rightsstatements.org/vocab/InC-NC/1.0/": N_("In copyright, non-commercial use permitted"),
    "http://rightsstatements.org/vocab/InC-RUU/1.0/": N_("In copyright, rights-holder unknown"),
    "http://rightsstatements.org/vocab/NoC-CR/1.0/": N_("No copyright, contractual restrictions"),
    "http://rightsstatements.org/vocab/NoC-NC/1.0/": N_("No copyright, non-commercial use only"),
    "http://rightsstatements.org/vocab/NoC-OKLR/1.0/": N_("No copyright, other legal restrictions"),
    "http://rightsstatements.org/vocab/NoC-US/1.0/": N_("No copyright in the United States"),
    "http://rightsstatements.org/vocab/CNE/1.0/": N_("Copyright not evaluated"),
    "http://rightsstatements.org/vocab/UND/1.0/": N_("Copyright undetermined"),
    "http://rightsstatements.org/vocab/NKC/1.0/": N_("No known copyright"),
    "http://creativecommons.org/publicdomain/zero/1.0/": N_("Public domain dedication (CC0)"),
    "https://creativecommons.org/publicdomain/zero/1.0/": N_("Public domain dedication (CC0)"),
    "http://creativecommons.org/publicdomain/mark/1.0/": N_("Public domain"),
    "https://creativecommons.org/publicdomain/mark/1.0/": N_("Public domain"),
}

FIELDS = {
    "titles": N_("Other titles"),
    "statement_of_responsibility": N_("Statement of responsibility"),
    "reference_code": N_("Reference code"),
    "dates": N_("Dates"),
    "level": N_("Level"),
    "extent": N_("Extent"),
    "medium": N_("Medium"),
    "edition": N_("Edition"),
    "part": N_("Part"),
    "agents": N_("Names"),
    "biography_or_history": N_("Biography or history"),
    "custodial_history": N_("Custodial history"),
    "acquisition": N_("Acquisition"),
    "abstract": N_("Abstract"),
    "scope_and_content": N_("Scope and content"),
    "contents": N_("Contents"),
    "appraisal": N_("Appraisal"),
    "arrangement": N_("Arrangement"),
    "type": N_("Type"),
    "genre": N_("Genre"),
    "subjects": N_("Subjects"),
    "classes": N_("Class numbers"),
    "places": N_("Places"),
    "access": N_("Access"),
    "rights": N_("Rights"),
    "languages": N_("Languages"),
    "digital": N_("Online"),
    "relations": N_("Related material"),
    "note": N_("Note"),
    "identifiers": N_("Identifiers"),
}

AREAS = {
    "identity": N_("Identity"),
    "context": N_("Context"),
    "content": N_("Content and structure"),
    "use": N_("Access and use"),
    "allied": N_("Allied materials"),
    "notes": N_("Notes"),
    "control": N_("Identifiers"),
}

#: of identifiers; those that are called the same in every language stand as they are
SCHEMES = {
    "oai": "OAI",
    "doi": "DOI",
    "ark": "ARK",
    "handle": "Handle",
    "urn": "URN",
    "isbn": "ISBN",
    "issn": "ISSN",
    "isni": "ISNI",
    "lccn": "LCCN",
    "oclc": "OCLC",
    "url": N_("address"),
    "local": N_("local number"),
    "document_number": N_("document number"),
    "unified_book_number": N_("unified book number"),
}

ROLES = {
    "cre": N_("creator"),
    "aut": N_("author"),
    "pbl": N_("publisher"),
    "ctb": N_("contributor"),
    "edt": N_("editor"),
    "trl": N_("translator"),
    "ill": N_("illustrator"),
    "art": N_("artist"),
    "pht": N_("photographer"),
    "cmp": N_("composer"),
}

REASON_WORDS = {
    "origin.equal": N_("one identifier of origin"),
    "code.equal": N_("one holder's reference code"),
    "identifier.equal": N_("a shared identifier"),
    "title.equal": N_("equal titles"),
    "title.near": N_("titles much alike"),
    "title.start": N_("one title begins the other"),
    "title.within": N_("one title within the other"),
    "title.other": N_("other titles"),
    "authors.all": N_("the same names"),
    "authors.half": N_("half of the names"),
    "authors.few": N_("few of the names"),
    "authors.none": N_("other names"),
    "authors.initials_clash": N_("other initials"),
    "years": N_("years"),
    "pages": N_("pages"),
    "publisher.equal": N_("the same publisher"),
    "publisher.other": N_("another publisher"),
    "container.other": N_("published in something else"),
    "language.other": N_("another language"),
    "number.differs": N_("other numbers"),
    "number.one_side": N_("a number on one side"),
}
