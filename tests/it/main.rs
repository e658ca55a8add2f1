//! One test binary: each file of this folder is a module here, so that polars links once.

mod browser;
mod cleanup_bitrix24;
mod cleanup_bsl;
mod decide;
mod evaluate;
mod faults;
mod init;
mod opened;
mod periodic;
mod readers_tables;
mod readers_tree;
mod readers_tree_joined;
mod readers_workbooks;
mod report_html;
mod report_xlsx;
mod sample;
mod tools;
mod world;
