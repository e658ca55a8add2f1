//! Checks `ct-*`: persons, and the phones and e-mails of both entities.

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
    orphan_contact::OrphanContact,
    consent_missing::ConsentMissing,
    pd_in_comment::PdInComment,
    company_link_drift::CompanyLinkDrift,
    field_drift::FieldDrift,
    only_crm::OnlyCrm,
    only_1c::OnlyOnec,
}
