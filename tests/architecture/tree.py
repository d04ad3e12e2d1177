"""Reads our own source as syntax trees, for the tests that guard its shape."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One Python file: `name` is its path below the root with forward slashes."""

    name: str
    text: str

    @property
    def syntax(self) -> ast.Module:
        """The file's syntax tree."""
        return _parsed(self.name, self.text)

    def at(self, node: ast.AST, complaint: str) -> str:
        """A complaint as `path:line: complaint`, the form that editors can follow."""
        return f"{self.name}:{getattr(node, 'lineno', 1)}: {complaint}"


@cache
def _parsed(name: str, text: str) -> ast.Module:
    return ast.parse(text, filename=name)


@cache
def modules(*rooms: str) -> tuple[Module, ...]:
    """Every Python file of these rooms (folders or files below the root), by name; absent rooms are empty."""
    paths = sorted(path for room in rooms for path in _python_files(ROOT / room))
    return tuple(
        Module(name=path.relative_to(ROOT).as_posix(), text=path.read_text(encoding="utf-8")) for path in paths
    )


def _python_files(room: Path) -> Iterator[Path]:
    return iter([room]) if room.is_file() else room.rglob("*.py")


def calls_of(module: Module, *names: str) -> Iterator[ast.Call]:
    """Every call of a function or method that bears one of these names, whatever it belongs to."""
    for node in ast.walk(module.syntax):
        if isinstance(node, ast.Call) and _last_name(node.func) in names:
            yield node


def _last_name(node: ast.expr) -> str | None:
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return None


def references(module: Module) -> Iterator[tuple[ast.expr, str]]:
    """Every name that is read, with its full dotted origin where an import of the file gives one."""
    origins = _origins(module.syntax)
    for node in ast.walk(module.syntax):
        if isinstance(node, (ast.Attribute, ast.Name)):
            dotted = _dotted(node)
            if dotted is not None:
                first, _, rest = dotted.partition(".")
                yield node, ".".join(part for part in (origins.get(first, first), rest) if part)


def _origins(syntax: ast.Module) -> dict[str, str]:
    origins: dict[str, str] = {}
    for node in ast.walk(syntax):
        if isinstance(node, ast.Import):
            origins |= {name.asname: name.name for name in node.names if name.asname}
        elif isinstance(node, ast.ImportFrom):
            origins |= {name.asname or name.name: f"{node.module}.{name.name}" for name in node.names}
    return origins


def _dotted(node: ast.expr) -> str | None:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=owner, attr=name):
            before = _dotted(owner)
            return None if before is None else f"{before}.{name}"
        case _:
            return None


def report(complaints: list[str]) -> str:
    """The complaints of a failed test, one per line."""
    return "\n" + "\n".join(complaints)
