//! See `checks::parses`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    obs_fuzz::checks::parses(text);
});
