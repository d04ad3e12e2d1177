"""Only the clock adapter asks what time it is."""

from tests.architecture.tree import Module, modules, references, report

CLOCK = "adapters/clock.py"
ASKING = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
}


def asks_the_time(module: Module) -> list[str]:
    """Every place that reads the machine's wall clock, under whatever name it was imported."""
    return [module.at(node, f"asks {name}") for node, name in references(module) if name in ASKING]


def test_nothing_but_the_clock_asks_the_time() -> None:
    found = [
        line
        for module in modules("bot", "adapters", "config")
        if module.name != CLOCK
        for line in asks_the_time(module)
    ]

    assert not found, f"take a Clock, or be told the time:{report(found)}"


def test_asking_under_another_name_would_be_seen() -> None:
    source = Module(
        name="x.py",
        text="import datetime as dt\nfrom datetime import date as day\nfrom time import time\nimport time as t\n"
        "dt.datetime.now(dt.UTC)\nday.today()\ntime()\nfield(default_factory=t.time_ns)\n"
        "clock.now()\nsession.today()\n",
    )

    assert sorted(asks_the_time(source)) == [
        "x.py:5: asks datetime.datetime.now",
        "x.py:6: asks datetime.date.today",
        "x.py:7: asks time.time",
        "x.py:8: asks time.time_ns",
    ]
