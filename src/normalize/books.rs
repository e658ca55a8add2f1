//! Texts of goods, deals, documents and payments → typed columns and references.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use rayon::prelude::*;

use super::{decimal, inn, kpp, moment, person};
use crate::model::{
    Book, Cell, Cells, Entity, Field, Inn, Kpp, Parties, Reads, RecordRef, Records, Side, Space, Value,
};

/// Makes the books of a side out of their records, in the order of [`Space::BOOKS`].
///
/// A reference is what a field names: an id of the side, else its code, else what else tells one record from all
/// others (an INN with KPP, an article, a name that only one record has). What names two records names none.
pub fn books(side: Side, records: Vec<Records>, parties: &Parties) -> Vec<Book> {
    debug_assert_eq!(records.len(), Space::BOOKS.len());
    let mut books: Vec<Book> =
        records.into_par_iter().zip(Space::BOOKS).map(|(records, (_, entity))| typed(records, entity)).collect();
    let links: Vec<Vec<(Field, Vec<Option<RecordRef>>)>> = {
        let index = Index::of(side, &books, parties);
        books.par_iter().map(|book| references(book, &index)).collect()
    };
    for (book, links) in books.iter_mut().zip(links) {
        for (field, targets) in links {
            book.set_references(field, targets);
        }
    }
    books
}

fn typed(records: Records, entity: Entity) -> Book {
    let columns = Field::ALL
        .par_iter()
        .filter(|&&field| field.reads() != Reads::Text && records.has(field))
        .map(|&field| {
            let mut cells = Cells::default();
            for at in 0..records.len() {
                let raw = records.get(field, at);
                cells.push(match field.reads() {
                    Reads::Number => cell(decimal::parse(raw, field), |number| number.micros()),
                    _ => cell(moment::parse(raw), |moment| moment.and_utc().timestamp()),
                });
            }
            (field, cells)
        })
        .collect();
    Book::new(entity, records, columns)
}

fn cell<T>(value: Value<T>, number: impl Fn(T) -> i64) -> Cell<i64> {
    match value {
        Value::Empty => Cell::Empty,
        Value::Valid(value) => Cell::Valid(number(value)),
        Value::Invalid { .. } => Cell::Unreadable,
    }
}

/// A text → the one record it names; `None` when it names several.
type Names<'a> = HashMap<&'a str, Option<u32>, RandomState>;

/// What a field names records by.
struct Index<'a> {
    side: Side,
    parties: &'a Parties,
    ids: Vec<(Entity, Names<'a>)>,
    /// By code, article, number or name: the next best.
    codes: Vec<(Entity, Names<'a>)>,
    inns: HashMap<Inn, Vec<u32>, RandomState>,
    /// Contacts by surname and given name.
    persons: HashMap<[&'a str; 2], Vec<u32>, RandomState>,
}

/// Fields that tell a record of an entity when its id does not, best first.
fn second_names(entity: Entity) -> &'static [Field] {
    match entity {
        Entity::Counterparty | Entity::Contact => &[Field::Code, Field::Name],
        Entity::Product => &[Field::Code, Field::Article, Field::Name],
        Entity::Warehouse | Entity::Unit => &[Field::Code, Field::Name],
        Entity::Contract | Entity::Ddu => &[Field::Code, Field::Number, Field::Name],
        Entity::Object => &[Field::Code, Field::Name],
        _ => &[Field::Code],
    }
}

/// Entities that some field refers to.
const TARGETS: [Entity; 9] = [
    Entity::Counterparty,
    Entity::Contact,
    Entity::Product,
    Entity::Warehouse,
    Entity::Contract,
    Entity::Deal,
    Entity::Document,
    Entity::Object,
    Entity::Ddu,
];

impl<'a> Index<'a> {
    fn of(side: Side, books: &'a [Book], parties: &'a Parties) -> Index<'a> {
        let needed = books.iter().any(|book| !book.is_empty());
        let records = |entity: Entity| match entity.space() {
            Space::Parties => &parties.raw,
            space => &books[space as usize - 1].raw,
        };
        let names = |fields: fn(Entity) -> &'static [Field]| -> Vec<(Entity, Names<'a>)> {
            TARGETS
                .into_par_iter()
                .filter(|_| needed)
                .map(|entity| {
                    let records = records(entity);
                    let mut names = Names::default();
                    for &field in fields(entity) {
                        // A better name is never overruled by a worse one: «12» is the code 12 before it is the name 12.
                        let mut these = Names::default();
                        for at in 0..records.len() {
                            let text = records.get(field, at).trim();
                            if !text.is_empty() && records.entity[at] == entity {
                                these.entry(text).and_modify(|r| *r = None).or_insert(Some(at as u32));
                            }
                        }
                        for (text, record) in these {
                            names.entry(text).or_insert(record);
                        }
                    }
                    (entity, names)
                })
                .collect()
        };
        let mut inns: HashMap<Inn, Vec<u32>, RandomState> = HashMap::default();
        if needed {
            for at in (0..parties.len()).filter(|&at| parties.raw.entity[at] == Entity::Counterparty) {
                if let Some(&inn) = parties.inn[at].valid() {
                    inns.entry(inn).or_default().push(at as u32);
                }
            }
        }
        let mut persons: HashMap<[&str; 2], Vec<u32>, RandomState> = HashMap::default();
        if books.iter().any(|book| book.raw.has(Field::PersonName)) {
            for at in (0..parties.len()).filter(|&at| parties.raw.entity[at] == Entity::Contact) {
                let name = [parties.surname.get(at), parties.given.get(at)];
                if name.iter().all(|part| !part.is_empty()) {
                    persons.entry(name).or_default().push(at as u32);
                }
            }
        }
        Index { side, parties, ids: names(|_| &[Field::Id]), codes: names(second_names), inns, persons }
    }

    /// The only contact of a name, its parts in any order; a patronymic tells namesakes apart.
    fn by_person(&self, text: &str) -> Option<RecordRef> {
        let name = person::parse(text.trim(), person::Trust::Sure)?;
        let all = self.persons.get(&[name.surname.as_str(), name.given.as_str()])?;
        let agrees = |&&at: &&u32| {
            let theirs = self.parties.patronymic.get(at as usize);
            name.patronymic.is_empty() || theirs.is_empty() || theirs == name.patronymic
        };
        let mut these = all.iter().filter(agrees);
        let one = these.next().filter(|_| these.next().is_none())?;
        Some(RecordRef::new(self.side, *one as usize))
    }

    fn named(&self, names: &[(Entity, Names)], entity: Entity, text: &str) -> Option<RecordRef> {
        let (_, names) = names.iter().find(|(e, _)| *e == entity)?;
        let at = (*names.get(text)?)?;
        Some(RecordRef::of(self.side, entity.space(), at as usize))
    }

    /// By id, in the order of the entities, then by code.
    fn by_id(&self, entities: &[Entity], text: &str) -> Option<RecordRef> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        // `deal:501` is a deal, whatever else has the number 501.
        if let Some((entity, id)) = text.split_once(':')
            && let Some(entity) = Entity::parse(entity)
            && entities.contains(&entity)
        {
            return self.named(&self.ids, entity, id);
        }
        let ids = entities.iter().find_map(|&e| self.named(&self.ids, e, text));
        ids.or_else(|| entities.iter().find_map(|&e| self.named(&self.codes, e, text)))
    }

    /// The only counterparty with an INN, or the only one with INN and KPP.
    fn by_inn(&self, inn: &str, kpp: &str) -> Option<RecordRef> {
        let inn = inn::parse(inn).value.valid().copied()?;
        let all = self.inns.get(&inn)?;
        let found = match all.as_slice() {
            [one] => Some(*one),
            several => {
                let kpp: Kpp = kpp::parse(kpp).value.valid().copied()?;
                let mut these = several.iter().filter(|&&at| self.parties.kpp[at as usize].valid() == Some(&kpp));
                these.next().copied().filter(|_| these.next().is_none())
            }
        };
        found.map(|at| RecordRef::new(self.side, at as usize))
    }
}

fn references(book: &Book, index: &Index) -> Vec<(Field, Vec<Option<RecordRef>>)> {
    let has = |fields: &[Field]| fields.iter().any(|&f| book.raw.has(f));
    let mut out = Vec::new();
    let mut add = |field: Field, from: &[Field], find: &(dyn Fn(usize) -> Option<RecordRef> + Sync)| {
        if has(from) {
            out.push((field, (0..book.len()).into_par_iter().map(find).collect()));
        }
    };
    let text = |field, at| book.text(field, at);
    add(Field::PartyId, &[Field::PartyId, Field::PartyInn, Field::PartyName], &|at| {
        index
            .by_id(&[Entity::Counterparty, Entity::Contact], text(Field::PartyId, at))
            .or_else(|| index.by_inn(text(Field::PartyInn, at), text(Field::PartyKpp, at)))
            .or_else(|| index.by_id(&[Entity::Counterparty, Entity::Contact], text(Field::PartyName, at)))
    });
    add(Field::PersonId, &[Field::PersonId, Field::PersonName], &|at| {
        let id = index.by_id(&[Entity::Contact], text(Field::PersonId, at));
        let name = || Some(text(Field::PersonName, at)).filter(|name| !name.trim().is_empty());
        id.or_else(|| index.by_id(&[Entity::Contact], name()?)).or_else(|| index.by_person(name()?))
    });
    add(Field::ContractId, &[Field::ContractId, Field::ContractName], &|at| {
        let id = index.by_id(&[Entity::Contract], text(Field::ContractId, at));
        id.or_else(|| index.by_id(&[Entity::Contract], text(Field::ContractName, at)))
    });
    add(Field::DocumentId, &[Field::DocumentId], &|at| {
        index.by_id(&[Entity::Document, Entity::Deal], text(Field::DocumentId, at))
    });
    add(Field::BasisId, &[Field::BasisId], &|at| {
        let basis = index.by_id(&[Entity::Document, Entity::Deal, Entity::Contract], text(Field::BasisId, at));
        basis.filter(|&r| r != book.at(at))
    });
    add(Field::ProductId, &[Field::ProductId, Field::Article, Field::ProductName], &|at| {
        let id = text(Field::ProductId, at);
        // A variant is `product#variant`.
        let base = id.split('#').next().unwrap_or(id);
        index
            .by_id(&[Entity::Product], id)
            .or_else(|| index.by_id(&[Entity::Product], base))
            .or_else(|| index.by_id(&[Entity::Product], text(Field::Article, at)))
            .or_else(|| index.by_id(&[Entity::Product], text(Field::ProductName, at)))
            // A product that is no variant would be found by its own article.
            .filter(|&product| product != book.at(at))
    });
    add(Field::WarehouseId, &[Field::WarehouseId, Field::WarehouseName], &|at| {
        let id = index.by_id(&[Entity::Warehouse], text(Field::WarehouseId, at));
        id.or_else(|| index.by_id(&[Entity::Warehouse], text(Field::WarehouseName, at)))
    });
    add(Field::ObjectId, &[Field::ObjectId, Field::ObjectName], &|at| {
        let id = index.by_id(&[Entity::Object], text(Field::ObjectId, at));
        id.or_else(|| index.by_id(&[Entity::Object], text(Field::ObjectName, at)))
    });
    add(Field::DduId, &[Field::DduId, Field::DduNumber], &|at| {
        let id = index.by_id(&[Entity::Ddu], text(Field::DduId, at));
        id.or_else(|| index.by_id(&[Entity::Ddu], text(Field::DduNumber, at)))
    });
    out
}

#[cfg(test)]
mod tests {
    use crate::checks::testing::World;
    use crate::model::{Entity, Field, Side};

    #[test]
    fn a_deal_names_its_contact_as_people_do() {
        let contact = |id: &'static str, name: &'static str| [(Field::Id, id), (Field::Name, name)];
        let deal = |name: &'static str| [(Field::Id, name), (Field::PersonName, name)];
        let mut world = World::new();
        for (id, name) in [
            ("1", "Седов Иван Ильич"),
            ("2", "Седов Иван Петрович"),
            ("3", "Лисицына Анна"),
            ("4", "Ромашкина Ольга"),
            ("5", "Ромашкина Ольга"),
        ] {
            world = world.add(Side::Crm, Entity::Contact, &contact(id, name));
        }
        let expected = [
            ("Анна Лисицына", Some("3")),
            ("Лисицына Анна Юрьевна", Some("3")),
            ("Иван Ильич Седов", Some("1")),
            // Namesakes: nobody can say which of them.
            ("Иван Седов", None),
            ("Ольга Ромашкина", None),
            ("Пётр Чужой", None),
        ];
        for (name, _) in expected {
            world = world.add(Side::Crm, Entity::Deal, &deal(name));
        }
        world.with(|cx| {
            let deals = cx.data.book(Side::Crm, Entity::Deal);
            for (at, (name, id)) in expected.into_iter().enumerate() {
                let found = deals.reference(Field::PersonId, at).map(|r| cx.data.text(r, Field::Id));
                assert_eq!(found, id, "{name}");
            }
        });
    }
}
