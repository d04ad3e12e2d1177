"""Who works on what is too much for one process: local processes, or a cluster by its address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

from bot.domain.errors import WrongUse


@contextmanager
def crew(workers: int, cluster: str | None) -> Iterator[Executor | None]:
    """An executor for the time of the block; None where one process is enough.

    Raises:
        WrongUse: where a cluster is asked for and its client library is not installed, or nobody answers there.
    """
    if cluster is not None:
        with _cluster(cluster) as executor:
            yield executor
    elif workers > 1:
        with ProcessPoolExecutor(max_workers=workers, mp_context=get_context("spawn")) as executor:
            yield executor
    else:
        yield None


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    """A Dask cluster; its scheduler gives a dead worker's tasks to another one."""
    try:
        from distributed import Client  # noqa: PLC0415 - an extra that few have
    except ImportError as problem:
        raise WrongUse(
            "A cluster needs the package distributed.", next_step="pip install 'rebaloop[cluster]'"
        ) from problem
    try:
        client: Any = Client(address, timeout="10s", set_as_default=False)  # type: ignore[no-untyped-call]  # distributed publishes types for some of it
    except (OSError, ValueError) as problem:
        raise WrongUse(f"No Dask cluster answers at {address}: {problem}") from problem
    with client:
        yield client.get_executor(pure=False)


@contextmanager
def bar(words: str, pieces: int | None, *, quiet: bool) -> Iterator[Callable[[], None]]:
    """A bar on the terminal's error line that moves with every finished piece; of an unknown number it only pulses."""
    from rich.console import Console  # noqa: PLC0415 - who asks for quiet needs none
    from rich.progress import Progress  # noqa: PLC0415 - same

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=quiet or not console.is_terminal) as progress:
        task = progress.add_task(words, total=pieces)
        yield lambda: progress.advance(task)
