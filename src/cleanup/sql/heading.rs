//! What stands at the beginning of a script: what it does, how it is run, what it does not take back.

use crate::config::{Engine, Staging};
use crate::model::Lang;
use crate::outcome::Outcome;

/// What the file is, how it is run, what cannot be undone. `steps`: `None` for an undo.
pub fn heading(outcome: &Outcome, staging: &Staging, file: &str, steps: Option<usize>) -> String {
    let lang = outcome.lang;
    let say = |ru: &str, en: &str| lang.pick(ru, en).to_owned();
    let mut lines = vec![match steps {
        Some(steps) => say(
            &format!("Сценарий очистки копии данных, создан программой sverka. Шагов: {steps}."),
            &format!("Cleanup of a staging copy, written by sverka. Steps: {steps}."),
        ),
        None => say(
            "Отмена сценариев очистки копии данных, создана программой sverka.",
            "Takes back what the cleanup scripts have done to a staging copy; written by sverka.",
        ),
    }];
    lines.push(String::new());
    lines.push(say("Пробный запуск: всё показать и ничего не сохранить.", "Dry run: shows everything, keeps nothing."));
    let (dry, wet) = match staging.engine {
        Engine::PostgreSql => {
            (format!("  psql -X -d BASE -f {file}"), format!("  psql -X -d BASE -v apply=1 -f {file}"))
        }
        Engine::Sqlite => {
            (format!("  sqlite3 copy.db \".read {file}\""), format!("  sqlite3 copy.db \".read {file}\" \"COMMIT;\""))
        }
    };
    lines.push(dry);
    lines.push(say("Выполнение:", "To carry it out:"));
    lines.push(wet);
    lines.push(String::new());
    lines.extend(explanation(outcome, steps.is_some()));
    lines.iter().map(|line| if line.is_empty() { "--\n".to_owned() } else { format!("-- {line}\n") }).collect()
}

fn explanation(outcome: &Outcome, applies: bool) -> Vec<String> {
    let ru_apply = [
        "Только для копии, в которую загружены выгрузки: в базе 1С и в базе CRM прямой SQL недопустим.",
        "Весь файл - одна транзакция: прерванный запуск не оставляет следов, повторный ничего не меняет.",
        "Шаг пропускается, если записи нет, она не одна или её поля с тех пор изменились; причина выводится.",
        "Прежние строки целиком остаются в таблицах sverka_before_*, журнал (без значений) - в sverka_journal.",
        "Дубли не удаляются: ссылки на них переводятся на основную запись, пары записываются в sverka_merged.",
        "Файл undo возвращает каждую изменённую колонку, если её с тех пор не меняли. Не возвращается только то, что",
        "сделали за это время триггеры базы.",
    ];
    let en_apply = [
        "Only for a copy into which exports were loaded: direct SQL on the base of 1C or of a CRM is not allowed.",
        "The file is one transaction: an interrupted run leaves nothing behind, a repeated one changes nothing.",
        "A step is skipped when a record is missing, not the only one or changed since; the reason is shown.",
        "Former rows stay whole in tables sverka_before_*, the journal (without values) in sverka_journal.",
        "Duplicates are not deleted: references go to the record that stays, pairs are kept in sverka_merged.",
        "The undo file takes back each changed column unless it was changed since. Only what triggers of the base did",
        "meanwhile does not come back.",
    ];
    let ru_undo = [
        "Возвращает каждую изменённую колонку, если в ней стоит то, что записал сценарий; остальное называет и не трогает.",
        "Не возвращается только то, что за это время сделали триггеры базы.",
    ];
    let en_undo = [
        "Takes back each column in which what a script wrote still stands; names the others and leaves them alone.",
        "Only what triggers of the base did meanwhile does not come back.",
    ];
    let lines: &[&str] = match (applies, outcome.lang == Lang::Ru) {
        (true, true) => &ru_apply,
        (true, false) => &en_apply,
        (false, true) => &ru_undo,
        (false, false) => &en_undo,
    };
    lines.iter().map(|l| (*l).to_owned()).collect()
}
