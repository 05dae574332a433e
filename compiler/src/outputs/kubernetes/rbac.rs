//! ServiceAccounts, and the rights on the Kubernetes API that flows need.

use super::Context;
use super::labels::{cluster_metadata, metadata};
use super::object::Packed;
use crate::graph::RbacRule;
use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, PolicyRule, RoleRef, Subject};

/// The rights of a component: its flows' and its kind's.
fn rules<'a>(context: &'a Context<'_>) -> Vec<&'a RbacRule> {
    let flows = context.graph.outgoing(context.component.id);
    flows.flat_map(|f| &f.rbac).chain(&context.workload.rbac).collect()
}

/// Whether the component talks to the Kubernetes API.
pub(super) fn needs_token(context: &Context<'_>) -> bool {
    !rules(context).is_empty()
}

pub(super) fn service_account(context: &Context<'_>) -> Packed {
    let account = ServiceAccount {
        metadata: metadata(context, context.name()),
        // pods that need a token mount it themselves
        automount_service_account_token: Some(false),
        ..ServiceAccount::default()
    };
    Packed::new(&account, Some(context.name()), context.component.span)
}

/// A ClusterRole with just these rights, and its binding. Components look at pods of all namespaces, and nodes.
pub(super) fn roles(context: &Context<'_>) -> Vec<Packed> {
    let needed = rules(context);
    let Some(first) = needed.first() else { return Vec::new() };
    // neither has a dot: no two components share a name
    let name = format!("{}.{}", context.namespace(), context.name());
    let mut policy: Vec<PolicyRule> = Vec::new();
    for rule in &needed {
        let rule = policy_rule(rule);
        if !policy.contains(&rule) {
            policy.push(rule);
        }
    }
    let role = ClusterRole { metadata: cluster_metadata(context, &name), rules: Some(policy), aggregation_rule: None };
    let binding = ClusterRoleBinding {
        metadata: cluster_metadata(context, &name),
        role_ref: RoleRef {
            api_group: "rbac.authorization.k8s.io".into(),
            kind: "ClusterRole".into(),
            name: name.clone(),
        },
        subjects: Some(vec![Subject {
            kind: "ServiceAccount".into(),
            name: context.name().to_owned(),
            namespace: Some(context.namespace()),
            api_group: None,
        }]),
    };
    let owner = Some(context.name());
    let mut role = Packed::new(&role, owner, first.span);
    for (i, rule) in needed.iter().enumerate() {
        role = role.caused(format!("/rules/{i}"), rule.span);
    }
    vec![role, Packed::new(&binding, owner, first.span)]
}

pub(super) fn policy_rule(rule: &RbacRule) -> PolicyRule {
    let list = |l: &[smol_str::SmolStr]| {
        let list: Vec<String> = l.iter().map(ToString::to_string).collect();
        (!list.is_empty()).then_some(list)
    };
    PolicyRule {
        // the core group is the empty name
        api_groups: if rule.resources.is_empty() { None } else { list(&rule.groups).or(Some(vec![String::new()])) },
        resources: list(&rule.resources),
        non_resource_urls: list(&rule.paths),
        verbs: rule.verbs.iter().map(ToString::to_string).collect(),
        ..PolicyRule::default()
    }
}
