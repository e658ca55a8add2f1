//! Reading of generated exports: megabytes a second and peak memory.
//!
//! `cargo bench --bench ingest [-- MEGABYTES]` (of CSV, default 200; the other formats hold a part of its rows). One
//! thread, so that the figures are those of one core, then CSV again on all. Seeded: the same bytes every time.

use std::fmt::Write;
use std::time::Instant;

use rust_xlsxwriter::Workbook;
use sverka::ingest;

/// Title, and how many times less than the megabytes asked for the format gets.
const CASES: &[(&str, usize)] = &[
    ("CSV, UTF-8, one core", 1),
    ("CSV, windows-1251, one core", 1),
    ("HTML, one core", 2),
    ("XLSX, one core", 8),
    ("CSV, UTF-8, all cores", 1),
    ("CommerceML, goods and orders, one core", 1),
    ("OData, documents in JSON, one core", 1),
];

fn main() {
    // Cargo passes `--bench` of its own.
    let mut numbers = std::env::args().skip(1).filter_map(|a| a.parse::<usize>().ok());
    let megabytes = numbers.next().unwrap_or(200);
    if let Some(case) = numbers.next() {
        return measure(case, megabytes);
    }
    // A process each: memory that one reader has given back would hide what the next one takes.
    let program = std::env::current_exe().unwrap_or_else(|e| panic!("{e}"));
    for (case, (title, _)) in CASES.iter().enumerate() {
        let mut child = std::process::Command::new(&program);
        let status = child.args([megabytes.to_string(), case.to_string()]).status();
        assert!(status.is_ok_and(|s| s.success()), "{title}");
    }
}

fn measure(case: usize, megabytes: usize) {
    let (title, part) = CASES[case];
    let (name, bytes) = {
        let bytes = (megabytes << 20) / part;
        let text = if case < 5 { csv(bytes) } else { String::new() };
        match case {
            5 => ("a.xml", commerceml(bytes).into_bytes()),
            6 => ("a.json", odata(bytes).into_bytes()),
            1 => ("a.csv", encoding_rs::WINDOWS_1251.encode(&text).0.into_owned()),
            2 => ("a.xls", html(&text)),
            3 => ("a.xlsx", xlsx(&text)),
            _ => ("a.csv", text.into_bytes()),
        }
    };
    let threads = if title.contains("one core") { 1 } else { 0 };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap_or_else(|e| panic!("{e}"));
    let path = std::env::temp_dir().join(format!("sverka-bench-{}-{name}", std::process::id()));
    std::fs::write(&path, &bytes).unwrap_or_else(|e| panic!("{e}"));
    let megabytes = bytes.len() as f64 / f64::from(1 << 20);
    drop(bytes);
    forget_peak();
    let before = memory("VmRSS");
    let start = Instant::now();
    let read = pool.install(|| ingest::read_file(&path, name, None)).unwrap_or_else(|e| panic!("{e}"));
    let seconds = start.elapsed().as_secs_f64();
    let parser = (name == "a.xml").then(|| parser_alone(&path));
    let _ = std::fs::remove_file(&path);
    let (format, extract) = read.read.unwrap_or_else(|e| panic!("{e}"));
    let rows = extract.tables.iter().map(|t| t.len()).sum::<usize>();
    let text: usize = extract.tables.iter().flat_map(|t| &t.columns).map(|c| c.cells.byte_len()).sum();
    let peak = memory("VmHWM").zip(before).map(|(peak, before)| peak.saturating_sub(before) >> 10);
    println!(
        "{title} ({format}): {megabytes:.0} MB, {rows} rows, {seconds:.2} s, {:.0} MB/s, {:.0} rows/s; \
         {:.0} MB of text in columns, {}",
        megabytes / seconds,
        rows as f64 / seconds,
        text as f64 / f64::from(1 << 20),
        peak.map_or_else(|| "memory unknown".to_owned(), |peak| format!("at most {peak} MB of memory")),
    );
    if let Some(alone) = parser {
        println!("  quick-xml alone over the same file: {alone:.2} s, {:.0} MB/s", megabytes / alone);
    }
}

/// Seconds that the library below a reader of XML takes to go through a file and keep nothing.
fn parser_alone(path: &std::path::Path) -> f64 {
    let start = Instant::now();
    let file = std::fs::File::open(path).unwrap_or_else(|e| panic!("{e}"));
    let mut reader = quick_xml::Reader::from_reader(std::io::BufReader::with_capacity(1 << 20, file));
    let (mut buffer, mut events) = (Vec::new(), 0u64);
    loop {
        match reader.read_event_into(&mut buffer).unwrap_or_else(|e| panic!("{e}")) {
            quick_xml::events::Event::Eof => break,
            event => events += u64::from(!std::hint::black_box(event).is_empty()),
        }
        buffer.clear();
    }
    assert!(events > 0);
    start.elapsed().as_secs_f64()
}

/// Kilobytes of this process, where the system tells.
fn memory(field: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// The peak begins anew, where the system allows it.
fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n
    }
}

const HEADING: &str = "ID;Название компании;ИНН;КПП;Рабочий телефон;Рабочий e-mail;Адрес;Тип компании;Дата создания;Ответственный;Комментарий";

/// A list of companies as Bitrix24 writes it: quoted where it must be, a line feed in one comment of a hundred.
fn csv(bytes: usize) -> String {
    let mut random = Random(42);
    let mut text = String::with_capacity(bytes + 1_000);
    text.push_str(HEADING);
    text.push('\n');
    let mut id = 0;
    while text.len() < bytes {
        id += 1;
        let (a, b, c) = (random.below(10_000_000), random.below(1_000), random.below(300));
        let comment = match random.below(100) {
            0 => "\"звонить после обеда;\nспросить \"\"главного\"\"\"",
            1..=30 => "постоянный покупатель",
            _ => "",
        };
        writeln!(
            text,
            "{id};\"ООО \"\"Лютик {b}\"\"\";77{a:08};770{b:03}001;+7 495 {a:07};office@{a}.example;г. Тверь, ул. Ближняя, д. {c};Клиент;{:02}.0{}.202{} 10:00:00;Менеджер {};{comment}",
            c % 28 + 1,
            c % 9 + 1,
            c % 5,
            c % 20,
        )
        .expect("writing to a String cannot fail");
    }
    text
}

/// The cells of a line without quotes.
fn cells(line: &str) -> impl Iterator<Item = String> {
    line.split(';').map(|cell| cell.trim_matches('"').replace("\"\"", "\""))
}

/// The rows, without what follows a line feed in a comment.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit() || c == 'I'))
}

fn html(text: &str) -> Vec<u8> {
    let mut html = String::from(
        "\u{feff}<meta http-equiv=\"Content-type\" content=\"text/html;charset=UTF-8\" /><table border=\"1\">",
    );
    for line in lines(text) {
        html.push_str("<tr>");
        for cell in cells(line) {
            write!(html, "<td>{cell}</td>").expect("writing to a String cannot fail");
        }
        html.push_str("</tr>");
    }
    html.push_str("</table>");
    html.into_bytes()
}

/// A catalogue and orders of one line each, as 1C writes them.
fn commerceml(bytes: usize) -> String {
    let mut random = Random(42);
    let mut text = String::with_capacity(bytes + 10_000);
    text.push_str(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<КоммерческаяИнформация ВерсияСхемы=\"2.10\"><Каталог><Товары>\n",
    );
    while text.len() < bytes / 2 {
        let (a, b) = (random.below(100_000_000), random.below(1_000));
        writeln!(
            text,
            "<Товар>\n\t<Ид>0d4bfb90-4fb1-11e9-b0d4-{a:012}</Ид>\n\t<Артикул>{b:06}</Артикул>\n\t<Наименование>Доска обрезная {b}</Наименование>\n\
             \t<БазоваяЕдиница Код=\"796\" НаименованиеПолное=\"Штука\">шт</БазоваяЕдиница>\n\t<Группы>\n\t\t<Ид>bd72d924-55bc-11d9-848a-00112f43529a</Ид>\n\t</Группы>\n\
             \t<СтавкиНалогов>\n\t\t<СтавкаНалога>\n\t\t\t<Наименование>НДС</Наименование>\n\t\t\t<Ставка>20</Ставка>\n\t\t</СтавкаНалога>\n\t</СтавкиНалогов>\n</Товар>"
        )
        .expect("writing to a String cannot fail");
    }
    text.push_str("</Товары></Каталог>\n");
    while text.len() < bytes {
        let (a, b) = (random.below(100_000_000), random.below(1_000));
        writeln!(
            text,
            "<Документ>\n\t<Ид>{a}</Ид>\n\t<Номер>{a:011}</Номер>\n\t<Дата>2026-11-{:02}</Дата>\n\t<ХозОперация>Заказ товара</ХозОперация>\n\
             \t<Роль>Продавец</Роль>\n\t<Сумма>{b}.50</Сумма>\n\t<Контрагенты>\n\t\t<Контрагент>\n\t\t\t<Ид>p{b}</Ид>\n\t\t\t<Наименование>ООО Лютик {b}</Наименование>\n\
             \t\t\t<Роль>Покупатель</Роль>\n\t\t\t<ИНН>77{a:08}</ИНН>\n\t\t</Контрагент>\n\t</Контрагенты>\n\t<Товары>\n\t\t<Товар>\n\t\t\t<Ид>0d4bfb90-4fb1-11e9-b0d4-{a:012}</Ид>\n\
             \t\t\t<ЦенаЗаЕдиницу>{b}.50</ЦенаЗаЕдиницу>\n\t\t\t<Количество>1</Количество>\n\t\t\t<Сумма>{b}.50</Сумма>\n\t\t</Товар>\n\t</Товары>\n</Документ>",
            b % 28 + 1
        )
        .expect("writing to a String cannot fail");
    }
    text.push_str("</КоммерческаяИнформация>\n");
    text
}

/// Shipments of two lines each.
fn odata(bytes: usize) -> String {
    let mut random = Random(42);
    let mut text = String::with_capacity(bytes + 10_000);
    text.push_str("{\"odata.metadata\":\"http://host/base/odata/standard.odata/$metadata#Document_РеализацияТоваровУслуг\",\"value\":[");
    let mut comma = "";
    while text.len() < bytes {
        let (a, b) = (random.below(100_000_000), random.below(1_000));
        write!(
            text,
            "{comma}{{\n\"Ref_Key\": \"0d4bfb90-4fb1-11e9-b0d4-{a:012}\",\n\"DataVersion\": \"AAAAAQAAAG4=\",\n\"DeletionMark\": false,\n\"Number\": \"0000-{b:06}\",\n\
             \"Date\": \"2026-11-{:02}T10:00:00\",\n\"Posted\": true,\n\"Контрагент_Key\": \"bd72d924-55bc-11d9-848a-{b:012}\",\n\"СуммаДокумента\": {b}.5,\n\
             \"Товары\": [{{\n\"LineNumber\": \"1\",\n\"Номенклатура_Key\": \"bd72d924-55bc-11d9-848a-{a:012}\",\n\"Количество\": 2,\n\"Цена\": {b}.25\n}},{{\n\"LineNumber\": \"2\",\n\
             \"Номенклатура_Key\": \"bd72d924-55bc-11d9-848a-{b:012}\",\n\"Количество\": 1,\n\"Цена\": {b}\n}}]\n}}",
            b % 28 + 1
        )
        .expect("writing to a String cannot fail");
        comma = ",";
    }
    text.push_str("]}");
    text
}

fn xlsx(text: &str) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    // The last row of a sheet is 1,048,576.
    for (row, line) in lines(text).take(1_000_000).enumerate() {
        for (column, cell) in cells(line).enumerate() {
            let done = match cell.parse::<f64>() {
                Ok(number) => sheet.write(row as u32, column as u16, number),
                Err(_) => sheet.write(row as u32, column as u16, cell),
            };
            done.unwrap_or_else(|e| panic!("{e}"));
        }
    }
    book.save_to_buffer().unwrap_or_else(|e| panic!("{e}"))
}
