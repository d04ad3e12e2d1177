"""Whatever stands in a file, reading it ends with a tree or with one refusal that says where."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings, strategies as st

from adapters.files.json_tree import json_tree
from adapters.files.marked import read_tree
from adapters.files.tree import place
from adapters.files.yaml_tree import yaml_tree
from bot.domain.errors import Fault, FixTheFile
from tests.adapters.files.small_household import HOUSEHOLD, faults, written

SAMPLE = json.dumps(HOUSEHOLD, indent=1)


def refusal(path: Path) -> Fault:
    """The first mistake for which a file is refused."""
    return faults(path)[0]


@pytest.mark.parametrize("brackets", ["[" * 200_000, '{"a":' * 200_000, "[" * 200_000 + "]" * 200_000])
@pytest.mark.parametrize("name", ["deep.json", "deep.yaml"])
def test_nesting_without_end_is_refused(tmp_path: Path, brackets: str, name: str) -> None:
    assert "nested deeper" in refusal(written(tmp_path, brackets, name=name)).message


def test_yaml_lists_that_nest_without_brackets_are_refused(tmp_path: Path) -> None:
    assert "nested deeper" in refusal(written(tmp_path, "- " * 2000, name="deep.yaml")).message


def test_brackets_inside_text_are_no_nesting() -> None:
    assert json_tree("x.json", json.dumps({"story": "[" * 500})).root == {"story": "[" * 500}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "9" * 5000, "0." + "1" * 5000, "1e-400"])
def test_a_number_beyond_measure_is_refused_at_its_path(tmp_path: Path, number: str) -> None:
    text = SAMPLE.replace('"qty": 10', f'"qty": {number}')

    assert refusal(written(tmp_path, text)).place == "accounts[0].positions[0].lots[0].qty"


def test_an_exponent_beyond_measure_is_refused(tmp_path: Path) -> None:
    text = SAMPLE.replace('"qty": 10', '"qty": 1e99999999999999999999')

    assert refusal(written(tmp_path, text)).place == "accounts[0].positions[0].lots[0].qty"


def test_a_key_that_is_written_twice_in_json_is_refused_at_its_path(tmp_path: Path) -> None:
    text = SAMPLE.replace('"kind": "traditional"', '"kind": "roth", "kind": "traditional"')

    assert [fault.place for fault in faults(written(tmp_path, text))] == ["accounts[0].kind"]


def test_a_key_that_is_written_twice_in_yaml_is_refused_at_its_second_place() -> None:
    (fault,) = yaml_tree("x.yaml", "a: 1\nb: {c: 1}\na: 2\n").faults

    assert (fault.line, fault.column, fault.excerpt) == (3, 1, "a: 2")


def test_json_that_breaks_off_is_refused_with_line_and_column(tmp_path: Path) -> None:
    fault = refusal(written(tmp_path, '{"id": "a",\n "as_of" 3}'))

    assert (fault.line, fault.column, fault.excerpt) == (2, 10, ' "as_of" 3}')


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a:\n\tb: 1\n", 2, 1),
        ("a: 1\n b: 2\n", 2, 3),
        ("a: [1, 2\n", 2, 1),
        ("a: @x\n", 1, 4),
        ("a: 1\n---\nb: 2\n", 2, 1),
        ("? [1]\n: 2\n", 1, 3),
        ("a: x\x00y\n", 1, 5),
    ],
)
def test_broken_yaml_is_refused_with_line_and_column(tmp_path: Path, text: str, line: int, column: int) -> None:
    fault = refusal(written(tmp_path, text, name="x.yaml"))

    assert (fault.line, fault.column) == (line, column)


def test_a_tab_in_yaml_is_called_a_tab(tmp_path: Path) -> None:
    assert "blanks" in refusal(written(tmp_path, "a:\n\tb: 1\n", name="x.yaml")).hint


def test_aliases_that_multiply_are_refused_without_being_followed() -> None:
    laughs = "a: &a [x, x]\n" + "".join(
        f"{n}: &{n} [{', '.join(['*' + p] * 9)}]\n" for p, n in zip("abcdefgh", "bcdefghi", strict=True)
    )

    tree = yaml_tree("x.yaml", laughs)

    assert {fault.message for fault in tree.faults} == {"anchors and aliases are not allowed"}


def test_a_tag_in_yaml_is_refused() -> None:
    (fault,) = yaml_tree("x.yaml", "a: !!python/object:os.system x\n").faults

    assert (fault.line, fault.column) == (1, 4)


def test_yaml_words_and_numbers_mean_what_the_core_schema_says() -> None:
    text = "[on, NO, y, 12:30, 1_000, 0x10, 2026-03-02, true, null, ~, 10, -1.50, 1e3, '7', 007]"

    assert yaml_tree("x.yaml", text).root == [
        *("on", "NO", "y", "12:30", "1_000", "0x10", "2026-03-02"),
        *(True, None, None, 10, Decimal("-1.50"), Decimal("1e3"), "7", "007"),
    ]


def test_every_key_and_value_of_yaml_knows_its_place() -> None:
    tree = yaml_tree("x.yaml", "a:\n  - b: 1\n    c: [2, 3]\n")

    assert tree.marks["a", 0, "c", 1].value == (3, 12)
    assert tree.marks["a", 0, "c"].key == (3, 5)


def test_a_path_reads_as_a_person_writes_it() -> None:
    assert place(("accounts", 0, "positions", 1, "lots", 0, "qty")) == "accounts[0].positions[1].lots[0].qty"


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    assert not faults(written(tmp_path, b"\xef\xbb\xbf" + SAMPLE.encode()))


@pytest.mark.parametrize(("content", "offset"), [(b'{"a": "\xff"}', 7), ('{"a": 1}'.encode("utf-16"), 0)])
def test_text_that_is_not_utf_8_is_refused_with_its_byte(tmp_path: Path, content: bytes, offset: int) -> None:
    assert f"byte {offset} " in refusal(written(tmp_path, content)).message


@pytest.mark.parametrize("name", ["x.json", "x.yaml"])
@pytest.mark.parametrize("content", ["", " \n\n", "\ufeff"])
def test_an_empty_file_is_refused(tmp_path: Path, name: str, content: str) -> None:
    assert "is empty" in refusal(written(tmp_path, content, name=name)).message


@pytest.mark.parametrize("text", ["[]", "3", '"x"', "null"])
@pytest.mark.parametrize("name", ["x.json", "x.yaml"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str, name: str) -> None:
    assert "mapping" in refusal(written(tmp_path, text, name=name)).message


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "none.json").message


def test_a_name_longer_than_any_file_s_is_refused(tmp_path: Path) -> None:
    assert "cannot be opened" in refusal(tmp_path / ("x" * 5000)).message


def test_a_file_that_may_not_be_read_is_refused() -> None:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = written(Path(folder), SAMPLE)
        path.chmod(0)
        me = os.geteuid()
        if me == 0:  # the superuser may read everything, so somebody else looks
            os.seteuid(65534)
        try:
            fault = refusal(path)
        finally:
            os.seteuid(me)

    assert "may not be read" in fault.message


def test_a_huge_file_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)

    assert "larger than 16 MiB" in refusal(path).message


def test_a_control_character_in_broken_text_does_not_reach_the_terminal(tmp_path: Path) -> None:
    fault = refusal(written(tmp_path, '{"id": "\x1b[2J"}'))

    assert fault.line == 1
    assert "\x1b" not in fault.excerpt


def test_an_unclosed_string_of_many_quotes_is_refused_in_one_pass(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, '{"' + '\\"' * 500_000)).line == 1


@settings(max_examples=100, deadline=None)
@given(data=st.data(), name=st.sampled_from(["x.json", "x.yaml"]))
def test_a_file_with_random_wounds_is_read_or_refused(data: st.DataObject, name: str) -> None:
    text = SAMPLE
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 20)))
        wound = data.draw(
            st.sampled_from(['"', "{", "[", "]", ":", ",", "-1", "1e9", "&a", "*a", "\t", "\\U", "%", "|"])
            | st.text(max_size=5)
        )
        text = text[:start] + wound + text[end:]
    with TemporaryDirectory() as folder:
        faults(written(Path(folder), text.encode("utf-8", "surrogatepass"), name=name))


@settings(max_examples=200, deadline=None)
@given(text=st.text(alphabet=st.sampled_from("ab:-?[]{},&*!|>'\"%@`#\n\t \\Ux0\ufeff\x85\u2028"), max_size=60))
def test_random_yaml_is_read_or_refused(text: str) -> None:
    with suppress(FixTheFile):
        yaml_tree("x.yaml", text)


@settings(max_examples=200, deadline=None)
@given(content=st.binary(max_size=60), name=st.sampled_from(["x.json", "x.yaml", "x"]))
def test_random_bytes_are_read_or_refused(content: bytes, name: str) -> None:
    with TemporaryDirectory() as folder, suppress(FixTheFile):
        read_tree(written(Path(folder), content, name=name))
