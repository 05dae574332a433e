//! What to do where the API server refuses a change: the object is made again, with as little lost as can be.

use crate::outputs::kubernetes::Packed;
use serde_json::Value as Json;

/// Why it is refused, then the steps. Names are DNS labels: none of them can be more than a word of a command.
pub(super) fn of(object: &Packed, was: &Json, is: &Json, refused: &[&str]) -> Vec<String> {
    let fields: Vec<String> = refused.iter().map(|f| f.trim_start_matches('/').replace('/', ".")).collect();
    let why = format!("needs recreation: Kubernetes never changes its {}", fields.join(", "));
    let mut out = vec![why];
    out.extend(match object.kind() {
        "StatefulSet" => stateful_set(object, was, is, refused),
        "PersistentVolumeClaim" => claim(object, was, is),
        "Job" => vec![format!("{} — what it was doing is done again", delete(object, "")), "apply".to_owned()],
        "RoleBinding" | "ClusterRoleBinding" => {
            vec![format!("{} — its rights are gone until the next step", delete(object, "")), "apply".to_owned()]
        }
        _ => vec![
            format!("{} — its pods end: nothing serves until the next step", delete(object, "")),
            "apply".to_owned(),
        ],
    });
    out
}

fn delete(object: &Packed, more: &str) -> String {
    let namespace = object.namespace().map(|n| format!("-n {n} ")).unwrap_or_default();
    format!("kubectl {namespace}delete {}/{}{more}", object.kind().to_lowercase(), object.name())
}

/// Its pods go on without it and are taken over by the new one, unless that selects others.
fn stateful_set(object: &Packed, was: &Json, is: &Json, refused: &[&str]) -> Vec<String> {
    if refused.contains(&"/spec/selector") {
        return vec![format!("{} — its pods end; claims stay", delete(object, "")), "apply".to_owned()];
    }
    let mut out = vec![format!("{} — its pods go on", delete(object, " --cascade=orphan"))];
    if refused.contains(&"/spec/volumeClaimTemplates") {
        out.extend(claims(object, was, is));
    }
    out.push("apply — it takes the pods over".to_owned());
    if refused.contains(&"/spec/serviceName") {
        let namespace = object.namespace().unwrap_or_default();
        out.push(format!(
            "kubectl -n {namespace} rollout restart statefulset/{} — pods get their new names in DNS",
            object.name()
        ));
    }
    out
}

const TEMPLATES: &str = "/spec/volumeClaimTemplates";

/// What becomes of the claims that are there: a template only makes new ones.
fn claims(object: &Packed, was: &Json, is: &Json) -> Vec<String> {
    let of = |side: &Json, field: &str| {
        side.pointer(&format!("{TEMPLATES}/0{field}")).and_then(Json::as_str).map(str::to_owned)
    };
    let namespace = object.namespace().unwrap_or_default();
    let name = of(is, "/metadata/name").or_else(|| of(was, "/metadata/name")).unwrap_or_default();
    let claims = format!("{name}-{}-N", object.name());
    match (of(was, "/spec/resources/requests/storage"), of(is, "/spec/resources/requests/storage")) {
        (None, Some(_)) => {
            vec![format!("what is in the pods' emptyDir is lost: save it first; {claims} are made for each N")]
        }
        (Some(_), None) => {
            vec![format!("{claims} stay until someone deletes them: nothing is read from them any more")]
        }
        (Some(old), Some(new)) if old != new => vec![format!(
            "kubectl -n {namespace} patch pvc {claims} --type=merge -p '{{\"spec\":{{\"resources\":{{\"requests\":{{\"storage\":\"{new}\"}}}}}}}}' \
             — for each N, where the class lets claims grow; {old} can't shrink"
        )],
        _ => vec![format!(
            "{claims} that are there stay as they are: to move them, save, delete and restore one at a time"
        )],
    }
}

fn claim(object: &Packed, was: &Json, is: &Json) -> Vec<String> {
    let size = |side: &Json| side.pointer("/spec/resources/requests/storage").and_then(Json::as_str).map(str::to_owned);
    if size(was) != size(is) {
        return vec![
            "apply — Kubernetes takes it where it grows and the class lets claims grow".to_owned(),
            again(object),
        ];
    }
    vec![again(object)]
}

fn again(object: &Packed) -> String {
    format!("else: save what is in it, {}, apply, restore", delete(object, ""))
}
