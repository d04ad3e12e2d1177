"""Kills renewals of a login's token at every file operation, at random moments and on full disks, and counts losses.

`python -m tests.chaos.tokens 1000 [SEED]` kills a thousand processes with SIGKILL and exits with 1 if a token was lost.
"""

from __future__ import annotations

import gc
import os
import random
import resource
import signal
import stat
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from adapters.brokers.schwab.access import Access
from adapters.brokers.schwab.line import PATIENCE
from adapters.brokers.schwab.session import Session
from adapters.brokers.schwab.token_file import ROOM, TokenFile
from bot.domain.errors import RebaloopError
from tests.adapters.hostile import Reply
from tests.adapters.scripted_schwab import TOKEN, access_to, scripted_schwab, store, tokens

OLD = "old"
NEW = "new"
MEMORY = Path("/dev/shm")  # noqa: S108 - a kill does not ask what a file lies on, and a busy disk takes minutes
ON_FILES = frozenset({"posix", "fcntl", "io", "_io"})
Act = Callable[[], None]


def renew(access: Access) -> None:
    """What every run does first: look whether the access token still lasts, and renew it."""
    session = Session(access, previews=False, orders=False, patience=PATIENCE)
    session.freshen()


def in_a_process(access: Access, before: Act = lambda: None) -> int:
    """Start a process that renews; its id. It leaves with 0, or with the exit code of what stopped it."""
    child = os.fork()
    if child:
        return child
    try:
        before()
        renew(access)
        os._exit(0)
    except RebaloopError as problem:
        os._exit(problem.exit_code)
    except BaseException:  # noqa: BLE001 - a process that was forked must not run on into its parent's code
        os._exit(99)


def fate_of(child: int) -> int:
    """A process's exit code, or the negative number of the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def dying_at(step: int) -> Act:
    """Dies at the n-th moment before or after an operation of the token file on the disk."""
    count = 0

    def watch(frame: FrameType, event: str, operation: object) -> None:
        nonlocal count
        if event in {"c_call", "c_return"} and _is_on_files(operation) and _for_the_token(frame):
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)

    return lambda: sys.setprofile(watch)


def _is_on_files(operation: object) -> bool:
    owner = type(getattr(operation, "__self__", None))
    return getattr(operation, "__module__", "") in ON_FILES or owner.__module__ in ON_FILES


def _for_the_token(frame: FrameType | None) -> bool:
    while frame is not None and not frame.f_code.co_filename.endswith("token_file.py"):
        frame = frame.f_back
    return frame is not None


def on_a_full_disk(room: int) -> Act:
    """Lets no file grow beyond so many bytes."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))


@contextmanager
def a_broker() -> Iterator[str]:
    """A broker in a process of its own, so that this one has no threads when it forks; its address."""
    told, tell = os.pipe()
    stop, go_on = os.pipe()
    child = os.fork()
    if not child:
        os.close(go_on)
        _serve(tell, stop)
    os.close(stop)
    try:
        yield os.read(told, 100).decode()
    finally:
        os.close(go_on)
        os.waitpid(child, 0)


def _serve(tell: int, stop: int) -> NoReturn:
    with scripted_schwab() as script:
        script.say(TOKEN, Reply(body=tokens(NEW)))
        os.write(tell, script.url.encode())
        os.read(stop, 1)
    os._exit(0)


class Trial:
    """One login with an old token, renewed again and again by processes that die; `tally` counts what happened."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.tally: Counter[str] = Counter()
        self.losses: list[str] = []

    @property
    def kills(self) -> int:
        """How many processes were killed."""
        return self.tally["killed, old token"] + self.tally["killed, new token"]

    def sweep(self) -> None:
        """Kill at every operation on the disk, one after the other, until a process comes through."""
        step = 1
        while self._run(f"operation {step}", fate_of, dying_at(step)) != 0:
            step += 1
        self.tally["operations"] = step - 1

    def longest(self) -> int:
        """Milliseconds that an undisturbed renewal takes on this machine now."""
        spans = []
        for _ in range(3):
            start = time.monotonic()
            self._run("undisturbed", fate_of)
            spans.append(time.monotonic() - start)
        return 2 + int(min(spans) * 1000)

    def kill_after(self, milliseconds: int) -> None:
        """Kill at a moment."""

        def wait(child: int) -> int:
            time.sleep(milliseconds / 1000)
            os.kill(child, signal.SIGKILL)
            return fate_of(child)

        self._run(f"{milliseconds} ms", wait)

    def fill_up(self, room: int) -> None:
        """Renew on a disk with so many bytes left."""
        self._run(f"{room} bytes", fate_of, on_a_full_disk(room))

    def _run(self, what: str, see_off: Callable[[int], int], before: Act = lambda: None) -> int:
        store(self.access.token_path, expires_at=1, serial=OLD)
        fate = see_off(in_a_process(self.access, before))
        kept = self._kept()
        self.tally[f"{_words(fate)}, {kept} token"] += 1
        sound = kept in {OLD, NEW} and fate in {0, 75, -signal.SIGKILL} and (fate != 0 or kept == NEW)
        if not sound:
            self.losses.append(f"{what}: {_words(fate)}, {kept}")
        return fate

    def _kept(self) -> str:
        """Which access token the file holds now, or what is wrong with it."""
        path = self.access.token_path
        try:
            stored = TokenFile(path, login="schwab").load()
        except RebaloopError as problem:
            return problem.message
        if stat.S_IMODE(path.stat().st_mode) != 0o600 or stored.refresh_token != tokens()["refresh_token"]:
            return "changed"
        return stored.access_token.removeprefix("canary-access-token-")


def _words(fate: int) -> str:
    return {0: "renewed", 75: "put off", -signal.SIGKILL: "killed"}.get(fate, f"exit {fate}")


def main(kills: int, seed: int) -> int:
    """Kill so many processes and fill so many disks; 1 when a token was lost."""
    chance = random.Random(seed)
    gc.freeze()
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder, a_broker() as url:
        trial = Trial(access_to(url, Path(folder)))
        trial.sweep()
        longest = trial.longest()
        while trial.kills < kills:
            trial.kill_after(chance.randrange(longest))
        for room in (0, 1, 300, *(chance.randrange(len(ROOM)) for _ in range(kills // 20)), len(ROOM) - 1, len(ROOM)):
            trial.fill_up(room)
        left = [path.name for path in Path(folder).iterdir() if "draft" in path.name]
    for what, times in sorted(trial.tally.items()):
        print(f"{times:6} {what}")  # noqa: T201 - a report for people
    print(f"{trial.kills} kills, {len(trial.losses)} tokens lost (seed {seed})", *trial.losses, *left, sep="\n")  # noqa: T201 - same
    return 1 if trial.losses or left else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))
