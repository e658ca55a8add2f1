//! An e-mail address in comparable form.

use std::fmt;

use super::Defect;

/// `local@domain` in lower case, the domain in ASCII (punycode for `.рф`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Email {
    text: Box<str>,
    at: u16,
}

impl Email {
    /// Parses one address without a display name. Syntax: the dot-atom form of RFC 5321 that mail services give out;
    /// quoted local parts are refused.
    ///
    /// # Errors
    /// [`Defect::Syntax`], [`Defect::Characters`], [`Defect::Length`] (254 in all, 64 before the `@`).
    pub fn parse(text: &str) -> Result<Email, Defect> {
        let (local, domain) = text.rsplit_once('@').ok_or(Defect::Syntax)?;
        if local.is_empty() || local.starts_with('.') || local.ends_with('.') || local.contains("..") {
            return Err(Defect::Syntax);
        }
        if !local.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c)) {
            return Err(Defect::Characters);
        }
        let domain = idna::domain_to_ascii(domain).map_err(|_| Defect::Syntax)?;
        let (host, top) = domain.rsplit_once('.').ok_or(Defect::Syntax)?;
        let label = |l: &str| !l.is_empty() && l.len() <= 63 && !l.starts_with('-') && !l.ends_with('-');
        if !host.split('.').all(label) || top.len() < 2 || !label(top) || top.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Defect::Syntax);
        }
        if !domain.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.') {
            return Err(Defect::Characters);
        }
        if local.len() > 64 || local.len() + 1 + domain.len() > 254 {
            return Err(Defect::Length);
        }
        let at = local.len() as u16;
        Ok(Email { text: format!("{}@{domain}", local.to_ascii_lowercase()).into(), at })
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn local(&self) -> &str {
        &self.text[..self.at as usize]
    }

    pub fn domain(&self) -> &str {
        &self.text[self.at as usize + 1..]
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_and_refuses() {
        for (text, expected) in [
            ("Info@Romashka.RU", Ok("info@romashka.ru")),
            ("a+b@почта.рф", Ok("a+b@xn--80a1acny.xn--p1ai")),
            ("romashka.ru", Err(Defect::Syntax)),
            ("a@b", Err(Defect::Syntax)),
            ("иван@mail.ru", Err(Defect::Characters)),
            ("a..b@mail.ru", Err(Defect::Syntax)),
            ("a@-mail.ru", Err(Defect::Syntax)),
        ] {
            assert_eq!(Email::parse(text).map(|e| e.to_string()), expected.map(str::to_owned), "{text}");
        }
        let email = Email::parse("info@romashka.ru").unwrap();
        assert_eq!((email.local(), email.domain()), ("info", "romashka.ru"));
    }
}
