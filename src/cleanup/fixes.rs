//! Corrections of single fields: what they are, and those that follow from the text of the field alone.

use super::plan::{Approved, Phase, Risk, has_id};
use crate::model::{Field, Flags, Lang, Notes, Parties, RecordRef, Side, Snapshots};
use crate::normalize::repair::{Repair, repaired};
use crate::outcome::Outcome;

/// What confirms a correction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FixReason {
    /// A text that can be read in one way only.
    Text(Repair),
    /// Letters of an INN that stand for digits.
    Letters,
    /// An INN that a spreadsheet or a hand has changed.
    Digits,
    /// The record of 1C that is the same party.
    Pair,
    /// The unit has one contract in force, and it is registered.
    Registered,
    /// Money came under that contract.
    FirstPayment,
    /// All of its price came.
    PaidInFull,
    /// All that was sold by a deal is shipped.
    Shipped,
    /// And paid.
    ShippedAndPaid,
}

impl FixReason {
    pub fn phase(self) -> Phase {
        match self {
            FixReason::Text(_) | FixReason::Letters => Phase::Encodings,
            FixReason::Digits => Phase::Keys,
            FixReason::Pair => Phase::Links,
            FixReason::Registered
            | FixReason::FirstPayment
            | FixReason::PaidInFull
            | FixReason::Shipped
            | FixReason::ShippedAndPaid => Phase::Documents,
        }
    }

    pub fn text(self, lang: Lang) -> &'static str {
        let (ru, en) = match self {
            FixReason::Text(Repair::Encoding) => (
                "текст прочитан не в той кодировке и восстанавливается без потерь",
                "the text was read in a wrong code page and is restored without loss",
            ),
            FixReason::Text(Repair::Layout) => (
                "русское слово набрано в латинской раскладке",
                "a Russian word was typed in the Latin layout of the keyboard",
            ),
            FixReason::Text(Repair::LookAlike) => (
                "в слове буквы двух алфавитов, на вид одинаковые",
                "a word mixes letters of two alphabets that look the same",
            ),
            FixReason::Text(Repair::Invisible) => {
                ("в тексте невидимые знаки или лишние пробелы", "the text holds invisible characters or stray spaces")
            }
            FixReason::Letters => (
                "в ИНН буквы вместо цифр, контрольные цифры подтверждают исправление",
                "the INN has letters instead of digits, the control digits confirm the correction",
            ),
            FixReason::Digits => {
                ("контрольные цифры подтверждают исправление", "the control digits confirm the correction")
            }
            FixReason::Pair => (
                "карточка и запись 1С — одно лицо, а код 1С в карточке не записан",
                "the card and the record of 1C are one party, and the card does not hold its id",
            ),
            FixReason::Registered => (
                "в 1С на объект один действующий договор, он зарегистрирован, оплат ещё нет",
                "1C has one contract in force for the unit, registered and not paid yet",
            ),
            FixReason::FirstPayment => (
                "в 1С на объект один действующий зарегистрированный договор, по нему проведена оплата",
                "1C has one registered contract in force for the unit, and a payment is posted under it",
            ),
            FixReason::PaidInFull => (
                "зарегистрированный договор покупателя оплачен в 1С полностью",
                "the buyer's registered contract is paid in full in 1C",
            ),
            FixReason::Shipped => {
                ("в 1С проведены отгрузки на всю сумму сделки", "1C has posted shipments for the whole sum of the deal")
            }
            FixReason::ShippedAndPaid => (
                "в 1С проведены отгрузки и оплаты на всю сумму сделки",
                "1C has posted shipments and payments for the whole sum of the deal",
            ),
        };
        lang.pick(ru, en)
    }
}

/// Write one text over another: a damaged one, an INN that reads as one value, the id of the pair in 1C where there is
/// none, or a status that the books have overtaken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FixStep {
    pub record: RecordRef,
    pub field: Field,
    /// The text that must still stand there.
    pub expected: String,
    pub value: String,
    pub approved: Approved,
    pub reason: FixReason,
    /// The record of 1C whose id is written.
    pub pair: Option<RecordRef>,
}

impl FixStep {
    pub fn phase(&self) -> Phase {
        self.reason.phase()
    }

    /// Name of the step in `plan.json` and in the table of links.
    pub fn id(&self, outcome: &Outcome) -> String {
        let (side, entity, id) = (self.record.side, outcome.data.entity(self.record), outcome.data.id(self.record));
        if self.pair.is_some() {
            return format!("link-{side}-{entity}-{id}");
        }
        format!("set-{side}-{entity}-{}-{id}", self.field.code())
    }

    /// In 1C names and INNs stand in printed forms and reports of documents already made: the accountant has the word. A
    /// link can be taken back, but an exchange that ran meanwhile has followed it.
    pub fn risk(&self) -> Risk {
        let waits = self.approved == Approved::Nobody || self.reason == FixReason::Pair;
        if waits { Risk::Approval } else { Risk::Safe }
    }
}

/// Names, by which people and matching tell records apart.
const NAMES: [Field; 5] = [Field::Name, Field::FullName, Field::LastName, Field::FirstName, Field::Patronymic];
/// Other texts: people write them as they like, but not in a wrong code page.
const TEXTS: [Field; 4] = [Field::Address, Field::ActualAddress, Field::OwnerName, Field::Position];

/// Repairs of names and INNs of one side.
pub fn of_parties(data: &Snapshots, side: Side, fixes: &mut Vec<FixStep>) {
    let parties = data.parties(side);
    let approved = if side == Side::Onec { Approved::Nobody } else { Approved::Rule };
    let mut add = |record: RecordRef, field, value: String, reason| {
        let expected = parties.raw.get(field, record.at()).to_owned();
        if expected != value {
            fixes.push(FixStep { record, field, expected, value, approved, reason, pair: None });
        }
    };
    for record in parties.refs().filter(|r| is_writable(parties, r.at())) {
        for field in NAMES.into_iter().chain(TEXTS).filter(|&f| parties.raw.has(f)) {
            if let Some((value, what)) = repaired(parties.raw.get(field, record.at()))
                && (NAMES.contains(&field) || what == Repair::Encoding)
            {
                add(record, field, value, FixReason::Text(what));
            }
        }
        if let Some((value, reason)) = inn(parties, record.at()) {
            add(record, Field::Inn, value, reason);
        }
    }
}

/// A script can find the record, nothing hides it, and it is not an own organisation: those are not for a script to touch.
pub(super) fn is_writable(parties: &Parties, at: usize) -> bool {
    has_id(parties.raw.id(at))
        && !parties.raw.id_clash[at]
        && parties.is_active(at)
        && !parties.flags[at].has(Flags::OWN)
}

/// An INN that was read after a repair which its control digits confirm.
fn inn(parties: &Parties, at: usize) -> Option<(String, FixReason)> {
    let notes = parties.inn_notes[at];
    let read_after = [Notes::LEADING_ZERO, Notes::DIRTY, Notes::LOOKALIKE, Notes::COERCED];
    // With another value in the cell the repair would lose it.
    if notes.has(Notes::SHARED_CELL) || !read_after.iter().any(|&n| notes.has(n)) {
        return None;
    }
    let reason = if notes.has(Notes::LOOKALIKE) { FixReason::Letters } else { FixReason::Digits };
    parties.inn[at].valid().map(|inn| (inn.to_string(), reason))
}
