//! Given names met in Russia with their short forms. Own list, from common knowledge.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::text;

/// Sex of a person.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Sex {
    Male,
    Female,
}

/// A line per name: the full form, then variants and short forms. The lines say by themselves which spellings prove
/// little. One that stands in several may be any of those names («Слава»). One that heads a line and stands in another is
/// a name of its own that may also be said of the other («Алёна» of «Елена», «Рита» of «Маргарита»): mother and daughter
/// may have the two. Whom two such spellings mean is for a person to say; only a name beside a spelling of its line and
/// no other («Елена», «Лена») is one without more evidence.
const MALE: &str = "
Авдей
Аверьян
Авраам Абрам
Адам
Адиль
Азамат
Азат
Айдар
Айрат
Акакий
Аким
Алан
Александр Саша Шура Саня Сашка Шурик Санёк Алекс Алик
Алексей Алёша Лёша Алексий Лёха Алёшка
Али Алик
Алик
Алим
Альберт Альбертик Алик
Альфред
Амир
Анатолий Толя Толик
Ангел
Андрей Андрюша Андрюха Дрюня
Андроник
Антон Антоша Тоша Антоний
Анвар
Ануар
Аркадий Аркаша
Армен
Арсен
Арсений Сеня Арсюша Арсентий
Артём Тёма Артемий Артёмка
Артур
Архип
Аскар
Аслан
Асхат
Афанасий Афоня
Ахмед Ахмет Ахмад
Ахмад
Ашот
Бахтияр
Богдан Бодя
Борис Боря
Борислав
Бронислав Слава
Булат
Вадим Вадик Вадя
Валентин Валя
Валерий Валера
Вальтер
Василий Вася Васёк
Вахтанг
Велимир
Вениамин Веня
Викентий
Виктор Витя Витёк
Виталий Виталик Виталя
Влад
Владимир Вова Володя Вовчик Влад
Владислав Владик Влад Слава
Владлен
Всеволод Сева
Вячеслав Слава Славик
Гавриил Гаврила
Гамлет
Гарик
Геннадий Гена
Генрих
Георгий Георги Гоша Жора Гога Гера Егорий Егор Юрий
Герасим
Герман Гера
Глеб
Гордей
Григорий Гриша
Гурам
Давид Дэвид Давыд
Дамир
Даниил Данила Даня Данил Даниэль Даниель
Даниэль Даниель
Даниял
Денис Деня Дэн Дионисий
Дионисий
Джамал
Дмитрий Дима Митя Димон Димитрий
Добрыня
Евгений Женя Жека
Евдоким
Евсей
Егор Егорка Гоша Жора Егорий
Елисей
Емельян Емеля
Еремей
Ермолай
Ефим Фима
Ефрем
Жан
Заур
Захар Захарий
Зиновий
Зураб
Ибрагим Ибрахим
Иван Ваня Ванька Иоанн
Игнат Игнатий
Игорь Игорёк Гарик Гоша
Идрис
Иларион Илларион
Ильдар
Ильнур
Ильшат
Ильяс
Илья Илюша Илюха Илия
Иннокентий Кеша
Иосиф Осип Йосиф
Ираклий
Искандер
Ислам
Исмаил
Камиль
Карен
Карим
Карл
Ким
Кирилл Кирюша Кира
Клим Климент
Константин Костя Костик
Корней
Кузьма
Лаврентий
Лев Лёва
Леон
Леонид Лёня
Леонтий
Лука
Лукьян
Магомед Магомет Мухаммед Мухаммад
Мухаммед Мухаммад
Макар
Максим Макс Максимка
Максимилиан
Марат
Марк Маркус
Маркус
Мартин
Матвей Мотя Матфей
Мелентий
Мефодий
Микаэль
Мирон
Мирослав
Митрофан
Михаил Миша Мишка Михайло
Модест
Моисей
Мстислав Слава
Мурад Мурат
Муса
Мустафа
Назар
Наиль
Натан
Наум
Никита Никитос
Никифор
Никодим
Николай Коля Николя Колян
Никон
Нестор
Нурлан
Нурсултан
Олег Олежка Алег
Олжас
Онуфрий
Оскар
Остап
Павел Паша Павлик
Панкрат
Пантелей Пантелеймон
Парфений
Пётр Петя
Платон Тоша
Потап
Прохор
Равиль
Радик
Радий
Радмир
Рамазан
Рамиль
Рамис
Расул
Ратмир
Рауф
Рафаэль Рафаил Рафик
Рафик
Рашид
Ренат Ринат
Ринат
Роберт
Родион Родя
Роман Рома
Ростислав Ростик Слава
Рубен
Рудольф
Руслан Русик
Рустам Рустем
Рустем
Савва
Савелий Савва
Салават
Самуил
Сергей Серёжа Серый Сергий Серж
Серж
Серафим
Силантий
Семён Сёма Сеня Симеон
Соломон
Спартак
Станислав Стас Слава
Степан Стёпа Стефан
Стефан
Султан
Сурен
Тарас
Тагир
Таир
Теймур
Тигран
Тимофей Тима
Тимур Тима
Тихон Тиша
Трофим
Умар
Фаддей
Фарид
Фархад
Фёдор Федя Феодор
Феликс
Филипп Филя
Фома
Фрол
Харитон
Хасан
Христофор
Шамиль
Эдгар
Эдуард Эдик
Эльдар
Эмиль
Эммануил
Эрик
Эрнест
Юлиан
Юлий
Юрий Юра Юрик Гоша
Юсуп Юсуф
Яков Яша
Ян
Ярослав Ярик Слава
Рифат
Руфат
Ришат
Ильгиз
Фанис
Фаниль
Рузиль
Раис
Хабиб
Хамид
Хачатур
Грант
Гагик
Ваграм
Нодар
Отар
Тенгиз
Тариэл
Шалва
Малхаз
Алишер
Бахром
Бекзод
Дильшод
Жасур
Улугбек
Фаррух
Шерзод
Рахим
Рашад
Эльчин
Вугар
Тофик
Ровшан
Рамин
Натиг
Ерлан
Ержан
Даурен
Данияр
Бауыржан
Серик
Марлен
Талгат
Санжар
Темирлан
";

const FEMALE: &str = "
Августа
Аврора
Ада
Аделаида
Аделина
Адель
Аза
Аида
Айгуль Гуля
Айсылу
Аксинья
Алевтина Аля
Александра Саша Шура Сашенька Саня Алекса
Алекса
Алёна
Алина Аля
Алиса
Алия
Алла
Алсу
Альбина Аля
Альфия
Амина
Амалия
Амелия
Анастасия Настя Ася Настасья Анастасья
Ангелина Геля Лина
Анжела Анжелика Анджела
Анжелика
Анисья
Анита
Анна Аня Анюта Нюра Нюша Ася
Антонина Тоня Нина
Анфиса
Ариадна
Арина Ариша
Асия Ася
Асель
Ася
Аэлита
Белла Бэлла
Богдана
Божена
Валентина Валя
Валерия Лера
Ванда
Варвара Варя
Василиса Вася
Васса
Венера
Вера Верочка
Вероника Ника
Веста
Виктория Вика
Виолетта
Виталия
Владислава Влада
Влада
Галина Галя
Гелена
Глафира Глаша
Гузель
Гульнара Гуля
Гульназ Гуля
Гульшат Гуля
Дана
Дарина
Дарья Даша Дария
Джамиля
Диана
Дина
Динара
Диляра
Ева
Евгения Женя
Евдокия Дуся
Екатерина Катя Катюша Катерина
Елена Лена Леночка Алёна
Елизавета Лиза
Есения
Ефросинья Фрося
Жанна
Жасмин
Забава
Залина
Зара
Зарема
Зарина
Зинаида Зина
Злата
Зоя
Зульфия
Зухра
Иветта
Изабелла
Изольда
Илона
Инга
Инесса
Инна
Иоанна
Ирина Ира Ирочка Иришка
Ия
Камила Камилла
Карина
Каролина
Кира
Клавдия Клава
Клара
Клеопатра
Кристина Христина
Ксения Ксюша Оксана
Лада
Лала
Лариса Лара
Лейла Лейля
Лиана
Лидия Лида
Лилия Лиля Лилиана
Лилиана Лиля
Лина
Лия
Лола
Лолита
Любовь Люба
Людмила Люда Люся Мила
Мавра
Магдалина
Мадина
Майя Мая
Малика
Маргарита Рита Марго
Рита
Марианна
Марина Мариша
Мария Маша Маня Маруся Марья
Марта
Марфа
Мелания Меланья
Мила
Милана Мила
Милена
Мира
Мирослава
Муза
Надежда Надя
Наиля
Нана
Наргиз Наргиза
Наталья Наталия Наташа Ната
Нателла
Нелли Неля Нэлли
Ника
Нина
Нино
Нонна
Нурия
Оксана Ксюша
Октябрина
Олеся Леся
Леся
Ольга Оля Олечка
Павла
Пелагея Поля
Полина Поля Лина
Прасковья Паша
Рада
Раиса Рая
Рената
Регина
Резеда
Рима Римма
Роза
Розалия Роза
Роксана
Руфина
Румия
Русалина
Сабина
Салима
Самира
Сара
Светлана Света
Серафима
Снежана
София Соня Софья Софа
Стелла
Стефания
Сусанна Сюзанна
Таисия Тая Таисья
Тамара Тома
Тамила
Татьяна Таня
Тина
Ульяна Уля
Устинья
Фаина Фая
Фарида
Фатима Фатьма
Федора
Фируза
Флора
Фрида
Халида
Ханна
Хадиджа
Чулпан
Эвелина Лина
Эдита
Элеонора Нора Эля
Элина
Элла Эля
Эльвира Эля
Эльза
Эльмира Эля
Эмилия
Эмма
Эсмира
Эстер
Юлия Юля
Юлиана
Юнона
Ядвига
Яна
Янина Яна
Ярослава
Айнур
Айша
Ажар
Гаянэ Гаяне
Ануш
Асмик
Карине
Лусинэ Лусине
Наринэ Нарине
Рузанна
Сирануш
Шушаник
Кетеван
Манана
Медея
Тамуна
Этери
Динора
Дилноза
Зухро
Малохат
Нигора
Севара
Феруза
Шахноза
Айгерим
Алтынай
Жанар
Сауле
";

/// What a word means as a given name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Meaning {
    /// Full forms, folded, sorted: Саша is Александр or Александра.
    pub full: Vec<String>,
    /// The sex of each of them.
    sexes: Vec<Sex>,
}

impl Meaning {
    /// The sex when all full forms agree on it.
    pub fn sex(&self) -> Option<Sex> {
        let (&first, rest) = self.sexes.split_first()?;
        rest.iter().all(|&sex| sex == first).then_some(first)
    }

    /// Full forms with their sex.
    pub fn forms(&self) -> impl Iterator<Item = (&str, Sex)> {
        self.full.iter().map(String::as_str).zip(self.sexes.iter().copied())
    }
}

/// All names by their folded spelling.
static NAMES: LazyLock<FxHashMap<String, Meaning>> = LazyLock::new(|| {
    let mut names: FxHashMap<String, Meaning> = FxHashMap::default();
    for (list, sex) in [(MALE, Sex::Male), (FEMALE, Sex::Female)] {
        for line in list.lines().filter(|l| !l.is_empty()) {
            let full = text::fold(line.split(' ').next().unwrap_or_default());
            for spelling in line.split(' ') {
                let meaning = names.entry(text::fold(spelling)).or_default();
                if let Err(at) = meaning.full.binary_search(&full) {
                    meaning.full.insert(at, full.clone());
                    meaning.sexes.insert(at, sex);
                }
            }
        }
    }
    names
});

/// Spellings by their sound in Latin letters: schemes of transliteration differ in a few letters only. For two
/// spellings of one sound the first in alphabetical order stands.
static BY_SOUND: LazyLock<FxHashMap<String, &'static str>> = LazyLock::new(|| {
    let mut spellings: Vec<&'static str> = NAMES.keys().map(String::as_str).collect();
    spellings.sort_unstable();
    let mut sounds: FxHashMap<String, &'static str> = FxHashMap::default();
    for spelling in spellings {
        sounds.entry(sound(spelling)).or_insert(spelling);
    }
    sounds
});

fn sound(word: &str) -> String {
    let mut sound = String::with_capacity(word.len());
    super::translit::skeleton(word, &mut sound);
    sound
}

/// Looks a folded word up.
pub fn get(word: &str) -> Option<&'static Meaning> {
    NAMES.get(word)
}

/// The Russian spelling of a given name written in Latin letters by any scheme.
pub fn from_latin(word: &str) -> Option<&'static str> {
    BY_SOUND.get(&sound(word)).copied()
}

/// Number of full names.
#[cfg(test)]
fn count() -> usize {
    MALE.lines().chain(FEMALE.lines()).filter(|l| !l.is_empty()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A full form has one sex and one line, or [`Meaning::forms`] would be wrong of it.
    #[test]
    fn a_name_heads_one_line() {
        let heads =
            MALE.lines().chain(FEMALE.lines()).filter_map(|line| line.split(' ').next()).filter(|h| !h.is_empty());
        let mut heads: Vec<String> = heads.map(text::fold).collect();
        heads.sort_unstable();
        let repeated: Vec<&String> = heads.windows(2).filter(|w| w[0] == w[1]).map(|w| &w[0]).collect();
        assert!(repeated.is_empty(), "{repeated:?}");
    }

    #[test]
    fn meanings() {
        assert!(count() >= 250, "{}", count());
        let sasha = get("САША").unwrap();
        assert_eq!(sasha.full, ["АЛЕКСАНДР", "АЛЕКСАНДРА"]);
        assert_eq!(sasha.sex(), None);
        assert_eq!(get("ДИМА").unwrap().full, ["ДМИТРИЙ"]);
        assert_eq!(get("АНЯ").unwrap().sex(), Some(Sex::Female));
        assert_eq!(get("РОМАШКА"), None);
        assert_eq!(get("АЛЕНА").unwrap().full, ["АЛЕНА", "ЕЛЕНА"], "a name of its own, and another one's");
        assert!(get("САША").unwrap().forms().eq([("АЛЕКСАНДР", Sex::Male), ("АЛЕКСАНДРА", Sex::Female)]));
        for (latin, expected) in [
            ("IVAN", "ИВАН"),
            ("YURIY", "ЮРИЙ"),
            ("IURII", "ЮРИЙ"),
            ("ALEKSEI", "АЛЕКСЕЙ"),
            ("ALEXEY", "АЛЕКСЕЙ"),
            ("TATIANA", "ТАТЬЯНА"),
            ("DMITRY", "ДМИТРИЙ"),
            ("EVGENIY", "ЕВГЕНИЙ"),
            ("EKATERINA", "ЕКАТЕРИНА"),
            ("MIKHAIL", "МИХАИЛ"),
        ] {
            assert_eq!(from_latin(latin), Some(expected), "{latin}");
        }
    }
}
