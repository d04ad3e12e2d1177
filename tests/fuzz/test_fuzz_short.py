"""Spoilt files in every run of the tests: few here, a hundred thousand with `make fuzz`."""

from __future__ import annotations

import pytest

from tests.fuzz.files import FORMS, SAMPLES, run, trouble_with


@pytest.mark.parametrize("form", FORMS)
def test_every_sample_is_sound_before_it_is_spoilt(form: str) -> None:
    assert trouble_with(form, SAMPLES / form) is None


def test_a_spoilt_file_is_read_or_refused_with_a_reason() -> None:
    tally = run(range(2_000))

    assert not tally.findings
    assert tally.outcomes["value"] > 100
    assert tally.outcomes["refusal"] > 1_000
