//! Programs out of Go modules that can't be installed as they are: such a module replaces others by folders beside it.
//! A module of ours takes over its `go.mod`, with each of these folders as the released module that it is, and requires
//! the program's.

use obs_tests::cache::run;
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How a program is compiled.
pub struct Settings {
    /// Build tags, separated by commas.
    pub tags: &'static str,
    /// Variables that the linker sets: versions.
    pub variables: &'static [(&'static str, &'static str)],
}

impl Settings {
    /// As it is.
    pub const NONE: Self = Self { tags: "", variables: &[] };
}

/// A program and its module.
pub struct Wrapped {
    pub module: &'static str,
    pub version: &'static str,
    /// The program's package; `.` for [`main`](Self::main).
    pub package: &'static str,
    /// The version of the modules that it replaces by folders.
    pub siblings: &'static str,
    /// Required modules whose path starts so are left out; empty: none. Nobody needs them, and not all are served.
    pub without: &'static str,
    /// A module whose `go.sum` has checksums that the database lacks.
    pub sums_of: Option<&'static str>,
    /// The text of a main package of ours; empty: the program has its own.
    pub main: &'static str,
    pub settings: Settings,
}

/// A program that holds pages which its module lacks: other tools make them.
pub struct Paged {
    /// With its version.
    pub module: &'static str,
    /// The program's package.
    pub package: &'static str,
    /// Where a page stands in for those.
    pub pages: &'static [&'static str],
    pub settings: Settings,
}

/// What `go mod download -json` says of a module.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Downloaded {
    pub dir: PathBuf,
    go_mod: PathBuf,
}

/// What `go mod edit -json` says of a module.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GoMod {
    require: Option<Vec<Module>>,
    replace: Option<Vec<Replacement>>,
    tool: Option<Vec<Module>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Module {
    path: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Replacement {
    old: Module,
    new: Module,
}

/// Fetches a module, named with its version.
pub fn download(module: &str) -> Result<Downloaded, String> {
    let said = run(Command::new("go").args(["mod", "download", "-json", module]))?;
    serde_json::from_slice(&said).map_err(|e| format!("`go`: {e}"))
}

/// `go install` or `go build`, with these settings.
pub fn go(verb: &str, settings: &Settings) -> Command {
    let set: String = settings.variables.iter().map(|(name, value)| format!(" -X {name}={value}")).collect();
    let mut command = Command::new("go");
    command.args([verb, "-trimpath", "-tags", settings.tags, "-ldflags"]).arg(format!("-s -w{set}"));
    command.env("CGO_ENABLED", "0");
    command
}

impl Wrapped {
    /// For the rest of one that needs little.
    pub const PLAIN: Self = Self {
        module: "",
        version: "",
        package: "",
        siblings: "",
        without: "",
        sums_of: None,
        main: "",
        settings: Settings::NONE,
    };

    /// Compiles it to `bin/PROGRAM` in the folder.
    pub fn build(&self, program: &str, folder: &Path) -> Result<(), String> {
        let source = folder.join("source");
        self.wrap(&source).map_err(|e| format!("{}: {e}", source.display()))?;
        let mut command = go("build", &self.settings);
        command.args(["-mod=mod", "-buildvcs=false", "-o"]).arg(folder.join("bin").join(program)).arg(self.package);
        run(command.current_dir(&source)).map(drop)
    }

    fn wrap(&self, source: &Path) -> Result<(), String> {
        let io = |e: std::io::Error| e.to_string();
        let downloaded = download(&format!("{}@{}", self.module, self.version))?;
        fs::create_dir_all(source).map_err(io)?;
        fs::write(source.join("go.mod"), fs::read(&downloaded.go_mod).map_err(io)?).map_err(io)?;
        let own = "package main\n\nfunc main() {}\n";
        fs::write(source.join("main.go"), if self.main.is_empty() { own } else { self.main }).map_err(io)?;
        let edit = || {
            let mut command = Command::new("go");
            command.args(["mod", "edit"]).current_dir(source);
            command
        };
        let module: GoMod = serde_json::from_slice(&run(edit().arg("-json"))?).map_err(|e| e.to_string())?;
        run(edit().args(self.edits(&module)))?;
        self.sums(&downloaded.dir, source)
    }

    fn edits(&self, module: &GoMod) -> Vec<String> {
        let mut out = vec!["-module=wrapped".to_owned(), format!("-require={}@{}", self.module, self.version)];
        let unwanted = |path: &str| !self.without.is_empty() && path.starts_with(self.without);
        for tool in module.tool.iter().flatten() {
            out.push(format!("-droptool={}", tool.path));
        }
        for required in module.require.iter().flatten().filter(|m| unwanted(&m.path)) {
            out.push(format!("-droprequire={}", required.path));
        }
        for replaced in module.replace.iter().flatten() {
            let path = &replaced.old.path;
            if unwanted(path) {
                out.push(format!("-dropreplace={path}"));
            } else if replaced.new.path.starts_with('.') {
                out.push(format!("-replace={path}={path}@{}", self.siblings));
            }
        }
        out
    }

    /// The checksums of the release itself, then those of another module.
    fn sums(&self, released: &Path, source: &Path) -> Result<(), String> {
        let io = |e: std::io::Error| e.to_string();
        let mut sums = fs::read_to_string(released.join("go.sum")).unwrap_or_default();
        if let Some(other) = self.sums_of {
            sums += &fs::read_to_string(download(other)?.dir.join("go.sum")).map_err(io)?;
        }
        fs::write(source.join("go.sum"), sums).map_err(io)
    }
}

impl Paged {
    /// Compiles it to `bin/PROGRAM` in the folder, from a copy of its sources.
    pub fn build(&self, program: &str, folder: &Path) -> Result<(), String> {
        let source = folder.join("source");
        let io = |e: std::io::Error| format!("{}: {e}", source.display());
        copy(&download(self.module)?.dir, &source).map_err(io)?;
        for page in self.pages {
            let place = source.join(page);
            fs::create_dir_all(place.parent().unwrap_or(&source)).map_err(io)?;
            fs::write(place, "<html><body>no pages</body></html>\n").map_err(io)?;
        }
        let mut command = go("build", &self.settings);
        command.args(["-buildvcs=false", "-o"]).arg(folder.join("bin").join(program)).arg(self.package);
        run(command.current_dir(&source)).map(drop)
    }
}

/// Copies files by their content alone: those of modules are read-only.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy(&entry.path(), &place)?,
            false => fs::write(place, fs::read(entry.path())?)?,
        }
    }
    Ok(())
}
