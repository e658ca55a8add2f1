//! What columns of 1C formats mean by the kind of their table, where the heading alone would mislead, and columns that a
//! kind knows without saying so: which document it is, which way money goes.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::aliases::fold;
use crate::model::{Decimal, Field, RawColumn, RawTable, TextColumn};

/// Headings of a kind: folded, best first for a field. `None` is a heading that serves no field although an alias does.
type Headings = &'static [(&'static str, Option<Field>)];

const PRODUCT: Headings = &[("группы", Some(Field::GroupId)), (BASE_PRODUCT, Some(Field::ProductId))];
const OFFER: Headings = &[
    ("группы", Some(Field::GroupId)),
    (BASE_PRODUCT, Some(Field::ProductId)),
    ("характеристикитовара", Some(Field::Variant)),
];
const PRICE: Headings = &[
    ("владелецид", Some(Field::ProductId)),
    ("видцены", Some(Field::PriceType)),
    ("идтипацены", Some(Field::PriceType)),
    ("ндс.учтеновсумме", Some(Field::VatIncluded)),
];
const STOCK: Headings = &[("владелецид", Some(Field::ProductId)), ("идсклада", Some(Field::WarehouseId))];
/// A document of an exchange with a site: the number of 1C is the number, that of the site beside it the other one.
const DOCUMENT: Headings = &[
    ("номер1с", Some(Field::Number)),
    ("номер", Some(Field::Number)),
    ("номер по 1с", Some(Field::Number)),
    (SITE_NUMBER, Some(Field::ExternalId)),
    ("дата1с", Some(Field::Date)),
    ("дата", Some(Field::Date)),
    ("дата по 1с", Some(Field::Date)),
    ("основание", Some(Field::BasisId)),
    ("статус заказа", Some(Field::Stage)),
    ("статуса заказа ид", Some(Field::Stage)),
    ("контрагент.наименование", Some(Field::PartyName)),
    ("организация.наименование", Some(Field::Organisation)),
    ("склад.наименование", Some(Field::WarehouseName)),
    ("ндс.сумма", Some(Field::VatAmount)),
    ("ндс.ставка", Some(Field::VatRate)),
    ("ндс.учтеновсумме", Some(Field::VatIncluded)),
    ("статус", None),
];
const DOCUMENT_LINE: Headings = &[
    (LINE_ID, Some(Field::Id)),
    ("владелецид", Some(Field::DocumentId)),
    ("ид", Some(Field::ProductId)),
    ("код", None),
    ("ндс.сумма", Some(Field::VatAmount)),
    ("ндс.ставка", Some(Field::VatRate)),
    ("ндс.учтеновсумме", Some(Field::VatIncluded)),
    ("скидка.сумма", Some(Field::Discount)),
    ("характеристикитовара", Some(Field::Variant)),
    ("склад.наименование", Some(Field::WarehouseName)),
    ("единица", Some(Field::Unit)),
    ("базоваяединица", Some(Field::Unit)),
];
/// The seller's own document: the buyer is the other side.
const UPD: Headings = &[
    (DOCUMENT_KIND, Some(Field::Kind)),
    ("идфайл", Some(Field::Id)),
    ("свпокуп.наименование", Some(Field::PartyName)),
    ("свпокуп.инн", Some(Field::PartyInn)),
    ("свпокуп.кпп", Some(Field::PartyKpp)),
    ("свпрод.наименование", Some(Field::Organisation)),
    ("сттовучналвсего", Some(Field::Amount)),
    ("сумналвсего", Some(Field::VatAmount)),
    ("курсвал", Some(Field::CurrencyRate)),
    ("кодокв", Some(Field::Currency)),
    ("оснпер.номердок", Some(Field::BasisName)),
];
const UPD_LINE: Headings = &[
    (LINE_ID, Some(Field::Id)),
    ("владелецид", Some(Field::DocumentId)),
    ("номстр", Some(Field::LineNumber)),
    ("кодтов", Some(Field::ProductId)),
    ("наимтов", Some(Field::ProductName)),
    ("артикултов", Some(Field::Article)),
    ("гтин", Some(Field::Barcode)),
    ("характертов", Some(Field::Variant)),
    ("наимедизм", Some(Field::Unit)),
    ("океи_тов", Some(Field::Unit)),
    ("колтов", Some(Field::Quantity)),
    ("ценатов", Some(Field::Price)),
    ("сттовучнал", Some(Field::Amount)),
    ("налст", Some(Field::VatRate)),
    ("сумнал", Some(Field::VatAmount)),
];
/// The other side and the day of the money are derived by the reader; accounts and names of both sides stand beside.
const BANK: Headings = &[
    ("ключ", Some(Field::Id)),
    ("датадвижения", Some(Field::Date)),
    ("дата", Some(Field::Date)),
    ("контрагент.счет", Some(Field::PartyAccount)),
    ("счетвыписки", Some(Field::OwnAccount)),
    ("секциядокумент", Some(Field::Kind)),
    (INCOMING, Some(Field::Incoming)),
    ("направление", None),
    ("плательщик", None),
    ("плательщиксчет", None),
    ("плательщикрасчсчет", None),
    ("получательсчет", None),
    ("получательрасчсчет", None),
    ("код", None),
];
/// Documents of 1C by OData, EnterpriseData and dumps, payments too.
const PAPER: Headings = &[
    (PARTS, Some(Field::Parts)),
    (DOCUMENT_KIND, Some(Field::Kind)),
    (INCOMING, Some(Field::Incoming)),
    ("заказ (ссылка)", Some(Field::BasisId)),
    ("заказклиента (ссылка)", Some(Field::BasisId)),
    ("заказпокупателя (ссылка)", Some(Field::BasisId)),
    ("документоснование (ссылка)", Some(Field::BasisId)),
    ("сделка (ссылка)", Some(Field::BasisId)),
    ("счетпокупателю (ссылка)", Some(Field::BasisId)),
    ("счетнаоплатупокупателю_key", Some(Field::BasisId)),
    ("счетнаоплатупокупателю (ссылка)", Some(Field::BasisId)),
    ("состояниезаказа_key", Some(Field::Stage)),
    ("состояниезаказа", Some(Field::Stage)),
    (ONLY_PART, Some(Field::BasisId)),
    ("договорконтрагента (ссылка)", Some(Field::ContractId)),
];
/// A tabular section: the reference in it is that of the document.
const SECTION: Headings = &[
    (LINE_ID, Some(Field::Id)),
    ("ref_key", Some(Field::DocumentId)),
    ("ссылка", Some(Field::DocumentId)),
    ("номенклатура.артикул", Some(Field::Article)),
    ("суммаскидки", Some(Field::Discount)),
];
const CONTRACT: Headings = &[
    ("владелец (ссылка)", Some(Field::PartyId)),
    ("владелец.ид", Some(Field::PartyId)),
    ("владелец", Some(Field::PartyName)),
    ("валютавзаиморасчетов_key", Some(Field::Currency)),
    ("валютавзаиморасчетов", Some(Field::Currency)),
];
const GOODS: Headings = &[
    ("кодвпрограмме", Some(Field::Code)),
    ("группа (ссылка)", Some(Field::GroupId)),
    ("родитель (ссылка)", Some(Field::GroupId)),
];
const BALANCE: Headings = &[
    ("структурнаяединица_key", Some(Field::WarehouseId)),
    ("свободныйостатокbalance", Some(Field::Quantity)),
    (RESERVED, Some(Field::Reserved)),
];

/// Derived columns; no file has such headings.
const BASE_PRODUCT: &str = "товар (основа)";
const SITE_NUMBER: &str = "номер на сайте";
const LINE_ID: &str = "ид строки";
const DOCUMENT_KIND: &str = "имя документа";
const INCOMING: &str = "поступление (да/нет)";
const RESERVED: &str = "в резерве (всего)";
const PARTS: &str = "расшифровка (части)";
const ONLY_PART: &str = "расшифровка (документ)";

/// What the sections `РасшифровкаПлатежа` of a side say: by the GUID of a payment, each document that it pays and how much
/// of it.
#[derive(Default)]
pub(super) struct Parts(HashMap<String, Vec<(String, Decimal)>, RandomState>);

impl Parts {
    /// What a part pays for, the nearest to the money first: attributes of БП 3.0, УТ 11 and УНФ, and of EnterpriseData.
    const PAID_FOR: [&str; 15] = [
        "СчетНаОплату_Key",
        "СчетНаОплату (ссылка)",
        "СчетНаОплатуПокупателю_Key",
        "СчетНаОплатуПокупателю (ссылка)",
        "Заказ_Key",
        "Заказ (ссылка)",
        "ЗаказКлиента_Key",
        "ЗаказПокупателя_Key",
        "Сделка_Key",
        "Сделка (ссылка)",
        "ОснованиеПлатежа (ссылка)",
        "ОснованиеПлатежа_Key",
        "ОбъектРасчетов (ссылка)",
        "Документ (ссылка)",
        "Документ_Key",
    ];
    const AMOUNT: [&str; 3] = ["СуммаПлатежа", "Сумма", "СуммаВзаиморасчетов"];

    pub(super) fn add(&mut self, table: &RawTable) {
        if !(table.kind.starts_with("Документ.") && table.kind.ends_with(".РасшифровкаПлатежа"))
        {
            return;
        }
        let columns =
            |headings: &[&str]| headings.iter().filter_map(|heading| table.column(heading)).collect::<Vec<_>>();
        let first = |columns: &[usize], row: usize| {
            columns.iter().map(|&at| table.get(at, row).trim()).find(|text| !text.is_empty())
        };
        let (owner, paid_for, amount) =
            (columns(&["Ref_Key", "Ссылка"]), columns(&Self::PAID_FOR), columns(&Self::AMOUNT));
        for row in 0..table.len() {
            let Some(owner) = first(&owner, row) else { continue };
            let Some(amount) = first(&amount, row).and_then(|text| Decimal::parse(text).ok()) else { continue };
            let of = self.0.entry(owner.to_owned()).or_default();
            // A part that names nothing is kept: the payment has more than one.
            let paid_for = first(&paid_for, row).unwrap_or_default();
            match of.iter_mut().find(|(known, _)| known == paid_for) {
                Some((_, sum)) => *sum = sum.checked_add(amount).unwrap_or(*sum),
                None => of.push((paid_for.to_owned(), amount)),
            }
        }
    }

    /// Adds to a table of payments what each pays for: the one document, or the list of them with their sums.
    pub(super) fn tell(&self, table: &mut RawTable) {
        let is_payment =
            paper(&table.kind).is_some_and(|(name, part)| part.is_none() && money_comes_in(name).is_some());
        if self.0.is_empty() || !is_payment {
            return;
        }
        let of = |cells: &[&str]| cells.iter().find_map(|guid| self.0.get(*guid));
        derive(table, ONLY_PART, &["Ref_Key", "Ссылка"], |cells| match of(cells).map(Vec::as_slice) {
            Some([(paid_for, _)]) => paid_for.clone(),
            _ => String::new(),
        });
        derive(table, PARTS, &["Ref_Key", "Ссылка"], |cells| match of(cells) {
            Some(parts) if parts.len() > 1 => {
                let lines = parts.iter().map(|(paid_for, amount)| format!("{paid_for}={amount}"));
                lines.collect::<Vec<_>>().join("\n")
            }
            _ => String::new(),
        });
    }
}

/// Payments of CommerceML; [`crate::ingest`] tells them from other documents by `ХозОперация`.
pub(super) const SITE_PAYMENT: &str = "Документ.Оплата";

/// Name and tabular section of a document of 1C.
fn paper(kind: &str) -> Option<(&str, Option<&str>)> {
    let name = kind.strip_prefix("Документ.").filter(|_| !matches!(kind, "Документ.Товар" | SITE_PAYMENT))?;
    Some(name.split_once('.').map_or((name, None), |(name, section)| (name, Some(section))))
}

fn headings_of(kind: &str) -> Headings {
    match kind {
        "Товар" => PRODUCT,
        "Предложение" => OFFER,
        "Цена" => PRICE,
        "Остаток" => STOCK,
        "Документ" | SITE_PAYMENT => DOCUMENT,
        "Документ.Товар" => DOCUMENT_LINE,
        "УПД" => UPD,
        "УПД.Товар" => UPD_LINE,
        "Банк.Документ" => BANK,
        "Справочник.Номенклатура" => GOODS,
        "Справочник.ДоговорыКонтрагентов" | "Справочник.Договоры" => {
            CONTRACT
        }
        kind if is_balance(kind) => BALANCE,
        kind => match paper(kind) {
            Some((_, Some(_))) => SECTION,
            Some((_, None)) => PAPER,
            None => &[],
        },
    }
}

/// What a heading serves in a table of this kind, and its rank; `None` when the kind does not say.
pub(super) fn field_of(kind: &str, heading: &str) -> Option<Option<(Field, usize)>> {
    let headings = headings_of(kind);
    if headings.is_empty() {
        return None;
    }
    let folded = fold(heading);
    let rank = headings.iter().position(|(name, _)| *name == folded)?;
    Some(headings[rank].1.map(|field| (field, rank)))
}

/// Whether a reader says what stands in a column in another one too: in a bank statement whose money went where.
pub(super) fn is_told_elsewhere(kind: &str, heading: &str) -> bool {
    let folded = fold(heading);
    kind == "Банк.Документ"
        && (["плательщик", "получатель"].iter().any(|side| folded.starts_with(side))
            || ["направление", "датасписано", "датапоступило"].contains(&folded.as_str()))
}

/// Whether rows of the same id are one record, however many files and rows tell of it: parts of a CommerceML package, a
/// document and the messages about its state.
pub(super) fn is_joined_by_id(kind: &str) -> bool {
    matches!(kind, "Товар" | "Предложение" | "Документ" | SITE_PAYMENT | "Склад" | "ЕдиницаИзмерения")
}

/// Balances of goods in warehouses among the virtual tables of registers.
pub(super) fn is_balance(kind: &str) -> bool {
    let register = kind.strip_prefix("РегистрНакопления.").and_then(|rest| rest.strip_suffix("/Balance"));
    register.is_some_and(|name| {
        let name = name.to_lowercase();
        ["товарынаскладах", "товарыорганизаций", "запасы", "остатки"].iter().any(|part| name.contains(part))
    })
}

/// Whether a document of 1C by its name moves money into or out of a bank or a till; `None` for others. EnterpriseData
/// shortens the names: receipts `ПБДС…` and `ПКО…`, payments `СБДС…` and `РКО…`.
pub(super) fn money_comes_in(name: &str) -> Option<bool> {
    const IN: [&str; 7] = [
        "ПоступлениеНаРасчетныйСчет",
        "ПоступлениеБезналичныхДенежныхСредств",
        "ПоступлениеНаСчет",
        "ПриходныйКассовыйОрдер",
        "ПоступлениеВКассу",
        "ОплатаПлатежнойКартой",
        "ОперацияПоПлатежнойКарте",
    ];
    const OUT: [&str; 5] = [
        "СписаниеСРасчетногоСчета",
        "СписаниеБезналичныхДенежныхСредств",
        "РасходСоСчета",
        "РасходныйКассовыйОрдер",
        "РасходИзКассы",
    ];
    match name {
        _ if IN.contains(&name) || name.starts_with("ПБДС") || name.starts_with("ПКО") => Some(true),
        _ if OUT.contains(&name) || name.starts_with("СБДС") || name.starts_with("РКО") => Some(false),
        _ => None,
    }
}

/// Adds the columns that the mapping of a kind reads.
pub(super) fn prepare(table: &mut RawTable) {
    let kind = table.kind.clone();
    match kind.as_str() {
        "Товар" | "Предложение" => {
            // A variant names its product before the sign.
            derive(table, BASE_PRODUCT, &["Ид"], |cells| {
                cells[0].split_once('#').map_or("", |(base, _)| base).to_owned()
            });
        }
        "Документ" | SITE_PAYMENT => {
            derive(table, SITE_NUMBER, &["Номер1С", "Номер"], |cells| {
                if cells[0].is_empty() || cells[0] == cells[1] { String::new() } else { cells[1].to_owned() }
            });
            if kind == SITE_PAYMENT {
                derive(table, INCOMING, &["Направление"], incoming);
            }
        }
        "Документ.Товар" => line_ids(table, "ВладелецИд", "НомерСтроки", ""),
        // A tax invoice alone is no paper of shipment.
        "УПД" => derive(table, DOCUMENT_KIND, &["Функция"], |cells| {
            if cells[0] == "СЧФ" { "СчетФактура" } else { "УПД" }.to_owned()
        }),
        "УПД.Товар" => line_ids(table, "ВладелецИд", "НомСтр", ""),
        "Банк.Документ" => derive(table, INCOMING, &["Направление"], incoming),
        // УТ 11, register СвободныеОстатки: what is set aside from the stock, and what came for an order.
        kind if is_balance(kind) => {
            derive(table, RESERVED, &["ВРезервеСоСкладаBalance", "ВРезервеПодЗаказBalance"], sum);
        }
        _ => match paper(&kind) {
            Some((name, None)) => {
                derive(table, DOCUMENT_KIND, &[], |_| name.to_owned());
                if let Some(comes) = money_comes_in(name) {
                    derive(table, INCOMING, &[], |_| comes.to_string());
                }
            }
            Some((_, Some(section))) => {
                let odata = table.column("Ref_Key").is_some();
                let [owner, number] =
                    if odata { ["Ref_Key", "LineNumber"] } else { ["Ссылка", "НомерСтроки"] };
                // Goods and services of one document are both numbered from one.
                line_ids(table, owner, number, &format!("{section}#"));
            }
            None => {}
        },
    }
}

fn incoming(cells: &[&str]) -> String {
    match cells[0] {
        "поступление" => "true",
        "списание" => "false",
        _ => "",
    }
    .to_owned()
}

/// A list of a bank or of 1C («Банковские выписки») has a column for money that came and one for money that went: adds the
/// sum, and which way it went. Columns of other things («Поступление: Да») are left alone.
pub(super) fn both_ways(table: &mut RawTable) {
    // The debit of a bank's statement is money that went; the card of an account in 1C says the contrary, and no purpose.
    const CAME: [&str; 8] = [
        "поступление",
        "поступило",
        "приход",
        "сумма поступления",
        "кредит",
        "по кредиту",
        "сумма по кредиту",
        "оборот кт",
    ];
    const WENT: [&str; 8] =
        ["списание", "списано", "расход", "сумма списания", "дебет", "по дебету", "сумма по дебету", "оборот дт"];
    let names_of = |heading: &str| fold(heading).rsplit(" / ").next().unwrap_or_default().to_owned();
    let of_bank = table.columns.iter().any(|c| fold(&c.heading).contains("назначение"));
    let sums = |names: &[&str]| {
        let names = if of_bank { names } else { &names[..4] };
        let is_sum = |text: &str| {
            text.chars().any(|c| c.is_ascii_digit())
                && text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || matches!(c, '.' | ',' | '-' | '\''))
        };
        let at = table.columns.iter().position(|c| names.contains(&names_of(&c.heading).as_str()))?;
        let mut filled = table.columns[at].cells.iter().map(str::trim).filter(|text| !text.is_empty()).peekable();
        (filled.peek().is_some() && filled.all(is_sum)).then(|| table.columns[at].heading.clone())
    };
    let (came, went) = (sums(&CAME), sums(&WENT));
    if came.is_none() && went.is_none() {
        return;
    }
    let from = [came.as_deref().unwrap_or_default(), went.as_deref().unwrap_or_default()];
    let is_nothing = |text: &str| text.chars().all(|c| matches!(c, '0' | ',' | '.'));
    if !table.columns.iter().any(|c| fold(&c.heading) == "сумма") {
        derive(table, "сумма", &from, |cells| if is_nothing(cells[0]) { cells[1] } else { cells[0] }.to_owned());
    }
    derive(table, "приход/расход", &from, |cells| match cells {
        [came, _] if !is_nothing(came) => "приход".to_owned(),
        [_, went] if !is_nothing(went) => "расход".to_owned(),
        _ => String::new(),
    });
}

/// Sum of cells; nothing where none has a number, and what does not read is passed on as it is.
fn sum(cells: &[&str]) -> String {
    let mut total: Option<Decimal> = None;
    for cell in cells.iter().filter(|cell| !cell.is_empty()) {
        let more = Decimal::parse(cell).ok().and_then(|n| total.unwrap_or_default().checked_add(n));
        match more {
            Some(sum) => total = Some(sum),
            None => return (*cell).to_owned(),
        }
    }
    total.map_or_else(String::new, |total| total.to_string())
}

fn line_ids(table: &mut RawTable, owner: &str, number: &str, section: &str) {
    derive(table, LINE_ID, &[owner, number], |cells| {
        if cells[0].is_empty() || cells[1].is_empty() {
            return String::new();
        }
        format!("{}#{section}{}", cells[0], cells[1])
    });
}

/// Adds a column made of the cells under `from`, empty where the table has no such column.
fn derive(table: &mut RawTable, heading: &str, from: &[&str], make: impl Fn(&[&str]) -> String) {
    let columns: Vec<Option<usize>> = from.iter().map(|heading| table.column(heading)).collect();
    let mut cells = TextColumn::new();
    for row in 0..table.len() {
        let values: Vec<&str> = columns.iter().map(|at| at.map_or("", |at| table.get(at, row).trim())).collect();
        cells.push(&make(&values));
    }
    if cells.filled() > 0 {
        table.columns.push(RawColumn { heading: heading.to_owned(), cells });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Headings; 14] = [
        PRODUCT,
        OFFER,
        PRICE,
        STOCK,
        DOCUMENT,
        DOCUMENT_LINE,
        UPD,
        UPD_LINE,
        BANK,
        PAPER,
        SECTION,
        CONTRACT,
        GOODS,
        BALANCE,
    ];

    #[test]
    fn headings_are_folded_and_stand_once() {
        for headings in ALL {
            for (at, (name, _)) in headings.iter().enumerate() {
                assert_eq!(fold(name), *name, "written as `fold` gives it");
                assert!(headings[..at].iter().all(|(other, _)| other != name), "{name}");
            }
        }
    }

    #[test]
    fn money_of_two_columns() {
        let of = |headings: &[&str], rows: &[&[&str]]| {
            let mut table = RawTable::new(crate::model::Place::file("a.csv"), "");
            for (at, heading) in headings.iter().enumerate() {
                let cells = rows.iter().map(|row| row[at]).collect();
                table.columns.push(RawColumn { heading: (*heading).to_owned(), cells });
            }
            table.rows = (2..2 + rows.len() as u32).collect();
            both_ways(&mut table);
            let cell = |heading, row| table.column(heading).map_or("-", |at| table.get(at, row)).to_owned();
            (0..rows.len())
                .map(|row| format!("{} {}", cell("сумма", row), cell("приход/расход", row)))
                .collect::<Vec<_>>()
        };
        let rows: &[&[&str]] = &[&["1\u{a0}234,56", ""], &["0,00", "50"], &["", ""]];
        assert_eq!(of(&["Поступление", "Списание"], rows), ["1\u{a0}234,56 приход", "50 расход", " "]);
        assert_eq!(of(&["Поступило", "Комментарий"], &[&["5", "х"]]), ["5 приход"]);
        let bank: &[&[&str]] = &[&["", "7", "Оплата"], &["5", "", "Аренда"]];
        assert_eq!(of(&["Сумма / Дебет", "Сумма / Кредит", "Назначение платежа"], bank), ["7 приход", "5 расход"]);
        assert_eq!(of(&["Дебет", "Кредит", "Документ"], bank), ["- -", "- -"], "the card of an account");
        assert_eq!(of(&["Поступление", "Сумма"], &[&["Да", "5"]]), ["- -"]);
    }

    #[test]
    fn kinds_overrule_aliases() {
        for (kind, heading, expected) in [
            ("Документ.Товар", "Ид", Some(Some(Field::ProductId))),
            ("Документ.Товар", "Количество", None),
            ("Документ.РеализацияТоваровУслуг.Товары", "Ref_Key", Some(Some(Field::DocumentId))),
            ("Документ.РеализацияТоваровУслуг", "Ref_Key", None),
            ("Банк.Документ", "Код", Some(None)),
            ("Банк.Документ", "ПлательщикСчет", Some(None)),
            ("Документ", "Основание", Some(Some(Field::BasisId))),
            ("crm.deal", "Код", None),
            ("", "Номер1С", None),
        ] {
            let got = field_of(kind, heading).map(|found| found.map(|(field, _)| field));
            assert_eq!(got, expected, "{kind} {heading}");
        }
    }

    #[test]
    fn money_and_balances_are_told_by_name() {
        for (name, expected) in [
            ("ПБДСРасчетыСКонтрагентами", Some(true)),
            ("РКОРасчетыСКонтрагентами", Some(false)),
            ("ПоступлениеНаРасчетныйСчет", Some(true)),
            ("РасходИзКассы", Some(false)),
            ("ПоступлениеТоваровУслуг", None),
        ] {
            assert_eq!(money_comes_in(name), expected, "{name}");
        }
        assert!(is_balance("РегистрНакопления.ТоварыНаСкладах/Balance"));
        assert!(!is_balance("РегистрНакопления.ТоварыНаСкладах"));
        assert!(!is_balance("РегистрНакопления.РасчетыСКлиентами/Balance"));
    }
}
