"""Accounts and preferences: who has which account, under which hash, with what in it."""

from adapters.simulator.schwab import positions
from adapters.simulator.schwab.balances import balances
from adapters.simulator.schwab.desk import Call, Drawer
from adapters.simulator.schwab.numbers import made_up, money
from adapters.simulator.schwab.refusals import bad_request
from adapters.simulator.wire import Answer, Json

Shape = dict[str, Json]


def account_numbers(call: Call) -> Answer:
    """`GET /accounts/accountNumbers`."""
    drawers = call.desk.drawers(call.login)
    return Answer(body=[{"accountNumber": d.account.number, "hashValue": d.hash_value} for d in drawers])


def accounts(call: Call) -> Answer:
    """`GET /accounts`: without hashes, which makes the number the only join."""
    with_positions = _wants_positions(call)
    return Answer(body=[_account(drawer, with_positions=with_positions) for drawer in call.desk.drawers(call.login)])


def account(call: Call) -> Answer:
    """`GET /accounts/{hash}`."""
    return Answer(body=_account(call.drawer(), with_positions=_wants_positions(call)))


def _wants_positions(call: Call) -> bool:
    fields = call.request.query.get("fields", "")
    if fields not in {"", "positions"}:
        raise bad_request(f"'{fields}' is not a valid value for fields")
    return fields == "positions"


def _account(drawer: Drawer, *, with_positions: bool) -> Shape:
    held = positions.positions(drawer) if with_positions else []
    value = money(drawer.book.equity())
    return {
        "securitiesAccount": {
            "type": drawer.account.kind.value,
            "accountNumber": drawer.account.number,
            "roundTrips": 0,
            "isDayTrader": False,
            "isClosingOnlyRestricted": False,
            "pfcbFlag": False,
            **({"positions": held} if held else {}),
            **balances(drawer),
        },
        "aggregatedBalance": {"currentLiquidationValue": value, "liquidationValue": value},
    }


def user_preference(call: Call) -> Answer:
    """`GET /userPreference`: an object, where the specification has a list."""
    drawers = call.desk.drawers(call.login)
    streamer = {
        "streamerSocketUrl": "wss://streamer.invalid/ws",
        "schwabClientCustomerId": made_up("customer", call.login.name),
        "schwabClientCorrelId": made_up("correlation", call.login.name)[:36],
        "schwabClientChannel": "N9",
        "schwabClientFunctionId": "APIAPP",
    }
    return Answer(
        body={
            "accounts": [_preference(drawer, primary=drawer is drawers[0]) for drawer in drawers],
            "streamerInfo": [streamer],
            "offers": [{"level2Permissions": False, "mktDataPermission": "NP"}],
        }
    )


def _preference(drawer: Drawer, *, primary: bool) -> Shape:
    return {
        "accountNumber": drawer.account.number,
        "primaryAccount": primary,
        "type": "BROKERAGE",
        "nickName": drawer.account.nickname or drawer.account.name,
        "displayAcctId": f"...{drawer.account.number[-3:]}",
        "autoPositionEffect": False,
        "accountColor": "Green",
        "lotSelectionMethod": drawer.account.lot_selection.value,
    }
