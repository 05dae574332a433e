//! What a name says of its value: `ADMIN_PASSWORD` holds one, `password_file` says where it is.

/// How sure a name makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// It holds a password: a number may be one too.
    Password,
    /// It holds what nobody may read.
    Secret,
    /// It may: `REDIS_AUTH` holds a password, or how one logs in.
    Perhaps,
    /// A scheme and what goes with it: `Authorization: Basic …`.
    Scheme,
}

/// Last words of names that hold what nobody may read.
pub(super) const WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pass",
    "pwd",
    "psk",
    "token",
    "secret",
    "apikey",
    "credential",
    "creds",
    "authtoken",
];
/// What may be written together with a word before it: `dbpassword`.
const PASSWORDS: &[&str] = &["password", "passwd", "passphrase"];
/// What makes a key one of those.
const OF_KEYS: &[&str] = &[
    "api",
    "access",
    "secret",
    "private",
    "signing",
    "encryption",
    "auth",
    "master",
    "shared",
    "account",
    "hmac",
    "jwt",
    "license",
    "webhook",
];
/// What stands behind the word that counts: `DB_PASSWORD_1`, `token_old`.
const AFTER: &[&str] = &["value", "plain", "plaintext", "raw", "base64", "b64", "old", "new", "primary", "secondary"];
/// What makes a secret the name of one: `existingSecret`.
const OF_NAMES: &[&str] = &["existing", "pull", "tls", "image", "kubernetes"];

/// What a name says of its value; nothing, where the value may be read by all.
pub(super) fn says(name: &str) -> Option<Says> {
    // Kubernetes' objects call the name of a key so
    if name == "secretKey" {
        return Some(Says::Perhaps);
    }
    let mut words = words(name);
    while let Some(last) = words.last()
        && words.len() > 1
        && (last.trim_start_matches('v').chars().all(|c| c.is_ascii_digit()) || AFTER.contains(&last.as_str()))
    {
        words.pop();
    }
    let last = words.pop()?;
    let last = last.trim_end_matches(|c: char| c.is_ascii_digit());
    let before = words.last().map(String::as_str);
    // what is called `secrets` are the names of Secrets
    let one = if last == "secrets" { last } else { last.strip_suffix('s').filter(|o| is_word(o)).unwrap_or(last) };
    match one {
        "secret" if before.is_some_and(|b| OF_NAMES.contains(&b)) => None,
        "authorization" => Some(Says::Scheme),
        "auth" => before.map(|_| Says::Perhaps),
        "key" => before.filter(|b| OF_KEYS.contains(b)).map(|_| Says::Secret),
        _ if PASSWORDS.iter().any(|password| one.ends_with(password)) => Some(Says::Password),
        _ => is_word(one).then_some(Says::Secret),
    }
}

fn is_word(word: &str) -> bool {
    word == "key" || WORDS.contains(&word)
}

/// Whether what a name holds are several of them, by what they are for: `passwords: { admin: … }`.
pub(super) fn says_of_entries(name: &str) -> bool {
    // most names are told by their end
    let end = name.len().checked_sub(4).and_then(|at| name.get(at..)).unwrap_or_default();
    if !["ords", "ases", "kens", "keys", "sers"].iter().any(|known| end.eq_ignore_ascii_case(known)) {
        return false;
    }
    let words = words(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [.., "auth", "users"] | [.., "api", "keys"] => true,
        [.., last] => matches!(*last, "passwords" | "passphrases" | "tokens" | "apikeys"),
        [] => false,
    }
}

/// Whether what stands beside passwords may be read.
pub(super) fn is_open(name: &str) -> bool {
    const OPEN: &[&str] =
        &["user", "username", "login", "host", "hostname", "port", "database", "dbname", "namespace", "type"];
    let last = words(name).pop().unwrap_or_default();
    OPEN.contains(&last.as_str()) || name.ends_with(".crt")
}

/// Whether what a name holds is no use to who reads it.
pub(super) fn is_sealed(name: &str) -> bool {
    name.starts_with("encrypted")
}

/// Whether what a name holds may be how long or how many.
pub(super) fn is_count(name: &str) -> bool {
    words(name)
        .iter()
        .any(|word| matches!(word.as_str(), "min" | "max" | "minimum" | "maximum" | "num" | "number" | "of"))
}

/// Whether it may be a key whatever its last word is: what only digits of base 16 say nothing of.
pub(super) fn hints(name: &str) -> bool {
    const HINTS: &[&str] = &["key", "salt", "seed", "session", "cookie", "hmac", "pepper", "auth", "jwt"];
    const HARMLESS: &[&str] =
        &["id", "file", "name", "hash", "checksum", "digest", "sha", "sha256", "fingerprint", "public"];
    let words = words(name);
    let any = |of: &[&str]| words.iter().any(|word| of.contains(&word.as_str()));
    (any(HINTS) || any(WORDS)) && !any(HARMLESS)
}

/// `adminPassword`, `ADMIN_PASSWORD` and `admin.password` as words.
fn words(name: &str) -> Vec<String> {
    let mut out: Vec<String> = vec![String::new()];
    let mut small = false;
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() || (c.is_ascii_uppercase() && small) {
            out.push(String::new());
        }
        small = c.is_ascii_lowercase();
        if c.is_ascii_alphanumeric() {
            out.last_mut().into_iter().for_each(|word| word.push(c.to_ascii_lowercase()));
        }
    }
    out.retain(|word| !word.is_empty());
    out
}
