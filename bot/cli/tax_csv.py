"""A year's sales for a tax preparer, in the columns of Form 8949, and some that show where a figure comes from."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from bot.cli.lot_lines import sale_id, short_id
from bot.cli.lots_rows import harmless
from bot.domain.money import Usd
from bot.engine.lots.nouns import Sale, Sold

COLUMNS = (
    "part",  # I short-term, II long-term
    "description",  # column (a)
    "acquired",  # (b)
    "sold",  # (c)
    "proceeds_usd",  # (d)
    "basis_usd",  # (e)
    "code",  # (f)
    "adjustment_usd",  # (g)
    "gain_usd",  # (h)
    "account",
    "symbol",
    "shares",
    "lot",
    "sale",
    "lost_for_good_usd",
    "basis_known",
)


def tax_csv(sales: Iterable[Sale]) -> str:
    """A header, and one line for each lot of each sale; new columns only ever join at the end.

    Column (h) is proceeds less basis plus adjustment, as on the form. A basis that nobody knows is left empty and the
    line says so; its gain then is all of the proceeds. Which box of the form applies is on the broker's Form 1099-B.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for sale in sales:
        for part in sale.parts:
            writer.writerow({name: harmless(cell) for name, cell in _row(sale, part).items()})
    return text.getvalue()


def _row(sale: Sale, part: Sold) -> dict[str, str]:
    washed = part.disallowed != Usd()
    return {
        "part": "I" if part.short_term else "II",
        "description": f"{part.quantity.plain} sh {sale.symbol}",
        "acquired": "" if part.acquired_on is None else part.acquired_on.isoformat(),
        "sold": sale.on.isoformat(),
        "proceeds_usd": part.proceeds.plain,
        "basis_usd": "" if part.basis is None else part.basis.plain,
        "code": "W" if washed else "",
        "adjustment_usd": part.disallowed.plain if washed else "",
        "gain_usd": part.recognized.plain,
        "account": sale.account,
        "symbol": sale.symbol,
        "shares": part.quantity.plain,
        "lot": short_id(sale.account, sale.symbol, part.lot_id),
        "sale": sale_id(sale),
        "lost_for_good_usd": part.forfeited.plain if part.forfeited else "",
        "basis_known": "no" if part.basis is None else "yes",
    }
