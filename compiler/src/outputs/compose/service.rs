//! One instance of a component as a service.

use super::spec::{
    BindOptions, Dependency, Deploy, Healthcheck, Limits, Mount, Network, Port, Project, Resources, SecretFile,
    SecretMount, Service, TmpfsOptions, Volume,
};
use super::{Context, literal, volumes};
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::{Component, EnvVar, HostPath, PortTransport, Probe, ProbeAction, WorkloadKind};
use crate::maps::IndexMap;
use crate::outputs::Origin;
use crate::outputs::config::pointer_step;
use crate::text::Span;
use crate::value::{SecretRef, Value};
use smol_str::SmolStr;

/// What a scratch folder holds at most, in bytes.
const SCRATCH: u64 = 64 << 20;
/// Anyone may write there, and remove what is theirs: `1777`.
const SCRATCH_MODE: u32 = 0o1777;

/// A service, and in `project` the volumes and secrets that it is the first to need.
pub(super) fn service(
    context: &Context<'_>,
    instance: u32,
    folders: &[String],
    project: &mut Project,
    diagnostics: &mut Vec<Diagnostic>,
) -> Service {
    let (component, workload) = (context.component, context.workload);
    let name = context.graph.instance_name(component, instance);
    let environment = environment(context, &name, diagnostics);
    let texts = |list: &[crate::value::Spanned<SmolStr>]| -> Vec<String> {
        list.iter().map(|t| expand(&t.value, &environment)).collect()
    };
    Service {
        image: context.graph.cluster.pinned(&workload.image.value),
        hostname: name.to_string(),
        user: format!("{}:{}", workload.user, workload.group),
        entrypoint: texts(&workload.command),
        command: texts(&workload.args),
        ports: ports(context, instance),
        networks: network(component, &name),
        volumes: mounts(context, instance, folders, project, diagnostics),
        secrets: secrets(context, project),
        depends_on: dependencies(context),
        healthcheck: healthcheck(context, &name),
        restart: if component.workload == WorkloadKind::Job { "on-failure" } else { "unless-stopped" },
        stop_grace_period: workload.grace.map(|seconds| format!("{seconds}s")),
        read_only: true,
        cap_drop: vec!["ALL"],
        security_opt: vec!["no-new-privileges:true"],
        deploy: Some(Deploy {
            resources: Resources { limits: Limits { memory: format!("{}b", workload.resources.memory_limit) } },
        }),
        environment,
        ..Service::default()
    }
}

/// What caused a service and the parts of it that people ask about.
pub(super) fn origins(context: &Context<'_>, name: &str) -> Vec<Origin> {
    let mut at = "/services".to_owned();
    pointer_step(&mut at, name);
    let workload = context.workload;
    let mut out = vec![
        Origin { pointer: at.clone(), span: context.component.span },
        Origin { pointer: format!("{at}/image"), span: workload.image.span },
        Origin { pointer: format!("{at}/deploy"), span: workload.resources.span },
    ];
    let part = |list: &str, i: usize, span| Origin { pointer: format!("{at}/{list}/{i}"), span };
    out.extend(workload.args.iter().enumerate().map(|(i, arg)| part("command", i, arg.span)));
    for var in &workload.env {
        let mut pointer = format!("{at}/environment");
        pointer_step(&mut pointer, &var.name);
        out.push(Origin { pointer, span: var.span });
    }
    out
}

/// `$(NAME)` of an argument stands for a variable of the environment, as it does in a pod.
fn expand(text: &str, environment: &IndexMap<String, String>) -> String {
    let mut out = literal(text);
    for (name, value) in environment {
        // `$` is doubled by now
        out = out.replace(&format!("$$({name})"), value);
    }
    out
}

fn environment(context: &Context<'_>, name: &str, diagnostics: &mut Vec<Diagnostic>) -> IndexMap<String, String> {
    let mut value = |var: &EnvVar| match &var.value {
        Value::PodField(path) => pod_field(context, name, path).unwrap_or_else(|| {
            let message = format!("`{path}` is a field of pods that a container on one machine hasn't got");
            let help = "there are metadata.name, metadata.namespace, spec.nodeName, spec.serviceAccountName and \
                        status.podIP; or choose by `target`";
            diagnostics.push(Diagnostic::new(Code::OBS6107, var.span, message).help(help));
            String::new()
        }),
        Value::Secret(secret) => format!("${{{}:?{}}}", variable(secret, &var.name), from_env_file(secret)),
        value => literal(&value.to_string()),
    };
    context.workload.env.iter().map(|var| (var.name.to_string(), value(var))).collect()
}

/// What stands for a field of the pod here.
fn pod_field(context: &Context<'_>, name: &str, path: &str) -> Option<String> {
    Some(match path {
        // the name of a host leads to its own address
        "metadata.name" | "status.podIP" => name.to_owned(),
        "metadata.namespace" => context.graph.namespace_of(context.component).cloned().unwrap_or_default().to_string(),
        "spec.nodeName" => "localhost".to_owned(),
        "spec.serviceAccountName" => context.component.name.to_string(),
        _ => return None,
    })
}

/// The variable of the `.env` file that holds a secret's value.
pub(super) fn variable(secret: &SecretRef, var: &str) -> String {
    let key = secret.key.as_deref().unwrap_or(var);
    let upper = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    format!("{}_{key}", secret.name).chars().map(upper).collect()
}

fn from_env_file(secret: &SecretRef) -> String {
    literal(&format!("set it in .env: a value of the Secret {}", secret.name))
}

fn ports(context: &Context<'_>, instance: u32) -> Vec<Port> {
    let own = context.published.iter().filter(|p| p.component.id == context.component.id && p.instance == instance);
    let transports = |port: &crate::graph::Port| match port.transport {
        PortTransport::Tcp => &["tcp"][..],
        PortTransport::Udp => &["udp"],
        PortTransport::Both => &["tcp", "udp"],
    };
    own.flat_map(|p| {
        transports(p.port).iter().map(|protocol| Port {
            target: p.port.number,
            published: p.number.to_string(),
            host_ip: "127.0.0.1",
            protocol,
        })
    })
    .collect()
}

/// All instances also answer to their component's name.
fn network(component: &Component, name: &str) -> IndexMap<&'static str, Network> {
    let other = component.name != name;
    other.then(|| ("default", Network { aliases: vec![component.name.to_string()] })).into_iter().collect()
}

/// Where a configuration file is below the folder of the Compose file.
pub(super) fn config_path(component: &Component, path: &str) -> String {
    format!("config/{}/{}", component.name, path.trim_start_matches('/'))
}

fn bind(source: String, target: &str) -> Mount {
    let bind = BindOptions { create_host_path: false, propagation: None };
    Mount::Bind { source: literal(&format!("./{source}")), target: literal(target), read_only: true, bind }
}

/// A folder of the machine itself.
fn bind_host(folder: &HostPath) -> Mount {
    let bind = BindOptions { create_host_path: false, propagation: Some("rslave") };
    Mount::Bind { source: literal(&folder.host), target: literal(&folder.path), read_only: true, bind }
}

fn mounts(
    context: &Context<'_>,
    instance: u32,
    folders: &[String],
    project: &mut Project,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Mount> {
    let (component, workload) = (context.component, context.workload);
    let mut out: Vec<Mount> = folders.iter().map(|f| bind(config_path(component, f), f)).collect();
    let whole = workload.secrets.iter().filter(|m| m.secret.key.is_none());
    out.extend(whole.map(|m| bind(format!("secrets/{}", m.secret.name), &m.path)));
    out.extend(workload.host_paths.iter().map(bind_host));
    for (_, volume) in workload.shared.iter().filter(|(_, v)| !v.value.as_str().is_some_and(|n| volumes::is_name(n))) {
        diagnostics.push(bad_volume(&volume.value, volume.span));
    }
    for volume in volumes::of_instance(context.graph, component, workload, instance) {
        project.volumes.insert(volume.name.clone(), Volume {});
        out.push(Mount::Volume { source: volume.name, target: literal(&volume.path) });
    }
    let scratch = std::iter::once("/tmp").chain(workload.scratch.iter().map(|p| p.value.as_str()));
    out.extend(scratch.map(|folder| Mount::Tmpfs {
        target: literal(folder),
        tmpfs: TmpfsOptions { size: SCRATCH, mode: SCRATCH_MODE },
    }));
    out
}

fn bad_volume(name: &Value, span: Span) -> Diagnostic {
    let message = format!("`{name}` can't be the name of a volume");
    Diagnostic::new(Code::OBS6107, span, message).help("letters from a to z, digits and `-` can")
}

/// Single keys of Secrets, each a file.
fn secrets(context: &Context<'_>, project: &mut Project) -> Vec<SecretMount> {
    let keyed = context.workload.secrets.iter().filter_map(|m| Some((m, m.secret.key.as_ref()?)));
    keyed
        .map(|(mount, key)| {
            let (name, source) = (&mount.secret.name, format!("{}-{key}", mount.secret.name));
            let file = literal(&format!("./secrets/{name}/{key}"));
            project.secrets.insert(source.clone(), SecretFile { file });
            SecretMount { source, target: literal(&format!("{}/{key}", mount.path)) }
        })
        .collect()
}

fn dependencies(context: &Context<'_>) -> IndexMap<String, Dependency> {
    let mut out = IndexMap::default();
    if context.workload.data.is_some() || !context.workload.shared.is_empty() {
        let condition = "service_completed_successfully";
        out.insert(volumes::OWNER.to_owned(), Dependency { condition });
    }
    let own = context.order.iter().filter(|(component, _)| *component == context.component.id);
    for first in own.map(|(_, first)| context.graph.component(*first)) {
        for instance in 0..first.replicas.count {
            let name = context.graph.instance_name(first, instance).to_string();
            out.insert(name, Dependency { condition: "service_started" });
        }
    }
    out
}

/// The probe of readiness, else of life, where the image has what can ask.
fn healthcheck(context: &Context<'_>, name: &str) -> Option<Healthcheck> {
    let workload = context.workload;
    let probe = workload.ready.as_ref().or(workload.live.as_ref())?;
    let mut test = vec!["CMD".to_owned()];
    test.extend(question(context, name, probe)?);
    let startup = workload.startup.as_ref().map_or(0, |s| s.delay + s.period * s.failures);
    Some(Healthcheck {
        test,
        interval: format!("{}s", probe.period),
        timeout: format!("{}s", probe.timeout),
        retries: probe.failures,
        start_period: format!("{}s", probe.delay.max(startup)),
    })
}

fn question(context: &Context<'_>, name: &str, probe: &Probe) -> Option<Vec<String>> {
    match &probe.action {
        ProbeAction::Http { path, port, tls: false } if !context.workload.fetch.is_empty() => {
            let number = context.component.ports.iter().find(|p| p.name == *port)?.number;
            let url = format!("http://{name}:{number}{path}");
            let fetch = context.workload.fetch.iter().map(|word| word.value.to_string());
            Some(fetch.chain([url]).map(|word| literal(&word)).collect())
        }
        ProbeAction::Exec { command } => Some(command.iter().map(|word| literal(word)).collect()),
        // over TLS the image's own tool would not know the server
        ProbeAction::Http { .. } | ProbeAction::Tcp { .. } => None,
    }
}

/// Whether the engine can ask a component how it is.
pub(super) fn is_asked(context: &Context<'_>) -> bool {
    healthcheck(context, &context.component.name).is_some()
}
