"""The words of dates in the languages that catalogues are written in, folded (see `mappings.schema.folding`)."""

from __future__ import annotations

_MONTH_WORDS = (
    # en, de, fr, es, it, pt, nl, ro, la; abbreviations
    "january jan januar janner janvier janv enero ene gennaio gen janeiro januari ianuarie ian ianuarius ianuarii",
    "february feb februar fevrier fevr fev febrero febbraio febbr fevereiro februari februarie februarius februarii",
    "march mar marz mars marzo marco maart mrt martie martius martii",
    "april apr avril avr abril abr aprile aprilie aprilis",
    "may mai mayo maggio mag maio mei maius maii",
    "june jun juni juin junio giugno giu junho iunie iun iunius iunii",
    "july jul juli juillet juil julio luglio lug julho iulie iul iulius iulii",
    "august aug aout agosto ago augustus augusti",
    "september sep sept septembre septiembre settembre sett setembro septembrie septembris",
    "october oct oktober okt octobre octubre ottobre ott outubro octombrie octobris",
    "november nov novembre noviembre novembro noiembrie noi novembris",
    "december dec dezember dez decembre diciembre dic dicembre dezembro decembrie decembris",
)

#: folded name of a month -> 1 to 12
MONTHS: dict[str, int] = {name: number for number, names in enumerate(_MONTH_WORDS, start=1) for name in names.split()}

#: folded name of a season -> EDTF code
SEASONS: dict[str, int] = {
    name: code
    for code, names in (
        (21, "spring fruhling fruhjahr printemps primavera primavara lente"),
        (22, "summer sommer ete verano estate vara zomer"),
        (23, "autumn fall herbst automne otono autunno toamna herfst"),
        (24, "winter hiver invierno inverno iarna"),
    )
    for name in names.split()
}

#: words for a century, standing behind or before its number
CENTURY = (
    "century|centuries|cent|c|jahrhunderts?|jahrh|jhdts?|jhdt|jhs?|jh|siecles?|s|siglos?|secol[oi]|secolul(?:ui)?|"
    "secole(?:le)?|secol|secc?|seculo|eeuw|saecc?|saeculum|saeculi|wiek|wieku"
)

#: words behind a year or a century that count backwards from our era, and forwards
BEFORE_OUR_ERA = (
    r"b\.? ?c\.?(?: ?e\.?)?|v\. ?chr|v\. ?u\. ?z|av\. ?j\.? ?-? ?c|a\. ?c|a\. ?chr|i\. ?hr|i\. ?chr|i\. ?e\. ?n"
)
OUR_ERA = r"a\.? ?d\.?|c\.? ?e\.?|n\. ?chr|ap\. ?j\.? ?-? ?c|d\. ?c|d\. ?hr|d\. ?chr|p\. ?chr"

#: folded ordinal words, 1 to 21
ORDINALS: dict[str, int] = {
    name: number
    for number, name in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
            "thirteenth",
            "fourteenth",
            "fifteenth",
            "sixteenth",
            "seventeenth",
            "eighteenth",
            "nineteenth",
            "twentieth",
            "twenty-first",
        ],
        start=1,
    )
}

#: parts of a century or a decade: folded words -> (first, last) in thirds, halves or quarters, as (index, of how many)
FRACTIONS: dict[str, tuple[int, int]] = {
    words: fraction
    for fraction, names in (
        ((0, 3), "early|beginning of|start of|begin|anfang|debut|inicios|principios|comienzos|inizio|inizi|inceputul|inceput|inc|in"),
        ((1, 3), "mid|middle of|middle|mijl|mitte|milieu|mediados|meta|mijlocul|jumatatea|med"),
        ((2, 3), "late|end of|ende|fin|fines|finales|fine|sfarsitul|sfarsit|sf|ex"),
        ((0, 2), "first half|first half of|1st half|1st half of|1. halfte|erste halfte|premiere moitie|prima meta|"
                 "1re moitie|primera mitad|prima jumatate|1/2"),
        ((1, 2), "second half|second half of|2nd half|2nd half of|last half of|latter half of|2. halfte|zweite halfte|"
                 "seconde moitie|deuxieme moitie|2e moitie|seconda meta|segunda mitad|a doua jumatate|2/2"),
        ((0, 4), "first quarter|first quarter of|1st quarter|1st quarter of|primul sfert|1. viertel|erstes viertel|1er quart|premier quart|"
                 "primo quarto|primer cuarto|1/4"),
        ((1, 4), "second quarter|second quarter of|2nd quarter|2nd quarter of|al doilea sfert|2. viertel|zweites viertel|"
                 "2e quart|deuxieme quart|secondo quarto|segundo cuarto|2/4"),
        ((2, 4), "third quarter|third quarter of|3rd quarter|3rd quarter of|al treilea sfert|3. viertel|drittes viertel|"
                 "3e quart|troisieme quart|terzo quarto|tercer cuarto|3/4"),
        ((3, 4), "fourth quarter|last quarter|last quarter of|fourth quarter of|4th quarter of|ultimul sfert|"
                 "4. viertel|letztes viertel|4e quart|dernier quart|ultimo quarto|ultimo cuarto|4/4"),
    )
    for words in names.split("|")
}  # fmt: skip

#: texts that say that there is no date
UNDATED = frozenset(
    [
        "n.d",
        "nd",
        "undates",
        "unknown dates",
        "n. d",
        "s.d",
        "sd",
        "s. d",
        "s.a",
        "s. a",
        "undated",
        "undated material",
        "no date",
        "no dates",
        "no date given",
        "not dated",
        "without date",
        "date unknown",
        "unknown",
        "unknown date",
        "date not known",
        "undetermined",
        "date undetermined",
        "date not given",
        "not determined",
        "date not identified",
        "n/a",
        "none",
        "o.d",
        "o.j",
        "o. j",
        "ohne datum",
        "ohne jahr",
        "undatiert",
        "sans date",
        "sin fecha",
        "senza data",
        "sem data",
        "z.j",
        "fara data",
        "s.f",
        "s. f",
        "o. d",
        "sine anno",
        "sine dato",
        "f.d",
        "f. d",
        "f.a",
        "nedatat",
        "uuuu",
        "xxxx",
        "0",
        "0000",
        "00000000",
        "0000-00-00",
        "0000-00",
        "000000",
        "various",
        "various dates",
        "date of publication not identified",
        "publication date not identified",
        "无年月",
        "无年代",
        "无日期",
        "无时间",
        "无年份",
        "日期不明",
        "年代不明",
        "时间不明",
        "年月不明",
        "未署年月",
        "未署日期",
        "未著年月",
        "未著年代",
        "无年",
        "不详",
        "年代不详",
        "年月不详",
        "日期不详",
        "时间不详",
        "年份不详",
        "出版年不详",
        "未详",
        "未注年月",
        "不明",
        "年不详",
        "佚",
    ]
)
