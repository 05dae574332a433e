//! See `checks::formats`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    obs_fuzz::checks::formats(text);
});
