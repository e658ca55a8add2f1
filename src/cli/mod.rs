//! The command line: arguments → a checked plan, the library's answer → terminal and exit code.

mod cleanup;
mod decide;
mod diff;
mod evaluate;
mod fault;
mod generate;
mod init;
mod inspect;
mod progress;
mod schema;
mod summary;
mod train;
mod verify;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use chrono::{NaiveDate, SecondsFormat, Utc};
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use sverka::audit::{AuditError, Plan};
use sverka::baseline::Baseline;
use sverka::model::{Lang, Side};
use sverka::outcome::Outcome;
use sverka::report::notify;
use sverka::run::RunError;
use sverka::{audit, baseline, checks, config, decisions, mask, matching, memory, pairing, run};

use progress::Progress;

/// Could not run: bad input or configuration.
const EXIT_FAILED: u8 = 2;
/// The audit was done and the verdict is no-go (only under `--gate`).
const EXIT_NO_GO: u8 = 1;
/// Interrupted, as shells report SIGINT.
const EXIT_INTERRUPTED: u8 = 130;

/// Аудит CRM и 1С перед обменом: дубли, расхождения, ошибки в данных.
///
/// sverka читает выгрузки обеих систем, ничего в них не меняет и пишет отчёт, списки объединения и сценарии очистки.
#[derive(Parser)]
#[command(name = "sverka", version, about, long_about, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Сверить CRM и 1С по проекту и записать отчёт
    Audit {
        /// Файл sverka.toml или папка, где он лежит
        #[arg(default_value = ".")]
        project: PathBuf,
        /// Куда писать (по умолчанию runs/<время UTC> рядом с проектом)
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// С чем сравнить: прогон (папка или имя в runs), latest — последний, none — ни с чем
        ///
        /// По умолчанию последний прогон, если он есть; с --out — прогон, который будет заменён.
        #[arg(long, value_name = "RUN|latest|none", verbatim_doc_comment)]
        baseline: Option<String>,
        /// Записать короткую сводку для почты и мессенджеров: .json — JSON, иначе Markdown
        #[arg(long, value_name = "FILE")]
        notify: Option<PathBuf>,
        /// Обезличить: такой прогон можно передать за пределы компании
        ///
        /// Имена, названия, телефоны, почта, ИНН, счета, документы, адреса и комментарии заменены везде одинаково; коды
        /// записей и номера находок те же. Списков объединения и сценариев в нём нет, последним он не становится.
        #[arg(long, verbatim_doc_comment)]
        mask: bool,
        /// Записать книгу на каждого ответственного: папка by-responsible
        #[arg(long)]
        by_responsible: bool,
        /// Код возврата 1, если запуск обмена пока невозможен
        #[arg(long)]
        gate: bool,
        /// Дата, на которую судить о сроках (по умолчанию as_of проекта или сегодня)
        #[arg(long, value_name = "YYYY-MM-DD")]
        as_of: Option<NaiveDate>,
        /// Число потоков (по умолчанию все ядра); на результат не влияет
        #[arg(long, value_name = "N")]
        threads: Option<usize>,
        /// Сколько памяти можно занять: 4G, 800M; сверка, которой нужно больше, не начинается
        ///
        /// Нужное оценивается по размеру и виду файлов до чтения; если по ходу сверки занято больше, она
        /// останавливается и ничего не записывает.
        #[arg(long, value_name = "SIZE", value_parser = size, verbatim_doc_comment)]
        memory_limit: Option<u64>,
        /// Ничего не печатать, кроме ошибок
        #[arg(long, short)]
        quiet: bool,
        /// Напечатать run.json вместо сводки
        #[arg(long)]
        json: bool,
    },
    /// Предложить проект: узнать файлы, колонки и стороны и записать sverka.toml с пояснениями
    Init {
        /// Выгрузки CRM и 1С: файлы или папки
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Куда записать проект
        #[arg(long, value_name = "FILE", default_value = "sverka.toml")]
        out: PathBuf,
        /// Заменить файл, если он уже есть
        #[arg(long)]
        force: bool,
        /// Язык пояснений и отчёта
        #[arg(long, value_enum, default_value = "ru")]
        lang: LangArgument,
    },
    /// Показать, что sverka видит в файлах: формат, кодировку, таблицы, колонки
    Inspect {
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Напечатать JSON: по объекту в строке на каждый файл
        #[arg(long)]
        json: bool,
        /// Скрыть буквы и цифры примеров, чтобы вывод можно было переслать
        #[arg(long)]
        mask: bool,
    },
    /// Прочитать решения из проверенной книги report.xlsx и записать их в decisions.toml
    Decide {
        /// Книга с заполненной колонкой «Решение» (Excel, LibreOffice)
        workbook: PathBuf,
        /// Файл sverka.toml или папка, где он лежит (по умолчанию — проект, в чьих runs лежит книга)
        #[arg(long)]
        project: Option<PathBuf>,
        /// Кто принял решения (по умолчанию имя пользователя)
        #[arg(long, value_name = "NAME")]
        author: Option<String>,
        /// Причина для строк без комментария
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        /// До какого дня решения действуют (по умолчанию бессрочно)
        #[arg(long, value_name = "YYYY-MM-DD")]
        expires: Option<NaiveDate>,
        /// Только проверить книгу
        #[arg(long)]
        dry_run: bool,
    },
    /// Сравнить два прогона: что появилось, что устранено, кто изменил
    Diff {
        /// Прогон: папка или имя в runs, latest — последний
        before: PathBuf,
        after: PathBuf,
        /// Записать разницу в файл JSON; без имени файла — напечатать JSON вместо текста
        #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = "-")]
        json: Option<PathBuf>,
    },
    /// Объяснить, почему две записи совпали или нет
    Explain {
        project: PathBuf,
        /// Запись: crm:12 или onec:00-000045; для контактов crm:contact:12
        a: String,
        b: String,
    },
    /// Точность, полнота и F1 сопоставления по размеченным парам
    Evaluate(evaluate::Arguments),
    /// Подобрать веса сопоставления по данным и записать их для следующих сверок
    Train(train::Arguments),
    /// Записать заново списки объединения и сценарии очистки прогона
    Cleanup {
        /// Файл sverka.toml или папка, где он лежит
        project: PathBuf,
        /// Папка прогона (по умолчанию runs/latest рядом с проектом)
        #[arg(long, value_name = "DIR")]
        run: Option<PathBuf>,
        /// Решения: проверенная книга этого прогона или файл TOML (по умолчанию decisions.toml проекта)
        #[arg(long, value_name = "FILE")]
        decisions: Option<PathBuf>,
        /// Ничего не печатать, кроме ошибок
        #[arg(long, short)]
        quiet: bool,
    },
    /// Проверить по новым выгрузкам, что из плана очистки выполнено
    VerifyCleanup(verify::Arguments),
    /// Каталог проверок или одна проверка подробно
    Checks {
        id: Option<String>,
        #[arg(long, value_enum, default_value = "ru")]
        lang: LangArgument,
    },
    /// Создать учебный проект: пример или базу любого размера с известными ответами
    Generate {
        /// Записей на сторону
        #[arg(long, value_name = "N", required_unless_present = "sample")]
        rows: Option<usize>,
        /// И продажи: столько заказов, счетов и отгрузок в 1С, со сделками, счетами и оплатами в CRM
        #[arg(long, value_name = "N", default_value_t = 0, conflicts_with = "sample")]
        documents: usize,
        /// Начальное число: одно и то же даёт одни и те же файлы
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Записать готовый пример вместо случайной базы; developer вместе с --rows — застройщика на столько объектов
        #[arg(long, value_enum)]
        sample: Option<generate::Sample>,
        /// В каком виде записать базу: списки CSV, книги XLSX, контрагенты 1С в CommerceML
        #[arg(long, value_enum, default_value = "csv", conflicts_with = "sample")]
        format: generate::Format,
        /// Новая папка
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// JSON Schema файла sverka.toml: для подсказок в редакторе
    Schema {
        /// Язык пояснений
        #[arg(long, value_enum, default_value = "ru")]
        lang: LangArgument,
    },
    /// Дополнение команд для оболочки
    Completions { shell: Shell },
}

#[derive(Clone, Copy, ValueEnum)]
enum LangArgument {
    Ru,
    En,
}

impl From<LangArgument> for Lang {
    fn from(lang: LangArgument) -> Lang {
        match lang {
            LangArgument::Ru => Lang::Ru,
            LangArgument::En => Lang::En,
        }
    }
}

/// Runs the command and turns its end into an exit code.
pub fn main() -> ExitCode {
    fault::guarded(commanded)
}

fn commanded() -> ExitCode {
    let arguments = Arguments::parse();
    match execute(arguments.command) {
        Ok(code) => code,
        Err(error) => {
            let cancelled = matches!(error.downcast_ref(), Some(AuditError::Cancelled))
                || matches!(error.downcast_ref(), Some(RunError::Cancelled));
            if cancelled {
                eprintln!("sverka: прервано, ничего не записано");
                return ExitCode::from(EXIT_INTERRUPTED);
            }
            eprintln!("sverka: {}", told(&error));
            ExitCode::from(EXIT_FAILED)
        }
    }
}

/// The error and its causes in one line. A cause that the message before it already names is not said twice.
fn told(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !line.contains(&cause) {
            line.push_str(if line.is_empty() { "" } else { ": " });
            line.push_str(&cause);
        }
    }
    line
}

fn execute(command: Command) -> Result<ExitCode> {
    match command {
        Command::Audit {
            project,
            out,
            baseline,
            notify,
            mask,
            by_responsible,
            gate,
            as_of,
            threads,
            memory_limit,
            quiet,
            json,
        } => {
            set_threads(threads)?;
            let options =
                AuditOptions { out, baseline, notify, mask, by_responsible, gate, as_of, memory_limit, quiet, json };
            audit_command(&project, options)
        }
        Command::Init { files, out, force, lang } => init::run(&files, &out, force, lang.into()),
        Command::Inspect { files, json, mask } => inspect::run(&files, json, mask),
        Command::Decide { workbook, project, author, reason, expires, dry_run } => {
            decide::run(decide::Options { workbook, project, author, reason, expires, dry_run })
        }
        Command::Diff { before, after, json } => {
            diff::run(&diff::folder(&before), &diff::folder(&after), json.as_deref())
        }
        Command::Explain { project, a, b } => explain(&project, &a, &b),
        Command::Evaluate(arguments) => evaluate::run(&arguments),
        Command::Train(arguments) => train::run(&arguments),
        Command::Cleanup { project, run, decisions, quiet } => cleanup::run(&project, run, decisions.as_deref(), quiet),
        Command::VerifyCleanup(arguments) => verify::run(&arguments, Utc::now().date_naive()),
        Command::Checks { id, lang } => show_checks(id.as_deref(), lang.into()),
        Command::Generate { rows, documents, seed, sample, format, out } => {
            generate::run(rows, documents, seed, sample, format, &out)
        }
        Command::Schema { lang } => schema::run(lang.into()),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Arguments::command(), "sverka", &mut std::io::stdout());
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn set_threads(threads: Option<usize>) -> Result<()> {
    let Some(threads) = threads else { return Ok(()) };
    if threads == 0 {
        bail!("--threads: нужен хотя бы один поток");
    }
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().context("потоки не запускаются")
}

/// Options of `audit`.
struct AuditOptions {
    out: Option<PathBuf>,
    baseline: Option<String>,
    notify: Option<PathBuf>,
    mask: bool,
    by_responsible: bool,
    gate: bool,
    as_of: Option<NaiveDate>,
    /// Bytes.
    memory_limit: Option<u64>,
    quiet: bool,
    json: bool,
}

fn audit_command(project: &Path, options: AuditOptions) -> Result<ExitCode> {
    let AuditOptions { out, baseline, notify, mask, by_responsible, gate, as_of, memory_limit, quiet, json } = options;
    let config = config::load(project)?;
    if let Some(limit) = memory_limit {
        refuse_beyond(limit, &memory::estimate(&config))?;
    }
    let now = Utc::now();
    let as_of = as_of.or(config.as_of).unwrap_or_else(|| now.date_naive());
    let runs = config.root.join("runs");
    // The last run is mostly of the same data, and would make everything known: a masked run is compared when told to.
    let baseline = if mask { baseline.or_else(|| Some("none".to_owned())) } else { baseline };
    let baseline = find_baseline(&runs, out.as_deref(), baseline.as_deref())?;
    let progress = Progress::new(quiet || json, memory_limit)?;
    if let Some(baseline) = &baseline {
        progress.expect(&baseline.manifest);
    }
    let decisions = decisions::load(&config.root)?;
    let outcome = audit::audit(&Plan { baseline, decisions, ..Plan::new(config, as_of) }, &progress)?;
    let outcome = if mask { mask::outcome(outcome)? } else { outcome };
    let started = now.to_rfc3339_opts(SecondsFormat::Secs, true);
    let how = run::Writing { started: &started, by_responsible };
    let folder = match out {
        Some(out) => {
            run::write(&outcome, &out, how, &progress)?;
            out
        }
        None => {
            let name = now.format(if mask { "%Y-%m-%dT%H-%M-%SZ-masked" } else { "%Y-%m-%dT%H-%M-%SZ" }).to_string();
            let folder = run::write_new(&outcome, &runs, &name, how, &progress)?;
            // The next audit compares records, which a masked run has not.
            if !mask {
                run::point_latest(&folder)?;
            }
            folder
        }
    };
    if let Some(file) = notify {
        write_notice(&outcome, &folder, &file)?;
    }
    progress.finish();
    if json {
        let manifest = folder.join(run::MANIFEST);
        print(&std::fs::read_to_string(&manifest).with_context(|| manifest.display().to_string())?)?;
    } else if !quiet {
        print(&summary::text(&outcome, &folder, by_responsible, &progress.total()))?;
    }
    let code = if gate && !outcome.is_go() { ExitCode::from(EXIT_NO_GO) } else { ExitCode::SUCCESS };
    // The process ends here: freeing millions of texts one by one would only delay it.
    std::mem::forget(outcome);
    Ok(code)
}

/// A size in an argument.
fn size(text: &str) -> Result<u64, String> {
    memory::parse_size(text).ok_or_else(|| "нужен размер, например 4G или 800M".to_owned())
}

/// Ends an audit before it begins when it would not fit.
fn refuse_beyond(limit: u64, estimate: &memory::Estimate) -> Result<()> {
    if estimate.bytes <= limit {
        return Ok(());
    }
    let shown = summary::bytes;
    bail!(
        "--memory-limit {}: сверке нужно примерно {} (файлов {}, в них {}); дайте больше памяти или уменьшите выгрузки",
        shown(limit),
        shown(estimate.bytes),
        estimate.files,
        shown(estimate.unpacked),
    )
}

/// The summary of `--notify`, whole or not at all: a hook may look at any moment.
fn write_notice(outcome: &Outcome, folder: &Path, file: &Path) -> Result<()> {
    let run = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let text = if file.extension().is_some_and(|e| e.eq_ignore_ascii_case("json")) {
        serde_json::to_string_pretty(&notify::json(outcome, &run))?
    } else {
        notify::markdown(outcome, &run)
    };
    let draft = file.with_extension(format!("part-{}", std::process::id()));
    let written = std::fs::write(&draft, text).and_then(|()| std::fs::rename(&draft, file));
    if written.is_err() {
        // Nothing more can be done if this fails too.
        let _ = std::fs::remove_file(&draft);
    }
    written.with_context(|| format!("--notify {}: не записывается; прогон записан", file.display()))
}

/// The run to compare with: the one asked for, else the one that `--out` is about to replace, else the last one.
fn find_baseline(runs: &Path, out: Option<&Path>, asked: Option<&str>) -> Result<Option<Baseline>> {
    if let Some(out) = out {
        run::recover(out)?;
    }
    let replaced = || out.filter(|out| out.join(run::MANIFEST).is_file()).map(Path::to_owned);
    let folder = match asked {
        None => replaced().or_else(|| run::latest(runs)),
        Some("none") => None,
        Some("latest") => {
            let latest = run::latest(runs);
            Some(latest.with_context(|| format!("--baseline latest: в {} нет прогонов", runs.display()))?)
        }
        Some(name) => Some(run_folder(runs, name)),
    };
    Ok(folder.map(|folder| baseline::load(&folder)).transpose()?)
}

/// A run as a person names it: a folder, or its name in `runs`.
fn run_folder(runs: &Path, name: &str) -> PathBuf {
    if name == "latest"
        && let Some(latest) = run::latest(runs)
    {
        return latest;
    }
    let path = PathBuf::from(name);
    if path.join(run::MANIFEST).is_file() { path } else { runs.join(name) }
}

/// Writes to standard output; a reader that went away is no error.
fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.context("вывод не записывается"),
    }
}

fn explain(project: &Path, a: &str, b: &str) -> Result<ExitCode> {
    let config = config::load(project)?;
    let lang = config.lang;
    let matching_config = config.matching.clone();
    let as_of = config.as_of.unwrap_or_else(|| Utc::now().date_naive());
    let outcome = audit::audit(&Plan::new(config, as_of), &audit::Silent)?;
    let find = |key: &str| {
        outcome
            .data
            .find(key)
            .with_context(|| format!("нет записи «{key}»; пишите crm:12, onec:00-000045 или crm:contact:12"))
    };
    let (a, b) = (find(a)?, find(b)?);
    match (a.is_party(), b.is_party()) {
        (true, true) => {
            let explanation = matching::explain(&outcome.data, &matching_config, a, b);
            print(&explanation.text(&outcome.data, lang))?;
        }
        (false, false) => print(&pairing::explain::text(&outcome.pairing, &outcome.data, a, b, lang))?,
        _ => bail!("контрагент или контакт не сравнивается с записью другого рода"),
    }
    Ok(ExitCode::SUCCESS)
}

fn show_checks(id: Option<&str>, lang: Lang) -> Result<ExitCode> {
    match id {
        None => print(&checks::catalogue::list(lang))?,
        Some(id) => match checks::catalogue::card(id, lang) {
            Some(card) => print(&card)?,
            None => bail!("нет проверки «{id}»{}", checks::catalogue::nearest(id)),
        },
    }
    Ok(ExitCode::SUCCESS)
}

/// Both sides in report order, for tables on the terminal.
fn sides() -> [Side; 2] {
    Side::BOTH
}
