//! `sverka generate`: invented projects.

use std::io::{self, IsTerminal as _, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use sverka::generate::{self, Folder, Layout, Sink};

use super::summary::number;

/// A bundled project.
#[derive(Clone, Copy, ValueEnum)]
pub enum Sample {
    Trade,
    TradeClean,
    Developer,
    DeveloperClean,
}

/// How the files of an invented base are written.
#[derive(Clone, Copy, ValueEnum)]
pub enum Format {
    Csv,
    Xlsx,
    Commerceml,
}

/// Writes a sample, or a base of `rows` records a side, into the new folder `out`.
pub fn run(
    rows: Option<usize>,
    documents: usize,
    seed: u64,
    sample: Option<Sample>,
    format: Format,
    out: &Path,
) -> Result<ExitCode> {
    if out.exists() {
        bail!("{}: уже есть; укажите новую папку", out.display());
    }
    let place = out.display();
    let mut told = String::new();
    match (sample, rows) {
        (Some(Sample::Developer), Some(units)) => {
            let mut shown = Shown { folder: Folder::new(out), bar: bar() };
            let counts = generate::developer_of(units, seed, &mut shown).with_context(|| place.to_string())?;
            shown.bar.finish_and_clear();
            let n = |count: usize| number(count as u64);
            told = format!(
                "На обеих сторонах: объектов {}, договоров {}, взносов {}, платежей {}\n",
                n(counts.units),
                n(counts.contracts),
                n(counts.instalments),
                n(counts.payments),
            );
        }
        (Some(_), Some(_)) => bail!("--rows вместе с --sample — только для developer"),
        (Some(sample), None) => {
            let files = match sample {
                Sample::Trade => generate::sample(false),
                Sample::TradeClean => generate::sample(true),
                Sample::Developer => generate::developer(false),
                Sample::DeveloperClean => generate::developer(true),
            };
            for (path, bytes) in files {
                let file = out.join(path);
                let folder = file.parent().unwrap_or(out);
                std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
                std::fs::write(&file, bytes).with_context(|| file.display().to_string())?;
            }
        }
        (None, Some(rows)) => {
            let layout = match format {
                Format::Csv => Layout::Csv,
                Format::Xlsx => Layout::Xlsx,
                Format::Commerceml => Layout::CommerceMl,
            };
            let mut shown = Shown { folder: Folder::new(out), bar: bar() };
            let counts =
                generate::project_with(layout, rows, documents, seed, &mut shown).with_context(|| place.to_string())?;
            shown.bar.finish_and_clear();
            let n = |count: usize| number(count as u64);
            told = format!(
                "Записей: CRM {}, 1С {}\nВерных пар: {} (truth.csv), из них найти нельзя {}\n\
                 Пар CRM — 1С без общего ИНН, ОГРН, телефона и почты: {} из {}\n\
                 Ловушек, похожих и разных: {} (traps.csv)\n\
                 Расхождения пар: drift.csv, что испорчено в записях: noise.csv\n",
                n(counts.crm),
                n(counts.onec),
                n(counts.truth),
                n(counts.unfindable),
                n(counts.without_identifier),
                n(counts.cross),
                n(counts.traps),
            );
            if documents > 0 {
                let sales = &counts.sales;
                told += &format!(
                    "Документов: CRM {}, 1С {}; строк: {} и {}; платежей: {} и {}\n\
                     Верных пар документов: {} (documents_truth.csv), из них без общего кода {}\n\
                     Потерянных: {}, призрачных: {} (documents_noise.csv)\n",
                    n(sales.documents[0]),
                    n(sales.documents[1]),
                    n(sales.lines[0]),
                    n(sales.lines[1]),
                    n(sales.payments[0]),
                    n(sales.payments[1]),
                    n(sales.pairs),
                    n(sales.without_id),
                    n(sales.lost),
                    n(sales.ghosts),
                );
            }
        }
        (None, None) => bail!("укажите --rows или --sample"),
    }
    super::print(&format!("{told}Готово: {place}\nДальше: sverka audit {place}"))?;
    Ok(ExitCode::SUCCESS)
}

/// Bytes written so far, on a terminal.
fn bar() -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} записано {bytes}, {bytes_per_sec}, {elapsed}");
    ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
}

/// A folder that shows how much is written.
struct Shown {
    folder: Folder,
    bar: ProgressBar,
}

impl Sink for Shown {
    fn file(&mut self, path: &str) -> io::Result<Box<dyn Write + Send>> {
        Ok(Box::new(self.bar.wrap_write(self.folder.file(path)?)))
    }
}
