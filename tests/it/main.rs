//! One test binary: each file of this folder is a module here, so that polars links once.

mod cleanup_bitrix24;
mod cleanup_bsl;
mod sample;
mod tools;
mod world;
