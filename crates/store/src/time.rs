//! How time is kept: microseconds since 1970 in UTC, days as `YYYY-MM-DD`, and the two values that
//! stand for "without end".

use crate::error::StoreError;
use jiff::Timestamp;
use jiff::civil::Date;

/// The end of a recorded period that has none.
pub(crate) const NEVER: i64 = i64::MAX;

/// The end of a business period that has none.
pub(crate) const NO_END: &str = "9999-12-31";

/// A time as it is kept.
pub(crate) fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// A time as precise as it is kept, so that it reads back as the same.
pub(crate) fn truncated(time: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time)
}

/// A kept time read back; `field` names it should it not be one.
pub(crate) fn timestamp(micros: i64, field: &'static str) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros).map_err(|_| StoreError::inconsistent(field, micros))
}

/// A kept day read back; `field` names it should it not be one.
pub(crate) fn date(text: &str, field: &'static str) -> Result<Date, StoreError> {
    text.parse().map_err(|_| StoreError::inconsistent(field, text))
}
