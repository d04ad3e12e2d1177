"""Letters that need a person say what happened, that nothing more was sent, and the one thing that helps."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.domain.errors import Fault, FixTheFile, LogIn, NotAllowed, RebaloopError, Reconcile, TryLater
from bot.domain.letter import Letter
from bot.domain.money import Usd
from bot.domain.plan import Environment
from bot.letters.alarms import deposit_missing_letter, reminder_letter, trouble_letter
from bot.letters.digest import digest_letter
from tests.letters.sample import BREAK, HOUSEHOLD, MONTH, PLAN, PROPOSAL, a_receipt, samples

LETTERS = samples()
PAPER = Environment.PAPER


def flat(letter: Letter) -> str:
    return " ".join(letter.text.split())


@pytest.mark.parametrize(
    ("problem", "subject"),
    [
        (LogIn("The login `ann` ended."), "A broker wants you to log in: The login `ann` ended"),
        (TryLater("Schwab is silent. Again."), "A run could not finish: Schwab is silent"),
        (Reconcile("roth holds 3 VTI."), "Books and broker need your eye: roth holds 3 VTI"),
        (NotAllowed("That host is real."), "A run was not allowed: That host is real"),
        (
            FixTheFile("work.csv", (Fault(message="no price", line=3, column=1),)),
            "A file needs mending: work.csv:3:1: no price",
        ),
        (RebaloopError("Odd."), "A run failed: Odd"),
        (KeyError("secret"), "A run failed: This should not have happened (KeyError)"),
    ],
)
def test_a_failed_run_is_told_by_what_its_owner_does_next(problem: Exception, subject: str) -> None:
    letter = trouble_letter(problem, PAPER)

    assert letter.subject == f"[rebaloop paper] {subject}"
    assert "nothing more was sent" in flat(letter)


def test_the_command_that_helps_is_the_last_line() -> None:
    letter = trouble_letter(LogIn("It ended.", next_step="rebaloop login ann"), PAPER)

    assert letter.text.endswith("\n\nnext: rebaloop login ann\n")


def test_what_passes_by_itself_asks_for_nothing() -> None:
    letter = trouble_letter(TryLater("Busy."), PAPER)

    assert "next:" not in letter.text
    assert "The next run tries again." in flat(letter)


def test_a_receipt_puts_what_disagrees_before_what_is_open_before_what_is_done() -> None:
    text = a_receipt(breaks=(BREAK,)).text

    places = [
        text.index(words) for words in ("The broker holds", "Needs your eye", "Changed or", "Filled:", "own hands")
    ]
    assert places == sorted(places)


def test_partial_fills_and_rejections_come_before_other_open_orders() -> None:
    text = a_receipt().text

    assert text.index("800 of 1145 BND") < text.index("rejected (") < text.index("103 of 103 BND")


def test_after_a_break_the_last_line_lets_it_go_on() -> None:
    assert a_receipt(breaks=(BREAK,)).text.endswith("next: rebaloop resume\n")


def test_a_reminder_lists_what_is_not_ticked_off_with_the_command_for_each() -> None:
    letter = reminder_letter(PROPOSAL, HOUSEHOLD)

    assert letter.subject == "[rebaloop paper] 1 order still for your own hands (P-2026-11-30-A)"
    assert "[ ] 5. work: buy 120.5 KBND, about $1,446.00" in letter.text
    assert "then: rebaloop tick P-2026-11-30-A 5" in letter.text


def test_a_deposit_of_any_amount_can_be_missing() -> None:
    letter = deposit_missing_letter(account="brokerage", due_on=date(2026, 11, 13), amount=None, environment=PAPER)

    assert "The deposit that was due in brokerage on 2026-11-13 is not there." in flat(letter)


def test_a_deposit_that_is_too_large_is_held_with_a_question() -> None:
    letter = LETTERS["unusual"]

    assert letter.subject == "[rebaloop paper] Is this deposit meant to be invested? $62,000.00 in brokerage"
    assert "it is held and no plan spends it" in flat(letter)


def test_a_quiet_month_needs_nobody() -> None:
    letter = digest_letter(MONTH, PLAN, PAPER)

    assert letter.subject == "[rebaloop paper] Your household in November 2026"
    assert "Nothing needs you." in letter.text
    assert "Looked at 9 times; 2 plans, 7 fills." in letter.text
    assert "Gains realised: $0.00. Tax put off: $6,315.20." in letter.text


@pytest.mark.parametrize("name", LETTERS)
def test_every_subject_begins_with_program_and_mode(name: str) -> None:
    assert re.match(r"\[rebaloop (dry run|paper|live)\] [A-Z0-9]", LETTERS[name].subject)


def test_two_logins_that_ended_are_two_causes() -> None:
    subjects = {trouble_letter(LogIn(f"The login `{name}` ended."), PAPER).subject for name in ("ann", "sam")}

    assert len(subjects) == 2


def test_a_missing_deposit_names_its_amount() -> None:
    letter = deposit_missing_letter(account="a", due_on=date(2026, 11, 13), amount=Usd.of(6400), environment=PAPER)

    assert "The deposit of $6,400.00" in letter.text
