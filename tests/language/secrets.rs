//! A secret goes only where Kubernetes keeps secrets.

use crate::support::{fails, holds, manifests};

fn kind(members: &str) -> String {
    format!(
        "type Login = Basic {{ user: string, word: secret }} | Nobody
fn pass(s: secret): secret = s
kind K {{
  image: \"a/b:1\"
  param key: secret?
  param must: secret = secret(\"s\", \"k\")
  param login: Login = nobody
  param box: {{ inner: secret? }} = {{ inner: none }}
  {members}
}}
namespace n {{ component k: K {{ key: secret(\"mine\"), login: basic(\"me\", secret(\"w\")) }} }}"
    )
}

#[test]
fn it_can_be_referred_to_where_it_is_kept() {
    let yaml = manifests(
        &kind(
            "env: { WORD: pass(must), MAYBE: match login { basic(user, word): word, nobody: \"\" } }\n  secrets: { \"/etc/key\": key }",
        ),
        "default",
    );
    for part in ["secretKeyRef:", "key: k", "name: s", "secretName: mine"] {
        assert!(yaml.contains(part), "{part} is not in\n{yaml}");
    }
}

#[test]
fn everywhere_else_it_is_an_error() {
    for (members, covers) in [
        ("args: [\"--key=${must}\"]", "must"),
        ("args: [must]", "must"),
        ("command: [if true: must]", "must"),
        ("file \"/x\": text(\"${must}\")", "must"),
        ("file \"/x\": text(must)", "must"),
        ("file \"/x\": yaml({ a: must })", "must"),
        ("file \"/x\": yaml({ a: [{ b: pass(must) }] })", "pass(must)"),
        ("file \"/x\": json(box)", "box"),
        ("file \"/x\": yaml({ a: match login { basic(user, word): word, nobody: none } })", "word"),
        ("file \"/x\": yaml({ a: json_text(box) })", "box"),
        ("file \"/x\": yaml({ ...box })", "box"),
        ("file \"/x\": yaml({ for k, v in box: (k): v })", "v"),
        ("labels: { a: must }", "must"),
        ("annotations: { a: \"${must}\" }", "must"),
        ("title: must", "must"),
        ("notes: [must]", "must"),
        ("image: must", "must"),
        ("alert A { expr: \"up\", summary: \"${must}\" }", "must"),
        ("dashboard \"D\" { a: must }", "must"),
        ("let x = \"${must}\"", "must"),
        ("file \"/x\": text(string(must))", "must"),
        ("file \"/x\": text(quote(must))", "must"),
        ("file \"/x\": text(join([must], \"\"))", "must"),
    ] {
        let text = if members.starts_with("image") {
            kind(members).replacen("  image: \"a/b:1\"\n", "", 1)
        } else {
            kind(members)
        };
        fails(&text, &[("OBS2109", covers, "secret")]);
    }
}

#[test]
fn items_can_not_leak_it_either() {
    let base = kind("");
    for (item, covers) in [
        (
            "object { apiVersion: \"v1\", kind: \"ConfigMap\", metadata: { name: \"x\", namespace: \"n\" }, data: { a: secret(\"x\") } }",
            "secret(\"x\")",
        ),
        ("patch Deployment/k { metadata: { labels: { a: secret(\"x\") } } }", "secret(\"x\")"),
        ("alert A on k { expr: \"up\", summary: secret(\"x\") }", "secret(\"x\")"),
        ("profile p { k.labels.a: secret(\"x\") }", "secret(\"x\")"),
        ("view v { show: [secret(\"x\")] }", "secret(\"x\")"),
        ("cluster c { domain: secret(\"x\") }", "secret(\"x\")"),
        ("assert \"${k.must}\" == \"\"", "k.must"),
    ] {
        fails(&format!("{base}\n{item}"), &[("OBS2109", covers, "secret")]);
    }
    fails("let a = secret(\"hunter2 \")", &[("OBS2108", "\"hunter2 \"", "never by its value")]);
    holds("let a = secret(\"name\")\nlet b = secret(\"name\", \"key.txt\")");
}
