"""A letter says why, what it costs, what was refused, and what went wrong first."""

from dataclasses import replace
from decimal import Decimal

from bot.domain.facts import Break
from bot.domain.letter import Letter
from bot.domain.money import Shares, Usd
from bot.domain.orders import Intent, OrderRecord, OrderState
from bot.domain.plan import Certificate, ClassLine, Environment, Note, NotProposed, Proposal, Residual
from bot.letters.plan import plan_letter
from bot.letters.receipt import receipt_letter
from tests.services.stage import HOUSEHOLD, MONDAY_10_00, SWAP, Stage


def proposal() -> Proposal:
    made = Stage().proposed(SWAP[0], replace(SWAP[1], automatic=False))
    bonds = ClassLine(
        asset_class="bonds",
        target_pct=Decimal(40),
        goal=Usd.of(80000),
        before=Usd.of(60000),
        after=Usd.of(80000),
        out_of_band=True,
    )
    refused = NotProposed(
        account="brokerage",
        symbol="VTI",
        asset_class="stocks",
        usd=Usd.of(20000),
        realized_gain=Usd.of(9000),
        tax=Usd.of(1350),
        reason="a winner is never sold",
    )
    plan = replace(
        made.plan,
        classes=(bonds,),
        not_proposed=(refused,),
        notes=(Note(code="unsettled_cash", message="$100 has not settled."),),
        residual=Residual(drift=Usd.of(500), reason="bonds stay out of band.", cures=("$900 of new money",)),
        certificate=Certificate(classes=("bonds",), goal=Usd.of(80000), fixed=Usd.of(60000), movable=Usd.of(19750)),
    )
    return replace(made, plan=plan)


def order(state: OrderState, filled: str = "0", evidence: str = "") -> OrderRecord:
    intent = Intent(
        plan="f",
        line=1,
        attempt=1,
        account="rollover",
        side=SWAP[0].side,
        symbol="VTI",
        quantity=Shares.of(100),
        limit_price=Decimal("99.90"),
    )
    price = Decimal("99.95") if Shares.of(filled) else None
    return OrderRecord(
        intent=intent,
        state=state,
        intended_at=MONDAY_10_00,
        filled=Shares.of(filled),
        average_price=price,
        evidence=evidence,
    )


def receipt(*orders: OrderRecord, breaks: tuple[Break, ...] = (), notes: dict[int, str] | None = None) -> Letter:
    return receipt_letter(
        proposal=proposal(), household=HOUSEHOLD, orders=orders, notes=notes or {}, refusals=(), breaks=breaks
    )


def test_the_subject_carries_mode_count_tax_and_name() -> None:
    assert plan_letter(proposal(), HOUSEHOLD).subject == "[rebaloop paper] Approve 2 orders, $0.00 tax (P-2026-03-02-A)"


def test_a_plan_letter_holds_all_that_its_owner_needs() -> None:
    text = " ".join(plan_letter(proposal(), HOUSEHOLD).text.split())

    for words in (
        "bonds are $20,000.00 under goal: 2 orders bring the household's drift from $40,000.00 to $0.00.",
        "Tax of this plan: $0.00.",
        "gain of $10,000.00 and cost $1,500.00.",
        "bonds 40% 30.0% 40.0% -$20,000.00 $0.00 outside",
        "1. SELL 100 VTI, about $10,000.00 tax-free swap: bonds are behind.",
        "[ ] 2. rollover: buy 200 BND, about $10,000.00",
        "selling $20,000.00 of VTI in brokerage would realise $9,000.00 and cost $1,350.00 of tax",
        "$100 has not settled.",
        "$500.00 of drift stays: bonds stay out of band.",
        "What would cure it: $900 of new money",
        "so $250.00 must be missing in any plan that realises no gain.",
        "before Wednesday 2026-03-04 16:00 New York time",
        "rebaloop approve P-2026-03-02-A",
    ):
        assert words in text


def test_every_line_fits_a_terminal() -> None:
    assert max(map(len, plan_letter(proposal(), HOUSEHOLD).text.splitlines())) <= 80


def test_a_dry_run_asks_for_nothing() -> None:
    letter = plan_letter(replace(proposal(), environment=Environment.DRY_RUN), HOUSEHOLD)

    assert letter.subject.startswith("[rebaloop dry run] Would place")
    assert "rebaloop approve" not in letter.text


def test_a_receipt_tells_of_partial_fills_and_rejections_before_what_went_well() -> None:
    text = receipt(
        order(OrderState.FILLED, "100"),
        order(OrderState.REJECTED, evidence="restricted"),
        order(OrderState.PARTIAL, "40"),
    ).text

    assert text.index("rejected (restricted)") < text.index("sold 40 of 100 VTI at 99.95, partial")
    assert text.index("partial") < text.index("sold 100 of 100 VTI at 99.95, filled")


def test_a_receipt_says_what_was_left_out_and_why() -> None:
    assert "line 2: Not sent: the cash was too short." in receipt(notes={2: "Not sent: the cash was too short."}).text


def test_a_break_is_in_the_subject_and_at_the_top() -> None:
    found = Break(account="rollover", symbol="VTI", expected="1", found="2", message="rollover holds 2 VTI.")

    letter = receipt(order(OrderState.FILLED, "100"), breaks=(found,))

    assert "BOOKS DISAGREE" in letter.subject
    assert letter.text.splitlines()[1] == "  - rollover holds 2 VTI."


def test_when_all_is_well_it_says_so() -> None:
    assert "agree to the cent" in receipt(order(OrderState.FILLED, "100")).text
