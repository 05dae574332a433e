//! Text that a reader of YAML, a shell or a template would take for something else arrives as it was written, wherever
//! a program can put text.

use obs_tests::generated::quoted;
use obs_tests::stacks::{findings, of_text};
use serde::Deserialize;
use serde_json::Value as Json;

/// Words, numbers and signs that YAML 1.1 or 1.2 gives a meaning to.
const TRICKY: &[&str] = &[
    "yes",
    "Yes",
    "YES",
    "no",
    "No",
    "NO",
    "on",
    "On",
    "ON",
    "off",
    "Off",
    "OFF",
    "y",
    "Y",
    "n",
    "N",
    "true",
    "True",
    "TRUE",
    "false",
    "False",
    "null",
    "Null",
    "NULL",
    "~",
    "0",
    "-0",
    "012",
    "0o14",
    "0x1F",
    "0b11",
    "1_000",
    "1e3",
    "12e03",
    ".5",
    "1.",
    "+1",
    ".inf",
    "-.inf",
    ".nan",
    "NaN",
    "1:30",
    "22:22",
    "190:20:30",
    "2001-01-01",
    "2001-01-01T00:00:00Z",
    "=",
    "<<",
    "-",
    "?",
    ":",
    "",
    " ",
    " x",
    "x ",
    "a: b",
    "a:",
    "a #b",
    "#a",
    "- a",
    "a - b",
    "[a]",
    "{a}",
    "a,b",
    "*a",
    "&a",
    "!a",
    "%a",
    "@a",
    "`a`",
    "|",
    ">",
    "'a'",
    "'",
    "---",
    "...",
    "{{ .x }}",
    "$(x)",
    "tab\there",
    "line\nbreak",
    "\ttab first\nthen",
    "last\n",
    "\n",
    "é",
    "\u{1F600}",
    "\u{feff}x",
    "\u{85}",
    "\u{7f}",
    "\u{2028}",
];

fn program() -> String {
    let entries = |key: &str| -> String {
        TRICKY.iter().enumerate().map(|(i, t)| format!("    \"{key}{i}\": {}\n", quoted(t))).collect()
    };
    let items: String = TRICKY.iter().map(|t| format!("    {}\n", quoted(t))).collect();
    format!(
        "kind Thing {{\n  image: \"example.com/thing:1.0\"\n  port http: 8080\n  args: [\n{items}  ]\n  env: {{\n{}  }}\n  \
         annotations: {{\n{}  }}\n  file \"/etc/thing/values.yaml\": yaml([\n{items}  ])\n  file \"/etc/thing/values.json\": \
         json([\n{items}  ])\n}}\nnamespace here {{ component thing: Thing }}\n",
        entries("V"),
        entries("example.com/a"),
    )
}

#[test]
fn text_arrives_as_it_was_written() {
    let (host, entry) = of_text(&program());
    let analysis = host.analysis();
    let stacks = analysis.stacks(&entry).unwrap_or_else(|| panic!("{}", findings(&analysis, &entry)));
    let objects = obs_compiler::outputs::kubernetes::objects(&stacks[0], &mut Vec::new());
    let stream = obs_compiler::outputs::kubernetes::stream(&objects).collect::<String>();
    let documents = serde_yaml::Deserializer::from_str(&stream);
    let objects: Vec<Json> = documents.map(|d| Json::deserialize(d).expect("YAML")).collect();
    let object = |kind: &str| objects.iter().find(|o| o["kind"] == kind).unwrap_or(&Json::Null);

    let template = &object("Deployment")["spec"]["template"];
    let container = &template["spec"]["containers"][0];
    let data = &object("ConfigMap")["data"];
    let file: Json = serde_yaml::from_str(data["values.yaml"].as_str().expect("the file")).expect("YAML");
    let json: Json = serde_json::from_str(data["values.json"].as_str().expect("the file")).expect("JSON");
    for (i, text) in TRICKY.iter().enumerate() {
        let variable = container["env"].as_array().and_then(|e| e.iter().find(|v| v["name"] == format!("V{i}")));
        assert_eq!(variable.map_or(&Json::Null, |v| &v["value"]), text, "variable");
        assert_eq!(container["args"][i], *text, "argument");
        assert_eq!(template["metadata"]["annotations"][format!("example.com/a{i}")], *text, "annotation");
        assert_eq!(file[i], *text, "in a YAML file");
        assert_eq!(json[i], *text, "in a JSON file");
    }
}
