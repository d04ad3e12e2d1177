"""Records every tape anew: `python -m tests.tapes.record --broker alpaca --source simulator`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from bot import log
from tests.adapters import test_broker_contract
from tests.tapes import test_traps_from_tape
from tests.tapes.exchange import Exchange
from tests.tapes.tape import FOLDER, recording, scrubbed, written
from tests.tapes.worlds import RECORDED, tape_of

MODULES: tuple[ModuleType, ...] = (test_broker_contract, test_traps_from_tape)
SIMULATED = "x-broker-sim"
Scene = Callable[[Any], None]  # a test: its one argument is a stage or the broker on it


def scenes(broker: str) -> Iterator[tuple[str, Scene]]:
    """Every test that is played from a tape of this broker, by its name."""
    opener = RECORDED[broker][1]
    for module in MODULES:
        for name, scene in vars(module).items():
            marks = getattr(scene, "pytestmark", ()) if name.startswith("test_") else ()
            if any(opener in mark.args[1] for mark in marks if mark.args[:1] in {("broker",), ("stage",)}):
                yield name, scene


def heard(broker: str, scene: Scene, folder: Path) -> list[Exchange]:
    """What a test and the simulator say to each other, scrubbed."""
    with RECORDED[broker][0](folder, "") as stage:
        with recording(forget=_is_renewal if broker == "schwab" else lambda _: False) as tape:
            scene(stage if _wants_stage(scene) else stage.broker)
        check_origin(tape.exchanges)
        return scrubbed(tape.exchanges, stage.origins)


def record(broker: str, into: Path = FOLDER, only: str = "") -> list[Path]:
    """Write the tapes of a broker, all or one; what is not recorded any more is removed with `only` empty."""
    tapes = []
    for name, scene in scenes(broker):
        if only and name != only:
            continue
        with tempfile.TemporaryDirectory() as folder:
            text = written(heard(broker, scene, Path(folder)), broker=broker, source="simulator")
        path = into / tape_of(broker, name).relative_to(FOLDER)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        tapes.append(path)
    if not only:
        for path in set((into / broker).glob("*.sim.yaml")) - set(tapes):
            path.unlink()
    return tapes


def main(words: list[str]) -> int:
    """The command; 0 when something was recorded, 1 when nothing was, 2 for wrong use."""
    arguments = _arguments(words)
    if arguments.source == "live":
        from tests.tapes import live  # noqa: PLC0415 - nothing of it is loaded where nothing live is meant

        return live.main(arguments)
    log.set_up(quiet=True)
    tapes = record(arguments.broker, only=arguments.only)
    size = sum(path.stat().st_size for path in tapes)
    sys.stdout.write(f"{arguments.broker}: {len(tapes)} tapes, {size // 1024} KiB\n")
    return 0 if tapes else 1


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.tapes.record", description=__doc__)
    parser.add_argument("--broker", choices=tuple(RECORDED), required=True)
    parser.add_argument("--source", choices=("simulator", "live"), default="simulator")
    parser.add_argument("--only", default="", metavar="TEST", help="one test's tape alone (simulator)")
    parser.add_argument("--with-order", action="store_true", help="live, Alpaca paper: one order far off, cancelled")
    parser.add_argument("--token", type=Path, help="live, Schwab: the token file that `rebaloop login` has made")
    parser.add_argument("--hide", action="append", default=[], metavar="WORD", help="live: a name that must not show")
    return parser.parse_args(words)


def _wants_stage(scene: Scene) -> bool:
    return "stage" in scene.__code__.co_varnames[: scene.__code__.co_argcount]


def _is_renewal(exchange: Exchange) -> bool:
    """A token that the broker forgot is renewed off the tape, so the answer that asked for it is left out too."""
    return exchange.status == 401


def check_origin(exchanges: list[Exchange]) -> None:
    """`SystemExit` when anything but the simulator has answered: its tapes are honest about that."""
    for exchange in exchanges:
        if SIMULATED not in {name.lower() for name in exchange.headers}:
            raise SystemExit(f"{exchange.method} {exchange.uri} was not answered by the simulator; nothing is written")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
