"""A few hundred hostile sequences; ten thousand are run by `python -m tests.page.hostile 10000`."""

from __future__ import annotations

from tests.page.hostile import run


def test_no_hostile_sequence_approves_breaks_or_writes_by_looking() -> None:
    tally = run(200, seed=11)

    assert (tally.approvals, tally.errors, tally.wrote_by_looking) == (0, 0, 0), tally.complaints
    assert {200, 400, 403, 404, 405, 413, 415, 421, 429} <= set(tally.statuses)
