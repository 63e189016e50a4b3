# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A complete response of HTTP: its texts, its cookies and the server's clock."""

from __future__ import annotations

import calendar
import codecs
import contextlib
import http.client
import re
import time
from dataclasses import dataclass, field
from email.utils import parsedate_tz
from typing import Callable, Dict, List, Optional

# Character sets that a header may name, by the normalized name of Python. GB 18030 includes the other two.
_CHARSETS = {
    **dict.fromkeys(("gb2312", "gbk", "gb18030"), "gb18030"),
    **{name: name for name in ("ascii", "utf-8", "big5", "iso8859-1")},
}
_COOKIE_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_COOKIE_VALUE = re.compile(r"[\x20-\x3a\x3c-\x7e]*\Z")
_MAX_AGE = re.compile(r";\s*max-age\s*=\s*(-?[0-9]{1,18})", re.IGNORECASE)
# The oldest form of a date ends with its year.
_GMT = re.compile(r"(?:GMT|UTC|[+-][0-9]{4}|^[A-Z][a-z]{2} [^,]* [0-9]{4})\Z")
_EXPIRES = re.compile(r";\s*expires\s*=\s*([^;]*)", re.IGNORECASE)


@dataclass(frozen=True)
class Response:
    """A complete response.

    ``has_end`` is False if its body ended with the connection, and nothing says that it was to end there.
    """

    status: int
    headers: http.client.HTTPMessage
    body: bytes = field(repr=False)
    has_end: bool = True

    def header(self, name: str) -> str:
        return str(self.headers.get(name, ""))

    def header_part(self, read: Callable[[http.client.HTTPMessage], Optional[str]]) -> str:
        """Return what ``read`` finds in the headers, "" for nothing and for a header that cannot be read."""
        with contextlib.suppress(ValueError, LookupError):
            return read(self.headers) or ""
        return ""

    def all_headers(self, name: str) -> List[str]:
        return [str(value) for value in self.headers.get_all(name, [])]

    def header_text(self, name: str, charset_header: str = "charset") -> str:
        """Return the sentence in a header, "" without one.

        Its character set is that of the header ``charset_header`` if it fits, else UTF-8 or GB 18030.
        """
        # http.client decodes every header as Latin-1, which keeps its bytes.
        content = self.header(name).encode("latin-1", "replace")
        for charset in (_known_charset(self.header(charset_header)), "utf-8", "gb18030"):
            with contextlib.suppress(UnicodeDecodeError):
                if charset:
                    return content.decode(charset)
        return content.decode("utf-8", "replace")

    def cookies(self) -> Dict[str, str]:
        """Return the value of each cookie that the response sets, by its name.

        Cookies with characters that a request must not repeat, and deleted cookies, are left out.
        """
        found: Dict[str, str] = {}
        for header in self.all_headers("Set-Cookie"):
            name, equals, value = header.partition(";")[0].partition("=")
            name, value = name.strip(), value.strip()
            if not (equals and _COOKIE_NAME.match(name) and _COOKIE_VALUE.match(value)):
                continue
            found.pop(name, None)
            if not self._is_deleted(header):
                found[name] = value
        return found

    def date(self) -> Optional[float]:
        """Return the server's clock in the header ``Date`` as seconds since 1970.

        None without a legible header, and for headers that differ.
        """
        dates = {date.strip() for date in self.all_headers("Date")}
        date = dates.pop() if len(dates) == 1 else ""
        # RFC 9110 has dates in GMT only. Other names of zones, such as CST, have several meanings.
        return _seconds_of(date) if _GMT.search(date) else None

    def _is_deleted(self, cookie: str) -> bool:
        """Return whether a cookie has expired; its age counts first, and dates by the clock of the server."""
        age, expires = _MAX_AGE.search(cookie), _EXPIRES.search(cookie)
        if age is not None:
            return int(age.group(1)) <= 0
        end, now = _seconds_of(expires.group(1)) if expires else None, self.date()
        return end is not None and end <= (time.time() if now is None else now)


def _seconds_of(date: str) -> Optional[float]:
    """Return an HTTP date as seconds since 1970, None for another text."""
    parsed = parsedate_tz(date)
    with contextlib.suppress(ValueError, OverflowError):
        # HTTP dates without a zone are UTC.
        return None if parsed is None else float(calendar.timegm(parsed[:6]) - (parsed[9] or 0))
    return None


def _known_charset(name: str) -> str:
    try:
        return _CHARSETS.get(codecs.lookup(name.strip()).name, "")
    except (LookupError, ValueError):
        return ""
