"""One instrument in the vendor's many ways of describing it."""

from decimal import Decimal

from adapters.simulator.market.exchange import Asset, AssetKind
from adapters.simulator.schwab.numbers import cusip, double, instrument_id
from adapters.simulator.wire import Json

Shape = dict[str, Json]
# An ETF is a collective investment where it is held, and equity where it is traded or quoted.
HELD = {
    AssetKind.ETF: {"assetType": "COLLECTIVE_INVESTMENT", "type": "EXCHANGE_TRADED_FUND"},
    AssetKind.STOCK: {"assetType": "EQUITY"},
    AssetKind.MUTUAL_FUND: {"assetType": "MUTUAL_FUND", "type": "NO_LOAD_TAXABLE"},
}
MOVED = {**HELD, AssetKind.STOCK: {"assetType": "EQUITY", "type": "COMMON_STOCK"}}
CURRENCY: Shape = {
    "assetType": "CURRENCY",
    "status": "ACTIVE",
    "symbol": "CURRENCY_USD",
    "description": "USD currency",
    "instrumentId": 1,
    "closingPrice": 0,
}


def description(listed: Asset) -> str:
    """The company or fund name in capitals, as the vendor writes it."""
    return (listed.name or listed.symbol).upper()


def held(listed: Asset, net_change: Decimal) -> Shape:
    """In a position."""
    return {
        **HELD[listed.kind],
        "cusip": cusip(listed.symbol),
        "symbol": listed.symbol,
        "description": description(listed),
        "netChange": double(net_change),
    }


def swept(symbol: str) -> Shape:
    """The vehicle into which cash is swept, in a position."""
    return {
        "assetType": "CASH_EQUIVALENT",
        "type": "SWEEP_VEHICLE",
        "cusip": cusip(symbol),
        "symbol": symbol,
        "description": "SWEEP VEHICLE",
        "netChange": double(0),
    }


def traded(listed: Asset) -> Shape:
    """In the leg of an order."""
    return {
        "assetType": "EQUITY",
        "cusip": cusip(listed.symbol),
        "symbol": listed.symbol,
        "description": description(listed),
        "instrumentId": instrument_id(listed.symbol),
    }


def moved(listed: Asset, closing_price: Decimal) -> Shape:
    """In a transfer item of a transaction."""
    return {
        **MOVED[listed.kind],
        "status": "ACTIVE",
        "symbol": listed.symbol,
        "description": description(listed),
        "instrumentId": instrument_id(listed.symbol),
        "closingPrice": double(closing_price),
    }
