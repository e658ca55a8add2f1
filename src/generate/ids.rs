//! Invented identifiers with right control digits. Every function is injective in `n` below its stated limit, so
//! uniqueness needs no set of values already given.

/// Regions whose inspections 91–98 do not exist: the numbers are well-formed and nobody has them. The first
/// [`ZERO_REGIONS`] begin with 0, which a spreadsheet loses.
const REGIONS: [u64; 20] = [1, 3, 4, 6, 7, 8, 9, 22, 31, 36, 40, 47, 52, 54, 62, 66, 70, 77, 78, 86];
const ZERO_REGIONS: u64 = 7;
/// Inspections 91…98.
const INSPECTIONS: u64 = 8;

/// Whether the INN of a party begins with 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Region {
    Any,
    WithZero,
    WithoutZero,
}

/// Banks that do not exist: BIK, name. Digits 3–4 of a BIK are the region; 01 with the last three 7xx is unassigned.
pub const BANKS: [(&str, &str); 4] = [
    ("044599711", "АО Банк «Заречный кредит»"),
    ("042099722", "ПАО «Степной торговый банк»"),
    ("046599733", "Банк «Семь холмов» (АО)"),
    ("045099744", "ООО КБ «Полевой»"),
];

/// Area codes of office phones.
const AREAS: [u64; 16] = [495, 812, 343, 383, 473, 831, 846, 861, 863, 351, 342, 391, 381, 347, 843, 844];
/// Mobile codes that no operator of Russia has (numbering plan, Rossvyaz registers).
const MOBILES: [u64; 8] = [943, 944, 945, 946, 972, 973, 974, 975];

/// Spreads consecutive `n` over `0..size`, one to one for `n < size`.
///
/// `size` must not be divisible by 7919 or 104729, which are prime.
pub fn spread(n: u64, size: u64) -> u64 {
    let mixed = u128::from(n % size) * 7919 * 104_729 + 40_503;
    (mixed % u128::from(size)) as u64
}

fn region(n: u64, which: Region) -> (u64, u64) {
    let all = REGIONS.len() as u64;
    let (from, count) = match which {
        Region::Any => (0, all),
        Region::WithZero => (0, ZERO_REGIONS),
        Region::WithoutZero => (ZERO_REGIONS, all - ZERO_REGIONS),
    };
    (REGIONS[(from + n % count) as usize], n / count)
}

fn control(digits: &[u8]) -> u8 {
    const WEIGHTS: [u32; 11] = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
    let weights = &WEIGHTS[WEIGHTS.len() - digits.len()..];
    let sum: u32 = digits.iter().zip(weights).map(|(d, w)| u32::from(d - b'0') * w).sum();
    (sum % 11 % 10) as u8 + b'0'
}

/// INN of an organisation, 10 digits; distinct for `n` below 5,600,000 with one [`Region`].
pub fn inn_org(n: u64, which: Region) -> String {
    let (region, n) = region(n, which);
    let mut inn = format!("{region:02}{:02}{:05}", 91 + n % INSPECTIONS, spread(n / INSPECTIONS, 100_000));
    let digit = control(inn.as_bytes());
    inn.push(char::from(digit));
    inn
}

/// INN of a person, 12 digits; distinct for `n` below 56,000,000 with one [`Region`].
pub fn inn_person(n: u64, which: Region) -> String {
    let (region, n) = region(n, which);
    let mut inn = format!("{region:02}{:02}{:06}", 91 + n % INSPECTIONS, spread(n / INSPECTIONS, 1_000_000));
    for _ in 0..2 {
        let digit = control(inn.as_bytes());
        inn.push(char::from(digit));
    }
    inn
}

/// KPP of a unit of the organisation with this INN; `reason` is `01` for a head office, `43`, `02` … for branches.
pub fn kpp(inn: &str, reason: &str, unit: u64) -> String {
    format!("{}{reason}{:03}", &inn[..4], unit % 1000)
}

/// OGRN of the organisation with this INN: distinct where `n` is, below 10,000,000.
pub fn ogrn(n: u64, inn: &str) -> String {
    let body = format!("1{:02}{}{:07}", 3 + n % 22, &inn[..2], spread(n, 10_000_000));
    let number: u64 = body.parse().expect("the body is made of digits");
    format!("{body}{}", number % 11 % 10)
}

/// OGRNIP of the sole trader with this INN: distinct where `n` is, below 100,000,000.
pub fn ogrnip(n: u64, inn: &str) -> String {
    let body = format!("3{:02}{}{:09}", 4 + n % 21, &inn[..2], spread(n, 100_000_000));
    let number: u64 = body.parse().expect("the body is made of digits");
    format!("{body}{}", number % 13 % 10)
}

/// A settlement account whose key agrees with the BIK; `group` is `40702` or `40802`. Distinct for `n` below 10^7.
///
/// Rule of the key: CBR letter 515 of 08.09.1997 ([`crate::model::BankAccount::agrees_with`]).
pub fn account(n: u64, group: &str, bik: &str) -> String {
    let body = format!("{group}81000900{:07}", spread(n, 10_000_000));
    let sum: u32 = bik[6..]
        .bytes()
        .chain(body.bytes())
        .zip([7u32, 1, 3].into_iter().cycle())
        .map(|(d, w)| u32::from(d - b'0') * w)
        .sum();
    // The key stands where `body` has a zero of weight 3, and 3 · 3 ≡ -1 (mod 10).
    format!("{}{}{}", &body[..8], sum * 3 % 10, &body[9..])
}

/// Digits of a mobile number, `79…`; distinct for `n` below 72,000,000.
pub fn mobile(n: u64) -> String {
    let codes = MOBILES.len() as u64;
    // The seven digits begin with 1–9: 0000000 and its like read as placeholders.
    format!("7{}{:07}", MOBILES[(n % codes) as usize], 1_000_000 + spread(n / codes, 9_000_000))
}

/// Digits of an office number; local numbers begin with 0, which no subscriber of the zone has. Distinct for `n` below
/// 14,400,000.
pub fn office(n: u64) -> String {
    let codes = AREAS.len() as u64;
    format!("7{}0{:06}", AREAS[(n % codes) as usize], 100_000 + spread(n / codes, 900_000))
}

/// SNILS `880-123-456 78`: numbers from 880 on are not given out. Distinct for `n` below 10,000,000.
///
/// Rule: instruction of the Pension Fund 192p of 31.07.2006: weights 9…1, modulo 101, 100 counts as 0.
pub fn snils(n: u64) -> String {
    let digits = format!("88{:07}", spread(n, 10_000_000));
    let sum: u32 = digits.bytes().zip((1..=9).rev()).map(|(d, w)| u32::from(d - b'0') * w).sum();
    format!("{}-{}-{} {:02}", &digits[..3], &digits[3..6], &digits[6..], sum % 101 % 100)
}

/// Series and number of a passport `16 24 123456`; no region has series 16. Distinct for `n` below 1,000,000.
pub fn passport(n: u64) -> String {
    format!("16 {:02} {:06}", 4 + n % 20, spread(n, 1_000_000))
}

/// `+7 (495) 012-34-56` of digits `74950123456`.
pub fn phone_text(digits: &str) -> String {
    format!("+7 ({}) {}-{}-{}", &digits[1..4], &digits[4..7], &digits[7..9], &digits[9..11])
}

/// Digits with one control digit off: well-formed and wrong.
pub fn spoil_control(digits: &str) -> String {
    let (body, last) = digits.split_at(digits.len() - 1);
    let wrong = (last.as_bytes()[0] - b'0' + 5) % 10;
    format!("{body}{wrong}")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::model::{BankAccount, Bik, Inn, Kpp, Ogrn, Phone};

    #[test]
    fn identifiers_are_valid_and_distinct() {
        let mut seen = HashSet::new();
        for n in (0..3000).chain(5_000_000..5_000_500) {
            for which in [Region::WithZero, Region::WithoutZero] {
                let inn = inn_org(n, which);
                assert!(Inn::parse(&inn).is_ok() && inn.starts_with('0') == (which == Region::WithZero), "{inn}");
                assert!(Kpp::parse(&kpp(&inn, "01", 1)).is_ok());
                assert!(Ogrn::parse(&ogrn(n, &inn)).is_ok());
                assert!(seen.insert(inn));
                let inn = inn_person(n, which);
                assert!(Inn::parse(&inn).is_ok_and(Inn::is_person), "{inn}");
                assert!(Ogrn::parse(&ogrnip(n, &inn)).is_ok_and(Ogrn::is_sole_trader));
                assert!(Inn::parse(&spoil_control(&inn)).is_err());
                assert!(seen.insert(inn));
            }
            for (bik, _) in BANKS {
                let account = account(n, "40702", bik);
                assert!(BankAccount::parse(&account).unwrap().agrees_with(Bik::parse(bik).unwrap()), "{account}");
            }
            for digits in [mobile(n), office(n)] {
                assert!(Phone::parse(&digits, None).is_ok(), "{digits}");
                assert!(seen.insert(digits));
            }
            assert!(Phone::parse(&mobile(n), None).unwrap().is_mobile());
            assert!(seen.insert(snils(n)) && snils(n).len() == 14);
        }
        assert_eq!(phone_text("74950123456"), "+7 (495) 012-34-56");
    }

    #[test]
    fn spread_is_one_to_one() {
        for size in [100_000u64, 900_000, 1_000_000] {
            let mut seen = vec![false; size as usize];
            for n in 0..size {
                assert!(!std::mem::replace(&mut seen[spread(n, size) as usize], true), "{n} of {size}");
            }
        }
    }
}
