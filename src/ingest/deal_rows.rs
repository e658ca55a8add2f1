//! Lists of Bitrix24 with the column «Товар»: a deal stands there once for each of its goods.
//!
//! «Товар» becomes three columns, «Товар», «Цена», «Количество», and «Сумма» is then the sum of the row and no longer that of
//! the deal; the other cells repeat, or are empty below the first row. Such a table is divided into its deals
//! (`crm.deal`), each once with the sum of its rows, and their rows of goods (`crm.deal.productrow`, `OWNER_ID`). Lists of
//! leads are the same thing (`crm.lead`).
//!
//! Source: the code of the export of the product (crm.deal.list, CSV and «Excel», 2018 and later).

use std::collections::HashMap;

use super::Extract;
use crate::model::{Money, RawColumn, RawTable, TextColumn};

/// Headings of the columns that make rows of goods; Russian and English portals.
const PRODUCT: [&str; 2] = ["товар", "product"];
const PRICE: [&str; 2] = ["цена", "price"];
const QUANTITY: [&str; 2] = ["количество", "quantity"];
const SUM: [&str; 4] = ["сумма", "возможная сумма", "amount", "total"];
/// Headings that say whose rows they are, and the kind of those.
const OWNERS: [(&str, &str); 6] = [
    ("название сделки", "crm.deal"),
    ("стадия сделки", "crm.deal"),
    ("deal name", "crm.deal"),
    ("deal stage", "crm.deal"),
    ("название лида", "crm.lead"),
    ("lead name", "crm.lead"),
];

/// Divides the tables of such lists; others stay as they are. Tables of goods come last.
pub(super) fn divide(extract: &mut Extract) {
    for at in 0..extract.tables.len() {
        if let Some(list) = List::of(&extract.tables[at]) {
            let table = std::mem::replace(&mut extract.tables[at], RawTable::new(list.place(), list.kind));
            let (owners, goods) = list.divide(table);
            extract.tables[at] = owners;
            extract.tables.push(goods);
        }
    }
}

/// The columns of such a list.
struct List {
    place: crate::model::Place,
    kind: &'static str,
    id: usize,
    product: usize,
    price: usize,
    quantity: usize,
    sum: Option<usize>,
}

/// A deal: its first row, and the rows of its goods.
struct Owner {
    first: usize,
    goods: Vec<usize>,
}

impl List {
    fn of(table: &RawTable) -> Option<List> {
        if !table.kind.is_empty() {
            return None;
        }
        let headings: Vec<String> = table.columns.iter().map(|c| c.heading.trim().to_lowercase()).collect();
        let column = |names: &[&str]| headings.iter().position(|h| names.contains(&h.as_str()));
        let (_, kind) = OWNERS.iter().find(|(name, _)| headings.iter().any(|h| h == name))?;
        Some(List {
            place: table.place.clone(),
            kind,
            id: column(&["id"])?,
            product: column(&PRODUCT)?,
            price: column(&PRICE)?,
            quantity: column(&QUANTITY)?,
            sum: column(&SUM),
        })
    }

    fn place(&self) -> crate::model::Place {
        self.place.clone()
    }

    fn divide(&self, table: RawTable) -> (RawTable, RawTable) {
        let owners = self.owners(&table);
        let of_goods = self.columns_of_goods(&table, &owners);
        let sums: Vec<Option<String>> = owners.iter().map(|owner| self.sum_of(&table, owner)).collect();

        let mut deals = RawTable::new(self.place(), self.kind);
        deals.rows = owners.iter().map(|owner| table.rows[owner.first]).collect();
        let mut goods = RawTable::new(self.place(), &format!("{}.productrow", self.kind));
        let lines: Vec<(usize, usize)> =
            owners.iter().flat_map(|owner| owner.goods.iter().map(|&row| (owner.first, row))).collect();
        goods.rows = lines.iter().map(|&(_, row)| table.rows[row]).collect();
        goods.columns.push(RawColumn {
            heading: "OWNER_ID".to_owned(),
            cells: lines.iter().map(|&(first, _)| table.get(self.id, first)).collect(),
        });
        for (at, column) in table.columns.iter().enumerate() {
            if of_goods[at] {
                let cells = lines.iter().map(|&(_, row)| column.cells.get(row)).collect();
                goods.columns.push(RawColumn { heading: column.heading.clone(), cells });
            }
            if [self.product, self.price, self.quantity].contains(&at) {
                continue;
            }
            let cells: TextColumn = owners
                .iter()
                .zip(&sums)
                .map(|(owner, sum)| match sum {
                    Some(sum) if self.sum == Some(at) => sum.as_str(),
                    _ => column.cells.get(owner.first),
                })
                .collect();
            deals.columns.push(RawColumn { heading: column.heading.clone(), cells });
        }
        deals.partial = table.partial;
        goods.partial = table.partial;
        (deals, goods)
    }

    /// Deals in the order of their first rows. A row without an id goes on with the deal above it.
    fn owners(&self, table: &RawTable) -> Vec<Owner> {
        let mut owners: Vec<Owner> = Vec::new();
        let mut by_id: HashMap<&str, usize> = HashMap::new();
        let mut last = None;
        for row in 0..table.len() {
            let id = table.get(self.id, row).trim();
            let known = if id.is_empty() { last } else { by_id.get(id).copied() };
            let at = known.unwrap_or_else(|| {
                owners.push(Owner { first: row, goods: Vec::new() });
                owners.len() - 1
            });
            if !id.is_empty() {
                by_id.insert(id, at);
            }
            last = Some(at);
            let has_goods =
                [self.product, self.price, self.quantity].iter().any(|&c| !table.get(c, row).trim().is_empty());
            if has_goods {
                owners[at].goods.push(row);
            }
        }
        owners
    }

    /// Columns that belong to rows of goods: those of «Товар», the sum, and others whose cells differ within a deal.
    fn columns_of_goods(&self, table: &RawTable, owners: &[Owner]) -> Vec<bool> {
        (0..table.columns.len())
            .map(|at| {
                let differs = |owner: &Owner| {
                    let first = table.get(at, owner.first);
                    owner.goods.iter().any(|&row| !table.get(at, row).is_empty() && table.get(at, row) != first)
                };
                [self.product, self.price, self.quantity].contains(&at)
                    || self.sum == Some(at)
                    || owners.iter().any(differs)
            })
            .collect()
    }

    /// Sum of a deal of several rows; `None`: what its first row says. Where every row repeats the sum of the deal, which
    /// its prices and quantities then prove, nothing is added up.
    fn sum_of(&self, table: &RawTable, owner: &Owner) -> Option<String> {
        let column = self.sum?;
        if owner.goods.len() < 2 {
            return None;
        }
        let texts = owner.goods.iter().map(|&row| table.get(column, row)).filter(|text| !text.trim().is_empty());
        let sums: Vec<Money> = texts.map(money).collect::<Option<_>>()?;
        if sums.is_empty() {
            return None;
        }
        let total = sums.iter().try_fold(0i64, |sum, money| sum.checked_add(money.0))?;
        let repeated = sums.len() == owner.goods.len() && sums.iter().all(|money| *money == sums[0]);
        let product = |&row: &usize| {
            let price = i128::from(money(table.get(self.price, row))?.0);
            let quantity = thousandths(table.get(self.quantity, row))?;
            price.checked_mul(quantity)
        };
        let of_prices = owner.goods.iter().map(product).try_fold(0i128, |sum, row| sum.checked_add(row?));
        if repeated && of_prices == Some(i128::from(sums[0].0) * 1000) {
            return None;
        }
        Some(Money(total).to_string())
    }
}

/// An amount as a list writes it: `30000`, `5000.5`, `1 200,50`.
fn money(text: &str) -> Option<Money> {
    Money::parse(&plain(text)).ok()
}

fn thousandths(text: &str) -> Option<i128> {
    let text = plain(text);
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    if whole.is_empty() || fraction.len() > 3 || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    format!("{whole}{fraction:0<3}").parse().ok()
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).map(|c| if c == ',' { '.' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use crate::ingest::{Input, read};
    use crate::model::RawTable;

    fn tables(csv: &str) -> Vec<RawTable> {
        read(&Input::from_bytes("deals.csv", csv), None).unwrap().1.tables
    }

    fn rows(table: &RawTable) -> Vec<String> {
        (0..table.len())
            .map(|row| {
                let cells: Vec<&str> = (0..table.columns.len()).map(|column| table.get(column, row)).collect();
                format!("{}: {}", table.rows[row], cells.join("|"))
            })
            .collect()
    }

    #[test]
    fn a_deal_stands_once_with_the_sum_of_its_rows() {
        let tables = tables(concat!(
            "\u{feff}\"Название сделки\";\"Стадия сделки\";\"Сумма\";\"Товар\";\"Цена\";\"Количество\";\"Ставка НДС\";\"ID\";\n",
            "\"Плитка\";\"В работе\";\"30000\";\"Плитка \"\"Ель\"\"\";\"150\";\"200\";\"20\";\"501\";\n",
            "\"Плитка\";\"В работе\";\"5 000,5\";\"Доставка; Тверь\";\"5000.5\";\"1\";\"0\";\"501\";\n",
            "\"Ремонт\";\"Успех\";\"120000.00\";\"\";\"\";\"\";\"\";\"502\";\n",
            "\"Пустая\";\"Новая\";\"\";\"Услуга\";\"0\";\"1\";\"\";\"503\";\n",
            "\"\";\"\";\"70\";\"Ещё\";\"70\";\"1\";\"\";\"\";\n",
            "\"Плитка\";\"В работе\";\"0.01\";\"Пакет\";\"0.01\";\"1\";\"\";\"501\";\n",
        ));
        let kinds: Vec<&str> = tables.iter().map(|t| t.kind.as_str()).collect();
        assert_eq!(kinds, ["crm.deal", "crm.deal.productrow"]);
        assert_eq!(
            rows(&tables[0]),
            ["2: Плитка|В работе|35000.51|20|501", "4: Ремонт|Успех|120000.00||502", "5: Пустая|Новая|70.00||503",]
        );
        assert_eq!(
            rows(&tables[1]),
            [
                "2: 501|30000|Плитка \"Ель\"|150|200|20",
                "3: 501|5 000,5|Доставка; Тверь|5000.5|1|0",
                "7: 501|0.01|Пакет|0.01|1|",
                "5: 503||Услуга|0|1|",
                "6: 503|70|Ещё|70|1|",
            ]
        );
    }

    #[test]
    fn a_sum_that_repeats_is_not_added_up() {
        let of = |sum: [&str; 2]| {
            let list = format!(
                "ID;Название сделки;Сумма;Товар;Цена;Количество\n1;А;{};Б;10;1,5\n1;А;{};В;5;1\n",
                sum[0], sum[1]
            );
            tables(&list)[0].get(2, 0).to_owned()
        };
        assert_eq!(of(["20", "20"]), "20");
        assert_eq!(of(["15", "5"]), "20.00");
        assert_eq!(of(["10", "10"]), "20.00");
    }

    #[test]
    fn other_lists_stay_whole() {
        for list in [
            "ID;Название сделки;Сумма\n1;А;5\n1;А;6\n",
            "Название сделки;Сумма;Товар;Цена;Количество\nА;5;Б;5;1\n",
            "ID;Название компании;Товар;Цена;Количество\n1;А;Б;5;1\n",
        ] {
            let tables = tables(list);
            assert!(tables.len() == 1 && tables[0].kind.is_empty(), "{list}");
        }
    }
}
