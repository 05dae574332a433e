//! Same input, same bytes: whatever the order in which files came, and whatever ran before.

use obs_compiler::db::FileText;
use obs_compiler::disk;
use obs_compiler::ide::Host;
use obs_compiler::outputs::{OutputFile, kubernetes};
use obs_tests::programs::root;

const ENTRY: &str = "tests/kubernetes/kinds/stack.obs";
const FILES: [&str; 3] = [ENTRY, "tests/kubernetes/kinds/victoriametrics.obs", "examples/observability/stack.obs"];

fn text(path: &str) -> FileText {
    disk::read(&root().join(path))
}

fn build(host: &Host, entry: &str) -> Vec<OutputFile> {
    let stacks = host.analysis().stacks(entry).expect("no errors");
    kubernetes::files(&stacks, &kubernetes::emit(&stacks).objects)
}

fn host(order: impl IntoIterator<Item = &'static str>) -> Host {
    let mut host = Host::new();
    order.into_iter().for_each(|path| host.set_file(path, text(path)));
    host
}

#[test]
fn the_order_of_files_and_what_was_asked_before_make_no_difference() {
    let forwards = host(FILES);
    let backwards = host(FILES.into_iter().rev());
    // the other program first, so that everything is interned in another order
    let other = build(&backwards, FILES[2]);
    assert_eq!(texts(&build(&forwards, ENTRY)), texts(&build(&backwards, ENTRY)));
    assert_eq!(texts(&build(&forwards, FILES[2])), texts(&other));
}

#[test]
fn a_change_and_its_undoing_make_no_difference() {
    let mut host = host(FILES);
    let before = build(&host, ENTRY);
    let FileText::Text(original) = text(FILES[1]) else { panic!("{} is text", FILES[1]) };
    host.set_file(FILES[1], FileText::Text(original.replace("8428", "8429").into()));
    assert_ne!(texts(&build(&host, ENTRY)), texts(&before), "another port is another output");
    host.set_file(FILES[1], FileText::Text(original));
    assert_eq!(build(&host, ENTRY), before);
}

fn texts(files: &[OutputFile]) -> Vec<(&str, &str)> {
    files.iter().map(|f| (f.path.as_str(), f.text.as_str())).collect()
}

#[test]
fn the_process_and_its_folder_make_no_difference() {
    let once = |folder: &std::path::Path| {
        let mut obs = std::process::Command::new(obs_tests::programs::obs());
        obs.arg("build").arg(root().join(ENTRY)).args(["--stdout", "--quiet"]).current_dir(folder);
        // nothing of the machine may show
        obs.env("LANG", "tr_TR.UTF-8").env("TZ", "Pacific/Kiritimati").env("HOME", "/nowhere");
        let output = obs.output().expect("obs runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    assert_eq!(once(root()), once(elsewhere.path()));
}
