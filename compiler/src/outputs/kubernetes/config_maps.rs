//! Configuration files as ConfigMaps: one for each folder that no other folder holds.

use super::Context;
use super::labels::metadata;
use super::object::Packed;
use crate::outputs::Origin;
use crate::outputs::config::pointer_step;
use crate::outputs::config_files::{self, Rendered};
use crate::text::Span;
use crate::value::Value;
use k8s_openapi::api::core::v1::ConfigMap;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A ConfigMap and where its files go.
pub(super) struct Config {
    pub(super) object: Packed,
    /// Name of the ConfigMap.
    pub(super) name: String,
    /// The folder it is mounted at.
    pub(super) folder: String,
    /// Key and path below the folder.
    pub(super) items: Vec<(String, String)>,
    /// SHA-256 of what is in it.
    pub(super) checksum: String,
}

/// ConfigMaps hold at most 1 MiB; keys and metadata count too.
const MAX_BYTES: usize = 900 * 1024;

/// `files` are those of the component.
pub(super) fn config_maps(context: &Context<'_>, files: &[Rendered<'_>]) -> Vec<Config> {
    let mut out = Vec::new();
    for (number, folder) in config_files::folders(files).into_iter().enumerate() {
        let within: Vec<&Rendered<'_>> =
            files.iter().filter(|(f, _)| config_files::is_below(&folder, &f.path)).collect();
        for (part, chunk) in chunks(&within).into_iter().enumerate() {
            let name = match (number, part) {
                (0, 0) => format!("{}-config", context.name()),
                (n, 0) => format!("{}-config-{}", context.name(), n + 1),
                (n, p) => format!("{}-config-{}-{}", context.name(), n + 1, p + 1),
            };
            out.push(config_map(context, name, &folder, &chunk));
        }
    }
    out
}

/// Cuts a folder's files into what fits one ConfigMap.
fn chunks<'a>(files: &[&'a Rendered<'a>]) -> Vec<Vec<&'a Rendered<'a>>> {
    let mut out: Vec<Vec<&Rendered<'_>>> = vec![Vec::new()];
    let mut size = 0;
    for file in files {
        if size + file.1.len() > MAX_BYTES && size > 0 {
            out.push(Vec::new());
            size = 0;
        }
        size += file.1.len();
        if let Some(last) = out.last_mut() {
            last.push(file);
        }
    }
    out
}

fn config_map(context: &Context<'_>, name: String, folder: &str, files: &[&Rendered<'_>]) -> Config {
    let mut data = BTreeMap::new();
    let mut items = Vec::new();
    let mut origins = Vec::new();
    for (file, text) in files {
        let below = file.path.strip_prefix(folder).unwrap_or(&file.path).trim_start_matches('/').to_owned();
        // keys can't hold `/`
        let key: String = below
            .split('/')
            .map(|s| s.chars().map(|c| if c.is_ascii_alphanumeric() || "-._".contains(c) { c } else { '-' }).collect())
            .collect::<Vec<String>>()
            .join("--");
        let mut pointer = "/data".to_owned();
        pointer_step(&mut pointer, &key);
        origins.push(Origin { pointer: pointer.clone(), span: file.span });
        places(&file.content.value, &mut pointer, &mut origins);
        data.insert(key.clone(), text.to_string());
        items.push((key, below));
    }
    let mut hash = Sha256::new();
    for (key, text) in &data {
        hash.update(key.as_bytes());
        hash.update([0]);
        hash.update(text.as_bytes());
        hash.update([0]);
    }
    let checksum: String = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    let map = ConfigMap { metadata: metadata(context, &name), data: Some(data), ..ConfigMap::default() };
    let span = files.first().map_or(context.component.span, |(f, _)| f.span);
    let mut object = Packed::new(&map, Some(context.name()), span);
    object.origins.extend(origins);
    Config { object, name, folder: folder.to_owned(), items, checksum }
}

/// The places that a file's content came from, by pointer into it.
fn places(value: &Value, pointer: &mut String, out: &mut Vec<Origin>) {
    let mut step = |name: &str, value: &Value, span: Span, pointer: &mut String| {
        let length = pointer.len();
        pointer_step(pointer, name);
        out.push(Origin { pointer: pointer.clone(), span });
        places(value, pointer, out);
        pointer.truncate(length);
    };
    match value {
        Value::Record(record) => record.iter().for_each(|(k, v)| step(k, &v.value, v.span, pointer)),
        Value::List(list) => {
            list.iter().enumerate().for_each(|(i, v)| step(&i.to_string(), &v.value, v.span, pointer));
        }
        _ => {}
    }
}
