//! Legal forms of Russia, the CIS and abroad with their spellings.
//!
//! Names: Civil Code of Russia, chapter 4, and OKOPF (OK 028-2012); the rest from practice.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::text;

/// Where a spelling is believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// Anywhere in a name.
    Any,
    /// At its start, or at its end after a comma or in brackets: the letters mean other things too («Сервис ПК»).
    Edge,
}

macro_rules! forms {
    ($($variant:ident $code:literal $class:ident $place:ident [$($spelling:literal),* $(,)?];)*) => {
        /// Legal form of a company name.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
        #[repr(u8)]
        pub enum LegalForm {
            /// The name gives none.
            #[default]
            None,
            $($variant),*
        }

        impl LegalForm {
            /// Every form, without [`LegalForm::None`].
            pub const ALL: &[LegalForm] = &[$(LegalForm::$variant),*];

            /// Usual abbreviation; empty for none.
            pub fn code(self) -> &'static str {
                match self {
                    LegalForm::None => "",
                    $(LegalForm::$variant => $code),*
                }
            }

            /// Forms of one class may be the same firm at different times, or one form under two names (ЗАО and АО).
            pub fn class(self) -> FormClass {
                match self {
                    LegalForm::None => FormClass::None,
                    $(LegalForm::$variant => FormClass::$class),*
                }
            }

            fn place(self) -> Place {
                match self {
                    LegalForm::None => Place::Any,
                    $(LegalForm::$variant => Place::$place),*
                }
            }

            /// Spellings besides the abbreviation: full names in the nominative, variants.
            fn spellings(self) -> &'static [&'static str] {
                match self {
                    LegalForm::None => &[],
                    $(LegalForm::$variant => &[$($spelling),*]),*
                }
            }
        }
    };
}

/// Forms that do not contradict each other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum FormClass {
    None,
    /// ООО and what became or was it.
    Limited,
    /// АО, ЗАО, ОАО, ПАО, НАО: law 99-ФЗ of 05.05.2014 renamed ЗАО to АО and ОАО to ПАО or АО.
    JointStock,
    SoleTrader,
    Farm,
    Unitary,
    Institution,
    NonProfit,
    Cooperative,
    Owners,
    Partnership,
    ForeignLimited,
    ForeignStock,
    Individual,
}

forms! {
    Ooo "ООО" Limited Any ["Общество с ограниченной ответственностью", "Общество с огр. ответственностью",
        "Общество с ограниченной ответсвенностью", "Общество с ограниченной отвественностью",
        "Общество ограниченной ответственности", "Общества с ограниченной ответственностью", "O.O.O", "OOO"];
    Odo "ОДО" Limited Edge ["Общество с дополнительной ответственностью"];
    Too "ТОО" Limited Any ["Товарищество с ограниченной ответственностью"];
    Zao "ЗАО" JointStock Any ["Закрытое акционерное общество", "3АО"];
    Oao "ОАО" JointStock Any ["Открытое акционерное общество"];
    Pao "ПАО" JointStock Any ["Публичное акционерное общество"];
    Nao "НАО" JointStock Edge ["Непубличное акционерное общество"];
    Ao "АО" JointStock Edge ["Акционерное общество", "Акционерные общества"];
    Aozt "АОЗТ" JointStock Any ["Акционерное общество закрытого типа"];
    Aoot "АООТ" JointStock Any ["Акционерное общество открытого типа"];
    ZaoNp "ЗАОр" JointStock Any ["Акционерное общество работников", "АОр", "Народное предприятие", "ОАОР"];
    Ip "ИП" SoleTrader Edge ["Индивидуальный предприниматель", "Инд. предприниматель", "Индивид. предприниматель",
        "ИП."];
    Pboul "ПБОЮЛ" SoleTrader Any ["Предприниматель без образования юридического лица",
        "Индивидуальный предприниматель без образования юридического лица", "ИПБОЮЛ", "ЧП БОЮЛ"];
    Chp "ЧП" SoleTrader Edge ["Частный предприниматель", "Частное предприятие", "ЧУП",
        "Частное унитарное предприятие", "ФОП", "Фізична особа підприємець", "Физическое лицо предприниматель",
        "Приватне підприємство"];
    Kfh "КФХ" Farm Any ["Крестьянское фермерское хозяйство", "Крестьянское хозяйство", "Фермерское хозяйство", "КХ", "ФХ"];
    Gkfh "ГКФХ" Farm Any ["Глава КФХ", "Глава крестьянского фермерского хозяйства", "Глава К(Ф)Х", "ИП глава КФХ",
        "ИП ГКФХ", "ИП глава крестьянского фермерского хозяйства",
        "Индивидуальный предприниматель глава крестьянского фермерского хозяйства"];
    SelfEmployed "Самозанятый" Individual Edge ["Самозанятая", "НПД", "Плательщик НПД"];
    Gup "ГУП" Unitary Any ["Государственное унитарное предприятие", "ОГУП", "Областное государственное унитарное предприятие",
        "КГУП", "Краевое государственное унитарное предприятие", "СПб ГУП", "РГУП"];
    Mup "МУП" Unitary Any ["Муниципальное унитарное предприятие", "МП", "Муниципальное предприятие"];
    Fgup "ФГУП" Unitary Any ["Федеральное государственное унитарное предприятие"];
    Fkp "ФКП" Unitary Any ["Федеральное казенное предприятие"];
    Gp "ГП" Unitary Edge ["Государственное предприятие", "Казенное предприятие", "ГКП", "КП"];
    Up "УП" Unitary Edge ["Унитарное предприятие", "РУП", "Республиканское унитарное предприятие", "КУП",
        "Коммунальное унитарное предприятие", "КПУП", "ЧТУП", "Частное торговое унитарное предприятие", "УЧП"];
    Gu "ГУ" Institution Edge ["Государственное учреждение"];
    Gbu "ГБУ" Institution Any ["Государственное бюджетное учреждение", "ОГБУ", "Областное государственное бюджетное учреждение",
        "КГБУ", "Краевое государственное бюджетное учреждение", "СПб ГБУ"];
    Gau "ГАУ" Institution Any ["Государственное автономное учреждение", "ОГАУ", "КГАУ"];
    Gku "ГКУ" Institution Any ["Государственное казенное учреждение", "ОГКУ", "КГКУ"];
    Mu "МУ" Institution Edge ["Муниципальное учреждение"];
    Mbu "МБУ" Institution Any ["Муниципальное бюджетное учреждение"];
    Mau "МАУ" Institution Any ["Муниципальное автономное учреждение"];
    Mku "МКУ" Institution Any ["Муниципальное казенное учреждение"];
    Mbou "МБОУ" Institution Any ["Муниципальное бюджетное общеобразовательное учреждение", "МОУ",
        "Муниципальное общеобразовательное учреждение", "Муниципальное образовательное учреждение",
        "Муниципальное бюджетное образовательное учреждение", "МБОУ СОШ"];
    Maou "МАОУ" Institution Any ["Муниципальное автономное общеобразовательное учреждение"];
    Mkou "МКОУ" Institution Any ["Муниципальное казенное общеобразовательное учреждение"];
    Mbdou "МБДОУ" Institution Any ["Муниципальное бюджетное дошкольное образовательное учреждение", "МДОУ",
        "Муниципальное дошкольное образовательное учреждение", "МКДОУ",
        "Муниципальное казенное дошкольное образовательное учреждение"];
    Madou "МАДОУ" Institution Any ["Муниципальное автономное дошкольное образовательное учреждение"];
    Mbudo "МБУДО" Institution Any ["Муниципальное бюджетное учреждение дополнительного образования", "МБУ ДО", "МАУ ДО",
        "МАУДО", "Муниципальное автономное учреждение дополнительного образования", "МБОУ ДОД"];
    Mbuk "МБУК" Institution Any ["Муниципальное бюджетное учреждение культуры", "МУК", "МКУК", "МАУК"];
    Gbou "ГБОУ" Institution Any ["Государственное бюджетное общеобразовательное учреждение", "ГОУ",
        "Государственное бюджетное образовательное учреждение", "Государственное образовательное учреждение"];
    Gbpou "ГБПОУ" Institution Any ["Государственное бюджетное профессиональное образовательное учреждение", "ГАПОУ",
        "Государственное автономное профессиональное образовательное учреждение", "ОГБПОУ", "КГБПОУ", "ГПОУ"];
    Gbuz "ГБУЗ" Institution Any ["Государственное бюджетное учреждение здравоохранения", "ГУЗ", "ОГБУЗ", "КГБУЗ", "ГАУЗ",
        "Государственное автономное учреждение здравоохранения", "Государственное учреждение здравоохранения", "МБУЗ", "МУЗ",
        "Муниципальное бюджетное учреждение здравоохранения", "СПб ГБУЗ"];
    Fgbu "ФГБУ" Institution Any ["Федеральное государственное бюджетное учреждение"];
    Fgau "ФГАУ" Institution Any ["Федеральное государственное автономное учреждение"];
    Fgku "ФГКУ" Institution Any ["Федеральное государственное казенное учреждение", "ФКУ", "Федеральное казенное учреждение"];
    Fgu "ФГУ" Institution Any ["Федеральное государственное учреждение"];
    Fgbou "ФГБОУ" Institution Any ["Федеральное государственное бюджетное образовательное учреждение", "ФГБОУ ВО", "ФГБОУ ВПО",
        "Федеральное государственное бюджетное образовательное учреждение высшего образования", "ФГАОУ", "ФГАОУ ВО",
        "Федеральное государственное автономное образовательное учреждение высшего образования", "ФГКОУ"];
    Fgbun "ФГБУН" Institution Any ["Федеральное государственное бюджетное учреждение науки", "ФГБНУ",
        "Федеральное государственное бюджетное научное учреждение", "ФГАНУ"];
    Chu "ЧУ" Institution Edge ["Частное учреждение", "ЧОУ", "Частное образовательное учреждение", "ЧУЗ",
        "Частное общеобразовательное учреждение", "НОУ", "Негосударственное образовательное учреждение", "ЧДОУ", "ЧУ ДПО",
        "ЧОУ ДПО", "АНО ВО"];
    Ano "АНО" NonProfit Any ["Автономная некоммерческая организация", "АНО ДПО", "АНПОО", "АНКО"];
    Nko "НКО" NonProfit Any ["Некоммерческая организация"];
    Np "НП" NonProfit Edge ["Некоммерческое партнерство"];
    Fund "Фонд" NonProfit Edge ["Благотворительный фонд", "БФ", "Некоммерческий фонд"];
    Association "Ассоциация" NonProfit Edge ["СРО", "Саморегулируемая организация"];
    Public "ОО" NonProfit Edge ["Общественная организация", "РОО", "Региональная общественная организация", "МОО",
        "Местная общественная организация", "ООО ВОИ", "Общероссийская общественная организация", "МРОО"];
    Religious "МРО" NonProfit Edge ["Местная религиозная организация", "Религиозная организация", "МПРО", "МРОП",
        "Местная православная религиозная организация"];
    Union "ППО" NonProfit Edge ["Первичная профсоюзная организация", "Профсоюзная организация"];
    Bar "АБ" NonProfit Edge ["Адвокатское бюро", "Коллегия адвокатов", "КА", "Адвокатский кабинет", "Адвокатская палата"];
    Snt "СНТ" Owners Any ["Садоводческое некоммерческое товарищество", "Садовое некоммерческое товарищество", "СТ", "ДНТ",
        "Дачное некоммерческое товарищество", "ДНП", "Дачное некоммерческое партнерство", "СНП",
        "Садоводческое некоммерческое партнерство", "ОНТ", "Огородническое некоммерческое товарищество", "СТСН", "ТСН СНТ"];
    Tszh "ТСЖ" Owners Any ["Товарищество собственников жилья", "ТСН", "Товарищество собственников недвижимости", "ТСН ТСЖ"];
    Gsk "ГСК" Owners Any ["Гаражно-строительный кооператив", "Гаражный кооператив", "ГК «Гаражный кооператив»", "ПГСК",
        "Потребительский гаражно-строительный кооператив", "ГПК", "Гаражный потребительский кооператив", "ГЭК"];
    Zhsk "ЖСК" Owners Any ["Жилищно-строительный кооператив", "ЖК «Жилищный кооператив»", "Жилищный кооператив", "ЖНК",
        "Жилищный накопительный кооператив"];
    Spk "СПК" Cooperative Any ["Сельскохозяйственный производственный кооператив", "СХПК", "СПОК", "СХА",
        "Сельскохозяйственная артель", "СПК колхоз", "Сельскохозяйственный потребительский кооператив", "СКПК"];
    Pk "ПК" Cooperative Edge ["Производственный кооператив", "Потребительский кооператив", "КПК",
        "Кредитный потребительский кооператив"];
    Po "ПО" Cooperative Edge ["Потребительское общество", "РАЙПО", "Районное потребительское общество", "ПОТРЕБОБЩЕСТВО",
        "ПОТРЕБСОЮЗ", "РАЙПОТРЕБСОЮЗ"];
    Pt "ПТ" Partnership Edge ["Полное товарищество", "КТ", "Товарищество на вере", "Коммандитное товарищество", "ТНВ",
        "Хозяйственное партнерство", "ИТ", "Простое товарищество"];
    Osoo "ОсОО" Limited Any ["ОСОО"];
    Tov "ТОВ" Limited Edge ["Товариство з обмеженою відповідальністю"];
    Mchzh "МЧЖ" Limited Any ["MCHJ", "Масъулияти чекланган жамият"];
    Mmc "ММС" Limited Any ["MMC"];
    Srl "SRL" ForeignLimited Edge ["S.R.L.", "S.r.l", "СРЛ"];
    Llc "LLC" ForeignLimited Any ["L.L.C.", "Limited Liability Company", "ЛЛС", "ЛЛК", "FZ LLC", "FZE", "FZCO", "DMCC", "WLL"];
    Ltd "Ltd" ForeignLimited Any ["Limited", "Co Ltd", "Co., Ltd.", "Company Limited", "Pte Ltd", "Pvt Ltd", "Pty Ltd", "Лтд",
        "Private Limited"];
    Llp "LLP" ForeignLimited Any ["L.L.P.", "LP", "Limited Liability Partnership", "Limited Partnership", "SCS"];
    Gmbh "GmbH" ForeignLimited Any ["G.m.b.H.", "GmbH & Co. KG", "GmbH & Co KG", "mbH", "UG", "ГмбХ", "Ges.m.b.H.", "GmbH Co KG"];
    Kg "KG" ForeignLimited Edge ["OHG", "e.K.", "eG"];
    Ag "AG" ForeignStock Edge ["A.G.", "АГ", "SE"];
    Inc "Inc" ForeignStock Any ["Incorporated", "Corp", "Corporation", "Инк", "Inc.", "Corp."];
    Sa "S.A." ForeignStock Edge ["SA", "S.p.A.", "SpA", "SAS", "S.A.S.", "SARL", "S.a.r.l.", "S.L.", "SL", "SLU", "Sociedad Anonima"];
    Plc "PLC" ForeignStock Any ["Public Limited Company", "JSC", "OJSC", "PJSC", "CJSC", "Joint Stock Company", "Public Joint Stock Company"];
    Bv "B.V." ForeignLimited Edge ["BV", "N.V.", "NV", "VOF"];
    Oy "Oy" ForeignLimited Edge ["Oyj", "Oy Ab", "AB", "A/S", "ApS", "AS", "ASA"];
    Ou "OÜ" ForeignLimited Edge ["OU", "UAB", "SIA", "MTÜ"];
    Doo "d.o.o." ForeignLimited Edge ["DOO", "d.d.", "a.d.", "EOOD", "OOD", "ЕООД", "ООД"];
    Spzoo "Sp. z o.o." ForeignLimited Edge ["Sp z oo", "Spolka z o.o.", "Sp. k.", "s.r.o.", "SRO", "a.s.", "Kft", "Zrt"];
    As "A.Ş." ForeignStock Edge ["Anonim Sirketi", "Anonim Şirketi", "Ltd. Şti.", "Ltd Sti", "San. ve Tic. Ltd. Şti.", "San ve Tic AS"];
    Kk "K.K." ForeignStock Edge ["Kabushiki Kaisha", "Group Co Ltd", "Imp Exp Co Ltd", "Berhad", "Bhd", "Sdn Bhd"];
}

impl LegalForm {
    pub fn is_none(self) -> bool {
        self == LegalForm::None
    }

    /// The name belongs to a natural person: sole trader, head of a farm, self-employed.
    pub fn is_person(self) -> bool {
        matches!(self, LegalForm::Ip | LegalForm::Pboul | LegalForm::Gkfh | LegalForm::SelfEmployed)
    }

    /// A form of a foreign law outside the CIS.
    pub fn is_foreign(self) -> bool {
        matches!(self.class(), FormClass::ForeignLimited | FormClass::ForeignStock)
    }

    /// Both may be forms of one firm: equal, of one class (ЗАО became АО, ОАО became ПАО), or one not given.
    pub fn is_compatible(self, other: LegalForm) -> bool {
        self.is_none() || other.is_none() || self.class() == other.class()
    }

    /// Full name in the nominative, the abbreviation where there is none.
    pub fn full_name(self) -> &'static str {
        self.spellings().first().copied().unwrap_or(self.code())
    }
}

/// What a spelling says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Spelling {
    pub form: LegalForm,
    pub place: Place,
    /// Two letters that stand for other things as often: believed at the start only before a quote.
    pub is_weak: bool,
}

/// Spellings by their folded text.
pub struct Table {
    by_text: FxHashMap<String, Spelling>,
    /// Most words of a spelling that begins with this word.
    first_words: FxHashMap<String, u8>,
}

/// The table of all spellings, folded.
pub static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { by_text: FxHashMap::default(), first_words: FxHashMap::default() };
    for &form in LegalForm::ALL {
        table.add(form, form.code());
        for spelling in form.spellings() {
            table.add(form, spelling);
        }
    }
    table
});

impl Table {
    fn add(&mut self, form: LegalForm, spelling: &str) {
        let folded = text::fold(spelling);
        let words = folded.split(' ').count();
        let is_short = folded.chars().filter(|c| *c != ' ').count() <= 7;
        // A phrase means the form wherever it stands.
        let long = !is_short && words > 1;
        let is_weak = words == 1 && folded.chars().count() <= 2 && !matches!(folded.as_str(), "АО" | "ИП" | "ЧП");
        let place = if is_weak {
            Place::Edge
        } else if long {
            Place::Any
        } else {
            form.place()
        };
        let spaced: String = folded.chars().filter(|c| *c != ' ').flat_map(|c| [c, ' ']).collect();
        let first = folded.split(' ').next().unwrap_or_default();
        let most = self.first_words.entry(first.to_owned()).or_default();
        *most = (*most).max(words as u8);
        let entry = Spelling { form, place, is_weak };
        if is_short && words == 1 {
            // «О.О.О.» folds to single letters.
            let letters = spaced.trim_end();
            let first = letters.split(' ').next().unwrap_or_default();
            let most = self.first_words.entry(first.to_owned()).or_default();
            *most = (*most).max(letters.split(' ').count() as u8);
            self.by_text.entry(letters.to_owned()).or_insert(entry);
        }
        self.by_text.entry(folded).or_insert(entry);
    }

    /// Most words of a spelling that begins with this folded word; 0 when none does.
    pub fn longest_from(&self, word: &str) -> usize {
        self.first_words.get(word).map_or(0, |&n| usize::from(n))
    }

    /// The form that this folded text spells, whole.
    pub fn get(&self, folded: &str) -> Option<Spelling> {
        self.by_text.get(folded).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_found() {
        let mut codes: Vec<_> = LegalForm::ALL.iter().map(|f| f.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), LegalForm::ALL.len());
        for &form in LegalForm::ALL {
            assert_eq!(TABLE.get(&text::fold(form.code())).map(|s| s.form), Some(form), "{}", form.code());
        }
    }

    /// A phrase means its form wherever it stands, two letters only at an edge of the name.
    #[test]
    fn places() {
        for phrase in ["ИНДИВИДУАЛЬНЫЙ ПРЕДПРИНИМАТЕЛЬ", "АКЦИОНЕРНОЕ ОБЩЕСТВО", "ПРОИЗВОДСТВЕННЫЙ КООПЕРАТИВ"]
        {
            assert!(matches!(TABLE.get(phrase).map(|s| s.place), Some(Place::Any)), "{phrase}");
        }
        assert!(matches!(TABLE.get("ПК"), Some(Spelling { place: Place::Edge, is_weak: true, .. })));
        assert!(!TABLE.get("АО").unwrap().is_weak);
    }

    #[test]
    fn compatibility() {
        assert!(LegalForm::Zao.is_compatible(LegalForm::Ao));
        assert!(LegalForm::Oao.is_compatible(LegalForm::Pao));
        assert!(LegalForm::None.is_compatible(LegalForm::Ooo));
        assert!(!LegalForm::Ooo.is_compatible(LegalForm::Pao));
        assert_eq!(LegalForm::Ooo.full_name(), "Общество с ограниченной ответственностью");
    }
}
