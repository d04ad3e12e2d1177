"""Breaks the guard in one place after the other and counts how often its tests notice.

`python -m tests.engine.guard.mutation` tries every mutant, `--every 20` one in twenty. One is a changed comparison,
boundary, connective, sign, number, choice of min and max, a condition that is always true or always false, or a lost
result.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

from bot.engine.guard.case import Case

GUARD = Path(__file__).parents[3] / "bot" / "engine" / "guard"
MODULES = ("case", "fills", "agreement", "amounts", "prices", "standing", "taxes", "check")
SUITES = ("test_standing", "test_agreement", "test_amounts", "test_prices", "test_taxes")

Test = Callable[[], None]

# What a mutant makes of which text -> why nobody could notice.
EQUIVALENT = {
    ("limit >= 1", "limit > 1"): "a dollar is a whole number of either tick",
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed place: the module, its first and last line, what stood there and what stands there now."""

    module: str
    line: int
    last: int
    old: str
    new: str
    compiled: Callable[[], CodeType]

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.module}.py:{self.line}: {self.old}  ->  {self.new}"


# --- making mutants
def mutants() -> Iterator[Mutant]:
    """Every mutant of every file of the guard, in the order of the text."""
    for module in MODULES:
        path = GUARD / f"{module}.py"
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in list(_places(tree)):
            for change in _changes(node):
                yield _mutant(module, tree, node, change(copy.deepcopy(node)))


def _mutant(module: str, tree: ast.Module, old: ast.AST, new: ast.AST) -> Mutant:
    def compiled() -> CodeType:
        _put(tree, old, new)
        try:
            return compile(ast.fix_missing_locations(tree), str(GUARD / f"{module}.py"), "exec")
        finally:
            _put(tree, new, old)

    lines = [one.lineno for one in ast.walk(old) if hasattr(one, "lineno")]
    return Mutant(module, min(lines), max(lines), _short(ast.unparse(old)), _short(ast.unparse(new)), compiled)


def _short(text: str) -> str:
    return " ".join(text.split())[:150]


def _places(tree: ast.Module) -> Iterator[ast.AST]:
    """The nodes inside functions and of constants: no annotations, no docstrings, no sentences, no imports."""
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]).isupper():
            yield from _inside(statement.value)
        elif isinstance(statement, ast.FunctionDef):
            yield from _of_function(statement)
        elif isinstance(statement, ast.ClassDef):
            for inner in statement.body:
                if isinstance(inner, ast.FunctionDef):
                    yield from _of_function(inner)


def _of_function(function: ast.FunctionDef) -> Iterator[ast.AST]:
    for statement in function.body:
        if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            yield from _inside(statement)


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.JoinedStr):
        return
    yield node
    for name, value in ast.iter_fields(node):
        if name == "annotation":
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _inside(child)


def _put(tree: ast.Module, old: ast.AST, new: ast.AST) -> None:
    for node in ast.walk(tree):
        for name, value in ast.iter_fields(node):
            if value is old:
                setattr(node, name, new)
            elif isinstance(value, list):
                for place, child in enumerate(value):
                    if child is old:
                        value[place] = new


Change = Callable[[Any], ast.AST]
COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Mod: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
WORDS = {"min": "max", "max": "min", "any": "all", "all": "any"}


def _changes(node: ast.AST) -> list[Change]:  # noqa: C901, PLR0911, PLR0912 - one case for each kind of node
    match node:
        case ast.Compare():
            return [_operator(place, new) for place, op in enumerate(node.ops) for new in COMPARISONS.get(type(op), ())]
        case ast.BoolOp():
            other = ast.Or if isinstance(node.op, ast.And) else ast.And
            return [_with("op", other()), *[_without(place) for place in range(len(node.values))]]
        case ast.UnaryOp(op=ast.Not()):
            return [lambda one: one.operand]
        case ast.UnaryOp(op=ast.USub()):
            return [lambda one: one.operand]
        case ast.BinOp() if type(node.op) in OPERATORS and not _is_text(node):
            return [_with("op", OPERATORS[type(node.op)]())]
        case ast.AugAssign() if type(node.op) in OPERATORS:
            return [_with("op", OPERATORS[type(node.op)]())]
        case ast.Constant(value=bool()):
            return [_with("value", not node.value)]
        case ast.Constant(value=int() as number):
            return [_with("value", number + 1), _with("value", number - 1)]
        case ast.Call(func=ast.Name(id="Decimal"), args=[ast.Constant(value=str() as text)]):
            return [_with("args", [ast.Constant(text + "1")]), _with("args", [ast.Constant("1" + text)])]
        case ast.Name(id=word) if word in WORDS:
            return [_with("id", WORDS[word])]
        case ast.If() | ast.IfExp():
            return [_with("test", ast.Constant(value=True)), _with("test", ast.Constant(value=False))]
        case ast.comprehension() if node.ifs:
            return [_without_if(place) for place in range(len(node.ifs))]
        case ast.Return(value=ast.AST() as value) if not (isinstance(value, ast.Constant) and not value.value):
            return [_with("value", ast.Constant(value=None))]
        case ast.Set() if len(node.elts) > 1:
            return [_without_element(place) for place in range(len(node.elts))]
    return []


def _is_text(node: ast.BinOp) -> bool:
    return any(isinstance(one, ast.JoinedStr) for one in ast.walk(node))


def _with(name: str, value: Any) -> Change:  # noqa: ANN401 - whatever the field of a node may be
    def change(node: Any) -> ast.AST:  # noqa: ANN401 - any node that has the field
        setattr(node, name, value)
        return node  # type: ignore[no-any-return]  # the node that came in

    return change


def _operator(place: int, new: type[ast.cmpop]) -> Change:
    def change(node: ast.Compare) -> ast.AST:
        node.ops[place] = new()
        return node

    return change


def _without(place: int) -> Change:
    def change(node: ast.BoolOp) -> ast.AST:
        del node.values[place]
        return node if len(node.values) > 1 else node.values[0]

    return change


def _without_if(place: int) -> Change:
    def change(node: ast.comprehension) -> ast.AST:
        del node.ifs[place]
        return node

    return change


def _without_element(place: int) -> Change:
    def change(node: ast.Set) -> ast.AST:
        del node.elts[place]
        return node

    return change


# --- trying them
@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A test with its case at hand, and the lines of the guard that it runs through."""

    run: Test
    lines: frozenset[tuple[str, int]]


def trials() -> list[Trial]:
    """Every row of the guard's tables and every single test beside them."""
    found = []
    for suite in SUITES:
        module = importlib.import_module(f"tests.engine.guard.{suite}")
        for name, function in vars(module).items():
            if name.startswith("test_"):
                found += [Trial(test, _lines_of(test)) for test in _rows(function)]
    return found


def _rows(function: Any) -> list[Test]:  # noqa: ANN401 - a test, whatever it takes
    calls: list[dict[str, Any]] = [{}]
    for names, rows in [mark.args for mark in getattr(function, "pytestmark", ())]:
        single = isinstance(names, str)
        cells = [getattr(row, "values", (row,) if single else row) for row in rows]
        columns = [names] if single else list(names)
        calls = [{**call, **dict(zip(columns, cell, strict=True))} for call in calls for cell in cells]
    for call in calls:
        if "build" in call:
            call["build"] = _drawn(call["build"]())
    return [lambda call=call: function(**call) for call in calls]  # type: ignore[misc]  # bound early on purpose


def _drawn(case: Case) -> Callable[[], Case]:
    return lambda: case


def _lines_of(test: Test) -> frozenset[tuple[str, int]]:
    """The lines of the guard that a test runs through: it cannot notice a change of any other."""
    lines: set[tuple[str, int]] = set()
    files = {str(GUARD / f"{module}.py"): module for module in MODULES}

    def local(frame: FrameType, event: str, _: object) -> Any:  # noqa: ANN401 - a trace function returns itself
        if event == "line":
            lines.add((files[frame.f_code.co_filename], frame.f_lineno))
        return local

    def trace(frame: FrameType, _event: str, _: object) -> Any:  # noqa: ANN401 - a trace function returns another
        return local if frame.f_code.co_filename in files else None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        test()
    finally:
        sys.settrace(before)
    return frozenset(lines)


def noticed(mutant: Mutant, suite: list[Trial]) -> bool:
    """Whether any test fails while the mutant is in place; the test that did comes first from now on."""
    put_back = _put_in_place(mutant)
    places = {(mutant.module, line) for line in range(mutant.line, mutant.last + 1)}
    ever = any(places & trial.lines for trial in suite)
    try:
        for place, trial in enumerate(suite):
            if ever and not places & trial.lines:
                continue
            try:
                trial.run()
            except Exception:  # noqa: BLE001 - whatever a broken guard does, the test has noticed
                suite.insert(0, suite.pop(place))
                return True
        return False
    finally:
        for undo in reversed(put_back):
            undo()


def _put_in_place(mutant: Mutant) -> list[Callable[[], None]]:
    """Swap the code of changed functions and the values of changed constants; how to undo it."""
    real = importlib.import_module(f"bot.engine.guard.{mutant.module}")
    scratch: dict[str, object] = {"__name__": real.__name__, "__file__": real.__file__}
    kept = dict(vars(real))
    exec(mutant.compiled(), scratch)  # noqa: S102 - our own text with one change
    undo: list[Callable[[], None]] = []
    for name, new in scratch.items():
        old = kept.get(name)
        if isinstance(old, FunctionType) and isinstance(new, FunctionType):
            undo += _swap_code(old, new)
        elif isinstance(old, type) and isinstance(new, type) and old.__module__ == real.__name__:
            for inner in vars(old):
                undo += _swap_code(_function(vars(old)[inner]), _function(vars(new).get(inner)))
        elif name.isupper() and old != new and not isinstance(old, dict):
            undo += _swap_constant(name, old, new)
    return undo


def _function(thing: object) -> FunctionType | None:
    inner = thing.fget if isinstance(thing, property) else thing
    return inner if isinstance(inner, FunctionType) else None


def _swap_code(old: FunctionType | None, new: FunctionType | None) -> list[Callable[[], None]]:
    if old is None or new is None or old.__code__ == new.__code__:
        return []
    code: CodeType = old.__code__

    def undo() -> None:
        old.__code__ = code

    old.__code__ = new.__code__
    return [undo]


def _swap_constant(name: str, old: object, new: object) -> list[Callable[[], None]]:
    undo: list[Callable[[], None]] = []
    for module in MODULES:
        where: ModuleType = importlib.import_module(f"bot.engine.guard.{module}")
        if vars(where).get(name, where) is old:
            setattr(where, name, new)
            undo.append(lambda where=where: setattr(where, name, old))  # type: ignore[misc]  # bound early on purpose
    return undo


def main(arguments: Sequence[str]) -> int:
    """Try them and print; 1 when one survives that is not listed as equivalent, else 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--part", default="1/1", help="2/4: the second of four parts, for as many processes")
    told = parser.parse_args(arguments)
    part, parts = (int(number) for number in told.part.split("/"))
    began, suite = time.perf_counter(), trials()
    chosen = [one for n, one in enumerate(mutants()) if n % told.every == 0 and n // told.every % parts == part - 1]
    survivors = [one for one in chosen if not noticed(one, suite)]
    equivalent = [one for one in survivors if (one.old, one.new) in EQUIVALENT]
    for one in survivors:
        why = EQUIVALENT.get((one.old, one.new))
        sys.stdout.write(f"survived: {one.name}{f'  (equivalent: {why})' if why else ''}\n")
    real = len(chosen) - len(equivalent)
    killed = len(chosen) - len(survivors)
    sys.stdout.write(
        f"{len(chosen)} mutants, {killed} killed, {len(survivors)} survived, {len(equivalent)} of them equivalent: "
        f"{100 * killed / real:.1f}% of {real}, {100 * killed / len(chosen):.1f}% of all, by {len(suite)} tests in "
        f"{time.perf_counter() - began:.0f} s\n"
    )
    return 1 if len(survivors) > len(equivalent) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
