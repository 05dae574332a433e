//! What Secrets hold for programs under test: a certificate for the names that they go by, logins, addresses.

use crate::programs::{find, judge, scratch};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

type Contents = Vec<(&'static str, String)>;

/// The keys that the library names, with contents. The certificate is its own authority. Without `openssl` there is none:
/// programs that only look whether the files are there are content with that. The same names have the same.
pub fn contents(hosts: &BTreeSet<String>) -> Contents {
    static MADE: Mutex<BTreeMap<BTreeSet<String>, Contents>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    made.entry(hosts.clone()).or_insert_with(|| make(hosts)).clone()
}

fn make(hosts: &BTreeSet<String>) -> Contents {
    let (certificate, key) = certificate(hosts).unwrap_or_default();
    let s3 = "[default]\naws_access_key_id = test\naws_secret_access_key = test\n";
    vec![
        ("tls.crt", certificate.clone()),
        ("ca.crt", certificate),
        ("tls.key", key),
        ("username", "someone".to_owned()),
        ("password", "something".to_owned()),
        ("url", "http://127.0.0.1:9/".to_owned()),
        ("routing_key", "0123456789abcdef0123456789abcdef".to_owned()),
        ("credentials", s3.to_owned()),
    ]
}

/// A certificate for these names and loopback, and its key.
fn certificate(hosts: &BTreeSet<String>) -> Option<(String, String)> {
    let openssl = find("openssl")?;
    let (_kept, folder) = scratch();
    let names: Vec<String> = hosts.iter().map(|host| format!("DNS:{host},")).collect();
    let names = format!("subjectAltName={}DNS:localhost,IP:127.0.0.1", names.concat());
    let made = judge(
        Command::new(openssl)
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"])
            .args(["-days", "2", "-subj", "/CN=test", "-addext", &names, "-keyout", "key", "-out", "crt"])
            .current_dir(&folder),
    );
    made.unwrap_or_else(|why| panic!("{why}"));
    let read = |name: &str| std::fs::read_to_string(Path::join(&folder, name)).expect("it was just written");
    Some((read("crt"), read("key")))
}
