//! Canonical fields of a record.

use super::{Entity, Lang};

macro_rules! fields {
    ($($variant:ident $code:literal $ru:literal $en:literal $entities:ident;)*) => {
        /// A field that sverka understands, whatever the system calls it.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        pub enum Field { $($variant),* }

        impl Field {
            /// In the order in which reports show them.
            pub const ALL: &'static [Field] = &[$(Field::$variant),*];

            /// Name in `sverka.toml` and in output tables, unique.
            pub fn code(self) -> &'static str {
                match self { $(Field::$variant => $code),* }
            }

            /// Name in a report.
            pub fn title(self, lang: Lang) -> &'static str {
                match self { $(Field::$variant => lang.pick($ru, $en)),* }
            }

            /// Entities that have it.
            pub fn entities(self) -> &'static [Entity] {
                match self { $(Field::$variant => $entities),* }
            }
        }
    };
}

const BOTH: &[Entity] = &[Entity::Counterparty, Entity::Contact];
const FIRM: &[Entity] = &[Entity::Counterparty];
const PERSON: &[Entity] = &[Entity::Contact];

fields! {
    Id "id" "Код записи" "Record id" BOTH;
    ExternalId "external_id" "Ид в другой системе" "Id in the other system" BOTH;
    Code "code" "Код" "Code" BOTH;
    Kind "kind" "Вид" "Kind" BOTH;
    Name "name" "Наименование" "Name" BOTH;
    FullName "full_name" "Полное наименование" "Full name" FIRM;
    LastName "last_name" "Фамилия" "Surname" BOTH;
    FirstName "first_name" "Имя" "Given name" BOTH;
    Patronymic "patronymic" "Отчество" "Patronymic" BOTH;
    Inn "inn" "ИНН" "INN" BOTH;
    Kpp "kpp" "КПП" "KPP" FIRM;
    Ogrn "ogrn" "ОГРН" "OGRN" FIRM;
    TaxId "tax_id" "Налоговый номер нерезидента" "Foreign tax number" FIRM;
    Phone "phone" "Телефон" "Phone" BOTH;
    Email "email" "E-mail" "E-mail" BOTH;
    Website "website" "Сайт" "Web site" FIRM;
    Address "address" "Юридический адрес" "Registered address" BOTH;
    ActualAddress "actual_address" "Фактический адрес" "Actual address" BOTH;
    Country "country" "Страна" "Country" BOTH;
    BankAccount "bank_account" "Расчётный счёт" "Bank account" FIRM;
    Bik "bik" "БИК" "BIK" FIRM;
    BirthDate "birth_date" "Дата рождения" "Date of birth" BOTH;
    Gender "gender" "Пол" "Sex" PERSON;
    Snils "snils" "СНИЛС" "SNILS" PERSON;
    Document "document" "Удостоверение личности" "Identity document" PERSON;
    DocumentDate "document_date" "Дата выдачи документа" "Document issue date" PERSON;
    HeadId "head_id" "Головной контрагент" "Head counterparty" FIRM;
    GroupId "group_id" "Группа" "Group" BOTH;
    OwnerId "owner_id" "Компания (код)" "Company (id)" PERSON;
    OwnerName "owner_name" "Компания" "Company" PERSON;
    Position "position" "Должность" "Position" PERSON;
    Responsible "responsible" "Ответственный" "Responsible" BOTH;
    CreatedAt "created_at" "Создано" "Created" BOTH;
    ModifiedAt "modified_at" "Изменено" "Modified" BOTH;
    Comment "comment" "Комментарий" "Comment" BOTH;
    Consent "consent" "Согласие на обработку ПДн" "Consent" PERSON;
    Deleted "deleted" "Пометка удаления" "Deletion mark" BOTH;
    IsGroup "is_group" "Это группа" "Is a group" BOTH;
    IsOwn "is_own" "Своя организация" "Own organisation" FIRM;
    Active "active" "Активен" "Active" BOTH;
    Turnover "turnover" "Оборот" "Turnover" FIRM;
    RequisitePreset "requisite_preset" "Шаблон реквизитов" "Requisite preset" FIRM;
}

impl Field {
    pub const COUNT: usize = Field::ALL.len();

    pub fn parse(code: &str) -> Option<Field> {
        Field::ALL.iter().copied().find(|f| f.code() == code)
    }

    /// Several values may stand in one record; in text they are separated by a line feed.
    pub fn is_multiple(self) -> bool {
        matches!(self, Field::Phone | Field::Email | Field::BankAccount | Field::Bik | Field::Website)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_positions_agree() {
        let mut codes: Vec<_> = Field::ALL.iter().map(|f| f.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Field::COUNT);
        for (at, field) in Field::ALL.iter().enumerate() {
            assert_eq!(*field as usize, at);
            assert_eq!(Field::parse(field.code()), Some(*field));
        }
    }
}
