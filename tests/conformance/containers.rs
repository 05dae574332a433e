//! What a container of an emitted workload would find: its files, its arguments, its environment.

use crate::secrets;
use obs_compiler::graph::Stack;
use obs_compiler::outputs::OutputFile;
use obs_compiler::outputs::compose::Emitted;
use obs_compiler::outputs::kubernetes::Object;
use obs_tests::programs::root;
use obs_tests::stacks::{self, Program, program, programs};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// One container as it would run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Container {
    /// `app.kubernetes.io/name` of its pod: which product it is.
    pub product: String,
    /// The image, with its version.
    pub image: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Its environment: text, or the field of its pod.
    pub env: Vec<(String, Setting)>,
    /// What its readiness probe runs, where it isn't a page.
    pub probe: Vec<String>,
    /// Files from ConfigMaps, by path.
    pub files: BTreeMap<String, String>,
    /// Everything that is mounted, save `/tmp`, which is here as there.
    pub folders: Vec<String>,
    /// The folders of these that Secrets fill.
    pub secrets: Vec<String>,
}

/// What a variable is set to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setting {
    /// This.
    Text(String),
    /// A field of the pod.
    Field(String),
}

/// All programs, and the one whose containers are judged alone.
fn all() -> impl Iterator<Item = &'static Program> {
    static MATRIX: OnceLock<Program> = OnceLock::new();
    let matrix = MATRIX.get_or_init(|| program(&root().join("tests/conformance/matrix.obs")));
    programs().iter().chain(std::iter::once(matrix))
}

/// The distinct containers of a product over all programs and profiles, with a name for each.
pub fn of(product: &str) -> Vec<(String, Container)> {
    let mut out: BTreeMap<Container, String> = BTreeMap::new();
    for program in all() {
        for stack in program.stacks.iter() {
            for container in in_stack(stack, product) {
                out.entry(container).or_insert_with(|| format!("{} at {}", program.name, stack.graph.profile));
            }
        }
    }
    assert!(!out.is_empty(), "no program has a {product}");
    out.into_iter().map(|(container, name)| (name, container)).collect()
}

/// The same for all targets.
pub fn of_targets(product: &str) -> Vec<(String, Container)> {
    let mut out = of(product);
    for program in all() {
        for (stack, emitted) in program.stacks.iter().zip(&program.compose) {
            for container in on_one_machine(stack, emitted, product) {
                if !out.iter().any(|(_, known)| *known == container) {
                    out.push((format!("{} at {} on one machine", program.name, stack.graph.profile), container));
                }
            }
        }
    }
    out
}

/// Those of [`of`], and those that have other files on one machine and certificates: what is different there is where
/// others are, which matters to a program that starts where it must know them.
pub fn to_start(product: &str) -> Vec<(String, Container)> {
    let mut out = of(product);
    let more = of_targets(product).split_off(out.len());
    out.extend(more.into_iter().filter(|(_, container)| container.serves_tls()));
    out
}

/// The containers of a product in one profile of a program.
pub fn in_stack(stack: &Stack, product: &str) -> Vec<Container> {
    let objects = stacks::objects(stack);
    objects.iter().filter_map(|o| container(o, &objects)).filter(|c| c.product == product).collect()
}

/// The same containers with the files that they have on one machine.
fn on_one_machine(stack: &Stack, emitted: &Emitted, product: &str) -> Vec<Container> {
    let objects = stacks::objects(stack);
    let own = |object: &Object| {
        let container = container(object, &objects).filter(|c| c.product == product)?;
        let below = format!("config/{}", object.component.as_deref()?);
        let file = |f: &OutputFile| Some((f.path.strip_prefix(&below)?.to_owned(), f.text.clone()));
        let files = emitted.files.iter().filter_map(file).filter(|(path, _)| path.starts_with('/')).collect();
        Some(Container { files, ..container })
    };
    objects.iter().filter_map(own).collect()
}

fn container(object: &Object, all: &[Object]) -> Option<Container> {
    let template = object.json.pointer("/spec/template")?;
    let container = template.pointer("/spec/containers/0")?;
    let volumes = template.pointer("/spec/volumes").and_then(Json::as_array)?;
    let mut files = BTreeMap::new();
    let (mut folders, mut secrets) = (Vec::new(), Vec::new());
    for mount in container["volumeMounts"].as_array().into_iter().flatten() {
        let folder = mount["mountPath"].as_str()?;
        if folder != "/tmp" {
            folders.push(folder.to_owned());
        }
        let volume = volumes.iter().find(|v| v["name"] == mount["name"]);
        if volume.is_some_and(is_secret) {
            secrets.push(folder.to_owned());
        }
        for map in volume.into_iter().flat_map(config_maps).filter(|map| map.get("items").is_some()) {
            let Some(object) = all.iter().find(|o| o.kind() == "ConfigMap" && map["name"] == o.name()) else {
                continue;
            };
            for item in map["items"].as_array()? {
                let path = format!("{folder}/{}", item["path"].as_str()?);
                files.insert(path, object.json["data"][item["key"].as_str()?].as_str()?.to_owned());
            }
        }
    }
    let words =
        |list: &Json| list.as_array().into_iter().flatten().filter_map(Json::as_str).map(str::to_owned).collect();
    Some(Container {
        product: template.pointer("/metadata/labels/app.kubernetes.io~1name")?.as_str()?.to_owned(),
        image: container["image"].as_str()?.to_owned(),
        args: words(&container["args"]),
        probe: words(&container["readinessProbe"]["exec"]["command"]),
        env: container["env"].as_array().into_iter().flatten().filter_map(variable).collect(),
        files,
        folders,
        secrets,
    })
}

/// Whether a volume holds Secrets.
fn is_secret(volume: &Json) -> bool {
    let mut parts = volume["projected"]["sources"].as_array().into_iter().flatten();
    volume.get("secret").is_some() || parts.any(|part| part.get("secret").is_some())
}

/// The ConfigMaps of a volume: one, or several that fill it together.
fn config_maps(volume: &Json) -> impl Iterator<Item = &Json> {
    let parts = volume["projected"]["sources"].as_array().into_iter().flatten();
    std::iter::once(volume).chain(parts).filter_map(|v| v.get("configMap"))
}

fn variable(env: &Json) -> Option<(String, Setting)> {
    let text = |at: &str| env.pointer(at).and_then(Json::as_str).map(str::to_owned);
    let field = || text("/valueFrom/fieldRef/fieldPath").map(Setting::Field);
    Some((text("/name")?, text("/value").map(Setting::Text).or_else(field)?))
}

impl Container {
    /// Writes the files below a folder; paths in them and in the arguments that lie in one of the container's folders
    /// then lie below it too. Answers with the arguments.
    pub fn unpack(&self, below: &Path) -> Vec<String> {
        for (path, text) in &self.files {
            let place = at(below, path);
            std::fs::create_dir_all(place.parent().expect("a file is in a folder"))
                .expect("a temporary folder is writable");
            std::fs::write(place, self.moved(below, text)).expect("and so is a file in it");
        }
        for folder in &self.folders {
            std::fs::create_dir_all(at(below, folder)).expect("a temporary folder is writable");
        }
        if !self.secrets.is_empty() {
            let contents = secrets::contents(&self.hosts());
            for (folder, (name, content)) in self.secrets.iter().flat_map(|f| contents.iter().map(move |c| (f, c))) {
                std::fs::write(at(below, folder).join(name), content).expect("a temporary folder is writable");
            }
        }
        self.args.iter().map(|arg| self.moved(below, arg)).collect()
    }

    /// What its readiness probe runs after unpacking below a folder: the program's name and its arguments.
    pub fn probe_below(&self, below: &Path) -> Option<(&str, Vec<String>)> {
        let (program, args) = self.probe.split_first()?;
        Some((program.rsplit('/').next()?, args.iter().map(|arg| self.moved(below, arg)).collect()))
    }

    /// Its environment after unpacking below a folder, in a pod on loopback.
    pub fn environment(&self, below: &Path) -> Vec<(String, String)> {
        let value = |setting: &Setting| match setting {
            Setting::Text(text) => self.moved(below, text),
            Setting::Field(path) if path == "status.podIP" => "127.0.0.1".to_owned(),
            Setting::Field(path) => path.replace('.', "-"),
        };
        self.env.iter().map(|(name, setting)| (name.clone(), value(setting))).collect()
    }

    /// The names of Services in its files and arguments.
    fn hosts(&self) -> BTreeSet<String> {
        let texts = self.files.values().chain(&self.args);
        let words = texts.flat_map(|t| t.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '.')));
        let of_cluster = words.filter(|w| w.ends_with(".svc.cluster.local"));
        // on one machine a server is called as its service is
        let lines = self.files.values().flat_map(|text| text.lines());
        let told = lines.filter_map(|line| line.trim().strip_prefix("server_name: "));
        of_cluster.chain(told).map(str::to_owned).collect()
    }

    /// Whether it listens with a certificate of its own.
    pub fn serves_tls(&self) -> bool {
        self.secrets.iter().any(|folder| folder.ends_with("/server"))
    }

    /// Paths are taken for what they are: where no path goes on before or behind them.
    fn moved(&self, below: &Path, text: &str) -> String {
        let within_path = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let starts = !out.ends_with(within_path);
            let ends = |f: &String| !rest[f.len()..].starts_with(|c: char| c != '/' && c != '.' && within_path(c));
            match self.folders.iter().find(|f| starts && rest.starts_with(f.as_str()) && ends(f)) {
                Some(folder) => {
                    out.push_str(&format!("{}{folder}", below.display()));
                    rest = &rest[folder.len()..];
                }
                None => {
                    out.push(c);
                    rest = &rest[c.len_utf8()..];
                }
            }
        }
        out
    }
}

/// The container's path on this machine.
pub fn at(below: &Path, path: &str) -> PathBuf {
    below.join(path.trim_start_matches('/'))
}
