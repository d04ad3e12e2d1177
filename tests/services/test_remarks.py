"""What an owner is told of the accounts, and for how long: until the history explains it, or until they accept it."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from bot.domain.money import Shares, Usd
from bot.domain.readings import AccountReading, Activity, ActivityKind, Login
from bot.domain.snapshot import Remark, Side
from bot.services.accept import accept
from bot.services.remarks import last_sound
from tests.fakes.scripted_broker import ScriptedBroker
from tests.services.stage import SWAP, Stage, a_broker

HOUR = timedelta(hours=1)
TODAY = date(2026, 3, 2)


class TalkingBroker(ScriptedBroker):
    """Its login lasts until `ends_in` from now; the accounts of `on_paper` are known from statements alone."""

    ends_in: timedelta | None = None
    on_paper: frozenset[str] = frozenset()

    def login(self) -> Login | None:
        if self.ends_in is None:
            return None
        ends_at = self.clock.now() + self.ends_in
        return Login(name="family", logged_in_at=ends_at - timedelta(days=7), expires_at=ends_at)

    def read(self, account: str) -> AccountReading:
        reading = super().read(account)
        return replace(reading, stated_on=TODAY) if account in self.on_paper else reading


@dataclass
class Watched(Stage):
    """The stage, seen once an hour."""

    broker: TalkingBroker = field(init=False)

    def __post_init__(self) -> None:
        plain = a_broker(self.clock)
        self.broker = TalkingBroker(clock=self.clock, cash={}, shares={}, prices={})
        self.broker.tills, self.broker.prices = plain.tills, plain.prices

    def looked(self) -> tuple[Remark, ...]:
        """What is remarked an hour later."""
        self.clock.pass_by(HOUR)
        return self.snapshot().remarks

    def missing(self) -> list[tuple[str, str]]:
        """Accounts and symbols that are missed, an hour later."""
        return [(one.account, one.symbol) for one in self.looked() if one.code == "shares_missing"]

    def vanish(self, account: str = "rollover", shares: str = "100") -> None:
        """Shares of VTI leave without a word."""
        held = self.broker.tills[account].shares
        held["VTI"] -= Shares.of(shares)

    def tell(self, kind: ActivityKind, account: str, shares: str, **more: object) -> None:
        """An entry about VTI in the history, now."""
        entry = Activity(
            activity_id=f"told-{len(self.broker._history)}",
            account=account,
            kind=kind,
            on=TODAY,
            net=Usd(),
            symbol="VTI",
            quantity=Shares.of(shares),
            at=self.clock.now(),
        )
        self.broker._history.append(replace(entry, **more))  # type: ignore[arg-type]  # a test's own shorthand

    def accept(self, account: str) -> None:
        """Its owner finds it right as it is."""
        accept(account=account, why="", household=self.household, clock=self.clock, ledger=self.ledger)


# --- shares that went missing ----------------------------------------------------------------------------------------
def test_the_first_look_misses_nothing() -> None:
    assert Watched().looked() == ()


def test_shares_that_leave_without_a_word_stop_all_plans_and_say_what_helps() -> None:
    stage = Watched()
    stage.looked()
    stage.vanish()

    (remark,) = stage.looked()

    assert (remark.account, remark.symbol, remark.stops) == ("rollover", "VTI", True)
    assert remark.mend.endswith("rebaloop accept rollover")


def test_they_are_missed_at_every_look_not_only_at_the_first() -> None:
    stage = Watched()
    stage.looked()
    stage.vanish()

    assert [stage.missing() for _ in range(3)] == [[("rollover", "VTI")]] * 3


def test_a_history_that_explains_them_late_ends_it() -> None:
    stage = Watched()
    stage.looked()
    stage.vanish()
    stage.looked()
    stage.tell(ActivityKind.TRANSFER, "rollover", "-100")

    assert stage.missing() == []


def test_a_history_that_explains_only_a_part_does_not() -> None:
    stage = Watched()
    stage.looked()
    stage.vanish()
    stage.looked()
    stage.tell(ActivityKind.TRANSFER, "rollover", "-60")

    assert stage.missing() == [("rollover", "VTI")]


def test_shares_that_come_back_end_it() -> None:
    stage = Watched()
    stage.looked()
    stage.vanish()
    stage.looked()
    stage.vanish(shares="-100")

    assert stage.missing() == []


def test_once_accepted_they_are_never_missed_again() -> None:
    stage = Watched()
    stage.looked()
    stage.vanish()
    stage.looked()
    stage.accept("rollover")

    assert [stage.missing() for _ in range(2)] == [[], []]


def test_what_leaves_after_that_is_missed_again() -> None:
    stage = Watched()
    stage.looked()
    stage.vanish()
    stage.looked()
    stage.accept("rollover")
    stage.vanish(shares="1")

    assert [stage.missing() for _ in range(2)] == [[("rollover", "VTI")]] * 2


def test_what_leaves_between_the_last_look_and_the_yes_was_not_accepted() -> None:
    stage = Watched()
    stage.looked()
    stage.vanish()
    stage.looked()
    stage.vanish(shares="1")
    stage.accept("rollover")

    assert stage.missing() == [("rollover", "VTI")]


def test_a_yes_to_one_account_is_none_to_another() -> None:
    stage = Watched()
    stage.looked()
    stage.vanish()
    stage.vanish("brokerage")
    stage.looked()
    stage.accept("brokerage")

    assert stage.missing() == [("rollover", "VTI")]


def test_while_one_account_is_stopped_the_others_are_compared_with_their_latest_look() -> None:
    stage = Watched()
    stage.looked()
    first = stage.clock.now()
    stage.vanish()
    stage.looked()

    found = last_sound(stage.ledger, ("brokerage", "rollover"))

    assert found["rollover"].taken_at == first
    assert found["brokerage"].taken_at == first + HOUR


def test_our_own_sale_is_not_missed() -> None:
    stage = Watched()
    stage.carry_out(stage.approved(*SWAP))

    assert stage.missing() == []


def test_statements_are_not_watched() -> None:
    stage = Watched()
    stage.broker.on_paper = frozenset({"rollover"})
    stage.looked()
    stage.vanish()

    assert stage.missing() == []


# --- dividends that reinvest themselves ------------------------------------------------------------------------------
def reinvested(account: str) -> list[tuple[str, str, bool]]:
    stage = Watched()
    stage.tell(ActivityKind.TRADE, account, "2", side=Side.BUY, price=stage.broker.prices["VTI"], reinvested=True)
    return [(remark.code, remark.account, remark.stops) for remark in stage.looked()]


def test_a_dividend_that_bought_shares_in_a_taxable_account_is_told_and_stops_nothing() -> None:
    assert reinvested("brokerage") == [("reinvestment_on", "brokerage", False)]


def test_in_a_shelter_it_may() -> None:
    assert reinvested("rollover") == []


# --- logins ----------------------------------------------------------------------------------------------------------
def test_a_login_about_to_end_is_told_once_for_all_its_accounts_with_the_command() -> None:
    stage = Watched()
    stage.broker.ends_in = timedelta(days=2, hours=1)

    (remark,) = stage.looked()

    assert (remark.code, remark.account, remark.stops) == ("login_ends", "brokerage", False)
    assert remark.mend == "rebaloop login family"
    assert "The login `family` ends in 2 days" in remark.message


def test_a_login_that_lasts_is_not_told() -> None:
    stage = Watched()
    stage.broker.ends_in = timedelta(days=5)

    assert stage.looked() == ()


def test_what_stops_all_plans_comes_before_all_else() -> None:
    stage = Watched()
    stage.broker.ends_in = timedelta(days=1)
    stage.looked()
    stage.vanish()

    assert [remark.stops for remark in stage.looked()] == [True, False]
