"""The machine's clock is aware and in UTC."""

from datetime import UTC

from adapters.clock import SystemClock


def test_the_machines_clock_is_aware_utc_and_never_runs_back() -> None:
    clock = SystemClock()
    before = clock.now()
    clock.wait(0)

    assert before.tzinfo is UTC
    assert clock.now() >= before
