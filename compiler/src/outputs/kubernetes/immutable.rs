//! What can't be changed in a live object doesn't differ between profiles: else a cluster could not move from one to
//! the other without losing the object.

use super::object::Packed;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::Stack;
use crate::text::Span;
use rustc_hash::FxHashMap;

/// Fields that the API server refuses to change, by kind. A claim may grow, but a profile is left again, and it
/// can't shrink.
pub fn immovable_fields(kind: &str) -> &'static [&'static str] {
    match kind {
        "StatefulSet" => {
            &["/spec/selector", "/spec/serviceName", "/spec/podManagementPolicy", "/spec/volumeClaimTemplates"]
        }
        "Deployment" | "DaemonSet" => &["/spec/selector"],
        "Job" => &["/spec/template"],
        "PersistentVolumeClaim" => &["/spec"],
        "RoleBinding" | "ClusterRoleBinding" => &["/roleRef"],
        _ => &[],
    }
}

/// Compares the objects of each profile with the first's.
pub(super) fn check(stacks: &[Stack], all: &[Vec<Packed>], diagnostics: &mut Vec<Diagnostic>) {
    let Some((base, others @ [_, ..])) = all.split_first() else { return };
    let identity = |o: &Packed| (o.kind().to_owned(), o.namespace().map(str::to_owned), o.name().to_owned());
    let base: FxHashMap<_, &Packed> = base.iter().map(|o| (identity(o), o)).collect();
    for (stack, objects) in stacks.iter().skip(1).zip(others) {
        for object in objects.iter().filter(|o| !immovable_fields(o.kind()).is_empty()) {
            let Some(before) = base.get(&identity(object)) else { continue };
            if before.same(object) {
                continue;
            }
            let (was, is) = (before.value(), object.value());
            let differs = |field: &&&str| was.pointer(field) != is.pointer(field);
            let fields = immovable_fields(object.kind()).iter().filter(differs);
            diagnostics.extend(fields.map(|field| immovable(&stacks[0], stack, object, field)));
        }
    }
}

fn immovable(from: &Stack, to: &Stack, object: &Packed, field: &str) -> Diagnostic {
    let message = format!(
        "`{}/{}` can't move from profile `{}` to `{}`: Kubernetes never changes its `{}`",
        object.kind(),
        object.name(),
        from.graph.profile,
        to.graph.profile,
        field.trim_start_matches('/').replace('/', "."),
    );
    Diagnostic::new(Code::OBS6106, cause(object, field), message).help("let it be the same in all profiles")
}

/// The place that caused a field: the nearest that is known.
fn cause(object: &Packed, field: &str) -> Span {
    let around = object.origins.iter().filter(|o| field.starts_with(&o.pointer));
    // an object always has an origin for all of it
    around.max_by_key(|o| o.pointer.len()).map_or(object.origins[0].span, |o| o.span)
}
