"""A tape of a real broker is shown before it is kept, and kept only after a yes."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.brokers.alpaca.broker import AlpacaBroker
from bot.domain.errors import NotAllowed
from bot.domain.plan import Environment
from tests.adapters.scripted_schwab import Script, access_to, line_to, scripted_schwab, store
from tests.tapes import live
from tests.tapes.record import main
from tests.tapes.tape import metadata_of
from tests.tapes.worlds import KEY, SECRET, Stage, alpaca, schwab

REAL = {"alpaca": "https://paper-api.alpaca.markets", "schwab": "https://api.schwabapi.com"}


class Owner:
    """Reads what is shown, and answers every question alike."""

    def __init__(self, answer: str | None) -> None:
        self.answer = answer
        self.read: list[str] = []
        self.asked: list[str] = []

    def reply(self, question: str) -> str:
        self.asked.append(question)
        if self.answer is None:
            raise EOFError
        return self.answer

    @property
    def terminal(self) -> live.Terminal:
        return live.Terminal(say=self.read.append, ask=self.reply)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with alpaca(tmp_path, "") as opened:
        yield opened


def kept(stage: Stage, owner: Owner, into: Path, *hide: str) -> list[Path]:
    assert stage.sim is not None
    scenes = {"account": lambda: stage.broker.read("ira"), "market": stage.broker.market}
    origins = {stage.sim.url: REAL["alpaca"]}
    return live.keep(
        "alpaca", scenes, origins=origins, secrets=[KEY, SECRET, *hide], terminal=owner.terminal, into=into
    )


@pytest.mark.parametrize("answer", ["", "n", "no", "maybe", None])
def test_nothing_is_written_without_a_yes(answer: str | None, stage: Stage, tmp_path: Path) -> None:
    owner = Owner(answer)

    assert kept(stage, owner, tmp_path / "tapes") == []
    assert len(owner.asked) == 2
    assert not (tmp_path / "tapes").exists()


def test_after_a_yes_it_is_kept_as_what_it_is(stage: Stage, tmp_path: Path) -> None:
    paths = kept(stage, Owner("y"), tmp_path)

    assert [path.name for path in paths] == ["account.live.yaml", "market.live.yaml"]
    assert {metadata_of(path)["recorded_from"] for path in paths} == {"live"}


def test_every_exchange_is_shown_before_the_question(stage: Stage, tmp_path: Path) -> None:
    owner = Owner("n")
    kept(stage, owner, tmp_path)

    assert f"GET {REAL['alpaca']}/v2/account -> 200" in owner.read[0]
    assert '"cash": "1234.56"' in " ".join(owner.read[0].split())
    assert "PA0000000001" in owner.read[0]


def test_what_still_looks_like_a_secret_is_never_kept(stage: Stage, tmp_path: Path) -> None:
    owner = Owner("y")
    scenes = {"market": stage.broker.market}
    assert stage.sim is not None
    origins = {stage.sim.url: "https://jane.doe@mail.org"}

    assert live.keep("alpaca", scenes, origins=origins, secrets=(), terminal=owner.terminal, into=tmp_path) == []
    assert owner.asked == []
    assert "an address of a person" in owner.read[-1]


def test_a_scene_that_fails_is_a_tape_too(stage: Stage, tmp_path: Path) -> None:
    def fails() -> None:
        stage.broker.market()
        raise RuntimeError

    assert stage.sim is not None
    origins = {stage.sim.url: REAL["alpaca"]}
    owner = Owner("y")
    paths = live.keep("alpaca", {"bad": fails}, origins=origins, secrets=(), terminal=owner.terminal, into=tmp_path)

    assert len(paths) == 1


def test_no_order_is_placed_unless_it_was_wanted(stage: Stage) -> None:
    assert "far_off_order" not in live.alpaca_scenes(stage.broker, with_order=False)  # type: ignore[arg-type]  # it is one


def test_schwab_is_asked_and_told_nothing(tmp_path: Path) -> None:
    with schwab(tmp_path, "") as stage:
        line = stage.broker._line  # type: ignore[attr-defined]  # the line over the simulator
        for scene in live.schwab_scenes(line).values():
            scene()
        assert stage.sim is not None
        asked = [one.method for one in stage.sim.requests if not one.path.startswith("/v1/oauth")]
    assert set(asked) == {"GET"}


def test_a_line_for_recording_lets_no_order_out(tmp_path: Path) -> None:
    with scripted_schwab() as script:
        _posts_nothing(script, tmp_path)


def _posts_nothing(script: Script, folder: Path) -> None:
    access = access_to(script.url, folder)
    store(access.token_path)
    receipt = line_to(access, environment=Environment.DRY_RUN).send("HASH_1", {})

    assert receipt.text == "Nothing was sent: this login only reads."
    assert not script.asked


@pytest.mark.parametrize("broker", ["alpaca", "schwab"])
def test_without_keys_nothing_begins(broker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("APCA_API_KEY_ID", "APCA_API_SECRET_KEY", "SCHWAB_APP_KEY", "SCHWAB_APP_SECRET"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(SystemExit, match="is not set"):
        main(["--broker", broker, "--source", "live", "--token", "nowhere.json"])


def test_another_host_than_paper_cannot_be_recorded() -> None:
    assert REAL["alpaca"] == live.PAPER
    with pytest.raises(NotAllowed):
        AlpacaBroker(
            account="live",
            key_id=KEY,
            secret_key=SECRET,
            trading_url="https://api.alpaca.markets",
            data_url=live.PRICES,
            environment=Environment.PAPER,
        )


def test_schwab_needs_a_token_file() -> None:
    words = argparse.Namespace(broker="schwab", token=None, hide=[], with_order=False)

    with pytest.raises(SystemExit, match="--token"):
        live.main(words)
