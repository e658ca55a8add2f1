//! Names of persons: parts in any order, initials, sole traders, Latin letters.

use super::{company, given_names, text, translit};

pub use super::given_names::Sex;

/// How readily a text may be read as the name of a person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trust {
    /// It is a person by other signs (a contact, a 12-digit INN).
    Sure,
    /// Only the shape of the name can tell.
    ByShape,
    /// It is a company by other signs.
    Never,
}

/// A name taken apart, folded; an initial is one letter.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PersonName {
    pub surname: String,
    pub given: String,
    pub patronymic: String,
}

impl PersonName {
    fn of(surname: &str, given: &str, patronymic: &str) -> PersonName {
        PersonName { surname: surname.to_owned(), given: given.to_owned(), patronymic: patronymic.to_owned() }
    }

    /// The same surname, with the names that `short` gives initials of, or nothing.
    pub fn completes(&self, short: &PersonName) -> bool {
        let begins = |whole: &str, part: &str| whole.starts_with(part) && part.chars().count() <= 1;
        self.surname == short.surname
            && begins(&self.given, &short.given)
            && begins(&self.patronymic, &short.patronymic)
    }

    pub fn is_empty(&self) -> bool {
        self.surname.is_empty() && self.given.is_empty() && self.patronymic.is_empty()
    }
}

/// Most words of a name of a person: a double surname, a double given name, a patronymic with «оглы».
const MAX_WORDS: usize = 6;

/// Titles, posts and forms of address that stand before or after a name; folded, sorted.
const TITLES: &[&str] = &[
    "MR",
    "MRS",
    "MS",
    "БУХГАЛТЕР",
    "Г",
    "ГЕНДИРЕКТОР",
    "ГЕНЕРАЛЬНЫЙ",
    "ГЛ",
    "ГЛАВА",
    "ГЛАВНЫЙ",
    "ГОСПОДИН",
    "ГОСПОЖА",
    "ГР",
    "ГРАЖДАНИН",
    "ГРАЖДАНКА",
    "ДИРЕКТОР",
    "ЖА",
    "ЗАМ",
    "ЗАМЕСТИТЕЛЬ",
    "ИП",
    "ИСПОЛНИТЕЛЬНЫЙ",
    "КОММЕРЧЕСКИЙ",
    "ЛИЦО",
    "МЕНЕДЖЕР",
    "Н",
    "НАЧАЛЬНИК",
    "РУКОВОДИТЕЛЬ",
    "СЕКРЕТАРЬ",
    "ТЕХНИЧЕСКИЙ",
    "УВАЖАЕМАЯ",
    "УВАЖАЕМЫЙ",
    "УПРАВЛЯЮЩИЙ",
    "ФИЗИЧЕСКОЕ",
    "ФИЗЛИЦО",
    "ФИНАНСОВЫЙ",
    "ЧАСТНОЕ",
];

/// Words of trade that never stand in the name of a person; folded, sorted. Besides [`company::is_stop_word`].
const TRADE_WORDS: &[&str] = &[
    "АВТО",
    "АВТОСЕРВИС",
    "АДМИНИСТРАЦИЯ",
    "АТЕЛЬЕ",
    "БАЗАР",
    "БАР",
    "БУТИК",
    "ГОСТИНИЦА",
    "ДИЗАЙН",
    "ИНВЕСТ",
    "КОЛЛЕДЖ",
    "КОМФОРТ",
    "КОНСАЛТИНГ",
    "КОФЕЙНЯ",
    "КРАСОТА",
    "ЛАБОРАТОРИЯ",
    "ЛОГИСТИК",
    "ЛЮКС",
    "МАРКЕТ",
    "МАСТЕР",
    "МЕБЕЛЬ",
    "МЕДИА",
    "ОТЕЛЬ",
    "ПАРИКМАХЕРСКАЯ",
    "ПЕКАРНЯ",
    "ПЛЮС",
    "ПРОДУКТЫ",
    "ПРОЕКТ",
    "ПРОЕКТЫ",
    "РЕКЛАМА",
    "РЕМОНТ",
    "РЫНОК",
    "СКЛАД",
    "СПОРТ",
    "СТИЛЬ",
    "СТРОЙ",
    "СУПЕРМАРКЕТ",
    "ТЕАТР",
    "ТЕХНИКА",
    "ТОРГ",
    "ТРАНС",
    "ТРЕЙД",
    "ТУР",
    "УНИВЕРСИТЕТ",
    "ФОНД",
    "ЦВЕТЫ",
    "ЭКСПРЕСС",
    "ЭЛЕКТРО",
];

/// Appends the folded parts in the order surname, given name, patronymic.
pub fn fold_parts(last: &str, first: &str, patronymic: &str, out: &mut String) {
    let begin = out.len();
    for part in [last, first, patronymic] {
        let before = out.len();
        if before > begin {
            out.push(' ');
        }
        if text::means_none(part) || text::fold_into(part, out) == 0 {
            out.truncate(before);
        }
    }
}

/// A name whose parts stand in fields of their own.
///
/// When one field holds the whole name («Иванов Иван Иванович» as the given name, the others empty) it is taken apart;
/// a patronymic that follows the given name in its field («Иван Иванович») goes to its place. Latin spellings of
/// Russian names are written in Cyrillic.
pub fn from_parts(last: &str, first: &str, patronymic: &str) -> PersonName {
    let part = |raw: &str| if text::means_none(raw) { String::new() } else { text::fold(raw) };
    let mut name = PersonName { surname: part(last), given: part(first), patronymic: part(patronymic) };
    settle_latin(&mut name);
    let whole = match (name.surname.is_empty(), name.given.is_empty(), name.patronymic.is_empty()) {
        (true, false, true) => Some((&name.given, first)),
        (false, true, true) => Some((&name.surname, last)),
        _ => None,
    };
    if let Some((folded, raw)) = whole
        && folded.contains(' ')
        && let Some(parsed) = parse(raw, Trust::Sure)
        && !parsed.given.is_empty()
    {
        return parsed;
    }
    if name.patronymic.is_empty()
        && let Some((given, patronymic)) = name.given.split_once(' ')
        && (is_patronymic(patronymic) || is_initial(patronymic) && is_initial(given))
    {
        (name.given, name.patronymic) = (given.to_owned(), patronymic.to_owned());
    }
    if name.patronymic.is_empty() && name.surname.is_empty() && is_patronymic(&name.given) {
        std::mem::swap(&mut name.given, &mut name.patronymic);
    }
    // Surname and given name in each other's field: certain only when both words say so.
    if given_names::get(&name.surname).is_some()
        && given_names::get(&name.given).is_none()
        && is_surname(&name.given)
        && !is_surname(&name.surname)
    {
        std::mem::swap(&mut name.surname, &mut name.given);
    }
    cyrillic(&mut name);
    name
}

/// [`text::settle_latin`] over the parts together.
fn settle_latin(name: &mut PersonName) {
    if ![&name.surname, &name.given, &name.patronymic].iter().any(|part| part.bytes().any(|b| b.is_ascii_alphabetic()))
    {
        return;
    }
    // A line feed is in no folded text.
    let mut whole = [name.surname.as_str(), name.given.as_str(), name.patronymic.as_str()].join(" \n ");
    text::settle_latin(&mut whole, 0);
    let mut parts = whole.split('\n').map(|part| part.trim().to_owned());
    for part in [&mut name.surname, &mut name.given, &mut name.patronymic] {
        *part = parts.next().unwrap_or_default();
    }
}

/// Reads a whole name: parts in any order, initials, titles, «ИП …», Latin letters. `None` when the text is not, or
/// need not be, the name of a person.
///
/// With [`Trust::ByShape`] a name is believed that has a patronymic, or a known given name beside a surname that agrees
/// with it in sex, or a surname beside two initials; a word of trade makes it a company.
pub fn parse(raw: &str, trust: Trust) -> Option<PersonName> {
    if trust == Trust::Never || raw.len() > 256 || text::means_none(raw) {
        return None;
    }
    let company = company::parse(raw);
    if !company.form.is_none() && !company.form.is_person() {
        return None;
    }
    let trust = if company.form.is_person() { Trust::Sure } else { trust };
    let core = company.core;
    // A digit is never part of a name; in a contact («Иван 2») it is a mark of somebody.
    let mut words: Vec<&str> = core.split(' ').filter(|w| !w.is_empty()).collect();
    if words.iter().any(|w| w.bytes().any(|b| b.is_ascii_digit())) {
        if trust != Trust::Sure {
            return None;
        }
        words.retain(|w| w.chars().all(char::is_alphabetic));
    }
    strip_titles(&mut words);
    if words.is_empty() || words.len() > MAX_WORDS {
        return None;
    }
    if words.iter().any(|w| w.chars().count() > 1 && (company::is_stop_word(w) || TRADE_WORDS.binary_search(w).is_ok()))
    {
        return None;
    }
    let latin = words.iter().all(|w| w.chars().all(|c| c.is_ascii_alphabetic()));
    let rewritten = if latin { latin_words(&words) } else { None };
    let words: Vec<&str> = match &rewritten {
        Some(cyrillic) => cyrillic.iter().map(String::as_str).collect(),
        None => words,
    };
    let joined = join_patronymic(&words);
    let words: Vec<&str> = joined.iter().map(String::as_str).collect();
    arrange(&words, trust)
}

/// Drops titles at the ends. «Г» and «Н» are titles only as «г-н» (two words after folding), else initials.
fn strip_titles(words: &mut Vec<&str>) {
    if words.len() > 2 && words[0] == "Г" && matches!(words[1], "Н" | "ЖА") {
        words.drain(..2);
    }
    let is_title = |w: &str| w.chars().count() > 1 && TITLES.binary_search(&w).is_ok();
    while words.len() > 1 && is_title(words[0]) {
        words.remove(0);
    }
    while words.len() > 1 && is_title(words[words.len() - 1]) {
        words.pop();
    }
}

/// Words in Cyrillic when the name is Russian by one of them; foreign names stay as they are.
fn latin_words(words: &[&str]) -> Option<Vec<String>> {
    let long = |w: &&&str| w.len() > 1;
    let russian = words.iter().filter(long).any(|w| translit::looks_russian(w))
        && words.iter().filter(long).any(|w| given_names::from_latin(w).is_some() || translit::looks_russian(w));
    russian.then(|| words.iter().map(|w| cyrillic_word(w)).collect())
}

fn cyrillic_word(word: &str) -> String {
    match given_names::from_latin(word) {
        Some(given) if !translit::looks_russian(word) => given.to_owned(),
        _ => translit::to_cyrillic(word),
    }
}

/// Parts in Latin letters → Cyrillic, when the name is Russian.
fn cyrillic(name: &mut PersonName) {
    let parts = [name.surname.as_str(), name.given.as_str(), name.patronymic.as_str()];
    let words: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
    let latin = words.iter().all(|w| w.bytes().all(|b| b.is_ascii_alphabetic()));
    if words.is_empty() || !latin || latin_words(&words).is_none() {
        return;
    }
    for part in [&mut name.surname, &mut name.given, &mut name.patronymic] {
        if !part.is_empty() {
            *part = cyrillic_word(part);
        }
    }
}

/// «Мамед оглы» is one patronymic.
fn join_patronymic(words: &[&str]) -> Vec<String> {
    let mut joined: Vec<String> = Vec::with_capacity(words.len());
    for (i, word) in words.iter().enumerate() {
        if is_son_of(word)
            && i >= 2
            && let Some(last) = joined.last_mut()
        {
            last.push(' ');
            last.push_str(word);
            continue;
        }
        joined.push((*word).to_owned());
    }
    joined
}

fn is_son_of(word: &str) -> bool {
    matches!(word, "ОГЛЫ" | "ОГЛУ" | "КЫЗЫ" | "УГЛИ" | "КИЗИ" | "УУЛУ" | "УЛЫ" | "ОГЛИ" | "ГЫЗЫ")
}

fn is_initial(word: &str) -> bool {
    word.chars().count() == 1
}

/// A patronymic by its ending. Surnames in -ович look the same: the place in the name decides. `word` is folded.
pub fn is_patronymic(word: &str) -> bool {
    if word.rsplit(' ').next().is_some_and(is_son_of) && word.contains(' ') {
        return true;
    }
    let long = word.chars().count() >= 5;
    long && ["ОВИЧ", "ЕВИЧ", "ОВНА", "ЕВНА", "ИЧНА"].iter().any(|e| word.ends_with(e))
        || matches!(
            word,
            "ИЛЬИЧ"
                | "КУЗЬМИЧ"
                | "ЛУКИЧ"
                | "НИКИТИЧ"
                | "САВВИЧ"
                | "ФОМИЧ"
                | "ФОКИЧ"
                | "КЛИМИЧ"
                | "ДЕМИДЫЧ"
                | "ИВАНЫЧ"
                | "ПЕТРОВИЧ"
                | "МИХАЛЫЧ"
                | "ПАЛЫЧ"
                | "САНЫЧ"
        )
}

/// A surname by its ending. `word` is folded.
pub fn is_surname(word: &str) -> bool {
    const ENDINGS: [&str; 40] = [
        "ОВ",
        "ЕВ",
        "ИН",
        "ЫН",
        "ОВА",
        "ЕВА",
        "ИНА",
        "ЫНА",
        "СКИЙ",
        "СКАЯ",
        "ЦКИЙ",
        "ЦКАЯ",
        "СКОЙ",
        "ЕНКО",
        "ЧЕНКО",
        "КО",
        "УК",
        "ЮК",
        "ИЧ",
        "ЫХ",
        "ИХ",
        "ЯН",
        "ЯНЦ",
        "ШВИЛИ",
        "ДЗЕ",
        "ИАНИ",
        "АВА",
        "УА",
        "НЫЙ",
        "НАЯ",
        "ОЙ",
        "АЙ",
        "УЛИН",
        "УЛЛИН",
        "ЕЦ",
        "АК",
        "ИК",
        "МАН",
        "ШТЕЙН",
        "БЕРГ",
    ];
    word.chars().count() >= 4 && ENDINGS.iter().any(|e| word.ends_with(e))
}

/// A surname by an ending that common words seldom have.
fn is_plain_surname(word: &str) -> bool {
    const ENDINGS: [&str; 22] = [
        "ОВ",
        "ЕВ",
        "ИН",
        "ЫН",
        "ОВА",
        "ЕВА",
        "ИНА",
        "ЫНА",
        "СКИЙ",
        "СКАЯ",
        "ЦКИЙ",
        "ЦКАЯ",
        "ЕНКО",
        "ЧУК",
        "ЮК",
        "ЯН",
        "ШВИЛИ",
        "ДЗЕ",
        "ОВИЧ",
        "ЕВИЧ",
        "УЛЛИН",
        "ИАНИ",
    ];
    word.chars().count() >= 4 && ENDINGS.iter().any(|e| word.ends_with(e))
}

/// The sex that a folded surname shows by its ending.
pub fn surname_sex(word: &str) -> Option<Sex> {
    let ends = |endings: &[&str]| endings.iter().any(|e| word.ends_with(e));
    if ends(&["ОВА", "ЕВА", "ИНА", "ЫНА", "СКАЯ", "ЦКАЯ", "НАЯ"]) {
        Some(Sex::Female)
    } else if ends(&["ОВ", "ЕВ", "ИН", "ЫН", "СКИЙ", "ЦКИЙ", "СКОЙ", "НЫЙ"]) {
        Some(Sex::Male)
    } else {
        None
    }
}

/// Finds who is who among the words.
fn arrange(words: &[&str], trust: Trust) -> Option<PersonName> {
    let sure = trust == Trust::Sure;
    let given = |w: &str| given_names::get(w).is_some();
    match *words {
        // One word: a given name, else a surname. By shape a lone word tells nothing («Мария» may be a shop).
        [one] if sure && given(one) => Some(PersonName::of("", one, "")),
        [one] if sure && is_patronymic(one) && !is_surname(one) => Some(PersonName::of("", "", one)),
        [one] if sure && !is_initial(one) => Some(PersonName::of(one, "", "")),
        [_] => None,
        [a, b] => {
            if is_initial(a) || is_initial(b) {
                let (surname, initial) = if is_initial(a) { (b, a) } else { (a, b) };
                return (sure && !is_initial(surname)).then(|| PersonName::of(surname, initial, ""));
            }
            if given(a) && is_patronymic(b) && (!given(b)) {
                // «Роман Абрамович» is a surname as likely: without one it is kept as the patronymic only for a person.
                return sure.then(|| PersonName::of("", a, b));
            }
            let (surname, name) = surname_first(a, b);
            let known = given(name) && is_plain_surname(surname) && sexes_agree(surname, name);
            (sure || known).then(|| PersonName::of(surname, name, ""))
        }
        [a, b, c] => three(a, b, c, sure),
        _ => longer(words, sure),
    }
}

/// Of two words the surname and the given name.
fn surname_first<'a>(a: &'a str, b: &'a str) -> (&'a str, &'a str) {
    let score = |surname: &str, name: &str| {
        i32::from(given_names::get(name).is_some()) * 3 + i32::from(is_surname(surname)) * 2
            - i32::from(given_names::get(surname).is_some())
            - i32::from(is_surname(name))
            + i32::from(sexes_agree(surname, name))
    };
    // The order of documents, surname first, wins a draw.
    if score(b, a) > score(a, b) { (b, a) } else { (a, b) }
}

/// Surname and given name do not contradict in sex.
fn sexes_agree(surname: &str, name: &str) -> bool {
    match (surname_sex(surname), given_names::get(name).and_then(|m| m.sex())) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    }
}

fn three(a: &str, b: &str, c: &str, sure: bool) -> Option<PersonName> {
    let initials = [a, b, c].iter().filter(|w| is_initial(w)).count();
    match (is_initial(a), is_initial(b), is_initial(c)) {
        (false, true, true) if sure || is_plain_surname(a) => return Some(PersonName::of(a, b, c)),
        (true, true, false) if sure || is_plain_surname(c) => return Some(PersonName::of(c, a, b)),
        // «Иванов Иван И.», «Иван И. Иванов»
        (false, false, true) if sure => {
            let (surname, name) = surname_first(a, b);
            return Some(PersonName::of(surname, name, c));
        }
        (false, true, false) if sure => return Some(PersonName::of(c, a, b)),
        _ if initials > 0 => return None,
        _ => {}
    }
    let given = |w: &str| given_names::get(w).is_some();
    // Orders met in practice: surname first (documents), surname last (speech), patronymic first (rarely, by columns that
    // were joined in a wrong order).
    let orders = [(a, b, c), (c, a, b), (a, c, b), (b, a, c), (b, c, a), (c, b, a)];
    let score = |&(surname, name, patronymic): &(&str, &str, &str)| {
        i32::from(is_patronymic(patronymic)) * 4 + i32::from(given(name)) * 3 + i32::from(is_surname(surname))
            - i32::from(given(surname)) * 2
            - i32::from(is_patronymic(name)) * 4
    };
    let mut best = orders[0];
    for order in &orders[1..] {
        if score(order) > score(&best) {
            best = *order;
        }
    }
    let (surname, name, patronymic) = best;
    let believed = is_patronymic(patronymic) && (given(name) || is_surname(surname));
    if believed {
        return Some(PersonName::of(surname, name, patronymic));
    }
    if !sure {
        return None;
    }
    // No patronymic: a double surname or a double given name («Анна Мария Шмидт», «Иванова-Петрова Анна»).
    if given(c) && !given(a) {
        return Some(PersonName::of(&format!("{a} {b}"), c, ""));
    }
    if given(a) && !given(c) && is_surname(c) {
        return if given(b) {
            Some(PersonName::of(c, &format!("{a} {b}"), ""))
        } else {
            Some(PersonName::of(&format!("{b} {c}"), a, ""))
        };
    }
    Some(PersonName::of(a, b, c))
}

/// Four and more words: a double surname with given name and patronymic.
fn longer(words: &[&str], sure: bool) -> Option<PersonName> {
    let at = words.iter().rposition(|w| is_patronymic(w)).filter(|&at| at > 0);
    if let Some(at) = at {
        let name = words[at - 1];
        if given_names::get(name).is_some() || sure {
            let mut surname: Vec<&str> = words[..at - 1].to_vec();
            surname.extend(&words[at + 1..]);
            // The word left over must be a surname, or anything at all for somebody known to be a person.
            if sure || surname.iter().all(|w| is_surname(w)) && !surname.is_empty() {
                return Some(PersonName::of(&surname.join(" "), name, words[at]));
            }
        }
    }
    // «Иванова Петрова А. С.»
    if let [surname @ .., g, p] = words
        && is_initial(g)
        && is_initial(p)
        && surname.iter().all(|w| !is_initial(w) && (sure || is_plain_surname(w)))
    {
        return Some(PersonName::of(&surname.join(" "), g, p));
    }
    let at = words.iter().rposition(|w| given_names::get(w).is_some())?;
    if !sure {
        return None;
    }
    let rest: Vec<&str> = words.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, w)| *w).collect();
    Some(PersonName::of(&rest.join(" "), words[at], ""))
}

/// A given name or a short form of one. `word` is folded.
pub fn is_given_name(word: &str) -> bool {
    given_names::get(word).is_some()
}

/// Full forms that a folded given name may stand for, sorted; empty for an unknown word. САША → АЛЕКСАНДР, АЛЕКСАНДРА.
pub fn canonical_given(word: &str) -> &'static [String] {
    given_names::get(word).map_or(&[], |m| &m.full)
}

/// Two folded given names may be of one person: equal, or with a full form in common.
pub fn given_names_agree(a: &str, b: &str) -> bool {
    a == b || canonical_given(a).iter().any(|full| canonical_given(b).contains(full))
}

/// Sex by the patronymic, else the given name, else the surname; all folded.
pub fn sex(surname: &str, given: &str, patronymic: &str) -> Option<Sex> {
    patronymic_sex(patronymic)
        .or_else(|| given_names::get(given).and_then(|m| m.sex()))
        .or_else(|| surname_sex(surname))
}

/// Sex by a folded patronymic.
pub fn patronymic_sex(patronymic: &str) -> Option<Sex> {
    let ends = |endings: &[&str]| endings.iter().any(|e| patronymic.ends_with(e));
    if ends(&["ОВНА", "ЕВНА", "ИЧНА", "КЫЗЫ", "КИЗИ", "ГЫЗЫ"]) {
        Some(Sex::Female)
    } else if ends(&["ИЧ", "ЫЧ", "ОГЛЫ", "ОГЛУ", "УГЛИ", "ОГЛИ", "УУЛУ"]) && patronymic.chars().count() > 3
    {
        Some(Sex::Male)
    } else {
        None
    }
}

/// Sex as a field writes it: «М», «жен.», `male`, Bitrix24 `F`.
pub fn sex_from_text(raw: &str) -> Option<Sex> {
    match text::fold(raw).as_str() {
        "М" | "МУЖ" | "МУЖСКОЙ" | "МУЖЧИНА" | "MALE" | "MAN" | "Г Н" => Some(Sex::Male),
        "Ж" | "ЖЕН" | "ЖЕНСКИЙ" | "ЖЕНЩИНА" | "FEMALE" | "F" | "W" | "WOMAN" | "Г ЖА" => {
            Some(Sex::Female)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(raw: &str, trust: Trust) -> String {
        parse(raw, trust).map_or("-".to_owned(), |n| format!("{}|{}|{}", n.surname, n.given, n.patronymic))
    }

    #[test]
    fn whole_names_of_persons() {
        for (raw, expected) in [
            ("Петров Иван Сергеевич", "ПЕТРОВ|ИВАН|СЕРГЕЕВИЧ"),
            ("Иван Сергеевич Петров", "ПЕТРОВ|ИВАН|СЕРГЕЕВИЧ"),
            ("Иван Петров", "ПЕТРОВ|ИВАН|"),
            ("Петров Иван", "ПЕТРОВ|ИВАН|"),
            ("Петров И.И.", "ПЕТРОВ|И|И"),
            ("Петров И. И.", "ПЕТРОВ|И|И"),
            ("И.И. Петров", "ПЕТРОВ|И|И"),
            ("Петров И.", "ПЕТРОВ|И|"),
            ("Петров Иван И.", "ПЕТРОВ|ИВАН|И"),
            ("ИП Петров Иван Сергеевич", "ПЕТРОВ|ИВАН|СЕРГЕЕВИЧ"),
            ("Петров И. И. (ИП)", "ПЕТРОВ|И|И"),
            ("Индивидуальный предприниматель Петрова Анна Ивановна", "ПЕТРОВА|АННА|ИВАНОВНА"),
            ("Абрамович Роман Аркадьевич", "АБРАМОВИЧ|РОМАН|АРКАДЬЕВИЧ"),
            ("Роман Аркадьевич Абрамович", "АБРАМОВИЧ|РОМАН|АРКАДЬЕВИЧ"),
            ("Мамедов Эльчин Рашид оглы", "МАМЕДОВ|ЭЛЬЧИН|РАШИД ОГЛЫ"),
            ("Иванова-Петрова Анна Сергеевна", "ИВАНОВА ПЕТРОВА|АННА|СЕРГЕЕВНА"),
            ("Анна Иванова-Петрова", "ИВАНОВА ПЕТРОВА|АННА|"),
            ("Ivanov Ivan", "ИВАНОВ|ИВАН|"),
            ("Yuriy Shcherbakov", "ЩЕРБАКОВ|ЮРИЙ|"),
            ("Ivanova Tatiana Petrovna", "ИВАНОВА|ТАТЬЯНА|ПЕТРОВНА"),
            ("John Smith", "JOHN|SMITH|"),
            ("г-н Петров Иван", "ПЕТРОВ|ИВАН|"),
            ("директор Петров Иван Сергеевич", "ПЕТРОВ|ИВАН|СЕРГЕЕВИЧ"),
            ("Мария", "|МАРИЯ|"),
            ("Мария Ивановна", "|МАРИЯ|ИВАНОВНА"),
            ("Сидоренко", "СИДОРЕНКО||"),
            ("Алёна Ёлкина", "ЕЛКИНА|АЛЕНА|"),
            ("ООО Ромашка", "-"),
            ("Магазин Продукты", "-"),
            ("", "-"),
        ] {
            assert_eq!(shown(raw, Trust::Sure), expected, "{raw}");
        }
    }

    #[test]
    fn a_company_is_no_person_and_a_person_no_company() {
        for raw in [
            "Петров Иван Сергеевич",
            "Иван Сергеевич Петров",
            "Петрова Анна",
            "Анна Петрова",
            "Петров И.И.",
            "ИП Ким А.",
            "Мамедов Эльчин Рашид оглы",
            "Ivanov Ivan",
        ] {
            assert_ne!(shown(raw, Trust::ByShape), "-", "{raw}");
        }
        for raw in [
            "Ромашка",
            "Мария",
            "Магазин Марина",
            "Елена Стиль",
            "Вера Холдинг",
            "Виктория Плюс",
            "Марина Ромашкин",
            "Торговый дом Иванов",
            "Аптека № 5",
            "Иванов и партнёры",
            "Северный ветер",
            "Бюро Анна Павлова",
            "АО Иванов Иван Иванович",
        ] {
            assert_eq!(shown(raw, Trust::ByShape), "-", "{raw}");
        }
    }

    #[test]
    fn what_is_never_a_person() {
        assert_eq!(shown("Петров Иван Сергеевич", Trust::Never), "-");
        assert_eq!(shown(&"Петров Иван ".repeat(20), Trust::Sure), "-", "a text");
    }

    #[test]
    fn a_whole_name_completes_a_short_one() {
        let whole = PersonName::of("ПЕТРОВ", "ИВАН", "СЕРГЕЕВИЧ");
        for (surname, given, patronymic, expected) in [
            ("ПЕТРОВ", "И", "С", true),
            ("ПЕТРОВ", "И", "", true),
            ("ПЕТРОВ", "", "", true),
            ("ИВАНОВ", "И", "С", false),
            ("ПЕТРОВ", "О", "С", false),
            ("ПЕТРОВ", "И", "П", false),
            ("ПЕТРОВ", "ИВАН", "С", false),
        ] {
            assert_eq!(whole.completes(&PersonName::of(surname, given, patronymic)), expected, "{surname} {given}");
        }
    }

    #[test]
    fn fields_of_their_own() {
        for ((last, first, patronymic), expected) in [
            (("Петров", "Иван", "Сергеевич"), "ПЕТРОВ|ИВАН|СЕРГЕЕВИЧ"),
            (("", "Петров Иван Сергеевич", ""), "ПЕТРОВ|ИВАН|СЕРГЕЕВИЧ"),
            (("Петров Иван", "", ""), "ПЕТРОВ|ИВАН|"),
            (("Петров", "Иван Сергеевич", ""), "ПЕТРОВ|ИВАН|СЕРГЕЕВИЧ"),
            (("Петров", "И.И.", ""), "ПЕТРОВ|И|И"),
            (("Иван", "Петров", ""), "ПЕТРОВ|ИВАН|"),
            (("Petrov", "Ivan", ""), "ПЕТРОВ|ИВАН|"),
            (("", "Иван", "нет"), "|ИВАН|"),
            (("Ким", "Ольга", ""), "КИМ|ОЛЬГА|"),
        ] {
            let name = from_parts(last, first, patronymic);
            let shown = format!("{}|{}|{}", name.surname, name.given, name.patronymic);
            assert_eq!(shown, expected, "{last} {first} {patronymic}");
        }
        let mut out = "X".to_owned();
        fold_parts("Петров", "-", "Сергеевич", &mut out);
        assert_eq!(out, "XПЕТРОВ СЕРГЕЕВИЧ");
    }

    #[test]
    fn lookups() {
        assert!(TITLES.is_sorted(), "the table is searched by halves");
        assert!(TRADE_WORDS.is_sorted());
        assert!(given_names_agree("САША", "АЛЕКСАНДРА") && !given_names_agree("САША", "ИВАН"));
        assert_eq!(sex("ИВАНОВ", "САША", ""), Some(Sex::Male));
        assert_eq!(sex("", "САША", "ИВАНОВНА"), Some(Sex::Female));
        assert_eq!(sex("КИМ", "САША", ""), None);
        assert_eq!(sex_from_text("жен."), Some(Sex::Female));
        assert_eq!(sex_from_text("?"), None);
        assert_eq!(canonical_given("МИША"), ["МИХАИЛ"]);
    }
}
