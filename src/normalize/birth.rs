//! Dates of birth that nobody alive can have.

use chrono::{Datelike, NaiveDate};

use crate::model::{Defect, Field, Parties, Value};

/// Full years beyond which a date of birth is a filler or a typing error: the oldest people of Russia whose age is
/// proved were a few years older, and stand in no list of clients.
pub const MAX_AGE: i64 = 110;

/// Why nobody alive was born on that day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Impossible {
    /// After the day of the audit.
    Future,
    /// 01.01.1900, which forms and spreadsheets put in for nothing.
    Filler,
    TooOld,
}

/// Whether nobody alive on `as_of` and at most `max_age` full years old can be born on that day.
pub fn impossible(born: NaiveDate, as_of: NaiveDate, max_age: i64) -> Option<Impossible> {
    if born > as_of {
        Some(Impossible::Future)
    } else if (born.year(), born.ordinal()) == (1900, 1) {
        Some(Impossible::Filler)
    } else if age(born, as_of) > max_age {
        Some(Impossible::TooOld)
    } else {
        None
    }
}

/// Full years from `born` to `day`.
fn age(born: NaiveDate, day: NaiveDate) -> i64 {
    let had_birthday = (day.month(), day.day()) >= (born.month(), born.day());
    i64::from(day.year() - born.year()) - i64::from(!had_birthday)
}

/// Makes impossible dates of birth unusable, so that they are no evidence for a match nor against it, no drift, and
/// no value to keep. Their text stays for the check that reports them.
pub fn refuse_impossible(parties: &mut Parties, as_of: NaiveDate) {
    for (at, value) in parties.birth_date.iter_mut().enumerate() {
        if let Value::Valid(born) = value
            && impossible(*born, as_of, MAX_AGE).is_some()
        {
            *value = Value::invalid(parties.raw.get(Field::BirthDate, at).trim(), Defect::Impossible);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Entity, Records, Side};
    use crate::normalize;

    #[test]
    fn dates_nobody_has() {
        let as_of = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        for (born, expected) in [
            (day(2026, 11, 25), Some(Impossible::Future)),
            (day(2026, 11, 24), None),
            (day(1900, 1, 1), Some(Impossible::Filler)),
            (day(1900, 1, 2), Some(Impossible::TooOld)),
            (day(1915, 11, 24), Some(Impossible::TooOld)),
            (day(1915, 11, 25), None),
            (day(1916, 2, 29), None),
        ] {
            assert_eq!(impossible(born, as_of, MAX_AGE), expected, "{born}");
        }
    }

    #[test]
    fn the_text_survives() {
        let as_of = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        let mut records = Records::new(Side::Crm);
        for (at, text) in [" 17.05.2031", "12.04.1985", "", "31.02.1985"].into_iter().enumerate() {
            records.push(Entity::Contact, (0, at as u32 + 1), &[(Field::BirthDate, text)]);
        }
        let mut parties = normalize::parties(records, &[]);
        refuse_impossible(&mut parties, as_of);
        assert_eq!(parties.birth_date[0], Value::invalid("17.05.2031", Defect::Impossible));
        assert!(parties.birth_date[1].is_valid() && parties.birth_date[2].is_empty());
        assert_eq!(parties.birth_date[3].defect(), Some(Defect::Impossible));
    }
}
