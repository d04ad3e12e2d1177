"""Recording exchanges onto a scrubbed tape, and playing it to a client library that has no network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from vcr import VCR
from vcr.cassette import Cassette
from vcr.persisters.filesystem import CassetteNotFoundError
from vcr.serializers import yamlserializer

from tests.tapes.exchange import Exchange, parse, spell
from tests.tapes.network import no_network
from tests.tapes.scrubber import Scrubber

FOLDER = Path(__file__).parents[2] / "cassettes"
TOKENS = "/v1/oauth/"
MATCH_ON = ("method", "path", "query", "body")
SIMULATED_HOSTS = {"alpaca": "http://alpaca-sim.test", "schwab": "http://schwab-sim.test"}
HEADER = """\
# recorded_from: {source}
# broker: {broker}
# {origin}
# Written by `make record BROKER={broker}` and never by hand; see cassettes/README.md.
"""
ORIGIN = {
    "simulator": "Behind it stood rebaloop's own simulator (X-Broker-Sim): no evidence of how the vendor behaves.",
    "live": "Behind it stood the vendor's own service; what was the owner's is replaced.",
}
Vcr = Any  # vcrpy publishes no types


@dataclass(slots=True)
class Recording:
    """What was heard so far, in memory alone."""

    exchanges: list[Exchange] = field(default_factory=list)


@contextmanager
def recording(*, forget: Callable[[Exchange], bool] = lambda _: False) -> Iterator[Recording]:
    """Listen to every exchange but those of the token endpoint; nothing is written."""
    heard = Recording()

    class Memory:
        """Keeps in place of a file what vcrpy wants to save."""

        @staticmethod
        def load_cassette(*_: object, **__: object) -> None:
            raise CassetteNotFoundError

        @staticmethod
        def save_cassette(_: object, tape: Mapping[str, Any], **__: object) -> None:
            pairs = zip(tape["requests"], tape["responses"], strict=True)
            found = [_heard(request, response) for request, response in pairs]
            heard.exchanges += [exchange for exchange in found if not forget(exchange)]

    recorder = VCR(
        record_mode="once",
        match_on=("method",),  # while recording nothing is played; comparing more would only take time
        before_record_request=_without_tokens,
        decode_compressed_response=True,
        record_on_exception=False,
    )
    recorder.register_persister(Memory)
    with recorder.use_cassette("never written"):
        yield heard


def written(exchanges: Sequence[Exchange], *, broker: str, source: str) -> str:
    """The text of a tape; its exchanges have been scrubbed."""
    tree = {
        "version": 1,
        "metadata": {"recorded_from": source, "broker": broker},
        "interactions": [_plain(exchange) for exchange in exchanges],
    }
    text: str = yamlserializer.serialize(tree)
    return HEADER.format(source=source, broker=broker, origin=ORIGIN[source]) + text


def scrubbed(exchanges: Sequence[Exchange], origins: Mapping[str, str], hide: Sequence[str] = ()) -> list[Exchange]:
    """All of a tape, after all of it was read for what has to go."""
    scrubber = Scrubber(origins, hide)
    scrubber.learn(exchanges)
    return [scrubber.clean(exchange) for exchange in exchanges]


class StrictTape(Cassette):  # type: ignore[misc]  # vcrpy publishes no types
    """A tape that remembers what it was asked for and does not hold, for callers who swallow the error."""

    def __init__(self, *args: object, **words: object) -> None:
        super().__init__(*args, **words)
        self.missed: list[str] = []

    def can_play_response_for(self, request: Vcr) -> bool:
        plays = bool(super().can_play_response_for(request))
        if not plays:
            self.missed.append(f"{request.method} {urlsplit(request.uri).path}")
        return plays


@contextmanager
def playing(path: Path) -> Iterator[StrictTape]:
    """Answer from the tape alone; every exchange of it has to be asked for, and nothing else may be."""
    player = VCR(record_mode="none", match_on=MATCH_ON, before_record_request=_without_tokens)
    player.register_matcher("body", _same_body)
    assert path.is_file(), f"there is no tape {path.name}; make record BROKER={path.parent.name}"
    arguments = partial(player.get_merged_config, path=str(path))
    with no_network() as attempts, StrictTape.use_arg_getter(arguments) as tape:
        yield tape
        assert not tape.missed, f"not on the tape: {tape.missed}"
        assert not attempts, f"the network was wanted: {attempts}"
        assert tape.all_played, "the tape holds exchanges that nobody asked for any more; record it anew"


def exchanges_of(path: Path) -> list[Exchange]:
    """What a tape holds."""
    tree = yamlserializer.deserialize(path.read_text(encoding="utf-8"))
    return [_held(pair["request"], pair["response"]) for pair in tree["interactions"]]


def metadata_of(path: Path) -> Mapping[str, str]:
    """What a tape says of itself."""
    tree = yamlserializer.deserialize(path.read_text(encoding="utf-8"))
    metadata: Mapping[str, str] = tree.get("metadata") or {}
    return metadata


def _without_tokens(request: Vcr) -> Vcr:
    return None if urlsplit(request.uri).path.startswith(TOKENS) else request


def _same_body(one: Vcr, other: Vcr) -> None:
    assert _spelled(one.body) == _spelled(other.body), "the bodies differ"


def _spelled(body: bytes | str | None) -> object:
    content = body.encode() if isinstance(body, str) else body or b""
    try:
        return spell(parse(content))
    except ValueError:
        return content


def _heard(request: Vcr, response: Mapping[str, Any]) -> Exchange:
    body = request.body.encode() if isinstance(request.body, str) else request.body
    told = {"method": request.method, "uri": request.uri, "headers": request.headers, "body": body}
    return _held(told, response)


def _held(request: Mapping[str, Any], response: Mapping[str, Any]) -> Exchange:
    asked, body = request["body"], response["body"]["string"]
    return Exchange(
        method=request["method"],
        uri=request["uri"],
        request_headers={name: _values(value) for name, value in request["headers"].items()},
        request_body=asked.encode() if isinstance(asked, str) else asked,
        status=int(response["status"]["code"]),
        reason=response["status"]["message"] or "",
        headers={name: _values(value) for name, value in response["headers"].items()},
        body=body.encode() if isinstance(body, str) else body or b"",
    )


def _values(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list | tuple) else [value]
    return tuple(one.decode("latin-1") if isinstance(one, bytes) else str(one) for one in listed)


def _plain(exchange: Exchange) -> dict[str, object]:
    return {
        "request": {
            "method": exchange.method,
            "uri": exchange.uri,
            "headers": {name: list(values) for name, values in exchange.request_headers.items()},
            "body": None if exchange.request_body is None else exchange.request_body.decode(),
        },
        "response": {
            "status": {"code": exchange.status, "message": exchange.reason},
            "headers": {name: list(values) for name, values in exchange.headers.items()},
            "body": {"string": exchange.body.decode()},
        },
    }
