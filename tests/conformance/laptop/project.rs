//! The Compose file, read back by another reader than wrote it.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Project {
    #[serde(rename = "name")]
    _name: String,
    pub services: BTreeMap<String, Service>,
    pub volumes: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    pub secrets: BTreeMap<String, SecretFile>,
}

/// Where on the machine a secret is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretFile {
    pub file: String,
}

/// Where in a service it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretMount {
    pub source: String,
    pub target: String,
}

/// What a service says, of which all that a process can see is heeded.
#[derive(Deserialize)]
pub struct Service {
    pub image: String,
    pub hostname: String,
    pub user: String,
    #[serde(default)]
    pub entrypoint: Vec<String>,
    #[serde(default)]
    pub command: Vec<String>,
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    #[serde(default)]
    pub ports: Vec<Port>,
    #[serde(default)]
    pub networks: BTreeMap<String, Network>,
    #[serde(default)]
    pub volumes: Vec<Mount>,
    #[serde(default)]
    pub secrets: Vec<SecretMount>,
    #[serde(default)]
    pub depends_on: BTreeMap<String, Dependency>,
    pub healthcheck: Option<Healthcheck>,
    pub read_only: bool,
}

#[derive(Deserialize)]
pub struct Port {
    pub published: String,
    pub host_ip: String,
}

#[derive(Deserialize)]
pub struct Network {
    pub aliases: Vec<String>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Mount {
    Bind { source: String, target: String, read_only: bool },
    Volume { source: String, target: String },
    Tmpfs { target: String, tmpfs: Tmpfs },
}

#[derive(Deserialize)]
pub struct Tmpfs {
    pub size: u64,
    pub mode: u32,
}

#[derive(Deserialize)]
pub struct Dependency {
    pub condition: String,
}

#[derive(Deserialize)]
pub struct Healthcheck {
    pub test: Vec<String>,
}

impl Project {
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).expect("it was written");
        serde_yaml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}\n{text}", path.display()))
    }
}

impl Service {
    /// The last part of the image's name, without its version.
    pub fn product(&self) -> &str {
        let name = self.image.rsplit('/').next().unwrap_or_default();
        name.split(':').next().unwrap_or_default()
    }
}

/// Text as the container gets it: `$$` is a `$`.
pub fn plain(text: &str) -> String {
    text.replace("$$", "$")
}
