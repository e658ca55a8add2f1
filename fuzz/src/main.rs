//! One libFuzzer binary for all targets: `SVERKA_FUZZ` names the target, the arguments are those of libFuzzer.
#![no_main]

mod limit;
mod packed;
mod targets;

libfuzzer_sys::fuzz_target!(init: targets::init(), |data: &[u8]| targets::run(data));
