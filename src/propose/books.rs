//! What a list that is not one of parties holds, by its headings.

use crate::map::aliases;
use crate::model::{Entity, Field, RawColumn, RawTable};

/// A list is of an entity when it has a field of each group. The first that fits decides: what needs more stands first.
const SIGNS: &[(Entity, &[&[Field]])] = {
    use Field::*;
    const PRODUCTS: &[Field] = &[ProductId, ProductName, Article];
    &[
        // Payments under a contract have numbers too: a plan has a version or what was paid of it.
        (Entity::Instalment, &[&[DduId, DduNumber], &[Date], &[Amount], &[Version, PaidAmount]]),
        (Entity::Ddu, &[&[ObjectId, ObjectName], &[Number], &[Amount], &[RegisteredAt, Escrow, Shares, LoanAmount]]),
        (Entity::Object, &[&[Number], &[Floor, Section, Building, Project], &[Area, Price, PriceMetre, Rooms]]),
        (Entity::Payment, &[&[Date], &[Amount, Incoming], &[Purpose, PartyAccount]]),
        (Entity::Instalment, &[&[DduId, DduNumber], &[Date], &[Amount], &[Number]]),
        (Entity::Line, &[&[DocumentId], PRODUCTS, &[Quantity]]),
        (Entity::Stock, &[PRODUCTS, &[Quantity], &[WarehouseId, WarehouseName]]),
        (Entity::Price, &[PRODUCTS, &[Price], &[PriceType]]),
        (Entity::Deal, &[&[Id, Code, Number], &[Stage], &[Amount], &[Name, Pipeline, ClosedAt]]),
        (Entity::Document, &[&[Number], &[Date], &[Amount]]),
        (Entity::Contract, &[&[Number, Name], &[PartyId, PartyName, PartyInn], &[EndsAt, Kind, Date]]),
        (Entity::Product, &[&[Name], &[Article, Barcode, Unit, VatRate, Price]]),
    ]
};

/// The entity whose signs a table has, and whether nothing else fits as well; the words of a name of a file decide for
/// a catalogue that has a name and little else.
pub(super) fn entity_of(table: &RawTable, name: &str) -> Option<(Entity, bool)> {
    let has = |entity: Entity, fields: &[Field]| {
        let mut headings = table.columns.iter().filter(|c| c.cells.filled() > 0 || table.is_empty());
        headings.any(|c| aliases::field_of(&c.heading, entity).is_some_and(|(field, _)| fields.contains(&field)))
    };
    let fits = |(entity, groups): &&(Entity, &[&[Field]])| groups.iter().all(|group| has(*entity, group));
    let lower = name.to_lowercase();
    let named = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    for (entity, words) in [
        (Entity::Warehouse, &["склад", "warehouse", "store"][..]),
        (Entity::Unit, &["единиц", "units"]),
        (Entity::Contract, &["договор", "contract"]),
    ] {
        if named(words) && has(entity, &[Field::Name, Field::Number]) && !has(entity, &[Field::Amount]) {
            let goods = has(Entity::Stock, &[Field::Quantity]);
            if !goods {
                return Some((entity, true));
            }
        }
    }
    let heading = |words: &[&str]| {
        table
            .columns
            .iter()
            .map(|c| aliases::fold(&c.heading))
            .any(|heading| words.iter().any(|word| heading.contains(word)))
    };
    let column = |word: &str| {
        let last = |c: &RawColumn| aliases::fold(&c.heading).rsplit(" / ").next().is_some_and(|last| last == word);
        table.columns.iter().any(last)
    };
    // A statement of a bank: who paid, what for, and two columns of sums.
    if column("дебет") && column("кредит") && has(Entity::Payment, &[Field::Purpose]) {
        return Some((Entity::Payment, true));
    }
    // «Сделка» alone does not tell: documents of 1C call the order they are made on so.
    if heading(&["этап", "воронк", "стадия", "номер сделки", "№ сделки", "название сделки", "id сделки"])
        && has(Entity::Deal, &[Field::Stage])
        && has(Entity::Deal, &[Field::Amount])
    {
        return Some((Entity::Deal, true));
    }
    let stands = |(entity, groups): &&(Entity, &[&[Field]])| match entity {
        // A waybill names its contract too: a schedule has no counterparty of its own.
        Entity::Instalment => {
            groups.iter().any(|group| group.contains(&Field::Version))
                || !has(Entity::Document, &[Field::PartyName, Field::PartyId, Field::Organisation])
        }
        // The list of old invoices of Bitrix24 has a topic and a status, as deals have.
        Entity::Deal => !heading(&["дата выставления", "тип плательщика"]),
        // Every paper has a number, a date and a counterparty.
        Entity::Contract => heading(&["договор", "contract", "соглашени", "срок действия", "действует"]),
        _ => true,
    };
    if let Some((first, _)) = SIGNS.iter().filter(stands).find(fits) {
        return Some((*first, true));
    }
    let called = named(&["номенклатур", "nomenclat", "товар", "прайс", "price", "product", "goods"]);
    (is_goods(table) || called && has(Entity::Product, &[Field::Name])).then_some((Entity::Product, true))
}

/// Whether a list that has a name and little else is one of goods: it calls the name «Номенклатура» or «Товар», or says
/// how much there is of each.
fn is_goods(table: &RawTable) -> bool {
    const CALLED: [&str; 5] = ["номенклатура", "товар", "наименование товара", "название товара", "товар / услуга"];
    const LEFT: [&str; 8] =
        ["в наличии", "наличие", "остаток", "свободный остаток", "количество", "кол-во", "на складе", "доступно"];
    const OTHERS: [&str; 6] = ["контрагент", "документ", "сумма", "дата", "номер", "договор"];
    let headings: Vec<String> = table.columns.iter().map(|c| aliases::fold(&c.heading)).collect();
    let any = |words: &[&str]| headings.iter().any(|heading| words.contains(&heading.as_str()));
    let has = |fields: &[Field]| {
        let of = |c: &RawColumn| aliases::field_of(&c.heading, Entity::Product);
        table.columns.iter().any(|c| of(c).is_some_and(|(field, _)| fields.contains(&field)))
    };
    has(&[Field::Name]) && has(&[Field::Id, Field::Code]) && (any(&CALLED) || any(&LEFT)) && !any(&OTHERS)
}

/// Whether a table has the signs of an entity, whatever else it has.
pub(super) fn fits(table: &RawTable, entity: Entity) -> bool {
    let has = |fields: &[Field]| {
        let mut headings = table.columns.iter().filter(|c| c.cells.filled() > 0);
        headings.any(|c| aliases::field_of(&c.heading, entity).is_some_and(|(field, _)| fields.contains(&field)))
    };
    SIGNS.iter().any(|(e, groups)| *e == entity && groups.iter().all(|group| has(group)))
}

/// Whether a list is a register of documents with columns of their counterparty in the lower storey: «Документ / Номер»,
/// «Документ / Дата», «Контрагент / Наименование», «Сумма».
pub(super) fn is_register(table: &RawTable) -> bool {
    let has = |field: Field| {
        let mut headings = table.columns.iter();
        headings.any(|c| aliases::field_of(&c.heading, Entity::Document).is_some_and(|(found, _)| found == field))
    };
    let storeys = ["контрагент / ", "покупатель / ", "поставщик / ", "клиент / "];
    let of_party = |heading: &str| storeys.iter().any(|storey| aliases::fold(heading).starts_with(storey));
    [Field::Number, Field::Date, Field::Amount].into_iter().all(has)
        && table.columns.iter().any(|c| of_party(&c.heading))
        && !table.columns.iter().any(|c| matches!(aliases::fold(&c.heading).as_str(), "код" | "наименование" | "id"))
}

/// Whether a list is one of contracts: the counterparty of a contract has a name and an INN too.
pub(super) fn is_contracts(table: &RawTable) -> bool {
    let has = |field: Field| {
        let mut headings = table.columns.iter();
        headings.any(|c| aliases::field_of(&c.heading, Entity::Contract).is_some_and(|(found, _)| found == field))
    };
    let named = |words: &[&str]| table.columns.iter().any(|c| words.contains(&aliases::fold(&c.heading).as_str()));
    // What only an agreement has, whatever its parties are called.
    let agreed = named(&["вид договора", "номер договора", "дата договора", "тип договора"]) || has(Field::EndsAt);
    let sums = table
        .columns
        .iter()
        .any(|c| aliases::field_of(&c.heading, Entity::Document).is_some_and(|(found, _)| found == Field::Amount));
    [Field::Number, Field::Date, Field::PartyName].into_iter().all(has) && agreed && !sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Place, TextColumn};

    #[test]
    fn contracts_have_parties_and_are_none() {
        let check = |headings: &[&str]| {
            let mut table = RawTable::new(Place::file("list.csv"), "");
            for heading in headings {
                table.columns.push(RawColumn { heading: (*heading).to_owned(), cells: TextColumn::from_iter(["1"]) });
            }
            is_contracts(&table)
        };
        assert!(check(&["Наименование", "Номер", "Дата", "Вид договора", "Контрагент", "ИНН", "GUID"]));
        assert!(check(&["ID", "Название", "Номер договора", "Дата договора", "Компания", "ИНН"]));
        assert!(!check(&["Номер", "Дата", "Контрагент", "ИНН", "Договор"]));
        assert!(!check(&["Номер договора", "Дата договора", "Контрагент", "Сумма договора"]));
    }

    #[test]
    fn lists_are_told_by_their_headings() {
        let check = |name: &str, headings: &[&str], expected: Option<Entity>| {
            let mut table = RawTable::new(Place::file(name), "");
            for heading in headings {
                table.columns.push(RawColumn { heading: (*heading).to_owned(), cells: TextColumn::from_iter(["1"]) });
            }
            table.rows = vec![2];
            assert_eq!(entity_of(&table, name).map(|e| e.0), expected, "{headings:?}");
        };
        check("deals.csv", &["ID", "Название сделки", "Стадия сделки", "Сумма", "Компания"], Some(Entity::Deal));
        check("реализации.xlsx", &["Номер", "Дата", "Контрагент", "Сумма", "Проведен"], Some(Entity::Document));
        check("товары.csv", &["Код", "Наименование", "Артикул", "Единица", "Ставка НДС"], Some(Entity::Product));
        check("выписка.csv", &["Дата", "Номер", "Сумма", "Плательщик", "Назначение платежа"], Some(Entity::Payment));
        check("остатки.csv", &["Номенклатура", "Склад", "Количество"], Some(Entity::Stock));
        check("строки.csv", &["Документ", "Номенклатура", "Количество", "Цена", "Сумма"], Some(Entity::Line));
        check("склады.csv", &["Код", "Наименование"], Some(Entity::Warehouse));
        check("шахматка.csv", &["Номер", "Этаж", "Секция", "Площадь", "Статус"], Some(Entity::Object));
        check("list.csv", &["Код", "Наименование"], None);
        check(
            "a.csv",
            &["Дата операции", "Дебет", "Кредит", "Контрагент", "Назначение платежа"],
            Some(Entity::Payment),
        );
        check("a.csv", &["№ сделки", "Клиент", "Сумма, руб.", "Этап воронки", "Менеджер"], Some(Entity::Deal));
        check("a.csv", &["Номер", "от", "Контрагент", "Сумма документа", "Проведен"], Some(Entity::Document));
        let flats = ["ЖК", "Корпус", "Этаж", "№ кв.", "Площадь, м2", "Стоимость, руб.", "Статус", "Покупатель"];
        check("a.csv", &flats, Some(Entity::Object));
        let plan = ["Договор", "Дата платежа (план)", "Сумма платежа (план)", "Сумма оплаты (факт)"];
        check("a.csv", &plan, Some(Entity::Instalment));
        let shipped = ["Номер", "Дата", "Контрагент", "Договор", "Сумма", "Валюта", "Организация"];
        check("a.csv", &shipped, Some(Entity::Document));
        let bank = ["Дата", "Номер", "Вид операции", "Поступление", "Списание", "Контрагент", "Назначение платежа"];
        check("a.csv", &bank, Some(Entity::Payment));
        check("a.csv", &["Номер", "Дата", "Контрагент", "Вид операции"], None);
        check("a.csv", &["Контрагент", "Номер", "Дата", "Вид договора"], Some(Entity::Contract));
        check(
            "a.csv",
            &["order_id", "order_number", "order_date", "customer_id", "total_amount"],
            Some(Entity::Document),
        );
        let bill = ["ID", "Номер", "Тема", "Статус", "Сумма", "Дата выставления", "Тип плательщика"];
        check("a.csv", &bill, Some(Entity::Document));
        check("Номенклатура.xls", &["Код", "Наименование"], Some(Entity::Product));
        check("list.xls", &["Наименование", "Наименование полное", "Код", "В наличии"], Some(Entity::Product));
        check("list.xls", &["№ п/п", "Номенклатура", "Цена (руб.)", "Код"], Some(Entity::Product));
        check("list.xls", &["Номенклатура", "Код"], Some(Entity::Product));
        check("list.xls", &["Товар", "Код", "Контрагент"], None);
        check("prices.csv", &["ID товара", "Товар", "Вид цены", "Цена"], Some(Entity::Price));
        let schedule = ["Код ДДУ", "Номер платежа", "Дата платежа", "Сумма платежа"];
        check("a.csv", &schedule, Some(Entity::Instalment));
        check("a.csv", &[&schedule[..], &["Редакция", "Назначение платежа"]].concat(), Some(Entity::Instalment));
        let paid = ["ID", "Номер", "Дата", "Сумма", "Назначение платежа", "Код ДДУ", "Эскроу", "Вид"];
        check("a.csv", &paid, Some(Entity::Payment));
    }
}
