//! What the tests of this suite need of others: Node's packages and the editors. See [`obs_tests::cache`].

use obs_tests::cache::{cached, missing, on_path, program, run};
use obs_tests::programs::root;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The release of Debian that has the newest editors, whatever this machine has.
const RELEASE: &str = "forky";
/// Its packages that are unpacked, with what they need.
const PACKAGES: &[&str] = &["neovim", "hx", "emacs-nox", "tree-sitter-cli"];

/// Node with the packages that a folder of the repository locks.
pub struct Node {
    program: PathBuf,
    modules: PathBuf,
}

impl Node {
    /// Node, with the packages of `folder`'s `package-lock.json`.
    pub fn with(folder: &str) -> Option<Self> {
        let program = program(&["node"])?;
        let modules = packages(folder)?.join("node_modules");
        Some(Self { program, modules })
    }

    /// Node alone.
    pub fn plain() -> Option<Self> {
        Some(Self { program: program(&["node"])?, modules: PathBuf::new() })
    }

    /// A script of `tests/editors/node`, which sees the packages.
    pub fn script(&self, name: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(root().join("tests/editors/node").join(name)).env("NODE_PATH", &self.modules);
        command
    }

    /// A program of a package.
    pub fn bin(&self, name: &str) -> PathBuf {
        self.modules.join(".bin").join(name)
    }

    /// Where the packages are.
    pub fn modules(&self) -> &Path {
        &self.modules
    }
}

/// A folder with the packages that `folder`'s lock names, in the cache; another lock has another folder.
fn packages(folder: &str) -> Option<PathBuf> {
    let from = root().join(folder);
    let lock = std::fs::read_to_string(from.join("package-lock.json")).expect("a lock of the repository");
    let name = format!("editors-{}", folder.rsplit('/').next().unwrap_or_default());
    cached(&name, &format!("{:016x}", digest(&lock)), |to| {
        for file in ["package.json", "package-lock.json"] {
            std::fs::copy(from.join(file), to.join(file)).map_err(|e| e.to_string())?;
        }
        run(npm(to).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
        // Visual Studio Code's own packages: its installer leaves them to a script, and scripts aren't run
        let vscode = to.join("node_modules/code-server/lib/vscode");
        for inner in [vscode.clone(), vscode.join("extensions")] {
            if inner.join("package.json").is_file() {
                let mut install = npm(&inner);
                install.args(["install", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]);
                run(install.env("npm_config_user_agent", "npm"))?;
            }
        }
        Ok(())
    })
}

fn npm(folder: &Path) -> Command {
    let mut npm = Command::new("npm");
    npm.current_dir(folder);
    npm
}

/// FNV-1a, for names of folders.
fn digest(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Programs of a release of Debian, unpacked beside this machine's own and started with their own libraries.
pub struct Debian {
    root: PathBuf,
}

impl Debian {
    /// The programs, fetched with `apt` from where this machine has its packages.
    pub fn find() -> Option<Self> {
        if on_path(&["apt-get"]).is_none() || on_path(&["dpkg"]).is_none() {
            missing("no `apt-get` and `dpkg`, for editors from Debian's packages");
            return None;
        }
        let folder = cached("editors", RELEASE, |folder| {
            let apt = Apt::new(folder)?;
            run(apt.get().arg("update"))?;
            run(apt.get().args(["install", "--yes", "--download-only"]).args(PACKAGES))?;
            let archives = std::fs::read_dir(folder.join("cache/archives")).map_err(|e| e.to_string())?;
            let archives = archives.filter_map(|entry| Some(entry.ok()?.path()));
            for archive in archives.filter(|path| path.extension().is_some_and(|e| e == "deb")) {
                run(Command::new("dpkg").arg("--extract").arg(&archive).arg(folder.join("root")))?;
            }
            // what was unpacked isn't needed again
            std::fs::remove_dir_all(folder.join("cache")).map_err(|e| e.to_string())
        })?;
        Some(Self { root: folder.join("root") })
    }

    /// Where a file of the packages is.
    pub fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    /// The command line of a program: the loader of its own libraries starts it.
    pub fn command_line(&self, program: &str) -> Vec<String> {
        let libraries = self.path(&format!("usr/lib/{}-linux-gnu", std::env::consts::ARCH));
        let loader = std::fs::read_dir(&libraries).ok().and_then(|mut entries| {
            entries.find_map(|e| Some(e.ok()?.path()).filter(|p| p.to_string_lossy().contains("/ld-linux")))
        });
        let loader = loader.expect("libc's packages have a loader");
        let program = std::fs::canonicalize(self.path(program)).expect("the packages have it");
        [&loader, Path::new("--library-path"), &libraries, &program].map(|p| p.display().to_string()).to_vec()
    }

    /// The same as a command.
    pub fn command(&self, program: &str) -> Command {
        let line = self.command_line(program);
        let mut command = Command::new(&line[0]);
        command.args(&line[1..]);
        command
    }
}

/// `apt` that knows one release, and nothing of what is installed.
struct Apt {
    config: PathBuf,
}

impl Apt {
    fn new(folder: &Path) -> Result<Self, String> {
        for needed in ["state/lists/partial", "cache/archives/partial", "root"] {
            std::fs::create_dir_all(folder.join(needed)).map_err(|e| e.to_string())?;
        }
        let format = "$(REPO_URI) $(ORIGIN) $(COMPONENT) $(CODENAME) $(SIGNED_BY)";
        let known = run(Command::new("apt-get").args(["indextargets", "--format", format, "Created-By: Packages"]))?;
        let known = String::from_utf8_lossy(&known);
        let debian = known.lines().map(|line| line.split(' ').collect::<Vec<_>>()).find(|words| {
            words.get(1..3) == Some(&["Debian", "main"]) && words.get(3).is_some_and(|name| !name.contains('-'))
        });
        let source = debian.ok_or("this machine has no packages of Debian's")?[0];
        let keys = Path::new("/usr/share/keyrings/debian-archive-keyring.gpg");
        let signed = if keys.is_file() { format!("[signed-by={}] ", keys.display()) } else { String::new() };
        let sources = folder.join("sources.list");
        let config = folder.join("apt.conf");
        let at = |name: &str| folder.join(name).display().to_string();
        let settings = [
            ("Dir::Etc::sourcelist", at("sources.list")),
            ("Dir::Etc::sourceparts", "-".to_owned()),
            ("Dir::State", at("state")),
            ("Dir::State::status", at("state/status")),
            ("Dir::Cache", at("cache")),
            ("APT::Install-Recommends", "false".to_owned()),
            ("APT::Sandbox::User", "root".to_owned()),
            ("Debug::NoLocking", "true".to_owned()),
        ];
        let settings: String = settings.iter().map(|(name, value)| format!("{name} \"{value}\";\n")).collect();
        let write = |path: &Path, text: &str| std::fs::write(path, text).map_err(|e| e.to_string());
        write(&sources, &format!("deb {signed}{source} {RELEASE} main\n"))?;
        write(&folder.join("state/status"), "")?;
        write(&config, &settings)?;
        Ok(Self { config })
    }

    fn get(&self) -> Command {
        let mut command = Command::new("apt-get");
        command.arg("--quiet").env("APT_CONFIG", &self.config);
        command
    }
}
