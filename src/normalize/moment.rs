//! Dates with a time of day.

use chrono::{NaiveDateTime, NaiveTime};

use super::date;
use crate::model::Value;

/// Reads a date as [`date::parse`] does, with the time of day that stands behind it; a zone after it is ignored, since
/// both systems show local time. `dd.mm.yyyy h:mm[:ss]`, `yyyy-mm-ddThh:mm:ss[.fff][±hh:mm]`, `dd.mm.yyyy`.
///
/// An impossible time of day (`25:00`) makes the whole value unreadable: [`crate::model::Defect::Impossible`].
pub fn parse(raw: &str) -> Value<NaiveDateTime> {
    match date::parse(raw) {
        Value::Empty => Value::Empty,
        Value::Invalid { raw, defect } => Value::Invalid { raw, defect },
        Value::Valid(day) => match time(raw) {
            Ok(time) => Value::Valid(day.and_time(time)),
            Err(()) => Value::invalid(raw.trim(), crate::model::Defect::Impossible),
        },
    }
}

/// The first `h:mm` or `h:mm:ss` of a text; midnight where there is none.
fn time(raw: &str) -> Result<NaiveTime, ()> {
    let bytes = raw.as_bytes();
    let Some(colon) = bytes.iter().position(|&b| b == b':') else { return Ok(NaiveTime::MIN) };
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let before = bytes[..colon].iter().rev().take_while(|b| b.is_ascii_digit()).count().min(2);
    let number = |from: usize, len: usize| -> Option<u32> { raw.get(from..from + len)?.parse().ok() };
    let minutes = digits(colon + 1);
    let (Some(hour), Some(minute)) = (number(colon - before, before), number(colon + 1, minutes)) else {
        return Ok(NaiveTime::MIN);
    };
    let after = colon + 1 + minutes;
    let second = match bytes.get(after) {
        Some(b':') => number(after + 1, digits(after + 1)).unwrap_or(0),
        _ => 0,
    };
    NaiveTime::from_hms_opt(hour, minute, second).ok_or(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        for (raw, expected) in [
            ("24.11.2026 9:05", Some("2026-11-24 09:05:00")),
            ("24.11.2026 23:59:58", Some("2026-11-24 23:59:58")),
            ("2026-11-24T10:00:00+03:00", Some("2026-11-24 10:00:00")),
            ("2026-11-24T10:00:00.123Z", Some("2026-11-24 10:00:00")),
            ("2026-11-24", Some("2026-11-24 00:00:00")),
            ("24.11.2026 25:00", None),
            ("01.01.0001 0:00:00", None),
            ("вчера", None),
            ("", None),
        ] {
            assert_eq!(parse(raw).valid().map(ToString::to_string).as_deref(), expected, "{raw}");
        }
    }
}
