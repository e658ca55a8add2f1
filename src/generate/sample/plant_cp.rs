//! Defects of single counterparty cards, and differences between the two systems.

use super::plan::Plan;
use super::world::{Kind, Pairs, Requisite, Source};
use crate::generate::ids::{self, Region};
use crate::model::Side::{Crm, Onec};

/// Every defect of this file.
pub fn plant(p: &mut Plan) {
    inn(p);
    kpp_and_ogrn(p);
    names(p);
    kinds(p);
    links(p);
    one_sided_and_drift(p);
    bank(p);
    requisites(p);
    rubbish(p);
}

fn inn(p: &mut Plan) {
    for _ in 0..2 {
        let at = p.take_plain();
        for card in p.both(at) {
            card.inn.clear();
            card.kpp.clear();
        }
        p.found("cp-inn-missing", Crm, at, "organisation without INN");
        p.found("cp-inn-missing", Onec, at, "organisation without INN");
    }
    let at = p.take_plain();
    let card = p.crm(at);
    card.inn = ids::spoil_control(&card.inn);
    card.pairs = Pairs::Review;
    p.found("cp-inn-checksum", Crm, at, "last digit of the INN is wrong");
    let at = p.take_plain();
    let card = p.onec(at);
    card.inn = ids::spoil_control(&card.inn);
    card.pairs = Pairs::Review;
    p.found("cp-inn-checksum", Onec, at, "last digit of the INN is wrong");
    let at = p.take_plain();
    for card in p.both(at) {
        card.inn = ids::spoil_control(&card.inn);
    }
    p.found("cp-inn-checksum", Crm, at, "the same wrong INN on both sides is still evidence");
    p.found("cp-inn-checksum", Onec, at, "the same wrong INN on both sides is still evidence");

    let at = p.take_plain();
    let inn = ids::inn_person(9001, Region::WithoutZero);
    for card in p.both(at) {
        card.inn.clone_from(&inn);
        card.kpp.clear();
    }
    p.found("cp-inn-kind-length", Crm, at, "12 digits on an organisation");
    p.found("cp-inn-kind-length", Onec, at, "12 digits on an organisation");
    let at = p.take_trader();
    let inn = ids::inn_org(9002, Region::WithoutZero);
    for card in p.both(at) {
        card.inn.clone_from(&inn);
    }
    p.found("cp-inn-kind-length", Crm, at, "10 digits on a sole trader");
    p.found("cp-inn-kind-length", Onec, at, "10 digits on a sole trader");

    for _ in 0..2 {
        let at = p.take(|crm, _| crm.source == Source::CrmCsv && crm.kind == Kind::Firm && crm.inn.starts_with('0'));
        let card = p.crm(at);
        card.inn.remove(0);
        p.found("cp-inn-leading-zero", Crm, at, "the CRM lost the leading zero");
    }
    for n in [9003, 9004] {
        let at = p.take_plain();
        let inn = ids::inn_org(n, Region::WithZero);
        for card in p.both(at) {
            card.inn.clone_from(&inn);
            card.kpp = ids::kpp(&inn, "01", 1);
        }
        // Nothing else is spoiled: the workbook keeps the INN as a number.
        p.found("cp-inn-leading-zero", Onec, at, "the workbook keeps the INN as a number");
    }

    for (side, placeholder) in [(Crm, "0000000000"), (Crm, "1234567890"), (Onec, "1111111111"), (Crm, "не указан")]
    {
        let at = p.take_plain();
        let card = if side == Crm { p.crm(at) } else { p.onec(at) };
        card.inn = placeholder.to_owned();
        card.pairs = Pairs::Review;
        p.found("cp-inn-placeholder", side, at, "a filler instead of the INN");
    }

    let at = p.take_plain();
    let card = p.crm(at);
    card.inn = format!("{} {}", &card.inn[..4], &card.inn[4..]);
    p.found("cp-inn-dirty-chars", Crm, at, "a space inside the INN");
    let at = p.take_plain();
    let card = p.crm(at);
    card.inn = format!("{}/{}", card.inn, card.kpp);
    card.kpp.clear();
    p.found("cp-inn-dirty-chars", Crm, at, "INN and KPP in one field");
    let at = p.take(|crm, onec| {
        crm.source == Source::CrmCsv
            && onec.source == Source::OnecXlsx
            && crm.kind == Kind::Firm
            && crm.inn.contains('0')
    });
    let card = p.crm(at);
    card.inn = card.inn.replacen('0', "О", 1);
    p.found("cp-inn-dirty-chars", Crm, at, "the letter О stands for a zero");

    let at = p.take_plain();
    let card = p.crm(at);
    card.inn.push_str(".0");
    p.found("snap-number-coerced", Crm, at, "INN with .0 after a spreadsheet");
    let at = p.take_trader();
    let card = p.crm(at);
    card.inn = format!("{},{}E+11", &card.inn[..1], &card.inn[1..3]);
    card.pairs = Pairs::Review;
    p.found("snap-number-coerced", Crm, at, "INN in scientific form, digits are lost");
}

fn kpp_and_ogrn(p: &mut Plan) {
    let at = p.take_plain();
    p.crm(at).kpp = "56789".to_owned();
    p.found("cp-kpp-format", Crm, at, "five digits");
    let at = p.take_plain();
    let card = p.crm(at);
    card.kpp = format!("{}АВ001", &card.kpp[..4]);
    p.found("cp-kpp-format", Crm, at, "Cyrillic letters in the KPP");

    let at = p.take_trader();
    let card = p.crm(at);
    card.kpp = ids::kpp(&card.inn, "01", 1);
    p.found("cp-kpp-on-person", Crm, at, "a sole trader with a KPP");

    for side in [Crm, Onec] {
        let at = p.take_plain();
        if side == Crm {
            p.crm(at).kpp.clear()
        } else {
            p.onec(at).kpp.clear()
        }
        p.found("cp-kpp-missing", side, at, "organisation with INN and without KPP");
    }

    let at = p.take_plain();
    p.onec(at).kpp = "997950001".to_owned();
    p.found_with("cp-kpp-largest-taxpayer", Crm, at, &[(Onec, at)], "1C keeps the KPP of a largest taxpayer");

    let at = p.take_plain();
    let card = p.crm(at);
    card.ogrn = ids::spoil_control(&card.ogrn);
    p.found("cp-ogrn-checksum", Crm, at, "control digit of the OGRN");
    let at = p.take_trader();
    let card = p.onec(at);
    card.ogrn = ids::spoil_control(&card.ogrn);
    p.found("cp-ogrn-checksum", Onec, at, "control digit of the OGRNIP");
}

/// The name between the quotes.
fn core(name: &str) -> String {
    name.split('"').nth(1).unwrap_or(name).to_owned()
}

fn names(p: &mut Plan) {
    let ooo = |crm: &super::world::Card, onec: &super::world::Card| {
        crm.source == Source::CrmCsv && onec.source == Source::OnecXlsx && crm.name.starts_with("ООО")
    };
    for spelling in 0..3 {
        let at = p.take(ooo);
        let card = p.crm(at);
        let core = core(&card.name);
        card.name = match spelling {
            0 => format!("О.О.О. \"{core}\""),
            1 => format!("Общество с ограниченной ответственностью «{core}»"),
            _ => format!("{core}, ооо"),
        };
        p.found("cp-legal-form-spelling", Crm, at, "the form or the quotes are spelled in another way");
    }
    let at = p.take(|crm, onec| {
        crm.source == Source::CrmCsv && onec.source == Source::OnecXlsx && crm.name.starts_with("АО")
    });
    let card = p.crm(at);
    card.name = format!("З{}", card.name);
    card.full_name = card.full_name.replace("Акционерное", "Закрытое акционерное");
    p.found_with("cp-legal-form-conflict", Crm, at, &[(Onec, at)], "ЗАО in the CRM, АО in 1C");
    let at = p.take(ooo);
    let card = p.crm(at);
    card.name = card.name.replacen("ООО", "ПАО", 1);
    card.full_name =
        card.full_name.replacen("Общество с ограниченной ответственностью", "Публичное акционерное общество", 1);
    p.found_with("cp-legal-form-conflict", Crm, at, &[(Onec, at)], "ПАО in the CRM, ООО in 1C");

    for side in [Crm, Onec] {
        let at = p.take(|crm, onec| ooo(crm, onec) && crm.name.contains('а') && crm.name.contains('о'));
        let card = if side == Crm { p.crm(at) } else { p.onec(at) };
        card.name = card.name.replacen('а', "a", 1).replacen('о', "o", 1);
        p.found("cp-mixed-script", side, at, "Latin a and o inside a Cyrillic word");
    }
    for noise in 0..3 {
        let at = p.take(ooo);
        let card = p.crm(at);
        card.name = match noise {
            0 => card.name.replacen(' ', "\u{a0}", 1),
            1 => card.name.replacen(' ', "  ", 1),
            _ => card.name.replacen('"', "\"\u{200b}", 1),
        };
        p.found("cp-invisible-chars", Crm, at, "NBSP, two spaces or a zero-width space");
    }
}

fn kinds(p: &mut Plan) {
    let at = p.take_trader();
    let card = p.onec(at);
    card.kind = Kind::Firm;
    card.name = card.name.trim_start_matches("ИП ").to_owned();
    card.full_name.clone_from(&card.name);
    p.found("cp-kind-vs-name", Onec, at, "«Юридическое лицо» with the name of a person");
    let at = p.take_plain();
    p.onec(at).kind = Kind::Person;
    p.found("cp-kind-vs-name", Onec, at, "«Физическое лицо» with the name of a company");
    for _ in 0..2 {
        let at = p.take_trader();
        let card = p.onec(at);
        card.kind = Kind::Person;
        card.name = card.name.trim_start_matches("ИП ").to_owned();
        card.full_name.clone_from(&card.name);
        card.ogrn.clear();
        p.found_with(
            "cp-ip-company-vs-person",
            Crm,
            at,
            &[(Onec, at)],
            "a sole trader in the CRM, «Физическое лицо» in 1C",
        );
    }
}

fn links(p: &mut Plan) {
    let at = p.take_rest(Kind::Firm);
    p.crm(at).origin = "0badc0de-0000-11ee-8000-00000000dead".to_owned();
    p.found("cp-link-orphan", Crm, at, "the stored GUID is not in 1C");

    let (a, b) = (p.take_rest(Kind::Firm), p.take_rest(Kind::Firm));
    let guid = p.onec(a).id.clone();
    let card = p.crm(b);
    card.origin = guid;
    card.pairs = Pairs::Review;
    p.found_with("cp-link-not-unique", Crm, a, &[(Crm, b)], "two companies hold one GUID");
    p.found_with("cp-link-inn-conflict", Crm, b, &[(Onec, a)], "the GUID leads to a card with another INN");

    let (a, b) = (p.take_rest(Kind::Firm), p.take_rest(Kind::Firm));
    let (first, second) = (p.onec(a).id.clone(), p.onec(b).id.clone());
    for (at, guid) in [(a, second), (b, first)] {
        let card = p.crm(at);
        card.origin = guid;
        card.pairs = Pairs::Review;
    }
    p.found_with("cp-link-inn-conflict", Crm, a, &[(Onec, b)], "links of two companies are swapped");
    p.found_with("cp-link-inn-conflict", Crm, b, &[(Onec, a)], "links of two companies are swapped");
    p.trap_cards(&[(Crm, a), (Onec, b)], "inn-differs", "a wrong stored link");
    p.trap_cards(&[(Crm, b), (Onec, a)], "inn-differs", "a wrong stored link");

    let at = p.take_plain();
    p.onec(at).deleted = true;
    p.found_with("cp-deleted-linked", Onec, at, &[(Crm, at)], "marked for deletion in 1C, live in the CRM");
    let at = p.take(|crm, onec| crm.source == Source::CrmRest && onec.source == Source::OnecXml);
    p.onec(at).deleted = true;
    p.found_with("cp-deleted-linked", Onec, at, &[(Crm, at)], "marked for deletion in 1C, live in the CRM");
}

fn one_sided_and_drift(p: &mut Plan) {
    for _ in 0..4 {
        let at = p.take_plain();
        p.onec(at).gone = true;
        p.found("cp-only-crm-active", Crm, at, "1C does not hold it");
    }
    for _ in 0..4 {
        let at = p.take_plain();
        p.crm(at).gone = true;
        p.found("cp-only-1c-active", Onec, at, "the CRM does not hold it");
    }
    for field in 0..5 {
        let at = p.take_plain();
        let (mobile, office) = (p.world.fresh_mobile(), p.world.fresh_office());
        let card = p.onec(at);
        match field {
            0 => card.name = card.name.replacen('"', "\"Новый ", 1),
            1 => card.address = "101000, г. Москва, ул. Старая, д. 3".to_owned(),
            2 => card.phone = office,
            3 => card.email = format!("zakupki-{}@pisma.example", &mobile[4..]),
            _ => card.kpp = ids::kpp("5493", "01", 2),
        }
        card.pairs = match field {
            0 => Pairs::Review,
            // Another KPP is another registration: a branch, for all that the cards can tell.
            4 => Pairs::Apart,
            _ => Pairs::Auto,
        };
        p.found_with("cp-field-drift", Crm, at, &[(Onec, at)], "name, address, phone, e-mail or KPP differs");
    }
}

fn bank(p: &mut Plan) {
    let at = p.take_plain();
    let card = p.onec(at);
    let key = card.account.as_bytes()[8] - b'0';
    card.account.replace_range(8..9, &((key + 3) % 10).to_string());
    p.found("cp-bank-account-key", Onec, at, "the key does not agree with the BIK");
    let (a, b) = (p.take_plain(), p.take_plain());
    let (account, bik) = (p.onec(a).account.clone(), p.onec(a).bik.clone());
    for card in p.both(b) {
        card.account.clone_from(&account);
        card.bik.clone_from(&bik);
    }
    p.found_with("cp-bank-account-shared", Onec, a, &[(Onec, b)], "one account on two INNs");
    p.found_with("cp-bank-account-shared", Crm, a, &[(Crm, b)], "one account on two INNs");
    p.trap_cards(&[(Onec, a), (Onec, b)], "inn-differs", "one account on two INNs");
}

fn requisites(p: &mut Plan) {
    let at = p.take_rest(Kind::Firm);
    let inn = ids::inn_org(9010, Region::WithoutZero);
    let kpp = ids::kpp(&inn, "01", 1);
    p.crm(at).more.push(Requisite { preset: 1, inn, kpp });
    p.crm(at).pairs = Pairs::Review;
    p.found("cp-b24-requisites-many", Crm, at, "two requisites with different INN");
    let at = p.take_rest(Kind::Trader);
    p.crm(at).preset = 1;
    p.found("cp-b24-preset-kind", Crm, at, "preset «Организация» with 12 digits");
    let at = p.take_rest(Kind::Firm);
    p.crm(at).preset = 2;
    p.found("cp-b24-preset-kind", Crm, at, "preset «ИП» with 10 digits");
}

fn rubbish(p: &mut Plan) {
    for name in ["Тест", "asdf", "тестовая компания не удалять"] {
        let (mut card, _) = p.world.firm(Kind::Firm, 0);
        card.name = name.to_owned();
        for text in [
            &mut card.full_name,
            &mut card.inn,
            &mut card.kpp,
            &mut card.ogrn,
            &mut card.account,
            &mut card.bik,
            &mut card.site,
            &mut card.address,
            &mut card.origin,
        ] {
            text.clear();
        }
        card.email = format!("test@{}.example", ["test", "asdf", "proba"][name.len() % 3]);
        card.turnover = 0;
        p.world.crm.push(card);
        let at = p.world.crm.len() - 1;
        p.found("cp-test-record", Crm, at, "a trial record");
    }

    let at = p.take_plain();
    let own = p.world.own_inn.clone();
    let card = p.onec(at);
    card.inn = own;
    card.kpp = ids::kpp(&card.inn, "01", 1);
    card.name = super::world::OWN_NAME.to_owned();
    p.crm(at).gone = true;
    p.found("cp-own-org-listed", Onec, at, "the own organisation among counterparties");

    // The group «Оптовые покупатели» came out as a card of its own.
    const FOLDER: &str = "Оптовые покупатели";
    for _ in 0..2 {
        let at = p.take_plain();
        p.onec(at).folder = FOLDER;
    }
    let (_, mut folder) = p.world.firm(Kind::Firm, 0);
    folder.name = FOLDER.to_owned();
    for text in [
        &mut folder.full_name,
        &mut folder.inn,
        &mut folder.kpp,
        &mut folder.ogrn,
        &mut folder.account,
        &mut folder.bik,
        &mut folder.phone,
        &mut folder.email,
        &mut folder.site,
        &mut folder.address,
    ] {
        text.clear();
    }
    p.world.onec.push(folder);
    let at = p.world.onec.len() - 1;
    p.found("cp-folder-exported", Onec, at, "a group of the catalogue as a card");

    let (mut crm, mut onec) = p.world.firm(Kind::Foreign, 0);
    for card in [&mut crm, &mut onec] {
        card.name = "Zarechny Trade Ltd".to_owned();
        card.full_name = "Zarechny Trade Limited".to_owned();
        card.inn = "1234512345".to_owned();
        card.kpp.clear();
        card.ogrn.clear();
        card.account.clear();
        card.bik.clear();
        card.address = "Cyprus, Limassol, Invented str. 5".to_owned();
    }
    p.world.crm.push(crm);
    p.world.onec.push(onec);
    let at = p.world.onec.len() - 1;
    p.found("cp-foreign-id", Onec, at, "a non-resident with an invented INN and no tax number");

    let at = p.take_plain();
    p.crm(at).comment = "=HYPERLINK(\"http://obman.example\";\"Открыть счёт\")".to_owned();
    p.found("snap-formula-payload", Crm, at, "a formula in the comment");
    let at = p.take_plain();
    p.onec(at).full_name = "@SUM(1+9)*cmd|' /C calc'!A0".to_owned();
    p.found("snap-formula-payload", Onec, at, "a DDE formula in the full name");
    for _ in 0..2 {
        let at = p.take_plain();
        let card = p.crm(at);
        // UTF-8 read as windows-1251, which is how an address passes through a wrong code page.
        card.address = encoding_rs::WINDOWS_1251.decode_without_bom_handling(card.address.as_bytes()).0.into_owned();
    }
    p.found_source("snap-encoding-mojibake", Source::CrmCsv, "addresses in a wrong code page");
}
