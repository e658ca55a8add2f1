//! What can be undone, in words for people.

use crate::model::{Lang, Side};

/// A text written into a field.
pub fn of_field(lang: Lang) -> &'static str {
    lang.pick(
        "отменяется сценарием: прежний текст возвращается, если с тех пор его не меняли",
        "undone by the script: the former text returns unless it was changed since",
    )
}

/// A merge.
pub fn of_merge(side: Side, lang: Lang) -> &'static str {
    match side {
        Side::Crm => lang.pick(
            "не отменяется: лишние карточки исчезают, их прежний вид остаётся в журнале сценария",
            "cannot be undone: duplicate cards are gone, what they held stays in the journal of the script",
        ),
        Side::Onec => lang.pick(
            "не отменяется: ссылки заменены, вернуть их можно только из резервной копии базы",
            "cannot be undone: references are replaced, only a backup of the base brings them back",
        ),
    }
}

/// The id of the pair in 1C.
pub fn of_link(lang: Lang) -> &'static str {
    lang.pick(
        "отменяется сценарием: поле снова пустое, если в нём стоит записанный код; что обмен успел сделать по связи, остаётся",
        "undone by the script: the field is empty again if the written id still stands there; what an exchange did by it stays",
    )
}

/// What no script does.
pub fn of_decision(lang: Lang) -> &'static str {
    lang.pick("решает и выполняет человек", "decided and done by a person")
}
