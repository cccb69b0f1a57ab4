from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kit import ids

MOMENT = datetime(2026, 4, 2, 10, 11, 12, 345_678, tzinfo=UTC)


def test_ids_have_the_contract_shape_and_order_by_time() -> None:
    earlier, later = ids.new("cust", at=MOMENT), ids.new("cust", at=MOMENT + timedelta(milliseconds=1))
    assert ids.looks_like(earlier, prefix="cust")
    assert earlier < later


@given(st.integers(0, (1 << 63) - 1), st.datetimes(datetime(1971, 1, 1), datetime(9999, 1, 1)))  # noqa: DTZ001
def test_encoded_ids_decode_to_their_row(number: int, naive: datetime) -> None:
    at = naive.replace(tzinfo=UTC)
    public_id = ids.encode("metd", at=at, number=number)
    assert ids.decode(public_id, prefix="metd") == (ids.milliseconds(at), number)


def test_foreign_shapes_decode_to_nothing() -> None:
    assert ids.decode("cust_short", prefix="cust") is None
    assert ids.decode(ids.new("invo", at=MOMENT), prefix="cust") is None
