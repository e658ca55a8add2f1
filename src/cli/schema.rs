//! `sverka schema`: JSON Schema of `sverka.toml`.

use std::process::ExitCode;

use anyhow::Result;
use sverka::config::schema;
use sverka::model::Lang;

/// Prints the schema.
pub fn run(lang: Lang) -> Result<ExitCode> {
    super::print(&serde_json::to_string_pretty(&schema::json(lang))?)?;
    Ok(ExitCode::SUCCESS)
}
