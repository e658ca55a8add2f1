//! One test binary: each file of this folder is a module here, so that polars links once.

mod browser;
mod chromium;
mod cleanup_amocrm;
mod cleanup_bitrix24;
mod cleanup_bsl;
mod cleanup_odata;
mod cleanup_plan;
mod cleanup_powershell;
mod cleanup_retailcrm;
mod cleanup_runs;
#[cfg(unix)]
mod cleanup_sql;
mod cleanup_stage;
mod cleanup_verify;
mod cli;
mod database;
mod decide;
mod developer;
mod documents;
mod english;
mod evaluate;
mod extracts;
mod faults;
mod guide;
mod init;
mod masked;
mod periodic;
#[cfg(unix)]
mod postgres;
mod readers_crm;
mod readers_folder;
mod readers_tables;
mod readers_tree;
mod readers_tree_books;
mod readers_tree_joined;
mod readers_workbooks;
mod report_hostile;
mod report_html;
mod report_xlsx;
mod sample;
mod tools;
mod world;
