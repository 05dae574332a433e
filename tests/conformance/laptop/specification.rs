//! Compose files, judged by the loader of the Compose Specification that engines are built on.

use crate::programs::{all_accepted, find, judge, scratch};
use obs_tests::stacks::programs;
use std::path::Path;
use std::process::Command;

/// Variables without which a file has no meaning: `${NAME:?…}`.
fn required(text: &str) -> Vec<&str> {
    let parts = text.split("${").skip(1);
    parts.filter_map(|part| Some(part.split_once(":?")?.0)).collect()
}

fn verdict(program: &Path, text: &str) -> Result<(), String> {
    let (_kept, folder) = scratch();
    let file = folder.join("compose.yaml");
    std::fs::write(&file, text).expect("a temporary folder is writable");
    let set = required(text).into_iter().map(|name| (name, "set"));
    judge(Command::new(program).arg(&file).envs(set)).map(drop)
}

#[test]
fn the_specification_takes_compose_files() {
    let Some(program) = find("compose-spec") else { return };
    let (mut refused, mut count) = (Vec::new(), 0);
    for known in programs() {
        for (stack, emitted) in known.stacks.iter().zip(&known.compose) {
            count += 1;
            let why = verdict(&program, &emitted.files[0].text).err();
            refused.extend(why.map(|why| format!("{} at {}: {why}", known.name, stack.graph.profile)));
        }
    }
    all_accepted(&program, "Compose files", count, &refused);
    let wrong = "name: a\nservices:\n  one:\n    imag: b\n";
    assert!(verdict(&program, wrong).is_err(), "a judge that takes everything proves nothing");
}
