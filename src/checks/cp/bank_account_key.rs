//! `cp-bank-account-key`: the control key of a bank account does not agree with the BIK, or the account is malformed.

use super::scope::{live, no_field, sides_with};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Bik, Defect, Entity, Field, PartyKind, RecordRef, Value};
use crate::normalize::bank_account;

pub struct BankAccountKey;

static META: Meta = Meta {
    id: "cp-bank-account-key",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Расчётный счёт не сходится с БИК",
        finds: "Счёт не из 20 цифр, либо контрольный ключ счёта не подходит ни к одному БИК карточки. Казначейские \
                счета (03…, 40102…) не проверяются.",
        why: "Банк вернёт платёжное поручение, а оплату по такому счёту не удастся разнести.",
        causes: "Опечатка в счёте или в БИК; БИК другого банка остался от прежних реквизитов.",
        remedy: "Возьмите реквизиты из договора или письма контрагента и исправьте счёт или БИК.",
        example: "Счёт 40702810300000000001 при БИК 044599111",
        source: "Порядок расчёта контрольного ключа в номере лицевого счёта, утверждён Банком России 08.09.1997 № 515",
    },
    en: Card {
        title: "Bank account does not agree with the BIK",
        finds: "An account that has not 20 digits, or whose control key fits no BIK of the card. Treasury accounts \
                (03…, 40102…) are not judged.",
        why: "The bank returns the payment order, and a payment from such an account cannot be allocated.",
        causes: "A typo in the account or in the BIK; the BIK of another bank is left from former requisites.",
        remedy: "Take the requisites from the contract or a letter and correct the account or the BIK.",
        example: "Account 40702810300000000001 with BIK 044599111",
        source: "Bank of Russia, procedure for the control key of an account number, No. 515 of 08.09.1997",
    },
};

impl Check for BankAccountKey {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let sides = sides_with(cx, Field::BankAccount);
        if sides.is_empty() {
            return no_field(cx, &[Field::BankAccount]);
        }
        let mut evaluated = 0;
        for side in sides {
            let parties = cx.data.parties(side);
            for at in live(cx, side, Entity::Counterparty) {
                // Foreign accounts are IBANs and the like.
                if parties.kind[at] == PartyKind::Foreign {
                    continue;
                }
                let bik_text = parties.raw.get(Field::Bik, at);
                let biks: Vec<Bik> =
                    bik_text.split('\n').filter_map(|text| bank_account::parse_bik(text).valid().copied()).collect();
                let mut judged = false;
                for noted in parties.accounts.get(at) {
                    let message = match &noted.value {
                        Value::Empty | Value::Invalid { defect: Defect::Placeholder, .. } => continue,
                        Value::Invalid { raw, defect } => cx.say(
                            || format!("Счёт «{raw}»: {}; должно быть 20 цифр", defect.text(cx.lang)),
                            || format!("Account “{raw}”: {}; 20 digits are expected", defect.text(cx.lang)),
                        ),
                        // Keys of treasury accounts follow the code of the treasury, which the card does not hold.
                        Value::Valid(account) if ["03", "40102"].iter().any(|p| account.as_str().starts_with(p)) => {
                            continue;
                        }
                        Value::Valid(_) if biks.is_empty() => continue,
                        Value::Valid(account) if biks.iter().any(|&bik| account.agrees_with(bik)) => {
                            judged = true;
                            continue;
                        }
                        Value::Valid(account) => cx.say(
                            || {
                                format!(
                                    "Счёт {account} не сходится с БИК {}; сверьте реквизиты с договором",
                                    bik_text.replace('\n', ", ")
                                )
                            },
                            || {
                                format!(
                                    "Account {account} does not agree with BIK {}; compare with the contract",
                                    bik_text.replace('\n', ", ")
                                )
                            },
                        ),
                    };
                    judged = true;
                    let text = parties.raw.get(Field::BankAccount, at);
                    out.push(Finding::record(RecordRef::new(side, at), message).value(Field::BankAccount, side, text));
                    // One finding a card: its id does not tell accounts apart.
                    break;
                }
                evaluated += u64::from(judged);
            }
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let card = |account, bik| [(Field::BankAccount, account), (Field::Bik, bik)];
        World::new()
            .crm(&card("40702810300000000001", "044599111"))
            .crm(&card("4070281020000000000", "044599111"))
            .crm(&card("40702810200000000001", "044599111"))
            .crm(&card("40702810300000000001", ""))
            .crm(&card("03100643000000017300", "044599111"))
            .crm(&card("40702810200000000001\n40702810500000000002", "044599111"))
            .crm(&card("40702810200000000001\n40702810300000000001", "044599111"))
            .expect(&BankAccountKey, &["crm:1", "crm:2", "crm:7"]);
        World::new().crm(&[(Field::Bik, "044599111")]).expect_not_run(&BankAccountKey);
    }
}
