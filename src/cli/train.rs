//! `sverka train`: weights of matching learnt once and kept, so that runs are comparable.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use chrono::Utc;
use clap::Args;
use sverka::evaluate::Truth;
use sverka::matching::{self, LEVELS, Learnt, comparison_names};
use sverka::model::Lang;
use sverka::{audit, config};

use super::summary::number;

#[derive(Args)]
pub struct Arguments {
    /// Файл sverka.toml или папка, где он лежит
    project: PathBuf,
    /// Учиться по размеченным парам, а не по самим данным: left_key,right_key
    #[arg(long, value_name = "PAIRS.csv")]
    truth: Option<PathBuf>,
    /// Куда записать веса (по умолчанию matching.json рядом с проектом)
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Переписать файл, если он уже есть
    #[arg(long)]
    force: bool,
    /// Число потоков (по умолчанию все ядра); на результат не влияет
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    super::set_threads(arguments.threads)?;
    let config = config::load(&arguments.project)?;
    let out = arguments.out.clone().unwrap_or_else(|| config.root.join("matching.json"));
    if out.exists() && !arguments.force {
        bail!("{}: уже есть; укажите --force или другой --out", out.display());
    }
    let as_of = config.as_of.unwrap_or_else(|| Utc::now().date_naive());
    let data = audit::snapshots(&config, as_of)?;
    let truth = match &arguments.truth {
        None => None,
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
            Some(Truth::read(&text, &data).with_context(|| path.display().to_string())?.pairs)
        }
    };
    let learnt = matching::train(&data, truth.as_deref());
    let text = learnt.weights.to_json(learnt.records, learnt.pairs);
    std::fs::write(&out, text).with_context(|| out.display().to_string())?;
    super::print(&describe(&learnt, config.lang))?;
    let name = out.strip_prefix(&config.root).unwrap_or(&out).to_string_lossy().replace('\\', "/");
    super::print(&format!(
        "\n{} {}\n{}\n\n[matching]\nmodel = \"{name}\"",
        config.lang.pick("Записано:", "Written:"),
        out.display(),
        config.lang.pick(
            "Чтобы следующие сверки считали с этими весами, добавьте в sverka.toml:",
            "To use it, add to sverka.toml:"
        )
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Bits by comparison and level, as the file has them.
fn describe(learnt: &Learnt, lang: Lang) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{} {}, {} {}\n",
        lang.pick("Записей:", "Records:"),
        number(learnt.records as u64),
        lang.pick("пар, по которым подобраны веса:", "pairs learnt from:"),
        number(learnt.pairs)
    );
    let _ = write!(out, "{:<26}", lang.pick("поправка к весу, бит", "bits added to the weight"));
    for level in LEVELS {
        let _ = write!(out, "{:>12}", level.as_str());
    }
    for (name, bits) in comparison_names().zip(learnt.weights.rows()) {
        let _ = write!(out, "\n{name:<26}");
        for bits in bits {
            let _ = write!(out, "{bits:>+12.2}");
        }
    }
    out
}
