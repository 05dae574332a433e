//! A project may have a folder of the library's name: its files are its own.

use obs_compiler::db::FileText;
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
