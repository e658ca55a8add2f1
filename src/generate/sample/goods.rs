//! Goods of the sample: a catalogue, stores and stock of the CRM in CSV, the same of 1C in CommerceML, with planted
//! defects or without any.

use std::fmt::Write as _;

use super::account::Account;
use super::plan::{Plan, Planted, key};
use super::world::Source;
use crate::model::{Entity, Side};

/// A product as both systems hold it.
#[derive(Clone)]
struct Good {
    crm: Option<Sheet>,
    onec: Option<Sheet>,
}

impl Good {
    fn sheets(&mut self) -> impl Iterator<Item = &mut Sheet> {
        self.crm.as_mut().into_iter().chain(self.onec.as_mut())
    }
}

/// A product as one system holds it; texts as that system writes them.
#[derive(Clone)]
struct Sheet {
    id: String,
    name: String,
    article: String,
    barcode: String,
    unit: String,
    vat: String,
    vat_included: bool,
    price: String,
    currency: String,
    service: bool,
    kit: bool,
    /// Units in a package; empty without one.
    package: String,
    deleted: bool,
    /// The GUID of 1C, as an earlier exchange left it.
    external: String,
    /// Warehouse, quantity, reserve.
    stock: Vec<(usize, i64, i64)>,
    /// Variants of 1C.
    variants: Vec<&'static str>,
}

/// Names of goods with their unit and price in roubles; the last ones are services.
const GOODS: [(&str, &str, u32); 44] = [
    ("Гвоздь строительный 4×100", "кг", 142),
    ("Гвоздь строительный 4×120", "кг", 142),
    ("Гвоздь финишный 1,8×40", "кг", 320),
    ("Саморез по дереву 3,5×35", "кг", 268),
    ("Саморез по дереву 3,5×55", "кг", 274),
    ("Болт М8х40 оцинкованный", "шт", 12),
    ("Болт М10х60 оцинкованный", "шт", 21),
    ("Гайка М8 оцинкованная", "шт", 4),
    ("Краска фасадная белая 0,9 л", "шт", 540),
    ("Краска фасадная белая 2,7 л", "шт", 1430),
    ("Краска фасадная серая 2,7 л", "шт", 1490),
    ("Эмаль ПФ-115 красная 1,9 кг", "шт", 610),
    ("Грунтовка глубокого проникновения 10 л", "шт", 890),
    ("Шпатлёвка гипсовая 20 кг", "шт", 615),
    ("Штукатурка цементная 25 кг", "шт", 480),
    ("Клей плиточный 25 кг", "шт", 455),
    ("Плитка настенная бежевая 200×300 мм", "м2", 890),
    ("Керамогранит серый 600×600 мм", "м2", 1290),
    ("Ламинат дуб натуральный 33 класс", "м2", 1150),
    ("Плинтус напольный дуб 2,5 м", "шт", 260),
    ("Кабель ВВГнг 3х1,5", "м", 84),
    ("Кабель ВВГнг 3х2,5", "м", 128),
    ("Провод ПВС 2х0,75", "м", 39),
    ("Лампа светодиодная Е27 12 Вт", "шт", 115),
    ("Розетка двойная с заземлением", "шт", 245),
    ("Выключатель одноклавишный белый", "шт", 178),
    ("Дрель ударная 850 Вт", "шт", 5400),
    ("Шуруповёрт аккумуляторный 18 В", "шт", 7900),
    ("Перфоратор SDS-Plus 800 Вт", "шт", 9200),
    ("Диск отрезной по металлу 125×1,2 мм", "шт", 46),
    ("Круг лепестковый 125 мм Р60", "шт", 135),
    ("Пена монтажная зимняя 850 мл", "шт", 520),
    ("Герметик силиконовый прозрачный 280 мл", "шт", 310),
    ("Утеплитель минераловатный 50 мм", "упак", 1780),
    ("Гипсокартон влагостойкий 12,5 мм", "лист", 520),
    ("Профиль потолочный 60×27 3 м", "шт", 189),
    ("Доска обрезная 50×150×6000", "м3", 18500),
    ("Брус строганый 100×100×6000", "м3", 21500),
    ("Перчатки рабочие хлопковые", "пар", 38),
    ("Рулетка измерительная 5 м", "шт", 290),
    ("Уровень строительный 600 мм", "шт", 740),
    ("Лестница трансформер 4×4", "шт", 8900),
    ("Монтаж окна", "шт", 3500),
    ("Доставка по городу", "шт", 900),
];
const FIRST_SERVICE: usize = 42;
/// The product whose article is taken away in 1C.
pub const NO_ARTICLE: usize = 2;

/// Types of prices of the CRM, and the product that has one of the second.
const RETAIL: &str = "Розничная";
const DEALER: &str = "Дилерская";
const DEALER_PRICE: usize = 8;
/// Goods of the price list of the CRM.
const LISTED: usize = 12;

/// Warehouses: the name in the CRM and in 1C.
const STORES: [(&str, &str); 3] =
    [("Склад Основной", "Основной склад"), ("Склад Тверь", "Тверь склад"), ("Магазин на Мира", "Магазин на Мира")];

/// All goods and warehouses of the sample.
pub struct Goods {
    goods: Vec<Good>,
    /// CRM id, 1C id, names; an empty name where a side has none.
    stores: Vec<[String; 4]>,
    /// The CRM has a price for dealers.
    dealer: bool,
}

fn guid(kind: u32, n: usize) -> String {
    format!("{kind:08x}-0a1b-11f0-8d2e-00155d{n:06x}")
}

/// A barcode of EAN-13 in a range that nobody holds, with its check digit.
fn ean(n: usize) -> String {
    let body = format!("46099990{n:04}");
    let sum: u32 = body.bytes().enumerate().map(|(at, b)| u32::from(b - b'0') * if at % 2 == 1 { 3 } else { 1 }).sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

impl Goods {
    /// The clean world.
    pub fn new() -> Goods {
        let goods = GOODS
            .iter()
            .enumerate()
            .map(|(at, &(name, unit, price))| {
                let service = at >= FIRST_SERVICE;
                let stock = if service { Vec::new() } else { vec![(at % 2, 40 + 7 * at as i64 % 90, at as i64 % 4)] };
                let onec = Sheet {
                    id: guid(0x6f10_0000, at + 1),
                    name: name.to_owned(),
                    article: format!("РТ-{:04}", 1200 + 7 * at),
                    barcode: if service || at % 3 == 2 { String::new() } else { ean(at + 1) },
                    unit: unit.to_owned(),
                    vat: "22".to_owned(),
                    vat_included: true,
                    price: format!("{price}.00"),
                    currency: "RUB".to_owned(),
                    service,
                    kit: false,
                    package: if at % 7 == 4 { "25".to_owned() } else { String::new() },
                    deleted: false,
                    external: String::new(),
                    stock,
                    variants: Vec::new(),
                };
                let crm = Sheet {
                    id: (501 + at).to_string(),
                    // The CRM writes numbers and units in its own way.
                    name: name.replace('×', "x").replace("0,9 л", "900 мл"),
                    price: price.to_string(),
                    vat: "22%".to_owned(),
                    external: if at % 5 == 0 { onec.id.clone() } else { String::new() },
                    ..onec.clone()
                };
                Good { crm: Some(crm), onec: Some(onec) }
            })
            .collect();
        let stores = STORES
            .iter()
            .enumerate()
            .map(|(at, (crm, onec))| {
                [(at + 1).to_string(), guid(0x5c20_0000, at + 1), (*crm).to_owned(), (*onec).to_owned()]
            })
            .collect();
        Goods { goods, stores, dealer: false }
    }

    /// CRM id and price in kopecks of each base product.
    pub fn sold(&self) -> Vec<(String, i64)> {
        let sheets = self.goods.iter().zip(&GOODS);
        let of = |good: &Good| good.crm.as_ref().map_or_else(String::new, |sheet| sheet.id.clone());
        sheets.map(|(good, (_, _, price))| (of(good), i64::from(*price) * 100)).collect()
    }

    /// Name and unit of a base product in the CRM.
    pub fn crm_name(&self, at: usize) -> (&str, &str) {
        self.goods[at].crm.as_ref().map_or(("", ""), |sheet| (&sheet.name, &sheet.unit))
    }

    pub fn onec_id(&self, at: usize) -> &str {
        self.goods[at].onec.as_ref().map_or("", |sheet| &sheet.id)
    }

    /// Switches a base product off in the CRM; its id there.
    pub fn archive(&mut self, at: usize) -> String {
        let sheet = self.crm(at);
        sheet.deleted = true;
        sheet.id.clone()
    }

    fn crm(&mut self, at: usize) -> &mut Sheet {
        self.goods[at].crm.as_mut().expect("every base product stands in both systems")
    }

    fn onec(&mut self, at: usize) -> &mut Sheet {
        self.goods[at].onec.as_mut().expect("every base product stands in both systems")
    }

    /// A second card of a product on one side.
    fn copy(&mut self, side: Side, at: usize, change: impl FnOnce(&mut Sheet)) -> String {
        let n = self.goods.len();
        let mut sheet = if side == Side::Crm { self.crm(at).clone() } else { self.onec(at).clone() };
        sheet.id = if side == Side::Crm { (601 + n).to_string() } else { guid(0x6f10_0000, 900 + n) };
        sheet.external = String::new();
        sheet.barcode = String::new();
        sheet.stock = Vec::new();
        change(&mut sheet);
        let id = sheet.id.clone();
        let (crm, onec) = if side == Side::Crm { (Some(sheet), None) } else { (None, Some(sheet)) };
        self.goods.push(Good { crm, onec });
        id
    }

    /// Plants every defect that goods, warehouses and stock can carry.
    pub fn plant(&mut self, plan: &mut Plan) {
        let product = |side, id: &str| key(side, Entity::Product, id);
        let mut found = |check, side, entity, record: &str, others: Vec<String>, note| {
            plan.findings.push(Planted { check, side, entity: Some(entity), record: record.to_owned(), others, note });
        };
        let mut on = |check, side: Side, record: &str, others: Vec<String>, note| {
            found(check, side, Entity::Product, record, others, note);
        };
        use Side::{Crm, Onec};

        self.onec(NO_ARTICLE).article.clear();
        on("pr-article-missing", Onec, &self.onec(NO_ARTICLE).id.clone(), vec![], "no article");
        let other = self.copy(Onec, 3, |s| s.name = "Саморез чёрный крупный шаг".to_owned());
        on("pr-article-dup", Onec, &self.onec(3).id.clone(), vec![product(Onec, &other)], "one article, two products");
        let other = self.copy(Crm, 5, |s| {
            s.article = s.article.replace("РТ", "PT");
            s.name = "Болт усиленный".to_owned();
        });
        on(
            "pr-article-lookalike",
            Crm,
            &self.crm(5).id.clone(),
            vec![product(Crm, &other)],
            "Latin PT against Cyrillic РТ",
        );
        let barcode = &mut self.crm(6).barcode;
        let last = barcode.pop().map_or(0, |c| c as u8 - b'0');
        barcode.push(char::from(b'0' + (last + 1) % 10));
        on("pr-barcode-checksum", Crm, &self.crm(6).id.clone(), vec![], "the check digit is one too great");
        let code = self.onec(9).barcode.clone();
        self.onec(10).barcode = code;
        on(
            "pr-barcode-dup",
            Onec,
            &self.onec(9).id.clone(),
            vec![product(Onec, &self.onec(10).id.clone())],
            "grey paint has the barcode of white",
        );
        let other = self.copy(Crm, 12, |s| {
            s.name = "Грунтовки глубокого проникновения 10л".to_owned();
            s.article.clear();
        });
        on("pr-article-missing", Crm, &other, vec![], "the second card has no article");
        on("pr-name-dup", Crm, &self.crm(12).id.clone(), vec![product(Crm, &other)], "the same name written otherwise");
        self.crm(33).unit = "шт".to_owned();
        on(
            "pr-unit-drift",
            Crm,
            &self.crm(33).id.clone(),
            vec![product(Onec, &self.onec(33).id.clone())],
            "pieces against packs",
        );
        self.crm(34).unit = "листик".to_owned();
        on("pr-unit-unknown", Crm, &self.crm(34).id.clone(), vec![], "no such unit");
        self.crm(16).vat = "10%".to_owned();
        on(
            "pr-vat-drift",
            Crm,
            &self.crm(16).id.clone(),
            vec![product(Onec, &self.onec(16).id.clone())],
            "10 % against 22 %",
        );
        for sheet in self.goods[17].sheets() {
            sheet.vat = "20".to_owned();
        }
        on("pr-vat-expired", Crm, &self.crm(17).id.clone(), vec![], "20 % in November 2026");
        on("pr-vat-expired", Onec, &self.onec(17).id.clone(), vec![], "20 % in November 2026");
        self.crm(18).vat = "0%".to_owned();
        self.onec(18).vat = "Без НДС".to_owned();
        on(
            "pr-vat-none-vs-zero",
            Crm,
            &self.crm(18).id.clone(),
            vec![product(Onec, &self.onec(18).id.clone())],
            "0 % against no VAT",
        );
        self.crm(26).price = "5150".to_owned();
        on(
            "pr-price-drift",
            Crm,
            &self.crm(26).id.clone(),
            vec![product(Onec, &self.onec(26).id.clone())],
            "5,150 against 5,400",
        );
        self.crm(28).currency = "USD".to_owned();
        self.crm(28).price = "105".to_owned();
        on(
            "pr-currency-drift",
            Crm,
            &self.crm(28).id.clone(),
            vec![product(Onec, &self.onec(28).id.clone())],
            "105 dollars against 9,200 roubles",
        );
        self.crm(36).vat_included = false;
        on(
            "pr-vat-included-flag",
            Crm,
            &self.crm(36).id.clone(),
            vec![product(Onec, &self.onec(36).id.clone())],
            "the tax on top against the tax in the price",
        );
        self.crm(4).package = "20".to_owned();
        on(
            "pr-unit-coefficient",
            Crm,
            &self.crm(4).id.clone(),
            vec![product(Onec, &self.onec(4).id.clone())],
            "twenty against twenty-five in a package",
        );
        self.onec(11).package = "0".to_owned();
        on("pr-unit-coefficient", Onec, &self.onec(11).id.clone(), vec![], "nothing in a package");
        self.crm(41).kit = true;
        on(
            "pr-kit-structure",
            Crm,
            &self.crm(41).id.clone(),
            vec![product(Onec, &self.onec(41).id.clone())],
            "a kit against a product",
        );
        self.crm(42).service = false;
        on(
            "pr-kind-drift",
            Crm,
            &self.crm(42).id.clone(),
            vec![product(Onec, &self.onec(42).id.clone())],
            "goods against a service",
        );
        self.onec(38).variants = vec!["Размер: S", "Размер: M", "Размер: L"];
        let id = self.onec(38).id.clone();
        let mut others = vec![product(Onec, &id)];
        others.extend((1..=3).map(|n| product(Onec, &format!("{id}#{}", guid(0x7a30_0000, n)))));
        on(
            "pr-variant-flattened",
            Crm,
            &self.crm(38).id.clone(),
            others,
            "three sizes of 1C are one product of the CRM",
        );

        self.stores.push(["4".to_owned(), String::new(), "Выставочный зал".to_owned(), String::new()]);
        found("wh-unmapped", Crm, Entity::Warehouse, "4", vec![], "only the CRM has it");
        let twin = guid(0x5c20_0000, 9);
        self.stores.push([String::new(), twin.clone(), String::new(), "Склад основной".to_owned()]);
        let first = self.stores[0][1].clone();
        found(
            "wh-dup",
            Onec,
            Entity::Warehouse,
            &first,
            vec![key(Onec, Entity::Warehouse, &twin)],
            "the main warehouse twice",
        );
        let at = 20;
        self.crm(at).stock[0].1 += 60;
        let (crm, onec) = (self.crm(at).clone(), self.onec(at).clone());
        let id = format!("{}@{}", crm.id, self.stores[crm.stock[0].0][2]);
        let other = format!("{}@{}", onec.id, self.stores[onec.stock[0].0][1]);
        found("st-qty-drift", Crm, Entity::Stock, &id, vec![key(Onec, Entity::Stock, &other)], "sixty more");
        let at = 30;
        self.crm(at).stock[0].2 += 5;
        let (crm, onec) = (self.crm(at).clone(), self.onec(at).clone());
        let id = format!("{}@{}", crm.id, self.stores[crm.stock[0].0][2]);
        let other = format!("{}@{}", onec.id, self.stores[onec.stock[0].0][1]);
        found(
            "st-reserve-drift",
            Crm,
            Entity::Stock,
            &id,
            vec![key(Onec, Entity::Stock, &other)],
            "five more reserved",
        );
        let id = format!("{}@{DEALER}", self.crm(DEALER_PRICE).id);
        self.dealer = true;
        found("map-price-type-unmapped", Crm, Entity::Price, &id, vec![], "a type of prices that 1C has not");
        let at = 24;
        for sheet in self.goods[at].sheets() {
            sheet.stock[0].1 = -3;
        }
        let (crm, onec) = (self.crm(at).clone(), self.onec(at).clone());
        let id = format!("{}@{}", crm.id, self.stores[crm.stock[0].0][2]);
        found("st-negative", Crm, Entity::Stock, &id, vec![], "three below zero");
        let id = format!("{}@{}", onec.id, self.stores[onec.stock[0].0][1]);
        found("st-negative", Onec, Entity::Stock, &id, vec![], "three below zero");
    }

    /// The files of both sides as (path, bytes).
    pub fn files(&self, account: &mut Account) -> Vec<(String, Vec<u8>)> {
        vec![
            (Source::CrmProducts.path().to_owned(), self.crm_products(account)),
            (Source::CrmStores.path().to_owned(), self.crm_stores(account)),
            (Source::CrmStock.path().to_owned(), self.crm_stock(account)),
            (Source::CrmPrices.path().to_owned(), self.crm_prices(account)),
            (format!("{}/import.xml", Source::OnecGoods.path()), self.onec_import(account)),
            (format!("{}/offers.xml", Source::OnecGoods.path()), self.onec_offers(account)),
        ]
    }

    fn crm_products(&self, account: &mut Account) -> Vec<u8> {
        let mut out = String::from(
            "\u{feff}ID;Название;Артикул;Штрихкод;Цена;Валюта;Единица измерения;Ставка НДС;НДС включен;Тип;\
             Количество в упаковке;Внешний код;Активность\r\n",
        );
        for sheet in self.goods.iter().filter_map(|g| g.crm.as_ref()) {
            let _ = write!(
                out,
                "{};\"{}\";{};{};{};{};{};{};{};{};{};{};{}\r\n",
                sheet.id,
                sheet.name,
                sheet.article,
                sheet.barcode,
                sheet.price,
                sheet.currency,
                sheet.unit,
                sheet.vat,
                if sheet.vat_included { "Y" } else { "N" },
                match (sheet.kit, sheet.service) {
                    (true, _) => "Комплект",
                    (false, true) => "Услуга",
                    (false, false) => "Товар",
                },
                sheet.package,
                sheet.external,
                if sheet.deleted { "N" } else { "Y" },
            );
            account.loaded(Source::CrmProducts, 1);
        }
        out.into_bytes()
    }

    fn crm_stores(&self, account: &mut Account) -> Vec<u8> {
        let mut out = String::from("\u{feff}ID;Название\r\n");
        for [id, _, name, _] in self.stores.iter().filter(|s| !s[2].is_empty()) {
            let _ = write!(out, "{id};{name}\r\n");
            account.loaded(Source::CrmStores, 1);
        }
        out.into_bytes()
    }

    fn crm_stock(&self, account: &mut Account) -> Vec<u8> {
        let mut out = String::from("\u{feff}ID товара;Товар;Склад;Количество;В резерве\r\n");
        for sheet in self.goods.iter().filter_map(|g| g.crm.as_ref()) {
            for &(store, quantity, reserve) in &sheet.stock {
                let _ =
                    write!(out, "{};\"{}\";{};{quantity};{reserve}\r\n", sheet.id, sheet.name, self.stores[store][2]);
                account.loaded(Source::CrmStock, 1);
            }
        }
        out.into_bytes()
    }

    fn crm_prices(&self, account: &mut Account) -> Vec<u8> {
        let mut out = String::from("\u{feff}ID товара;Товар;Вид цены;Цена;Валюта\r\n");
        let mut put = |sheet: &Sheet, of: &str, price: &str| {
            let _ = write!(out, "{};\"{}\";{of};{price};{}\r\n", sheet.id, sheet.name, sheet.currency);
            account.loaded(Source::CrmPrices, 1);
        };
        for (at, sheet) in self.goods[..LISTED].iter().enumerate().filter_map(|(at, g)| Some((at, g.crm.as_ref()?))) {
            put(sheet, RETAIL, &sheet.price);
            if self.dealer && at == DEALER_PRICE {
                put(sheet, DEALER, "499");
            }
        }
        out.into_bytes()
    }

    /// Rows of the register of free stock: GUIDs of product and warehouse, quantity, reserve.
    pub fn onec_balances(&self) -> Vec<(&str, &str, i64, i64)> {
        let sheets = self.goods.iter().filter_map(|g| g.onec.as_ref()).filter(|sheet| sheet.variants.is_empty());
        let rows = sheets.flat_map(|sheet| sheet.stock.iter().map(move |row| (&*sheet.id, row)));
        rows.map(|(id, &(store, quantity, reserve))| (id, &*self.stores[store][1], quantity, reserve)).collect()
    }

    fn onec_import(&self, account: &mut Account) -> Vec<u8> {
        let mut out = head();
        out.push_str(
            "\t<Классификатор>\n\t\t<Ид>c1</Ид>\n\t\t<Наименование>Классификатор</Наименование>\n\t\t<Склады>\n",
        );
        for [_, id, _, name] in self.stores.iter().filter(|s| !s[3].is_empty()) {
            let _ = writeln!(
                out,
                "\t\t\t<Склад><Ид>{id}</Ид><Наименование>{}</Наименование></Склад>",
                super::onec_files::xml(name)
            );
            account.loaded(Source::OnecGoods, 1);
        }
        out.push_str("\t\t</Склады>\n\t</Классификатор>\n\t<Каталог СодержитТолькоИзменения=\"false\">\n\t\t<Ид>k1</Ид>\n\t\t<Товары>\n");
        for sheet in self.goods.iter().filter_map(|g| g.onec.as_ref()) {
            let name = super::onec_files::xml(&sheet.name);
            let _ = writeln!(
                out,
                "\t\t\t<Товар>\n\t\t\t\t<Ид>{}</Ид>\n\t\t\t\t<Наименование>{name}</Наименование>",
                sheet.id
            );
            for (element, text) in [("Артикул", &sheet.article), ("Штрихкод", &sheet.barcode)] {
                if !text.is_empty() {
                    let _ = writeln!(out, "\t\t\t\t<{element}>{}</{element}>", super::onec_files::xml(text));
                }
            }
            let _ = writeln!(
                out,
                "\t\t\t\t<БазоваяЕдиница>{}{}</БазоваяЕдиница>\n\t\t\t\t<СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование>\
                 <Ставка>{}</Ставка></СтавкаНалога></СтавкиНалогов>\n\t\t\t\t<ЗначенияРеквизитов><ЗначениеРеквизита>\
                 <Наименование>ТипНоменклатуры</Наименование><Значение>{}</Значение></ЗначениеРеквизита>\
                 </ЗначенияРеквизитов>\n\t\t\t</Товар>",
                sheet.unit,
                match sheet.package.as_str() {
                    "" => String::new(),
                    n => format!("<Пересчет><Единица>778</Единица><Коэффициент>{n}</Коэффициент></Пересчет>"),
                },
                sheet.vat,
                if sheet.service { "Услуга" } else { "Товар" },
            );
            account.loaded(Source::OnecGoods, 1);
        }
        out.push_str("\t\t</Товары>\n\t</Каталог>\n</КоммерческаяИнформация>\n");
        out.into_bytes()
    }

    fn onec_offers(&self, account: &mut Account) -> Vec<u8> {
        let mut out = head();
        out.push_str(
            "\t<ПакетПредложений СодержитТолькоИзменения=\"false\">\n\t\t<Ид>k1#</Ид>\n\t\t<ТипыЦен><ТипЦены><Ид>t1</Ид><Наименование>\
             Розничная</Наименование><Валюта>RUB</Валюта><Налог><Наименование>НДС</Наименование>\
             <УчтеноВСумме>true</УчтеноВСумме></Налог></ТипЦены></ТипыЦен>\n\t\t<Предложения>\n",
        );
        for sheet in self.goods.iter().filter_map(|g| g.onec.as_ref()) {
            let variants: Vec<(String, Option<&str>)> = match sheet.variants.as_slice() {
                [] => vec![(sheet.id.clone(), None)],
                all => all
                    .iter()
                    .enumerate()
                    .map(|(n, text)| (format!("{}#{}", sheet.id, guid(0x7a30_0000, n + 1)), Some(*text)))
                    .collect(),
            };
            for (id, variant) in variants {
                let _ = writeln!(
                    out,
                    "\t\t\t<Предложение>\n\t\t\t\t<Ид>{id}</Ид>\n\t\t\t\t<Наименование>{}</Наименование>",
                    super::onec_files::xml(&sheet.name)
                );
                if let Some((name, value)) = variant.and_then(|v| v.split_once(": ")) {
                    let _ = writeln!(
                        out,
                        "\t\t\t\t<ХарактеристикиТовара><ХарактеристикаТовара><Наименование>{name}</Наименование><Значение>{value}\
                         </Значение></ХарактеристикаТовара></ХарактеристикиТовара>"
                    );
                }
                let _ = writeln!(
                    out,
                    "\t\t\t\t<Цены><Цена><ИдТипаЦены>t1</ИдТипаЦены><ЦенаЗаЕдиницу>{}</ЦенаЗаЕдиницу><Валюта>{}</Валюта>\
                     <Единица>{}</Единица></Цена></Цены>",
                    sheet.price, sheet.currency, sheet.unit
                );
                // The offer, its price.
                account.loaded(Source::OnecGoods, 2);
                if variant.is_none() {
                    for &(store, quantity, _) in &sheet.stock {
                        let _ = writeln!(
                            out,
                            "\t\t\t\t<Склад ИдСклада=\"{}\" КоличествоНаСкладе=\"{quantity}\"/>",
                            self.stores[store][1]
                        );
                        account.loaded(Source::OnecGoods, 1);
                    }
                }
                out.push_str("\t\t\t</Предложение>\n");
            }
        }
        out.push_str("\t\t</Предложения>\n\t</ПакетПредложений>\n</КоммерческаяИнформация>\n");
        out.into_bytes()
    }
}

fn head() -> String {
    "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<КоммерческаяИнформация xmlns=\"urn:1C.ru:commerceml_2\" \
     ВерсияСхемы=\"2.10\" ДатаФормирования=\"2026-11-24T09:10:00\">\n"
        .to_owned()
}
