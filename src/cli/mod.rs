//! The command line: arguments → a checked plan, the library's answer → terminal and exit code.

mod cleanup;
mod evaluate;
mod generate;
mod init;
mod inspect;
mod progress;
mod schema;
mod summary;
mod train;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use chrono::{NaiveDate, SecondsFormat, Utc};
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use sverka::audit::{AuditError, Plan};
use sverka::model::{Lang, Side};
use sverka::run::RunError;
use sverka::{audit, checks, config, matching, run};

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
        /// Код возврата 1, если запуск обмена пока невозможен
        #[arg(long)]
        gate: bool,
        /// Дата, на которую судить о сроках (по умолчанию as_of проекта или сегодня)
        #[arg(long, value_name = "YYYY-MM-DD")]
        as_of: Option<NaiveDate>,
        /// Число потоков (по умолчанию все ядра); на результат не влияет
        #[arg(long, value_name = "N")]
        threads: Option<usize>,
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
        /// Ничего не печатать, кроме ошибок
        #[arg(long, short)]
        quiet: bool,
    },
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
        /// Начальное число: одно и то же даёт одни и те же файлы
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Записать готовый пример вместо случайной базы
        #[arg(long, value_enum, conflicts_with = "rows")]
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
        Command::Audit { project, out, gate, as_of, threads, quiet, json } => {
            set_threads(threads)?;
            audit_command(&project, out, gate, as_of, quiet, json)
        }
        Command::Init { files, out, force, lang } => init::run(&files, &out, force, lang.into()),
        Command::Inspect { files, json, mask } => inspect::run(&files, json, mask),
        Command::Explain { project, a, b } => explain(&project, &a, &b),
        Command::Evaluate(arguments) => evaluate::run(&arguments),
        Command::Train(arguments) => train::run(&arguments),
        Command::Cleanup { project, run, quiet } => cleanup::run(&project, run, quiet),
        Command::Checks { id, lang } => show_checks(id.as_deref(), lang.into()),
        Command::Generate { rows, seed, sample, format, out } => generate::run(rows, seed, sample, format, &out),
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

fn audit_command(
    project: &Path,
    out: Option<PathBuf>,
    gate: bool,
    as_of: Option<NaiveDate>,
    quiet: bool,
    json: bool,
) -> Result<ExitCode> {
    let config = config::load(project)?;
    let now = Utc::now();
    let as_of = as_of.or(config.as_of).unwrap_or_else(|| now.date_naive());
    let runs = config.root.join("runs");
    let progress = Progress::new(quiet || json)?;
    let outcome = audit::audit(&Plan { config, as_of }, &progress)?;
    let started = now.to_rfc3339_opts(SecondsFormat::Secs, true);
    let folder = match out {
        Some(out) => {
            run::write(&outcome, &out, &started, &progress)?;
            out
        }
        None => {
            let name = now.format("%Y-%m-%dT%H-%M-%SZ").to_string();
            let folder = run::write_new(&outcome, &runs, &name, &started, &progress)?;
            run::point_latest(&folder)?;
            folder
        }
    };
    progress.finish();
    if json {
        let manifest = folder.join(run::MANIFEST);
        print(&std::fs::read_to_string(&manifest).with_context(|| manifest.display().to_string())?)?;
    } else if !quiet {
        print(&summary::text(&outcome, &folder, &progress.total()))?;
    }
    Ok(if gate && !outcome.is_go() { ExitCode::from(EXIT_NO_GO) } else { ExitCode::SUCCESS })
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
    let outcome = audit::audit(&Plan { config, as_of }, &audit::Silent)?;
    let find = |key: &str| {
        outcome
            .data
            .find(key)
            .with_context(|| format!("нет записи «{key}»; пишите crm:12, onec:00-000045 или crm:contact:12"))
    };
    let (a, b) = (find(a)?, find(b)?);
    let explanation = matching::explain(&outcome.data, &matching_config, a, b);
    print(&explanation.text(&outcome.data, lang))?;
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
