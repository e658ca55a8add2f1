//! Values, columns and records that every stage shares.
//!
//! Nothing here reads a file or decides anything about data: types, their invariants and their text.

pub mod book;
pub mod column;
pub mod decimal;
pub mod field;
pub mod ids;
pub mod location;
pub mod party;
pub mod record;
pub mod table;
pub mod value;

mod bank_account;
mod email;
mod inn;
mod kpp;
mod money;
mod ogrn;
mod phone;

pub use bank_account::{BankAccount, Bik};
pub use book::{Book, Cell, Cells};
pub use column::TextColumn;
pub use decimal::Decimal;
pub use email::Email;
pub use field::{Field, Reads};
pub use ids::{Entity, Lang, RecordIdx, RecordRef, Side, Space};
pub use inn::Inn;
pub use kpp::Kpp;
pub use location::{Location, Place};
pub use money::Money;
pub use ogrn::Ogrn;
pub use party::{
    Flags, Multi, Noted, OwnOrganisation, Parties, PartyKind, Snapshot, Snapshots, SourceConflict, SourceFile,
    SourceReport,
};
pub use phone::Phone;
pub use record::Records;
pub use table::{LeftOut, LeftOutReason, Pages, Quarantined, RawColumn, RawTable, RowCounts};
pub use value::{Defect, Notes, Value};
