"""What may be typed into the search box, by examples; a test runs every one of them."""

from __future__ import annotations

import msgspec

from portal_api.http.marking import N_


class Example(msgspec.Struct, frozen=True):
    """A query, and what it finds in words."""

    query: str
    finds: str


class Section(msgspec.Struct, frozen=True):
    """Examples of one kind."""

    id: str
    title: str
    says: str
    examples: tuple[Example, ...]


SECTIONS: tuple[Section, ...] = (
    Section(
        "words",
        N_("Words"),
        N_("All words have to stand somewhere. Accents, simplified and traditional characters are one."),
        (
            Example("parish register", N_("both words, in any field")),
            Example('"parish register"', N_("the words side by side")),
            Example('"parish register"~3', N_("with up to three other words between them")),
            Example("regist*", N_("words that begin so, from three letters on")),
            Example("organi?ation", N_("any one letter at the mask")),
            Example("regester~", N_("words that are spelt alike")),
            Example("红楼梦", N_("Chinese needs no blanks: 紅樓夢 is found too")),
        ),
    ),
    Section(
        "together",
        N_("Words together"),
        N_("Operators are written in capitals, or in Chinese between blanks."),
        (
            Example("parish OR vestry", N_("one of the two")),
            Example("上海 或 北京", N_("one of the two")),
            Example("parish -bath", N_("without the second word")),
            Example("地图 非 上海", N_("without the second word")),
            Example("(parish OR vestry) register", N_("brackets hold together")),
        ),
    ),
    Section(
        "fields",
        N_("Fields"),
        N_("A field's name, a colon and no blank. A field that there is not is read as words, and said to be."),
        (
            Example('title:"hints for farmers"', N_("in titles")),
            Example("题名:红楼梦", N_("in titles")),
            Example('title:^"hints"', N_("titles that begin so")),
            Example('title:="hints for farmers"', N_("this title exactly")),
            Example("creator:smith", N_("people and bodies who made it")),
            Example("责任者:顾颉刚", N_("people and bodies who made it")),
            Example("subject:(farming OR mills)", N_("one of two subjects")),
            Example("place:shanghai", N_("places")),
            Example("description:correspondence", N_("scope and content, notes, extent")),
        ),
    ),
    Section(
        "values",
        N_("Values and codes"),
        N_("These are compared as a whole."),
        (
            Example("level:fonds", N_("fonds alone; also series, file, item …")),
            Example("type:Image", N_("images")),
            Example("language:zho", N_("in Chinese, by the code of the language")),
            Example("access:open", N_("what is open to everybody")),
            Example("has:online", N_("what can be seen online")),
            Example("code:WA/HMM/*", N_("a reference code and everything below it")),
            Example("id:9787101003048", N_("an identifier: ISBN, ISSN, the holder's own")),
        ),
    ),
    Section(
        "dates",
        N_("Dates"),
        N_("Years, ISO and EDTF dates, and words as catalogues write them."),
        (
            Example("date:1800..1850", N_("material that touches these years")),
            Example("date:<1900", N_("before 1900")),
            Example('date:"19th century"', N_("a century")),
            Example("date:光绪三十年", N_("a year of a reign")),
            Example('date:"Ming dynasty"', N_("a dynasty")),
            Example("within:1931..1945", N_("material that lies wholly inside")),
        ),
    ),
    Section(
        "meaning",
        N_("What words mean"),
        N_("Words that name something are looked for as words and as that; it stands above the results."),
        (
            Example("letters Qianlong period", N_("letters, and material of that reign")),
            Example("photographs of Peking 1930s", N_("a type, a place with its other names, a time")),
            Example("抗日战争 照片", N_("a time and a type")),
            Example("poems in French", N_("a language")),
            Example("maps before 1800", N_("a time with a bound")),
        ),
    ),
)
