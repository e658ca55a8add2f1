//! English texts of scripts: what they print and what stands at their beginning.
//!
//! The scripts are written in Russian, the language of those who run them most. For a project in English their messages
//! are replaced, phrase by phrase, the heading is another text, and the comments within, which say why, are left out. Words
//! that a journal keeps are the same in both languages, so a project may change its language between two runs.

/// A script for a shell: `comment` begins its comments; `heading` takes the place of the first block of them.
pub fn shell(text: &str, heading: &str) -> String {
    translated(&without_comments(text, "#"), heading, WORDS)
}

/// A module for 1C. Names of its procedures and of attributes stay: the platform knows no others.
pub fn module(text: &str) -> String {
    translated(&without_comments(text, "//"), "", MODULE_WORDS)
}

fn translated(text: &str, heading: &str, words: &[(&str, &str)]) -> String {
    let mut longest: Vec<&(&str, &str)> = words.iter().collect();
    // What is a part of another phrase comes after it.
    longest.sort_by_key(|(russian, _)| std::cmp::Reverse(russian.len()));
    let text = longest.into_iter().fold(text.to_owned(), |text, (russian, english)| text.replace(russian, english));
    match text.strip_prefix(SHEBANG) {
        Some(rest) => format!("{SHEBANG}{heading}{rest}"),
        None => format!("{heading}{text}"),
    }
}

const SHEBANG: &str = "#!/usr/bin/env bash\n";

/// Without lines that are Russian comments, and without such comments at the end of a line of code.
fn without_comments(text: &str, mark: &str) -> String {
    let first_block = text.lines().take_while(|l| l.starts_with(mark) && !l.is_empty()).count();
    let mut out = String::with_capacity(text.len());
    for (at, line) in text.lines().enumerate() {
        let comment = line.trim_start().starts_with(mark) && !line.starts_with("#!");
        if comment && (at < first_block || russian(line)) && !line.trim_start().starts_with("#Область") {
            continue;
        }
        let code = match line.rfind(&format!(" {mark} ")) {
            Some(end) if russian(&line[end..]) && !line[end..].contains(['"', '\'']) => line[..end].trim_end(),
            _ => line,
        };
        out.push_str(code);
        out.push('\n');
    }
    out
}

fn russian(text: &str) -> bool {
    text.contains(|c| ('\u{400}'..='\u{4ff}').contains(&c))
}

/// Phrases of the scripts for shells.
const WORDS: &[(&str, &str)] = &[
    ("Нет значения у $1", "No value for $1"),
    ("Неизвестный параметр: $1", "Unknown option: $1"),
    ("Нужна программа $tool", "The program $tool is needed"),
    ("Нет файла плана: ", "No plan: "),
    ("План не читается: шаг без номеров", "The plan cannot be read: a step without numbers"),
    ("План не читается: шаг без идентификаторов", "The plan cannot be read: a step without ids"),
    ("План не читается: шаг без списка", "The plan cannot be read: a step without a list"),
    ("План не читается: ", "The plan cannot be read: "),
    ("Журнал занят другим запуском (процесс $owner): ", "The journal is in use by another run (process $owner): "),
    ("Журнал занят другим запуском: ", "The journal is in use by another run: "),
    ("пропущено", "skipped"),
    ("ошибка без кода", "an error without a code"),
    ("без кода", "without a code"),
    ("ошибка", "failed"),
    ("конфликт", "conflict"),
    ("готово", "done"),
    ("отменено", "undone"),
    ("начато", "started"),
    ("нет ответа", "no answer"),
    ("mode=\"отмена\"", "mode=\"undo\""),
    ("mode=\"выполнение\"", "mode=\"apply\""),
    ("$mode = 'отмена'", "$mode = 'undo'"),
    ("$mode = 'выполнение'", "$mode = 'apply'"),
    (
        "пробный запуск, ничего не изменено; для выполнения добавьте ",
        "dry run, nothing was changed; to carry it out add ",
    ),
    ("Итог ($mode): готово ", "Total ($mode): done "),
    (", пропущено ", ", skipped "),
    (", конфликтов ", ", conflicts "),
    (", ошибок ", ", errors "),
    ("--main-wins: нужны коды полей через запятую", "--main-wins: codes of fields with commas"),
    ("-MainWins: нужны коды полей через запятую", "-MainWins: codes of fields with commas"),
    ("Задайте ", "Set "),
    (
        " не похож на адрес вебхука: https://ПОРТАЛ/rest/ПОЛЬЗОВАТЕЛЬ/КОД",
        " is no address of a webhook: https://PORTAL/rest/USER/CODE",
    ),
    (" не похож на адрес: https://АККАУНТ.amocrm.ru", " is no address: https://ACCOUNT.amocrm.ru"),
    (" не похож на адрес: https://МАГАЗИН.retailcrm.ru", " is no address: https://SHOP.retailcrm.ru"),
    (
        " не похож на адрес: https://СЕРВЕР/БАЗА/odata/standard.odata",
        " is no address: https://SERVER/BASE/odata/standard.odata",
    ),
    (" не похож на токен", " is no token"),
    (" не похож на ключ", " is no key"),
    (
        "Нужен Windows PowerShell 5.1 или PowerShell 7.5 и новее: другие версии меняют вид дат",
        "Windows PowerShell 5.1 or PowerShell 7.5 and newer is needed: other versions change how dates look",
    ),
    ("ответ не JSON, код ", "the answer is no JSON, status "),
    ("ответ не JSON", "the answer is no JSON"),
    ("в ответе нет result", "no result in the answer"),
    ("ответ с кодом ", "status "),
    ("в ответе нет карточки", "no card in the answer"),
    ("success не true", "success is not true"),
    ("реквизиты не читаются", "requisites cannot be read"),
    ("реквизитов больше 50", "more than 50 requisites"),
    ("своя компания портала", "own company of the portal"),
    ("записи нет в плане", "the record is not in the plan"),
    ("карточки нет в плане", "the card is not in the plan"),
    ("ИНН изменился после выгрузки", "INN changed since the export"),
    ("КПП изменился после выгрузки", "KPP changed since the export"),
    (" изменилось после выгрузки", " changed since the export"),
    ("поле ", "field "),
    ("поля карточек ", "fields of cards "),
    ("поля ", "fields "),
    ("-поля", "-fields"),
    (" не читается: ", " cannot be read: "),
    ("карточки не читаются", "cards cannot be read"),
    ("связи не читаются", "links cannot be read"),
    ("запись ", "record "),
    ("записи ", "record "),
    ("карточка ", "card "),
    ("карточки ", "card "),
    ("карточек$gone", "cards$gone"),
    ("карточек ", "cards "),
    (" нет\"", " is not there\""),
    ("\"нет\"", "\"gone\""),
    ("'нет'", "'gone'"),
    ("удалена", "deleted"),
    ("карточки $step_keep нет\"", "card $step_keep is not there\""),
    ("объединено до прерывания", "merged before the interruption"),
    ("разные ИНН", "INNs differ"),
    ("разные КПП, а в выгрузке КПП не было", "KPPs differ, and the export had none"),
    ("ответ портала не разобрать", "the answer of the portal is not understood"),
    ("ответ системы не разобрать", "the answer of the system is not understood"),
    ("ответ базы не разобрать", "the answer of the base is not understood"),
    (" не записываются: ", " cannot be written: "),
    ("не записывается: ", "cannot be written: "),
    ("выравнивание", "settling"),
    ("портал принял их, но не изменил", "the portal took them and changed nothing"),
    ("; объедините вручную: ", "; merge by hand: "),
    ("объедините вручную: ", "merge by hand: "),
    ("будет объединено", "would be merged"),
    ("будет подготовлено", "would be prepared"),
    ("будет исправлено", "would be corrected"),
    ("будет отменено", "would be undone"),
    ("будет изменено", "would be changed"),
    ("останется ", "stays "),
    (", вольются ", ", merged into it "),
    ("; сначала поля карточек ", "; first fields of cards "),
    ("осталась ", "stayed "),
    ("ответ был потерян, карточки объединены", "the answer was lost, the cards are merged"),
    ("ответ был потерян, ИНН записи ", "the answer was lost, INN of record "),
    (" записан\"", " is written\""),
    (" записан'", " is written'"),
    ("ответ был потерян, запись ", "the answer was lost, record "),
    (" изменена\"", " is changed\""),
    ("; запустите сценарий ещё раз", "; run the script again"),
    ("запустите сценарий ещё раз", "run the script again"),
    ("портал ответил SUCCESS, а карточки остались", "the portal answered SUCCESS, and the cards are still there"),
    ("система ответила успехом, а карточки остались", "the system answered success, and the cards are still there"),
    ("неожиданный ответ портала", "an unexpected answer of the portal"),
    ("ИНН записи ", "INN of record "),
    ("поле $step_field записи ", "field $step_field of record "),
    ("поле \\($step.field) записи ", "field \\($step.field) of record "),
    ("поле $Field записи ", "field $Field of record "),
    ("поле $name записи ", "field $name of record "),
    ("поле $shown карточки ", "field $shown of card "),
    (")) карточки ", ")) of card "),
    ("\"поле карточки ", "\"field of card "),
    (
        "в системе нет единственного текстового поля с таким названием",
        "the system has no single text field of this name",
    ),
    (" уже исправлено", " is already corrected"),
    ("прежнее значение уже стоит", "the former value stands already"),
    ("система приняла поле, но не изменила", "the system took the field and did not change it"),
    (" изменился после выгрузки", " changed since the export"),
    ("в портале нет единственного статуса с таким названием", "the portal has no single status of this name"),
    ("в системе нет единственного статуса с таким названием", "the system has no single status of this name"),
    ("ИНН карточки ", "INN of card "),
    (" уже исправлен", " is already corrected"),
    ("у записи ", "record "),
    ("у карточки ", "card "),
    (" нет единственного реквизита с прежним ИНН", " has no single requisite with the former INN"),
    (
        " нет единственного текстового поля ИНН с прежним значением",
        " has no single text field INN with the former value",
    ),
    ("прежний вид записи ", "the former record "),
    ("прежний вид карточки ", "the former card "),
    (" не сохранён", " was not kept"),
    ("прежний ИНН уже стоит", "the former INN is already there"),
    (": объединение не отменяется, карточек ", ": a merge cannot be undone, cards "),
    (" больше нет; их прежний вид: ", " are gone; what they held: "),
    (" больше нет, вернуть их нельзя; их прежний вид: ", " are gone and do not come back; what they held: "),
    ("ответ не карточка", "the answer is no card"),
    ("полей ", "fields "),
    (", связей ", ", links "),
    (", тегов ", ", tags "),
    ("система приняла ИНН, но не изменила", "the system took the INN and did not change it"),
    ("  удалите вручную: ", "  delete by hand: "),
    ("вместе с ИНН карточки ", "with the INN of card "),
    (" изменились другие реквизиты: сверьте их с ", " other requisites changed: compare them with "),
    ("объединение отменить нельзя; прежний вид карточек: ", "combining cannot be undone; what the cards held: "),
    ("412: запись изменили во время работы сценария", "412: the record was changed while the script was at work"),
    (": группы не меняются", ": groups are not changed"),
    (": предопределенные записи не меняются", ": predefined records are not changed"),
    ("ждёт согласования: ", "waits for approval: "),
    ("основной записи ", "main record "),
    (" нет или она помечена на удаление", " is not there or marked for deletion"),
    (": изменена до прерывания", ": changed before the interruption"),
    (": уже так", ": it is so already"),
];

/// Phrases of the modules for 1C.
const MODULE_WORDS: &[(&str, &str)] = &[
    (
        "Ничего не изменено: укажите существующую папку на сервере для прежнего вида записей",
        "Nothing was changed: name a folder of the server for the former records",
    ),
    (
        "Ничего не изменено: укажите папку на сервере с прежним видом записей",
        "Nothing was changed: name the folder of the server with the former records",
    ),
    (
        "\"укажите существующую папку на сервере для прежнего вида записей",
        "\"name a folder of the server for the former records",
    ),
    ("\"запись не найдена или ее код не единственный", "\"the record is not found or its code is not unique"),
    ("наименование изменилось после выгрузки", "the name changed since the export"),
    (" изменился после выгрузки", " changed since the export"),
    ("\"такого реквизита нет", "\"there is no such attribute"),
    ("\"ждет согласования с бухгалтером", "\"waits for the accountant"),
    ("\"объединены не все дубли", "\"not all duplicates are merged"),
    ("\"значение уже другое", "\"the value is another one already"),
    (
        "\"прежний вид не записывается, запись не тронута: ",
        "\"the former record cannot be kept, the record was left alone: ",
    ),
    ("\"заменено не везде: ", "\"not replaced everywhere: "),
    (" в \" + Шаг", " into \" + Шаг"),
    ("Пропущено: ", "Skipped: "),
    (": ждёт согласования с бухгалтером", ": waits for the accountant"),
    ("\"выполнено\"", "\"apply\""),
    ("\"пробный запуск, ничего не изменено\"", "\"dry run, nothing was changed\""),
    ("\"отменено\"", "\"undo\""),
    ("\"пробная отмена, ничего не изменено\"", "\"dry run of the undo, nothing was changed\""),
    (" в \" + Группа", " into \" + Группа"),
    (": дубль уже помечен на удаление", ": the duplicate is already marked for deletion"),
    ("; решает бухгалтер", "; the accountant decides"),
    ("Будет объединено: ", "Would be merged: "),
    (", мест использования: ", ", places of use: "),
    ("Ошибка: группа ", "Error: group "),
    ("Ошибка: снимок ", "Error: snapshot "),
    ("Ошибка: места использования ", "Error: places of use "),
    ("Ошибка: ", "Error: "),
    (
        ": прежний вид не записывается, дубль не тронут",
        ": the former record cannot be kept, the duplicate was left alone",
    ),
    (
        ": прежний вид не записывается, запись не тронута",
        ": the former record cannot be kept, the record was left alone",
    ),
    ("Объединено: ", "Merged: "),
    ("Заменено не везде: ", "Not replaced everywhere: "),
    ("есть данные закрытого периода (", "there is data of a closed period ("),
    ("есть документ с электронной подписью (", "there is a signed document ("),
    (" из \" + Код", " from \" + Код"),
    (": телефонов и адресов почты ", ": phones and e-mail addresses "),
    ("Будет добавлено: ", "Would be added: "),
    ("Добавлено: ", "Added: "),
    ("дубль не найден или его код не единственный", "the duplicate is not found or its code is not unique"),
    ("основная запись не найдена или ее код не единственный", "the main record is not found or its code is not unique"),
    ("это одна и та же запись", "it is the same record"),
    ("дубль уже помечен на удаление", "the duplicate is already marked for deletion"),
    ("основная запись помечена на удаление", "the main record is marked for deletion"),
    ("группы не объединяются", "folders are not merged"),
    ("предопределенные записи не объединяются", "predefined records are not merged"),
    ("наименование, ИНН или КПП изменились после выгрузки", "name, INN or KPP changed since the export"),
    ("разные ИНН", "INNs differ"),
    ("разные КПП, а в выгрузке КПП не было", "KPPs differ, and the export had none"),
    (
        ": запись не найдена, ее код не единственный или реквизита нет",
        ": the record is not found, its code is not unique or the attribute is missing",
    ),
    (": значение уже другое", ": the value is another already"),
    (": снимка записи нет, сценарий её не менял", ": no snapshot of the record, the script did not change it"),
    (": снимка записи нет, пометил её не сценарий", ": no snapshot of the record, the script did not mark it"),
    ("Будет исправлено: ", "Would be corrected: "),
    ("Исправлено: ", "Corrected: "),
    (": не найден или не помечен на удаление", ": not found or not marked for deletion"),
    ("Будет снята пометка удаления: ", "The mark would be removed: "),
    ("Снята пометка удаления: ", "Mark removed: "),
    ("-места.txt", "-places.txt"),
    ("\"Итог (\"", "\"Total (\""),
    ("\"): готово \"", "\"): done \""),
    ("\", пропущено \"", "\", skipped \""),
    ("\", ошибок \"", "\", errors \""),
    ("Сверка.Очистка", "Sverka.Cleanup"),
];
