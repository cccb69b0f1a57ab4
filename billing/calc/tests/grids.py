"""The zones and shapes of period that the schedule tests run through."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from billing.calc.schedule import BillingTime, Cadence
from kit.period import Period, PeriodType

ZONES = {
    name: ZoneInfo(name)
    for name in (
        "UTC",
        "Etc/GMT+12",  # UTC-12; the sign of these names is reversed
        "America/Los_Angeles",
        "Asia/Kolkata",
        "Pacific/Kiritimati",
        "Australia/Lord_Howe",  # half an hour of summer time
        "America/New_York",
        "Europe/Amsterdam",
        "America/Sao_Paulo",  # changed its clocks at midnight
        "Pacific/Apia",  # skipped 30 December 2011
    )
}
EPOCH = datetime(2010, 1, 1, tzinfo=UTC)

zones = st.sampled_from(list(ZONES.values()))
lengths = st.builds(Period, st.sampled_from(list(PeriodType)), st.integers(1, 15))
instants = st.integers(0, 20 * 365 * 86_400 * 1_000_000).map(lambda us: EPOCH + timedelta(microseconds=us))
cadences = st.builds(Cadence, instants, lengths, zones, st.sampled_from(list(BillingTime)))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def cadence(
    anchor: datetime,
    *,
    every: int = 1,
    type: PeriodType = PeriodType.MONTH,
    zone: str = "UTC",
    billing_time: BillingTime = BillingTime.EXACT,
) -> Cadence:
    return Cadence(anchor, Period(type, every), ZoneInfo(zone), billing_time)
