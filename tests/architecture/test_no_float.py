"""No binary fraction comes near money or shares."""

import ast

from tests.architecture.tree import Module, calls_of, modules, report

# "path: source" -> why a float is harmless there. An entry that no longer matches anything fails the test.
HARMLESS = {
    "adapters/files/complaints.py: 0.6": "how alike two words are, for a spelling hint",
    "adapters/simulator/loopback.py: 0.01": "seconds between two looks at whether to stop serving",
}


def floats(module: Module) -> list[tuple[str, ast.expr]]:
    """Every float literal and every call of `float`, as ("path: source", node)."""
    literals = [
        node for node in ast.walk(module.syntax) if isinstance(node, ast.Constant) and isinstance(node.value, float)
    ]
    calls = [call for call in calls_of(module, "float") if isinstance(call.func, ast.Name)]
    return [(f"{module.name}: {ast.unparse(node)}", node) for node in [*literals, *calls]]


def float_parsers(module: Module) -> list[str]:
    """Every parser of JSON numbers that is not told to make decimals of them."""
    calls = [call for call in calls_of(module, "loads", "load", "json") if _parses_json(call)]
    return [
        module.at(call, f"{ast.unparse(call.func)} without parse_float=Decimal")
        for call in calls
        if "parse_float" not in {keyword.arg for keyword in call.keywords}
    ]


def _parses_json(call: ast.Call) -> bool:
    name = ast.unparse(call.func)
    return name in {"json.loads", "json.load"} or (name.endswith(".json") and not call.args)


def test_no_float_is_written_or_made() -> None:
    found = [
        module.at(node, f"float {key!r}")
        for module in modules("bot", "adapters")
        for key, node in floats(module)
        if key not in HARMLESS
    ]

    assert not found, f"use cents, Decimal or an integer:{report(found)}"


def test_every_float_that_is_excused_is_still_there() -> None:
    present = {key for module in modules("bot", "adapters") for key, _ in floats(module)}

    assert set(HARMLESS) <= present, f"excuses without a float: {set(HARMLESS) - present}"


def test_every_json_parser_makes_decimals() -> None:
    found = [line for module in modules("bot", "adapters") for line in float_parsers(module)]

    assert not found, report(found)


def test_a_float_would_be_seen() -> None:
    source = Module(name="x.py", text="rate = 0.5\nprice = float('1')\nwhole = 5\ntext = '0.5'\n")

    assert [key for key, _ in floats(source)] == ["x.py: 0.5", "x.py: float('1')"]


def test_a_parser_that_makes_floats_would_be_seen() -> None:
    source = Module(name="x.py", text="json.loads(t)\njson.loads(t, parse_float=Decimal)\nresponse.json()\n")

    assert float_parsers(source) == [
        "x.py:1: json.loads without parse_float=Decimal",
        "x.py:3: response.json without parse_float=Decimal",
    ]
