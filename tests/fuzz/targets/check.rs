//! See `checks::checks`. One host for all texts: the library is checked once.
#![no_main]

use obs_compiler::ide::Host;
use std::cell::RefCell;

thread_local!(static HOST: RefCell<Host> = RefCell::new(Host::new()));

libfuzzer_sys::fuzz_target!(|text: &str| {
    HOST.with_borrow_mut(|host| obs_fuzz::checks::checks(host, text));
});
