//! Names of companies: legal form, core, quotes.

/// Legal form of a company name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
#[repr(u8)]
pub enum LegalForm {
    /// The name gives none.
    #[default]
    None,
    Ooo,
}
