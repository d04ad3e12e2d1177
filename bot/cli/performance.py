"""One performance of the demo: each scene is a run of the loop, a yes, and the run that carries it out."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from bot.cli import theatre
from bot.cli.view import account_table, class_table, closing, heading, order_tables, refused_text, show_orders, whole
from bot.domain.money import Usd
from bot.domain.orders import OrderState
from bot.domain.plan import Plan, Proposal
from bot.engine.loop import draw
from bot.services import approve, cycle
from bot.services.cycle import CycleReport
from bot.services.house import House
from bot.settings.settings import Settings
from bot.wiring import open_house, settings_from

if TYPE_CHECKING:
    from bot.cli.guest import Guest


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What one scene came to."""

    scene: theatre.Scene
    plan: Plan
    done: CycleReport | None


class Performance:
    """Builds the household, runs it through its days, and keeps what the closing table needs."""

    def __init__(self, folder: Path, *, seed: int, days: int, out: Console | None, with_page: bool = False) -> None:
        self._theatre = theatre.build(folder, seed=seed, days=days)
        self._days = days
        self._out = out
        self._seed = seed
        self._with_page = with_page
        self._guest: Guest | None = None
        self.acts: list[Act] = []
        self.final: Plan | None = None
        self.realized = Usd()
        self.requests = self.posts = 0
        self.books_agree = False

    def run(self, *, on_progress: Callable[[str], None]) -> None:
        """Live through the first scenes."""
        with self._theatre.broker as broker:
            page = f"127.0.0.1:{free_port()}" if self._with_page else ""
            settings = settings_from(self._theatre.furnish(page=page))
            with self._open_page(settings):
                for scene in theatre.scenes(self._days):
                    on_progress(f"{scene.on}: {scene.story}")
                    self._theatre.play(scene)
                    with open_house(settings, writing=True) as house:
                        self.acts.append(self._act(house, scene))
            with open_house(settings, writing=True) as house:
                self._look_back(house)
            self.requests = len(broker.requests)
            self.posts = sum(line.method == "POST" and line.path.endswith("/orders") for line in broker.requests)

    def _act(self, house: House, scene: theatre.Scene) -> Act:
        proposed = cycle.run(house)
        assert proposed.plan is not None
        self._show(heading(f"\n{scene.on:%a %Y-%m-%d}", f"  {scene.story}\n"))
        self._show_plan(proposed.plan)
        if proposed.proposal is None:
            return Act(scene=scene, plan=proposed.plan, done=None)
        proposal = proposed.proposal
        how = self._say_yes(house, proposal)
        done = cycle.run(house)
        self._show(f"Approved {proposal.plan_id} {how}; sent, and filled:")
        self._show_done(done)
        return Act(scene=scene, plan=proposed.plan, done=done)

    @contextmanager
    def _open_page(self, settings: Settings) -> Iterator[None]:
        """The household's page with a guest who reads the letters, where one is asked for."""
        if not self._with_page:
            yield
            return
        from bot.cli.guest import Guest  # noqa: PLC0415 - most performances have no page
        from bot.page.serving import PageServer  # noqa: PLC0415 - same

        self._guest = Guest(settings, quiet=self._out is None)
        with open_house(settings, writing=True) as house:
            self._guest.choose(house)
        with PageServer(settings):
            yield

    def _say_yes(self, house: House, proposal: Proposal) -> str:
        """Approve it, by the form on the page where there is a guest, and how that was done."""
        if self._guest is None:
            name, code = proposal.plan_id, proposal.code
            approve.approve(plan_id=name, code=code, by="demo", clock=house.clock, ledger=house.ledger)
            return f"with its code {code}"
        if not self.acts:
            self._guest.look()
        return "by the form on the page" if self._guest.say_yes() else "by you, on the page"

    def _look_back(self, house: House) -> None:
        snapshot = cycle.look(house)
        self.final = draw(house.household, house.policy, snapshot)
        self.books_agree = self._servers_books_agree(house)
        if self._out:
            self._out.print(heading("\nAfterwards, one pie again", ""))
            self._out.print(account_table(house.household, snapshot))
            self._out.print(class_table(self.final, after=False))

    def _servers_books_agree(self, house: House) -> bool:
        """Whether the simulator's own books hold what our ledger says was filled, to the share."""
        fills: dict[str, Decimal] = {}
        for order in house.ledger.orders():
            fills[order.broker_id] = order.filled.count
        books = self._theatre.broker.books.values()
        served = {order.order_id: order.filled_qty for book in books for order in book.orders.values()}
        return all(served.get(broker_id) == filled for broker_id, filled in fills.items()) and len(fills) == len(served)

    # --- what the audience sees ----------------------------------------------------------------------------------
    def _show(self, text: str | Text) -> None:
        if self._out:
            self._out.print(text)

    def _show_plan(self, plan: Plan) -> None:
        if self._out is None:
            return
        if not self.acts:
            months, start = self._theatre.months, self._theatre.real_start
            self._out.print(f"{whole(plan.pie)} in one pie, after {months} months like those from {start} on.\n")
        self._out.print(class_table(plan))
        for part in order_tables(plan):
            self._out.print(part)
        for refused in plan.not_proposed:
            self._out.print(refused_text(refused))
        for line in closing(plan):
            self._out.print(line)

    def _show_done(self, done: CycleReport) -> None:
        if self._out is None:
            return
        show_orders(done.execution.orders if done.execution else ())
        breaks = done.reconciled.breaks if done.reconciled else ()
        self._out.print("Books and brokers agree." if not breaks else f"{len(breaks)} breaks: {breaks[0].message}")

    def close(self, *, kept: Path | None) -> None:
        """The last words."""
        told = self.summary()
        self._show(
            f"\nTax realised: {told['tax_realised_usd']}   The same shifts sold in taxable: "
            f"{told['tax_if_sold_in_taxable_usd']}   (dollars)"
        )
        self._show(
            f"{told['orders_filled']} orders filled, {told['breaks']} breaks, {told['requests']} requests over HTTP. "
            "The broker was simulated; no real order was sent."
        )
        if kept:
            self._show(f"Files, ledger and letters are in {kept}")
        self._show("next: rebaloop sandbox DIR   (try every command yourself)")

    # --- the result ----------------------------------------------------------------------------------------------
    @property
    def went_well(self) -> bool:
        """No break, no tax, every order filled, and the server's books like ours."""
        states = [
            order.state for act in self.acts if act.done and act.done.execution for order in act.done.execution.orders
        ]
        return self.books_agree and not self._breaks() and all(state is OrderState.FILLED for state in states)

    def _breaks(self) -> int:
        return sum(len(act.done.reconciled.breaks) for act in self.acts if act.done and act.done.reconciled)

    def summary(self) -> dict[str, object]:
        """The performance as one JSON object."""
        assert self.final is not None
        orders = [order for act in self.acts if act.done and act.done.execution for order in act.done.execution.orders]
        return {
            "seed": self._seed,
            "days": [act.scene.on.isoformat() for act in self.acts],
            "real_months": {"from": self._theatre.real_start, "count": self._theatre.months},
            "pie_usd": self.final.pie.plain,
            "tax_realised_usd": Usd.total(act.plan.tax for act in self.acts).plain,
            "tax_if_sold_in_taxable_usd": Usd.total(act.plan.tax_if_sold for act in self.acts).plain,
            "drift_usd_before": self.acts[0].plan.drift_before.plain,
            "drift_usd_after": self.final.drift_before.plain,
            "drift_limit_usd": self.final.drift_limit.plain,
            "orders_filled": sum(order.state is OrderState.FILLED for order in orders),
            "orders_sent": len(orders),
            "breaks": self._breaks(),
            "books_agree": self.books_agree,
            "requests": self.requests,
            "posts": self.posts,
        }


def free_port() -> int:
    """A port of this machine that nobody uses, so that it can stand in the settings before anybody listens there."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
