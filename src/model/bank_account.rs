//! Bank accounts and bank codes.

use std::fmt;

use super::Defect;

/// A settlement account of 20 digits. Its control key depends on the bank: see [`BankAccount::agrees_with`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct BankAccount([u8; 20]);

/// BIK: 9 digits, the code of a bank.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Bik([u8; 9]);

impl BankAccount {
    /// Position 6 may hold one of the letters of clearing currencies.
    ///
    /// # Errors
    /// [`Defect::Length`], [`Defect::Characters`].
    pub fn parse(text: &str) -> Result<BankAccount, Defect> {
        let chars = text.chars().count();
        if chars != 20 {
            return Err(Defect::Length);
        }
        let mut digits = [0u8; 20];
        for (i, c) in text.chars().enumerate() {
            digits[i] = match c {
                '0'..='9' => c as u8,
                // Clearing currencies: А В С Е Н К М Р Т Х stand for 0…9 in the key (CBR 515 of 08.09.1997).
                _ if i == 5 => b'0' + "АВСЕНКМРТХ".chars().position(|l| l == c).ok_or(Defect::Characters)? as u8,
                _ => return Err(Defect::Characters),
            };
        }
        Ok(BankAccount(digits))
    }

    /// Whether the control key agrees with the bank.
    ///
    /// Rule: CBR letter 515 of 08.09.1997: weights 7 1 3 over the last three digits of the BIK (for a cash centre,
    /// whose BIK ends with 000…002: "0" and digits 5–6 of the BIK) and the account; the sum of last digits mod 10 is 0.
    pub fn agrees_with(&self, bik: Bik) -> bool {
        let tail = &bik.0[6..9];
        let cash_centre = tail[0] == b'0' && tail[1] == b'0' && tail[2] <= b'2';
        let head = if cash_centre { [b'0', bik.0[4], bik.0[5]] } else { [tail[0], tail[1], tail[2]] };
        let sum: u32 = head
            .iter()
            .chain(&self.0)
            .zip([7u32, 1, 3].iter().cycle())
            .map(|(d, w)| u32::from(d - b'0') * w % 10)
            .sum();
        sum.is_multiple_of(10)
    }

    /// Low 64 bits of a hash-free key: the account without its first digits 1–2, unique for settlement accounts.
    pub fn key(&self) -> u64 {
        // 20 digits exceed u64; positions 1–2 (the balance account group) are constant for settlement accounts.
        self.0[2..].iter().fold(0u64, |n, d| n * 10 + u64::from(d - b'0'))
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("an account holds ASCII digits only")
    }
}

impl Bik {
    /// # Errors
    /// [`Defect::Length`], [`Defect::Characters`].
    pub fn parse(text: &str) -> Result<Bik, Defect> {
        let digits = <[u8; 9]>::try_from(text.as_bytes()).map_err(|_| Defect::Length)?;
        if digits.iter().all(u8::is_ascii_digit) { Ok(Bik(digits)) } else { Err(Defect::Characters) }
    }
}

impl fmt::Display for BankAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_key() {
        // An account made for this test: the key digit (position 9) was solved from the rule.
        let bik = Bik::parse("044525225").unwrap();
        let keys = (0..10).filter(|k| BankAccount::parse(&format!("40702810{k}00000000001")).unwrap().agrees_with(bik));
        assert_eq!(keys.count(), 1);
        assert_eq!(BankAccount::parse("4070281090000000001"), Err(Defect::Length));
        assert!(BankAccount::parse("40702А10900000000001").is_ok());
        assert_eq!(BankAccount::parse("4070281О900000000001"), Err(Defect::Characters));
    }
}
