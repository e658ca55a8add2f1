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

use Entity::{
    Contact, Contract, Counterparty, Ddu, Deal, Document as Paper, Instalment, Line, Object, Payment, Price as Prices,
    Product, Stock, Unit as Units, Warehouse as Store,
};

const ALL: &[Entity] = Entity::ALL;
const BOTH: &[Entity] = &[Counterparty, Contact];
const FIRM: &[Entity] = &[Counterparty];
const PERSON: &[Entity] = &[Contact];
/// Entries of a catalogue: they have a name.
const NAMED: &[Entity] = &[Counterparty, Contact, Product, Units, Store, Contract, Deal, Object];
const LISTED: &[Entity] = &[Counterparty, Contact, Product, Units, Store];
const KINDS: &[Entity] = &[Counterparty, Contact, Product, Contract, Paper, Payment, Object];
const FULL_NAMES: &[Entity] = &[Counterparty, Product, Units];
const PLACES: &[Entity] = &[Counterparty, Contact, Store, Object];
const GROUPED: &[Entity] = &[Counterparty, Contact, Product];
/// What somebody answers for.
const KEPT: &[Entity] = &[Counterparty, Contact, Deal, Paper, Object, Ddu];
const GOODS: &[Entity] = &[Product, Prices, Line, Stock];
const PRICED: &[Entity] = &[Product, Prices, Line, Object];
const MONEY: &[Entity] = &[Product, Prices, Contract, Deal, Paper, Payment, Ddu];
const COUNTED: &[Entity] = &[Line, Stock];
const WITH_PARTY: &[Entity] = &[Contract, Deal, Paper, Payment, Ddu];
const SUMMED: &[Entity] = &[Deal, Paper, Line, Payment, Ddu, Instalment];
const TAXED: &[Entity] = &[Product, Paper, Line, Payment];
/// What has a price, with the tax in it or without.
const TAX_IN_PRICE: &[Entity] = &[Product, Prices, Paper, Line, Payment];
const FROM_BASIS: &[Entity] = &[Paper, Payment, Line, Instalment];
const STATED: &[Entity] = &[Deal, Paper, Payment, Object, Ddu, Contract];
const STORED: &[Entity] = &[Paper, Line, Stock];
const POSTED: &[Entity] = &[Paper, Payment, Ddu];
/// What may carry a rate of VAT.
const RATED_VAT: &[Entity] = &[Product, Paper, Line, Payment, Object, Ddu];
const DISCOUNTED: &[Entity] = &[Line, Object, Ddu];
const LINES: &[Entity] = &[Line];
const DEALS: &[Entity] = &[Deal];
const PAYMENTS: &[Entity] = &[Payment];
const UNITS: &[Entity] = &[Product, Prices, Line, Stock];
const PACKED: &[Entity] = &[Product, Prices, Line];
const UNDER_CONTRACT: &[Entity] = &[Deal, Paper, Payment];
const ENDING: &[Entity] = &[Contract, Deal, Ddu];
const OBJECTS: &[Entity] = &[Object];
const WITH_OBJECT: &[Entity] = &[Deal, Ddu, Payment];
const WITH_DDU: &[Entity] = &[Payment, Instalment];
const DDUS: &[Entity] = &[Ddu];
const SCHEDULED: &[Entity] = &[Instalment];
const STOCKED: &[Entity] = &[Stock];
const BARCODED: &[Entity] = &[Product, Line];
const VARIED: &[Entity] = &[Product, Prices, Line, Stock];
const PRICE_TYPES: &[Entity] = &[Prices, Paper, Deal];
const RATED: &[Entity] = &[Paper, Payment];
const PARTLY_PAID: &[Entity] = &[Deal, Paper, Instalment];
const HOUSED: &[Entity] = &[Object, Ddu];
const RESERVED: &[Entity] = &[Object, Deal];
const ESCROW: &[Entity] = &[Ddu, Payment];
const NUMBERED: &[Entity] = &[Contract, Deal, Paper, Payment, Object, Ddu, Instalment];
const DATED: &[Entity] = &[Contract, Deal, Paper, Payment, Ddu, Instalment, Stock, Prices];

fields! {
    Id "id" "Код записи" "Record id" ALL;
    ExternalId "external_id" "Ид в другой системе" "Id in the other system" ALL;
    Code "code" "Код" "Code" ALL;
    Kind "kind" "Вид" "Kind" KINDS;
    Name "name" "Наименование" "Name" NAMED;
    FullName "full_name" "Полное наименование" "Full name" FULL_NAMES;
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
    Address "address" "Юридический адрес" "Registered address" PLACES;
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
    GroupId "group_id" "Группа" "Group" GROUPED;
    OwnerId "owner_id" "Компания (код)" "Company (id)" PERSON;
    OwnerName "owner_name" "Компания" "Company" PERSON;
    Position "position" "Должность" "Position" PERSON;
    Responsible "responsible" "Ответственный" "Responsible" KEPT;
    CreatedAt "created_at" "Создано" "Created" ALL;
    ModifiedAt "modified_at" "Изменено" "Modified" ALL;
    Comment "comment" "Комментарий" "Comment" ALL;
    Consent "consent" "Согласие на обработку ПДн" "Consent" PERSON;
    Deleted "deleted" "Пометка удаления" "Deletion mark" ALL;
    IsGroup "is_group" "Это группа" "Is a group" LISTED;
    IsOwn "is_own" "Своя организация" "Own organisation" FIRM;
    Active "active" "Активен" "Active" LISTED;
    Turnover "turnover" "Оборот" "Turnover" FIRM;
    RequisitePreset "requisite_preset" "Шаблон реквизитов" "Requisite preset" FIRM;
    Number "number" "Номер" "Number" NUMBERED;
    Date "date" "Дата" "Date" DATED;
    PartyId "party_id" "Контрагент (код)" "Counterparty (id)" WITH_PARTY;
    PartyName "party_name" "Контрагент" "Counterparty" WITH_PARTY;
    PartyInn "party_inn" "ИНН контрагента" "INN of the counterparty" WITH_PARTY;
    PartyKpp "party_kpp" "КПП контрагента" "KPP of the counterparty" WITH_PARTY;
    PersonId "person_id" "Контакт (код)" "Contact (id)" WITH_PARTY;
    PersonName "person_name" "Контакт" "Contact" WITH_PARTY;
    Organisation "organisation" "Организация" "Own organisation" WITH_PARTY;
    ContractId "contract_id" "Договор (код)" "Contract (id)" UNDER_CONTRACT;
    ContractName "contract_name" "Договор" "Contract" UNDER_CONTRACT;
    DocumentId "document_id" "Документ (код)" "Document (id)" LINES;
    BasisId "basis_id" "Основание (код)" "Basis (id)" FROM_BASIS;
    BasisName "basis_name" "Основание" "Basis" FROM_BASIS;
    Stage "stage" "Стадия" "Stage" STATED;
    Pipeline "pipeline" "Воронка" "Pipeline" DEALS;
    Amount "amount" "Сумма" "Amount" SUMMED;
    VatAmount "vat_amount" "Сумма НДС" "VAT" TAXED;
    VatRate "vat_rate" "Ставка НДС" "VAT rate" RATED_VAT;
    VatIncluded "vat_included" "НДС в сумме" "VAT included" TAX_IN_PRICE;
    Currency "currency" "Валюта" "Currency" MONEY;
    CurrencyRate "currency_rate" "Курс" "Exchange rate" RATED;
    Posted "posted" "Проведён" "Posted" POSTED;
    PaidAmount "paid_amount" "Оплачено" "Paid" PARTLY_PAID;
    ClosedAt "closed_at" "Закрыто" "Closed" DEALS;
    EndsAt "ends_at" "Действует до" "Ends" ENDING;
    LineNumber "line_number" "Номер строки" "Line" LINES;
    ProductId "product_id" "Номенклатура (код)" "Product (id)" VARIED;
    ProductName "product_name" "Номенклатура" "Product" VARIED;
    Article "article" "Артикул" "Article" GOODS;
    Barcode "barcode" "Штрихкод" "Barcode" BARCODED;
    Variant "variant" "Характеристика" "Variant" VARIED;
    Unit "unit" "Единица" "Unit" UNITS;
    Coefficient "coefficient" "Коэффициент упаковки" "Package coefficient" PACKED;
    Quantity "quantity" "Количество" "Quantity" COUNTED;
    Reserved "reserved" "В резерве" "Reserved" STOCKED;
    Price "price" "Цена" "Price" PRICED;
    PriceType "price_type" "Вид цены" "Price type" PRICE_TYPES;
    Discount "discount" "Скидка" "Discount" DISCOUNTED;
    WarehouseId "warehouse_id" "Склад (код)" "Warehouse (id)" STORED;
    WarehouseName "warehouse_name" "Склад" "Warehouse" STORED;
    Purpose "purpose" "Назначение платежа" "Purpose" PAYMENTS;
    PartyAccount "party_account" "Счёт контрагента" "Account of the counterparty" PAYMENTS;
    Parts "parts" "Расшифровка платежа" "Parts of the payment" PAYMENTS;
    OwnAccount "own_account" "Счёт организации" "Own account" PAYMENTS;
    Incoming "incoming" "Поступление" "Incoming" PAYMENTS;
    IncomingNumber "incoming_number" "Входящий номер" "Incoming number" RATED;
    IncomingDate "incoming_date" "Входящая дата" "Incoming date" RATED;
    Project "project" "Проект" "Project" HOUSED;
    Building "building" "Дом" "Building" HOUSED;
    Section "section" "Секция" "Section" OBJECTS;
    Floor "floor" "Этаж" "Floor" OBJECTS;
    PostalNumber "postal_number" "Почтовый номер" "Postal number" OBJECTS;
    Rooms "rooms" "Комнат" "Rooms" OBJECTS;
    Area "area" "Площадь по проекту" "Project area" OBJECTS;
    AreaContract "area_contract" "Площадь по договору" "Contract area" HOUSED;
    AreaBti "area_bti" "Площадь по обмерам БТИ" "Measured area" OBJECTS;
    PriceMetre "price_metre" "Цена за м²" "Price per m²" HOUSED;
    Cadastral "cadastral" "Кадастровый номер" "Cadastral number" OBJECTS;
    ReservedUntil "reserved_until" "Бронь до" "Reserved until" RESERVED;
    ObjectId "object_id" "Объект (код)" "Object (id)" WITH_OBJECT;
    ObjectName "object_name" "Объект" "Object" WITH_OBJECT;
    DduId "ddu_id" "ДДУ (код)" "DDU (id)" WITH_DDU;
    DduNumber "ddu_number" "Номер ДДУ" "DDU number" WITH_DDU;
    RegisteredAt "registered_at" "Дата регистрации" "Registered" DDUS;
    RegistrationNumber "registration_number" "Номер регистрации" "Registration number" DDUS;
    Shares "shares" "Доли участников" "Shares" DDUS;
    Escrow "escrow" "Эскроу" "Escrow" ESCROW;
    Bank "bank" "Банк" "Bank" DDUS;
    LoanAmount "loan_amount" "Кредитные средства" "Loan" DDUS;
    SubsidyAmount "subsidy_amount" "Субсидии" "Subsidy" DDUS;
    TerminatedAt "terminated_at" "Дата расторжения" "Terminated" DDUS;
    AssignedAt "assigned_at" "Дата уступки" "Assigned" DDUS;
    ActDate "act_date" "Дата акта передачи" "Transfer act" DDUS;
    CommissionedAt "commissioned_at" "Ввод в эксплуатацию" "Commissioned" HOUSED;
    Version "version" "Редакция графика" "Schedule version" SCHEDULED;
}

impl Field {
    pub const COUNT: usize = Field::ALL.len();

    pub fn parse(code: &str) -> Option<Field> {
        Field::ALL.iter().copied().find(|f| f.code() == code)
    }

    /// How the text of a field reads in a [`super::Book`].
    pub fn reads(self) -> Reads {
        use Field::*;
        match self {
            Amount | VatAmount | CurrencyRate | PaidAmount | Quantity | Reserved | Price | Discount | Area
            | AreaContract | AreaBti | PriceMetre | LoanAmount | SubsidyAmount => Reads::Number,
            Date | ClosedAt | EndsAt | IncomingDate | ReservedUntil | RegisteredAt | TerminatedAt | AssignedAt
            | ActDate | CommissionedAt | CreatedAt | ModifiedAt => Reads::Moment,
            _ => Reads::Text,
        }
    }

    /// Several values may stand in one record; in text they are separated by a line feed.
    pub fn is_multiple(self) -> bool {
        matches!(
            self,
            Field::Phone
                | Field::Email
                | Field::BankAccount
                | Field::Bik
                | Field::Website
                | Field::Barcode
                | Field::Coefficient
        )
    }
}

/// How the text of a field reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reads {
    Text,
    /// An exact decimal.
    Number,
    /// A date, with or without a time of day.
    Moment,
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
