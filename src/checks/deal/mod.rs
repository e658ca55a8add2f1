//! Checks `deal-*`: deals against their documents and payments.

use super::family;

family! {
    stage_no_doc::StageNoDoc,
    doc_no_stage::DocNoStage,
    paid_no_money::PaidNoMoney,
    partial_as_full::PartialAsFull,
    money_no_stage::MoneyNoStage,
    lost_with_money::LostWithMoney,
    amount_vs_lines::AmountVsLines,
    stale::Stale,
}
