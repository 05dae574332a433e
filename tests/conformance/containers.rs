//! What a container of an emitted workload would find: its files, its arguments, its environment.

use obs_compiler::graph::Stack;
use obs_compiler::outputs::kubernetes::Object;
use obs_tests::stacks::{self, programs};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// One container as it would run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Container {
    /// `app.kubernetes.io/name` of its pod: which product it is.
    pub product: String,
    /// The image, with its version.
    pub image: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Files from ConfigMaps, by path.
    pub files: BTreeMap<String, String>,
    /// Everything that is mounted, save `/tmp`, which is here as there.
    pub folders: Vec<String>,
}

/// The distinct containers of a product over all programs and profiles, with a name for each.
pub fn of(product: &str) -> Vec<(String, Container)> {
    let mut out: BTreeMap<Container, String> = BTreeMap::new();
    for program in programs() {
        for stack in program.stacks.iter() {
            for container in in_stack(stack, product) {
                out.entry(container).or_insert_with(|| format!("{} at {}", program.name, stack.graph.profile));
            }
        }
    }
    assert!(!out.is_empty(), "no program has a {product}");
    out.into_iter().map(|(container, name)| (name, container)).collect()
}

/// The containers of a product in one profile of a program.
pub fn in_stack(stack: &Stack, product: &str) -> Vec<Container> {
    let objects = stacks::objects(stack);
    objects.iter().filter_map(|o| container(o, &objects)).filter(|c| c.product == product).collect()
}

fn container(object: &Object, all: &[Object]) -> Option<Container> {
    let template = object.json.pointer("/spec/template")?;
    let container = template.pointer("/spec/containers/0")?;
    let volumes = template.pointer("/spec/volumes").and_then(Json::as_array)?;
    let mut files = BTreeMap::new();
    let mut folders = Vec::new();
    for mount in container["volumeMounts"].as_array().into_iter().flatten() {
        let folder = mount["mountPath"].as_str()?;
        if folder != "/tmp" {
            folders.push(folder.to_owned());
        }
        let volume = volumes.iter().find(|v| v["name"] == mount["name"]);
        let Some(map) = volume.and_then(|v| v.get("configMap")) else { continue };
        let data = &all.iter().find(|o| o.kind() == "ConfigMap" && map["name"] == o.name())?.json["data"];
        for item in map["items"].as_array()? {
            let path = format!("{folder}/{}", item["path"].as_str()?);
            files.insert(path, data[item["key"].as_str()?].as_str()?.to_owned());
        }
    }
    let words =
        |list: &Json| list.as_array().into_iter().flatten().filter_map(Json::as_str).map(str::to_owned).collect();
    Some(Container {
        product: template.pointer("/metadata/labels/app.kubernetes.io~1name")?.as_str()?.to_owned(),
        image: container["image"].as_str()?.to_owned(),
        args: words(&container["args"]),
        files,
        folders,
    })
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
        self.args.iter().map(|arg| self.moved(below, arg)).collect()
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
