//! `cp-bank-account-shared`: one settlement account stands on cards with different INNs.

use super::groups::{lead, masters};
use super::scope::{live, no_field, sides_with};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{BankAccount, Entity, Field, Inn};

pub struct BankAccountShared;

static META: Meta = Meta {
    id: "cp-bank-account-shared",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Один расчётный счёт у разных ИНН",
        finds: "Расчётный счёт клиента (405–408) стоит в карточках с разными правильными ИНН одной системы.",
        why: "Поступление по выписке разнесётся не на того контрагента; это бывает и признаком подлога реквизитов.",
        causes: "Карточку скопировали с другой вместе со счётом; фирма сменила юрлицо; счёт принадлежит платёжному \
                 агенту.",
        remedy: "Выясните, чей это счёт, и удалите его из чужих карточек; внезапную смену счёта проверьте звонком.",
        example: "Счёт 40702810200000000001 у ИНН 7799001111 и 7799002228",
        source: "Положение Банка России 809-П от 24.11.2022 (план счетов): счета клиентов 405–408; практика: у счёта \
                 один владелец",
    },
    en: Card {
        title: "One settlement account under different INNs",
        finds: "A client account (405–408) stands in cards with different valid INNs of one system.",
        why: "An incoming payment is allocated to the wrong counterparty; it may also be a sign of forged requisites.",
        causes: "The card was copied from another together with the account; the client moved to another entity; the \
                 account is a paying agent's.",
        remedy: "Find out whose account it is and remove it from the other cards; confirm a sudden change of account \
                 by phone.",
        example: "Account 40702810200000000001 at INN 7799001111 and 7799002228",
        source: "Bank of Russia, Regulation 809-П of 24.11.2022 (chart of accounts): client accounts 405–408; \
                 practice: an account has one owner",
    },
};

impl Check for BankAccountShared {
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
            let masters = masters(cx, side);
            let mut keys: Vec<(BankAccount, u32)> = Vec::new();
            for at in live(cx, side, Entity::Counterparty).filter(|&at| parties.inn[at].is_valid()) {
                let accounts = parties.accounts.get(at).iter().filter_map(|noted| noted.value.valid().copied());
                let before = keys.len();
                keys.extend(accounts.filter(is_client_account).map(|account| (account, at as u32)));
                evaluated += u64::from(keys.len() > before);
            }
            // The same account twice in one card is no sharing.
            keys.sort_unstable();
            keys.dedup();
            let runs = keys.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1);
            let mut shared: Vec<(Vec<usize>, BankAccount)> =
                runs.map(|run| (run.iter().map(|(_, at)| *at as usize).collect(), run[0].0)).collect();
            // The same cards with several common accounts are one finding, for the first of them.
            shared.sort_unstable();
            shared.dedup_by(|a, b| a.0 == b.0);
            for (group, account) in shared {
                let mut inns: Vec<Inn> = group.iter().filter_map(|&at| parties.inn[at].valid().copied()).collect();
                inns.sort_unstable();
                inns.dedup();
                if inns.len() < 2 {
                    continue;
                }
                let (subject, more) = lead(side, &masters, &group);
                let count = inns.len();
                let message = cx.say(
                    || format!("Счёт {account} стоит в карточках с разными ИНН ({count}); выясните, чей он"),
                    || format!("Account {account} stands in cards of {count} INNs; find out whose it is"),
                );
                out.push(
                    Finding::record(subject, message).value(Field::BankAccount, side, account.as_str()).more(more),
                );
            }
        }
        Ran::Evaluated(evaluated)
    }
}

/// Accounts of clients. Those of banks and the treasury (301, 302, 401, 03…) serve many payers by right.
fn is_client_account(account: &BankAccount) -> bool {
    ["405", "406", "407", "408"].iter().any(|group| account.as_str().starts_with(group))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let card = |inn, account| [(Field::Inn, inn), (Field::BankAccount, account)];
        let (mine, other) = ("40702810200000000001", "40702810500000000002");
        World::new()
            .crm(&card(INN_A, mine))
            .crm(&card(INN_B, "40702810500000000002\n40702810200000000001"))
            .crm(&card(INN_A, mine))
            .onec(&card(INN_C, mine))
            .expect(&BankAccountShared, &["crm:1 crm:2 crm:3"]);
        let both = format!("{mine}\n{other}");
        World::new().crm(&card(INN_A, &both)).crm(&card(INN_B, &both)).expect(&BankAccountShared, &["crm:1 crm:2"]);
        World::new()
            .crm(&card(INN_A, mine))
            .crm(&card(INN_A, mine))
            .crm(&card(INN_B, other))
            .crm(&card("", mine))
            .crm(&card(INN_C, "03100643000000017300"))
            .crm(&card(INN_B, "03100643000000017300"))
            .expect(&BankAccountShared, &[]);
        World::new().crm(&[(Field::Inn, INN_A)]).expect_not_run(&BankAccountShared);
    }
}
