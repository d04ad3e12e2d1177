"""Tax lots for other programs: CSV for a tax preparer, JSON for anything else."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from bot.cli.answer import Json
from bot.cli.lot_lines import LotLine, Told, WashLine, sale_id
from bot.domain.money import Shares, Usd
from bot.domain.snapshot import Remark
from bot.engine.lots.nouns import Sale

UNKNOWN = "unknown"
A_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
COLUMNS = (
    "account",
    "kind",
    "symbol",
    "lot",
    "shares",
    "acquired_on",
    "held_since_on",
    "term",
    "long_from_on",
    "cost_usd",
    "cost_per_share_usd",
    "price_usd",
    "value_usd",
    "gain_usd",
    "gain_pct",
    "wash_sale_usd",
    "wash_sales",
    "basis_for_loss_usd",
    "origin",
    "source",
    "locked_until_on",
    "agrees_with_keeper",
    "as_of_on",
)
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # OWASP, "CSV Injection"


def lots_csv(lines: Iterable[LotLine]) -> str:
    """A header, and one line per lot with every figure to its last digit; new columns only ever join at the end."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: harmless(cell) for name, cell in lot_row(line).items()} for line in lines)
    return text.getvalue()


def lot_row(line: LotLine) -> dict[str, str]:
    """A lot as text by column; what nobody knows is `unknown`, what does not apply is empty.

    A shelter's lots have no cost, gain or term: none of them matters for tax.
    """
    lot, taxed = line.lot, not line.account.kind.sheltered
    return {
        "account": lot.account,
        "kind": line.account.kind.value,
        "symbol": lot.symbol,
        "lot": line.short_id,
        "shares": lot.quantity.plain,
        "acquired_on": acquired(line),
        "held_since_on": _day(line.held_since_on) if taxed else "",
        "term": line.term if taxed else "",
        "long_from_on": _day(line.long_from_on) if taxed else "",
        "cost_usd": _known(lot.basis) if taxed else "",
        "cost_per_share_usd": _exact(line.cost_per_share) if taxed else "",
        "price_usd": _exact(line.price),
        "value_usd": _known(line.value),
        "gain_usd": _known(line.gain) if taxed else "",
        "gain_pct": _exact(line.gain_pct) if taxed and lot.basis != Usd() else "",
        "wash_sale_usd": line.washed.plain if line.washes else "",
        "wash_sales": "; ".join(map(wash_words, line.washes)),
        "basis_for_loss_usd": lot.basis_for_loss.plain if taxed and lot.basis_for_loss is not None else "",
        "origin": lot.origin.value,
        "source": line.source,
        "locked_until_on": _day(line.locked_until_on),
        "agrees_with_keeper": "yes" if line.agrees else "no",
        "as_of_on": line.today.isoformat(),
    }


def wash_words(wash: WashLine) -> str:
    """Which sale, and how much of its loss."""
    where = f" in {wash.account}" if wash.account else ""
    when = f" on {wash.on}" if wash.on else ""
    return f"sale {wash.sale}{where}{when}: {wash.amount.plain}"


def sale_row(sale: Sale) -> Json:
    """A sale as JSON; gains count for tax as they stand in `short_usd` and `long_usd`."""
    known = sale.basis is not None
    return {
        "sale": sale_id(sale),
        "sold_on": sale.on.isoformat(),
        "account": sale.account,
        "symbol": sale.symbol,
        "shares": sale.quantity.plain,
        "proceeds_usd": sale.proceeds.plain,
        "basis_usd": _known(sale.basis),
        "gain_usd": sale.realized_gain.plain if known else UNKNOWN,
        "short_usd": sale.recognized(short_term=True).plain if known else UNKNOWN,
        "long_usd": sale.recognized(short_term=False).plain if known else UNKNOWN,
        "disallowed_usd": sale.disallowed.plain,
        "lost_for_good_usd": sale.forfeited.plain,
        "source": sale.sale_id,
    }


def remark_row(remark: Remark) -> Json:
    """A remark as JSON."""
    return {
        "code": remark.code,
        "account": remark.account,
        "symbol": remark.symbol,
        "message": remark.message,
        "mend": remark.mend,
        "stops": remark.stops,
    }


def lots_json(told: Told) -> Json:
    """Everything as one object; money and counts are text."""
    return {
        "household": told.household,
        "as_of": told.as_of_on.isoformat(),
        "lots": [lot_row(line) for line in told.lines],
        "sales": [sale_row(sale) for sale in told.sales],
        "remarks": [remark_row(remark) for remark in told.remarks],
    }


def acquired(line: LotLine) -> str:
    """The day on which it was acquired, or what is known of it."""
    return _day(line.lot.acquired_on) or (UNKNOWN if line.is_dateless else "long ago")


def _day(on: date | None) -> str:
    return on.isoformat() if on else ""


def _known(amount: Usd | None) -> str:
    return UNKNOWN if amount is None else amount.plain


def _exact(number: Decimal | None) -> str:
    return UNKNOWN if number is None else Shares(number).plain


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; a plain number, negative ones too, stays a number."""
    return f"'{cell}" if cell.startswith(STARTS_A_FORMULA) and not A_NUMBER.fullmatch(cell) else cell
