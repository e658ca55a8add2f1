//! Synthetic projects of any size, written as they are made, with the truth about every pair.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::ids::{self, Region};
use super::names::{self, FullName};
use super::noise;
use super::rng::Rng;

/// Most rows of a side: beyond it the tables of identifiers would repeat.
pub const MAX_ROWS: usize = 8_000_000;
/// Rows of one output that are put into a random order before they are written: the order must not tell pairs.
const BLOCK: usize = 8192;
/// Clients of one accounting firm.
const CLIENTS: u64 = 55;

/// Why a world cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    #[error("{what} не записывается: {source}; проверьте место и права")]
    Write { what: String, source: io::Error },
    #[error("строк на сторону можно создать от 1 до {MAX_ROWS}, запрошено {rows}; уменьшите --rows")]
    Rows { rows: usize },
}

/// Where the files of a project go.
pub trait Sink {
    /// Opens a file by its path relative to the project, `/` between folders.
    ///
    /// # Errors
    /// When it cannot be made.
    fn file(&mut self, path: &str) -> io::Result<Box<dyn Write>>;
}

/// A folder on disk; folders inside it are made as needed, existing files are replaced.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(path: &Path) -> Folder {
        Folder(path.to_owned())
    }
}

impl Sink for Folder {
    fn file(&mut self, path: &str) -> io::Result<Box<dyn Write>> {
        let path = self.0.join(path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        Ok(Box::new(BufWriter::with_capacity(1 << 18, File::create(path)?)))
    }
}

/// What was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Companies and contacts of the CRM: `rows` in all.
    pub crm: usize,
    /// Counterparties of 1C: `rows`.
    pub onec: usize,
    pub truth: usize,
    pub traps: usize,
}

/// Writes a project of `rows` records a side: `crm/companies.csv`, `crm/contacts.csv`, `onec/counterparties.csv`,
/// `truth.csv` (`left_key,right_key,scope,kind`), `traps.csv` (`left_key,right_key,reason`), `sverka.toml`. Keys are
/// `side:entity:id`. Memory does not grow with `rows`.
///
/// # Errors
/// [`GenerateError::Rows`] outside 1..=[`MAX_ROWS`], [`GenerateError::Write`].
pub fn project(rows: usize, seed: u64, sink: &mut dyn Sink) -> Result<Counts, GenerateError> {
    if !(1..=MAX_ROWS).contains(&rows) {
        return Err(GenerateError::Rows { rows });
    }
    let mut maker = Maker {
        rng: Rng::new(seed),
        rows,
        counts: Counts::default(),
        companies: Output::open(sink, "crm/companies.csv", "\u{feff}", COMPANIES)?,
        contacts: Output::open(sink, "crm/contacts.csv", "\u{feff}", CONTACTS)?,
        onec: Output::open(sink, "onec/counterparties.csv", "", ONEC)?,
        truth: Output::open(sink, "truth.csv", "", "left_key,right_key,scope,kind\n")?,
        traps: Output::open(sink, "traps.csv", "", "left_key,right_key,reason\n")?,
        next_firm: 0,
        next_person: 0,
        next_phone: 0,
    };
    while !maker.is_full() {
        maker.group()?;
    }
    let counts = maker.counts;
    for output in [maker.companies, maker.contacts, maker.onec, maker.truth, maker.traps] {
        output.close(&mut maker.rng)?;
    }
    let mut config = Output::open(sink, "sverka.toml", "", &project_file(rows, seed))?;
    config.flush(&mut maker.rng)?;
    config.close(&mut maker.rng)?;
    Ok(counts)
}

const COMPANIES: &str = "\"Название компании\";\"Тип компании\";\"Рабочий телефон\";\"Рабочий e-mail\";\"Юридический адрес\";\
    \"Реквизит: ИНН\";\"Реквизит: КПП\";\"Реквизит: ОГРН\";\"Тип компании\";\"ID\";\n";
const CONTACTS: &str = "\"Имя\";\"Фамилия\";\"Отчество\";\"Дата рождения\";\"Мобильный телефон\";\"Рабочий e-mail\";\
    \"Реквизит: ИНН\";\"ID\";\n";
const ONEC: &str = "Код;Наименование;Полное наименование;Вид контрагента;ИНН;КПП;ОГРН;Телефон;E-mail;Юридический адрес;\
    Дата рождения\n";

fn project_file(rows: usize, seed: u64) -> String {
    let mut out = format!(
        "# Вымышленный проект: {rows} записей на сторону, seed {seed}.\n[project]\nname = \"Синтетика {rows}\"\n\
         lang = \"ru\"\nas_of = \"2026-11-24\"\n"
    );
    for (side, entity, path) in [
        ("crm", "counterparty", "crm/companies.csv"),
        ("crm", "contact", "crm/contacts.csv"),
        ("onec", "counterparty", "onec/counterparties.csv"),
    ] {
        let _ = write!(out, "\n[[source]]\nside = \"{side}\"\nentity = \"{entity}\"\npath = \"{path}\"\n");
    }
    out
}

/// A file with the rows that wait to be put into a random order.
struct Output {
    what: String,
    file: Box<dyn Write>,
    waiting: Vec<String>,
}

impl Output {
    fn open(sink: &mut dyn Sink, path: &str, bom: &str, heading: &str) -> Result<Output, GenerateError> {
        let failed = |source| GenerateError::Write { what: path.to_owned(), source };
        let mut file = sink.file(path).map_err(failed)?;
        file.write_all(bom.as_bytes()).and_then(|()| file.write_all(heading.as_bytes())).map_err(failed)?;
        Ok(Output { what: path.to_owned(), file, waiting: Vec::new() })
    }

    fn push(&mut self, row: String, rng: &mut Rng) -> Result<(), GenerateError> {
        self.waiting.push(row);
        if self.waiting.len() == BLOCK { self.flush(rng) } else { Ok(()) }
    }

    fn flush(&mut self, rng: &mut Rng) -> Result<(), GenerateError> {
        rng.shuffle(&mut self.waiting);
        for row in self.waiting.drain(..) {
            self.file
                .write_all(row.as_bytes())
                .map_err(|source| GenerateError::Write { what: self.what.clone(), source })?;
        }
        Ok(())
    }

    fn close(mut self, rng: &mut Rng) -> Result<(), GenerateError> {
        self.flush(rng)?;
        self.file.flush().map_err(|source| GenerateError::Write { what: self.what, source })
    }
}

/// What a party is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Firm,
    Trader,
    Person,
    Foreign,
}

/// The truth about one party, before either system spoils it.
#[derive(Clone)]
struct Party {
    kind: Kind,
    /// Name without the legal form; of persons the full name.
    core: String,
    form: &'static str,
    person: FullName,
    inn: String,
    kpp: String,
    ogrn: String,
    /// Digits.
    phone: String,
    email: String,
    address: u64,
    birth: String,
}

/// Records of one party in each system.
struct Written {
    crm: Vec<String>,
    onec: Vec<String>,
}

struct Maker {
    rng: Rng,
    rows: usize,
    counts: Counts,
    companies: Output,
    contacts: Output,
    onec: Output,
    truth: Output,
    traps: Output,
    next_firm: u64,
    next_person: u64,
    next_phone: u64,
}

impl Maker {
    fn is_full(&self) -> bool {
        self.counts.crm >= self.rows && self.counts.onec >= self.rows
    }

    /// One party, or several that resemble each other.
    fn group(&mut self) -> Result<(), GenerateError> {
        match self.rng.below(10_000) {
            0..400 => self.branches(),
            400..600 => self.holding(),
            600..750 => self.namesakes(),
            750..950 => self.family(),
            950..958 => self.accounting_firm(),
            958..1060 => self.single(Kind::Foreign),
            1060..2260 => self.single(Kind::Trader),
            2260..3700 => self.single(Kind::Person),
            _ => self.single(Kind::Firm),
        }
    }

    fn single(&mut self, kind: Kind) -> Result<(), GenerateError> {
        let party = self.party(kind);
        self.write(&party).map(drop)
    }

    fn branches(&mut self) -> Result<(), GenerateError> {
        let head = self.party(Kind::Firm);
        let mut all = vec![self.write(&head)?];
        for unit in 0..1 + self.rng.below(4) {
            let address = head.address + 1 + unit;
            let branch = Party {
                core: format!("{} {} филиал", head.core, names::town(address)),
                kpp: ids::kpp(&head.inn, "43", unit + 2),
                phone: self.office(),
                email: format!("filial{}@{}", unit + 2, head.email.split('@').nth(1).unwrap_or("pisma.example")),
                address,
                ..head.clone()
            };
            all.push(self.write(&branch)?);
        }
        self.trap_all(&all, "branch")
    }

    /// Companies of one name: other INN, phone and mail.
    fn holding(&mut self) -> Result<(), GenerateError> {
        let first = self.party(Kind::Firm);
        let mut all = vec![self.write(&first)?];
        for _ in 0..1 + self.rng.below(3) {
            let mut next = self.party(Kind::Firm);
            next.core.clone_from(&first.core);
            next.form = first.form;
            all.push(self.write(&next)?);
        }
        self.trap_all(&all, "inn-differs")
    }

    fn namesakes(&mut self) -> Result<(), GenerateError> {
        let first = self.party(Kind::Person);
        let mut second = self.party(Kind::Person);
        second.person = first.person.clone();
        second.core.clone_from(&first.core);
        let all = [self.write(&first)?, self.write(&second)?];
        self.trap_all(&all, "namesake")
    }

    /// Relatives with one phone and one surname.
    fn family(&mut self) -> Result<(), GenerateError> {
        let first = self.party(Kind::Person);
        let mut all = vec![self.write(&first)?];
        for _ in 0..1 + self.rng.below(2) {
            let mut next = self.party(Kind::Person);
            // A relative has another given name; two draws of 60 meet now and then.
            if next.person.first == first.person.first {
                continue;
            }
            let man = if first.person.woman { first.person.last.trim_end_matches('а') } else { &first.person.last };
            next.person.last = if next.person.woman { names::feminine(man) } else { man.to_owned() };
            next.core = next.person.text();
            next.phone.clone_from(&first.phone);
            all.push(self.write(&next)?);
        }
        self.trap_all(&all, "family")
    }

    /// Clients whose phone and mail are those of the firm that keeps their books.
    fn accounting_firm(&mut self) -> Result<(), GenerateError> {
        let firm = self.party(Kind::Firm);
        let mut last = self.write(&firm)?;
        for _ in 0..CLIENTS {
            let kind = if self.rng.chance(300) { Kind::Trader } else { Kind::Firm };
            let mut client = self.party(kind);
            client.phone.clone_from(&firm.phone);
            client.email.clone_from(&firm.email);
            let next = self.write(&client)?;
            // Each with the one before: all pairs of 56 would drown the other traps.
            let pair = [last, next];
            self.trap_all(&pair, "shared-contact")?;
            [_, last] = pair;
        }
        Ok(())
    }

    fn office(&mut self) -> String {
        self.next_phone += 1;
        ids::office(self.next_phone)
    }

    fn party(&mut self, kind: Kind) -> Party {
        let n = self.next_firm;
        self.next_firm += 1;
        let mut party = Party {
            kind,
            core: String::new(),
            form: "",
            person: FullName::default(),
            inn: String::new(),
            kpp: String::new(),
            ogrn: String::new(),
            phone: String::new(),
            email: String::new(),
            address: self.rng.below(180_000),
            birth: String::new(),
        };
        match kind {
            Kind::Firm => {
                // One name in sixteen is of dictionary words, while they last; the others are coined.
                party.core = if n.is_multiple_of(16) && n / 16 < names::WORD_NAMES {
                    names::company(n / 16)
                } else {
                    names::coined(n)
                };
                party.form = *self.rng.pick(&["ООО", "ООО", "ООО", "ООО", "ООО", "ООО", "АО", "ПАО", "АНО"]);
                party.inn = ids::inn_org(n, Region::Any);
                party.kpp = ids::kpp(&party.inn, "01", 1);
                party.ogrn = ids::ogrn(n, &party.inn);
                party.phone = self.office();
                party.email = format!("office@{}-{n}.example", names::translit(&party.core.replace(' ', "-")));
            }
            Kind::Foreign => {
                party.core = format!("{} Trading", capitalised(&names::translit(&names::coined(n).replace(' ', ""))));
                party.form = "Ltd";
                self.next_phone += 1;
                party.phone = format!("35700{:06}", ids::spread(self.next_phone, 1_000_000));
                party.email = format!("sales@foreign-{n}.example");
            }
            Kind::Trader | Kind::Person => {
                self.next_person += 1;
                let person = names::full_name(self.rng.below(2 * names::FULL_NAMES));
                party.core = person.text();
                party.form = if kind == Kind::Trader { "ИП" } else { "" };
                party.inn = ids::inn_person(n, Region::Any);
                if kind == Kind::Trader {
                    party.ogrn = ids::ogrnip(n, &party.inn);
                }
                party.phone = ids::mobile(self.next_person);
                party.email = format!("{}.{n}@{}", names::translit(&person.last), names::mailbox(n));
                let day = 1 + self.rng.below(28);
                party.birth = format!("{day:02}.{:02}.{}", 1 + self.rng.below(12), 1950 + self.rng.below(55));
                party.person = person;
            }
        }
        party
    }

    /// Writes the records of a party and the truth about them.
    fn write(&mut self, party: &Party) -> Result<Written, GenerateError> {
        let draw = self.rng.below(1000);
        let (in_crm, in_onec) = (draw >= 120, !(120..240).contains(&draw));
        let mut written = Written { crm: Vec::new(), onec: Vec::new() };
        for _ in 0..self.copies(in_crm) {
            if self.counts.crm < self.rows {
                written.crm.push(self.crm_row(party)?);
            }
        }
        for _ in 0..self.copies(in_onec) {
            if self.counts.onec < self.rows {
                written.onec.push(self.onec_row(party)?);
            }
        }
        let kind = match party.kind {
            Kind::Firm => "company",
            Kind::Trader => "sole-trader",
            Kind::Person => "person",
            Kind::Foreign => "foreign",
        };
        for left in &written.crm {
            for right in &written.onec {
                self.true_pair(left, right, "cross", kind)?;
            }
        }
        for (scope, keys) in [("crm", &written.crm), ("onec", &written.onec)] {
            for (at, left) in keys.iter().enumerate() {
                for right in &keys[at + 1..] {
                    self.true_pair(left, right, scope, kind)?;
                }
            }
        }
        Ok(written)
    }

    /// 4 % of records are entered twice.
    fn copies(&mut self, present: bool) -> usize {
        usize::from(present) * (1 + usize::from(self.rng.chance(40)))
    }

    fn true_pair(&mut self, left: &str, right: &str, scope: &str, kind: &str) -> Result<(), GenerateError> {
        self.counts.truth += 1;
        self.truth.push(format!("{left},{right},{scope},{kind}\n"), &mut self.rng)
    }

    /// Every pair of records of different parties is a trap.
    fn trap_all(&mut self, parties: &[Written], reason: &str) -> Result<(), GenerateError> {
        let keys = |w: &Written| w.crm.iter().chain(&w.onec).cloned().collect::<Vec<_>>();
        for (at, first) in parties.iter().enumerate() {
            for second in &parties[at + 1..] {
                for a in keys(first) {
                    for b in keys(second) {
                        // The CRM comes first in a pair of both sides.
                        let (left, right) =
                            if a.starts_with("onec") && b.starts_with("crm") { (&b, &a) } else { (&a, &b) };
                        self.counts.traps += 1;
                        self.traps.push(format!("{left},{right},{reason}\n"), &mut self.rng)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn crm_row(&mut self, party: &Party) -> Result<String, GenerateError> {
        let id = 1_000_000 + ids::spread(self.counts.crm as u64, 9_000_000);
        self.counts.crm += 1;
        let rng = &mut self.rng;
        let inn = if party.inn.is_empty() || rng.chance(150) { String::new() } else { noise::inn(&party.inn, rng) };
        let phone = if rng.chance(80) { String::new() } else { noise::phone(&party.phone, rng) };
        let email = if rng.chance(200) { String::new() } else { noise::email(&party.email, rng) };
        if party.kind == Kind::Person {
            let name = noise::person(&party.person, rng);
            let birth = if rng.chance(500) { "" } else { &party.birth };
            let row = format!(
                "\"{}\";\"{}\";\"{}\";\"{birth}\";\"{phone}\";\"{email}\";\"{inn}\";\"{id}\";\n",
                name.first, name.last, name.patronymic
            );
            self.contacts.push(row, &mut self.rng)?;
            return Ok(format!("crm:contact:{id}"));
        }
        let name = noise::company(&party.core, party.form, rng).replace('"', "\"\"");
        let kpp = if inn.is_empty() || rng.chance(150) { "" } else { &party.kpp };
        let ogrn = if inn.is_empty() || rng.chance(400) { "" } else { &party.ogrn };
        let address = if rng.chance(300) { String::new() } else { names::address(party.address) };
        let row = format!(
            "\"{name}\";\"Клиент\";\"{phone}\";\"{email}\";\"{address}\";\"{inn}\";\"{kpp}\";\"{ogrn}\";\"B2B\";\"{id}\";\n"
        );
        self.companies.push(row, &mut self.rng)?;
        Ok(format!("crm:counterparty:{id}"))
    }

    fn onec_row(&mut self, party: &Party) -> Result<String, GenerateError> {
        let code = format!("00-{:08}", ids::spread(self.counts.onec as u64, 90_000_000));
        self.counts.onec += 1;
        let rng = &mut self.rng;
        let inn = if rng.chance(50) {
            String::new()
        } else if rng.chance(30) {
            noise::inn(&party.inn, rng)
        } else {
            party.inn.clone()
        };
        let phone = if rng.chance(250) { String::new() } else { party.phone.clone() };
        let email = if rng.chance(350) { "" } else { &party.email };
        let (short, full, kind) = match party.kind {
            Kind::Firm => {
                let full = format!("{} \"{}\"", noise::long_form(party.form), party.core);
                let short = if rng.chance(500) {
                    format!("{} {}", party.core, party.form)
                } else {
                    format!("{} \"{}\"", party.form, party.core)
                };
                (short, full, "Юридическое лицо")
            }
            Kind::Foreign => {
                (format!("{} {}", party.core, party.form), party.core.clone(), "Юридическое лицо за пределами РФ")
            }
            Kind::Trader => (
                format!("{} ИП", party.core),
                format!("Индивидуальный предприниматель {}", party.core),
                "Индивидуальный предприниматель",
            ),
            Kind::Person => (party.core.clone(), party.core.clone(), "Физическое лицо"),
        };
        let short = if rng.chance(20) { noise::typo(&short, rng) } else { short };
        let quoted = |text: &str| {
            if text.contains(['"', ';']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
        };
        let birth = if rng.chance(400) { "" } else { &party.birth };
        let row = format!(
            "{code};{};{};{kind};{inn};{};{};{phone};{email};{};{birth}\n",
            quoted(&short),
            quoted(&full),
            party.kpp,
            party.ogrn,
            names::address_onec(party.address)
        );
        self.onec.push(row, &mut self.rng)?;
        Ok(format!("onec:counterparty:{code}"))
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |c| c.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::{BTreeMap, HashSet};
    use std::rc::Rc;

    use super::*;

    type Files = Rc<RefCell<BTreeMap<String, Vec<u8>>>>;

    struct Memory(Files);

    struct Part(Files, String);

    impl Write for Part {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().entry(self.1.clone()).or_default().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Sink for Memory {
        fn file(&mut self, path: &str) -> io::Result<Box<dyn Write>> {
            Ok(Box::new(Part(self.0.clone(), path.to_owned())))
        }
    }

    fn made(rows: usize, seed: u64) -> (Counts, BTreeMap<String, Vec<u8>>) {
        let files = Files::default();
        let counts = project(rows, seed, &mut Memory(files.clone())).unwrap();
        (counts, Rc::try_unwrap(files).unwrap().into_inner())
    }

    fn lines(files: &BTreeMap<String, Vec<u8>>, path: &str) -> Vec<String> {
        String::from_utf8(files[path].clone()).unwrap().lines().skip(1).map(str::to_owned).collect()
    }

    #[test]
    fn counts_are_as_declared_and_the_seed_decides() {
        let (counts, files) = made(5000, 7);
        assert_eq!((counts.crm, counts.onec), (5000, 5000));
        let crm = lines(&files, "crm/companies.csv").len() + lines(&files, "crm/contacts.csv").len();
        assert_eq!((crm, lines(&files, "onec/counterparties.csv").len()), (5000, 5000));
        assert_eq!(lines(&files, "truth.csv").len(), counts.truth);
        assert_eq!(lines(&files, "traps.csv").len(), counts.traps);
        assert_eq!(files, made(5000, 7).1);
        assert_ne!(files["truth.csv"], made(5000, 8).1["truth.csv"]);
    }

    #[test]
    fn truth_and_traps_name_written_records_and_exclude_each_other() {
        let (_, files) = made(20_000, 1);
        let mut written = HashSet::new();
        for (path, prefix, last) in [
            ("crm/companies.csv", "crm:counterparty:", true),
            ("crm/contacts.csv", "crm:contact:", true),
            ("onec/counterparties.csv", "onec:counterparty:", false),
        ] {
            for line in lines(&files, path) {
                let mut cells = line.trim_end_matches(';').split(';');
                let id = if last { cells.next_back() } else { cells.next() }.unwrap();
                assert!(written.insert(format!("{prefix}{}", id.trim_matches('"'))), "{line}");
            }
        }
        let pairs = |path: &str| -> Vec<(String, String)> {
            lines(&files, path)
                .iter()
                .map(|line| {
                    let mut cells = line.split(',');
                    (cells.next().unwrap().to_owned(), cells.next().unwrap().to_owned())
                })
                .collect()
        };
        let truth = pairs("truth.csv");
        let matched: HashSet<&(String, String)> = truth.iter().collect();
        let traps = pairs("traps.csv");
        assert!(traps.len() > 500 && truth.len() > 10_000);
        for pair in truth.iter().chain(&traps) {
            assert!(written.contains(&pair.0) && written.contains(&pair.1), "{pair:?}");
        }
        assert!(traps.iter().all(|pair| !matched.contains(pair)));
        let crm_with_pair: HashSet<&str> =
            truth.iter().filter(|p| p.1.starts_with("onec")).map(|p| p.0.as_str()).collect();
        let share = 1.0 - crm_with_pair.len() as f64 / 20_000.0;
        assert!((0.09..0.17).contains(&share), "one-sided in the CRM: {share}");
    }

    #[test]
    fn refuses_sizes_it_cannot_keep_apart() {
        for rows in [0, MAX_ROWS + 1] {
            assert!(matches!(
                project(rows, 1, &mut Memory(Files::default())),
                Err(GenerateError::Rows { rows: got }) if got == rows
            ));
        }
    }
}
