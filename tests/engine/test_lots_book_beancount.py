"""The lots book takes the same lots as beancount does, where beancount is installed."""

import pytest

pytest.importorskip("beancount", reason="beancount is a tool of development, not a dependency")

from tests.engine.beancount_oracle import agree


@pytest.mark.parametrize("hundred", range(5))
def test_a_hundred_random_pasts_are_booked_alike(hundred: int) -> None:
    """Ten thousand are compared by `python -m tests.engine.beancount_oracle 10000`."""
    assert [seed for seed in range(hundred * 100, hundred * 100 + 100) if not agree(seed)] == []
