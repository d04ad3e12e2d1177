"""Which words of an exchange may stand on a tape, by the name of their field and by their shape."""

from __future__ import annotations

import re

GONE = "SCRUBBED"

# What the adapters send and read; every other header stays off the tape.
HEADERS = frozenset({"accept", "content-type", "date", "location", "retry-after", "x-broker-sim"})
HEADER_FAMILIES = ("x-ratelimit-",)

QUERY = frozenset(
    {
        "activity_types", "after", "client_order_id", "date", "direction", "end", "feed", "fields", "fromEnteredTime",
        "indicative", "limit", "markets", "maxResults", "nested", "page_size", "page_token", "projection", "start",
        "startDate", "endDate", "status", "symbol", "symbols", "toEnteredTime", "types", "until",
    }
)  # fmt: skip

# Names of JSON fields are compared in lower case and without underscores and hyphens.
ACCOUNT_NUMBERS = frozenset({"accountnumber", "accountid", "primaryaccount", "displayacctid", "accountno"})
HASHES = frozenset({"hashvalue", "accounthash"})
SECRET_PARTS = (
    "token", "secret", "password", "passphrase", "passwd", "authoriz", "apikey", "appkey", "keyid", "clientid", "email",
    "phone", "ssn", "taxid", "birth", "address", "street", "city", "zip", "streamer", "customerid", "correlid",
    "functionid", "channel", "cookie", "sessionid", "nickname", "firstname", "lastname", "fullname", "legalname",
    "holder", "owner", "login", "userid", "username", "cddomain", "socketurl", "jwt", "bearer", "credential",
)  # fmt: skip
FREE_TEXT = frozenset(
    {
        "activitymessage", "description", "detail", "error", "errorcode", "errordescription", "errors", "faultstring",
        "message", "originalseverity", "rejectreason", "statusdescription", "title", "validationrulename",
    }
)  # fmt: skip
IDENTITIES = frozenset(
    {
        "activityid", "assetid", "clientorderid", "cusip", "cusips", "groupid", "id", "instrumentid", "invalidsymbols",
        "orderid", "parentorderid", "positionid", "replacedby", "replaces", "transactionid",
    }
)  # fmt: skip
LONG_NUMBERS = frozenset({"totalvolume", "marketcap", "sharesoutstanding", "volume", "vol10davg", "vol1yravg"})

IDENTITY = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{1,20}|[0-9]{17}::[0-9a-f-]{36}|rl-[0-9a-f]{32}|[0-9A-Z]{9}"
)
HARMLESS = re.compile(
    r"|[A-Z][A-Z0-9_./:-]{0,40}|[a-z][a-z_]{0,40}|-?[0-9]{1,12}(?:\.[0-9]{1,12})?|[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]{5,20}(?:Z|[+-][0-9]{2}:?[0-9]{2})?|[0-9]{2}:[0-9]{2}(?::[0-9]{2})?"
)
PLAIN = re.compile(r"[a-z .]{1,60}")
PAGES = ("Access Denied", "Bad Gateway", "Whitelabel Error Page", "Service Unavailable", "Not Found")

EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
SHOWN = re.compile(r"(?i)\b(?:bearer|basic|token|password|secret|key|code)\b\s*[:=]?\s*[^\s,;]*[0-9@=_][^\s,;]*")
IN_QUERY = re.compile(r"([?&]([\w.-]+)=)[^&\s\"'<>]+")
PAPER_NUMBER = re.compile(r"\bPA[0-9A-Z]{6,}\b")
LONG_NUMBER = re.compile(r"(?<![\d.])[0-9]{7,}(?![\d])")
LONG_WORD = re.compile(r"(?=[\w@%~+/=.-]*[0-9])(?=[\w@%~+/=.-]*[A-Za-z])[\w@%~+/=.-]{16,}")
OWN_ID = re.compile(r"rl-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ERROR_CODE = re.compile(r"[45][0-9]{2}1[0-9]{4}")  # of Alpaca: the HTTP status is its beginning
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,20}(?:Z|[+-][0-9]{2}:?[0-9]{2})?")
FAKE_NUMBER = re.compile(r"9000000[0-9]|PA000000000[0-9]")


def plain_name(name: str) -> str:
    """A field's name without its case, underscores and hyphens."""
    return name.lower().replace("_", "").replace("-", "")


def is_secret(name: str) -> bool:
    """Whether whatever stands in a field of this (plain) name is nobody's business."""
    return any(part in name for part in SECRET_PARTS)


def without_patterns(text: str) -> str:
    """Text without anything that looks like a credential, an address of a person or an account."""
    if TIME.fullmatch(text) or FAKE_NUMBER.fullmatch(text):
        return text
    text = IN_QUERY.sub(lambda found: found.group() if found.group(2) in QUERY else found.group(1) + GONE, text)
    for pattern in (EMAIL, SHOWN, PAPER_NUMBER, LONG_WORD, LONG_NUMBER):
        text = pattern.sub(lambda found: found.group() if _is_harmless(found.group()) else GONE, text)
    return text


def _is_harmless(word: str) -> bool:
    return bool(FAKE_NUMBER.fullmatch(word) or OWN_ID.fullmatch(word.rstrip(".,")))
