//! The programs `obs` and `obs-lsp` as built from this tree, and where things are in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The root of the repository.
pub fn root() -> &'static Path {
    // this crate is a member of the workspace, one folder below its root
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is in a folder of the workspace")
}

/// The built `obs`.
pub fn obs() -> PathBuf {
    built().join(format!("obs{}", std::env::consts::EXE_SUFFIX))
}

/// The built `obs-lsp`.
pub fn obs_lsp() -> PathBuf {
    built().join(format!("obs-lsp{}", std::env::consts::EXE_SUFFIX))
}

/// The folder of binaries, built once a test process: cargo builds those of other packages for nobody.
fn built() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let mut cargo = cargo();
        cargo.args(["build", "--quiet", "--workspace", "--bins"]).current_dir(root()).stdin(Stdio::null());
        let profile = profile_folder();
        if profile.ends_with("release") {
            cargo.arg("--release");
        }
        let status = cargo.status().expect("cargo runs these tests, so it is there");
        assert!(status.success(), "cargo build failed");
        profile
    })
}

/// The cargo that runs this program, as a person would call it: with what it tells of the package that it runs, build
/// scripts that ask for that (ring's) would run again, and all that needs them would be built again.
pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let told = |name: &str| ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|start| name.starts_with(start));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(told)) {
        cargo.env_remove(name);
    }
    cargo
}

/// `target/debug` or `target/release`: where this program is, or one folder above it if it is a test.
fn profile_folder() -> PathBuf {
    let own = std::env::current_exe().expect("the path of a running program is known");
    let folder = own.parent().expect("a program is in a folder");
    let profile = if folder.ends_with("deps") { folder.parent().expect("deps is in PROFILE") } else { folder };
    profile.to_path_buf()
}
