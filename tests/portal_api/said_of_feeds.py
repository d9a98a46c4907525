"""What a person may say of a repository: each value as it is typed, as it is kept, and in the words of a page."""

from __future__ import annotations

#: value of the profile -> typed, kept, in English, in Chinese
SAID: dict[str, tuple[str, object, str, str]] = {
    "method": ("POST", "POST", "POST", "POST"),
    "charset": ("GB18030", "gb18030", "gb18030", "gb18030"),
    "token_form": ("verbatim", "verbatim", "as they stand", "原样"),
    "granularity": ("seconds", "seconds", "by seconds", "按秒"),
    "from_inclusive": ("no", False, "no", "否"),
    "until_inclusive": ("no", False, "no", "否"),
    "until_whole_day": ("no", False, "no", "否"),
    "lag_seconds": ("7200", 7_200, "2 hours", "2小时"),
    "size_claim": ("estimate", "estimate", "they change within a list", "在同一列表中会变动"),
    "page_cap": ("1000", 1_000, "1,000", "1,000"),
    "window_seconds": ("86400", 86_400, "24 hours", "24小时"),
}
