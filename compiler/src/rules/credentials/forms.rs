//! What a text has in it that looks like a credential: by form, by the name before it, by how little pattern there is.

use super::naming::{self, Says};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Credential<'t> {
    /// Why, for a message: it is never repeated itself.
    pub what: String,
    /// The credential, and maybe what stands around it.
    pub text: &'t str,
}

fn credential<'t>(what: impl Into<String>, text: &'t str) -> Option<Credential<'t>> {
    Some(Credential { what: what.into(), text })
}

/// What a text that is given to a name has in it.
pub(super) fn under<'t>(name: &str, text: &'t str) -> Option<Credential<'t>> {
    let by_name = || is_value_of(name, text).then(|| credential(of(name), text)).flatten();
    // forms are longer, or have marks
    if text.len() < SHORTEST && !text.bytes().any(|b| matches!(b, b':' | b'=' | b' ' | b'\n')) {
        return by_name();
    }
    let without_pattern = || match is_random(text) || (naming::hints(name) && is_hexadecimal(text)) {
        true => credential(WITHOUT_PATTERN, text),
        false => None,
    };
    by_form(text).or_else(by_name).or_else(|| pair(text)).or_else(without_pattern).or_else(|| random_word(text))
}

const WITHOUT_PATTERN: &str = "letters and digits without a pattern";

/// How a message names what a name holds.
pub(super) fn of(name: &str) -> String {
    format!("the value of `{name}`")
}

/// What a comment has in it. Prose names what it speaks of, and shows how a URL is written.
pub(super) fn in_comment(text: &str) -> Option<Credential<'_>> {
    const FOR_EXAMPLE: &[&str] = &["password", "pass", "secret", "pw", "pwd", "xxx"];
    let shows = |found: &Credential<'_>| {
        let password = found.text.split_once(':').map_or("", |(_, password)| password);
        FOR_EXAMPLE.iter().any(|word| password.eq_ignore_ascii_case(word))
    };
    let told = || pair(text).filter(|found| found.text.len() >= LONG_NUMBER && has_both(found.text));
    by_form(text).filter(|found| !shows(found)).or_else(told).or_else(|| random_word(text))
}

/// What is in a place that holds nothing else but who it is for.
pub(super) fn held_by<'t>(name: &str, text: &'t str) -> Option<Credential<'t>> {
    let is_it = || !naming::is_open(name) && !is_public(text) && (is_value(text) || is_phrase(text));
    by_form(text).or_else(|| is_it().then(|| credential(of(name), text)).flatten()).or_else(|| pair(text))
}

/// The name of a flag whose value is the next argument.
pub(super) fn flag(text: &str) -> Option<&str> {
    let name = text.strip_prefix('-')?.trim_start_matches('-');
    (!name.is_empty() && !name.contains(['=', ' ', '$'])).then_some(name)
}

/// Whether a number can be what a name says that it holds.
pub(super) fn is_number_of(name: &str, digits: &str) -> bool {
    let plain = digits.len() >= 4 && digits.chars().all(|c| c.is_ascii_digit());
    plain && naming::says(name) == Some(Says::Password) && !naming::is_count(name)
}

/// What is a credential whatever it is given to.
pub(super) fn by_form(text: &str) -> Option<Credential<'_>> {
    if (text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----")) || is_encoded_key(text) {
        return credential("a private key", text);
    }
    let url = login(text).or_else(|| data_source(text));
    if let Some(login) = url {
        return credential("a URL with a user and a password", login);
    }
    if let Some(token) = token(text) {
        return credential("a token of a well-known form", token);
    }
    if let Some(hash) = text.split([' ', '\n', '"', '\'', ':']).find(|word| is_hash(word)) {
        return credential("the hash of a password", hash);
    }
    header(text).and_then(|login| credential("what a header logs in with", login))
}

/// What keys in PEM start with, in base 64.
const ENCODED: &str = "LS0tLS1CRUdJTi";

/// A private key in base 64; `PRIVATE` looks as one of three, by where it stands.
fn is_encoded_key(text: &str) -> bool {
    text.contains(ENCODED) && ["UFJJVkFUR", "QUklWQVRF", "BSSVZBVE"].iter().any(|private| text.contains(private))
}

/// `user:password` of `https://user:password@host`.
fn login(text: &str) -> Option<&str> {
    text.match_indices("://").find_map(|(at, _)| {
        let rest = &text[at + 3..];
        let authority = rest.split(['/', '?', '#', ' ', '\n', '"', '\'']).next().unwrap_or_default();
        let (login, host) = authority.rsplit_once('@')?;
        let (_, password) = login.split_once(':')?;
        let known = !host.is_empty() && !password.is_empty() && !password.starts_with(['$', '<', '{', '*']);
        known.then_some(login)
    })
}

/// `user:password` of `user:password@tcp(host)/name`.
fn data_source(text: &str) -> Option<&str> {
    text.match_indices("@tcp(").chain(text.match_indices("@unix(")).find_map(|(at, _)| {
        let login = text[..at].rsplit([' ', '\n', '"', '\'', '=', '/']).next()?;
        let (_, password) = login.split_once(':')?;
        (!password.is_empty() && !password.contains(['$', '<', '{', '*'])).then_some(login)
    })
}

/// Beginnings of tokens that their issuers document, and how long what follows is at the least.
pub(super) const BEGINNINGS: &[(&str, usize)] = &[
    ("AKIA", 16),
    ("ASIA", 16),
    ("ghp_", 36),
    ("gho_", 36),
    ("ghs_", 36),
    ("github_pat_", 22),
    ("glpat-", 20),
    ("glsa_", 32),
    ("xoxb-", 20),
    ("xoxp-", 20),
    ("sk_live_", 16),
    ("npm_", 36),
    ("hvs.", 20),
    ("AIza", 35),
];
/// Addresses that are credentials: who knows one may write there.
pub(super) const ADDRESSES: &[(&str, usize)] = &[("hooks.slack.com/services/", 20), ("/api/webhooks/", 40)];

fn token(text: &str) -> Option<&str> {
    let in_word = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    let begins =
        |word: &str| BEGINNINGS.iter().any(|(start, n)| word.strip_prefix(start).is_some_and(|r| r.len() >= *n));
    let word = text.split(|c| !in_word(c)).find(|word| word.len() >= SHORTEST && (begins(word) || in_parts(word)));
    word.or_else(|| {
        ADDRESSES.iter().find_map(|(start, length)| {
            let rest = text.split_once(start)?.1;
            let path = rest.split(|c: char| !(in_word(c) || c == '/')).next()?;
            (path.len() >= *length && path.contains(|c: char| c.is_ascii_digit())).then_some(path)
        })
    })
}

/// Tokens of several parts: `eyJ….eyJ….…`, `SG.….…`.
fn in_parts(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    match parts.as_slice() {
        [head, body, end] if head.starts_with("eyJ") => head.len() > 10 && body.len() > 10 && end.len() > 10,
        ["SG", id, key] => id.len() >= 16 && key.len() >= 32,
        _ => false,
    }
}

/// How hashes of passwords begin, as files of users have them.
pub(super) const HASHES: &[&str] =
    &["$1$", "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$y$", "$apr1$", "$argon2", "$scrypt$", "{SHA}", "{SSHA}"];

fn is_hash(word: &str) -> bool {
    HASHES.iter().any(|start| word.strip_prefix(start).is_some_and(|rest| rest.len() >= SHORTEST))
}

/// What stands behind `Bearer` and `Basic`.
fn header(text: &str) -> Option<&str> {
    let scheme = |name: &'static str, is: fn(&str) -> bool| {
        text.match_indices(name).find_map(move |(at, _)| {
            let word = text[at + name.len()..].split([' ', '\n', '"', '\'', ',']).next()?;
            is(word).then_some(word)
        })
    };
    scheme("Bearer ", |word| word.len() >= 12 && word.chars().all(in_token_or_point) && has_both(word))
        .or_else(|| scheme("Basic ", is_encoded_login))
}

fn in_token_or_point(c: char) -> bool {
    in_token(c) || ".~".contains(c)
}

/// Whether a text has both letters and digits.
fn has_both(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit()) && text.contains(|c: char| c.is_ascii_alphabetic())
}

/// `user:password` in base 64.
fn is_encoded_login(word: &str) -> bool {
    let sixes = word.trim_end_matches('=').bytes().map(|byte| {
        let place = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        Some(u32::from(place))
    });
    let Some(sixes) = sixes.collect::<Option<Vec<u32>>>() else { return false };
    let bits = |four: &[u32]| four.iter().fold(0, |all, six| all << 6 | six) << (6 * (4 - four.len()));
    let bytes =
        |four: &[u32]| bits(four).to_be_bytes().into_iter().skip(1).take(four.len() * 6 / 8).collect::<Vec<u8>>();
    let decoded: Vec<u8> = sixes.chunks(4).flat_map(bytes).collect();
    decoded.len() > 2 && decoded.contains(&b':') && decoded.iter().all(|b| matches!(b, b' '..=b'~'))
}

/// Whether a text can be what a name says that it holds.
pub(super) fn is_value_of(name: &str, text: &str) -> bool {
    match naming::says(name) {
        Some(Says::Password) => is_value(text) || is_phrase(text),
        Some(Says::Secret) => {
            is_value(text) && (text.len() >= LONG_NUMBER || !text.chars().all(|c| c.is_ascii_digit()))
        }
        Some(Says::Perhaps) => is_value(text) && has_both(text) && text.len() >= LONG_NUMBER,
        Some(Says::Scheme) => text.split_once(' ').is_some_and(|(_, rest)| is_value(rest)),
        None => false,
    }
}

/// Shorter numbers count something: tokens, say.
const LONG_NUMBER: usize = 6;

/// What is written under names of credentials, and is none.
const NO_VALUES: &[&str] = &[
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "none",
    "null",
    "nil",
    "optional",
    "required",
    "enabled",
    "disabled",
    "string",
    "basic",
    "bearer",
    "digest",
    "oauth",
    "oauth2",
    "oidc",
    "saml",
    "saml2",
    "ldap",
    "mtls",
    "jwt",
    "sigv4",
    "aws4",
    "md5",
    "sha1",
    "sha256",
    "sha512",
    "rs256",
    "hs256",
    "es256",
    "http",
    "https",
    "...",
    "***",
    "secretkeyref",
];

/// Whether text can be a credential: no path, no variable, no sentence.
fn is_value(text: &str) -> bool {
    let refers = |mark: &str| text.contains(mark);
    !text.is_empty()
        && !text.contains(char::is_whitespace)
        && !text.starts_with(['$', '<', '{', '[', '*', '|', '>', '…'])
        && !["${", "$(", "{{", "://"].into_iter().any(refers)
        && !is_place(text)
        && !NO_VALUES.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether text says where something is.
fn is_place(text: &str) -> bool {
    let rest = match text.as_bytes()[0] {
        b'/' => &text[1..],
        // `%s`, `%(password)s`, `%PASSWORD%`
        b'%' => return text.len() < 4 || text[1..].starts_with(['(', '{']) || text.ends_with('%'),
        _ => {
            let starts = ["./", "../", "~/", "file:", "env:"].iter().any(|start| text.starts_with(start));
            let ends =
                [".txt", ".pem", ".key", ".crt", ".json", ".yaml", ".yml", ".toml"].iter().any(|e| text.ends_with(e));
            return starts || ends;
        }
    };
    // base 64 starts with `/` too, and so do passwords
    let is_one = !rest.contains(['/', '.', '-', '_']) && rest.len() >= 6 && has_both(rest);
    !is_random(text) && (!is_one || NO_VALUES.contains(&rest))
}

/// Whether some words may be a passphrase: a sentence has others.
fn is_phrase(text: &str) -> bool {
    const OF_SENTENCES: &[&str] = &[
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "for",
        "to",
        "from",
        "by",
        "with",
        "your",
        "its",
        "is",
        "are",
        "be",
        "must",
        "may",
        "not",
        "no",
        "see",
        "and",
        "or",
        "as",
        "at",
        "if",
        "where",
        "when",
        "password",
        "passwords",
        "passphrase",
        "secret",
        "token",
        "user",
        "file",
    ];
    let words: Vec<&str> = text.split(' ').collect();
    let plain = |word: &&str| !word.is_empty() && word.chars().all(|c| c.is_ascii_graphic() && !"${}<>()=".contains(c));
    (2..=8).contains(&words.len())
        && words.iter().all(plain)
        && !text.ends_with(['.', '?', '!', ':', '…'])
        && !words.iter().any(|word| OF_SENTENCES.contains(&word.to_ascii_lowercase().as_str()))
}

/// A name with its value in a text: `password=…`, `"token": …`, `X-Token: …`.
pub(super) fn pair(text: &str) -> Option<Credential<'_>> {
    text.match_indices(['=', ':']).find_map(|(at, sign)| {
        let before = text[..at].trim_end_matches(' ');
        let (name, value) = (name_before(before)?, &text[at + 1..]);
        naming::says(name)?;
        let wide = before.len() < at;
        let start = before.trim_end_matches(['"', '\'']).len() - name.len();
        let line = &text[text[..start].rfind('\n').map_or(0, |end| end + 1)..start];
        let value = if sign == "=" { assigned(line, wide, value)? } else { told(line, value)? };
        is_value_of(name, value).then(|| credential(of(name), value)).flatten()
    })
}

/// The name at the end of a text, without quotes and dashes.
fn name_before(text: &str) -> Option<&str> {
    let text = text.strip_suffix(['"', '\'']).unwrap_or(text);
    let start = text
        .rfind(|c: char| !(c.is_ascii_alphanumeric() || "_-.".contains(c)))
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let name = text[start..].trim_start_matches('-');
    (!name.is_empty()).then_some(name)
}

/// What follows `=`; nothing where that compares, or is in the braces of a query.
fn assigned<'t>(line: &str, wide: bool, value: &'t str) -> Option<&'t str> {
    let starts = line.trim_matches([' ', '\t', '-', '#', ';', '"']).is_empty();
    let in_braces = line.rfind('{') > line.rfind('}') && line.trim_end().ends_with(['{', ',']);
    if value.starts_with(['=', '~', '>']) || (wide && !starts) || (in_braces && !wide) {
        return None;
    }
    let value = value.strip_prefix(' ').filter(|_| wide).unwrap_or(value);
    if let Some(quoted) = quoted(value) {
        return Some(quoted);
    }
    let value = value.split([' ', '\t', '\n', '&', ';', ',', ')', ']', '}', '"', '\'', '|', '`']).next()?;
    // in a script it may be called or read from something
    (!value.contains('(') && !is_member(value)).then_some(value)
}

/// What follows `:` where that ends a key.
fn told<'t>(line: &str, value: &'t str) -> Option<&'t str> {
    let starts = line.trim_end_matches(['"', '\'', ' ', '-']).is_empty()
        || line.trim_end().ends_with(['"', '\'', '{', ',', '=', ':', '-', '#']);
    let rest = value.strip_prefix(' ').or_else(|| quoted(value).map(|_| value))?;
    let rest = rest.split('\n').next()?.trim();
    if !starts || rest.is_empty() {
        return None;
    }
    if let Some(quoted) = quoted(rest) {
        return Some(quoted);
    }
    let rest = rest.split(" #").next()?.trim_end_matches(['}', ',', '"', '\'', ' ']);
    (!rest.contains(['(', ',']) && !is_member(rest)).then_some(rest)
}

/// What stands between the quotes at the start of a text.
fn quoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    text[1..].split(quote).next()
}

/// `response.token`.
fn is_member(text: &str) -> bool {
    let word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
    text.contains('.') && text.split('.').all(word)
}

/// Bits a character that text with no pattern has at the least: words have fewer.
const ENTROPY: f64 = 4.0;
pub(super) const SHORTEST: usize = 20;

pub(super) fn in_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "+/=_-".contains(c)
}

fn is_random(text: &str) -> bool {
    text.chars().all(in_token) && is_mixed(text) && entropy(text) >= ENTROPY && is_restless(text) && !is_public(text)
}

/// Whether letters and digits change as often as by chance: words and names in camel case go on for longer.
fn is_restless(text: &str) -> bool {
    let class = |b: u8| (b.is_ascii_digit(), b.is_ascii_uppercase(), b.is_ascii_lowercase());
    let changes = text.as_bytes().windows(2).filter(|pair| class(pair[0]) != class(pair[1])).count();
    changes * 5 >= text.len() * 2
}

/// A random word among others.
pub(super) fn random_word(text: &str) -> Option<Credential<'_>> {
    // certificates are long
    if text.contains("-----BEGIN ") {
        return None;
    }
    let (mut word_start, mut found) = (0, None);
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if in_token(c) {
            continue;
        }
        let word = &text[word_start..at];
        let before = &text[..word_start];
        word_start = at + c.len_utf8();
        if word.len() >= SHORTEST && !before.ends_with("SHA256:") && found.is_none() {
            found = Some(word).filter(|word| is_random_among_others(word, before, c));
        }
    }
    credential(WITHOUT_PATTERN, found?)
}

/// Paths, places in URLs and names in camel case have patterns of their own.
fn is_random_among_others(word: &str, before: &str, after: char) -> bool {
    let part = word.split(['=', '-', '_']).find(|part| is_random(part));
    let in_url = before.rsplit(char::is_whitespace).next().is_some_and(|start| start.contains("://"));
    part.is_some() && !word.contains('/') && !in_url && after != '.' && !before.ends_with('.') && !is_public(word)
}

/// Certificates and public keys in base 64, and digests.
fn is_public(text: &str) -> bool {
    [ENCODED, "AAAA", "MII", "sha256-", "sha384-", "sha512-"].iter().any(|start| text.starts_with(start))
}

/// Whether a text is long, and has digits and letters of both cases: what has a random text in it is so too.
pub(super) fn is_mixed(text: &str) -> bool {
    let count = |of: fn(&char) -> bool| text.chars().filter(of).count();
    text.len() >= SHORTEST
        && count(char::is_ascii_digit) >= 3
        && count(char::is_ascii_uppercase) >= 3
        && count(char::is_ascii_lowercase) >= 3
}

/// Whether a text is as many digits of base 16 as keys have.
pub(super) fn is_hexadecimal(text: &str) -> bool {
    matches!(text.len(), 32 | 40 | 48 | 64 | 128) && text.chars().all(|c| c.is_ascii_hexdigit()) && has_both(text)
}

/// Shannon's, in bits a character.
fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 128];
    // only ASCII is asked for
    text.bytes().for_each(|b| counts[usize::from(b & 127)] += 1);
    let all = text.len() as f64;
    counts.iter().filter(|n| **n > 0).map(|n| f64::from(*n) / all).map(|p| -p * p.log2()).sum()
}
