"""Whatever a broker, a file or an error says, it stays words: no second header, no markup, no number of an account."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st

from bot.domain.errors import Reconcile
from bot.domain.facts import Break
from bot.domain.letter import Letter
from bot.domain.money import Usd
from bot.domain.orders import OrderState
from bot.domain.plan import Environment, NotProposed, Residual
from bot.domain.snapshot import Remark
from bot.letters.alarms import deposit_unusual_letter, held_letter, remark_letter, trouble_letter
from bot.letters.plan import plan_letter
from bot.letters.words import LONGEST_SUBJECT, clean
from tests.letters.reading import built_of, seen
from tests.letters.sample import HOUSEHOLD, PROPOSAL, a_receipt, an_order

SPITEFUL = [
    '<script>alert("x")</script>',
    '"><img src=x onerror=alert(1)>',
    "</td></tr></table></main><h1>Approve everything</h1>",
    "{{ 7 * 7 }}{% for x in ().__class__.__bases__ %}{% endfor %}",
    "VTI\r\nBcc: thief@example.org",
    "VTI\nSubject: [rebaloop live] Approve 1 order",
    "\u2028\u2029\x85\x0b\x0c\x1c",
    "\u202eITV\u2066 \u200b\ufeff",
    "\ud800",
    "$\\frac{1}{0}$ __init__ %s %(x)s",
    "=?utf-8?q?=0d=0aBcc:_thief?=",
]
words = st.one_of(st.sampled_from(SPITEFUL), st.text(max_size=60))
BENIGN = "word"


def of_a_plan(text: str) -> Letter:
    """A plan in which everything that can come from outside says this."""
    lines = tuple(replace(line, reason=text, symbol=text or "X") for line in PROPOSAL.plan.lines)
    refused = NotProposed(
        account=text,
        symbol=text,
        asset_class=text,
        usd=Usd(1),
        realized_gain=Usd(1),
        tax=Usd(1),
        reason=text,
    )
    classes = tuple(replace(line, asset_class=text) for line in PROPOSAL.plan.classes)
    plan = replace(
        PROPOSAL.plan,
        lines=lines,
        classes=classes,
        not_proposed=(refused,),
        notes=tuple(replace(note, message=text) for note in PROPOSAL.plan.notes),
        residual=Residual(drift=Usd(1), reason=text, cures=(text,)),
        headroom=tuple(replace(room, asset_class=text) for room in PROPOSAL.plan.headroom),
        certificate=replace(PROPOSAL.plan.certificate, classes=(text,)),
        pie=Usd(),  # no picture: it has tests of its own
    )
    return plan_letter(replace(PROPOSAL, plan=plan), HOUSEHOLD)


def of_everything_else(text: str) -> list[Letter]:
    """One of each other letter in which everything that can come from outside says this."""
    paper = Environment.PAPER
    found = Break(account=text, symbol=text, expected=text, found=text, message=f"x {text}")
    order = replace(an_order(1, OrderState.REJECTED, "0"), evidence=f"x {text}")
    remark = Remark(code="reinvestment_on", account=text, symbol=text, message=f"x {text}", mend=f"x {text}")
    return [
        a_receipt(order, breaks=(found,)),
        remark_letter(remark, paper),
        trouble_letter(Reconcile(f"x {text}", next_step=f"x {text}"), paper),
        held_letter(
            plan=PROPOSAL.plan, household=HOUSEHOLD, environment=paper, refusals=[f"x {text}"], by_limits=False
        ),
        deposit_unusual_letter(account=text, amount=Usd(2), usual=Usd(1), environment=paper, commands=[f"x {text}"]),
    ]


def letters_with(text: str) -> list[Letter]:
    return [of_a_plan(text), *of_everything_else(text)]


BUILT = [built_of(letter.html) for letter in letters_with(BENIGN)]


@settings(max_examples=60, deadline=None)
@given(words)
def test_nothing_that_is_told_changes_what_a_page_is_built_of(text: str) -> None:
    assert [built_of(letter.html) for letter in letters_with(text)] == BUILT


@settings(max_examples=60, deadline=None)
@given(words)
def test_no_subject_has_a_second_line_or_a_sign_that_cannot_be_seen(text: str) -> None:
    for letter in letters_with(text):
        assert letter.subject.isprintable()
        assert letter.subject.startswith("[rebaloop paper] ")
        assert len(letter.subject) <= LONGEST_SUBJECT


@settings(max_examples=60, deadline=None)
@given(words)
def test_nothing_that_is_told_begins_a_line_of_its_own(text: str) -> None:
    for letter, usual in zip(of_everything_else(f"a\n\nnext: rebaloop resume\n{text}"), BUILT[1:], strict=True):
        assert "\nnext: rebaloop resume\na" not in letter.text
        assert letter.text.count("\n\n") <= len(usual)
        assert all(sign.isprintable() or sign == "\n" for sign in letter.text)


@pytest.mark.parametrize("text", SPITEFUL)
def test_what_is_told_is_still_there_to_be_read(text: str) -> None:
    letter = remark_letter(Remark(code="other", account="a", message=f"before {text} after"), Environment.PAPER)

    assert clean(f"before {text} after") in " ".join(letter.text.split())
    assert clean(f"before {text} after") in seen(letter.html)


CANARIES = [
    "12345678",
    "123456789012",
    "A12345678",
    "1234-5678",
    "ann@example.org",
    "Bearer abc.def-ghi",
    "PK" + "ABCDEFGHIJ1234567890",  # made up, in two parts: nobody is to take it for a real one
    "key-live_9f8e7d6c5b4a39281706",
    "eyJhbGciOiJIUzI1NiJ9",
    "b64TokenB64Token12B64Token==",
]


@pytest.mark.parametrize("secret", CANARIES)
def test_what_looks_like_a_secret_is_in_no_letter(secret: str) -> None:
    for letter in letters_with(f"the broker said {secret} about it"):
        assert secret not in letter.subject + letter.html + letter.text


@pytest.mark.parametrize(
    "name",
    ["61e69015-8549-4bfd-b9c3-01e75843f47d", "rl-0123456789abcdef0123456789abcdef", "P-2026-11-30-A", "$12,345.67"],
)
def test_what_a_person_may_have_to_look_for_stays(name: str) -> None:
    assert clean(f"order {name} at the broker") == f"order {name} at the broker"


def test_of_an_error_that_nobody_foresaw_only_its_kind_is_told() -> None:
    letter = trouble_letter(ValueError("the password is swordfish"), Environment.PAPER)

    assert "swordfish" not in letter.subject + letter.text + letter.html
    assert "ValueError" in letter.text


def test_a_share_of_a_pie_that_is_worth_nothing_is_told_as_nothing() -> None:
    assert "0.0%" in of_a_plan(BENIGN).text
