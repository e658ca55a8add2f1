//! Tables of names, and persons and companies put together from them.

use super::ids::spread;

/// Surnames in the masculine; [`feminine`] makes the other form.
const SURNAMES: [&str; 100] = [
    "Абрикосов",
    "Аксаментов",
    "Алтынов",
    "Багрецов",
    "Бакланов",
    "Балясин",
    "Барсуков",
    "Белозёров",
    "Берестов",
    "Бирюлёв",
    "Бобылёв",
    "Боровиков",
    "Бубенцов",
    "Варежкин",
    "Васильков",
    "Вересаев",
    "Верхотуров",
    "Воробьёв",
    "Высоцкий",
    "Галкин",
    "Гвоздев",
    "Голубев",
    "Горностаев",
    "Гребёнкин",
    "Грушин",
    "Дегтярёв",
    "Долгополов",
    "Дроздов",
    "Дубровский",
    "Ежов",
    "Ерофеев",
    "Ефимцев",
    "Жаворонков",
    "Желудков",
    "Журавлёв",
    "Заварзин",
    "Задорожный",
    "Зимин",
    "Зорин",
    "Ивлев",
    "Игнатенко",
    "Изюмов",
    "Калашников",
    "Камышин",
    "Карасёв",
    "Кедров",
    "Клёнов",
    "Колокольцев",
    "Корольков",
    "Кравчук",
    "Кречетов",
    "Крупенин",
    "Лаптев",
    "Лебедев",
    "Липатов",
    "Лопатин",
    "Лукошкин",
    "Лыков",
    "Малинин",
    "Мельников",
    "Метёлкин",
    "Мостовой",
    "Мухоморов",
    "Незнамов",
    "Облепихин",
    "Овсянников",
    "Огородников",
    "Орешкин",
    "Осинин",
    "Пахомов",
    "Перепёлкин",
    "Пескарёв",
    "Полынин",
    "Пряхин",
    "Ракитин",
    "Рогожин",
    "Румянцев",
    "Рябинин",
    "Садовский",
    "Седов",
    "Синицын",
    "Смолин",
    "Соболев",
    "Солодовников",
    "Стрижов",
    "Сухарев",
    "Тетеревников",
    "Топоров",
    "Туманов",
    "Угольников",
    "Фиалков",
    "Хворостов",
    "Цветков",
    "Чайкин",
    "Черемисин",
    "Шаповал",
    "Шиповников",
    "Щеглов",
    "Юрьев",
    "Ягодин",
];

/// Given names of men with the patronymics made of them.
const MEN: [(&str, &str, &str); 60] = [
    ("Александр", "Александрович", "Александровна"),
    ("Алексей", "Алексеевич", "Алексеевна"),
    ("Анатолий", "Анатольевич", "Анатольевна"),
    ("Андрей", "Андреевич", "Андреевна"),
    ("Антон", "Антонович", "Антоновна"),
    ("Аркадий", "Аркадьевич", "Аркадьевна"),
    ("Арсений", "Арсеньевич", "Арсеньевна"),
    ("Артём", "Артёмович", "Артёмовна"),
    ("Богдан", "Богданович", "Богдановна"),
    ("Борис", "Борисович", "Борисовна"),
    ("Вадим", "Вадимович", "Вадимовна"),
    ("Валентин", "Валентинович", "Валентиновна"),
    ("Валерий", "Валерьевич", "Валерьевна"),
    ("Василий", "Васильевич", "Васильевна"),
    ("Виктор", "Викторович", "Викторовна"),
    ("Виталий", "Витальевич", "Витальевна"),
    ("Владимир", "Владимирович", "Владимировна"),
    ("Владислав", "Владиславович", "Владиславовна"),
    ("Всеволод", "Всеволодович", "Всеволодовна"),
    ("Вячеслав", "Вячеславович", "Вячеславовна"),
    ("Геннадий", "Геннадьевич", "Геннадьевна"),
    ("Георгий", "Георгиевич", "Георгиевна"),
    ("Глеб", "Глебович", "Глебовна"),
    ("Григорий", "Григорьевич", "Григорьевна"),
    ("Даниил", "Даниилович", "Данииловна"),
    ("Денис", "Денисович", "Денисовна"),
    ("Дмитрий", "Дмитриевич", "Дмитриевна"),
    ("Евгений", "Евгеньевич", "Евгеньевна"),
    ("Егор", "Егорович", "Егоровна"),
    ("Захар", "Захарович", "Захаровна"),
    ("Иван", "Иванович", "Ивановна"),
    ("Игорь", "Игоревич", "Игоревна"),
    ("Илья", "Ильич", "Ильинична"),
    ("Кирилл", "Кириллович", "Кирилловна"),
    ("Константин", "Константинович", "Константиновна"),
    ("Лев", "Львович", "Львовна"),
    ("Леонид", "Леонидович", "Леонидовна"),
    ("Максим", "Максимович", "Максимовна"),
    ("Марк", "Маркович", "Марковна"),
    ("Матвей", "Матвеевич", "Матвеевна"),
    ("Михаил", "Михайлович", "Михайловна"),
    ("Никита", "Никитич", "Никитична"),
    ("Николай", "Николаевич", "Николаевна"),
    ("Олег", "Олегович", "Олеговна"),
    ("Павел", "Павлович", "Павловна"),
    ("Пётр", "Петрович", "Петровна"),
    ("Платон", "Платонович", "Платоновна"),
    ("Роман", "Романович", "Романовна"),
    ("Ростислав", "Ростиславович", "Ростиславовна"),
    ("Руслан", "Русланович", "Руслановна"),
    ("Савелий", "Савельевич", "Савельевна"),
    ("Семён", "Семёнович", "Семёновна"),
    ("Сергей", "Сергеевич", "Сергеевна"),
    ("Станислав", "Станиславович", "Станиславовна"),
    ("Степан", "Степанович", "Степановна"),
    ("Тимофей", "Тимофеевич", "Тимофеевна"),
    ("Фёдор", "Фёдорович", "Фёдоровна"),
    ("Юрий", "Юрьевич", "Юрьевна"),
    ("Яков", "Яковлевич", "Яковлевна"),
    ("Ярослав", "Ярославович", "Ярославовна"),
];

const WOMEN: [&str; 60] = [
    "Александра",
    "Алёна",
    "Алина",
    "Алла",
    "Анастасия",
    "Ангелина",
    "Анна",
    "Антонина",
    "Валентина",
    "Валерия",
    "Варвара",
    "Василиса",
    "Вера",
    "Вероника",
    "Виктория",
    "Галина",
    "Дарья",
    "Диана",
    "Евгения",
    "Екатерина",
    "Елена",
    "Елизавета",
    "Жанна",
    "Зинаида",
    "Зоя",
    "Инна",
    "Ирина",
    "Карина",
    "Кира",
    "Клавдия",
    "Кристина",
    "Ксения",
    "Лариса",
    "Лидия",
    "Любовь",
    "Людмила",
    "Маргарита",
    "Марина",
    "Мария",
    "Милана",
    "Надежда",
    "Наталья",
    "Нина",
    "Оксана",
    "Олеся",
    "Ольга",
    "Полина",
    "Раиса",
    "Регина",
    "Римма",
    "Светлана",
    "Серафима",
    "София",
    "Таисия",
    "Тамара",
    "Татьяна",
    "Ульяна",
    "Фаина",
    "Юлия",
    "Яна",
];

/// First words of company names. «Ромашка» is the audited company itself and stands nowhere else.
const BRANDS: [&str; 108] = [
    "Айсберг",
    "Аквамарин",
    "Алтай",
    "Альбатрос",
    "Амфора",
    "Апельсин",
    "Аргонавт",
    "Атлант",
    "Базальт",
    "Барвинок",
    "Бельведер",
    "Берёзка",
    "Бирюза",
    "Благовест",
    "Бригантина",
    "Бумеранг",
    "Василёк",
    "Вектор",
    "Верба",
    "Вереск",
    "Весна",
    "Ветряк",
    "Виадук",
    "Водолей",
    "Воевода",
    "Восход",
    "Гавань",
    "Гамма",
    "Гелиос",
    "Геркулес",
    "Гиацинт",
    "Глобус",
    "Гранат",
    "Данко",
    "Дельфин",
    "Диадема",
    "Добрыня",
    "Домовой",
    "Дубрава",
    "Ельник",
    "Енисей",
    "Жар-птица",
    "Жемчуг",
    "Заря",
    "Звездопад",
    "Зенит",
    "Зимородок",
    "Золотник",
    "Изумруд",
    "Импульс",
    "Ирис",
    "Калина",
    "Каравелла",
    "Карат",
    "Кедр",
    "Клевер",
    "Колибри",
    "Колос",
    "Кристалл",
    "Кувшинка",
    "Лазурит",
    "Лебедь",
    "Легион",
    "Ливень",
    "Лилия",
    "Лотос",
    "Лукоморье",
    "Магнолия",
    "Малахит",
    "Маяк",
    "Меридиан",
    "Метеор",
    "Мираж",
    "Монолит",
    "Муравей",
    "Натали",
    "Нептун",
    "Ноготок",
    "Облако",
    "Одуванчик",
    "Озон",
    "Олимп",
    "Орбита",
    "Орион",
    "Осока",
    "Остров",
    "Паллада",
    "Парус",
    "Пегас",
    "Перекат",
    "Пион",
    "Подснежник",
    "Полюс",
    "Причал",
    "Радуга",
    "Родник",
    "Рубин",
    "Сапфир",
    "Скиф",
    "Снегирь",
    "Сокол",
    "Тайга",
    "Терем",
    "Топаз",
    "Тюльпан",
    "Фрегат",
    "Чайка",
    "Янтарь",
];

/// Second words of company names.
const TRADES: [&str; 48] = [
    "Авто",
    "Агро",
    "Бетон",
    "Бумага",
    "Вент",
    "Весы",
    "Вода",
    "Гарант",
    "Декор",
    "Дерево",
    "Дом",
    "Дрель",
    "Замок",
    "Зерно",
    "Инвест",
    "Инструмент",
    "Кабель",
    "Керамика",
    "Климат",
    "Книга",
    "Краска",
    "Лес",
    "Лифт",
    "Логистик",
    "Маркет",
    "Мебель",
    "Медиа",
    "Металл",
    "Мода",
    "Молоко",
    "Насос",
    "Обувь",
    "Окно",
    "Опт",
    "Пласт",
    "Посуда",
    "Проект",
    "Ремонт",
    "Свет",
    "Сервис",
    "Снаб",
    "Спорт",
    "Строй",
    "Текстиль",
    "Тепло",
    "Торг",
    "Транс",
    "Упаковка",
];

/// Syllables of coined brands, for worlds with more companies than words.
const SYLLABLES: [&str; 40] = [
    "ба", "ве", "ви", "га", "де", "ди", "до", "жи", "за", "зи", "ка", "ке", "ко", "ла", "ле", "ли", "ло", "лу", "ма",
    "ме", "ми", "мо", "на", "не", "ни", "но", "па", "пе", "по", "ра", "ре", "ри", "ро", "са", "се", "си", "та", "те",
    "ти", "то",
];
/// Endings of coined surnames.
const SURNAME_ENDINGS: [&str; 5] = ["нов", "ков", "ров", "лин", "ский"];
const ENDINGS: [&str; 12] = ["лон", "мир", "рис", "тек", "нор", "дан", "вит", "лекс", "гор", "рум", "сан", "фор"];

/// Towns with the first three digits of their postal codes.
const TOWNS: [(&str, u64); 20] = [
    ("Москва", 109),
    ("Санкт-Петербург", 190),
    ("Воронеж", 394),
    ("Екатеринбург", 620),
    ("Новосибирск", 630),
    ("Нижний Новгород", 603),
    ("Самара", 443),
    ("Краснодар", 350),
    ("Ростов-на-Дону", 344),
    ("Челябинск", 454),
    ("Пермь", 614),
    ("Красноярск", 660),
    ("Омск", 644),
    ("Уфа", 450),
    ("Казань", 420),
    ("Волгоград", 400),
    ("Рязань", 390),
    ("Калуга", 248),
    ("Белгород", 308),
    ("Барнаул", 656),
];

const STREETS: [&str; 30] = [
    "Берёзовая",
    "Ближняя",
    "Васильковая",
    "Ветряная",
    "Выставочная",
    "Гончарная",
    "Дальняя",
    "Дачная",
    "Ежевичная",
    "Заводская",
    "Заозёрная",
    "Звёздная",
    "Каменная",
    "Кедровая",
    "Кленовая",
    "Кольцевая",
    "Луговая",
    "Мельничная",
    "Овражная",
    "Парковая",
    "Полевая",
    "Причальная",
    "Рябиновая",
    "Садовая",
    "Складская",
    "Солнечная",
    "Степная",
    "Сторожевая",
    "Тополиная",
    "Ярмарочная",
];

/// Domains of private mail boxes; `.example` belongs to nobody (RFC 2606).
const MAILBOXES: [&str; 3] = ["pochta.example", "yashchik.example", "pisma.example"];

const POSITIONS: [&str; 10] = [
    "Директор",
    "Главный бухгалтер",
    "Менеджер по закупкам",
    "Коммерческий директор",
    "Заведующий складом",
    "Начальник отдела снабжения",
    "Бухгалтер",
    "Руководитель отдела продаж",
    "Логист",
    "Секретарь",
];

/// Distinct pairs of [`BRANDS`] and [`TRADES`].
pub const WORD_NAMES: u64 = BRANDS.len() as u64 * TRADES.len() as u64;
/// Distinct coined names ([`coined`]).
pub const COINED_NAMES: u64 = (40 * 40 * 40 * 12 * TRADES.len()) as u64;
/// Usual words that firms take for names ([`brand`]).
pub const BRAND_NAMES: u64 = BRANDS.len() as u64;
/// Surnames put together from syllables, besides those of the table.
const COINED_SURNAMES: u64 = 40 * 40 * SURNAME_ENDINGS.len() as u64;
/// Distinct addresses ([`address`]).
pub const ADDRESSES: u64 = 180_000;
/// Distinct full names of persons of one sex.
#[cfg(test)]
pub const FULL_NAMES: u64 = (SURNAMES.len() * 60 * 60) as u64;

/// The feminine form of a surname; those in -ко, -ук, -ал do not change.
pub fn feminine(surname: &str) -> String {
    if let Some(stem) = surname.strip_suffix("ий") {
        format!("{stem}ая")
    } else if let Some(stem) = surname.strip_suffix("ый").or_else(|| surname.strip_suffix("ой")) {
        format!("{stem}ая")
    } else if ["ов", "ев", "ёв", "ин", "ын"].iter().any(|end| surname.ends_with(end)) {
        format!("{surname}а")
    } else {
        surname.to_owned()
    }
}

/// The surname that a man of the same family bears.
pub fn masculine(name: &FullName) -> String {
    if !name.woman {
        return name.last.clone();
    }
    if let Some(man) = SURNAMES.iter().find(|man| feminine(man) == name.last) {
        return (*man).to_owned();
    }
    match name.last.strip_suffix("ская") {
        Some(stem) => format!("{stem}ский"),
        None => name.last.trim_end_matches('а').to_owned(),
    }
}

/// Surname, given name, patronymic.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FullName {
    pub last: String,
    pub first: String,
    pub patronymic: String,
    pub woman: bool,
}

impl FullName {
    /// `Седова Ольга Петровна`.
    pub fn text(&self) -> String {
        format!("{} {} {}", self.last, self.first, self.patronymic)
    }
}

/// The full name number `n`; distinct for `n` below twice [`FULL_NAMES`]. Neighbours differ in the surname.
pub fn full_name(n: u64) -> FullName {
    let woman = n % 2 == 1;
    let n = n / 2;
    let surname = SURNAMES[(n % 100) as usize];
    let rest = n / 100;
    // Multiplied by 7 and 11, both prime to 60, so that neighbours do not share a given name either.
    let first = (rest * 7 + n % 100) % 60;
    let father = ((rest / 60) * 11 + n * 13 % 100 + rest * 29) % 60;
    let (_, his, her) = MEN[father as usize];
    if woman {
        FullName { last: feminine(surname), first: WOMEN[first as usize].to_owned(), patronymic: her.to_owned(), woman }
    } else {
        FullName {
            last: surname.to_owned(),
            first: MEN[first as usize].0.to_owned(),
            patronymic: his.to_owned(),
            woman,
        }
    }
}

/// A person by three draws of any size. A third of people bear one of a hundred surnames, the others one of thousands;
/// few given names are common.
pub fn person(surname: u64, draw: u64, woman: bool) -> FullName {
    let skewed = |draw: u64| ((draw % 1000) * (draw % 1000) * 60 / 1_000_000) as usize;
    let (first, father) = (skewed(draw), skewed(draw / 1000));
    let n = surname / 3;
    let man = if surname.is_multiple_of(3) {
        SURNAMES[(n % 100).min(n / 100 % 100) as usize].to_owned()
    } else {
        let n = n % COINED_SURNAMES;
        let stem = format!("{}{}", SYLLABLES[(n % 40) as usize], SYLLABLES[(n / 40 % 40) as usize]);
        format!("{}{}", capitalised(&stem), SURNAME_ENDINGS[(n / 1600) as usize])
    };
    let (_, his, her) = MEN[father];
    let (last, first, patronymic) = if woman { (feminine(&man), WOMEN[first], her) } else { (man, MEN[first].0, his) };
    FullName { last, first: first.to_owned(), patronymic: patronymic.to_owned(), woman }
}

/// The first letter a capital.
pub fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |c| c.to_uppercase().chain(chars).collect())
}

/// A usual word that many firms are called by, number `n` below [`BRAND_NAMES`].
pub fn brand(n: u64) -> &'static str {
    BRANDS[n as usize]
}

/// A company name without its legal form, of two words of the tables; distinct for `n` below [`WORD_NAMES`].
pub fn company(n: u64) -> String {
    let brands = BRANDS.len() as u64;
    let brand = BRANDS[(n % brands) as usize];
    let trade = TRADES[((n / brands * 17 + n % brands * 5) % TRADES.len() as u64) as usize];
    if n.is_multiple_of(3) { format!("{brand}-{trade}") } else { format!("{brand} {trade}") }
}

/// A company name with a coined brand; distinct for `n` below [`COINED_NAMES`].
pub fn coined(n: u64) -> String {
    let n = spread(n, COINED_NAMES);
    let (trade, n) = (TRADES[(n % 48) as usize], n / 48);
    let (a, n) = (SYLLABLES[(n % 40) as usize], n / 40);
    let (b, n) = (SYLLABLES[(n % 40) as usize], n / 40);
    let (c, n) = (SYLLABLES[(n % 40) as usize], n / 40);
    let mut brand = format!("{a}{b}{c}{}", ENDINGS[(n % 12) as usize]);
    let first = brand.remove(0);
    brand.insert_str(0, &first.to_uppercase().to_string());
    format!("{brand} {trade}")
}

/// An address, its parts from the digits of `n`; nothing promises that two numbers give two addresses beyond 180,000.
pub fn address(n: u64) -> String {
    let (town, index) = TOWNS[(n % 20) as usize];
    let street = STREETS[(n / 20 % 30) as usize];
    let house = 1 + n / 600 % 97 + n % 3;
    format!("{index}{:03}, г. {town}, ул. {street}, д. {house}, оф. {}", n % 97 + 1, n % 300 + 1)
}

/// The same address as a list of 1C writes it: types after names, «дом №».
pub fn address_onec(n: u64) -> String {
    let (town, index) = TOWNS[(n % 20) as usize];
    let street = STREETS[(n / 20 % 30) as usize];
    let house = 1 + n / 600 % 97 + n % 3;
    format!("{index}{:03}, {town} г, {street} ул, дом № {house}, офис {}", n % 97 + 1, n % 300 + 1)
}

pub fn town(n: u64) -> &'static str {
    TOWNS[(n % 20) as usize].0
}

pub fn position(n: u64) -> &'static str {
    POSITIONS[(n % POSITIONS.len() as u64) as usize]
}

pub fn mailbox(n: u64) -> &'static str {
    MAILBOXES[(n % MAILBOXES.len() as u64) as usize]
}

/// Latin letters for Cyrillic ones, lower case; other characters become `-`.
pub fn translit(text: &str) -> String {
    const TABLE: [(char, &str); 33] = [
        ('а', "a"),
        ('б', "b"),
        ('в', "v"),
        ('г', "g"),
        ('д', "d"),
        ('е', "e"),
        ('ё', "e"),
        ('ж', "zh"),
        ('з', "z"),
        ('и', "i"),
        ('й', "y"),
        ('к', "k"),
        ('л', "l"),
        ('м', "m"),
        ('н', "n"),
        ('о', "o"),
        ('п', "p"),
        ('р', "r"),
        ('с', "s"),
        ('т', "t"),
        ('у', "u"),
        ('ф', "f"),
        ('х', "kh"),
        ('ц', "ts"),
        ('ч', "ch"),
        ('ш', "sh"),
        ('щ', "shch"),
        ('ъ', ""),
        ('ы', "y"),
        ('ь', ""),
        ('э', "e"),
        ('ю', "yu"),
        ('я', "ya"),
    ];
    let mut out = String::with_capacity(text.len());
    for c in text.to_lowercase().chars() {
        match TABLE.iter().find(|(from, _)| *from == c) {
            Some((_, to)) => out.push_str(to),
            None if c.is_ascii_alphanumeric() => out.push(c),
            None => out.push('-'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_distinct() {
        let mut seen = HashSet::new();
        for n in 0..WORD_NAMES {
            assert!(seen.insert(company(n).replace('-', " ")), "{n}");
        }
        let coined: HashSet<String> = (0..300_000).map(coined).collect();
        assert_eq!(coined.len(), 300_000);
        assert!(seen.is_disjoint(&coined));
        let people: HashSet<String> = (0..2 * FULL_NAMES).map(|n| full_name(n).text()).collect();
        assert_eq!(people.len() as u64, 2 * FULL_NAMES);
    }

    #[test]
    fn tables_hold_no_name_twice() {
        for table in [&SURNAMES[..], &WOMEN[..], &BRANDS[..], &TRADES[..], &STREETS[..], &SYLLABLES[..]] {
            assert_eq!(table.iter().collect::<HashSet<_>>().len(), table.len());
        }
        assert_eq!(MEN.iter().map(|m| m.0).collect::<HashSet<_>>().len(), MEN.len());
    }

    #[test]
    fn forms_of_names() {
        for (man, woman) in
            [("Седов", "Седова"), ("Высоцкий", "Высоцкая"), ("Задорожный", "Задорожная"), ("Кравчук", "Кравчук")]
        {
            assert_eq!(feminine(man), woman);
        }
        for n in 0..60_000u64 {
            let (man, woman) = (person(n, n, false), person(n, n, true));
            assert_eq!(masculine(&woman), man.last, "{}", woman.last);
            assert_eq!(feminine(&man.last), woman.last);
        }
        assert_eq!(translit("Жар-птица Щит"), "zhar-ptitsa-shchit");
        let name =
            FullName {
                last: "Седова".into(), first: "Ольга".into(), patronymic: "Петровна".into(), woman: true
            };
        assert_eq!(name.text(), "Седова Ольга Петровна");
    }
}
