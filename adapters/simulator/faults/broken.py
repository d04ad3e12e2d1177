"""Answers that are none: fixed ones in the words of gateways, and ways to break a good one."""

from dataclasses import replace

from adapters.simulator.wire import Answer, HangUp

HTML = {"Content-Type": "text/html"}
PLAIN = {"Content-Type": "text/plain"}

BAD_GATEWAY = Answer(
    status=502,
    raw=b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>",
    headers=HTML,
)
ACCESS_DENIED = Answer(
    status=403,
    raw=b"<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>"
    b"You don't have permission to access this server.<P>Reference #18.0</BODY></HTML>",
    headers=HTML,
)
UPSTREAM_TIMEOUT = Answer(status=504, raw=b"upstream request timeout", headers=PLAIN)
UNAVAILABLE = Answer(status=503, raw=b"", headers={"Retry-After": "1"})
INTERNAL_ERROR = Answer(status=500, body={"message": "An unexpected error occurred"})
TOO_MANY = Answer(status=429, body={"message": "too many requests."})
UNAUTHORISED = Answer(
    status=401,
    body={"errors": [{"id": "0", "status": 401, "title": "Unauthorized", "detail": "Client not authorized"}]},
)
LOGIN_PAGE = Answer(status=200, raw=b"<html><body><form>Sign in</form></body></html>", headers=HTML)
DROPPED = Answer(status=504, hang_up=HangUp.SILENT)


def emptied(answer: Answer) -> Answer:
    """The status without its content."""
    return replace(answer, body=None, raw=b"")


def truncated(answer: Answer) -> Answer:
    """The first half of the content, as if it were the whole."""
    return replace(answer, raw=answer.content[: len(answer.content) // 2])


def overlong(answer: Answer) -> Answer:
    """More bytes are promised than come before the connection closes."""
    return replace(answer, promised=len(answer.content) + 10)


def underlong(answer: Answer) -> Answer:
    """Fewer bytes are promised than come."""
    return replace(answer, promised=max(len(answer.content) - 10, 0))


def cut(answer: Answer) -> Answer:
    """The connection closes in the middle of the content."""
    return replace(answer, hang_up=HangUp.IN_BODY)


def cut_in_head(answer: Answer) -> Answer:
    """The connection closes after the status line."""
    return replace(answer, hang_up=HangUp.IN_HEAD)


def silenced(answer: Answer) -> Answer:
    """The connection closes before the first byte."""
    return replace(answer, hang_up=HangUp.SILENT)
