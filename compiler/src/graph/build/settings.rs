//! What is said about a component, from weakest to strongest, and what holds in the end.

use super::Builder;
use crate::eval::merge;
use crate::eval::{Evaluator, SelfScope};
use crate::graph::model::{Effective, Link, LinkSource};
use crate::maps::IndexMap;
use crate::types::items::{ComponentCore, ProfileCore, Setting};
use crate::types::queries::KindInfo;
use crate::types::refine;
use crate::value::{Record, Spanned, Value};
use smol_str::SmolStr;
use std::cell::RefCell;
use std::sync::Arc;

/// Effective values by name.
pub(super) type Params = IndexMap<SmolStr, Effective>;

impl<'a> Builder<'a> {
    /// The profile of this index and those it extends, weakest first.
    pub(super) fn profile_chain(&self, profile: usize) -> Vec<&'a ProfileCore> {
        profile_chain(&self.program.profile_items, &self.program.profiles[profile])
    }

    /// All that a component and this profile say about it, weakest first.
    fn statements(&self, core: &'a ComponentCore, profile: usize) -> Vec<(LinkSource, &'a Setting)> {
        let own = core.settings.iter().map(|s| (LinkSource::Own, s));
        let profiles = self.profile_chain(profile).into_iter().flat_map(|p| {
            let source = LinkSource::Profile(p.name.name.clone());
            let about = p.settings.iter().filter(|(c, _)| *c == core.name.name);
            about.map(move |(_, s)| (source.clone(), s))
        });
        own.chain(profiles).collect()
    }

    /// The parameters of a component under this profile, with their chains.
    pub(super) fn params(
        &mut self,
        core: &'a ComponentCore,
        kind: &'a KindInfo,
        profile: usize,
        world: &dyn crate::eval::World,
    ) -> Params {
        let statements = self.statements(core, profile);
        let known: RefCell<Params> = RefCell::default();
        let look_up = |name: &str| known.borrow().get(name).map(|e| e.value.clone());
        let scope = SelfScope {
            name: &core.name.name,
            id: None,
            kind,
            params: &look_up,
            namespace: core.namespace.as_ref(),
            version: None,
        };
        let mut eval = Evaluator::within(self.db, world, scope);
        let mut outside = Evaluator::new(self.db, world);
        for (name, param) in &kind.params {
            let mut chain = Vec::new();
            if let Some(default) = &param.default {
                let value = eval.eval(default);
                let source = LinkSource::Kind(param.owner.clone());
                chain.push(Link { source, value, span: default.span });
            }
            for (source, setting) in statements.iter().filter(|(_, s)| s.name == *name) {
                let value = outside.eval(&setting.value);
                push_link(&mut chain, source.clone(), setting, value);
            }
            // there are many of these, most with one link, and a vector starts with room for four
            chain.shrink_to_fit();
            let effective = match chain.last() {
                Some(last) => Effective { value: last.value.clone(), chain, doc: param.doc.clone() },
                None => {
                    eval.diagnostics.push(missing_param(core, name, param.name_span));
                    Effective { value: Value::Error, chain, doc: param.doc.clone() }
                }
            };
            known.borrow_mut().insert(name.clone(), effective);
        }
        for name in crate::types::attributes::COMPONENT_SETTINGS {
            let about: Vec<_> = statements.iter().filter(|(_, s)| s.name == *name).collect();
            if about.is_empty() || kind.params.contains_key(*name) {
                continue;
            }
            let mut chain = Vec::new();
            for (source, setting) in about {
                let value = outside.eval(&setting.value);
                push_link(&mut chain, source.clone(), setting, value);
            }
            let value = chain.last().map_or(Value::Error, |l| l.value.clone());
            known.borrow_mut().insert((*name).into(), Effective { value, chain, doc: None });
        }
        self.diagnostics.append(&mut eval.diagnostics);
        self.diagnostics.append(&mut outside.diagnostics);
        drop(eval);
        let mut params = known.into_inner();
        params.shrink_to_fit();
        self.check_refinements(kind, &params);
        params
    }

    /// Places set within a record leave the rest of it as it was: the whole must still be of its type.
    fn check_refinements(&mut self, kind: &KindInfo, params: &Params) {
        for (name, effective) in params {
            let Some(param) = kind.params.get(name) else { continue };
            let Some(last) = effective.chain.last() else { continue };
            if let Some(complaint) = refine::complaint(&effective.value, &param.ty) {
                self.diagnostics.push(complaint.diagnostic(last.span));
            }
        }
    }
}

/// The profile of this name and those it extends, weakest first, out of all.
pub(super) fn profile_chain<'a>(all: &[&'a ProfileCore], profile: &SmolStr) -> Vec<&'a ProfileCore> {
    let find = |name: &SmolStr| all.iter().copied().find(|p| p.name.name == *name);
    let mut chain: Vec<&ProfileCore> = Vec::new();
    let mut next = find(profile);
    while let Some(found) = next {
        // a circle of profiles ends where it closes; `Collected::check_profiles` says so
        if chain.iter().any(|p| p.name.name == found.name.name) {
            break;
        }
        chain.push(found);
        next = found.extends.as_ref().and_then(|e| find(&e.name));
    }
    chain.reverse();
    chain
}

/// The name of a profile and of those it extends, strongest first. The last may be one that only the cluster lists.
pub(super) fn profile_names<'a>(all: &[&'a ProfileCore], profile: &'a SmolStr) -> Vec<&'a SmolStr> {
    let mut out = vec![profile];
    for profile in profile_chain(all, profile).into_iter().rev() {
        out.extend(profile.extends.iter().map(|e| &e.name).filter(|e| *e != &profile.name.name));
    }
    out
}

fn push_link(chain: &mut Vec<Link>, source: LinkSource, setting: &Setting, value: Value) {
    let value = if setting.path.is_empty() {
        value
    } else {
        let mut record = match chain.last().map(|l| &l.value) {
            Some(Value::Record(record)) => Record::clone(record),
            _ => Record::default(),
        };
        merge::set(&mut record, &setting.path, Spanned { value, span: setting.value.span });
        Value::Record(Arc::new(record))
    };
    chain.push(Link { source, value, span: setting.span });
}

fn missing_param(core: &ComponentCore, name: &str, declared: crate::text::Span) -> crate::diagnostics::Diagnostic {
    use crate::diagnostics::{Code, Diagnostic};
    let message = format!("`{}` must set `{name}`", core.name.name);
    Diagnostic::new(Code::OBS2107, core.name.span, message)
        .label(declared, "declared here without a default")
        .help(format!("add `{name}: …` to the component"))
        .about(core.name.name.clone())
}
