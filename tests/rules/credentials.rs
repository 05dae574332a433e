//! What looks like a credential is found wherever it stands, stops what would write it, and is shown by nothing. What only
//! resembles one isn't found.

use obs_compiler::db::FileText;
use obs_compiler::diagnostics::{Code, Severity};
use obs_compiler::disk;
use obs_compiler::ide::Host;
use obs_compiler::render::{Format, Locator, Style};
use obs_compiler::rules::masked;
use obs_tests::programs::root;
use obs_tests::stacks::of_text;

const FORMATS: [Format; 7] =
    [Format::Text, Format::Short, Format::Json, Format::Sarif, Format::Github, Format::Gitlab, Format::Junit];

/// Literals that are credentials whatever they are set to, in parts: scanners of repositories look for them whole.
fn literals() -> Vec<String> {
    vec![
        ["AKIA", "Q3EXAMPLE7T5WXYZ"].concat(),
        ["ghp_", "wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx"].concat(),
        ["glpat-", "x7Kq2mZ9vTt4Lw8Rb3Yc"].concat(),
        ["SG.", "ngeVfQFYQlKU0ufo8x5d1A", ".TwL2iGABf9DHoTf09kqeF8tAmbihYzrnopKc1s5cr4A"].concat(),
        ["eyJ", "hbGciOiJIUzI1NiJ9", ".eyJzdWIiOiIxMjM0NTY3ODkwIn0", ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"]
            .concat(),
        ["https://hooks.slack", ".com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX"].concat(),
        ["$2y$10$", "nOUIs5kJ7naTuTFkBy1veuK0kSxUFXfuaOKdOKf9xYT0KKIGSJwFa"].concat(),
        "https://shop:corr3ct-horse@db.example.com/x".to_owned(),
        "root:corr3ct-horse@tcp(db:3306)/x".to_owned(),
        "host=db user=root password=corr3ct-horse".to_owned(),
        "https://db.example.com/x?token=corr3ct&a=b".to_owned(),
        "Bearer corr3ct-horse-battery".to_owned(),
        ["Basic ", "YWRtaW46aHVudGVyMg=="].concat(),
        "Zk3vX9q1LmT8rW2yB6nH4dPs".to_owned(),
        "X-Session: Zk3vX9q1LmT8rW2yB6nH4dPs".to_owned(),
    ]
}

/// Programs with a literal somewhere, `@` in its place. Some are wrong in another way too, so that messages quote.
const PLACES: &[&str] = &[
    "env: { A: \"@\" }",
    "args: [\"--x=@\"]",
    "param word: string = \"@\"",
    "param word: \"a\" | \"b\" = \"@\"",
    "param word: int = \"@\"",
    "let word = \"@\"",
    "labels: { a: \"@\" }",
    "annotations: { a: \"@\" }",
    "file \"/x\": text(\"@\")",
    "file \"/x\": yaml({ a: { b: \"@\" } })",
    "files: { \"/x\": json({ a: \"@\" }) }",
    "assert false, \"@\"",
    "notes: [\"@\"]",
    "unknown: \"@\"",
    "args: [\"--header\", \"@\"]",
    "args: [trim(\"@\")]",
    "env: { A: join([\"@\"], \"\") }",
    "file \"/x\": text(\"\"\"\n    a: b\n    c: @\n    \"\"\")",
    "files: { \"/x\": json({ a: \"{\\\"b\\\": \\\"@\\\"}\" }) }",
    "/// @",
    "// @",
];

/// Names of what nobody may read.
const NAMES: &[&str] = &[
    "password",
    "DB_PASSWORD",
    "DB_PASSWORD_1",
    "dbPassword",
    "dbpassword2",
    "DB_PWD",
    "key-passphrase",
    "client_secret",
    "API_KEY",
    "API_KEYS",
    "SIGNING_KEY",
    "encryptionKey",
    "REDIS_AUTH",
    "AUTH_TOKEN",
    "passwords",
];

/// Places with a name `#` and a word `@`.
const NAMED_PLACES: &[&str] = &[
    "env: { \"#\": \"@\" }",
    "env: { \"#\": trim(\"@\") }",
    "env: { \"#\": join([\"@\"], \"\") }",
    "env: { \"#\": lower(trim(\"@\")) }",
    "env: { \"#\": if target == \"kubernetes\": \"@\" else: \"\" }",
    "env: { \"#\": \"\" + \"@\" }",
    "args: [\"--#=@\"]",
    "args: [\"-#=@\"]",
    "args: [\"--#\", \"@\"]",
    "args: [\"#=@\"]",
    "args: [\"--set=a.#=@\"]",
    "file \"/x\": yaml({ a: [{ \"#\": \"@\" }] })",
    "file \"/x\": yaml({ a: { \"#\": [\"@\"] } })",
    "file \"/x\": ini({ a: { \"#\": \"@\" } })",
    "file \"/x\": text(\"#=@\")",
    "file \"/x\": text(\"# = @\")",
    "file \"/x\": text(\"#: @\")",
    "file \"/x\": text(\"a: b\\n  #: '@' # why\")",
    "file \"/x\": text(\"{\\\"#\\\": \\\"@\\\"}\")",
    "file \"/x\": text(\"\"\"\n    a = b\n    # = \"@\"\n    \"\"\")",
    "file \"/x\": json({ a: \"export #=@\" })",
    "annotations: { \"x/#\": \"@\" }",
];

/// Items with the same.
const NAMED_ITEMS: &[&str] = &[
    "patch Deployment/k { spec.template.spec.containers: [{ name: \"k\", env: [{ name: \"#\", value: \"@\" }] }] }",
    "object { apiVersion: \"v1\", kind: \"ConfigMap\", metadata: { name: \"x\", namespace: \"n\" }, data: { \"x.yaml\": \"#: @\" } }",
    "object { apiVersion: \"v1\", kind: \"ConfigMap\", metadata: { name: \"x\", namespace: \"n\" }, data: { \"#\": \"@\" } }",
];

fn program(place: &str, literal: &str) -> String {
    let member = place.replace('@', literal);
    format!(
        "kind K {{\n  workload: deployment\n  image: \"a/b:1\"\n  {member}\n}}\nnamespace n {{\n  component k: K\n}}\n"
    )
}

/// The codes of a text's findings. The library is read once.
struct Checker(Host);

impl Checker {
    /// Whether a credential is found in a text; if so, nothing is made of it.
    fn finds(&mut self, text: &str) -> bool {
        self.0.set_file("main.obs", FileText::Text(text.into()));
        let analysis = self.0.analysis();
        let found = analysis.check("main.obs");
        let told = found.iter().any(|d| d.code == Code::OBS5118 && d.severity == Severity::Error);
        assert!(!told || analysis.stacks("main.obs").is_none(), "{text}");
        told
    }
}

/// What findings of a text say, in each form.
fn forms(host: &mut Host, text: &str) -> Vec<String> {
    host.set_file("main.obs", FileText::Text(text.into()));
    let analysis = host.analysis();
    let mut locator = Locator::new(&analysis, str::to_owned);
    let findings: Vec<_> = analysis.check("main.obs").iter().map(|d| locator.finding(d)).collect();
    let styles = [Style { color: false, width: 100 }, Style { color: true, width: 60 }];
    FORMATS.iter().flat_map(|format| styles.map(|style| format.render(&findings, style))).collect()
}

#[test]
fn it_is_found_everywhere_and_nothing_is_made_of_it() {
    let mut checker = Checker(Host::new());
    let texts = PLACES.iter().flat_map(|place| literals().into_iter().map(|literal| program(place, &literal)));
    let missed: Vec<String> = texts.filter(|text| !checker.finds(text)).collect();
    assert!(missed.is_empty(), "{} aren't found:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn it_is_found_by_its_name_wherever_that_stands() {
    let (mut checker, mut missed) = (Checker(Host::new()), Vec::new());
    for name in NAMES {
        let put = |place: &str| place.replace('#', name).replace('@', "hunter2");
        let members = NAMED_PLACES.iter().map(|place| program(&put(place), ""));
        let items = NAMED_ITEMS.iter().map(|item| program("", "") + &put(item) + "\n");
        missed.extend(members.chain(items).filter(|text| !checker.finds(text)));
    }
    assert!(missed.is_empty(), "{} aren't found:\n{}", missed.len(), missed.join("\n"));
}

/// Ways to a value `@` of `A`, before the kind, of it and of the component: literals that only their use makes a credential.
const WAYS: &[(&str, &str, &str, &str)] = &[
    ("let w = \"@\"", "", "", "w"),
    ("let w = \"@\"\nlet v = w", "", "", "v"),
    ("let w = { a: [\"x\", \"@\"] }", "", "", "w.a[1]"),
    ("fn w(): string = \"@\"", "", "", "w()"),
    ("fn w(a: string): string = trim(a)", "", "", "w(\"@\")"),
    ("", "let w = \"@\"", "", "w"),
    ("", "param w: string = \"@\"", "", "w"),
    ("", "param w: string", "w: \"@\"", "w"),
    ("", "param w: string", "w: \"@\"", "self.w"),
    ("", "param w: { a: string }", "w: { a: \"@\" }", "self.w.a"),
    ("let w = \"@\"", "param v: string", "v: w", "v"),
    ("", "", "", "replace(\"@x\", \"x\", \"\")"),
    ("", "", "", "join(split(\"@\", \"-\"), \"-\")"),
    ("", "", "", "match target { \"compose\": \"\", _: \"@\" }"),
    ("", "", "", "\"@${\"\"}\""),
    ("let w = \"@\"", "", "", "\"${w}\""),
    ("let w = \"@\"", "", "", "lower(\"${w}\")"),
    ("let w = \"@\"", "", "", "if len(w) > 3: w else: \"\""),
];

/// Where a value `$` gets to, under a name `#`.
const USES: &[&str] = &[
    "env: { \"#\": $ }",
    "env: { for n in [\"#\"]: (n): $ }",
    "env: { A: \"#=${$}\" }",
    "args: [\"--#\", $]",
    "args: [\"--#=${$}\"]",
    "command: [\"a\", \"#=${$}\"]",
    "file \"/x\": text(\"#: ${$}\")",
    "file \"/x\": yaml({ a: { \"#\": $ } })",
    "file \"/x\": json({ a: [{ name: \"#\", value: $ }] })",
    "files: { \"/x\": ini({ a: { \"#\": $ } }) }",
    "labels: { \"#\": $ }",
    "ready: exec(command: [\"a\", \"--#\", $])",
];

/// Uses outside of a kind, of a `let` alone.
const ITEM_USES: &[&str] = &[
    "patch Deployment/k { spec.template.spec.containers: [{ name: \"k\", env: [{ name: \"#\", value: $ }] }] }",
    "patch Deployment/k { metadata.annotations: { \"#\": $ } }",
    "object { apiVersion: \"v1\", kind: \"ConfigMap\", metadata: { name: \"x\", namespace: \"n\" }, data: { \"#\": $ } }",
    "object { apiVersion: \"v1\", kind: \"ConfigMap\", metadata: { name: \"x\", namespace: \"n\" }, data: { x: \"#: ${$}\" } }",
    "object { apiVersion: \"v1\", kind: \"Pod\", metadata: { name: \"x\", namespace: \"n\" }, spec: { containers: [{ name: \"a\", image: \"a\", env: [{ name: \"#\", value: $ }] }] } }",
    "object { apiVersion: \"v1\", kind: \"Secret\", metadata: { name: \"x\", namespace: \"n\" }, stringData: { a: $ } }",
    "object { apiVersion: \"v1\", kind: \"Secret\", metadata: { name: \"x\", namespace: \"n\" }, data: { a: $ } }",
    "object { apiVersion: \"x/v1\", kind: \"Thing\", metadata: { name: \"x\", namespace: \"n\" }, spec: { \"#\": $ } }",
];

/// Programs with each way to each use.
fn roundabout(name: &str, literal: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (before, member, set, value) in WAYS {
        let fill = |text: &str| {
            let marked = text.replace("${$}", "\u{1}").replace('$', value).replace('\u{1}', &format!("${{{value}}}"));
            marked.replace('#', name)
        };
        let whole = |member: &str, use_: &str, item: &str| {
            format!(
                "{before}\nkind K {{\n  workload: deployment\n  image: \"a/b:1\"\n  {member}\n  {use_}\n}}\nnamespace n {{\n  component k: K {{ {set} }}\n}}\n{item}\n"
            )
            .replace('@', literal)
        };
        out.extend(USES.iter().map(|used| whole(member, &fill(used), "")));
        if member.is_empty() && !value.contains("target") {
            out.extend(ITEM_USES.iter().map(|item| whole("", "", &fill(item))));
        }
    }
    out
}

#[test]
fn it_is_found_where_it_is_used_however_it_gets_there() {
    let (mut checker, mut missed) = (Checker(Host::new()), Vec::new());
    for (name, literal) in [("DB_PASSWORD", "hunter2"), ("API_KEYS", "swordfish"), ("key-passphrase", "correct horse")]
    {
        missed.extend(roundabout(name, literal).into_iter().filter(|text| !checker.finds(text)));
    }
    assert!(missed.is_empty(), "{} aren't found:\n{}", missed.len(), missed.join("\n"));
}

/// What a word becomes a credential by.
const AROUND: &[&str] = &[
    "postgres://shop:${w}@db/x",
    "shop:${w}@tcp(db)/x",
    "host=db password=${w}",
    "https://db.example.com/?token=${w}",
    "Authorization: Bearer ${w}",
    "X-Api-Key: ${w}",
    "-----BEGIN PRIVATE KEY-----\\n${w}\\n-----END PRIVATE KEY-----",
];

#[test]
fn it_is_found_in_what_is_put_together() {
    let mut checker = Checker(Host::new());
    let put = |place: &str, around: &str| format!("let w = \"hunter2\"\n{}", program(place, around));
    let places = PLACES.iter().filter(|place| {
        ["env:", "args:", "files:", "file ", "labels:", "annotations:", "param word: string"]
            .iter()
            .any(|start| place.starts_with(start))
    });
    let texts = places.flat_map(|place| AROUND.iter().map(move |around| put(place, around)));
    // what a label can't be isn't made anyway
    let missed: Vec<String> = texts.filter(|text| !checker.finds(text) && !text.contains("labels:")).collect();
    assert!(missed.is_empty(), "{} aren't found:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn no_form_of_a_finding_shows_what_it_was_put_together_from() {
    let mut host = Host::new();
    for text in roundabout("DB_PASSWORD", "swordfish9") {
        for form in forms(&mut host, &text) {
            assert!(!form.contains("swordfish9"), "{text}\n{form}");
        }
    }
}

#[test]
fn it_is_told_once_with_all_places() {
    let text = "let w = \"hunter2\"\n".to_owned()
        + &program("param password: string = w\n  env: { DB_PASSWORD: self.password, X_TOKEN: w }", "");
    let (host, entry) = of_text(&text);
    let found = host.analysis().check(&entry);
    let told: Vec<_> = found.iter().filter(|d| d.code == Code::OBS5118).collect();
    let [told] = told.as_slice() else { panic!("{told:?}") };
    let remarks: Vec<&str> = told.labels.iter().map(|label| label.message.as_str()).collect();
    assert_eq!(remarks, ["and here", "and here", "written here"]);
    assert_eq!(told.subjects, ["k"]);
    let waived = text + "waive OBS5118 on k, \"opens nothing\"\n";
    let (host, entry) = of_text(&waived);
    assert!(host.analysis().stacks(&entry).is_some(), "{:?}", host.analysis().check(&entry));
}

/// What only resembles a credential, as members of a kind.
const NEAR: &[&str] = &[
    "env: { PASSWORD_FILE: \"/etc/secrets/password\", TOKEN: \"/var/run/secrets/token\", TOKEN_PATH: \"run/token\" }",
    "env: { PASSWORD: secret(\"db\", \"password\"), TOKEN: field(\"metadata.name\") }",
    "env: { PASSWORD: if target == \"kubernetes\": secret(\"db\", \"password\") else: secret(\"dev\", \"password\") }",
    "env: { PASSWORD: \"$(OTHER)\", TOKEN: \"${\"$\"}TOKEN\", SECRET: \"<secret>\", PASSPHRASE: \"%(passphrase)s\" }",
    "env: { DB_PASSWORD: \"\", PASSWORD: \"false\", USE_PASSWORD: \"true\", AUTH: \"hunter2\", REDIS_AUTH: \"required\" }",
    "env: { GRPC_AUTH: \"oauth2\", HTTP_AUTH: \"basic\", MODE: \"password\", TOKEN_TYPE: \"bearer\", AUTHORIZATION: \"RBAC\" }",
    "env: { MAX_TOKENS: \"4096\", TOKENS: \"512\", KEY: \"a1b2c3\", SORT_KEY: \"name1\", PRIMARY_KEY: \"id1\", PUBLIC_KEY: \"k1\" }",
    "env: { EXISTING_SECRET: \"db1\", SECRET_NAME: \"db1\", TOKEN_URL: \"https://id.example.com/token\", MONKEY: \"a1\" }",
    "env: { CHECKSUM: \"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\", COMMIT: \"2fd4e1c67a2d28fced849ee1bb76e7391b93eb12\" }",
    "env: { KEY_FINGERPRINT: \"2fd4e1c67a2d28fced849ee1bb76e7391b93eb12\", ID: \"123e4567-e89b-12d3-a456-426614174000\" }",
    "env: { COMPASS: \"n1\", BYPASS: \"a1\", PASSTHROUGH: \"a1\", AUTHOR: \"me2\", TOKENIZER: \"bpe2\", KEYS: \"a1\" }",
    "args: [\"--token-file=/etc/token\", \"--password-file\", \"/etc/password\", \"--auth=basic\", \"--tokens=3\"]",
    "args: [\"--tls-cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\", \"--feature-gates=HPAContainerMetrics2024Alpha1=true\"]",
    "args: [\"sh\", \"-c\", \"PASSWORD=$(cat /etc/password) TOKEN=\\\"$TOKEN\\\" exec a --password=$PASSWORD\"]",
    "args: [\"--password\", \"--user\", \"me\", \"--token\", \"/etc/token\"]",
    "annotations: { a: \"https://example.com/d/Zk3vX9q1LmT8rW2yB6nH4dPs/title?orgId=1\", b: \"me@example.com\" }",
    "annotations: { c: \"sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\" }",
    "annotations: { d: \"http://proxy.example.com:3128/a@b\", e: \"https://me@example.com/x\" }",
    "notes: [\"password: it is read from a file\", \"set the token: use a Secret\", \"Basic metrics, Bearer tokens and Basic auth\"]",
    "notes: [\"the password=… of a flag\", \"a password of eight letters\", \"two passes: one by one\"]",
    "file \"/x\": yaml({ password_file: \"/etc/a\", secretKeyRef: { name: \"a1\", key: \"b2\" }, num_tokens: 512, max_tokens: 10000 })",
    "file \"/x\": yaml({ secretName: \"db1\", secret: { secretName: \"db1\" }, min_password: 1000, password_length: 1000, uid: \"PBFA97CFB590B2093\" })",
    "file \"/x\": yaml({ expr: \"sum by (token) (rate(a{token=\\\"abc1\\\", secret=~\\\"x1\\\"}[5m]))\", x: \"kube_secret_info{secret=\\\"db1\\\"}\" })",
    "file \"/x\": text(\"password = ${\"$\"}{file:/etc/password}\\n; token =\\n# password=<yours>\\nsecret: |\\n  x\\n\")",
    "file \"/x\": text(\"const token = await login(user1)\\ntoken = response.token\\nif password == a1: b\\npassword: String,\")",
    "file \"/x\": text(\"-----BEGIN CERTIFICATE-----\\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ\\n-----END CERTIFICATE-----\")",
    "file \"/x\": text(\"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me\")",
    "file \"/x\": text(\"[storage]\\ntype = secret\\nauth: basic\\ntoken: true\\npassword: /etc/password\")",
    "/// The token is in `secret(\"db\", \"token\")`, as in postgres://user:password@db/x; password: none",
];

/// The same as items.
const NEAR_ITEMS: &[&str] = &[
    "object { apiVersion: \"external-secrets.io/v1\", kind: \"ExternalSecret\", metadata: { name: \"db\", namespace: \"n\" }, spec: { target: { name: \"db1\" }, data: [{ secretKey: \"password\", remoteRef: { key: \"db1\", property: \"password\" } }, { secretKey: \"user\" }] } }",
    "object { apiVersion: \"bitnami.com/v1\", kind: \"SealedSecret\", metadata: { name: \"db\", namespace: \"n\" }, spec: { encryptedData: { db: \"AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq\" } } }",
    "object { apiVersion: \"v1\", kind: \"Secret\", metadata: { name: \"db\", namespace: \"n\" }, stringData: { username: \"shop1\", DB_HOST: \"db1\", \"ca.crt\": \"MIIDdzCCAl\" } }",
    "object { apiVersion: \"v1\", kind: \"ConfigMap\", metadata: { name: \"x\", namespace: \"n\" }, data: { \"x.yaml\": \"password_file: /etc/x\\ntoken: ${w}\" } }",
    "object { apiVersion: \"v1\", kind: \"Pod\", metadata: { name: \"x\", namespace: \"n\" }, spec: { containers: [{ name: \"a\", image: \"a\", env: [{ name: \"PASSWORD\", valueFrom: { secretKeyRef: { name: \"db1\", key: \"word1\" } } }, { name: \"TOKEN_FILE\", value: w }] }] } }",
    "patch Deployment/k { spec.template.spec: { imagePullSecrets: [{ name: \"registry1\" }], volumes: [{ name: \"token\", secret: { secretName: \"t1\" } }] } }",
    "namespace m {\n  component j: K { args: [\"--token-file\", w, \"--password=$(cat ${w})\"] }\n}",
];

#[test]
fn what_only_resembles_one_is_not_found() {
    let mut checker = Checker(Host::new());
    let items = NEAR_ITEMS.iter().map(|item| format!("let w = \"/etc/token\"\n{}{item}\n", program("", "")));
    let texts = NEAR.iter().map(|members| program(members, "")).chain(items);
    let found: Vec<String> = texts.filter(|text| checker.finds(text)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn nothing_of_the_library_and_the_examples_resembles_one() {
    for folder in ["std", "examples", "tests/kubernetes/stacks", "tests/conformance"] {
        for path in disk::sources_below(&root().join(folder)).expect("the folder is in the repository") {
            let FileText::Text(text) = disk::read(&path) else { panic!("{} can't be read", path.display()) };
            let shown = masked(&text, &[]);
            let changed = text.lines().zip(shown.lines()).find(|(a, b)| a != b);
            assert!(changed.is_none(), "{}: {changed:?}", path.display());
        }
    }
}

#[test]
fn no_form_of_a_finding_shows_it() {
    let mut host = Host::new();
    for place in PLACES {
        for literal in literals() {
            let text = program(place, &literal);
            for form in forms(&mut host, &text) {
                assert!(!form.contains(&literal), "{text}\n{form}");
            }
        }
    }
}

#[test]
fn a_waived_one_is_not_shown_beside_other_findings() {
    let literal = literals().swap_remove(0);
    let text = program("env: { A: \"@\", B: nothing }", &literal) + "waive OBS5118, \"opens nothing\"\n";
    let forms = forms(&mut Host::new(), &text);
    assert!(forms[0].contains("nothing here is called") && forms[0].contains("****"), "{}", forms[0]);
    assert!(forms.iter().all(|form| !form.contains(&literal)), "{forms:?}");
}

#[test]
fn it_can_be_waived() {
    let literal = literals().swap_remove(0);
    let text = program(PLACES[0], &literal) + "waive OBS5118, \"opens nothing\"\n";
    let (host, entry) = of_text(&text);
    assert!(host.analysis().check(&entry).iter().all(|d| d.severity != Severity::Error));
    assert!(host.analysis().stacks(&entry).is_some());
}
