"""An order has one way out: one caller of Broker.submit, and one posting line per broker that can send."""

import ast

from tests.architecture.tree import ROOT, Module, calls_of, modules, report

SENDER = "bot/services/execute.py"
POSTING = ("post", "submit_order", "place_order", "replace_order", "replace_order_by_id")
NEVER_SEND = {"statement"}  # accounts read from files: there is nobody to send an order to


def submissions(sources: tuple[Module, ...]) -> list[str]:
    """Where `.submit(` is called."""
    return [
        module.at(call, "calls .submit(")
        for module in sources
        for call in calls_of(module, "submit")
        if isinstance(call.func, ast.Attribute)
    ]


def postings(sources: tuple[Module, ...]) -> list[str]:
    """Where something is posted: `.post(`, `.request("POST", ...)` or a client library's own order call."""
    posts = [module.at(call, "posts") for module in sources for call in calls_of(module, *POSTING)]
    return posts + [
        module.at(call, "posts")
        for module in sources
        for call in calls_of(module, "request", "_request", "Request", "build_request")
        if any(isinstance(value, ast.Constant) and value.value == "POST" for value in _arguments(call))
    ]


def _arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def can_submit(sources: tuple[Module, ...]) -> bool:
    """Whether these files define a `submit`."""
    return any(
        isinstance(node, ast.FunctionDef) and node.name == "submit"
        for module in sources
        for node in ast.walk(module.syntax)
    )


def our_side() -> tuple[Module, ...]:
    """All of our source but the simulator, which plays the broker: what is submitted there has already been posted."""
    return tuple(m for m in modules("bot", "adapters") if not m.name.startswith("adapters/simulator/"))


def broker_rooms() -> list[str]:
    """The folders of the broker adapters, by name."""
    return sorted(path.name for path in (ROOT / "adapters/brokers").glob("[a-z]*") if path.is_dir())


def test_the_execute_station_is_the_one_caller_of_submit() -> None:
    found = submissions(our_side())
    expected = 1 if (ROOT / SENDER).exists() else 0

    assert len(found) == expected, f"{expected} call of .submit( is allowed, in {SENDER}:{report(found)}"
    assert all(line.startswith(f"{SENDER}:") for line in found), report(found)


def test_each_broker_that_can_send_posts_an_order_on_exactly_one_line() -> None:
    for name in broker_rooms():
        sources = modules(f"adapters/brokers/{name}")
        expected = 1 if can_submit(sources) and name not in NEVER_SEND else 0
        found = postings(sources)
        assert len(found) == expected, f"adapters/brokers/{name} should post on {expected} line:{report(found)}"


def test_nothing_above_the_adapters_posts_anything() -> None:
    found = postings(modules("bot"))

    assert not found, report(found)


def test_a_second_way_out_would_be_seen() -> None:
    source = Module(
        name="bot/x.py",
        text="broker.submit(a)\nsession.post(b)\nclient.request('POST', c)\nclient.request('GET', d)\n",
    )

    assert submissions((source,)) == ["bot/x.py:1: calls .submit("]
    assert postings((source,)) == ["bot/x.py:2: posts", "bot/x.py:3: posts"]
