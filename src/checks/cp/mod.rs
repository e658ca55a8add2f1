//! Checks `cp-*`: counterparties, and identifiers of contacts where they share a rule.

mod external;
pub(super) mod groups;
mod scope;
mod stated;

use super::family;

family! {
    inn_missing::InnMissing,
    inn_checksum::InnChecksum,
    inn_kind_length::InnKindLength,
    inn_leading_zero::InnLeadingZero,
    inn_placeholder::InnPlaceholder,
    inn_dirty_chars::InnDirtyChars,
    kpp_format::KppFormat,
    kpp_on_person::KppOnPerson,
    kpp_missing::KppMissing,
    kpp_largest_taxpayer::KppLargestTaxpayer,
    ogrn_checksum::OgrnChecksum,
    dup_inn_kpp::DupInnKpp,
    dup_inn_kpp_empty::DupInnKppEmpty,
    branch_family::BranchFamily,
    branch_no_head::BranchNoHead,
    branch_collapsed::BranchCollapsed,
    dup_name_contact::DupNameContact,
    name_number_differs::NameNumberDiffers,
    same_name_diff_inn::SameNameDiffInn,
    legal_form_spelling::LegalFormSpelling,
    legal_form_conflict::LegalFormConflict,
    mixed_script::MixedScript,
    invisible_chars::InvisibleChars,
    kind_vs_name::KindVsName,
    ip_company_vs_person::IpCompanyVsPerson,
    inn_two_kinds::InnTwoKinds,
    own_org_listed::OwnOrgListed,
    deleted_linked::DeletedLinked,
    link_orphan::LinkOrphan,
    link_not_unique::LinkNotUnique,
    link_inn_conflict::LinkInnConflict,
    only_crm_active::OnlyCrmActive,
    only_1c_active::Only1cActive,
    field_drift::FieldDrift,
    bank_account_key::BankAccountKey,
    bank_account_shared::BankAccountShared,
    b24_requisites_many::B24RequisitesMany,
    b24_preset_kind::B24PresetKind,
    test_record::TestRecord,
    folder_exported::FolderExported,
    foreign_id::ForeignId,
}

/// Conflicts of requisites that `cp-b24-requisites-many` reports.
pub(super) use b24_requisites_many::covers as reports_conflict;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::checks::Ran;
    use crate::checks::testing::{World, clean};
    use crate::finding::Severity;
    use crate::model::{Field, Lang};

    #[test]
    fn the_catalogue_is_filled() {
        let mut ids = BTreeSet::new();
        let mut titles = BTreeSet::new();
        for check in CHECKS {
            let meta = check.meta();
            assert!(ids.insert(meta.id), "{} repeats", meta.id);
            assert!(meta.id.starts_with("cp-"), "{}", meta.id);
            assert!(meta.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{}", meta.id);
            assert!(!meta.since.is_empty(), "{}", meta.id);
            for lang in [Lang::Ru, Lang::En] {
                let card = meta.card(lang);
                assert!(titles.insert(card.title), "{}: the title repeats", meta.id);
                assert!(!card.title.is_empty() && !card.title.ends_with('.'), "{}", meta.id);
                assert!(!card.example.is_empty(), "{}", meta.id);
                for text in [card.finds, card.why, card.causes, card.remedy] {
                    assert!(text.ends_with('.'), "{}: {text}", meta.id);
                }
            }
        }
        assert_eq!(ids.len(), 41);
    }

    #[test]
    fn clean_sides_are_silent() {
        for check in CHECKS {
            let (_, found) = clean().findings(*check);
            // Information (a head office and its branches) may be told of clean data too.
            if check.meta().severity != Severity::Info {
                assert_eq!(found, [""; 0], "{}", check.meta().id);
            }
        }
    }

    /// A check that has nothing to look at is not a passed one.
    #[test]
    fn empty_sides_run_nothing() {
        for check in CHECKS {
            let (ran, found) = World::new().findings(*check);
            assert_eq!(found, [""; 0], "{}", check.meta().id);
            assert!(matches!(ran, Ran::NotRun(_) | Ran::Evaluated(0)), "{}: {ran:?}", check.meta().id);
        }
    }

    /// Both languages find the same.
    #[test]
    fn messages_are_in_the_language_asked_for() {
        let world = |lang| {
            let mut world = World::new()
                .crm(&[(Field::Name, "OOO"), (Field::Inn, "7799001112"), (Field::Kpp, "1")])
                .onec(&[(Field::Name, "Test"), (Field::Inn, "0000000000"), (Field::Kpp, "779901001")]);
            world.lang = lang;
            world
        };
        let cyrillic = |text: &str| text.chars().any(|c| ('а'..='я').contains(&c));
        for check in CHECKS {
            let (ru, en) = (world(Lang::Ru).messages(*check), world(Lang::En).messages(*check));
            assert_eq!(ru.len(), en.len(), "{}", check.meta().id);
            assert!(ru.iter().all(|m| cyrillic(m)), "{ru:?}");
            assert!(!en.iter().any(|m| cyrillic(m)), "{en:?}");
        }
    }
}
