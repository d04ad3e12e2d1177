"""An exchange that trades on every weekday, 09:30 to 16:00 in New York."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.readings import Session

NEW_YORK = ZoneInfo("America/New_York")
DAY = timedelta(days=1)


class WeekdayCalendar:
    """No holidays; trades settle on the next weekday."""

    def session(self, on: date) -> Session | None:
        if on.weekday() >= 5:
            return None
        return Session(on=on, opens_at=_at(on, time(9, 30)), closes_at=_at(on, time(16)), settles_on=_next_weekday(on))

    def next_session(self, after: date) -> Session:
        session = self.session(_next_weekday(after))
        assert session is not None
        return session


def _next_weekday(after: date) -> date:
    on = after + DAY
    return on if on.weekday() < 5 else _next_weekday(on)


def _at(on: date, hour: time) -> datetime:
    return datetime.combine(on, hour, NEW_YORK).astimezone(UTC)
