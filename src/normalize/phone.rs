//! Telephone numbers out of a cell: several, with extensions and comments.

use super::number::{self, Coerced};
use super::text;
use crate::model::{Defect, Noted, Notes, Phone, Value};

/// Area codes of Russia (ABC and DEF) whose ten digits may start with 8: only these make a number of ten digits that
/// starts with 8; others lost a digit after the trunk 8.
const CODES_8: &[u16] = &[
    800, 801, 802, 803, 804, 805, 806, 807, 808, 809, 811, 812, 813, 814, 815, 816, 817, 818, 820, 821, 831, 833, 834,
    835, 836, 841, 842, 843, 844, 845, 846, 847, 848, 851, 855, 856, 857, 861, 862, 863, 865, 866, 867, 869, 871, 872,
    873, 877, 878, 879,
];

/// Country codes with the number of digits in all, of the countries whose numbers meet us most. Source: ITU-T E.164
/// list of assigned country codes (15.12.2016) and the national plans published by ITU.
const COUNTRIES: &[(&str, usize, usize)] = &[
    ("375", 12, 12), // Belarus
    ("380", 12, 12), // Ukraine
    ("998", 12, 12), // Uzbekistan
    ("996", 12, 12), // Kyrgyzstan
    ("992", 12, 12), // Tajikistan
    ("994", 12, 12), // Azerbaijan
    ("995", 12, 12), // Georgia
    ("993", 11, 11), // Turkmenistan
    ("374", 11, 11), // Armenia
    ("373", 11, 11), // Moldova
    ("976", 11, 11), // Mongolia
    ("371", 11, 11), // Latvia
    ("370", 11, 11), // Lithuania
    ("372", 10, 11), // Estonia
    ("971", 11, 12), // Emirates
    ("972", 11, 12), // Israel
    ("86", 12, 13),  // China
    ("90", 12, 12),  // Turkey
    ("1", 11, 11),   // USA, Canada
];

/// Words after which an extension follows, folded.
const EXTENSION_WORDS: &[&str] = &[
    "ДОБ",
    "ДОБАВОЧНЫЙ",
    "ДОБАВ",
    "ВН",
    "ВНУТР",
    "ВНУТРЕННИЙ",
    "ОП",
    "ОПЕР",
    "EXT",
    "EXTENSION",
    "X",
    "Х",
    "ЕХТ",
    "EХT",
];

/// Most digits of an extension.
const MAX_EXTENSION: usize = 6;

/// Reads a cell of phones and appends one entry per number. Words for "no value" append nothing; equal numbers are
/// kept once.
///
/// Rules: 11 digits with 8 or 7, or 10 digits, are numbers of the +7 zone; `+`, `810` and `00` lead to another country,
/// as do the codes of CIS countries at their full length. Values are separated by `, ; / |`, line feeds and words.
/// «доб. 12», «оп 240», `#12` and `,,12#` are extensions. 5–7 digits are a local number without its area code
/// ([`Defect::Length`]). Anything else in the cell is a comment ([`Notes::SHARED_CELL`]).
pub fn parse_into(raw: &str, out: &mut Vec<Noted<Phone>>) {
    let begin = out.len();
    for line in raw.split('\n') {
        if let Some(phone) = plain(line) {
            push(out, begin, Noted { value: Value::Valid(phone), notes: notes_of(line, phone, Notes::NONE) });
        } else if !text::means_none(line) {
            parse_line(line, out, begin);
        }
    }
}

/// [`parse_into`] as a new list.
pub fn parse_all(raw: &str) -> Vec<Noted<Phone>> {
    let mut out = Vec::new();
    parse_into(raw, &mut out);
    out
}

fn push(out: &mut Vec<Noted<Phone>>, begin: usize, entry: Noted<Phone>) {
    if !out[begin..].iter().any(|e| e.value == entry.value) {
        out.push(entry);
    }
}

/// The fast road: one number of the +7 zone in ASCII digits and `+ - ( )` and spaces.
fn plain(line: &str) -> Option<Phone> {
    let mut digits = [0u8; 11];
    let mut n = 0;
    let mut plus = false;
    for (i, b) in line.trim().bytes().enumerate() {
        match b {
            b'0'..=b'9' => {
                *digits.get_mut(n)? = b;
                n += 1;
            }
            b'+' if i == 0 => plus = true,
            b' ' | b'-' | b'(' | b')' => {}
            _ => return None,
        }
    }
    if n != 11 || !(digits[0] == b'7' || (digits[0] == b'8' && !plus)) {
        return None;
    }
    digits[0] = b'7';
    let digits = std::str::from_utf8(&digits).ok()?;
    if is_placeholder(digits) {
        return None;
    }
    Phone::parse(digits, None).ok()
}

/// Marks a number that is not written as `+74951234567`.
fn notes_of(written: &str, phone: Phone, mut notes: Notes) -> Notes {
    let plain = written.strip_prefix('+').is_some_and(|d| d.bytes().all(|b| b.is_ascii_digit()));
    if !plain || phone.extension() > 0 {
        notes.add(Notes::FORMAT);
    }
    notes
}

/// Fillers: one digit throughout, a run of the keyboard, a subscriber number of zeros.
fn is_placeholder(digits: &str) -> bool {
    let national = match digits.len() {
        11 if digits.starts_with(['7', '8']) => &digits[1..],
        _ => digits,
    };
    number::is_one_digit(national)
        || number::is_one_digit(digits)
        || number::is_keyboard_run(national)
        || (number::is_keyboard_run(digits) && digits.len() < 12)
        || (national.len() == 10 && national.ends_with("0000000"))
}

/// One number being read.
#[derive(Default)]
struct Draft {
    digits: String,
    plus: bool,
    /// A character other than a digit came right after `+8`: a trunk 8 written with a plus.
    eight_alone: bool,
    extension: String,
    start: usize,
    end: usize,
}

/// What the next characters are for.
#[derive(PartialEq, Clone, Copy)]
enum State {
    Number,
    Extension,
}

fn parse_line(line: &str, out: &mut Vec<Noted<Phone>>, begin: usize) {
    let cleaned = text::clean(line);
    let mut notes = if has_hidden(line) { Notes::DIRTY } else { Notes::NONE };
    if let Some(coerced) = number::uncoerce(&cleaned) {
        notes.add(Notes::COERCED);
        match coerced {
            Coerced::Lost => {
                let value = Value::invalid(line.trim(), Defect::Coerced);
                push(out, begin, Noted { value, notes });
            }
            Coerced::Whole(digits) => {
                let draft = Draft { digits, end: cleaned.len(), ..Draft::default() };
                finish(draft, &cleaned, notes, out, begin);
            }
        }
        return;
    }
    let mut drafts = read_drafts(&cleaned, &mut notes);
    if drafts.is_empty() {
        let value = Value::invalid(line.trim(), Defect::Characters);
        push(out, begin, Noted { value, notes });
        return;
    }
    // Room numbers, hours and dates beside a number are comments; alone they are a broken number.
    if drafts.iter().any(|d| d.digits.len() >= 10) {
        let before = drafts.len();
        drafts.retain(|d| d.digits.len() >= 5);
        if drafts.len() < before {
            notes.add(Notes::SHARED_CELL);
        }
    }
    for draft in drafts {
        finish(draft, &cleaned, notes, out, begin);
    }
}

fn has_hidden(line: &str) -> bool {
    line.chars().any(|c| text::is_invisible(c) || text::is_odd_space(c))
}

/// Splits a line into numbers with their extensions.
fn read_drafts(line: &str, notes: &mut Notes) -> Vec<Draft> {
    let chars: Vec<(usize, char)> = line.char_indices().collect();
    let mut drafts: Vec<Draft> = Vec::new();
    let mut draft = Draft::default();
    let mut state = State::Number;
    let mut at = 0;
    let close = |draft: &mut Draft, drafts: &mut Vec<Draft>| {
        if !draft.digits.is_empty() {
            drafts.push(std::mem::take(draft));
        } else {
            *draft = Draft::default();
        }
    };
    while at < chars.len() {
        let (place, c) = chars[at];
        let next = |n: usize| chars.get(at + n).map(|&(_, c)| c);
        match c {
            '0'..='9' if state == State::Extension => {
                // An extension is short; a longer run is the next number.
                let run = chars[at..].iter().take_while(|(_, c)| c.is_ascii_digit()).count();
                if run > MAX_EXTENSION || !draft.extension.is_empty() {
                    close(&mut draft, &mut drafts);
                    state = State::Number;
                    continue;
                }
                draft.extension.extend(chars[at..at + run].iter().map(|&(_, c)| c));
                at += run;
                draft.end = chars.get(at).map_or(line.len(), |&(p, _)| p);
                continue;
            }
            '0'..='9' => {
                if draft.digits.is_empty() && !draft.plus {
                    draft.start = place;
                }
                let separated = at > 0 && !chars[at - 1].1.is_ascii_digit();
                if separated && is_complete(&draft) {
                    // «8 495 1234567 8 916 1234567», or a comment of a few digits.
                    close(&mut draft, &mut drafts);
                    draft.start = place;
                }
                draft.digits.push(c);
                draft.end = place + 1;
            }
            '+' => {
                close(&mut draft, &mut drafts);
                state = State::Number;
                draft.plus = true;
                draft.start = place;
            }
            '#' | '*' if draft.digits.len() >= 5 => state = State::Extension,
            ',' if next(1) == Some(',') && draft.digits.len() >= 5 => {
                state = State::Extension;
                at += 1;
            }
            ',' | ';' | '/' | '\\' | '|' => {
                // «…, доб. 12»: the word after the separator decides.
                if !extension_follows(&chars, at + 1) {
                    close(&mut draft, &mut drafts);
                    state = State::Number;
                }
            }
            'О' | 'о' | 'O' | 'o'
                if at > 0
                    && chars[at - 1].1.is_ascii_digit()
                    && next(1).is_some_and(|n| n.is_ascii_digit() || n == '-' || n == ' ')
                    && state == State::Number
                    && !is_complete(&draft) =>
            {
                draft.digits.push('0');
                notes.add(Notes::LOOKALIKE);
                draft.end = place + c.len_utf8();
            }
            c if c.is_alphabetic() => {
                let length = chars[at..].iter().take_while(|(_, c)| c.is_alphabetic()).count();
                let end = chars.get(at + length).map_or(line.len(), |&(p, _)| p);
                if is_extension_word(&line[place..end]) && draft.digits.len() >= 5 {
                    state = State::Extension;
                } else {
                    notes.add(Notes::SHARED_CELL);
                    close(&mut draft, &mut drafts);
                    state = State::Number;
                }
                at += length;
                continue;
            }
            _ => {
                if draft.plus && draft.digits == "8" {
                    draft.eight_alone = true;
                }
            }
        }
        at += 1;
    }
    close(&mut draft, &mut drafts);
    drafts
}

fn is_extension_word(word: &str) -> bool {
    let upper = word.to_uppercase();
    EXTENSION_WORDS.contains(&upper.as_str())
}

/// An extension word stands next, before any digit.
fn extension_follows(chars: &[(usize, char)], from: usize) -> bool {
    let word: String = chars[from.min(chars.len())..]
        .iter()
        .map(|&(_, c)| c)
        .skip_while(|c| *c == ' ' || *c == '(')
        .take_while(|c| c.is_alphabetic())
        .collect();
    !word.is_empty() && is_extension_word(&word)
}

/// The digits so far are a whole number of the +7 zone.
fn is_complete(draft: &Draft) -> bool {
    let d = &draft.digits;
    match d.len() {
        11 => d.starts_with(['7', '8']),
        10 => !draft.plus && d.starts_with('9'),
        _ => false,
    }
}

fn finish(draft: Draft, line: &str, notes: Notes, out: &mut Vec<Noted<Phone>>, begin: usize) {
    let written = line[draft.start..draft.end].trim();
    let extension = draft.extension.parse::<u32>().ok().filter(|&e| e > 0);
    let entry = match number_of(&draft).and_then(|digits| Phone::parse(&digits, extension)) {
        Ok(phone) => Noted { value: Value::Valid(phone), notes: notes_of(written, phone, notes) },
        Err(defect) => Noted { value: Value::invalid(written, defect), notes },
    };
    push(out, begin, entry);
}

/// Digits with the country code.
fn number_of(draft: &Draft) -> Result<String, Defect> {
    let d = draft.digits.as_str();
    if is_placeholder(d) {
        return Err(Defect::Placeholder);
    }
    if draft.plus {
        return match d.len() {
            // «+8 (916) …»: nobody has country code 8.
            11 if draft.eight_alone || d.starts_with("89") => Ok(format!("7{}", &d[1..])),
            _ => country(d).unwrap_or_else(|| Ok(d.to_owned())),
        };
    }
    match d.len() {
        ..=7 => Err(Defect::Length),
        10 => {
            let code: u16 = d[..3].parse().map_err(|_| Defect::Characters)?;
            match code {
                300..=499 | 900..=999 => Ok(format!("7{d}")),
                // Kazakhstan without its trunk digit; other tens with 7 lost a digit.
                700..=729 | 747 | 750..=779 => Ok(format!("7{d}")),
                800..=899 if CODES_8.contains(&code) => Ok(format!("7{d}")),
                700..=899 => Err(Defect::Length),
                _ => Err(Defect::Impossible),
            }
        }
        11 if d.starts_with(['7', '8']) => Ok(format!("7{}", &d[1..])),
        _ => {
            if let Some(abroad) = d.strip_prefix("810").filter(|a| a.len() >= 9) {
                return country(abroad).unwrap_or_else(|| Ok(abroad.to_owned()));
            }
            if let Some(abroad) = d.strip_prefix("00").filter(|a| a.len() >= 9) {
                return country(abroad).unwrap_or_else(|| Ok(abroad.to_owned()));
            }
            match country(d) {
                Some(Ok(digits)) => Ok(digits),
                _ => Err(Defect::Length),
            }
        }
    }
}

/// The number when its country is in the table: right length or [`Defect::Length`].
fn country(digits: &str) -> Option<Result<String, Defect>> {
    let (_, least, most) = COUNTRIES.iter().find(|(code, ..)| digits.starts_with(code))?;
    let right = (*least..=*most).contains(&digits.len());
    Some(if right { Ok(digits.to_owned()) } else { Err(Defect::Length) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(raw: &str) -> Vec<String> {
        parse_all(raw)
            .iter()
            .map(|p| match &p.value {
                Value::Valid(phone) => phone.to_string(),
                Value::Empty => String::new(),
                Value::Invalid { defect, .. } => format!("{defect:?}"),
            })
            .collect()
    }

    #[test]
    fn values() {
        for (raw, expected) in [
            ("+74951234567", &["+74951234567"][..]),
            ("8 (495) 123-45-67", &["+74951234567"]),
            ("7 495 123 45 67", &["+74951234567"]),
            ("(495) 123-45-67", &["+74951234567"]),
            ("9161234567", &["+79161234567"]),
            ("8-800-555-35-30", &["+78005553530"]),
            ("8005553530", &["+78005553530"]),
            ("+8 (916) 123-45-67", &["+79161234567"]),
            ("8 (495) 123-45-67 доб. 12", &["+74951234567 доб. 12"]),
            ("8 (495) 123-45-67, доб.12", &["+74951234567 доб. 12"]),
            ("8 (495) 123-45-67 (доб. 12)", &["+74951234567 доб. 12"]),
            ("84951234567 оп 240", &["+74951234567 доб. 240"]),
            ("84951234567,,12#", &["+74951234567 доб. 12"]),
            ("84951234567#12", &["+74951234567 доб. 12"]),
            ("+7 (911) 4445566; +7 (912) 3442223", &["+79114445566", "+79123442223"]),
            ("84951234567, 89161234567", &["+74951234567", "+79161234567"]),
            ("84951234567/89161234567", &["+74951234567", "+79161234567"]),
            ("84951234567 и 89161234567", &["+74951234567", "+79161234567"]),
            ("8 495 123 45 67 8 916 123 45 67", &["+74951234567", "+79161234567"]),
            ("84951234567\n89161234567", &["+74951234567", "+79161234567"]),
            ("84951234567\n+7 495 123-45-67", &["+74951234567"]),
            ("89161234567 Мария, после 18", &["+79161234567"]),
            ("тел. 8 916 123 45 67 (бухгалтер)", &["+79161234567"]),
            ("8 9О6 123-45-67", &["+79061234567"]),
            ("8 90О 612-34-56", &["+79006123456"]),
            ("223-45-67", &["Length"]),
            ("123-45-67", &["Placeholder"]),
            ("52-34-17", &["Length"]),
            ("52-341 доб. 12", &["Length"]),
            ("52-341 * 89161234567", &["Length", "+79161234567"]),
            ("#52341", &["Length"]),
            ("1234567", &["Placeholder"]),
            ("70000000000", &["Placeholder"]),
            ("79999999999", &["Placeholder"]),
            ("0000000", &["Placeholder"]),
            ("7,4951E+10", &["Coerced"]),
            ("74951234567.0", &["+74951234567"]),
            ("7.4951234567E+10", &["+74951234567"]),
            ("+375 29 123-45-67", &["+375291234567"]),
            ("375291234567", &["+375291234567"]),
            ("810 375 29 1234567", &["+375291234567"]),
            ("8~10 375 29 1234567", &["+375291234567"]),
            ("+49 30 1234567", &["+49301234567"]),
            ("+375 29 123-45", &["Length"]),
            ("8 701 123 45 67", &["+77011234567"]),
            ("7011234567", &["+77011234567"]),
            ("7495123456", &["Length"]),
            ("849512345", &["Length"]),
            ("позвонить", &["Characters"]),
            ("нет", &[]),
            ("-", &[]),
            ("", &[]),
        ] {
            assert_eq!(shown(raw), expected, "{raw}");
        }
    }

    #[test]
    fn notes() {
        assert_eq!(parse_all("+74951234567")[0].notes, Notes::NONE);
        assert!(parse_all("84951234567")[0].notes.has(Notes::FORMAT));
        assert!(parse_all("89161234567 Мария")[0].notes.has(Notes::SHARED_CELL));
        assert!(parse_all("8916\u{00A0}1234567")[0].notes.has(Notes::DIRTY));
        assert!(parse_all("8 9О6 123-45-67")[0].notes.has(Notes::LOOKALIKE));
    }
}
