//! Files that are known and not read: what they are and what to do, one line each.

use std::borrow::Cow;
use std::path::PathBuf;

use super::xml::root_name;
use super::{IngestError, Input};

/// Bytes looked at.
const HEAD: usize = 1 << 16;

/// A kind of file that no reader takes.
struct Refusal {
    is: fn(&Seen<'_>) -> bool,
    /// What it looks like and what to do, in Russian: goes after the name of the file.
    advice: &'static str,
}

/// What the tests look at.
struct Seen<'a> {
    bytes: &'a [u8],
    /// ASCII lower case of the head without BOM and leading spaces; other bytes as they are.
    lower: Vec<u8>,
    /// The head decoded, when it looks like markup.
    text: Cow<'a, str>,
}

impl<'a> Seen<'a> {
    fn new(input: &'a Input) -> Self {
        let bytes = input.head(HEAD);
        let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
        // What PowerShell saves has two bytes a letter.
        let wide = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF");
        let markup = bytes.iter().take(16).any(|b| *b == b'<');
        let decoded = if markup || wide { input.head_text(HEAD) } else { Cow::Borrowed("") };
        let lower =
            if wide { decoded.trim_start().to_ascii_lowercase().into_bytes() } else { text.to_ascii_lowercase() };
        Seen { bytes, lower, text: decoded }
    }

    fn root_is(&self, names: &[&str]) -> bool {
        root_name(&self.text).is_some_and(|root| names.contains(&root.as_str()))
    }

    fn starts(&self, mark: &[u8]) -> bool {
        self.bytes.starts_with(mark)
    }

    fn has(&self, text: &str) -> bool {
        memchr::memmem::find(&self.lower, text.as_bytes()).is_some()
    }
}

/// The first that fits is told. Signatures: the file formats' own descriptions; MXL and DT as seen in files of 1C 8.3.
const REFUSALS: &[Refusal] = &[
    Refusal {
        is: |s| s.starts(b"MOXCEL"),
        advice: "это табличный документ 1С (MXL): откройте его в 1С и сохраните как XLSX",
    },
    Refusal {
        is: |s| s.starts(b"%PDF"), advice: "это PDF: выгрузите те же данные в XLSX или CSV"
    },
    Refusal {
        is: |s| s.starts(b"{\\rtf"), advice: "это документ RTF: выгрузите те же данные в XLSX или CSV"
    },
    Refusal {
        is: |s| {
            [&b"\x89PNG"[..], b"\xFF\xD8\xFF", b"GIF8", b"BM\0", b"II*\0", b"MM\0*"].iter().any(|m| s.starts(m))
                || (s.starts(b"RIFF") && s.bytes.get(8..12) == Some(b"WEBP"))
        },
        advice: "это картинка: нужна сама таблица, XLSX или CSV",
    },
    Refusal {
        is: |s| s.starts(b"1CDBMSV8"), advice: "это файловая база 1С (1CD): выгрузите из неё списки в XLSX"
    },
    Refusal {
        is: |s| s.starts(b"1CIBDmp"),
        advice: "это выгрузка информационной базы 1С (DT): загрузите её в 1С и выгрузите списки в XLSX",
    },
    Refusal {
        is: |s| s.starts(b"Rar!"), advice: "это архив RAR: распакуйте его и укажите файлы"
    },
    Refusal {
        is: |s| s.starts(b"7z\xBC\xAF\x27\x1C"), advice: "это архив 7z: распакуйте его и укажите файлы"
    },
    Refusal {
        is: |s| s.starts(b"BZh"), advice: "это архив bzip2: распакуйте его и укажите файл"
    },
    Refusal {
        is: |s| s.starts(b"\x28\xB5\x2F\xFD"), advice: "это архив Zstandard: распакуйте его и укажите файл"
    },
    Refusal {
        is: |s| s.starts(b"PK\x03\x04") && memchr::memmem::find(s.bytes, b"xl/workbook.bin").is_some(),
        advice: "это двоичная книга Excel (XLSB): откройте её в Excel и сохраните как XLSX",
    },
    Refusal {
        is: |s| s.starts(b"PK\x03\x04") && memchr::memmem::find(s.bytes, b"word/").is_some(),
        advice: "это документ Word: перенесите таблицу в XLSX",
    },
    Refusal {
        is: |s| s.starts(b"PK\x03\x04"),
        advice: "это документ, а не книга и не архив с таблицами: перенесите таблицу в XLSX",
    },
    Refusal { is: |s| s.starts(b"PK\x05\x06"), advice: "это пустой архив ZIP" },
    Refusal {
        is: |s| s.starts(b"\x7FELF") || s.starts(b"MZ\x90"),
        advice: "это программа, а не данные: нужна выгрузка из 1С или CRM",
    },
    Refusal {
        is: |s| s.lower.starts_with(b"mime-version:"),
        advice: "это веб-страница в одном файле (MHTML): откройте её в Excel и сохраните как XLSX",
    },
    Refusal {
        is: |s| s.has("urn:schemas-microsoft-com:office:spreadsheet"),
        advice: "это таблица XML Excel 2003: откройте её в Excel и сохраните как XLSX",
    },
    Refusal {
        is: |s| is_html(s) && has_password(&s.lower),
        advice: "это страница входа на сайт, а не выгрузка: войдите в CRM и скачайте файл заново",
    },
    Refusal {
        is: is_html,
        advice: "это веб-страница без таблицы, скорее всего сообщение об ошибке: скачайте выгрузку заново",
    },
    Refusal {
        is: |s| s.root_is(&["Файл"]) && s.text.contains("КНД=\"1115132\""),
        advice: "это титул покупателя УПД: товары и суммы стоят в титуле продавца (ON_NSCHFDOPPR…), укажите его",
    },
    Refusal {
        is: |s| s.root_is(&["Файл"]) && s.text.contains("<СвКСчФ"),
        advice: "это корректировочный счёт-фактура (УКД): корректировки не сверяются, нужен исходный УПД (ON_NSCHFDOPPR…)",
    },
    Refusal {
        is: |s| s.root_is(&["Файл"]) && s.text.contains("ВерсФорм"),
        advice: "это электронный документ ФНС, но не УПД продавца: нужен файл с товарами и суммами (ON_NSCHFDOPPR…)",
    },
    Refusal {
        is: |s| s.root_is(&["Edmx"]),
        advice: "это описание данных OData ($metadata), а не сами данные: сохраните ответ Catalog_Контрагенты?$format=json",
    },
    Refusal { is: |s| s.root_is(&["schema", "package"]), advice: "это схема XML, а не данные" },
    Refusal {
        is: |s| s.root_is(&["_1CV8DtUD"]),
        advice: "это файл обработки «Выгрузка и загрузка данных XML»: выгрузите справочник списком в XLSX или через \
                 EnterpriseData",
    },
    Refusal {
        is: |s| s.root_is(&["ФайлОбмена"]),
        advice: "это файл обмена по правилам конвертации: выгрузите справочник списком в XLSX или через EnterpriseData",
    },
    Refusal {
        is: |s| s.root_is(&["Message"]),
        advice: "это сообщение обмена 1С другого вида: выгрузите справочник через EnterpriseData или списком в XLSX",
    },
    Refusal {
        is: |s| s.lower.starts_with(b"<"),
        advice: "это XML неизвестного вида: сохраните данные как XLSX, CSV или CommerceML",
    },
    Refusal { is: looks_like_json, advice: JSON },
    Refusal {
        is: |s| is_binary(s.bytes), advice: "это двоичный файл: выгрузите данные в XLSX или CSV"
    },
];

fn is_html(seen: &Seen<'_>) -> bool {
    [&b"<!doctype html"[..], b"<html", b"<head", b"<body", b"<meta", b"<table"]
        .iter()
        .any(|m| seen.lower.starts_with(m))
        || (seen.lower.starts_with(b"<") && seen.has("<html"))
}

/// Whether a page of HTML asks for a password: a form with such a field.
pub fn is_login_page(page: &str) -> bool {
    has_password(page.to_ascii_lowercase().as_bytes())
}

fn has_password(lower: &[u8]) -> bool {
    let has = |text: &str| memchr::memmem::find(lower, text.as_bytes()).is_some();
    has("<form") && (has("type=\"password\"") || has("type='password'") || has("type=password"))
}

/// Said of JSON that no reader takes, before its keys.
const JSON: &str = "это JSON, в котором не видно списка записей CRM или 1С";
/// Keys of such a file that are named.
const KEYS_NAMED: usize = 6;

/// Whether a text begins as JSON with a key, a record or a list in it.
pub(super) fn is_json(input: &Input) -> bool {
    looks_like_json(&Seen::new(input))
}

fn looks_like_json(seen: &Seen<'_>) -> bool {
    let after = |mark: &[u8]| seen.lower.strip_prefix(mark).map(|r| r.trim_ascii_start());
    after(b"{").is_some_and(|r| r.starts_with(b"\"") || r.starts_with(b"}"))
        || after(b"[").is_some_and(|r| r.starts_with(b"{") || r.starts_with(b"[") || r.starts_with(b"]"))
}

/// ` (ключи a, b)`: the outer keys of a JSON text. Only words of Latin letters are repeated, since a map of records may
/// have their names or numbers for keys.
fn keys_of_json(input: &Input) -> String {
    let head = input.head_text(HEAD);
    let Some(keys) = super::json::head_keys(&head) else { return String::new() };
    let outer = keys.iter().map(|(depth, _)| *depth).min().unwrap_or(0);
    let mut named: Vec<&str> = Vec::new();
    for (_, key) in keys.iter().filter(|(depth, _)| *depth == outer) {
        let is_word = key.len() <= 40 && key.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_') && !key.is_empty();
        if is_word && named.len() < KEYS_NAMED && !named.contains(&&**key) {
            named.push(key);
        }
    }
    if named.is_empty() { String::new() } else { format!(" (ключи {})", named.join(", ")) }
}

/// Control characters that text has not. A text may end in NULs where a disk failed; its head has none.
fn is_binary(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4096)];
    if !super::text::decode(head).encoding.starts_with("utf-16") {
        let controls = head.iter().filter(|b| **b < 0x20 && !b"\t\n\r\x0C\x1A\x1C\x1D\x1E\x1F".contains(b)).count();
        return controls * 20 > head.len();
    }
    false
}

/// Advice for a file that is known and not read, `None` for what may be a plain text table.
pub fn recognise(input: &Input) -> Option<&'static str> {
    let seen = Seen::new(input);
    REFUSALS.iter().find(|refusal| (refusal.is)(&seen)).map(|refusal| refusal.advice)
}

/// The error for a file that no format claimed.
pub fn unknown(input: &Input) -> IngestError {
    let file: PathBuf = input.path.clone();
    if input.bytes.is_empty() {
        return IngestError::Empty { file };
    }
    let what = match recognise(input) {
        Some(JSON) => {
            format!("{JSON}{}; сохраните ответ, который отдаёт список, или выгрузите XLSX", keys_of_json(input))
        }
        advice => advice.unwrap_or_default().to_owned(),
    };
    IngestError::Unknown { file, what }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::detect;

    #[test]
    fn known_files_are_named() {
        let cases: &[(&[u8], &str)] = &[
            (b"MOXCEL\0\x08\0\x01\0\xEF\xBB\xBF{8,1,12,", "MXL"),
            (b"%PDF-1.7\n", "PDF"),
            (b"{\\rtf1\\ansi", "RTF"),
            (b"\x89PNG\r\n\x1A\n", "картинка"),
            (b"\xFF\xD8\xFF\xE0", "картинка"),
            (b"1CDBMSV8\x08\x02", "1CD"),
            (b"1CIBDmpF3", "DT"),
            (b"Rar!\x1A\x07", "RAR"),
            (b"7z\xBC\xAF\x27\x1C", "7z"),
            (b"PK\x05\x06\0\0", "ZIP"),
            (b"<!DOCTYPE html><html><form><input type=\"password\"></form>", "страница входа"),
            (
                b"<!DOCTYPE html><html><form><table><tr><td>Login<td><input type='password'></table></form>",
                "страница входа",
            ),
            (b"<html><body><h1>502 Bad Gateway</h1></body></html>", "ошибке"),
            (b"<?xml version=\"1.0\"?><a/>", "XML"),
            (b"[[\"a\",1]]", "JSON"),
            ("<?xml version=\"1.0\"?>\n<Файл ИдФайл=\"x\" ВерсФорм=\"5.02\"/>".as_bytes(), "документ ФНС"),
            ("<Файл ВерсФорм=\"5.02\"><Документ КНД=\"1115132\"/></Файл>".as_bytes(), "титул покупателя"),
            ("<Файл ВерсФорм=\"5.01\"><Документ><СвКСчФ/></Документ></Файл>".as_bytes(), "УКД"),
            (b"\xEF\xBB\xBF<edmx:Edmx Version=\"1.0\"/>", "$metadata"),
            (b"<xs:schema xmlns:xs=\"u\"/>", "схема XML"),
            (b"<V8Exch:_1CV8DtUD xmlns:V8Exch=\"u\"/>", "Выгрузка и загрузка"),
            ("<ФайлОбмена ВерсияФормата=\"2.0\"/>".as_bytes(), "по правилам"),
            (b"<Message/>", "сообщение обмена"),
            (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "MHTML"),
            (b"\x01\x02\x03\x04\x05\x06", "двоичный"),
        ];
        for (bytes, word) in cases {
            let error = detect(&Input::from_bytes("f", *bytes)).err().unwrap_or_else(|| panic!("{word}"));
            let text = error.to_string();
            assert!(text.contains(word) && !text.ends_with('.'), "{word}: {text}");
        }
        assert!(matches!(detect(&Input::from_bytes("f", "")), Err(IngestError::Empty { .. })));
    }

    #[test]
    fn unknown_json_tells_its_keys_and_no_values() {
        for (text, expected) in [
            (r#"{"status":"ok","Иванов":{"phone":1},"page_no":2}"#, " (ключи status, page_no)"),
            (r#"[{"a":1,"b":{"c":2}},{"a":3}]"#, " (ключи a, b)"),
            (r#"{"79160000001":{"Анна":1}}"#, ""),
            ("[[1,2]]", ""),
            ("{}", ""),
        ] {
            let what = unknown(&Input::from_bytes("f", text)).to_string();
            assert!(what.contains(&format!("{JSON}{expected}; ")), "{what}");
        }
    }

    #[test]
    fn tables_are_not_refused() {
        for text in ["ID;Имя\n1;а\n", "{ID};Имя\n", "[ID],Имя\n", "\u{FEFF}Имя\n", "1;2\n", "BMW;Авто\n", "<5 шт;6\n"]
        {
            let refused = recognise(&Input::from_bytes("f", text));
            assert_eq!(refused.is_some(), text.starts_with('<'), "{text}: {refused:?}");
        }
    }
}
