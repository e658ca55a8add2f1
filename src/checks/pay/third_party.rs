//! `pay-third-party`: the payer is not the buyer.

use crate::checks::books::no_field;
use crate::checks::papers::{Parties, about, lacking_money, live, named};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};

pub struct ThirdParty;

static META: Meta = Meta {
    id: "pay-third-party",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Плательщик не совпадает с покупателем",
        finds: "Оплаты, которые по назначению или основанию относятся к документу другого контрагента: ИНН \
                плательщика и покупателя различаются.",
        why: "1С поставит деньги на карточку плательщика, долг покупателя останется.",
        causes: "За клиента заплатила другая фирма или учредитель.",
        remedy: "Получите письмо об оплате за третье лицо и зачтите её покупателю.",
        example: "Поступление № 77 от ООО «Лютик» по счёту ООО «Ромашка»",
        source: "Гражданский кодекс РФ, ст. 313: исполнение обязательства третьим лицом",
    },
    en: Card {
        title: "The payer is not the buyer",
        finds: "Payments that by purpose or basis belong to a document of another counterparty: the INN of the payer \
                and that of the buyer differ.",
        why: "1C books the money on the payer's card, the buyer's debt remains.",
        causes: "Another firm or the founder paid for the client.",
        remedy: "Get a letter on the payment for a third party and credit it to the buyer.",
        example: "Receipt No. 77 from OOO Lyutik for the invoice of OOO Romashka",
        source: "Civil Code of Russia, art. 313: performance by a third party",
    },
};

impl Check for ThirdParty {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking_money(cx) {
            return ran;
        }
        let same = Parties::of(cx);
        let mut evaluated = 0;
        for payment in Side::BOTH.into_iter().flat_map(|side| live(cx, side, Entity::Payment)) {
            for share in cx.pairing.money.of(payment) {
                let [payer, buyer] = [payment, share.paid_for].map(|r| Parties::stated(cx, r));
                let (Some(payer), Some(buyer)) = (payer, buyer) else { continue };
                evaluated += 1;
                if !same.stated_are_one(payer, buyer) {
                    let (shown, name) = (named(cx, payment), named(cx, share.paid_for));
                    let message = cx.say(
                        || format!("{shown}: плательщик не тот, на кого выписан документ: {name}"),
                        || format!("{shown}: the payer is not the buyer of the document: {name}"),
                    );
                    out.push(about(cx, payment, message).more(vec![share.paid_for]));
                }
            }
        }
        if evaluated == 0 { no_field(cx, Entity::Payment, &[Field::PartyInn]) } else { Ran::Evaluated(evaluated) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let world = |inn: &'static str| {
            let world = paper(deal(&[]), "5", "Счет", &[]);
            payment(world, "p", &[(Field::Purpose, "по счету № 5 от 02.03.2026"), (Field::PartyInn, inn)])
        };
        world(INN_B).expect(&ThirdParty, &["onec:p onec:5"]);
        world(INN_A).expect(&ThirdParty, &[]);
        world("").expect_not_run(&ThirdParty);
    }
}
