"""Keeps the garbage collector away while very many small objects are made that all stay."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No collection inside: with tens of thousands of lots a quarter of the time would go into looking at them.

    What is there in the end counts as old at once, or it would all be looked at twice more on its way to the old ones.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.unfreeze()
            gc.enable()
