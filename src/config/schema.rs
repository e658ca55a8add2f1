//! JSON Schema of `sverka.toml`, for editors that complete and check.
//!
//! There is no second list of keys: the types that parse a project are asked what they take. A probe deserialises
//! them, gives each field a harmless value and writes down what was asked for; a key is required when parsing fails
//! without it. Allowed values come from the tables that the parser compares with.

use serde::Deserialize as _;
use serde::de::value::{BorrowedStrDeserializer, StrDeserializer};
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value, json};

use super::{DIRECTIONS, LANGS, LEAST_PROBABILITY, OFF, SIDES, raw};
use crate::checks;
use crate::finding::Severity;
use crate::forecast::rates::{CRMS, Tariff};
use crate::ingest::FORMATS;
use crate::matching::{LEVELS, MOST_BITS, OwnKind, blocking_rules, comparison_names};
use crate::model::{Entity, Field, Lang};

/// JSON Schema, draft 2020-12, with descriptions in one language.
pub fn json(lang: Lang) -> Value {
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": lang.pick("Проект сверки (sverka.toml)", "A project of sverka (sverka.toml)"),
    });
    merge(&mut schema, render(&keys(), "", lang));
    schema
}

/// What the parser takes at one place.
#[derive(Clone, PartialEq, Debug, Default)]
enum Node {
    /// Any value; the parser looks at it later.
    #[default]
    Any,
    Bool,
    Integer,
    Number,
    Text,
    Choice(&'static [&'static str]),
    List(Box<Node>),
    Map(Box<Node>),
    Table(Vec<Key>),
}

#[derive(Clone, PartialEq, Debug)]
struct Key {
    name: &'static str,
    node: Node,
    required: bool,
}

/// Every key of a project.
fn keys() -> Node {
    let mut root = Node::Any;
    // The probe answers every question, so nothing is missing and parsing cannot fail.
    let parsed = raw::File::deserialize(Probe { node: &mut root, path: String::new(), omit: None });
    debug_assert!(parsed.is_ok(), "{:?}", parsed.err().map(|e| e.to_string()));
    mark_required(&mut root, "");
    root
}

fn mark_required(node: &mut Node, path: &str) {
    match node {
        Node::Table(keys) => {
            for key in keys {
                let path = below(path, key.name);
                let probe = Probe { node: &mut Node::Any, path: String::new(), omit: Some(&path) };
                key.required = raw::File::deserialize(probe).is_err();
                mark_required(&mut key.node, &path);
            }
        }
        Node::List(inner) => mark_required(inner, path),
        Node::Map(inner) => mark_required(inner, &below(path, "*")),
        _ => {}
    }
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Answers a type that wants to be deserialised, and writes down what it asked for.
struct Probe<'a> {
    node: &'a mut Node,
    path: String,
    /// The key that is left out.
    omit: Option<&'a str>,
}

type Error = serde::de::value::Error;

/// Name under which `toml::Spanned` asks for its value: start, end, value. Changes would show in the tests below.
const SPANNED: &str = "$__serde_spanned";

macro_rules! answers {
    ($($ask:ident => $node:expr, $answer:ident($value:expr);)*) => {
        $(fn $ask<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            *self.node = $node;
            visitor.$answer($value)
        })*
    };
}

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Error;

    answers! {
        deserialize_any => Node::Any, visit_str("");
        deserialize_ignored_any => Node::Any, visit_str("");
        deserialize_bool => Node::Bool, visit_bool(true);
        deserialize_i8 => Node::Integer, visit_i64(1);
        deserialize_i16 => Node::Integer, visit_i64(1);
        deserialize_i32 => Node::Integer, visit_i64(1);
        deserialize_i64 => Node::Integer, visit_i64(1);
        deserialize_u8 => Node::Integer, visit_u64(1);
        deserialize_u16 => Node::Integer, visit_u64(1);
        deserialize_u32 => Node::Integer, visit_u64(1);
        deserialize_u64 => Node::Integer, visit_u64(1);
        deserialize_f32 => Node::Number, visit_f64(0.5);
        deserialize_f64 => Node::Number, visit_f64(0.5);
        deserialize_char => Node::Text, visit_char('x');
        deserialize_str => Node::Text, visit_str("x");
        deserialize_string => Node::Text, visit_str("x");
        deserialize_identifier => Node::Text, visit_str("x");
        deserialize_bytes => Node::Any, visit_bytes(b"");
        deserialize_byte_buf => Node::Any, visit_bytes(b"");
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let mut inner = Node::Any;
        let value = visitor.visit_seq(Once { node: &mut inner, path: self.path, omit: self.omit, items: 1 });
        *self.node = Node::List(Box::new(inner));
        value
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, items: usize, visitor: V) -> Result<V::Value, Error> {
        let mut inner = Node::Any;
        let value = visitor.visit_seq(Once { node: &mut inner, path: self.path, omit: self.omit, items });
        *self.node = Node::List(Box::new(inner));
        value
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        items: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_tuple(items, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let mut inner = Node::Any;
        let value = visitor.visit_map(OneEntry {
            node: &mut inner,
            path: below(&self.path, "*"),
            omit: self.omit,
            done: false,
        });
        *self.node = Node::Map(Box::new(inner));
        value
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let is_spanned = name.starts_with(SPANNED);
        let mut keys = Vec::new();
        let value =
            visitor.visit_map(Fields { keys: &mut keys, fields, path: &self.path, omit: self.omit, is_spanned });
        *self.node = match keys.pop() {
            // A value with its place: the place is ours, the value is the user's.
            Some(last) if is_spanned => last.node,
            last => Node::Table(keys.into_iter().chain(last).collect()),
        };
        value
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        *self.node = Node::Choice(variants);
        let first: StrDeserializer<'_, Error> = variants.first().copied().unwrap_or_default().into_deserializer();
        visitor.visit_enum(first)
    }
}

/// A list of `items` equal items.
struct Once<'a> {
    node: &'a mut Node,
    path: String,
    omit: Option<&'a str>,
    items: usize,
}

impl<'de> SeqAccess<'de> for Once<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        if self.items == 0 {
            return Ok(None);
        }
        self.items -= 1;
        seed.deserialize(Probe { node: self.node, path: self.path.clone(), omit: self.omit }).map(Some)
    }
}

/// A table whose keys the user chooses.
struct OneEntry<'a> {
    node: &'a mut Node,
    path: String,
    omit: Option<&'a str>,
    done: bool,
}

impl<'de> MapAccess<'de> for OneEntry<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        if std::mem::replace(&mut self.done, true) {
            return Ok(None);
        }
        seed.deserialize(Probe { node: &mut Node::Any, path: String::new(), omit: None }).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(Probe { node: self.node, path: self.path.clone(), omit: self.omit })
    }
}

/// Every field of a struct once, without the one that is left out.
struct Fields<'a> {
    keys: &'a mut Vec<Key>,
    fields: &'static [&'static str],
    path: &'a str,
    omit: Option<&'a str>,
    is_spanned: bool,
}

impl Fields<'_> {
    fn path_of(&self, name: &str) -> String {
        if self.is_spanned { self.path.to_owned() } else { below(self.path, name) }
    }
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        while let Some((&name, rest)) = self.fields.split_first() {
            self.fields = rest;
            if !self.is_spanned && self.omit == Some(self.path_of(name).as_str()) {
                continue;
            }
            self.keys.push(Key { name, node: Node::Any, required: false });
            // `toml::Spanned` takes nothing but a borrowed name.
            return seed.deserialize(BorrowedStrDeserializer::<Error>::new(name)).map(Some);
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let path = self.keys.last().map_or_else(String::new, |key| self.path_of(key.name));
        let node = &mut self.keys.last_mut().expect("a value follows its key").node;
        seed.deserialize(Probe { node, path, omit: self.omit })
    }
}

fn render(node: &Node, path: &str, lang: Lang) -> Value {
    let mut out = match node {
        Node::Any => json!({}),
        Node::Bool => json!({"type": "boolean"}),
        Node::Integer => json!({"type": "integer"}),
        Node::Number => json!({"type": "number"}),
        Node::Text => json!({"type": "string"}),
        Node::Choice(names) => json!({"enum": names}),
        Node::List(inner) => json!({"type": "array", "items": render(inner, &below(path, "[]"), lang)}),
        Node::Map(inner) => json!({"type": "object", "additionalProperties": render(inner, &below(path, "*"), lang)}),
        Node::Table(keys) => {
            let prefix = path.trim_end_matches(".[]");
            let properties: Map<String, Value> =
                keys.iter().map(|k| (k.name.to_owned(), render(&k.node, &below(prefix, k.name), lang))).collect();
            let required: Vec<&str> = keys.iter().filter(|k| k.required).map(|k| k.name).collect();
            let mut table = json!({"type": "object", "properties": properties, "additionalProperties": false});
            if !required.is_empty() {
                table["required"] = json!(required);
            }
            table
        }
    };
    if let Some((_, ru, en)) = MEANING.iter().find(|(of, _, _)| *of == path) {
        out["description"] = json!(lang.pick(ru, en));
    }
    if let Some((_, rule)) = RULES.iter().find(|(of, _)| *of == path) {
        merge(&mut out, rule(lang));
    }
    out
}

fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}

/// What keys mean, by path; `.*` is any key of a table, `.[]` an item of a list.
const MEANING: &[(&str, &str, &str)] = &[
    ("project", "Что сверяем и как", "What is audited and how"),
    ("project.name", "Название, стоит в заголовке отчёта", "Name, the heading of the report"),
    ("project.lang", "Язык отчёта; по умолчанию ru", "Language of the report; ru by default"),
    ("project.direction", "Куда пойдёт обмен; по умолчанию в обе стороны", "Way of the exchange; both ways by default"),
    (
        "project.crm_url",
        "Адрес CRM для ссылок на карточки: https://romashka.bitrix24.ru",
        "Address of the CRM for links to its cards: https://romashka.bitrix24.ru",
    ),
    (
        "project.as_of",
        "День выгрузки, ГГГГ-ММ-ДД; по умолчанию сегодняшний",
        "Day of the exports, YYYY-MM-DD; today by default",
    ),
    ("project.own", "ИНН своих организаций", "INNs of own organisations"),
    (
        "project.crm_url",
        "Адрес CRM без пути, для ссылок на карточки: https://romashka.bitrix24.ru",
        "Address of the CRM without a path, for links to cards: https://romashka.bitrix24.ru",
    ),
    ("source", "Выгрузки: по разделу [[source]] на каждую", "Exports, a [[source]] each"),
    ("source.side", "Чья выгрузка: crm или onec (1С)", "Whose export: crm or onec (1C)"),
    (
        "source.entity",
        "Что в ней: counterparty — контрагенты, contact — контакты. Можно не указывать, если файл говорит сам",
        "What it holds: counterparty or contact. May be left out where the file says it",
    ),
    (
        "source.path",
        "Файл, папка или шаблон (*.csv), от папки проекта",
        "File, folder or pattern (*.csv), from the folder of the project",
    ),
    (
        "source.database",
        "Вместо path: адрес базы PostgreSQL без пароля, postgres://пользователь@сервер:5432/база",
        "Instead of path: address of a PostgreSQL base without a password, postgres://user@server:5432/base",
    ),
    (
        "source.table",
        "Таблица или представление базы (SQLite, PostgreSQL): имя или схема.имя",
        "Table or view of a base (SQLite, PostgreSQL): name or schema.name",
    ),
    ("source.query", "Запрос select к базе вместо table", "A select for the base in place of table"),
    (
        "source.password_env",
        "Переменная окружения с паролем к базе; без этого — PGPASSWORD",
        "Variable of the environment with the password of the base; PGPASSWORD otherwise",
    ),
    ("source.format", "Формат; обычно узнаётся сам", "Format; usually recognised"),
    (
        "source.columns",
        "Только неузнанные колонки: поле = заголовок или список заголовков",
        "Only columns that were not recognised: field = heading or a list of headings",
    ),
    ("map", "Соответствие значений двух систем", "Values of one system for those of the other"),
    ("map.deal_stage", "Стадия сделки CRM = состояние документов 1С", "Stage of a CRM deal = state of 1C documents"),
    (
        "map.organisation",
        "Своя организация или воронка, как её пишет CRM = организация, как её пишет 1С",
        "Own organisation or pipeline as the CRM writes it = organisation as 1C writes it",
    ),
    ("map.user", "Ответственный в CRM = пользователь 1С", "Responsible person of the CRM = user of 1C"),
    ("map.price_type", "Вид цены в CRM = вид цены в 1С", "Type of prices in the CRM = type of prices in 1C"),
    ("trade", "Сверка документов и платежей", "How documents and payments are reconciled"),
    (
        "trade.closed_until",
        "Дата запрета изменений: по этот день включительно периоды закрыты",
        "Accounting periods are closed up to this day, that day included",
    ),
    (
        "trade.tolerance",
        "Допуск в рублях: суммы, которые расходятся не больше, считаются равными; по умолчанию \"0\"",
        "Sums that differ by no more are equal, in units of the currency; \"0\" by default",
    ),
    (
        "trade.window_days",
        "На сколько дней документ 1С может отстоять от документа CRM; по умолчанию 45",
        "Days that a document of 1C may stand away from its pair in the CRM; 45 by default",
    ),
    (
        "map.object_status",
        "Статус объекта недвижимости = free, reserved, ddu или sold; в таблицах crm и onec — только для этой системы",
        "Status of a property object = free, reserved, ddu or sold; in the tables crm and onec for that system alone",
    ),
    ("matching", "Как решать, что две записи — одно лицо", "How to decide that two records are one party"),
    (
        "matching.auto",
        "Вероятность, от которой пара считается одним лицом без проверки",
        "Probability from which a pair is one party without review",
    ),
    (
        "matching.review",
        "Вероятность, от которой пару смотрит человек",
        "Probability from which a person looks at a pair",
    ),
    (
        "matching.model",
        "Файл весов, созданный командой sverka train; без него веса учатся на данных прогона",
        "File of weights made by sverka train; without it they are learnt from the data of the run",
    ),
    (
        "matching.weights",
        "Поправки к весам сравнений в битах; off выключает сравнение",
        "Bits added to the weights of comparisons; off switches a comparison off",
    ),
    (
        "matching.own",
        "Свои поля (own_1 … own_4 из [source.columns]): kind — identifier, text, number или date; веса уровней в битах",
        "Fields of the project's own (own_1 … own_4 of [source.columns]): kind, and the weights of levels in bits",
    ),
    (
        "matching.blocking",
        "Правила отбора пар, которые выключены: \"off\"",
        "Rules that propose pairs and are switched off: \"off\"",
    ),
    (
        "checks",
        "Важность и параметры проверок; off выключает",
        "Severities and parameters of checks; off switches one off",
    ),
    (
        "gates",
        "Обмен запускать рано, если находок больше; число, доля «2 %» или { max, of = \"new\" }",
        "No go with more findings than this: a number, a share “2 %”, or { max, of = \"new\" }",
    ),
    (
        "ownership",
        "Чьё значение поля верно: обмен переносит его и не пишет поверх; crm или onec",
        "Whose value of a field is right: the exchange carries it over; crm or onec",
    ),
    (
        "exchange",
        "Как обмен будет работать: по этому считаются его вызовы, часы и успевает ли он",
        "How the exchange is planned to run: its calls, hours and whether it keeps up follow from this",
    ),
    ("exchange.interval_minutes", "Минут между обменами", "Minutes between two exchanges"),
    (
        "exchange.tariff",
        "Тариф CRM: standard, enterprise (Битрикс24 «Энтерпрайз») или box (свой сервер)",
        "Tariff of the CRM: standard, enterprise (Bitrix24) or box (a server of one's own)",
    ),
    (
        "exchange.calls_per_second",
        "Запросов в секунду, если известен свой лимит; иначе — лимит CRM и тарифа",
        "Requests per second where the limit is known; else that of the CRM and its tariff",
    ),
    ("exchange.crm", "Какая это CRM, если по файлам не видно", "Which CRM it is, where the files do not show it"),
    (
        "lag",
        "Записи, изменённые позже, между системами не сравниваются: правка могла не успеть во вторую выгрузку",
        "Records changed later are not compared across systems: a change may have missed the other export",
    ),
    ("lag.cut_off", "Момент: 2026-11-23 22:00", "The moment: 2026-11-23 22:00"),
    (
        "lag.hours",
        "Или за сколько часов до последней правки в выгрузках: не меньше, чем прошло между ними",
        "Or how many hours before the last change in the exports: at least what passed between them",
    ),
    (
        "staging",
        "Таблицы копии, которую чистят SQL-сценариями до загрузки: по разделу [[staging]] на каждую",
        "Tables of a staging copy that SQL scripts clean up before it is loaded, a [[staging]] each",
    ),
    ("staging.dialect", "Где копия: postgresql или sqlite", "Where the copy is: postgresql or sqlite"),
    ("staging.side", "Чьи записи: crm или onec (1С)", "Whose records: crm or onec (1C)"),
    (
        "staging.entity",
        "Какие записи: counterparty, contact, deal или object",
        "Which records: counterparty, contact, deal or object",
    ),
    ("staging.table", "Таблица; схема отделяется точкой", "The table; a dot parts its schema"),
    ("staging.id", "Колонка с кодом записи, каким он стоит в выгрузке", "Column with the record id as exported"),
    (
        "staging.merged_into",
        "Колонка, в которую дублю пишется код основной записи",
        "Column in which a duplicate names the record that stays",
    ),
    ("staging.columns", "Поле = колонка; сверяются и правятся только они", "Field = column; only these are used"),
    (
        "staging.references",
        "Колонки других таблиц, в которых стоит код записи: они переводятся с дубля на основную",
        "Columns of other tables that hold the id of a record: they go from a duplicate to the record that stays",
    ),
    ("staging.references.table", "Таблица", "The table"),
    ("staging.references.column", "Колонка с кодом записи", "Column with the id of the record"),
    ("staging.references.key", "Колонка, по которой находится строка", "Column that tells a row"),
    ("check", "Свои проверки: правило для одного поля", "Own checks: a rule over one field"),
    ("check.id", "Код проверки, начинается с own-", "Id of the check, begins with own-"),
    ("check.entity", "О чём: counterparty или contact", "About: counterparty or contact"),
    ("check.side", "Сторона; по умолчанию обе", "Side; both by default"),
    ("check.where", "Только записи, у которых поле = значение", "Only records whose field = value"),
    ("check.field", "Поле, о котором правило", "The field that the rule is about"),
    ("check.severity", "Важность; по умолчанию warning", "Severity; warning by default"),
    ("check.title", "Заголовок в отчёте", "Heading in the report"),
    ("check.message", "Текст находки", "Text of a finding"),
    ("check.why", "Почему это важно", "Why it matters"),
    ("check.remedy", "Что делать", "What to do"),
    ("check.required", "Правило: поле заполнено", "Rule: the field is filled in"),
    ("check.unique", "Правило: значение не повторяется", "Rule: the value does not repeat"),
    ("check.one_of", "Правило: значение из списка", "Rule: the value is in the list"),
    ("check.matches", "Правило: регулярное выражение на всё значение", "Rule: an expression for the whole value"),
    ("check.min", "Правило: не меньше числа или даты", "Rule: not below a number or date"),
    ("check.max", "Правило: не больше числа или даты", "Rule: not above a number or date"),
    ("check.not_after", "Правило: дата не позже даты в этом поле", "Rule: a date not after that of this field"),
    ("check.equal", "Правило: в CRM и в 1С одно и то же", "Rule: the same in the CRM and in 1C"),
    ("check.tolerance", "Допустимая разница чисел для equal", "Difference of numbers that equal allows"),
];

/// What the parser looks at beyond the type of a value, by path, out of its own tables.
type Rule = fn(Lang) -> Value;
const RULES: &[(&str, Rule)] = &[
    ("project.name", |_| json!({"minLength": 1})),
    ("project.lang", |_| one_of(LANGS)),
    ("project.direction", |_| one_of(DIRECTIONS)),
    ("project.as_of", |_| json!({"format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})),
    ("project.crm_url", |_| json!({"pattern": "^https?://[^/@\\s]+/?$"})),
    ("project.own.[]", |_| json!({"pattern": "^([0-9]{10}|[0-9]{12})$"})),
    ("source", |_| json!({"minItems": 1})),
    ("source.[]", |_| json!({"anyOf": [{"required": ["path"]}, {"required": ["database"]}]})),
    ("source.database", |_| json!({"pattern": "^postgres(ql)?://[^:@]*(@|[^@]*$)"})),
    ("source.side", |_| one_of(SIDES)),
    ("source.entity", |_| json!({"enum": Entity::ALL.iter().map(|e| e.as_str()).collect::<Vec<_>>()})),
    ("source.format", |_| json!({"enum": FORMATS.iter().map(|f| f.id()).collect::<Vec<_>>()})),
    ("source.columns", columns),
    ("map.deal_stage", |_| json!({"additionalProperties": {"enum": super::Stage::ALL.map(super::Stage::as_str)}})),
    ("trade.closed_until", |_| json!({"format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})),
    ("matching.auto", |_| probability()),
    ("matching.review", |_| probability()),
    ("matching.weights", weights),
    ("matching.own", own_fields),
    ("matching.blocking", |_| {
        let rules: Map<String, Value> =
            blocking_rules().map(|rule| (rule.to_owned(), json!({"enum": [OFF]}))).collect();
        json!({"properties": rules, "additionalProperties": false})
    }),
    ("checks", all_checks),
    ("gates", gates),
    ("ownership", ownership),
    ("staging.dialect", |_| one_of(super::staging::ENGINES)),
    ("staging.side", |_| one_of(SIDES)),
    ("staging.entity", |_| json!({"enum": super::staging::ENTITIES.map(Entity::as_str)})),
    ("staging.columns", |lang| {
        let column = |f: &Field| (f.code().to_owned(), json!({"type": "string", "description": f.title(lang)}));
        let fields: Map<String, Value> = Field::ALL.iter().map(column).collect();
        json!({"properties": fields, "additionalProperties": false})
    }),
    ("exchange.interval_minutes", |_| json!({"minimum": 1})),
    ("exchange.tariff", |_| one_of(&Tariff::ALL)),
    ("exchange.calls_per_second", |_| json!({"exclusiveMinimum": 0})),
    ("exchange.crm", |_| one_of(&CRMS)),
    ("check.id", |_| json!({"pattern": "^own-[a-z0-9-]+$"})),
    ("check.entity", |_| json!({"enum": Entity::PARTIES.map(Entity::as_str)})),
    ("check.side", |_| one_of(SIDES)),
    ("check.severity", |_| json!({"enum": Severity::ALL.map(Severity::as_str)})),
    ("check.field", |_| json!({"enum": Field::ALL.iter().map(|f| f.code()).collect::<Vec<_>>()})),
    ("check.not_after", |_| json!({"enum": Field::ALL.iter().map(|f| f.code()).collect::<Vec<_>>()})),
];

fn one_of<T>(table: &[(&str, T)]) -> Value {
    json!({"enum": table.iter().map(|(name, _)| *name).collect::<Vec<_>>()})
}

fn probability() -> Value {
    json!({"minimum": LEAST_PROBABILITY, "exclusiveMaximum": 1})
}

/// Owners of fields, for every entity or for one.
fn ownership(lang: Lang) -> Value {
    let fields = || -> Map<String, Value> {
        let owner = |f: &Field| json!({"description": f.title(lang), "enum": ["crm", "onec"]});
        Field::ALL.iter().map(|f| (f.code().to_owned(), owner(f))).collect()
    };
    let mut all = fields();
    for entity in Entity::ALL {
        let nested = json!({"type": "object", "properties": fields(), "additionalProperties": false});
        all.insert(entity.as_str().to_owned(), nested);
    }
    json!({"properties": all, "additionalProperties": false})
}

/// Limits under severities and checks, alone or within an entity, all findings or the new ones.
fn gates(lang: Lang) -> Value {
    let count = json!({"type": "integer", "minimum": 0});
    let share = json!({"type": "string", "pattern": "^ *(100|[0-9]{1,2})([.,][0-9]+)? *% *$"});
    let max = json!({"anyOf": [count, share]});
    let of = json!({"enum": ["new", "all"]});
    let table = json!({
        "type": "object", "properties": {"max": max, "of": of}, "required": ["max"], "additionalProperties": false,
    });
    let limit = json!({"anyOf": [count, share, table]});
    let limits = || -> Map<String, Value> {
        let severities = Severity::ALL.iter().map(|s| (s.as_str(), s.text(lang)));
        let checks = checks::all().map(|c| (c.meta().id, c.meta().card(lang).title));
        let described = |(key, text): (&str, &str)| {
            let mut limit = limit.clone();
            limit["description"] = json!(text);
            (key.to_owned(), limit)
        };
        severities.chain(checks).map(described).collect()
    };
    let nested = |properties: Map<String, Value>| json!({"type": "object", "properties": properties, "additionalProperties": false});
    let by_entity = || -> Vec<(String, Value)> {
        Entity::PARTIES.iter().map(|e| (e.as_str().to_owned(), nested(limits()))).collect()
    };
    let mut new = limits();
    new.extend(by_entity());
    let mut all = limits();
    all.extend(by_entity());
    all.insert("new".to_owned(), nested(new));
    let unrun = json!({"anyOf": [
        {"enum": ["block", "allow"]},
        {"type": "array", "items": {"enum": checks::all().map(|c| c.meta().id).collect::<Vec<_>>()}},
    ]});
    all.insert("not_run".to_owned(), unrun);
    json!({"properties": all, "additionalProperties": false})
}

fn columns(lang: Lang) -> Value {
    let heading = json!({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]});
    let fields: Map<String, Value> = Field::ALL
        .iter()
        .map(|field| {
            let mut property = heading.clone();
            property["description"] = json!(field.title(lang));
            (field.code().to_owned(), property)
        })
        .collect();
    json!({"properties": fields, "additionalProperties": false})
}

fn weights(_: Lang) -> Value {
    let bits = json!({"type": "number", "minimum": -MOST_BITS, "maximum": MOST_BITS});
    let levels: Map<String, Value> = LEVELS.iter().map(|l| (l.as_str().to_owned(), bits.clone())).collect();
    let one = json!({
        "anyOf": [{"enum": [OFF]}, {"type": "object", "properties": levels, "additionalProperties": false}],
    });
    let all: Map<String, Value> = comparison_names().map(|name| (name.to_owned(), one.clone())).collect();
    json!({"properties": all, "additionalProperties": false})
}

fn own_fields(_: Lang) -> Value {
    let bits = json!({"type": "number", "minimum": -MOST_BITS, "maximum": MOST_BITS});
    let mut keys: Map<String, Value> = LEVELS.iter().map(|l| (l.as_str().to_owned(), bits.clone())).collect();
    keys.insert("kind".to_owned(), one_of(&OwnKind::ALL));
    let one = json!({"type": "object", "properties": keys, "required": ["kind"], "additionalProperties": false});
    let all: Map<String, Value> = Field::OWN.iter().map(|f| (f.code().to_owned(), one.clone())).collect();
    json!({"properties": all, "additionalProperties": false})
}

fn all_checks(lang: Lang) -> Value {
    let severities: Vec<&str> = Severity::ALL.iter().map(|s| s.as_str()).chain([OFF]).collect();
    let properties: Map<String, Value> = checks::all()
        .map(|check| {
            let meta = check.meta();
            let mut settings = json!({"severity": {"enum": severities}});
            for param in meta.params {
                settings[param.name] = json!({
                    "type": "integer",
                    "default": param.default,
                    "description": lang.pick(param.ru, param.en),
                });
            }
            let property = json!({
                "description": meta.card(lang).title,
                "anyOf": [
                    {"enum": severities},
                    {"type": "object", "properties": settings, "additionalProperties": false},
                ],
            });
            (meta.id.to_owned(), property)
        })
        .collect();
    json!({"properties": properties, "additionalProperties": false})
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Faults of a value by the part of JSON Schema that we write; an unknown keyword is a fault of the schema.
    fn faults(schema: &Value, value: &Value, at: &str, out: &mut Vec<String>) {
        let Value::Object(rules) = schema else { panic!("{at}: no schema") };
        for (keyword, rule) in rules {
            let holds = match keyword.as_str() {
                "$schema" | "title" | "description" | "default" | "format" => true,
                "type" => match rule.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "integer" => value.is_i64() || value.is_u64(),
                    "number" => value.is_number(),
                    "boolean" => value.is_boolean(),
                    other => panic!("{other}"),
                },
                "enum" => rule.as_array().unwrap().contains(value),
                "minLength" => value.as_str().is_none_or(|s| s.chars().count() as u64 >= rule.as_u64().unwrap()),
                "minItems" => value.as_array().is_none_or(|a| a.len() as u64 >= rule.as_u64().unwrap()),
                "maximum" => value.as_f64().is_none_or(|n| n <= rule.as_f64().unwrap()),
                "minimum" => value.as_f64().is_none_or(|n| n >= rule.as_f64().unwrap()),
                "exclusiveMaximum" => value.as_f64().is_none_or(|n| n < rule.as_f64().unwrap()),
                // The four patterns that we write.
                "pattern" => value.as_str().is_none_or(|s| {
                    if rule.as_str().unwrap().contains("own-") {
                        return s.strip_prefix("own-").is_some_and(|rest| !rest.is_empty());
                    }
                    if rule.as_str().unwrap().contains('%') {
                        let number = s.trim().strip_suffix('%').map(|n| n.trim().replace(',', "."));
                        return number.is_some_and(|n| n.parse::<f64>().is_ok_and(|n| (0.0..=100.0).contains(&n)));
                    }
                    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
                    if rule.as_str().unwrap().contains('-') && rule.as_str().unwrap().contains("{4}") {
                        s.len() == 10 && s.split('-').map(str::len).eq([4, 2, 2]) && digits(&s.replace('-', ""))
                    } else {
                        matches!(s.len(), 10 | 12) && digits(s)
                    }
                }),
                "required" => value
                    .as_object()
                    .is_none_or(|o| rule.as_array().unwrap().iter().all(|k| o.contains_key(k.as_str().unwrap()))),
                "anyOf" => rule.as_array().unwrap().iter().any(|s| {
                    let mut inner = Vec::new();
                    faults(s, value, at, &mut inner);
                    inner.is_empty()
                }),
                "items" => {
                    for item in value.as_array().into_iter().flatten() {
                        faults(rule, item, &format!("{at}[]"), out);
                    }
                    true
                }
                "properties" => {
                    for (key, item) in value.as_object().into_iter().flatten() {
                        if let Some(schema) = rule.get(key) {
                            faults(schema, item, &format!("{at}.{key}"), out);
                        }
                    }
                    true
                }
                "additionalProperties" => value.as_object().into_iter().flatten().all(|(key, item)| {
                    if schema.get("properties").is_some_and(|p| p.get(key).is_some()) {
                        return true;
                    }
                    if rule.is_object() {
                        faults(rule, item, &format!("{at}.{key}"), out);
                    }
                    rule.is_object()
                }),
                other => panic!("{at}: {other}"),
            };
            if !holds {
                out.push(format!("{at}: {keyword}"));
            }
        }
    }

    fn check(text: &str) -> Vec<String> {
        let value: toml::Value = toml::from_str(text).unwrap();
        let mut out = Vec::new();
        faults(&json(Lang::Ru), &serde_json::to_value(value).unwrap(), "", &mut out);
        out
    }

    #[test]
    fn samples_pass() {
        for name in ["trade", "trade-clean"] {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name).join("sverka.toml");
            assert_eq!(check(&std::fs::read_to_string(file).unwrap()), [""; 0], "{name}");
        }
    }

    const FULL: &str = "[project]\nname = \"П\"\nlang = \"en\"\ndirection = \"crm-to-onec\"\nas_of = \"2026-11-24\"\n\
        own = [\"3697384059\"]\n[[source]]\nside = \"crm\"\nentity = \"contact\"\npath = \"a.csv\"\nformat = \"csv\"\n\
        [source.columns]\ninn = \"ИНН\"\nown_1 = \"Код\"\nphone = [\"Т1\", \"Т2\"]\n[map.deal_stage]\n\"Новая\" = \"none\"\n\
        [map.organisation]\n\"5\" = \"ООО Ромашка\"\n[map.user]\n\"Петров\" = \"Петров П. П.\"\n[map.price_type]\n\"BASE\" = \"Розничная\"\n[trade]\nclosed_until = \"2026-09-30\"\n\
        tolerance = \"0.05\"\nwindow_days = 30\n\
        [matching]\nauto = 0.99\nreview = 0.8\n[matching.weights]\nphone = { exact = 2.5, near = -1 }\naddress = \"off\"\n[matching.own]\nown_1 = { kind = \"identifier\", different = -3 }\n[matching.blocking]\n\"two-words\" = \"off\"\n[checks]\n\"ct-fio-yo\" = \"off\"\n\
         \"ct-phone-shared\" = { severity = \"warning\", max_owners = 5 }\n[gates]\nblocker = 0\nerror = 1\nwarning = \"2 %\"\n\
         info = { max = 3, of = \"new\" }\nnot_run = [\"ct-fio-yo\"]\n[gates.new.contact]\n\"ct-phone-shared\" = 1\n[ownership]\ninn = \"onec\"\n[ownership.contact]\n\
        phone = \"crm\"\n[[staging]]\ndialect = \"postgresql\"\nside = \"onec\"\nentity = \"counterparty\"\n\
        table = \"st.firms\"\nid = \"code\"\nmerged_into = \"into\"\n[staging.columns]\nkpp = \"kpp\"\n\
        [[staging.references]]\ntable = \"st.bills\"\ncolumn = \"firm\"\nkey = \"n\"\n";

    /// What the parser takes passes, what it refuses does not: on the same text, changed in one place.
    #[test]
    fn the_schema_and_the_parser_agree() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.csv"), "ID\n1\n").unwrap();
        let parses = |text: &str| super::super::parse(&dir.path().join("sverka.toml"), text).is_ok();
        assert!(parses(FULL));
        assert_eq!(check(FULL), [""; 0]);
        for (from, to) in [
            ("name", "nam"),
            ("\"П\"", "\"\""),
            ("\"П\"", "7"),
            ("\"en\"", "\"de\""),
            ("crm-to-onec", "crm"),
            ("2026-11-24", "24.11.2026"),
            ("3697384059", "36973840"),
            ("side = \"crm\"", "side = \"CRM\""),
            ("side = \"crm\"\n", ""),
            ("path = \"a.csv\"\n", ""),
            ("\"contact\"", "\"deal?\""),
            ("format = \"csv\"", "format = \"tsv\""),
            ("inn = ", "in = "),
            ("[\"Т1\", \"Т2\"]", "[1]"),
            ("[\"Т1\", \"Т2\"]", "true"),
            ("[map.deal_stage]", "[map.stage]"),
            ("\"none\"", "\"nothing\""),
            ("2026-09-30", "30.09.2026"),
            ("window_days = 30", "window_days = \"30\""),
            ("0.99", "1.0"),
            ("0.8", "0.1"),
            ("auto = ", "aut = "),
            ("phone = { exact", "phonee = { exact"),
            ("exact = 2.5", "exakt = 2.5"),
            ("exact = 2.5", "exact = 99"),
            ("near = -1", "near = true"),
            ("address = \"off\"", "address = \"of\""),
            ("kind = \"identifier\"", "kind = \"code\""),
            ("kind = \"identifier\", ", ""),
            ("different = -3", "differs = -3"),
            ("different = -3", "different = -33"),
            ("own_1 = {", "own_7 = {"),
            ("two-words\" = \"off\"", "two-words\" = \"of\""),
            ("\"two-words\"", "\"two\""),
            ("ct-fio-yo\" = \"off\"", "ct-fio-yo\" = \"of\""),
            ("ct-fio-yo", "ct-fio"),
            ("max_owners", "max"),
            ("= 5 }", "= \"5\" }"),
            ("blocker = 0", "blocker = -1"),
            ("2 %", "2"),
            ("2 %", "200 %"),
            ("max = 3, ", ""),
            ("of = \"new\"", "of = \"old\""),
            ("not_run = [\"ct-fio-yo\"]", "not_run = \"never\""),
            ("gates.new.contact", "gates.new.deals"),
            ("inn = \"onec\"", "inn = \"1c\""),
            ("[ownership.contact]\nphone", "[ownership.contact]\nphones"),
            ("[gates]", "[gate]"),
            ("postgresql", "oracle"),
            ("table = \"st.firms\"\n", ""),
            ("id = \"code\"", "ids = \"code\""),
            ("kpp = \"kpp\"", "kpp = [\"kpp\"]"),
            ("kpp = ", "kppp = "),
            ("key = \"n\"", "keys = \"n\""),
        ] {
            let text = FULL.replacen(from, to, 1);
            assert_ne!(text, FULL, "{from}");
            assert!(!parses(&text), "the parser takes {to}");
            assert!(!check(&text).is_empty(), "the schema takes {to}");
        }
    }

    fn paths(node: &Node, path: &str, out: &mut Vec<String>) {
        match node {
            Node::Table(keys) => {
                for key in keys {
                    let path = below(path, key.name);
                    out.push(path.clone());
                    paths(&key.node, &path, out);
                }
            }
            Node::List(inner) => {
                out.push(below(path, "[]"));
                paths(inner, path, out);
            }
            Node::Map(inner) => paths(inner, &below(path, "*"), out),
            _ => {}
        }
    }

    #[test]
    fn every_key_is_described_and_no_description_is_left_over() {
        let mut all = Vec::new();
        paths(&keys(), "", &mut all);
        for key in ["project.name", "source.columns", "map.deal_stage", "matching.auto", "checks", "gates"] {
            assert!(all.iter().any(|path| path == key), "{key}: {all:?}");
        }
        for path in all.iter().filter(|p| !p.ends_with("[]")) {
            assert!(MEANING.iter().any(|(of, _, _)| of == path), "{path}: say in MEANING what it means");
        }
        for (of, _, _) in MEANING {
            assert!(all.iter().any(|path| path == of), "{of}: no such key, take the line out");
        }
        for (of, _) in RULES {
            assert!(all.iter().any(|path| path == of), "{of}: no such key, take the line out");
        }
    }
}
