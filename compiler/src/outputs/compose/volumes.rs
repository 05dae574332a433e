//! What outlives a container: named volumes, each owned by the user that writes to it.

use super::running;
use super::spec::{Mount, Service};
use crate::graph::{Component, Graph, Stack, Workload};
use crate::value::Value;

/// The service that hands volumes to the users of their components: an engine makes them for root, or for the user of
/// the image, and has no word for whose they should be.
pub(super) const OWNER: &str = "volume-owner";

/// A shell with `chown` and `chmod`, in 2 MB.
const OWNER_IMAGE: &str = "docker.io/library/busybox:1.37.0";

/// A named volume.
pub(super) struct Named {
    pub name: String,
    /// Where its component has it.
    pub path: String,
    /// Written to by several components.
    pub shared: bool,
}

/// The volumes of one instance.
pub(super) fn of_instance(graph: &Graph, component: &Component, workload: &Workload, instance: u32) -> Vec<Named> {
    let name = graph.instance_name(component, instance);
    let data = workload.data.as_ref();
    let data = data.map(|d| Named { name: format!("{name}-data"), path: d.path.to_string(), shared: false });
    let shared = workload.shared.iter().filter_map(|(path, volume)| match &volume.value {
        Value::Str(volume) => Some(Named { name: format!("shared-{volume}"), path: path.to_string(), shared: true }),
        _ => None,
    });
    data.into_iter().chain(shared).collect()
}

/// The service that runs first, if there is a volume.
pub(super) fn owner(stack: &Stack) -> Option<Service> {
    let (mut mounts, mut lines): (Vec<Mount>, Vec<String>) = (Vec::new(), Vec::new());
    for (component, workload) in running(stack) {
        let (user, group) = (workload.user, workload.group);
        let of = |instance| of_instance(&stack.graph, component, workload, instance);
        for volume in (0..component.replicas.count).flat_map(of) {
            let target = format!("/volumes/{}", volume.name);
            let mount = Mount::Volume { source: volume.name, target: target.clone() };
            if mounts.contains(&mount) {
                continue;
            }
            lines.push(match volume.shared {
                // each user adds files of its own
                true => format!("chmod 1777 {target}"),
                false => format!("chown {user}:{group} {target}"),
            });
            mounts.push(mount);
        }
    }
    (!mounts.is_empty()).then(|| Service {
        image: OWNER_IMAGE.to_owned(),
        hostname: OWNER.to_owned(),
        user: "0:0".to_owned(),
        entrypoint: vec!["sh".into(), "-ec".into()],
        command: vec![lines.join("\n")],
        network_mode: Some("none"),
        volumes: mounts,
        restart: "no",
        read_only: true,
        cap_drop: vec!["ALL"],
        cap_add: vec!["CHOWN", "FOWNER"],
        security_opt: vec!["no-new-privileges:true"],
        ..Service::default()
    })
}

/// Whether text may name a volume: it also stands in a path, and in a line of a shell.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}
