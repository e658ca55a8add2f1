//! `snap-encoding-mojibake`: text read in a wrong code page, or lost to question marks.

use rustc_hash::FxHashMap;

use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::ingest::text::mojibake;
use crate::model::{Field, Location, Place, RecordRef, Side};

pub struct Mojibake;

static META: Meta = Meta {
    id: "snap-encoding-mojibake",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Текст в чужой кодировке",
        finds: "Строки источника, в которых русский текст превратился в «РћРћРћ», «Ð˜Ð²Ð°Ð½» или вопросительные знаки.",
        why: "Такие названия не совпадут ни с чем: записи окажутся односторонними, а обмен занесёт нечитаемый текст во \
              вторую систему.",
        causes: "UTF-8 открыт как windows-1251 или наоборот; файл пересохранён в Excel; при импорте в CRM выбрана не \
                 та кодировка. Вопросительные знаки означают, что буквы потеряны.",
        remedy: "Выгрузите данные заново в UTF-8. Если испорчено уже в самой системе, исправьте записи там: \
                 «РћРћРћ» восстановимо, «????» — нет.",
        example: "Вместо «Ромашка» в названии стоит «Р РѕРјР°С€РєР°».",
        source: "Практика: UTF-8 и windows-1251, прочитанные не в своей кодировке",
    },
    en: Card {
        title: "Text in a wrong code page",
        finds: "Rows of a source in which Russian text turned into “РћРћРћ”, “Ð˜Ð²Ð°Ð½” or question marks.",
        why: "Such names match nothing: the records look one-sided, and an exchange carries unreadable text into the \
              other system.",
        causes: "UTF-8 was opened as windows-1251 or the other way round; the file was saved again in Excel; a wrong \
                 encoding was chosen on import. Question marks mean that the letters are lost.",
        remedy: "Export again in UTF-8. If the system itself holds the damage, repair the records there: “РћРћРћ” \
                 can be restored, “????” cannot.",
        example: "The name reads “Р РѕРјР°С€РєР°” instead of “Ромашка”.",
        source: "Practice: UTF-8 and windows-1251 read in a wrong code page",
    },
};

/// Fields that hold words; codes and numbers cannot show the damage.
const TEXTS: [Field; 9] = [
    Field::Name,
    Field::FullName,
    Field::LastName,
    Field::FirstName,
    Field::Patronymic,
    Field::Address,
    Field::ActualAddress,
    Field::OwnerName,
    Field::Position,
];

impl Check for Mojibake {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let mut evaluated = 0;
        for side in Side::BOTH {
            let snapshot = cx.data.get(side);
            let records = &snapshot.parties.raw;
            evaluated += records.len() as u64;
            // One root cause, one finding: all damaged rows of a source together.
            let mut by_file: FxHashMap<&str, Vec<RecordRef>> = FxHashMap::default();
            for at in (0..records.len()).filter(|&at| TEXTS.iter().any(|&f| mojibake(records.get(f, at)).is_some())) {
                let (place, _) = records.origin[at];
                by_file.entry(&records.places[place as usize].file).or_default().push(RecordRef::new(side, at));
            }
            for source in &snapshot.sources {
                let mut members = Vec::new();
                for path in source.files.iter().map(|f| f.path.as_str()).chain([source.path.as_str()]) {
                    members.extend(by_file.remove(path).unwrap_or_default());
                }
                let Some(first) = members.first().map(|r| records.location(r.at())) else { continue };
                let rows = members.len();
                let message = cx.say(
                    || format!("Текст в чужой кодировке, строк: {rows}, первая — {first}; выгрузите источник в UTF-8"),
                    || {
                        format!(
                            "Text in a wrong code page, rows: {rows}, the first {first}; export the source in UTF-8"
                        )
                    },
                );
                // No row in the subject: the id of the finding must outlive an export.
                let at = Location { place: Place::file(&source.path), row: None, column: None };
                out.push(Finding::source(side, source.entity, at, message).more(members));
            }
            // Records of files that no source of this side names (an archive inside a folder).
            for (file, members) in by_file {
                let rows = members.len();
                let message = cx.say(
                    || format!("Текст в чужой кодировке, строк: {rows}; выгрузите источник в UTF-8"),
                    || format!("Text in a wrong code page, rows: {rows}; export the source in UTF-8"),
                );
                let at = Location { place: Place::file(file), row: None, column: None };
                out.push(Finding::source(side, None, at, message).more(members));
            }
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{World, clean};

    #[test]
    fn fires_and_is_silent() {
        let named = |name: &str| World::new().crm(&[(Field::Name, name)]);
        for name in ["Р РѕРјР°С€РєР°", "Ð Ð¾Ð¼Ð°ÑˆÐºÐ°", "ООО ????????", "Ром\u{fffd}шка", "Ðîìàøêà"]
        {
            named(name).expect(&Mojibake, &["crm.csv"]);
        }
        for name in ["ООО «ТСР», АО «АБС»", "Світлана Сірко, Рівне", "Что?? Где?", "Société Générale", "СССР № 1"]
        {
            named(name).expect(&Mojibake, &[]);
        }
        clean().expect(&Mojibake, &[]);
    }
}
