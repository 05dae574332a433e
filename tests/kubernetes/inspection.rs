//! Looks at all objects of every example and profile.

use obs_compiler::graph::Stack;
use obs_compiler::outputs::kubernetes::Object;
use obs_tests::stacks::{objects, programs};
use serde_json::Value as Json;

/// All objects of one profile, and what was found wrong with them.
pub struct Inspection<'a> {
    pub stack: &'a Stack,
    pub objects: Vec<Object>,
    pub wrong: Vec<String>,
}

/// Inspects every program and profile; `look` says what is wrong.
pub fn inspect(look: impl Fn(&mut Inspection<'_>)) {
    let mut wrong = Vec::new();
    for program in programs() {
        for stack in program.stacks.iter() {
            let mut inspection = Inspection { stack, objects: objects(stack), wrong: Vec::new() };
            look(&mut inspection);
            wrong.extend(inspection.wrong.iter().map(|w| format!("{} at {}: {w}", program.name, stack.graph.profile)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

impl Inspection<'_> {
    pub fn of_kind<'s>(&'s self, kind: &'s str) -> impl Iterator<Item = &'s Object> {
        self.objects.iter().filter(move |o| o.kind() == kind)
    }

    pub fn has(&self, kind: &str, namespace: Option<&str>, name: &str) -> bool {
        self.of_kind(kind).any(|o| o.namespace() == namespace && o.name() == name)
    }

    /// Objects with a pod template; a CronJob as the Job that it makes.
    pub fn workloads(&self) -> Vec<Object> {
        let all = self.objects.iter().map(as_job);
        all.filter(|o| o.json.pointer("/spec/template/spec").is_some()).collect()
    }

    /// Workloads that run on: not Jobs, which Kubernetes gives a selector and which end when they are done.
    pub fn services(&self) -> Vec<Object> {
        self.workloads().into_iter().filter(|o| o.kind() != "Job").collect()
    }

    pub fn expect(&mut self, right: bool, object: &Object, what: &str) {
        if !right {
            self.wrong.push(format!("{}/{}: {what}", object.kind(), object.name()));
        }
    }

    /// Each pointer into the pod's `spec` must hold the value.
    pub fn expect_in_pods(&mut self, wanted: &[(&str, Json)]) {
        for object in self.workloads() {
            for (pointer, value) in wanted {
                let found = object.json.pointer(&format!("/spec/template/spec{pointer}"));
                self.expect(found == Some(value), &object, &format!("{pointer} is {found:?}, not {value}"));
            }
        }
    }
}

/// The Job of a CronJob, under its name; anything else as it is.
pub fn as_job(object: &Object) -> Object {
    let mut out = object.clone();
    if let Some(spec) = object.json.pointer("/spec/jobTemplate/spec").filter(|_| object.kind() == "CronJob") {
        out.json["spec"] = spec.clone();
        out.json["kind"] = "Job".into();
    }
    out
}

pub fn pod(object: &Object) -> &Json {
    object.json.pointer("/spec/template/spec").unwrap_or(&Json::Null)
}

pub fn container(object: &Object) -> &Json {
    &pod(object)["containers"][0]
}

pub fn texts(list: &Json) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Json::as_str).collect()
}

/// Whether all of a selector's labels are among these.
pub fn selects(selector: &Json, labels: &Json) -> bool {
    selector.as_object().is_some_and(|s| !s.is_empty() && s.iter().all(|(k, v)| labels[k] == *v))
}
