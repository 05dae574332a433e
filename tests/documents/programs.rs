//! Programs to draw, and `obs` run on them.

use obs_tests::programs::{obs, root};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The example that the guide's stack became.
pub fn observability() -> PathBuf {
    root().join("examples/observability/stack.obs")
}

/// A program whose names, titles and docs hold what each format gives a meaning to.
pub const HOSTILE: &str = r#"
//! Of <b> & | pipes
import std.{Prometheus, Pods, KubernetesApi}
cluster c { domain: "example.com" }
namespace a "A \"quoted\" <script>alert(1)</script> `title` --> %% ]] | 語" {
  layer l "L {x} #1; &amp; *b*" {
    /// Keeps | pipes, <i>tags</i> and `ticks`.
    component one: Prometheus { title: "end subgraph \"]" }
  }
}
component apps: Pods
component kubernetes: KubernetesApi
one -> apps: scrape
one -> kubernetes: discover
"#;

/// What `obs` says on stdout; it must end well.
pub fn run(arguments: &[&str]) -> String {
    let out = Command::new(obs()).args(arguments).output().expect("obs was built and starts");
    let shown = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "obs {arguments:?} failed:\n{shown}");
    String::from_utf8(out.stdout).expect("obs writes UTF-8")
}

/// A picture of a program.
pub fn diagram(program: &Path, format: &str) -> String {
    run(&["diagram", &program.display().to_string(), "--format", format])
}

/// The program written to a folder of its own.
pub fn written(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("stack.obs");
    std::fs::write(&path, text).expect("the folder is writable");
    (folder, path)
}
