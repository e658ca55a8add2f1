//! Rules of the domain that forbid a merge whatever the weight, and doubts that leave it to a person.

use super::compare::{Compared, Comparison, Numbers, Part, compare_all_but_address};
use super::pack::{Class, Packed, Row};
use super::types::{Caution, Level, Veto};

/// Vetoes of a pair, a bit each.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Vetoes(u16);

impl Vetoes {
    pub fn add(&mut self, veto: Veto) {
        self.0 |= 1 << veto as u16;
    }

    pub fn has(self, veto: Veto) -> bool {
        self.0 & (1 << veto as u16) != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn and(self, other: Vetoes) -> Vetoes {
        Vetoes(self.0 & other.0)
    }

    pub fn without(self, other: Vetoes) -> Vetoes {
        Vetoes(self.0 & !other.0)
    }

    /// In the order of [`ORDER`].
    pub fn iter(self) -> impl Iterator<Item = Veto> {
        ORDER.into_iter().filter(move |&v| self.has(v))
    }

    /// The one that a report shows.
    pub fn first(self) -> Option<Veto> {
        self.iter().next()
    }
}

/// The most telling first.
const ORDER: [Veto; 13] = [
    Veto::Refused,
    Veto::Kept,
    Veto::OwnOrganisation,
    Veto::InnDiffers,
    Veto::Branch,
    Veto::KindDiffers,
    Veto::NumberDiffers,
    Veto::PersonDiffers,
    Veto::BirthDateDiffers,
    Veto::OgrnDiffers,
    Veto::ExternalIdDiffers,
    Veto::SharedContactOnly,
    Veto::ClusterConflict,
];

/// Contradictions between two records, which also keep them out of one cluster. The address has no say in them.
pub fn contradictions(p: &Packed, a: u32, b: u32, compared: &Compared) -> Vetoes {
    let (x, y) = (p.row(a), p.row(b));
    let mut vetoes = Vetoes::default();
    let same_inn = x.inn != 0 && x.inn == y.inn;
    if x.own || y.own {
        vetoes.add(Veto::OwnOrganisation);
    }
    if x.inn != 0 && y.inn != 0 && x.inn != y.inn {
        vetoes.add(Veto::InnDiffers);
    }
    let same_ogrn = x.ogrn != 0 && x.ogrn == y.ogrn;
    let same_kpp = x.kpp == 0 || y.kpp == 0 || x.kpp == y.kpp || x.kpp_largest || y.kpp_largest;
    if (same_inn || same_ogrn) && (!same_kpp || names_tell_branches(p, a, b, compared)) {
        vetoes.add(Veto::Branch);
    }
    // A sole trader is a person here and a company there; one with the full name of the other is no contradiction
    // unless the firm has the INN of a legal entity.
    let firm_inn = |r: &Row| r.inn != 0 && !r.inn_person;
    let classes = [x.class, y.class];
    if classes.contains(&Class::Firm)
        && classes.contains(&Class::Human)
        && !(compared.person.is_full() && !firm_inn(x) && !firm_inn(y))
    {
        vetoes.add(Veto::KindDiffers);
    }
    if x.ogrn != 0 && y.ogrn != 0 && x.ogrn != y.ogrn && !same_inn {
        vetoes.add(Veto::OgrnDiffers);
    }
    if compared.name.numbers == Numbers::Differ {
        vetoes.add(Veto::NumberDiffers);
    }
    if compared.level(Comparison::Birth) == Level::Different {
        vetoes.add(Veto::BirthDateDiffers);
    }
    if compared.person.contradicts() && !same_inn {
        vetoes.add(Veto::PersonDiffers);
    }
    // Across sides a citation of another record is a doubt only: that record may have a double.
    let within = p.are_of_one_side(a, b);
    if within && compared.level(Comparison::External) == Level::Different && !same_inn {
        vetoes.add(Veto::ExternalIdDiffers);
    }
    vetoes
}

/// Whether two records contradict each other: what keeps them out of one cluster.
pub fn exclude(p: &Packed, a: u32, b: u32) -> bool {
    let (x, y) = (p.row(a), p.row(b));
    x.own
        || y.own
        || x.inn != 0 && y.inn != 0 && x.inn != y.inn
        || !contradictions(p, a, b, &compare_all_but_address(p, a, b)).is_empty()
}

/// Two parts of one firm by their names, where no KPP tells: «филиал» in one name only, or two towns.
fn names_tell_branches(p: &Packed, a: u32, b: u32, compared: &Compared) -> bool {
    let (x, y) = (p.row(a), p.row(b));
    let alike = compared.level(Comparison::Name) >= Level::Near;
    let [x_town, y_town] = compared.name.towns;
    let branches = is_family(p, x) || is_family(p, y);
    let told = x.branch && !y.is_part()
        || y.branch && !x.is_part()
        // «Вектор (Воронеж)» beside «Вектор», of a firm that is known to have branches.
        || branches && (x_town != y_town)
        || x_town && y_town && (branches || x.is_part() && y.is_part());
    alike && told && compared.level(Comparison::Kpp) != Level::Exact && !is_placed(p, a, b)
}

/// A record of a firm that has branches.
fn is_family(p: &Packed, row: &Row) -> bool {
    [row.inn, row.ogrn].into_iter().any(|n| n != 0 && p.frequencies.branches.contains(&n))
}

/// Whether a phone, a mailbox or an address agrees that no other part of the firm has.
fn is_placed(p: &Packed, a: u32, b: u32) -> bool {
    let shared = &p.frequencies.shared_by_branches;
    let meets = |x: &[u64], y: &[u64]| x.iter().any(|v| *v != 0 && y.contains(v) && !shared.contains(v));
    let address = |at| [p.row(at).address_folded];
    meets(p.phones(a), p.phones(b)) || meets(p.emails(a), p.emails(b)) || meets(&address(a), &address(b))
}

/// Surname, given name and address agree: few relatives have both names alike.
fn is_named(compared: &Compared) -> bool {
    compared.person.is_named() && compared.level(Comparison::Address) >= Level::Near
}

/// Contradictions of a pair that a slip explains as well as two persons do: the pair is for a person to judge. Such
/// records still exclude each other in a cluster.
pub fn doubtful(compared: &Compared) -> Vetoes {
    use Comparison as C;
    let level = |c| compared.level(c);
    let person = &compared.person;
    let mut doubtful = Vetoes::default();
    // A document names one person, as an INN names one firm: what contradicts it is a finding, not a proof. Another known
    // name with another date of birth is another person, whose document was copied.
    if level(C::Document) == Level::Exact && !(person.certain && level(C::Birth) == Level::Different) {
        doubtful.add(Veto::BirthDateDiffers);
        doubtful.add(Veto::PersonDiffers);
    }
    if person.certain {
        return doubtful;
    }
    if level(C::Document) == Level::Near && person.agrees() || is_named(compared) {
        doubtful.add(Veto::BirthDateDiffers);
    }
    let contact = [C::Phone, C::Email].into_iter().any(|c| level(c) == Level::Exact);
    let near = level(C::Document) == Level::Near;
    let lives = level(C::Birth) == Level::Exact && (level(C::Address) >= Level::Near || contact || near)
        || near && level(C::Address) >= Level::Near;
    if lives {
        doubtful.add(Veto::PersonDiffers);
    }
    doubtful
}

/// Whether only a phone or a mailbox speaks for the pair. Both at once without any name are left to a person.
pub fn only_contact(compared: &Compared) -> bool {
    use Comparison as C;
    let level = |c| compared.level(c);
    let contact = level(C::Phone) >= Level::Near || level(C::Email) >= Level::Near;
    let identified = [C::External, C::Inn, C::Ogrn, C::Document, C::Account, C::Name, C::Person]
        .into_iter()
        .any(|c| level(c) >= Level::Near)
        || level(C::Birth) == Level::Exact;
    let nameless = level(C::Name) == Level::Empty && level(C::Person) == Level::Empty;
    let both = level(C::Phone) == Level::Exact && level(C::Email) == Level::Exact;
    contact && !identified && !(nameless && both)
}

/// A weight that speaks against the pair because of a veto: left out where a report asks what would have been.
pub fn is_answered_by(comparison: Comparison, vetoes: Vetoes) -> bool {
    use Comparison as C;
    match comparison {
        C::Name | C::Person => [Veto::NumberDiffers, Veto::PersonDiffers, Veto::SharedContactOnly, Veto::InnDiffers]
            .into_iter()
            .any(|veto| vetoes.has(veto)),
        _ => !vetoes.is_empty(),
    }
}

/// An identifier that names one party by itself.
pub fn is_strong(compared: &Compared) -> bool {
    use Comparison as C;
    let exact = |c| compared.level(c) == Level::Exact;
    exact(C::External) || exact(C::Ogrn) || (exact(C::Inn) && compared.level(C::Kpp) != Level::Different)
}

/// Records of one address that are no crowd.
const AT_HOME: u32 = 4;

/// Whether the whole name and a whole address agree that hardly anybody else has: a second field as good as a phone. The
/// whole name of a person has a patronymic, since a father and his son may share the rest.
fn at_home(p: &Packed, a: u32, b: u32, compared: &Compared) -> bool {
    use Comparison as C;
    let person = &compared.person;
    let named = compared.level(C::Name) >= Level::Folded
        || person.surname == Part::Same && person.given == Part::Same && person.patronymic == Part::Same;
    let address = p.row(a).address_folded;
    let crowd = p.frequencies.address.get(&address).copied().unwrap_or(0);
    named
        && compared.level(C::Address) >= Level::Folded
        && address == p.row(b).address_folded
        && p.address_words(a).len() >= WHOLE_ADDRESS
        && crowd <= AT_HOME
}

/// Words of an address with its house: postcode or region, town, street, house.
const WHOLE_ADDRESS: usize = 4;

/// What keeps a pair without vetoes from an automatic merge.
pub fn caution(p: &Packed, a: u32, b: u32, compared: &Compared) -> Option<Caution> {
    use Comparison as C;
    let (x, y) = (p.row(a), p.row(b));
    let level = |c| compared.level(c);
    let exact = |c| level(c) == Level::Exact;
    if x.id_clash || y.id_clash {
        return Some(Caution::IdClash);
    }
    let same_inn = x.inn != 0 && x.inn == y.inn;
    // A card without a KPP belongs to the part of the firm whose name it has and whose phone, mailbox or address.
    // «Вектор (Омск)» and «Вектор, филиал в г. Омск» are one part, whatever the card forgets to say.
    let town = level(C::Name) >= Level::Folded && p.tokens(a).iter().any(|&t| p.vocabulary.word(t).is_town());
    let alike = level(C::Name) >= Level::Near && !compared.name.extra;
    let same_part = (town || x.is_part() == y.is_part()) && alike && is_placed(p, a, b);
    let unclear = (is_family(p, x) || is_family(p, y)) && (x.kpp == 0 || y.kpp == 0) && !same_part;
    let named = x.branch != y.branch && x.is_part() != y.is_part() && !exact(C::Kpp) && !same_part;
    // «… Омск филиал» and «… Красноярск филиал» with one INN, one of them without KPP: two branches, or one misspelt.
    let two_branches = x.branch && y.branch && !exact(C::Kpp) && level(C::Name) < Level::Folded && !same_part;
    if unclear || named || two_branches || (!same_inn && level(C::Kpp) == Level::Different) {
        return Some(Caution::BranchUnclear);
    }
    if same_inn && level(C::Ogrn) == Level::Different {
        return Some(Caution::OgrnContradicts);
    }
    if level(C::External) == Level::Different && !same_inn {
        return Some(Caution::CitesAnother);
    }
    let name = level(C::Name).max(level(C::Person));
    let strong = is_strong(compared);
    // What an accounting firm or a reception lends to many says nothing of one of them.
    let own = |x: &[u64], y: &[u64]| x.iter().any(|v| y.contains(v) && !p.frequencies.crowded.contains(v));
    let contacts = [
        exact(C::Phone) && own(p.phones(a), p.phones(b)),
        exact(C::Email) && own(p.emails(a), p.emails(b)),
        exact(C::Account),
        exact(C::Document),
    ];
    let contacts = contacts.into_iter().filter(|&agrees| agrees).count();
    if strong {
        let second = contacts > 0 || (exact(C::Inn) && exact(C::Kpp)) || (exact(C::Inn) && exact(C::Ogrn));
        // «Вектор» and «Вектор Казань» under one INN without KPPs may be a firm and its branch.
        let part = level(C::Name) == Level::Near && compared.name.extra && !x.inn_person;
        let placed = exact(C::External) || level(C::Kpp) >= Level::Near;
        return match name {
            Level::Near if part && !placed => Some(Caution::NamePartial),
            Level::Different => Some(Caution::NameIncompatible),
            Level::Empty if !second => Some(Caution::OneField),
            _ => None,
        };
    }
    // A document and a date of birth name a person who has half a name, a misspelt one, or married.
    if exact(C::Document) && exact(C::Birth) && compared.person.agrees() {
        return None;
    }
    if exact(C::Document) && level(C::Person) == Level::Different {
        return Some(Caution::Contradicted);
    }
    let at_birth = exact(C::Birth) && level(C::Address) >= Level::Near;
    match name {
        Level::Empty | Level::Different => return Some(Caution::OneField),
        // A typo in the name of a person is not much of a full name: it needs a phone, a mailbox, a document, or a date
        // of birth with an address.
        Level::Near
            if level(C::Person) == Level::Near && (!compared.person.is_full() || contacts == 0 && !at_birth) =>
        {
            return Some(Caution::NamePartial);
        }
        Level::Near if compared.name.extra => return Some(Caution::NamePartial),
        _ => {}
    }
    if compared.name.numbers != Numbers::Agree {
        return Some(Caution::NamePartial);
    }
    // «Берёзкин И.» of a card that does not say whether it is a person.
    if level(C::Name) != Level::Empty && (x.initialed || y.initialed) {
        return Some(Caution::NamePartial);
    }
    // Initials never decide, not with a phone either, which a family shares.
    if level(C::Person) >= Level::Near && !compared.person.is_full() {
        return Some(Caution::NamePartial);
    }
    if compared.name.forms_differ {
        return Some(Caution::FormDiffers);
    }
    let second = contacts > 0 || level(C::Inn) == Level::Folded || exact(C::Birth) || at_home(p, a, b, compared);
    if second { None } else { Some(Caution::OneField) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::compare::{COUNT, NameMatch, Outcome, PersonMatch, compare};
    use crate::matching::pack;
    use crate::matching::testing::{World, inn10};
    use crate::model::Field;

    /// What keeps two cards of one name out of one cluster.
    #[test]
    fn cards_that_exclude_each_other() {
        let (one, two) = (inn10(1), inn10(2));
        let (one, two, own) = ((Field::Inn, one.as_str()), (Field::Inn, two.as_str()), inn10(3));
        let (head, branch) = ((Field::Kpp, "770101001"), (Field::Kpp, "540143001"));
        let check = |crm: &[(Field, &str)], onec: &[(Field, &str)], expected: bool| {
            let name = [(Field::Name, "ООО «Ромашка»")];
            let (crm, onec) = ([&name, crm].concat(), [&name, onec].concat());
            let data = World::default().own(&own).crm("1", &crm).onec("1", &onec).build();
            let packed = pack::pack(&data);
            assert_eq!(exclude(&packed, 0, 1), expected, "{crm:?} {onec:?}");
            assert_eq!(exclude(&packed, 1, 0), expected, "{onec:?} {crm:?}");
        };
        check(&[one], &[one], false);
        check(&[one], &[], false);
        check(&[], &[], false);
        check(&[one], &[two], true);
        check(&[one, head], &[one, branch], true);
        check(&[one, head], &[one], false);
        check(&[(Field::Inn, &own)], &[], true);
    }

    fn caution_of(crm: &[(Field, &str)], onec: &[(Field, &str)]) -> Option<Caution> {
        let data = World::default().crm("1", crm).onec("1", onec).build();
        let packed = pack::pack(&data);
        caution(&packed, 0, 1, &compare(&packed, 0, 1))
    }

    /// A name needs a second field; a whole address that few have is one.
    #[test]
    fn one_field_is_not_enough() {
        use Field::{Address, Inn, Kpp, Name, Phone};
        let (name, turned) = ((Name, "ООО «Ромашка Василёк»"), (Name, "ООО «Василёк Ромашка»"));
        let (whole, street) =
            ((Address, "420000, г. Казань, ул. Баумана, д. 7"), (Address, "г. Казань, ул. Баумана, д. 7"));
        assert_eq!(caution_of(&[name], &[name]), Some(Caution::OneField));
        assert_eq!(caution_of(&[name, whole], &[name, whole]), None);
        assert_eq!(caution_of(&[name, whole], &[turned, whole]), None);
        assert_eq!(caution_of(&[name, street], &[name, street]), Some(Caution::OneField), "a part of an address");
        let other = (Address, "614000, г. Пермь, ул. Мира, д. 9");
        assert_eq!(caution_of(&[name, whole], &[name, other]), Some(Caution::OneField));
        let (phone, slip) = ((Phone, "84952461501"), (Name, "ООО «Ромшка Василёк»"));
        assert_eq!(caution_of(&[name, phone], &[slip, phone]), None, "a slip in the name of a firm");
        let inn = inn10(1);
        let branch = [(Inn, inn.as_str()), (Name, "ООО «Вектор Мода» филиал")];
        let other = [(Inn, inn.as_str()), (Name, "ООО «Вектор Мода Василёк» филиал"), (Kpp, "540143001")];
        assert_eq!(caution_of(&branch, &other), Some(Caution::BranchUnclear), "two branches, or one misspelt");
    }

    /// What a slip explains as well as two persons do.
    #[test]
    fn contradictions_that_may_be_slips() {
        use Comparison::{Address, Birth, Document, Phone};
        let check = |levels: &[(Comparison, Level)], person: PersonMatch, expected: &[Veto]| {
            let mut compared = Compared { outcomes: [Outcome::EMPTY; COUNT], name: NameMatch::EMPTY, person };
            for &(comparison, level) in levels {
                compared.outcomes[comparison as usize].level = level;
            }
            assert_eq!(doubtful(&compared).iter().collect::<Vec<_>>(), expected, "{levels:?} {person:?}");
        };
        let (birth, person) = (Veto::BirthDateDiffers, Veto::PersonDiffers);
        let nobody = PersonMatch::EMPTY;
        let known = PersonMatch { certain: true, ..nobody };
        let named = PersonMatch { surname: Part::Same, given: Part::Same, ..nobody };
        check(&[], nobody, &[]);
        check(&[(Document, Level::Exact)], nobody, &[person, birth]);
        check(&[(Document, Level::Exact)], known, &[person, birth]);
        check(&[(Document, Level::Exact), (Birth, Level::Different)], known, &[]);
        check(&[(Document, Level::Near)], nobody, &[]);
        check(&[(Document, Level::Near)], named, &[birth]);
        check(&[(Document, Level::Near), (Address, Level::Near)], nobody, &[person]);
        check(&[(Address, Level::Near)], nobody, &[]);
        check(&[(Address, Level::Near)], named, &[birth]);
        check(&[(Address, Level::Different)], named, &[]);
        check(&[(Birth, Level::Exact)], nobody, &[]);
        check(&[(Phone, Level::Exact)], nobody, &[]);
        for second in [(Address, Level::Near), (Phone, Level::Exact), (Document, Level::Near)] {
            check(&[(Birth, Level::Exact), second], nobody, &[person]);
            check(&[(Birth, Level::Exact), second], known, &[]);
        }
        check(&[(Birth, Level::Exact), (Address, Level::Different)], nobody, &[]);
    }

    #[test]
    fn a_set_of_vetoes() {
        let mut vetoes = Vetoes::default();
        assert!(vetoes.is_empty() && vetoes.first().is_none());
        for veto in [Veto::PersonDiffers, Veto::InnDiffers, Veto::PersonDiffers] {
            vetoes.add(veto);
        }
        assert_eq!(vetoes.iter().collect::<Vec<_>>(), [Veto::InnDiffers, Veto::PersonDiffers]);
        assert_eq!(vetoes.first(), Some(Veto::InnDiffers), "the most telling first");
        assert!(!vetoes.has(Veto::Branch));
        let mut other = Vetoes::default();
        other.add(Veto::Branch);
        other.add(Veto::PersonDiffers);
        assert_eq!(vetoes.and(other).iter().collect::<Vec<_>>(), [Veto::PersonDiffers]);
        assert_eq!(vetoes.without(other).iter().collect::<Vec<_>>(), [Veto::InnDiffers]);
    }
}
