//! The fields of built-in types: components, flows, quantities, the cluster, the namespace.

use super::attributes::{SIGNALS, STATES, TARGETS, WORKLOADS};
use super::queries;
use super::ty::{FieldTy, Ty, Unit};
use crate::db::Db;
use crate::text::Span;
use crate::value::Value;
use smol_str::SmolStr;

/// A field.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its type.
    pub ty: Ty,
    /// One line, for what is built in.
    pub doc: Option<&'static str>,
    /// Where it is declared, for what isn't.
    pub declared: Option<Span>,
    /// Only where files are made.
    pub only_in_files: bool,
}

type Row = (&'static str, fn() -> Ty, &'static str);

fn strings() -> Ty {
    Ty::list(Ty::string())
}

fn int() -> Ty {
    Ty::Int(None)
}

fn instances() -> Ty {
    Ty::list(Ty::record([
        ("index", FieldTy::required(Ty::Int(None))),
        ("name", FieldTy::required(Ty::string())),
        ("host", FieldTy::required(Ty::string())),
    ]))
}

fn alerts() -> Ty {
    Ty::list(Ty::record([
        ("name", FieldTy::required(Ty::string())),
        ("expr", FieldTy::required(Ty::string())),
        ("for", FieldTy::required(Ty::Quantity(Unit::Duration, None))),
        ("severity", FieldTy::required(Ty::string())),
        ("summary", FieldTy::required(Ty::string())),
        ("description", FieldTy::required(Ty::optional(Ty::string()))),
        ("component", FieldTy::required(Ty::string())),
        ("flow", FieldTy::required(Ty::optional(Ty::string()))),
        ("runbook", FieldTy::required(Ty::optional(Ty::string()))),
    ]))
}

const COMPONENT: &[Row] = &[
    ("name", Ty::string, "Its name."),
    ("kind", Ty::string, "The name of its kind."),
    ("title", Ty::string, "Its title, else its kind's."),
    ("namespace", Ty::string, "The namespace it lives in; empty outside the program's."),
    ("layer", Ty::string, "Its layer; empty without one."),
    ("workload", || Ty::words(WORKLOADS), "How it runs."),
    ("state", || Ty::words(STATES), "What a second instance means."),
    ("host", Ty::string, "The name of its Service."),
    ("headless", Ty::string, "The name of its headless Service, which answers with every instance."),
    ("replicas", int, "Instances in this profile."),
    ("max_replicas", int, "The most instances in any profile."),
    ("autoscaled", || Ty::Bool, "Whether an autoscaler sets its number."),
    ("instances", instances, "Its instances by name and host, where they have names."),
    ("ports", || Ty::map(Ty::Int(None)), "Port numbers by name."),
    ("port", int, "The number of its first port; 0 without one."),
    ("stores", || Ty::list(Ty::words(SIGNALS)), "Signals that it keeps."),
    ("storage_shared", || Ty::Bool, "Whether it keeps its data in an object store."),
    ("alerts", alerts, "Its alerts."),
    ("dashboards", || Ty::list(Ty::Data), "Its dashboards: `title`, `uid`, `component` and what they say."),
];

const FLOW: &[Row] = &[
    ("from", || Ty::Component(None), "The side that opens the connection."),
    ("to", || Ty::Component(None), "The side that listens."),
    ("name", Ty::string, "FROM-TO; FROM-TO-2 of the second by one protocol."),
    ("nth", int, "Which it is of the flows by its protocol between the same two, from 1."),
    ("protocol", Ty::string, "Its protocol."),
    ("label", Ty::string, "What pictures write at the arrow."),
    ("transport", Ty::string, "http, grpc, tcp, …"),
    ("signals", || Ty::list(Ty::words(SIGNALS)), "Signals that it carries."),
    ("port", int, "The main port's number; 0 where it is any."),
    ("ports", || Ty::map(Ty::Int(None)), "Its ports by name."),
    ("host", Ty::string, "The host that it goes to."),
    ("url", Ty::string, "The URL that it goes to."),
    ("urls", strings, "One URL per instance where each must be reached, else just `url`."),
    ("every_instance", || Ty::Bool, "Whether each instance must be reached."),
];

const CLUSTER: &[Row] = &[
    ("name", Ty::string, "Its name."),
    ("domain", Ty::string, "The domain of public hosts; empty where none is set."),
    ("profile", Ty::string, "The profile that is compiled."),
    ("profiles", strings, "All profiles."),
    ("target", || Ty::words(TARGETS), "What is compiled for."),
    ("kubernetes", || Ty::Version, "The oldest Kubernetes version to work on."),
    ("labels", || Ty::map(Ty::string()), "Labels on every object."),
];

const NAMESPACE: &[Row] = &[
    ("name", Ty::string, "Its name."),
    ("title", Ty::string, "Its title."),
    ("isolated", || Ty::Bool, "Whether only declared flows are allowed."),
];

const DURATION: &[Row] = &[
    ("ms", int, "In milliseconds."),
    ("seconds", int, "In whole seconds."),
    ("minutes", int, "In whole minutes."),
    ("hours", int, "In whole hours."),
    ("days", int, "In whole days."),
];
const BYTES: &[Row] =
    &[("bytes", int, "In bytes."), ("mib", int, "In whole mebibytes."), ("gib", int, "In whole gibibytes.")];
const CPU: &[Row] = &[("millis", int, "In thousandths of a core."), ("cores", || Ty::Float, "In cores.")];
const PERCENT: &[Row] = &[("fraction", || Ty::Float, "0.7 for 70%."), ("percent", || Ty::Float, "70 for 70%.")];
const RATE: &[Row] = &[("per_second", || Ty::Float, "Per second.")];

fn rows(ty: &Ty) -> &'static [Row] {
    match ty {
        Ty::Component(_) | Ty::Accepting(_) => COMPONENT,
        Ty::Flow(_) => FLOW,
        Ty::Cluster => CLUSTER,
        Ty::Namespace => NAMESPACE,
        Ty::Quantity(Unit::Duration, _) => DURATION,
        Ty::Quantity(Unit::Bytes, _) => BYTES,
        Ty::Quantity(Unit::Cpu, _) => CPU,
        Ty::Quantity(Unit::Percent, _) => PERCENT,
        Ty::Quantity(Unit::Rate, _) => RATE,
        _ => &[],
    }
}

/// The field of this name.
pub fn member(db: &dyn Db, ty: &Ty, name: &str) -> Option<Member> {
    let declared = |ty: Ty, span| Some(Member { ty, doc: None, declared: span, only_in_files: false });
    // what a kind or protocol declares hides what is built in
    match ty {
        Ty::Data => return declared(Ty::Data, None),
        Ty::Record(of) => {
            let field = of.fields.get(name)?;
            // an optional field may be absent, unless something holds where it isn't said
            let absent = field.optional && field.default.as_ref().is_none_or(|d| *d == Value::None);
            let ty = if absent { Ty::optional(field.ty.clone()) } else { field.ty.clone() };
            return declared(ty, field.span);
        }
        Ty::Map(of) => return declared(Ty::optional((**of).clone()), None),
        Ty::Component(Some(kind)) => {
            if let Some((ty, span)) = queries::kind_params(db, kind.def).get(name) {
                return declared(ty.clone(), Some(*span));
            }
        }
        Ty::Flow(Some(protocol)) => {
            if let Some(option) = queries::protocol_info(db, protocol.def).options.get(name) {
                return declared(option.ty.clone(), Some(option.name_span));
            }
        }
        _ => {}
    }
    let (_, make, doc) = rows(ty).iter().find(|(n, ..)| *n == name)?;
    let only_in_files = matches!(ty, Ty::Component(_) | Ty::Accepting(_)) && matches!(name, "alerts" | "dashboards");
    Some(Member { ty: make(), doc: Some(doc), declared: None, only_in_files })
}

/// The names of all fields.
pub fn names(db: &dyn Db, ty: &Ty) -> Vec<SmolStr> {
    let mut out: Vec<SmolStr> = match ty {
        Ty::Record(of) => of.fields.keys().cloned().collect(),
        Ty::Component(Some(kind)) => queries::kind_params(db, kind.def).keys().cloned().collect(),
        Ty::Flow(Some(protocol)) => queries::protocol_info(db, protocol.def).options.keys().cloned().collect(),
        _ => Vec::new(),
    };
    out.extend(rows(ty).iter().map(|(name, ..)| SmolStr::new_static(name)));
    out
}
