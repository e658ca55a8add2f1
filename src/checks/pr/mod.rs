//! Checks `pr-*`: products, their units, taxes and prices, and where deals use them.

mod offers;

use super::family;
use super::papers::is_open;
use crate::model::{Book, Field};

family! {
    article_missing::ArticleMissing,
    article_dup::ArticleDup,
    article_lookalike::ArticleLookalike,
    barcode_checksum::BarcodeChecksum,
    barcode_dup::BarcodeDup,
    name_dup::NameDup,
    unit_drift::UnitDrift,
    unit_unknown::UnitUnknown,
    unit_coefficient::UnitCoefficient,
    vat_drift::VatDrift,
    vat_none_vs_zero::VatNoneVsZero,
    vat_included_flag::VatIncludedFlag,
    kind_drift::KindDrift,
    currency_drift::CurrencyDrift,
    vat_expired::VatExpired,
    price_drift::PriceDrift,
    price_zero::PriceZero,
    freeform_line::FreeformLine,
    archived_in_open_deal::ArchivedInOpenDeal,
    variant_flattened::VariantFlattened,
    kit_structure::KitStructure,
}

pub(crate) use kit_structure::taken_apart;

/// Variants of one product share its article and name.
fn is_variant(book: &Book, at: usize) -> bool {
    book.raw.id(at).contains('#') || !book.text(Field::Variant, at).trim().is_empty()
}
