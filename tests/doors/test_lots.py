"""`rebaloop lots`: every tax lot of the household, as a table, for a tax preparer, and for other programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.simulator.books.account import OpeningPosition, SimulatedAccount
from adapters.simulator.wire import Request
from tests.doors.stage import Home, Terminal, a_broker, build

NUMBER = "PA84736251"  # the taxable account's, which nobody is ever shown
HEADER = (
    "account,kind,symbol,lot,shares,acquired_on,held_since_on,term,long_from_on,cost_usd,cost_per_share_usd,price_usd,"
    "value_usd,gain_usd,gain_pct,wash_sale_usd,wash_sales,basis_for_loss_usd,origin,source,locked_until_on,"
    "agrees_with_keeper,as_of_on"
)
LOTS = """\
# as_of: 2026-02-27
symbol,quantity,cost,acquired_on,how,basis_for_loss
VTI,40,3200,2020-01-02,bought,
VTI,60,7800,2025-06-10,bought,
BND,10,600,2019-05-01,gift,450
BND,20,900,2025-12-01,inherited,
VXUS,30,,,transferred,
"""


def held(symbol: str, shares: int, cost: int) -> OpeningPosition:
    return OpeningPosition(symbol=symbol, qty=Decimal(shares), cost=Decimal(cost), acquired_on=date(2015, 6, 1))


def opened(name: str, *positions: OpeningPosition, number: str = "") -> SimulatedAccount:
    """An account with $10,000."""
    return SimulatedAccount(
        name=name,
        key_id=f"PK{name.upper()}",
        secret_key=f"made-up-secret-of-{name}",
        cash=Decimal(10000),
        account_number=number,
        positions=positions,
    )


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A brokerage whose lots were written down by hand, and a rollover whose lots nobody wrote down."""
    brokerage = opened(
        "brokerage",
        held("VTI", 40, 3200),
        held("VTI", 60, 7800),
        held("BND", 30, 1500),
        held("VXUS", 30, 1800),
        number=NUMBER,
    )
    with a_broker(opened("rollover", held("VTI", 7, 700)), brokerage) as broker:
        kinds = {"brokerage": "taxable", "rollover": "traditional"}
        home = build(tmp_path, [broker], {"stocks": 50, "bonds": 30, "intl": 20}, kinds)
        home.tree["accounts"][1]["lots"] = f"lots-{NUMBER}.csv"
        home.furnish()
        (tmp_path / f"lots-{NUMBER}.csv").write_text(LOTS, encoding="utf-8")
        monkeypatch.setenv("REBALOOP_SETTINGS", str(home.settings))
        yield home
    assert broker.failures == []


@pytest.fixture
def washed(written: Home) -> Home:
    """50 shares of VTI go at $100, 10 of them at a loss of $30; then 5 are bought again, and 3 in the rollover."""
    by_hand(written, "brokerage", "sell", 50)
    written.brokers[0].advance(timedelta(days=3))
    by_hand(written, "brokerage", "buy", 5)
    written.brokers[0].advance(timedelta(days=1))
    by_hand(written, "rollover", "buy", 3)
    written.brokers[0].advance(timedelta(days=3))
    return written


def by_hand(home: Home, account: str, side: str, shares: int) -> None:
    """A market order for VTI, typed at the broker."""
    body = {"symbol": "VTI", "side": side, "qty": str(shares), "type": "market", "time_in_force": "day"}
    keys = {"apca-api-key-id": f"PK{account.upper()}", "apca-api-secret-key": f"made-up-secret-of-{account}"}
    target = Request.parse("POST", "/v2/orders", keys, json.dumps(body).encode())
    assert home.brokers[0].ask(target).status == 200
    home.brokers[0].ask(Request.parse("GET", "/v2/orders?status=all", keys, b""))


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def flat(text: str) -> str:
    return " ".join(text.split())


# --- the table -------------------------------------------------------------------------------------------------------
def test_a_lot_that_was_written_down_shows_cost_value_gain_term_and_its_line(rebaloop: Terminal, written: Home) -> None:
    text = flat(rebaloop("lots").out)

    assert "40 2020-01-02 long $3,200.00 $80.00 $4,000.20 +$800.20 +25.0% bought · lots-PA****6251.csv:3" in text
    assert "60 2025-06-10 short $7,800.00 $130.00 $6,000.30 -$1,799.70 -23.1%" in text
    assert "long from 2026-06-11 on" in text


def test_sums_stand_beside_each_symbol_and_account(rebaloop: Terminal, written: Home) -> None:
    text = flat(rebaloop("lots").out)

    assert "VTI 100 shares in 2 lots cost $11,000.00 value $10,000.50 gain -$999.50" in text
    assert "brokerage taxable 5 lots cost $12,500.00 and 1 unknown value $13,300.80 gain -$899.40 and 1 unknown" in text


def test_a_gift_between_its_two_bases_has_no_gain(rebaloop: Terminal, written: Home) -> None:
    text = flat(rebaloop("lots", "bnd").out)

    assert "10 2019-05-01 long $600.00 $60.00 $500.05 $0.00 +0.0% gift" in text
    assert "basis for a loss $450.00" in text


def test_an_inheritance_is_long_from_the_first_day(rebaloop: Terminal, written: Home) -> None:
    text = flat(rebaloop("lots", "BND").out)

    assert "20 2025-12-01 long $900.00 $45.00 $1,000.10 +$100.10 +11.1% inherited" in text
    assert "counts as held" not in text


def test_an_unknown_cost_is_unknown_and_how_to_mend_it_is_told(rebaloop: Terminal, written: Home) -> None:
    text = flat(rebaloop("lots", "VXUS").out)

    assert "30 unknown unknown unknown unknown $1,800.15 unknown transferred" in text
    assert "cost unknown value $1,800.15 gain unknown" in text
    assert "mend: write their cost and date into the lots of brokerage" in text


def test_taxable_accounts_come_first_and_a_shelter_shows_no_cost(rebaloop: Terminal, written: Home) -> None:
    text = rebaloop("lots").out

    assert text.index("brokerage") < text.index("rollover")
    assert "what a lot cost does not matter" in text
    assert "$" not in text[text.index("rollover") :].replace("$700.04", "")


def test_lots_that_do_not_sum_up_are_told_with_the_file_to_mend(rebaloop: Terminal, written: Home) -> None:
    (written.folder / f"lots-{NUMBER}.csv").write_text(LOTS.replace("VTI,60,7800", "VTI,59,7670"), encoding="utf-8")

    text = flat(rebaloop("lots", "VTI").out)

    assert "the keeper's figures differ, see below" in text
    assert "lots_mismatch: brokerage VTI: its lots sum to 99 shares where the keeper holds 100" in text
    assert "mend: write the lots of VTI down as of a later day (now lots-PA****6251.csv:3)" in text


def test_one_symbol_and_one_account_leave_out_the_others(rebaloop: Terminal, written: Home) -> None:
    symbol, account = rebaloop("lots", "VTI").out, rebaloop("lots", "--account", "rollover").out

    assert "BND" not in symbol
    assert "lots_unknown" not in symbol
    assert "brokerage" not in account


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["NOPE"], "There is no 'NOPE' in the household; it knows BND, VTI, VXUS."),
        (["--account", "x"], "There is no account 'x'; the household has brokerage, rollover."),
        (["--csv", "--incognito"], "only the table can hide its figures"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_read(
    rebaloop: Terminal, written: Home, words: list[str], sentence: str
) -> None:
    said = rebaloop("lots", *words)

    assert (said.code, said.out) == (2, "")
    assert sentence in said.err
    assert written.brokers[0].requests == []


def test_a_mistake_in_the_list_of_lots_is_told_with_its_line(rebaloop: Terminal, written: Home) -> None:
    (written.folder / f"lots-{NUMBER}.csv").write_text(LOTS.replace("gift,450", "bought,450"), encoding="utf-8")

    said = rebaloop("lots")

    assert (said.code, said.out) == (65, "")
    assert "only a gift has a basis_for_loss" in said.err


def test_incognito_hides_every_amount_and_count(rebaloop: Terminal, washed: Home) -> None:
    shown = rebaloop("lots", "--incognito").out

    assert "$" not in shown
    assert not {"10", "20", "30", "50", "55", "1,500"} & set(shown.split())
    assert "lots_unknown: brokerage VXUS" in shown
    assert "2025-06-10" in shown


def test_looking_at_lots_sends_nothing(rebaloop: Terminal, written: Home) -> None:
    rebaloop("lots")

    assert {line.method for line in written.brokers[0].requests} == {"GET"}


# --- wash sales ------------------------------------------------------------------------------------------------------
def test_a_late_sale_shows_what_counts_and_what_is_lost(rebaloop: Terminal, washed: Home) -> None:
    text = flat(rebaloop("lots", "VTI").out)

    assert "2026-03-02 VTI 50 $5,000.00 $4,500.00 +$500.00 -$60.00 +$800.00" in text
    assert "in brokerage, $240.00 of its loss is disallowed (wash sale), $90.00 of that is lost for good" in text


def test_the_replacement_carries_the_loss_and_the_days_of_what_was_sold(rebaloop: Terminal, washed: Home) -> None:
    """Held for 265 days when they were sold, so the shares of March 5 count from 265 days before."""
    text = flat(rebaloop("lots", "VTI", "--account", "brokerage").out)

    assert "5 2026-03-05 short $650.05 $130.01 $500.02 -$150.03 -23.1% bought" in text
    assert "counts as held since 2025-06-13 · wash sale: $150.00 of the loss of sale" in text
    assert "in brokerage on 2026-03-02 is in its cost" in text


def test_the_sale_bears_the_same_name_at_the_lot_and_in_the_list(rebaloop: Terminal, washed: Home) -> None:
    told = rebaloop("lots", "VTI", "--json").only

    (sale,) = told["sales"]
    (lot,) = [one for one in told["lots"] if one["wash_sales"]]
    assert lot["wash_sales"] == f"sale {sale['sale']} in brokerage on 2026-03-02: 150.00"
    assert (sale["disallowed_usd"], sale["lost_for_good_usd"]) == ("240.00", "90.00")


def test_a_shelter_says_what_it_made_of_a_loss(rebaloop: Terminal, washed: Home) -> None:
    text = flat(rebaloop("lots", "--account", "rollover").out)

    assert "replaced shares that were sold at a loss: that loss is lost for good" in text


# --- for a tax preparer ----------------------------------------------------------------------------------------------
def test_the_header_of_the_csv_is_stable(rebaloop: Terminal, written: Home) -> None:
    assert rebaloop("lots", "--csv").out.splitlines()[0] == HEADER


def test_the_header_stands_also_above_nothing(rebaloop: Terminal, written: Home) -> None:
    assert rebaloop("lots", "BND", "--account", "rollover", "--csv").out == HEADER + "\n"


def test_the_csv_has_one_line_per_lot_with_every_digit(rebaloop: Terminal, written: Home) -> None:
    (written.folder / f"lots-{NUMBER}.csv").write_text(
        LOTS.replace("VTI,40,3200", "VTI,39.333333333,3200"), encoding="utf-8"
    )

    found = rows(rebaloop("lots", "--csv").out)
    first = next(row for row in found if row["shares"] == "39.333333333")

    assert len(found) == 7  # 0.666666667 shares more are held than were written down
    assert first["cost_per_share_usd"] == "81.3559322041"
    assert (first["cost_usd"], first["gain_usd"], first["agrees_with_keeper"]) == ("3200.00", "733.53", "no")


def test_in_the_csv_a_loss_is_a_number_and_an_unknown_cost_a_word(rebaloop: Terminal, written: Home) -> None:
    found = {(row["symbol"], row["origin"], row["term"]): row for row in rows(rebaloop("lots", "--csv").out)}

    assert found["VTI", "bought", "short"]["gain_usd"] == "-1799.70"
    assert found["VXUS", "transferred", "unknown"]["cost_usd"] == "unknown"
    assert found["VTI", "opening", ""]["cost_usd"] == ""


def test_a_cell_that_looks_like_a_formula_is_harmless(rebaloop: Terminal, written: Home) -> None:
    (written.folder / "=cmd.csv").write_text(LOTS, encoding="utf-8")
    written.tree["accounts"][1]["lots"] = "=cmd.csv"
    written.furnish()

    assert {row["source"] for row in rows(rebaloop("lots", "VTI", "--account", "brokerage", "--csv").out)} == {
        "'=cmd.csv:3",
        "'=cmd.csv:4",
    }


def test_names_of_lots_stay_when_their_file_moves(rebaloop: Terminal, written: Home) -> None:
    before = [row["lot"] for row in rows(rebaloop("lots", "--csv").out)]
    (written.folder / "elsewhere").mkdir()
    (written.folder / f"lots-{NUMBER}.csv").rename(written.folder / "elsewhere" / f"lots-{NUMBER}.csv")
    written.tree["accounts"][1]["lots"] = f"elsewhere/lots-{NUMBER}.csv"
    written.furnish()

    assert [row["lot"] for row in rows(rebaloop("lots", "--csv").out)] == before
    assert len(set(before)) == len(before)


def test_no_number_of_an_account_is_ever_shown(rebaloop: Terminal, washed: Home) -> None:
    for words in ([], ["--csv"], ["--json"], ["--incognito"]):
        assert rebaloop("lots", *words).code == 0
    (washed.folder / f"lots-{NUMBER}.csv").write_text(LOTS.replace("VTI,60,7800", "VTI,59,7670"), encoding="utf-8")
    rebaloop("lots")

    assert NUMBER not in rebaloop.transcript
    assert washed.book("brokerage").account_id not in rebaloop.transcript
