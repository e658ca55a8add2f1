//! Checks `ct-*`: persons, and the phones and e-mails of both entities.

mod apart;
mod owner;
mod passport;
mod person_name;
mod twins;

use super::family;

family! {
    phone_invalid::PhoneInvalid,
    phone_format_mixed::PhoneFormatMixed,
    phone_shared::PhoneShared,
    phone_own_office::PhoneOwnOffice,
    email_invalid::EmailInvalid,
    email_role_shared::EmailRoleShared,
    dup_phone_name::DupPhoneName,
    dup_email_name::DupEmailName,
    contradiction::Contradiction,
    fio_one_field::FioOneField,
    fio_initials::FioInitials,
    fio_translit::FioTranslit,
    fio_yo::FioYo,
    gender_patronymic::GenderPatronymic,
    snils_checksum::SnilsChecksum,
    doc_format::DocFormat,
    doc_shared::DocShared,
    birthdate_impossible::BirthdateImpossible,
    person_no_id::PersonNoId,
    orphan_contact::OrphanContact,
    consent_missing::ConsentMissing,
    pd_in_comment::PdInComment,
    company_link_drift::CompanyLinkDrift,
    field_drift::FieldDrift,
    only_crm::OnlyCrm,
    only_1c::OnlyOnec,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::clean;
    use crate::finding::Severity;
    use crate::model::{Field, Lang, Side};

    /// Two clean sides give no warning, whatever the check is about.
    #[test]
    fn clean_sides_are_silent() {
        for check in CHECKS.iter().filter(|c| c.meta().severity != Severity::Info) {
            let loaded = |w, side| crate::checks::testing::World::sources(w, side, |s| s[0].counts.loaded = 5);
            let world = Side::BOTH.into_iter().fold(clean(), loaded);
            let (_, found) = world.findings(*check);
            assert_eq!(found, [""; 0], "{}", check.meta().id);
        }
    }

    /// Both languages find the same, each in its own words.
    #[test]
    fn messages_are_in_the_language_asked_for() {
        let world = |lang| {
            let bad = [
                (Field::LastName, "Vasilkov"),
                (Field::FirstName, "Petr"),
                (Field::Patronymic, "P"),
                (Field::Phone, "12.0"),
                (Field::Email, "a"),
                (Field::Comment, "=1+1"),
                (Field::BirthDate, "31.02.1985"),
                (Field::CreatedAt, "03/04/2024"),
                (Field::Snils, "1"),
                (Field::Document, "4505 1234567"),
                (Field::Consent, "N"),
                (Field::OwnerId, "0"),
            ];
            let mut world = crate::checks::testing::World::new().crm_contact(&bad).onec_contact(&bad);
            world.lang = lang;
            world
        };
        let cyrillic = |text: &str| text.chars().any(|c| ('а'..='я').contains(&c));
        let mut told = 0;
        for check in CHECKS {
            let (ru, en) = (world(Lang::Ru).messages(*check), world(Lang::En).messages(*check));
            assert_eq!(ru.len(), en.len(), "{}", check.meta().id);
            assert!(ru.iter().all(|m| cyrillic(m)), "{ru:?}");
            assert!(!en.iter().any(|m| cyrillic(m)), "{en:?}");
            told += ru.len();
        }
        assert!(told > 3, "the bad records must be found by several checks");
    }
}
