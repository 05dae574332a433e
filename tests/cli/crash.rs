//! Builds that end early: killed, interrupted, out of room. What was there stays, or what is new is there whole.

use crate::run::{CLEAN, Folder, Run};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A program of so many components, whose contents differ with `size`.
fn many(components: usize, size: usize) -> String {
    let namespace = CLEAN.find("namespace web").expect("it has one");
    let each: String = (0..components).map(|n| format!("  component c{n}: App {{ size: {size} }}\n")).collect();
    let flows: String = (1..components).map(|n| format!("c{} -> c{n}: http\n", n - 1)).collect();
    format!("{}namespace web {{\n{each}}}\n\n{flows}", &CLEAN[..namespace])
}

fn start(folder: &Folder, arguments: &[&str]) -> Child {
    folder.command(arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("obs can be started")
}

/// How many builds are killed.
const KILLS: u32 = 24;

/// Waits until a build has begun to write what an earlier one hasn't left.
fn until_it_writes(folder: &Folder, child: &mut Child) {
    let before = folder.left_over("out");
    while folder.left_over("out") == before && child.try_wait().expect("obs can be waited for").is_none() {}
}

/// How long a build writes.
fn time_to_write(folder: &Folder, arguments: &[&str]) -> Duration {
    let mut child = start(folder, arguments);
    until_it_writes(folder, &mut child);
    let begin = Instant::now();
    child.wait().expect("a child can be waited for");
    begin.elapsed()
}

#[cfg(unix)]
#[test]
fn a_killed_build_leaves_the_old_tree_or_the_new_one() {
    let folder = Folder::with(&[("a.obs", &many(20, 1)), ("b.obs", &many(15, 2))]);
    for (file, out) in [("a.obs", "old"), ("b.obs", "new")] {
        folder.run(&["build", file, "-o", out]).exits(0);
    }
    let trees = [folder.tree("old"), folder.tree("new")];
    folder.run(&["build", "a.obs"]).exits(0);
    folder.write("out/kubernetes/base/web/c19/mine", "mine");
    let with_mine = trees.clone().map(|mut tree| {
        tree.insert(Path::new("kubernetes/base/web/c19/mine").to_path_buf(), b"mine".to_vec());
        tree
    });
    let writing = time_to_write(&folder, &["build", "b.obs"]);
    let mut leftovers = 0;
    for turn in 0..KILLS {
        // alternating, so that each kill hits a build that changes all
        let file = if turn % 2 == 0 { "a.obs" } else { "b.obs" };
        let mut child = start(&folder, &["build", file]);
        until_it_writes(&folder, &mut child);
        sleep(writing * turn / KILLS);
        child.kill().expect("a child can be killed");
        child.wait().expect("a child can be waited for");
        let tree = folder.tree("out");
        assert!(with_mine.contains(&tree), "turn {turn}: neither the old tree nor the new one: {:?}", tree.keys());
        leftovers += folder.left_over("out").len();
    }
    assert!(leftovers > 0, "no kill hit a build while it wrote");
    // the next build clears away and carries on as if nothing had been
    folder.run(&["build", "b.obs"]).exits(0);
    assert_eq!(folder.tree("out"), with_mine[1]);
    assert_eq!(folder.left_over("out"), Vec::<String>::new());
    folder.run(&["build", "b.obs", "--check"]).exits(0);
}

#[cfg(unix)]
fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([name, &child.id().to_string()]).status();
    assert!(status.expect("kill can be started").success());
}

#[cfg(unix)]
#[test]
fn a_build_that_is_interrupted_leaves_nothing_behind() {
    ended_by("-INT", 130);
}

#[cfg(unix)]
#[test]
fn a_build_that_is_to_end_leaves_nothing_behind() {
    ended_by("-TERM", 143);
}

#[cfg(unix)]
#[test]
fn a_build_whose_terminal_is_closed_leaves_nothing_behind() {
    ended_by("-HUP", 129);
}

/// Ends builds by a signal at several moments.
#[cfg(unix)]
fn ended_by(name: &str, code: i32) {
    let folder = Folder::with(&[("a.obs", &many(60, 1))]);
    folder.run(&["build", "a.obs", "-o", "whole"]).exits(0);
    let whole = folder.tree("whole");
    let mut interrupted = 0;
    for turn in 0..12 {
        let _ = fs::remove_dir_all(folder.path().join("out"));
        let child = start(&folder, &["build", "a.obs"]);
        while folder.left_over("out").is_empty() && !folder.path().join("out/.obs-manifest.json").exists() {}
        sleep(Duration::from_millis(turn));
        signal(&child, name);
        let run = Run::of(child.wait_with_output().expect("obs ends"));
        // on a busy machine the interrupt can come when all is done
        let late = run.code == Some(0);
        assert!(late || run.code == Some(code), "{:?}: {}", run.code, run.stderr);
        if run.stderr.contains("interrupted; nothing was changed") {
            assert!(!late);
            interrupted += 1;
            assert!(!folder.path().join("out").exists(), "turn {turn}");
        } else {
            assert_eq!(folder.tree("out"), whole, "turn {turn}");
            assert_eq!(folder.left_over("out"), Vec::<String>::new());
        }
    }
    assert!(interrupted > 0, "no {name} came while it wrote");
}

#[cfg(target_os = "linux")]
#[test]
fn who_is_to_outlive_the_terminal_does() {
    let folder = Folder::with(&[("a.obs", CLEAN)]);
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' HUP; exec \"$0\" check a.obs --watch"]).arg(obs_tests::programs::obs());
    command.current_dir(folder.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("a shell");
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    // only then are signals caught
    assert!(lines.by_ref().any(|line| line.expect("UTF-8").contains("watching")));
    signal(&child, "-HUP");
    sleep(Duration::from_millis(500));
    assert!(child.try_wait().expect("obs can be waited for").is_none(), "it ended");
    signal(&child, "-TERM");
    assert_eq!(child.wait().expect("obs ends").code(), Some(143));
}

/// Runs with a file system mounted at `out` for as long as it takes.
#[cfg(target_os = "linux")]
fn mounted(folder: &Folder, options: &str, work: impl FnOnce()) -> bool {
    let out = folder.path().join("out");
    fs::create_dir(&out).expect("a folder can be made");
    let mut mount = Command::new("mount");
    mount.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(&out).stderr(Stdio::null());
    if !mount.status().is_ok_and(|s| s.success()) {
        return false;
    }
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    let ended = Command::new("umount").arg(&out).status();
    if let Err(panic) = result {
        std::panic::resume_unwind(panic);
    }
    assert!(ended.is_ok_and(|s| s.success()), "umount failed");
    true
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_what_was_there() {
    let folder = Folder::with(&[("a.obs", CLEAN), ("b.obs", &many(40, 1))]);
    let done = mounted(&folder, "size=256k", || {
        folder.run(&["build", "a.obs"]).exits(0);
        let before = (folder.tree("out"), folder.read("out/.obs-manifest.json"));
        folder.run(&["build", "b.obs"]).exits(2).says("no space left on device");
        assert_eq!((folder.tree("out"), folder.read("out/.obs-manifest.json")), before);
        assert_eq!(folder.left_over("out"), Vec::<String>::new());
        folder.run(&["build", "a.obs", "--check"]).exits(0);
    });
    if !done {
        eprintln!("skipped: a_full_disk_leaves_what_was_there needs the right to mount");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_takes_no_single_file_either() {
    let folder = Folder::with(&[("a.obs", &many(60, 1))]);
    let done = mounted(&folder, "size=8k", || {
        folder.write("out/d.txt", "what was there");
        folder.run(&["diagram", "a.obs", "-o", "out/d.txt"]).exits(2).says("no space left on device");
        assert_eq!(folder.read("out/d.txt"), "what was there");
        assert_eq!(folder.left_over("out"), Vec::<String>::new());
    });
    if !done {
        eprintln!("skipped: a_full_disk_takes_no_single_file_either needs the right to mount");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_takes_a_first_program_whole_or_not_at_all() {
    let folder = Folder::with(&[]);
    let done = mounted(&folder, "size=64k", || {
        folder.write("out/filler", vec![0; 64 << 10]);
        for place in ["out/x", "out/x/y", "out"] {
            folder.run(&["init", place]).exits(2).says("no space left on device");
            assert_eq!(folder.tree("out").len(), 1, "{place}: {:?}", folder.tree("out").keys());
            assert_eq!(folder.left_over("out"), Vec::<String>::new());
            assert!(!folder.path().join("out/x").exists(), "{place}");
        }
        fs::remove_file(folder.path().join("out/filler")).expect("it can be removed");
        folder.run(&["init", "out/x/y"]).exits(0);
        folder.run(&["check", "out/x/y/stack.obs"]).exits(0);
    });
    if !done {
        eprintln!("skipped: a_full_disk_takes_a_first_program_whole_or_not_at_all needs the right to mount");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_read_only_folder_is_named() {
    let folder = Folder::with(&[("a.obs", CLEAN)]);
    let done = mounted(&folder, "ro,size=64k", || {
        folder.run(&["build", "a.obs"]).exits(2).says("can't write into `out`: read-only file system");
        folder.run(&["build", "a.obs", "-o", "out/x/y"]).exits(2).says("can't create `out/x/y`: read-only file system");
        folder.run(&["diagram", "a.obs", "-o", "out/d.txt"]).exits(2).says("can't write `out/d.txt`");
        folder.run(&["init", "out"]).exits(2).says("out");
    });
    if !done {
        eprintln!("skipped: a_read_only_folder_is_named needs the right to mount");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_stdout_is_told_of() {
    let folder = Folder::with(&[("a.obs", CLEAN)]);
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    for arguments in [&["build", "a.obs", "--stdout"][..], &["check", "a.obs", "--format", "json"], &["man"]] {
        let output = folder.command(arguments).stdout(full()).stderr(Stdio::piped()).output().expect("obs runs");
        Run::of(output).exits(2).says("can't write to stdout: no space left on device");
    }
}
