//! `ct-phone-shared`: one number on many parties.

use rustc_hash::FxHashSet;

use super::phone_own_office;
use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Param, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Phone, RecordRef, Side};

pub struct PhoneShared;

static META: Meta = Meta {
    id: "ct-phone-shared",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[Param {
        name: "max_owners",
        default: 5,
        ru: "сколько разных людей и организаций могут иметь один номер",
        en: "how many different persons and organisations may have one number",
    }],
    ru: Card {
        title: "Один телефон у многих",
        finds: "Номер, который стоит более чем у max_owners разных людей и организаций одной системы. Карточки, \
                признанные одним лицом, считаются один раз; добавочные номера различаются.",
        why: "Такой номер ничего не говорит о том, кто это: поиск дублей по телефону склеит чужих людей в одну цепочку.",
        causes: "Номер ресепшена или колл-центра; номер менеджера, вписанный вместо клиентского; бухгалтер, ведущий \
                 много фирм.",
        remedy: "Оставьте номер у организации, а у людей укажите личные или добавочные номера. Не объединяйте записи \
                 только по этому номеру.",
        example: "Номер +74951234567 стоит у 14 контактов бизнес-центра.",
        source: "Практика: номера ресепшенов, колл-центров и бухгалтеров",
    },
    en: Card {
        title: "One phone, many holders",
        finds: "A number that more than max_owners different persons and organisations of one system have. Cards \
                found to be one party count once; extensions tell numbers apart.",
        why: "Such a number says nothing about who it is: a search for duplicates by phone chains strangers together.",
        causes: "A reception or a call centre; the manager's own number in place of the client's; a bookkeeper who \
                 serves many firms.",
        remedy: "Leave the number with the organisation and give persons their own numbers or extensions. Never merge \
                 records by this number alone.",
        example: "+74951234567 stands with 14 contacts of a business centre.",
        source: "Practice: numbers of receptions, call centres and bookkeepers",
    },
};

impl Check for PhoneShared {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = scope::lacking(cx, &Entity::PARTIES, &[Field::Phone]) {
            return missing;
        }
        let limit = usize::try_from(cx.param(&META, "max_owners")).unwrap_or(0);
        // Numbers of the own office have a check of their own.
        let own: FxHashSet<u64> = phone_own_office::own_numbers(cx);
        let clusters = scope::clusters(cx);
        let mut evaluated = 0;
        let mut holders: Vec<((Side, Phone), RecordRef)> = Vec::new();
        for r in scope::parties(cx) {
            let before = holders.len();
            let phones = cx.data.parties(r.side).valid_phones(r.at());
            holders.extend(phones.filter(|p| !own.contains(&p.number())).map(|p| ((r.side, p), r)));
            evaluated += u64::from(holders.len() > before);
        }
        for group in scope::by_key(&mut holders).filter(|g| g.len() > limit) {
            let (side, phone) = group[0].0;
            let owners = scope::owners(group.iter().map(|h| h.1), &clusters[side as usize]);
            if owners <= limit {
                continue;
            }
            let message = cx.say(
                || format!("Номер {phone} стоит у {owners} разных лиц, допустимо не больше {limit}; по нему нельзя объединять"),
                || format!("{phone} belongs to {owners} different parties, at most {limit} are allowed; it must not merge records"),
            );
            let more = group[1..].iter().map(|h| h.1).collect();
            out.push(Finding::record(group[0].1, message).more(more).value(Field::Phone, side, &phone.to_string()));
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{World, clean, crm};

    #[test]
    fn fires_and_is_silent() {
        let many = |n: usize| (0..n).fold(World::new(), |w, _| w.crm_contact(&[(Field::Phone, "+74951112233")]));
        many(6).expect(&PhoneShared, &["crm:1 crm:2 crm:3 crm:4 crm:5 crm:6"]);
        many(5).expect(&PhoneShared, &[]);
        many(3).param("ct-phone-shared", "max_owners", 2).expect(&PhoneShared, &["crm:1 crm:2 crm:3"]);
        // Two cards of one person are one holder.
        many(6).cluster(vec![crm(0), crm(1)]).expect(&PhoneShared, &[]);
        clean().expect(&PhoneShared, &[]);
        // Extensions tell people apart.
        let extensions =
            (1..8).fold(World::new(), |w, n| w.crm_contact(&[(Field::Phone, &format!("+74951112233 доб. {n}"))]));
        extensions.expect(&PhoneShared, &[]);
    }
}
