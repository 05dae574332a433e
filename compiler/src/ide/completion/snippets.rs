//! Whole items and members, as snippets.

/// An item that starts with a word.
pub(super) fn of_item(word: &str) -> Option<&'static str> {
    find(&ITEMS, word)
}

/// A member of a kind, or of a test, that starts with a word.
pub(super) fn of_member(word: &str) -> Option<&'static str> {
    find(&MEMBERS, word)
}

fn find(of: &[(&str, &'static str)], word: &str) -> Option<&'static str> {
    of.iter().find(|(key, _)| *key == word).map(|(_, snippet)| *snippet)
}

const ITEMS: [(&str, &str); 21] = [
    ("import", "import std.{${1:Kind}}"),
    ("let", "let ${1:name} = ${2:1}"),
    ("fn", "fn ${1:name}(${2:n}: ${3:int}): ${4:int} = ${5:n}"),
    ("type", "type ${1:Name} = ${2:string}"),
    ("component", "component ${1:name}: ${2:Kind} {\n  $0\n}"),
    ("namespace", "namespace ${1:name} {\n  $0\n}"),
    ("layer", "layer ${1:name} \"${2:Title}\" {\n  $0\n}"),
    ("cluster", "cluster ${1:name} {\n  domain: \"${2:example.com}\"\n}"),
    (
        "kind",
        "kind ${1:Name} {\n  workload: ${2:deployment}\n  image: \"${3:registry/image:tag}\"\n  port ${4:http}: ${5:8080}\n  $0\n}",
    ),
    ("protocol", "protocol ${1:name} {\n  transport: ${2:http}\n  carries: [${3:metrics}]\n}"),
    ("profile", "profile ${1:name} {\n  $0\n}"),
    ("scale", "scale ${1:component} { ${2:profile}: ${3:2} }"),
    (
        "autoscale",
        "autoscale ${1:component} {\n  replicas: ${2:2}..${3:10}\n  up: { when: cpu > ${4:70%}, by: ${5:100%} }\n}",
    ),
    ("backup", "backup ${1:component} { schedule: \"${2:0 2 * * *}\", keep: ${3:7} }"),
    (
        "alert",
        "alert ${1:Name} on ${2:component} {\n  expr: \"${3:up == 0}\"\n  for: ${4:5m}\n  severity: ${5:warning}\n}",
    ),
    ("test", "test \"${1:what holds}\" {\n  assert ${2:true}\n}"),
    ("assert", "assert ${1:true}, \"${2:what must hold}\""),
    ("view", "view ${1:name} \"${2:Title}\" {\n  $0\n}"),
    ("waive", "waive ${1:OBS0000} on ${2:component} until ${3:2027-01-01}, \"${4:reason}\""),
    ("patch", "patch ${1:Deployment}/${2:name} {\n  $0\n}"),
    (
        "object",
        "object {\n  apiVersion: \"${1:v1}\"\n  kind: \"${2:ConfigMap}\"\n  metadata: { name: \"${3:name}\", namespace: \"${4:namespace}\" }\n}",
    ),
];

const MEMBERS: [(&str, &str); 10] = [
    ("param", "param ${1:name}: ${2:int} = ${3:1}"),
    ("port", "port ${1:http}: ${2:8080}"),
    ("accepts", "accepts ${1:protocol} on ${2:http}"),
    ("emits", "emits ${1:protocol}"),
    ("turns", "turns ${1:traces} into ${2:metrics}"),
    ("file", "file \"${1:/etc/config.yaml}\": yaml({ $0 })"),
    ("alert", "alert ${1:Name} {\n  expr: \"${2:up == 0}\"\n  for: ${3:5m}\n  severity: ${4:warning}\n}"),
    ("dashboard", "dashboard \"${1:Title}\" {\n  $0\n}"),
    ("let", "let ${1:name} = ${2:1}"),
    ("assert", "assert ${1:true}, \"${2:what must hold}\""),
];
