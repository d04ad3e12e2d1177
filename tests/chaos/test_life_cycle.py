"""The life of orders under any sequence of runs, faults, fills and nights: what is over stays over."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.domain.orders import OrderRecord
from tests.chaos.hazards import Hazards, Post
from tests.chaos.machine import Machine, quiet
from tests.chaos.prefab import MEMORY, SHAPES
from tests.chaos.schedule import AFTER_CLOSE, AS_IT_IS
from tests.chaos.truth import DAY, HOUR, OPENS, SECOND, WEEK
from tests.chaos.verdict import wrongs

FATES = st.lists(st.sampled_from(Post), max_size=3)


class Told(Hazards):
    """Every POST ends as hypothesis says, the first one first; then all is fine."""

    fates: list[Post]

    def post(self) -> Post:
        return self.fates.pop(0) if self.fates else Post.FINE


class Lives(RuleBasedStateMachine):
    """A household of one kind of broker; each rule is something that can happen to it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="lives-", dir=MEMORY if MEMORY.is_dir() else None))
        self.before: dict[str, OrderRecord] = {}

    @initialize(shape=st.sampled_from(SHAPES), keyed=st.booleans(), seed=st.integers(0, 9))
    def a_household(self, shape: object, seed: int, *, keyed: bool) -> None:
        assert shape in SHAPES
        self.shape = next(one for one in SHAPES if one is shape)
        self.machine = Machine(
            path=self.folder / "ledger.sqlite",
            world=self.shape.world(Random(seed), OPENS + HOUR),
            shape=self.shape,
            keyed=keyed,
            flavour=AS_IT_IS,
        )

    @rule(
        fates=FATES, kill_at=st.integers(0, 60), gets_pct=st.sampled_from((0, 30)), twins_pct=st.sampled_from((0, 50))
    )
    def a_run(self, fates: list[Post], kill_at: int, gets_pct: int, twins_pct: int) -> None:
        hazards = Told(rng=self.machine.world.rng, kill_at=kill_at, gets_pct=gets_pct, twins_pct=twins_pct)
        hazards.fates = list(fates)
        with quiet():
            self.machine.run(hazards)

    @rule(seconds=st.sampled_from((1, 20, 90, 1_800, 7_200)))
    def time_passes(self, seconds: int) -> None:
        if self.machine.world.now < (WEEK - 3) * DAY:
            self.machine.world.advance(seconds * SECOND)

    @rule(seconds=st.integers(-120, 120))
    def somebody_sets_the_clock(self, seconds: int) -> None:
        self.machine.skew = seconds * SECOND

    @invariant()
    def what_is_over_stays_over(self) -> None:
        if not hasattr(self, "machine"):
            return
        records = {one.intent.client_order_id: one for one in self.machine.journal()}
        for key, old in self.before.items():
            new = records[key]
            assert new.intent == old.intent
            assert new.filled >= old.filled
            assert old.broker_id in {"", new.broker_id}
            assert new == old or not old.state.is_final
            assert old.state.may_become(new.state) or old.state.may_be_live
        self.before = records
        self._nothing_is_sent_twice_or_unasked()

    def _nothing_is_sent_twice_or_unasked(self) -> None:
        world = self.machine.world
        assert self.machine.troubles == []
        assert set(world.posts) <= set(self.before)
        if not self.machine.keyed:
            assert set(world.posts.values()) <= {1}
        taken = [one.key for one in world.orders if one.key]
        assert len(taken) == len(set(taken))

    def teardown(self) -> None:
        """In the end, two healthy days later, journal and broker say the same."""
        if hasattr(self, "machine"):
            self._end()
        shutil.rmtree(self.folder)

    def _end(self) -> None:
        self.machine.skew = 0
        for day in (2, 3):
            self.machine.world.go_to(day * DAY + AFTER_CLOSE)
            with quiet():
                self.machine.run(Hazards(rng=self.machine.world.rng))
        found = wrongs(
            self.machine.world,
            self.shape,
            self.machine.journal(),
            keyed=self.machine.keyed,
            told=self.machine.brake.told,
        )
        assert found == []


Lives.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=10,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestLives = Lives.TestCase
