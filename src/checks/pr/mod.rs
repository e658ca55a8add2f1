//! Checks `pr-*`: products, their units, taxes and prices, and where deals use them.

use super::{Context, family};
use crate::model::{Book, Field, RecordRef};

family! {
    article_missing::ArticleMissing,
    article_dup::ArticleDup,
    article_lookalike::ArticleLookalike,
    barcode_checksum::BarcodeChecksum,
    barcode_dup::BarcodeDup,
    name_dup::NameDup,
    unit_drift::UnitDrift,
    unit_unknown::UnitUnknown,
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
}

/// Variants of one product share its article and name.
fn is_variant(book: &Book, at: usize) -> bool {
    book.raw.id(at).contains('#') || !book.text(Field::Variant, at).trim().is_empty()
}

/// A deal that is neither won nor lost: no closing mark, and a stage that the project maps to neither and that does not
/// say so itself.
fn is_open(cx: &Context, deal: RecordRef) -> bool {
    let stage = cx.data.text(deal, Field::Stage).trim();
    let mapped = cx.trade.deal_stages.get(stage).map(String::as_str);
    let lower = stage.to_lowercase();
    // Bitrix24: WON, LOSE, C5:WON; amoCRM: 142 and 143.
    let ended =
        ["успешн", "реализован", "проигран", "провал", "отказ", "закрыт", "отмен"].iter().any(|w| lower.contains(w))
            || matches!(lower.rsplit(':').next(), Some("won" | "lose" | "apology" | "142" | "143"));
    !ended && !matches!(mapped, Some("paid" | "lost"))
}
