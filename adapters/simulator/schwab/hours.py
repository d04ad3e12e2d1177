"""Market hours of a date: under `EQ` with the day's sessions when it trades, under `equity` when it does not."""

from datetime import date, datetime, time, timedelta

from adapters.simulator.market.clock import NEW_YORK
from adapters.simulator.schwab.desk import Call
from adapters.simulator.schwab.refusals import bad_parameter, day
from adapters.simulator.wire import Answer, Json

FIRST_TRADE = time(7, 0)
FARTHEST = timedelta(days=366)
MARKETS = ("equity", "option", "bond", "future", "forex")


def market_hours(call: Call) -> Answer:
    """`GET /markets` and `GET /markets/{market}`: of a date from today to a year ahead."""
    query, today = call.request.query, call.world.market.clock.today_on
    asked = call.parts[0] if call.parts else query.get("markets", "")
    names = [name for name in asked.split(",") if name]
    if not names or set(names) - set(MARKETS):
        raise bad_parameter("markets must be some of " + ", ".join(MARKETS))
    on = day(query, "date", today)
    if not today <= on <= today + FARTHEST:
        raise bad_parameter("date must be between today and a year from today")
    return Answer(body={name: _market(call, name, on) for name in names})


def _market(call: Call, name: str, on: date) -> Json:
    """Only equities trade here: any other market is shut."""
    session = call.world.market.calendar.session(on)
    shut = {"date": on.isoformat(), "marketType": name.upper(), "product": name, "isOpen": False}
    if name != "equity" or session is None:
        return {name: shut}
    opens, closes = session.opens_at.astimezone(NEW_YORK), session.closes_at.astimezone(NEW_YORK)
    early = datetime.combine(on, FIRST_TRADE, NEW_YORK)
    return {
        "EQ": {
            "date": on.isoformat(),
            "marketType": "EQUITY",
            "product": "EQ",
            "productName": "equity",
            "isOpen": True,
            "sessionHours": {
                "preMarket": [_span(early, opens)],
                "regularMarket": [_span(opens, closes)],
                "postMarket": [_span(closes, closes + timedelta(hours=4))],
            },
        }
    }


def _span(start: datetime, end: datetime) -> Json:
    return {"start": start.isoformat(), "end": end.isoformat()}
