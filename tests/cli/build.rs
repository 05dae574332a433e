//! `obs build` and the folder that it writes: what it makes, what it leaves alone, and what stops it.

use crate::run::{CLEAN, Folder, Run, WRONG};
use obs_tests::programs;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

fn clean() -> Folder {
    Folder::with(&[("stack.obs", CLEAN)])
}

/// The same without `back`, and another size for `front`.
fn smaller() -> String {
    CLEAN
        .replace("front: App", "front: App { size: 3 }")
        .replace("  component back: App { size: 2 }\n", "")
        .replace("front -> back: http\n", "")
}

#[test]
fn a_base_and_an_overlay_for_each_profile() {
    let example = fs::read_to_string(programs::root().join("examples/observability/stack.obs")).expect("the example");
    let folder = Folder::with(&[("stack.obs", &example)]);
    folder
        .run(&["build", "stack.obs", "-o", "k"])
        .exits(0)
        .says("next: kubectl apply --server-side -k k/kubernetes/overlays/normal");
    let tree = folder.tree("k/kubernetes");
    let has = |path: &str| assert!(tree.contains_key(Path::new(path)), "{path} in {:?}", tree.keys());
    has("base/kustomization.yaml");
    has("base/cluster/namespace-observability.yaml");
    has("base/observability/loki/statefulset.yaml");
    ["normal", "high", "peak"].iter().for_each(|profile| has(&format!("overlays/{profile}/kustomization.yaml")));
    // every file is in a list of resources, and every resource is a file
    for (path, text) in tree.iter().filter(|(p, _)| p.ends_with("kustomization.yaml")) {
        let value: serde_yaml::Value = serde_yaml::from_slice(text).expect("YAML");
        let folder = path.parent().expect("it is in a folder");
        for resource in value["resources"].as_sequence().into_iter().flatten().filter_map(|r| r.as_str()) {
            let to = folder.join(resource);
            assert!(tree.contains_key(&to) || resource == "../../base", "{resource} of {}", path.display());
        }
    }
}

#[test]
fn one_profile_is_flat() {
    let folder =
        Folder::with(&[("stack.obs", &CLEAN.replace("\"example.com\"", "\"example.com\"\n  profiles: [low, high]\n"))]);
    folder
        .run(&["build", "stack.obs", "--profile", "high"])
        .exits(0)
        .says("next: kubectl apply --server-side -k out/kubernetes\n");
    let tree = folder.tree("out/kubernetes");
    assert!(
        tree.contains_key(Path::new("kustomization.yaml")) && tree.contains_key(Path::new("web/front/deployment.yaml"))
    );
    assert!(tree.keys().all(|p| !p.starts_with("overlays")), "{:?}", tree.keys());
    folder
        .run(&["build", "stack.obs", "--profile", "hihg"])
        .exits(2)
        .says("there is no profile `hihg`")
        .says("did you mean `high`?");
}

#[test]
fn one_stream_in_an_order_that_can_be_applied() {
    let run = clean().run(&["build", "stack.obs", "--stdout"]).exits(0);
    let kinds: Vec<String> = run
        .stdout
        .split("---\n")
        .map(|document| {
            serde_yaml::from_str::<serde_yaml::Value>(document).expect("YAML")["kind"].as_str().map(str::to_owned)
        })
        .map(|kind| kind.expect("every object has a kind"))
        .collect();
    let at = |kind: &str| kinds.iter().position(|k| k == kind).unwrap_or_else(|| panic!("{kind} in {kinds:?}"));
    let last = |kind: &str| kinds.iter().rposition(|k| k == kind).unwrap_or_else(|| panic!("{kind} in {kinds:?}"));
    assert_eq!(at("Namespace"), 0);
    assert!(last("ServiceAccount") < at("ConfigMap") && last("ConfigMap") < at("Deployment"), "{kinds:?}");
    assert!(last("NetworkPolicy") < at("Deployment"), "{kinds:?}");
    let folder = clean();
    folder.run(&["build", "stack.obs", "--stdout"]).exits(0);
    assert!(!folder.path().join("out").exists(), "--stdout wrote files");
    folder.run(&["build", "stack.obs", "--stdout", "--format", "json"]).exits(2).says("cannot be used with");
}

#[test]
fn check_says_what_differs_and_writes_nothing() {
    let folder = clean();
    let run = folder.run(&["build", "stack.obs", "--check"]).exits(1);
    assert!(run.stdout.contains("create out/kubernetes/base/web/front/deployment.yaml\n"), "{}", run.stdout);
    assert!(!folder.path().join("out").exists());
    folder.run(&["build", "stack.obs"]).exits(0);
    assert_eq!(folder.run(&["build", "stack.obs", "--check"]).exits(0).stdout, "");
    folder.write("stack.obs", smaller());
    let before = folder.tree("out");
    let run = folder.run(&["build", "stack.obs", "--check"]).exits(1);
    assert!(
        run.stdout.contains("change out/kubernetes/base/web/front/configmap-front-config.yaml\n"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("remove out/kubernetes/base/web/back/deployment.yaml\n"), "{}", run.stdout);
    let run = folder.run(&["build", "stack.obs", "--dry-run"]).exits(0);
    assert!(run.stdout.contains("remove out/kubernetes/base/web/back/deployment.yaml\n"), "{}", run.stdout);
    assert_eq!(before, folder.tree("out"));
    // a file changed by hand is a difference too
    folder.write("stack.obs", CLEAN);
    folder.write("out/kubernetes/base/web/front/service.yaml", "mine");
    let run = folder.run(&["build", "stack.obs", "--check"]).exits(1);
    assert_eq!(run.stdout, "changed by hand, needs --force: out/kubernetes/base/web/front/service.yaml\n");
    let run = folder.run(&["build", "stack.obs", "--check", "--format", "json"]).exits(1).says("changed by hand");
    serde_json::from_str::<Value>(&run.stdout).expect("stdout has the document alone");
}

#[test]
fn the_next_build_removes_what_is_no_longer_emitted() {
    let folder = clean();
    folder.run(&["build", "stack.obs"]).exits(0);
    folder.write("out/kubernetes/base/web/back/notes.txt", "somebody else's");
    folder.write("out/kubernetes/base/web/back/deployment.yaml", "changed by hand");
    folder.write("out/README", "somebody else's");
    fs::create_dir(folder.path().join("out/kubernetes/base/web/front/kept-empty")).expect("a folder can be made");
    folder.write("stack.obs", smaller());
    folder
        .run(&["build", "stack.obs"])
        .exits(0)
        .says("left alone: `out/kubernetes/base/web/back/deployment.yaml` is no longer emitted");
    let tree = folder.tree("out");
    let below_back: Vec<&PathBuf> = tree.keys().filter(|p| p.starts_with("kubernetes/base/web/back")).collect();
    assert_eq!(
        below_back,
        ["kubernetes/base/web/back/deployment.yaml", "kubernetes/base/web/back/notes.txt"].map(Path::new)
    );
    assert_eq!(folder.read("out/README"), "somebody else's");
    assert!(folder.path().join("out/kubernetes/base/web/front/kept-empty").is_dir());
    // what was left alone is still known: told of again, and removed once it is as it was written
    folder.run(&["build", "stack.obs"]).exits(0).says("left alone");
    assert_eq!(folder.left_over("out"), Vec::<String>::new());
}

#[test]
fn removing_everything_removes_the_folders_too() {
    let folder = clean();
    folder.run(&["build", "stack.obs"]).exits(0);
    folder.write("stack.obs", smaller());
    folder.run(&["build", "stack.obs"]).exits(0).says("removed");
    assert!(!folder.path().join("out/kubernetes/base/web/back").exists());
    assert!(folder.path().join("out/kubernetes/base/web/front").exists());
}

#[test]
fn a_build_that_changes_nothing_touches_nothing() {
    let folder = clean();
    folder.run(&["build", "stack.obs"]).exits(0);
    let stamp = |path: &str| fs::metadata(folder.path().join(path)).and_then(|m| m.modified()).expect("it is there");
    let paths = ["out", "out/.obs-manifest.json", "out/kubernetes", "out/kubernetes/base/web/front/deployment.yaml"];
    let before = paths.map(stamp);
    folder.run(&["build", "stack.obs"]).exits(0).says("0 files written");
    assert_eq!(before, paths.map(stamp));
}

#[test]
fn a_program_with_errors_writes_nothing() {
    let folder = Folder::with(&[("stack.obs", WRONG)]);
    folder.run(&["build", "stack.obs"]).exits(1).says("OBS2104");
    folder.run(&["docs", "stack.obs"]).exits(1);
    folder.run(&["diagram", "stack.obs", "-o", "d.txt"]).exits(1);
    assert!(["out", "docs", "d.txt"].iter().all(|name| !folder.path().join(name).exists()));
    // nor does it change what is there
    folder.write("stack.obs", CLEAN);
    folder.run(&["build", "stack.obs"]).exits(0);
    let before = folder.tree("out");
    folder.write("stack.obs", WRONG);
    folder.run(&["build", "stack.obs"]).exits(1);
    assert_eq!(before, folder.tree("out"));
}

#[test]
fn a_file_of_somebody_else_is_not_overwritten() {
    let folder = clean();
    folder.write("out/kubernetes/base/web/front/service.yaml", "mine");
    let run = folder
        .run(&["build", "stack.obs"])
        .exits(2)
        .says("`out/kubernetes/base/web/front/service.yaml` was changed by hand");
    run.says("nothing was written").says("--force");
    assert_eq!(folder.tree("out").len(), 1, "something was written all the same");
    folder.run(&["build", "stack.obs", "--force"]).exits(0);
    assert!(folder.read("out/kubernetes/base/web/front/service.yaml").contains("kind: Service"));
    // one with the very content is as it should be
    let other = clean();
    other
        .write("out/kubernetes/base/web/front/service.yaml", folder.read("out/kubernetes/base/web/front/service.yaml"));
    other.run(&["build", "stack.obs"]).exits(0);
}

#[test]
fn a_folder_in_the_way_of_a_file_stays_even_by_force() {
    let folder = clean();
    folder.write("out/kubernetes/base/kustomization.yaml/mine", "mine");
    for arguments in [&["build", "stack.obs"][..], &["build", "stack.obs", "--force"]] {
        folder.run(arguments).exits(2).says("is in the way of `out/kubernetes/base/kustomization.yaml`");
    }
    assert_eq!(folder.tree("out").len(), 1);
}

#[test]
fn the_output_cant_be_a_file() {
    let folder = clean();
    folder.write("out", "a file");
    folder.run(&["build", "stack.obs"]).exits(2).says("`out` is not a folder");
    folder.run(&["build", "stack.obs", "-o", "out/below"]).exits(2).says("out/below");
    assert_eq!(folder.read("out"), "a file");
}

#[test]
fn a_manifest_that_leads_out_of_the_folder_is_not_believed() {
    let folder = clean();
    folder.run(&["build", "stack.obs"]).exits(0);
    folder.write("precious", "precious");
    let manifest = folder.read("out/.obs-manifest.json");
    // SHA-256 of `precious`
    let hash = obs_compiler::outputs::hash(b"precious");
    let entries = ["../precious", &folder.path().join("precious").display().to_string(), "kubernetes/../../precious"]
        .map(|path| format!("\"{path}\": [\"{hash}\"],"));
    folder.write(
        "out/.obs-manifest.json",
        manifest.replace("\"files\": {", &format!("\"files\": {{{}", entries.concat())),
    );
    folder.run(&["build", "stack.obs"]).exits(0);
    assert_eq!(folder.read("precious"), "precious");
}

#[test]
fn a_manifest_that_cant_be_understood_vouches_for_nothing() {
    let folder = clean();
    folder.run(&["build", "stack.obs"]).exits(0);
    for broken in [&b"<<<<<<< HEAD"[..], b"\xff\xfe", b"[]", b""] {
        folder.write("out/.obs-manifest.json", broken);
        folder.write("stack.obs", smaller());
        let before = folder.tree("out");
        folder.run(&["build", "stack.obs"]).exits(2).says("nothing was written");
        assert_eq!(before, folder.tree("out"));
        // as it was written: nothing to overwrite, and the manifest is made anew
        folder.write("stack.obs", CLEAN);
        folder.run(&["build", "stack.obs"]).exits(0);
        folder.write("out/.obs-manifest.json", folder.read("out/.obs-manifest.json"));
    }
}

#[cfg(unix)]
mod links {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_link_in_the_place_of_a_file_is_not_followed() {
        let folder = clean();
        folder.write("precious", "precious");
        fs::create_dir_all(folder.path().join("out/kubernetes/base")).expect("folders can be made");
        symlink(folder.path().join("precious"), folder.path().join("out/kubernetes/base/kustomization.yaml"))
            .expect("a link");
        folder.run(&["build", "stack.obs"]).exits(2).says("kustomization.yaml");
        // by force the link goes; where it led is left alone
        folder.run(&["build", "stack.obs", "--force"]).exits(0);
        assert_eq!(folder.read("precious"), "precious");
        assert!(folder.read("out/kubernetes/base/kustomization.yaml").contains("Kustomization"));
    }

    #[test]
    fn a_link_in_the_place_of_a_folder_is_not_followed() {
        let folder = clean();
        fs::create_dir_all(folder.path().join("elsewhere")).expect("folders can be made");
        fs::create_dir_all(folder.path().join("out/kubernetes")).expect("folders can be made");
        symlink(folder.path().join("elsewhere"), folder.path().join("out/kubernetes/base")).expect("a link");
        for arguments in [&["build", "stack.obs"][..], &["build", "stack.obs", "--force"]] {
            folder.run(arguments).exits(2).says("a link is in the way");
        }
        assert_eq!(folder.tree("elsewhere").len(), 0);
    }

    #[test]
    fn what_is_linked_beside_our_files_stays_linked() {
        let folder = clean();
        folder.run(&["build", "stack.obs"]).exits(0);
        symlink("../nowhere", folder.path().join("out/kubernetes/base/web/link")).expect("a link");
        folder.write("stack.obs", smaller());
        folder.run(&["build", "stack.obs"]).exits(0);
        assert_eq!(
            fs::read_link(folder.path().join("out/kubernetes/base/web/link")).expect("a link"),
            Path::new("../nowhere")
        );
    }

    #[test]
    fn an_output_folder_that_is_a_link_is_meant() {
        let folder = clean();
        fs::create_dir(folder.path().join("real")).expect("a folder");
        symlink("real", folder.path().join("out")).expect("a link");
        folder.run(&["build", "stack.obs"]).exits(0);
        assert!(folder.path().join("real/kubernetes/base/kustomization.yaml").is_file());
    }

    #[test]
    fn rights_and_other_peoples_files_survive_a_rebuild() {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        let folder = clean();
        folder.run(&["build", "stack.obs"]).exits(0);
        let (base, mine) = (folder.path().join("out/kubernetes/base"), folder.path().join("out/kubernetes/base/mine"));
        fs::set_permissions(&base, fs::Permissions::from_mode(0o750)).expect("rights can be set");
        folder.write("out/kubernetes/base/mine", "mine");
        let inode = fs::metadata(&mine).expect("it is there").ino();
        folder.write("stack.obs", smaller());
        folder.run(&["build", "stack.obs"]).exits(0);
        assert_eq!(fs::metadata(&base).expect("it is there").permissions().mode() & 0o777, 0o750);
        // the very file, not a copy: whoever has it open goes on writing into it
        assert_eq!(fs::metadata(&mine).expect("it is there").ino(), inode);
    }
}

#[test]
fn two_builds_at_once_leave_one_whole_tree() {
    let folder = clean();
    folder.write("other.obs", smaller());
    folder.run(&["build", "stack.obs", "-o", "first"]).exits(0);
    folder.run(&["build", "other.obs", "-o", "second"]).exits(0);
    let wanted = [folder.tree("first"), folder.tree("second")];
    for _ in 0..5 {
        let start = |file| {
            let mut command = folder.command(&["build", file]);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("obs can be started")
        };
        let both = [start("stack.obs"), start("other.obs")];
        let runs = both.map(|child| Run::of(child.wait_with_output().expect("obs ends")));
        assert!(runs.iter().any(|r| r.code == Some(0)));
        for run in runs.iter().filter(|r| r.code != Some(0)) {
            assert!(run.code == Some(2) && run.stderr.contains("another obs is writing into `out`"), "{}", run.stderr);
        }
        assert!(wanted.contains(&folder.tree("out")), "a mix of two builds");
    }
    assert_eq!(folder.left_over("out"), Vec::<String>::new());
}

#[test]
fn docs_are_written_and_checked_alike() {
    let folder = clean();
    folder.run(&["docs", "stack.obs", "--check"]).exits(1);
    folder.run(&["docs", "stack.obs"]).exits(0).says("next: read docs/README.md");
    folder.run(&["docs", "stack.obs", "--check"]).exits(0);
    folder.write("docs/README.md", "mine");
    folder.run(&["docs", "stack.obs"]).exits(2).says("--force");
    folder.run(&["docs", "stack.obs", "--force"]).exits(0);
}

#[test]
fn the_lock_beside_a_program_pins_its_images() {
    let digest = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let image = "registry.example.com/app:1.0";
    let lock = format!("{image} {digest}\n");
    let folder = Folder::with(&[("apps/stack.obs", CLEAN), ("apps/obs.lock", &lock), ("obs.lock", "of others\n")]);
    let stream = folder.run(&["build", "apps/stack.obs", "--stdout"]).exits(0).stdout;
    assert!(stream.contains(&format!("{image}@{digest}")), "{stream}");
    let folder = Folder::with(&[("stack.obs", CLEAN), ("obs.lock", &format!("{lock}# old\ngone:1 {digest}\n"))]);
    folder.run(&["check", "stack.obs", "--format", "short"]).exits(0).says("obs.lock:3:1: warning[OBS5114]");
    let folder = Folder::with(&[("stack.obs", CLEAN), ("obs.lock", &format!("{image}\n"))]);
    folder.run(&["check", "stack.obs", "--format", "short"]).exits(1).says("obs.lock:1:1: error[OBS1010]");
}
