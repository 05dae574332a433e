//! The part of the Compose Specification that is emitted, as types. Empty maps and lists are left out.

use crate::maps::IndexMap;
use serde::Serialize;

/// A Compose file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Project {
    pub name: String,
    pub services: IndexMap<String, Service>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub volumes: IndexMap<String, Volume>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub secrets: IndexMap<String, SecretFile>,
}

/// One container.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub(super) struct Service {
    pub image: String,
    /// Also names its own address from within.
    pub hostname: String,
    /// `UID:GID`.
    pub user: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entrypoint: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub environment: IndexMap<String, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<Port>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub networks: IndexMap<&'static str, Network>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_mode: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub volumes: Vec<Mount>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<SecretMount>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub depends_on: IndexMap<String, Dependency>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthcheck: Option<Healthcheck>,
    pub restart: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_grace_period: Option<String>,
    pub read_only: bool,
    pub cap_drop: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cap_add: Vec<&'static str>,
    pub security_opt: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deploy: Option<Deploy>,
}

/// A port of the container at one of the machine.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Port {
    pub target: u16,
    /// A number; the specification has it as a string.
    pub published: String,
    pub host_ip: &'static str,
    pub protocol: &'static str,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Network {
    pub aliases: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Mount {
    /// A folder beside the Compose file, never written to.
    Bind { source: String, target: String, read_only: bool, bind: BindOptions },
    /// A named volume.
    Volume { source: String, target: String },
    /// Memory that is gone with the container.
    Tmpfs { target: String, tmpfs: TmpfsOptions },
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct BindOptions {
    /// Else a folder that is missing would be made, empty.
    pub create_host_path: bool,
    /// Whether what is mounted below it later is seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub propagation: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct TmpfsOptions {
    /// Bytes.
    pub size: u64,
    /// Permission bits, as a decimal number: YAML readers differ over octal ones.
    pub mode: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct SecretMount {
    pub source: String,
    pub target: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Dependency {
    pub condition: &'static str,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Healthcheck {
    pub test: Vec<String>,
    pub interval: String,
    pub timeout: String,
    pub retries: i32,
    pub start_period: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Deploy {
    pub resources: Resources,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Resources {
    pub limits: Limits,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Limits {
    /// Bytes, with the unit `b`.
    pub memory: String,
}

/// A named volume with nothing special.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub(super) struct Volume {}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct SecretFile {
    pub file: String,
}
