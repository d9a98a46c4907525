"""Every row and sentence of the mapping chapter's section on dates, by its name, in the languages of catalogues."""

from __future__ import annotations

import pytest

from mappings.dates.read import read
from mappings.schema.dates import Dated, Undated, Unread

#: row of the chapter -> texts and their EDTF
ROWS: dict[str, dict[str, str]] = {
    "[1923] is inferred": {
        "[1923]": "1923", "1923]": "1923", "19[23]": "1923", "［1923］": "1923", "〔1923〕": "1923",
        "【1923】": "1923", "[一九二三年]": "1923", "[1923-1925]": "1923/1925",
    },
    "[1923?] is uncertain": {
        "[1923?]": "1923?", "［1923？］": "1923?", "[191-?]": "191X?", "1949年？": "1949?",
    },
    "c1998 is copyright": {
        "c1998": "1998", "©1998": "1998", "cop. 1998": "1998", "℗1998": "1998", "1998, c1997": "1998",
    },
    "c.1830–41 is circa": {
        "c.1830–41": "1830~/1841~", "ca. 1830-41": "1830~/1841~", "um 1900": "1900~", "vers 1900": "1900~",
        "hacia 1900": "1900~", "verso il 1900": "1900~", "约1949年": "1949~", "1949年前后": "1949~",
    },
    "1799–1800 is a range": {
        "1799–1800": "1799/1800", "1799 to 1800": "1799/1800", "1799年至1800年": "1799/1800",
        "1799—1800年": "1799/1800", "1799–1800 (bulk 1799)": "1799/1800", "siglos XVIII-XIX": "17XX/18XX",
        "sec. XV-XVI": "14XX/15XX", "secolele XVIII-XIX": "17XX/18XX", "19世纪末20世纪初": "1867~/1933~",
        "1949年至今": "1949/..",
    },
    "1980s-1990s are decades": {
        "1980s-1990s": "198X/199X", "1980s–90s": "198X/199X", "1980年代至1990年代": "198X/199X",
        "1980-1990年代": "198X/199X", "20世纪80-90年代": "198X/199X", "二十世纪八十年代": "198X",
        "一九三〇年代": "193X", "1930er Jahre": "193X", "années 1930": "193X", "años 1930": "193X",
        "década de 1930": "193X", "anni 1930": "193X", "anii 1930": "193X", "1930年代初": "1930~/1932~",
    },
    "18-- is a century": {
        "18--": "18XX", "[18--?]": "18XX?", "18??": "18XX", "186-": "186X",
    },
    "19th century": {
        "19th century": "18XX", "nineteenth century": "18XX", "XIXth century": "18XX", "19世纪": "18XX",
        "十九世纪": "18XX", "19. Jahrhundert": "18XX", "XIXe siècle": "18XX", "siglo XIX": "18XX",
        "secolo XIX": "18XX", "saec. XIX": "18XX",
    },
    "late 15th c. is a third": {
        "late 15th c.": "1467~/1500~", "Ende des 15. Jahrhunderts": "1467~/1500~",
        "fin du XVe siècle": "1467~/1500~", "finales del siglo XV": "1467~/1500~",
        "fine del XV secolo": "1467~/1500~", "15世纪末": "1467~/1500~",
        "sfârșitul secolului al XV-lea": "1467~/1500~", "saec. XV ex.": "1467~/1500~", "s. XV in.": "1401~/1433~",
        "principios del siglo XX": "1901~/1933~", "Anfang des 20. Jahrhunderts": "1901~/1933~",
        "zweite Hälfte des 19. Jahrhunderts": "1851/1900", "première moitié du XIXe siècle": "1801/1850",
        "seconde moitié du XIXe siècle": "1851/1900", "prima metà del XIX secolo": "1801/1850",
        "segunda mitad del siglo XIX": "1851/1900", "3. Viertel 19. Jh.": "1851/1875", "20世纪上半叶": "1901/1950",
    },
    "before 1900": {
        "before 1900": "[..1899]", "pre-1900": "[..1899]", "vor 1900": "[..1899]", "avant 1900": "[..1899]",
        "antes de 1900": "[..1899]", "prima del 1900": "[..1899]", "ante 1900": "[..1899]",
        "înainte de 1900": "[..1899]", "1900年以前": "[..1899]", "一九〇〇年前": "[..1899]",
        "建国前": "[..1949-09-30]",
    },
    "after 1945": {
        "after 1945": "[1946..]", "post-1945": "[1946..]", "nach 1945": "[1946..]", "après 1945": "[1946..]",
        "después de 1945": "[1946..]", "dopo il 1945": "[1946..]", "după 1945": "[1946..]",
        "1945年以后": "[1946..]", "民国三十四年后": "[1946..]", "建国后": "[1949-10-01..]",
    },
    "1920 or 1921": {
        "1920 or 1921": "[1920,1921]", "1920 or 21": "[1920,1921]", "1920年或1921年": "[1920,1921]",
        "1920或1921年": "[1920,1921]", "1920 oder 1921": "[1920,1921]", "1920 ou 1921": "[1920,1921]",
        "1920 sau 1921": "[1920,1921]", "1920 o 1921": "[1920,1921]",
    },
    "1941, 1943": {
        "1941, 1943": "{1941,1943}", "1941 and 1943": "{1941,1943}", "1941、1943": "{1941,1943}",
        "1941年、1943年": "{1941,1943}", "1941 und 1943": "{1941,1943}", "1941 et 1943": "{1941,1943}",
        "1941 y 1943": "{1941,1943}", "1941 e 1943": "{1941,1943}", "1941 și 1943": "{1941,1943}",
    },
    "Spring 1923": {
        "Spring 1923": "1923-21", "spring of 1923": "1923-21", "1923年春": "1923-21", "Frühjahr 1923": "1923-21",
        "printemps 1923": "1923-21", "primavera de 1923": "1923-21", "Winter 1923/24": "1923-24",
        "民国十二年秋": "1923-23",
    },
    "200 B.C. is astronomic": {
        "200 B.C.": "-0199", "1 BC": "0000", "200-100 B.C.": "-0199/-0099", "ca. 1600-1046 BCE": "-1599~/-1045~",
        "公元前200年": "-0199", "公元前二百年": "-0199", "200 v. Chr.": "-0199", "200 av. J.-C.": "-0199",
        "200 a.C.": "-0199", "200 î.Hr.": "-0199", "3. Jh. v. Chr.": "-02XX", "siglo III a.C.": "-02XX",
        "IIIe siècle av. J.-C.": "-02XX", "sec. III î.Hr.": "-02XX", "公元前三世纪": "-02XX",
        "100 n. Chr.": "0100", "100 d.C.": "0100",
    },
    "published 1855 is issued": {
        "published 1855": "1855", "printed in 1855": "1855", "publié en 1855": "1855", "erschienen 1855": "1855",
        "publicado en 1855": "1855", "pubblicato nel 1855": "1855", "publicat în 1855": "1855",
        "1855年出版": "1855", "出版于1855年": "1855", "光绪二十九年刻本": "1903",
    },
    "1994, undated is partly undated": {
        "1994, undated": "1994", "undated, 1994": "1994", "1994 (some undated)": "1994",
        "1990-1994, n.d.": "1990/1994", "1994年，部分年代不详": "1994",
    },
    "3/4/1921 without order": {
        "3/4/1921": "1921", "03.04.1921": "1921", "3-4-1921": "1921",
    },
    "民国三十八年四月 is minguo": {
        "民国三十八年四月": "1949-04", "民國三十八年四月": "1949-04", "民国38年4月": "1949-04",
        "中华民国卅八年四月": "1949-04", "民国三十八年四月五日": "1949-04-05", "民国元年": "1912",
        "民国二十六至三十四年": "1937/1945", "民国前一年": "1911",
    },
    "Min guo 87 [1998]": {
        "Min guo 87 [1998]": "1998", "Minguo 87": "1998", "min kuo 38": "1949", "Min guo 87 nian [1998]": "1998",
        "Guangxu 29 nian [1903]": "1903", "Qing Guangxu 29 [1903]": "1903", "Guangxu yuan nian [1875]": "1875",
    },
    "光绪二十九年 is a lunar year": {
        "光绪二十九年": "1903", "光緒廿九年": "1903", "光绪29年": "1903", "清光绪二十九年（1903）": "1903",
        "大清光绪二十九年": "1903", "[清]光绪二十九年": "1903", "(清)光緒二十九年": "1903",
        "光绪二十九年癸卯": "1903", "光绪二十九年至宣统三年": "1903/1911",
    },
    "宣统三年正月 is a lunar month": {
        "宣统三年正月": "1911-01-30/1911-02-28", "宣統三年一月": "1911-01-30/1911-02-28",
        "宣统三年闰六月": "1911-07-26/1911-08-23", "宣统三年腊月": "1912-01-19/1912-02-17",
    },
    "宣统三年八月十九 is a lunar day": {
        "宣统三年八月十九": "1911-10-10", "宣統三年八月十九日": "1911-10-10", "宣统三年八月癸丑": "1911-10-10",
        "光绪二十九年闰五月初五": "1903-06-29", "万历十年九月十九日": "1582-10-15",
        "洪武元年正月初四": "1368-01-31",
    },
    "光绪甲辰 is one year, 康熙壬寅 one of two": {
        "光绪甲辰": "1904", "光緒甲辰年": "1904", "光绪甲辰三月": "1904-04-16/1904-05-14",
        "康熙壬寅": "[1662,1722]", "清甲辰": "[1664,1724,1784,1844,1904]",
    },
    "抗战时期; 清末民初 are of a table": {
        "抗战时期": "1937/1945", "抗戰時期": "1937/1945", "清末民初": "1895~/1919~", "文革": "1966/1976",
        "同光间": "1862/1908", "乾嘉时期": "1736/1820", "北洋政府时期": "1912/1928", "明清": "1368/1912",
    },
    "1930年代; Qianlong period (1736-1795)": {
        "1930年代": "193X", "1930s": "193X", "Qianlong period (1736-1795)": "1736/1795",
        "Tang dynasty (618–907)": "0618/0907", "Eastern Han dynasty (25–220)": "0025/0220",
        "Northern Wei dynasty (386–534)": "0386/0534",
        "Qing dynasty (1644–1911), Qianlong period (1736–95)": "1736/1795", "清乾隆（1736—1795年）": "1736/1795",
    },
    "200405; 19210230": {
        "200405": "2004-05", "20040506": "2004-05-06", "19210230": "1921-02", "1921年2月30日": "1921-02",
    },
    "secolul al XIX-lea: ro fr de es it la": {
        "secolul al XIX-lea": "18XX", "începutul secolului al XX-lea": "1901~/1933~", "anul 1850": "1850",
        "3 aprilie 1921": "1921-04-03", "le 3 avril 1921": "1921-04-03", "am 3. April 1921": "1921-04-03",
        "el 3 de abril de 1921": "1921-04-03", "3 aprile 1921": "1921-04-03", "die 3 Aprilis 1921": "1921-04-03",
        "im April 1921": "1921-04",
    },
    "a title of several dynasties is one of a set, unless the dynasty stands": {
        "至元三年": "[1266,1337]", "太平三年": "[0258,1023]", "正德二年": "[1507,1712]", "明正德二年": "1507",
    },
    "also 太平天国, 康德, 明治-昭和": {
        "太平天国三年": "1853", "康德三年": "1936", "明治三十年": "1897", "大正三年": "1914", "昭和九年": "1934",
        "Shōwa 9 [1934]": "1934",
    },
}  # fmt: skip

#: row of the chapter -> texts that say that there is no date
UNDATED = {
    "n.d.": (
        "n.d.", "N. D.", "[n.d.]", "undated", "no date",
    ),
    "00000000": (
        "00000000", "0000-00-00", "0000", "uuuu", "||||", "----", "-",
    ),
    "无年月": (
        "无年月", "年代不详", "日期不明", "[无年份]", "未署年月", "无时间", "未著年代",
    ),
    "of other languages": (
        "s.d.", "s.a.", "s. f.", "o.D.", "o. J.", "sine anno", "sans date", "senza data", "fără dată",
    ),
}  # fmt: skip

#: row of the chapter -> texts that are left as they are, and why
UNREAD = {
    "90: two digits are never filled in": (("90", "'90", "90s", "20s", "the '20s", "97/98", "90年代"), "date_unread"),
    "甲辰 without a hint": (("甲辰", "甲辰年", "甲辰三月", "壬寅年三月初三"), "cycle_without_era"),
    "a year past the last": (("光绪三十五年", "康熙六十二年", "昭和六十五年", "宣统四年正月"), "reign_overrun"),
}


CASES = [(row, text, expected) for row, texts in ROWS.items() for text, expected in texts.items()]


def dated(text: str) -> Dated:
    found = read(text)
    assert isinstance(found, Dated), text
    return found


@pytest.mark.parametrize(("row", "text", "expected"), CASES, ids=[f"{row}: {text}" for row, text, _ in CASES])
def test_a_row_of_the_chapter_reads_as_it_says(row: str, text: str, expected: str) -> None:
    assert dated(text).edtf == expected, row


@pytest.mark.parametrize("text", [text for texts in UNDATED.values() for text in texts])
def test_a_text_that_says_that_there_is_no_date_is_undated(text: str) -> None:
    assert read(text) == Undated()


@pytest.mark.parametrize(("text", "code"), [(text, code) for texts, code in UNREAD.values() for text in texts])
def test_what_would_be_a_guess_stays_unread(text: str, code: str) -> None:
    assert read(text) == Unread(code=code)


@pytest.mark.parametrize(
    ("row", "flag"),
    [
        ("[1923] is inferred", "inferred"),
        ("[1923?] is uncertain", "uncertain"),
        ("c.1830–41 is circa", "approximate"),
        ("19th century", "century"),
        ("1994, undated is partly undated", "partly_undated"),
        ("宣统三年正月 is a lunar month", "lunar_month"),
        ("宣统三年八月十九 is a lunar day", "lunar_day"),
    ],
)
def test_a_row_is_flagged_as_it_says(row: str, flag: str) -> None:
    assert [text for text in ROWS[row] if flag not in dated(text).flags] == []


def test_kinds_issues_and_calendars_are_those_of_the_rows() -> None:
    assert {dated(text).kind for text in ROWS["c1998 is copyright"] if "," not in text} == {"copyright"}
    assert {dated(text).kind for text in ROWS["published 1855 is issued"]} == {"issued"}
    assert {dated(text).issues for text in ROWS["3/4/1921 without order"]} == {("day_month_unclear",)}
    assert {dated(text).calendar for text in ROWS["民国三十八年四月 is minguo"]} == {"minguo"}
    assert {dated(text).calendar for text in ROWS["光绪二十九年 is a lunar year"]} == {"chinese_lunar"}
    for text in ("Min guo 87 [1999]", "Min guo 87 nian [1999]", "Guangxu 29 nian [1913]"):
        assert dated(text).issues == ("dates_disagree",)
    assert dated("1799–1800 (bulk 1799)").issues == ()


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("19th century", "1800-01-01", "1900-12-31"),
        ("光绪二十九年", "1903-01-29", "1904-02-15"),
        ("光绪三十年以前", None, "1904-02-15"),
        ("光绪三十年以后", "1905-02-04", None),
        ("Winter 1923", "1923-12-01", "1924-02-29"),
        ("1923~", "1923-01-01", "1923-12-31"),
        ("1923?", "1923-01-01", "1923-12-31"),
        ("贞观十年", "0636-01-20", "0637-02-28"),
        ("100 B.C.-A.D. 100", "-0099-01-01", "0100-12-31"),
    ],
)
def test_bounds_are_the_days_that_a_date_can_mean(text: str, start: str | None, end: str | None) -> None:
    assert (dated(text).start, dated(text).end) == (start, end)


@pytest.mark.parametrize("text", ["Spring-Summer 1923", "Spring 1923-Fall 1924", "1923年春至1924年秋"])
def test_an_interval_of_seasons_is_written_in_months(text: str) -> None:
    assert dated(text).edtf in ("1923-03/1923-08", "1923-03/1924-11")
