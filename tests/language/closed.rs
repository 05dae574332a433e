//! Blocks and records are closed: an unknown field is an error that names what is near, in every kind of block.

use crate::support::fails;

const HEAD: &str = r#"import "./kit.obs".{Bakery, order}
namespace town {
  component corner: Bakery
  component market: Bakery
}
fn bake(loaves: int, kind: string = "rye"): string = "${loaves} ${kind}"
"#;

/// A block with a misspelt field, the field, and what is meant. `@` opens what the field would break.
const BLOCKS: &[(&str, &str, &str)] = &[
    ("cluster c { domian: \"example.com\" }", "domian", "domain"),
    ("namespace n { isolatd: true }", "isolatd", "isolated"),
    ("namespace n { layer l { titel: \"x\" } }", "titel", "title"),
    ("namespace n { component c: Bakery { frsh: 2d } }", "frsh", "fresh"),
    ("namespace n { component c: Bakery { resorces.cpu: 1 } }", "resorces", "resources"),
    ("namespace n { component c: Bakery { resources.memry: 1Gi } }", "memry", "memory"),
    ("namespace n { component c: Bakery { resources: { memry: 1Gi } } }", "memry", "memory"),
    ("namespace n { component c: Bakery { oven: { heat: 1, fan: true, naem: \"x\" } } }", "naem", "name"),
    ("corner -> market: order { evry: 3s }", "evry", "every"),
    ("corner -> market: order { sigals: [metrics] }", "sigals", "signals"),
    ("autoscale corner { replicas: 1..2, dwon: { when: cpu < 30% } }", "dwon", "down"),
    ("autoscale corner { replicas: 1..2, up: { when: cpu > 70%, fro: 3m } }", "fro", "for"),
    ("autoscale corner { replicas: 1..2, up: { when: cpu > 70% }, down: { whn: cpu < 30% } }", "whn", "when"),
    ("profile p { corner.frsh: 3d }", "frsh", "fresh"),
    ("profile p { corner.oven.het: 3 }", "het", "heat"),
    ("backup corner { schedule: \"0 2 * * *\", kep: 3 }", "kep", "keep"),
    ("alert A on corner { expr: \"up\", severty: critical }", "severty", "severity"),
    ("view v { directon: down }", "directon", "direction"),
    ("test \"t\" { profil: default }", "profil", "profile"),
    ("protocol p { transprt: http }", "transprt", "transport"),
    ("protocol p { carres: [metrics] }", "carres", "carries"),
    ("kind K { image: \"a/b:1\", workloda: daemon }", "workloda", "workload"),
    ("kind K { image: \"a/b:1\", port p: 1, ready: http(\"/x\", prt: \"p\") }", "prt", "port"),
    ("kind K { image: \"a/b:1\", rbac: [{ verb: [\"get\"] }] }", "verb", "verbs"),
    ("kind K { image: \"a/b:1\", peer: pods(labls: { a: \"b\" }) }", "labls", "labels"),
    ("kind K { image: \"a/b:1\", port p: 1, accepts order on p { evry: 3s } }", "evry", "every"),
    ("kind K { image: \"a/b:1\", alert A { expr: \"up\", summry: \"x\" } }", "summry", "summary"),
    ("let x = bake(3, knid: \"x\")", "knid", "kind"),
    ("let r: { heat: int, fan?: bool } = { heat: 1, fann: true }", "fann", "fan"),
    ("let r: [{ a: { heat: int } }] = [{ a: { heat: 1, heet: 2 } }]", "heet", "heat"),
];

#[test]
fn an_unknown_field_is_an_error_with_what_is_near() {
    for (block, field, meant) in BLOCKS {
        let code = if block.contains('(') && !block.contains("corner") && !block.contains("rbac") {
            "OBS2110"
        } else {
            "OBS2106"
        };
        fails(&format!("{HEAD}{block}"), &[(code, field, &format!("did you mean `{meant}`?"))]);
    }
}

#[test]
fn the_fix_is_the_name() {
    for (block, field, meant) in BLOCKS {
        let right = format!("{HEAD}{}", block.replacen(field, meant, 1));
        if block.contains("bake(") || block.contains("heet") || block.contains("fann") || block.contains("domian") {
            continue;
        }
        let still = crate::support::findings(&right);
        assert!(!still.iter().any(|f| f.is_error && f.says.contains("did you mean")), "{right}\n{still:?}");
    }
}
