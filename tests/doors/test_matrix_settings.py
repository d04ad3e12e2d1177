"""Settings that somebody changes while a plan is drawn."""

from __future__ import annotations

from decimal import Decimal

from adapters.simulator.faults.kinds import mangled
from adapters.simulator.faults.route import First, Route
from adapters.simulator.wire import Answer
from tests.doors.stage import Home, Terminal

FIRST = "P-2026-03-02-A"


def test_a_plan_is_drawn_for_the_settings_of_its_beginning_and_the_change_voids_it(
    rebaloop: Terminal, home: Home
) -> None:
    def edit(answer: Answer) -> Answer:
        home.change(policy={**home.tree["policy"], "targets_pct": {"stocks": 10, "bonds": 90}})
        return answer

    home.brokers[0].faults.add(mangled(Route.exact("GET", "/v2/positions"), edit, times=First(1)))
    rebaloop("plan")
    (proposal,) = home.proposals
    targets = {one.asset_class: one.target_pct for one in proposal.plan.classes}
    rebaloop("approve", FIRST, "--yes")

    said = rebaloop("run", "--json")

    assert (targets["stocks"], targets["bonds"]) == (Decimal(60), Decimal(40))
    assert said.only["outcome"] == "voided"
    assert home.posts == 0
