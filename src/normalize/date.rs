//! Dates as CRMs, 1C and spreadsheets write them.

use chrono::{Datelike, NaiveDate};

use super::text;
use crate::model::{Defect, Value};

/// Spreadsheet day numbers read as dates: 3 October 1902 to 31 December 2099. Smaller numbers are years or ages.
const SERIALS: std::ops::RangeInclusive<i64> = 1_007..=73_050;
/// A two-digit year up to this one belongs to this century (1C's own interpretation limit is 29).
const PIVOT: i32 = 29;

/// Reads a date; a time of day and a zone after it are ignored.
///
/// `dd.mm.yyyy`, `dd.mm.yy`, `dd/mm/yyyy`, ISO, `yyyymmdd`, «12 марта 1980 г.», spreadsheet serials. With slashes, day
/// and month that cannot be told apart are [`Defect::Ambiguous`]; a date that cannot exist is [`Defect::Impossible`].
/// Zero dates of 1C and Excel (`0001-01-01`, `01.01.0001`, `1900-01-00`, `1899-12-30`) are empty.
pub fn parse(raw: &str) -> Value<NaiveDate> {
    if text::means_none(raw) {
        return Value::Empty;
    }
    let cleaned = text::clean(raw);
    let body = cleaned.trim();
    match read(body) {
        Ok(Some(date)) if date.year() <= 1 || is_epoch_zero(date) => Value::Empty,
        Ok(Some(date)) => Value::Valid(date),
        Ok(None) => Value::Empty,
        Err(defect) => Value::invalid(raw.trim(), defect),
    }
}

/// Day zero of Excel and OLE.
fn is_epoch_zero(date: NaiveDate) -> bool {
    date.year() == 1899 && date.month() == 12 && date.day() >= 30
}

/// `Ok(None)`: a zero date.
fn read(body: &str) -> Result<Option<NaiveDate>, Defect> {
    if body.bytes().all(|b| b.is_ascii_digit()) {
        return digits_only(body);
    }
    let (numbers, separator) = split(body)?;
    let [a, b, c] = numbers;
    let year_first = a.len() == 4;
    let (year, month, day) = if year_first { (a, b, c) } else { (c, b, a) };
    let year_digits = year.len();
    let number = |s: &str| s.parse::<i32>().map_err(|_| Defect::Syntax);
    let (mut year, mut month, mut day) = (number(year)?, number(month)?, number(day)?);
    if year_digits == 2 {
        year += if year <= PIVOT { 2000 } else { 1900 };
    } else if year_digits != 4 {
        return Err(Defect::Syntax);
    }
    // 00.00.0000 and 1900-01-00.
    if day == 0 && (month == 0 || year <= 1900) {
        return Ok(None);
    }
    if separator == '/' && !year_first {
        if day <= 12 && month <= 12 && day != month {
            return Err(Defect::Ambiguous);
        }
        if month > 12 && day <= 12 {
            std::mem::swap(&mut day, &mut month);
        }
    }
    let part = |n: i32| u32::try_from(n).map_err(|_| Defect::Syntax);
    NaiveDate::from_ymd_opt(year, part(month)?, part(day)?).map(Some).ok_or(Defect::Impossible)
}

/// `yyyymmdd`, `ddmmyyyy` or a spreadsheet serial.
fn digits_only(body: &str) -> Result<Option<NaiveDate>, Defect> {
    let number: i64 = body.parse().map_err(|_| Defect::Length)?;
    match body.len() {
        8 => {
            let number = number as i32;
            let year_first =
                NaiveDate::from_ymd_opt(number / 10_000, (number / 100 % 100) as u32, (number % 100) as u32)
                    .filter(|d| (1900..2100).contains(&d.year()));
            let year_last =
                NaiveDate::from_ymd_opt(number % 10_000, (number / 10_000 % 100) as u32, (number / 1_000_000) as u32)
                    .filter(|d| (1900..2100).contains(&d.year()));
            match (year_first, year_last) {
                (Some(a), Some(b)) if a != b => Err(Defect::Ambiguous),
                (Some(date), _) | (None, Some(date)) => Ok(Some(date)),
                (None, None) if number == 0 || number == 10_101 => Ok(None),
                (None, None) => Err(Defect::Impossible),
            }
        }
        _ if number == 0 => Ok(None),
        4 | 5 if SERIALS.contains(&number) && body.len() == 5 => {
            // Serial 25569 is 1 January 1970.
            Ok(NaiveDate::from_num_days_from_ce_opt(719_163 + (number as i32 - 25_569)))
        }
        _ => Err(Defect::Length),
    }
}

/// Three groups of digits and the separator between the first two. A month may be a word.
fn split(body: &str) -> Result<([&str; 3], char), Defect> {
    const MONTHS: [&[&str]; 12] = [
        &["ЯНВ", "JAN"],
        &["ФЕВ", "FEB"],
        &["МАР", "MAR"],
        &["АПР", "APR"],
        &["МАЯ", "МАЙ", "MAY"],
        &["ИЮН", "JUN"],
        &["ИЮЛ", "JUL"],
        &["АВГ", "AUG"],
        &["СЕН", "SEP"],
        &["ОКТ", "OCT"],
        &["НОЯ", "NOV"],
        &["ДЕК", "DEC"],
    ];
    const NUMBERS: [&str; 12] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"];
    let mut parts = [""; 3];
    let mut found = 0;
    let mut separator = ' ';
    let mut rest = body;
    while found < 3 {
        let start = rest.find(|c: char| c.is_alphanumeric()).ok_or(Defect::Syntax)?;
        if found == 1 {
            separator = rest.chars().next().unwrap_or(' ');
        }
        rest = &rest[start..];
        if rest.starts_with(|c: char| c.is_ascii_digit()) {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            parts[found] = &rest[..end];
            rest = &rest[end..];
        } else {
            let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
            if end == 0 {
                return Err(Defect::Characters);
            }
            let word = rest[..end].to_uppercase();
            let month = MONTHS.iter().position(|names| names.iter().any(|n| word.starts_with(n)));
            parts[found] = NUMBERS[month.filter(|_| found == 1).ok_or(Defect::Syntax)?];
            separator = ' ';
            rest = &rest[end..];
        }
        if parts[found].len() > 4 {
            return Err(Defect::Syntax);
        }
        found += 1;
    }
    // After the date only a time, a zone or «г.» may follow.
    let tail = rest.trim_start_matches(['T', 't', ' ', ',']);
    let is_time = tail.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | '+' | '-' | 'Z' | 'z' | ' '));
    let is_word = matches!(tail.trim_end_matches('.').trim(), "г" | "года" | "Г" | "год");
    if is_time || is_word || tail.ends_with(" PM") || tail.ends_with(" AM") {
        Ok((parts, separator))
    } else {
        Err(Defect::Syntax)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        for (raw, expected) in [
            ("05.03.1980", Ok("1980-03-05")),
            ("5.3.1980", Ok("1980-03-05")),
            ("05.03.80", Ok("1980-03-05")),
            ("05.03.24", Ok("2024-03-05")),
            ("05.03.1980 0:00:00", Ok("1980-03-05")),
            ("1980-03-05", Ok("1980-03-05")),
            ("1980-03-05T00:00:00+03:00", Ok("1980-03-05")),
            ("1980-03-05 12:30:00.000Z", Ok("1980-03-05")),
            ("1980/03/05", Ok("1980-03-05")),
            ("19800305", Ok("1980-03-05")),
            ("12 марта 1980 г.", Ok("1980-03-12")),
            ("12 мар 1980", Ok("1980-03-12")),
            ("12-Mar-1980", Ok("1980-03-12")),
            ("25/03/1980", Ok("1980-03-25")),
            ("03/25/1980", Ok("1980-03-25")),
            ("03/03/1980", Ok("1980-03-03")),
            ("04/03/1980", Err(Some(Defect::Ambiguous))),
            ("29285", Ok("1980-03-05")),
            ("1900-01-01", Ok("1900-01-01")),
            ("0001-01-01T00:00:00", Err(None)),
            ("01.01.0001", Err(None)),
            ("1900-01-00", Err(None)),
            ("00.00.0000", Err(None)),
            ("1899-12-30", Err(None)),
            ("31.12.1899", Err(None)),
            ("1899-12-29", Ok("1899-12-29")),
            ("30.12.1980", Ok("1980-12-30")),
            ("30.02.1980", Err(Some(Defect::Impossible))),
            ("32.01.1980", Err(Some(Defect::Impossible))),
            ("март 1980", Err(Some(Defect::Syntax))),
            ("05.03", Err(Some(Defect::Syntax))),
            ("1980", Err(Some(Defect::Length))),
            ("вчера", Err(Some(Defect::Syntax))),
            ("", Err(None)),
            ("нет", Err(None)),
        ] {
            let shown = match parse(raw) {
                Value::Valid(date) => Ok(date.to_string()),
                Value::Empty => Err(None),
                Value::Invalid { defect, .. } => Err(Some(defect)),
            };
            assert_eq!(shown, expected.map(str::to_owned), "{raw}");
        }
    }
}
