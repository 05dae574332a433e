//! A project may have a folder of the library's name: its files are its own.

use obs_compiler::db::{FileText, LIBRARY};
use obs_compiler::ide::Host;

#[test]
fn a_folder_called_std_is_the_projects_own() {
    let mut host = Host::new();
    let text = |t: &str| FileText::Text(t.into());
    // of the same name as a file of the library
    host.set_file("std/outside.obs", text("kind Kiosk { workload: external }\n"));
    host.set_file("main.obs", text("import std.{People}\nimport \"./std/outside.obs\".{Kiosk}\ncomponent people: People\ncomponent kiosk: Kiosk\n"));
    let analysis = host.analysis();
    let errors: Vec<String> =
        analysis.check("main.obs").iter().filter(|d| d.is_error()).map(|d| d.message.clone()).collect();
    assert_eq!(errors, Vec::<String>::new());
}

/// What is wrong in the library shows in no program's findings: a value that could not be made is left out of what is
/// written.
#[test]
fn the_library_has_no_errors() {
    let folder = std::fs::read_dir(obs_tests::programs::root().join("std")).expect("the library is in the repository");
    let mut names: Vec<String> =
        folder.map(|e| e.expect("and so are its files").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let mut wrong = String::new();
    for name in names {
        let path = format!("{LIBRARY}/{name}");
        let host = Host::new();
        let analysis = host.analysis();
        wrong.push_str(&obs_tests::stacks::findings(&analysis, &path));
    }
    assert_eq!(wrong, "");
}
