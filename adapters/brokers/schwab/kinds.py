"""What an entry of the history is to us, by the vendor's type and by the words of its description."""

from __future__ import annotations

import re

from bot.domain.money import Usd
from bot.domain.readings import ActivityKind

RECEIPTS = frozenset({"ACH_RECEIPT", "CASH_RECEIPT", "WIRE_IN", "ELECTRONIC_FUND"})
DISBURSEMENTS = frozenset({"ACH_DISBURSEMENT", "CASH_DISBURSEMENT", "WIRE_OUT"})
INCOME, JOURNAL, DELIVERY = "DIVIDEND_OR_INTEREST", "JOURNAL", "RECEIVE_AND_DELIVER"
SMALL = Usd.of(100)  # a credit above it is no reimbursement, whatever it says: somebody's payday may be called one

MADE_GOOD = re.compile(r"\b(?:REIMBURSE|ADJUST|REBATE|REFUND)")
FEE = re.compile(r"\bFEES?\b|\bTAX\b|\bW/?H\b|\bWITHH")
INTEREST = re.compile(r"\bINTEREST\b|\b(?:BANK|SCHWAB1?|MARGIN|CREDIT|BOND|CASH) INT\b")
DIVIDEND = re.compile(r"\bDIV")
CAPITAL = re.compile(r"\bRETURN OF (?:CAPITAL|PRINCIPAL)\b|\bPRINCIPAL PAYMENT\b")
SPLIT = re.compile(r"\bSPLIT\b")
RENAME = re.compile(r"\b(?:NAME|SYMBOL|TICKER|CUSIP) CH(?:AN)?G")


def cash_kind(word: str, net: Usd, text: str, *, has_par: bool = False) -> ActivityKind:
    """What an entry is that moved no shares; `has_par` says that it is about a bond or a deposit."""
    said = text.upper()
    if word == INCOME:
        return _income(net, said, has_par=has_par)
    if word not in RECEIPTS | DISBURSEMENTS | {JOURNAL}:
        return ActivityKind.OTHER
    if Usd() < net <= SMALL and MADE_GOOD.search(said):
        return ActivityKind.REIMBURSEMENT
    if net < Usd() and FEE.search(said):
        return ActivityKind.FEE
    if word == JOURNAL:
        return ActivityKind.JOURNAL
    return ActivityKind.DEPOSIT if word in RECEIPTS and net >= Usd() else ActivityKind.WITHDRAWAL


def _income(net: Usd, said: str, *, has_par: bool) -> ActivityKind:
    if CAPITAL.search(said):
        return ActivityKind.RETURN_OF_CAPITAL
    if net < Usd() and FEE.search(said):
        return ActivityKind.FEE
    if has_par or (INTEREST.search(said) and not DIVIDEND.search(said)):
        return ActivityKind.INTEREST
    return ActivityKind.DIVIDEND


def share_kind(word: str, text: str) -> ActivityKind:
    """What an entry is that moved shares without being a trade."""
    if SPLIT.search(text.upper()):
        return ActivityKind.SPLIT
    return ActivityKind.TRANSFER if word in {DELIVERY, JOURNAL} else ActivityKind.OTHER


def is_rename(text: str) -> bool:
    """Whether shares only got another name."""
    return RENAME.search(text.upper()) is not None
