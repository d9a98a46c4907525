"""Dates as people wrote them: forms of real catalogues beside the rows of the chapter, and what must stay unread."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.dates import edtf
from mappings.dates.read import historical_date, read
from mappings.schema.dates import Dated, Undated, Unread

#: bounds wider or narrower than their EDTF: the 19th century ends with 1900, lunar years are not ours
_OWN_BOUNDS = {"century"}


@pytest.mark.parametrize("text", ["Box 100-1200", "box 100 - 1200", "Folder 12-1950"])
def test_a_number_of_a_box_lends_its_place_to_no_year(text: str) -> None:
    assert read(text) == Unread()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Qianlong period", "1736/1795"),
        ("reign of the Qianlong emperor", "1736/1795"),
        ("the Guangxu emperor's reign", "1875/1908"),
        ("Ming dynasty", "1368/1644"),
        ("Northern Song dynasty", "0960/1127"),
        ("Ch'ing dynasty", "1644/1912"),
        ("Meiji era", "1868/1912"),
        ("Minguo period", "1912/1949"),
    ],
)
def test_reigns_and_dynasties_have_names_in_latin_letters(text: str, expected: str) -> None:
    assert _dated(text).edtf == expected


@pytest.mark.parametrize(
    "text", ["Qianlong", "Song", "Jin dynasty", "Reiwa era", "Victorian era", "early Qing dynasty"]
)
def test_a_name_alone_or_of_several_dynasties_is_no_date(text: str) -> None:
    assert read(text) == Unread(code="date_unread")


def test_a_period_beside_its_years_does_not_widen_them() -> None:
    assert _dated("Qing dynasty, Qianlong period (1736–95)").edtf == "1736/1795"
    assert _dated("Ming dynasty, 15th century").edtf == "14XX"


def _dated(text: str) -> Dated:
    found = read(text)
    assert isinstance(found, Dated), text
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # EDTF and ISO
        ("1985-04-12", "1985-04-12"),
        ("1985-04-12T10:00:00Z", "1985-04-12"),
        ("1984~", "1984~"),
        ("1958-05-00", "1958-05"),
        ("1951-04-05/", "1951-04-05/.."),
        ("{1941,1943}", "{1941,1943}"),
        ("1945-mm-24", "1945-XX-24"),
        # beside the table of the chapter, which test_rows has
        ("first century BC", "-0099/0000"),
        ("1st-2nd century AD", "00XX/01XX"),
        ("1900s, mostly post-1950", "19XX"),
        ("1880-1950, mostly 1900-1910", "1880/1950"),
        ("mostly 1950s", "195X"),
        # forms of the sample data
        ("Jan. - Feb. 1986", "1986-01/1986-02"),
        ("1951 January 9-January 19", "1951-01-09/1951-01-19"),
        ("1902 December 1-6", "1902-12-01/1902-12-06"),
        ("June 10-12, 1954", "1954-06-10/1954-06-12"),
        ("30 October 1918 - 15 November 1918.", "1918-10-30/1918-11-15"),
        ("1906-2000s", "1906/200X"),
        ("12-15 May 1920", "1920-05-12/1920-05-15"),
        ("18th-19th century", "17XX/18XX"),
        ("(bulk 1867-1882)", "1867/1882"),
        ("1850-1920 (bulk 1880-1900)", "1850/1920"),
        ("1968, printed before 1976", "1968"),
        ("1998, c1997", "1998"),
        ("1879; 1880; 1881; 1890", "{1879..1881,1890}"),
        ("1935, 1948-1962", "{1935,1948..1962}"),
        ("1890s-1900s", "189X/190X"),
        ("1997/1998 [i.e. 1998]", "1998"),
        ("5757 [1996 or 1997]", "[1996,1997]"),
        ("not before 1598]", "[1598..]"),
        ("[188-?]", "188X?"),
        ("1923-24", "1923/1924"),
        ("1815-23", "1815/1823"),
        ("2001-21", "2001-21"),
        ("2001-24", "2001-24"),
        ("唐宪宗元和十年", "0815"),
        ("清圣祖康熙三年", "1664"),
        ("元和十年 (815)", "0815"),
        ("元和十年（公元815年）", "0815"),
        ("元和十年", "[0815,1624]"),
        ("民国辛亥", "[1971,2031]"),
        ("1821–2", "1821/1822"),
        ("b. 1954", "1954/.."),
        ("<1998- >", "1998/.."),
        ("MDCCCXLV", "1845"),
        ("民國85 [1996].", "1996"),
        ("昭和 9- [1934-", "1934/.."),
        ("萬曆戊午 [1618]", "1618"),
        ("乾隆五十年", "1785"),
        ("1998年5月3日", "1998-05-03"),
        ("20世纪30年代", "193X"),
        ("一九四九年十月", "1949-10"),
        ("民国20-25年", "1931/1936"),
        ("1949年以前", "[..1948]"),
        ("约1930年", "1930~"),
        ("西晉", "0266/0316"),
        ("姚秦", "0384/0417"),
        ("隋", "0581/0619"),
        ("大清", "1644/1912"),
        # ways of writing that were once read as something else
        ("後唐時期", "0923/0937"),
        ("后金", "1616/1636"),
        ("1961, Sept.-1963, Aug.", "1961-09/1963-08"),
        ("1874, 3 Jan.-1883, 4 Aug.", "1874-01-03/1883-08-04"),
        ("1378 [1999 or 2000]", "[1999,2000]"),
        ("ca. 1133-1138 [1720-1725]", "1720~/1725~"),
        ("Northern Song Dynasty, 960-1127", "0960/1127"),
        ("pre-1912", "[..1911]"),
        ("Prior to 1860", "[..1859]"),
        ("circa late 1800s", "1867~/1900~"),
    ],
)
def test_what_a_text_reads_as(text: str, expected: str) -> None:
    assert _dated(text).edtf == expected


@pytest.mark.parametrize(
    "text", ["n.d.", "[n.d.]", "undated", "00000000", "无年月", "年代不详", "s.d.", " ", "no date"]
)
def test_texts_that_say_that_there_is_no_date(text: str) -> None:
    assert read(text) == Undated()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("90", "date_unread"),
        ("Sep-97", "date_unread"),
        ("5757", "date_unread"),
        ("甲辰", "cycle_without_era"),
        ("康熙六十五年", "reign_overrun"),
        ("January-March", "date_unread"),
        ("Box 7", "date_unread"),
        ("1965-1959", "date_unread"),
        ("东方出版社", "date_unread"),
        ("金", "date_unread"),
        ("梁", "date_unread"),
        ("4/3/21", "date_unread"),
        ("4/4 sec.", "date_unread"),
    ],
)
def test_no_guess_is_made(text: str, code: str) -> None:
    assert read(text) == Unread(code=code)


def test_bounds_are_authoritative_where_edtf_says_less() -> None:
    assert (_dated("19th century").start, _dated("19th century").end) == ("1800-01-01", "1900-12-31")
    assert (_dated("光绪二十九年").start, _dated("光绪二十九年").end) == ("1903-01-29", "1904-02-15")
    assert (_dated("before 1900").start, _dated("before 1900").end) == (None, "1899-12-31")


def test_flags_kinds_calendars_and_issues() -> None:
    assert _dated("[1923]").flags == ("inferred",)
    assert _dated("c1998").kind == "copyright"
    assert _dated("published 1855").kind == "issued"
    assert _dated("1994, undated").flags == ("partly_undated",)
    assert _dated("3/4/1921").issues == ("day_month_unclear",)
    assert _dated("19210230").issues == ("day_impossible",)
    assert _dated("民国三十八年四月").calendar == "minguo"
    assert _dated("宣统三年正月").flags == ("lunar_month",)
    assert _dated("Min guo 87 [1999]").issues == ("dates_disagree",)


def test_what_the_source_says_of_its_dates_is_heeded() -> None:
    assert isinstance(found := read("3/4/1921", order="dmy"), Dated)
    assert found.edtf == "1921-04-03"
    assert isinstance(found := read("3/4/1921", order="mdy"), Dated)
    assert found.edtf == "1921-03-04"
    assert isinstance(found := read("c1830", c="circa"), Dated)
    assert found.edtf == "1830~"
    assert isinstance(found := read("正德二年", hint="明"), Dated)
    assert found.edtf == "1507"
    assert isinstance(found := read("甲辰", hint="光绪"), Dated)
    assert found.edtf == "1904"
    assert isinstance(found := read("甲辰", hint="乾隆"), Dated)
    assert found.edtf == "1784"


def test_a_record_keeps_the_text_whatever_became_of_it() -> None:
    assert historical_date("c1998", "issued").kind == "copyright"
    assert historical_date("1998", "issued").kind == "issued"
    assert historical_date("n.d.").flags == ("undated",)
    unread = historical_date("Box 7")
    assert (unread.text, unread.edtf, unread.flags) == ("Box 7", None, ("unread",))


_PIECES = st.sampled_from(
    [
        "1900",
        "1901",
        "19",
        "7",
        "31",
        "[",
        "]",
        "(",
        ")",
        "?",
        "~",
        "-",
        "–",
        "/",
        ",",
        ";",
        ".",
        "c.",
        "ca.",
        "before",
        "after",
        "between",
        "and",
        "to",
        "or",
        "May",
        "january",
        "spring",
        "century",
        "18th",
        "early",
        "late",
        "B.C.",
        "undated",
        "published",
        "copyright",
        "bulk",
        "i.e.",
        "民国",
        "光绪",
        "年",
        "月",
        "日",
        "三",
        "十",
        "世纪",
        "年代",
        "约",
        "以前",
        "至",
        "甲辰",
        "清",
        "正",
        "n.d.",
    ]
)


@given(
    st.text(max_size=60) | st.lists(_PIECES, max_size=12).map(" ".join) | st.lists(_PIECES, max_size=12).map("".join)
)
def test_any_text_gives_an_outcome_and_every_reading_is_edtf_with_the_same_bounds(text: str) -> None:
    found = read(text)
    if not isinstance(found, Dated):
        return
    again = edtf.bounds(found.edtf)
    assert again is not None
    if found.calendar == "gregorian" and not _OWN_BOUNDS & set(found.flags):
        assert (found.start, found.end) == again
    if found.start and found.end and found.start[0] not in "-+":
        assert found.start <= found.end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("?-1923", "../1923"),
        ("04-1921", "1921-04"),
        ("11-1998", "1998-11"),
        ("1949年10月以前", "[..1949-10]"),
        ("1949年10月1日以后", "[1949-10-01..]"),
        ("1949年以后", "[1950..]"),
        ("民国二十六年七月七日以前", "[..1937-07-07]"),
        ("光绪三十年六月以前", "[..1904-08-10]"),
        ("民国甲子", "[1924,1984]"),
        ("前1世纪", "-0099/0000"),
    ],
)
def test_what_stands_around_a_month_or_a_day_leaves_it_whole(text: str, expected: str) -> None:
    assert edtf_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("宣统三年八月癸丑", "1911-10-10"),
        ("宣统三年八月癸丑日", "1911-10-10"),
        ("光绪二十年六月戊辰", "1894-07-25"),
        ("光绪二十年甲午六月二十三日", "1894-07-25"),
    ],
)
def test_days_are_read_by_their_number_in_the_cycle_of_sixty(text: str, expected: str) -> None:
    assert edtf_of(text) == expected


@pytest.mark.parametrize("text", ["宣统三年八月甲申", "光绪二十年乙未", "民国三十年八月癸丑"])
def test_a_day_or_year_that_bears_another_number_is_not_read(text: str) -> None:
    assert edtf_of(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("西汉元封元年", "-0109"),
        ("永和九年", "0353"),
        ("东汉永和二年", "0137"),
        ("建武元年", "[0025,0304,0317,0494]"),
        ("隋大业三年", "0607"),
        ("武周长安三年", "0703"),
        ("垂拱三年", "0687"),
        ("显德六年", "0959"),
        ("统和十年", "0992"),
        ("大定五年", "1165"),
        ("西夏贞观元年", "1101"),
        ("贞观元年", "0627"),
        ("太平三年", "[0258,1023]"),
        ("西汉", "-0201/0008"),
        ("战国时期", "-0474/-0220"),
    ],
)
def test_reigns_before_the_tang_and_of_lesser_dynasties(text: str, expected: str) -> None:
    assert edtf_of(text) == expected


@pytest.mark.parametrize("text", ["文明", "和平", "普通", "太平", "长安"])
def test_an_older_title_alone_is_a_word_and_no_date(text: str) -> None:
    assert edtf_of(text) is None


def edtf_of(text: str) -> str | None:
    """The reading of a text as EDTF; None where it is not read."""
    found = read(text)
    return found.edtf if isinstance(found, Dated) else None
