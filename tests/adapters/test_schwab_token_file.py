"""The token file is never half written, never open to others and never changed without room for the change."""

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.brokers.schwab.library import TokenMetadata
from adapters.brokers.schwab.token_file import StoredToken, TokenFile
from bot.domain.errors import FixTheFile, LogIn, TryLater
from tests.adapters.scripted_schwab import LOGGED_IN_AT, access_to, line_to, store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "schwab.json"


def tokens_at(path: Path) -> TokenFile:
    return TokenFile(path, login="schwab")


def keep(path: Path, stored: StoredToken) -> None:
    with tokens_at(path).rewriting() as write:
        write(stored)


def test_what_is_kept_is_what_the_client_library_reads(path: Path) -> None:
    store(path, serial=1)
    keep(path, tokens_at(path).load())
    read = TokenMetadata.from_loaded_token(json.loads(path.read_text()), None)

    assert read.creation_timestamp == int(LOGGED_IN_AT.timestamp())
    assert read.token["access_token"] == "canary-access-token-1"
    assert tokens_at(path).load().logged_in_at == LOGGED_IN_AT


def test_a_new_token_replaces_the_old_file_and_leaves_nothing_beside_it(path: Path) -> None:
    store(path)
    before = path.stat().st_ino
    keep(path, tokens_at(path).load())

    assert path.stat().st_ino != before
    assert sorted(file.name for file in path.parent.iterdir()) == ["schwab.json", "schwab.json.lock"]


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_nobody_else_can_read_what_is_written(path: Path, mask: int) -> None:
    store(path)
    stored = tokens_at(path).load()
    before = os.umask(mask)
    try:
        keep(path, stored)
    finally:
        os.umask(before)

    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o622, 0o777])
def test_a_file_that_others_could_open_is_refused_before_anything_is_asked(tmp_path: Path, mode: int) -> None:
    access = access_to("http://127.0.0.1:9", tmp_path)
    store(access.token_path)
    access.token_path.chmod(mode)

    with pytest.raises(FixTheFile, match="open to other users") as caught:
        line_to(access)
    assert (caught.value.exit_code, caught.value.next_step) == (78, "chmod 600 schwab.json")


def test_a_pipe_in_its_place_is_refused_and_not_waited_for(path: Path) -> None:
    os.mkfifo(path, 0o600)
    with pytest.raises(FixTheFile, match="no ordinary file"):
        tokens_at(path).load()


BROKEN = {
    "empty": "",
    "half": '{"creation_timestamp": 1772463600, "token": {"access_',
    "a list": "[]",
    "no login time": '{"token": {"access_token": "a", "refresh_token": "b"}}',
    "a login time of true": '{"creation_timestamp": true, "token": {"access_token": "a", "refresh_token": "b"}}',
    "a login time beyond all": '{"creation_timestamp": 1e30, "token": {"access_token": "a", "refresh_token": "b"}}',
    "no token": '{"creation_timestamp": 1772463600}',
    "no refresh token": '{"creation_timestamp": 1772463600, "token": {"access_token": "a"}}',
    "an empty token": '{"creation_timestamp": 1772463600, "token": {"access_token": "", "refresh_token": "b"}}',
    "another kind": '{"creation_timestamp": 1, "token": {"access_token":"a","refresh_token":"b","token_type":"mac"}}',
    "a strange end": '{"creation_timestamp": 1, "token": {"access_token":"a","refresh_token":"b","expires_at":[]}}',
    "no number": '{"creation_timestamp":1, "token":{"access_token":"a","refresh_token":"b","expires_at":NaN}}',
    "bottomless": "[" * 99999,
    "no text": "\udcff",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_wants_its_owner_to_log_in(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))

    with pytest.raises(LogIn, match="no whole token") as caught:
        tokens_at(path).load()
    assert caught.value.next_step == "rebaloop login schwab"


def test_no_file_means_that_nobody_has_logged_in(path: Path) -> None:
    with pytest.raises(LogIn, match="nobody has logged in yet"):
        tokens_at(path).load()


def test_the_file_may_be_reached_by_another_name(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    real, link = tmp_path / "kept" / "token.json", tmp_path / "link.json"
    store(real)
    link.symlink_to(real)
    keep(link, replace(tokens_at(link).load(), creation_timestamp=1))

    assert link.is_symlink()
    assert tokens_at(real).load().creation_timestamp == 1


def test_a_folder_that_cannot_be_had_puts_it_off(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TryLater, match="cannot be kept"), tokens_at(tmp_path / "file" / "token.json").rewriting():
        pytest.fail("nothing can be written there")


def test_what_a_killed_process_left_half_done_is_cleared_away(path: Path) -> None:
    store(path)
    draft = path.with_name(".schwab.json.draft")
    draft.write_text("half")
    draft.chmod(0o644)
    keep(path, tokens_at(path).load())

    assert not draft.exists()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_one_taking_of_the_file_writes_once(path: Path) -> None:
    store(path)
    stored = tokens_at(path).load()
    with tokens_at(path).rewriting() as write:
        write(stored)
        with pytest.raises(AssertionError):
            write(stored)

    assert tokens_at(path).load() == stored
