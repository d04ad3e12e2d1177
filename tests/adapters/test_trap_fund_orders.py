"""An order for an exchange-traded fund is an order for shares, although the vendor files it under another word."""

import pytest

from tests.adapters.told_line import BUY, ToldLine, broker_over, order


@pytest.mark.parametrize("asset", ["EQUITY", "COLLECTIVE_INVESTMENT"])
def test_an_order_for_an_exchange_traded_fund_is_found_and_counted(asset: str) -> None:
    told = order()
    told["orderLegCollection"][0]["instrument"]["assetType"] = asset
    broker = broker_over(ToldLine(listed=[told]))
    found = broker.find(BUY)

    assert found is not None
    assert found.matches(BUY)
    assert [one.symbol for one in broker.read("ira").open_orders] == ["VTI"]
