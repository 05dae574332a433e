//! What is written into configuration files, in words: each row names a stack, a component, a file and what it says.
//! Whether the programs take it is judged in `tests/conformance`.

use obs_compiler::graph::Stack;
use obs_tests::stacks::programs;
use serde_yaml::Value;

const PROMETHEUS: &str = "/etc/prometheus/prometheus.yml";
const MIMIR: &str = "/etc/mimir/mimir.yaml";
const LOKI: &str = "/etc/loki/loki.yaml";
const TEMPO: &str = "/etc/tempo/tempo.yaml";
const OTEL: &str = "/etc/otelcol/config.yaml";
const ALERTMANAGER: &str = "/etc/alertmanager/alertmanager.yml";
const SOURCES: &str = "/etc/grafana/provisioning/datasources/obs.yaml";

/// Stack, component, file, and a part of it.
const SAYS: &[(&str, &str, &str, &str)] = &[
    // retention by time and by size, 80% of the volume
    ("single", "prometheus", PROMETHEUS, "storage: { tsdb: { retention: { time: 15d, size: 8192MB } } }"),
    // something pushes: late samples are taken
    ("replicated", "prometheus", PROMETHEUS, "storage: { tsdb: { out_of_order_time_window: 30m } }"),
    (
        "replicated",
        "prometheus",
        PROMETHEUS,
        "otlp: { promote_resource_attributes: [service.name, service.namespace, service.instance.id, k8s.namespace.name, k8s.pod.name, k8s.node.name] }",
    ),
    // replicas differ by a label, which alerts lose
    (
        "pair",
        "prometheus",
        PROMETHEUS,
        "global: { external_labels: { cluster: 'at $$HOME', __replica__: '${POD_NAME}' } }",
    ),
    // what is a sign in one file begins a variable in another
    ("remote", "prometheus", PROMETHEUS, "remote_write: [{ headers: { X-Scope-OrgID: 'team${1}' } }]"),
    (
        "remote",
        "otel",
        OTEL,
        "exporters: { prometheus_remote_write/metrics-store: { headers: { X-Scope-OrgID: 'team$${1}' } } }",
    ),
    (
        "remote",
        "grafana",
        SOURCES,
        "datasources: [{ name: metrics-store, secureJsonData: { httpHeaderValue1: 'team$${1}' } }]",
    ),
    // a label counts once
    ("single", "alertmanager", ALERTMANAGER, "route: { group_by: [alertname] }"),
    (
        "replicated",
        "prometheus",
        PROMETHEUS,
        "alerting: { alert_relabel_configs: [{ action: labeldrop, regex: __replica__ }] }",
    ),
    // each Alertmanager, not the Service in front of them
    (
        "replicated",
        "prometheus",
        PROMETHEUS,
        "alerting: { alertmanagers: [{ dns_sd_configs: [{ names: [alertmanager-headless.front.svc.cluster.local], type: A, port: 9093 }] }] }",
    ),
    (
        "single",
        "prometheus",
        "/etc/prometheus/rules/components.yml",
        "groups: [{ name: prometheus, rules: [{ alert: Watchdog, labels: { severity: none } }] }]",
    ),
    // what anyone may annotate is limited
    (
        "single",
        "prometheus",
        PROMETHEUS,
        "scrape_configs: [{ job_name: apps-pods, sample_limit: 50000, target_limit: 5000, keep_dropped_targets: 100 }]",
    ),
    // the store's label is the sender's, and both ends are told
    ("secured", "prometheus", PROMETHEUS, "global: { external_labels: { replica: '${POD_NAME}' } }"),
    ("secured", "mimir", MIMIR, "limits: { accept_ha_samples: true, ha_replica_label: replica }"),
    (
        "secured",
        "mimir",
        MIMIR,
        "distributor: { ha_tracker: { enable_ha_tracker: true, kvstore: { store: memberlist } } }",
    ),
    // writing on: whose data, how trusted, how much at once
    (
        "secured",
        "prometheus",
        PROMETHEUS,
        "remote_write: [{ url: 'https://mimir.guarded.svc.cluster.local:8080/api/v1/push', headers: { X-Scope-OrgID: metrics }, send_exemplars: true, queue_config: { max_shards: 20, capacity: 20000, max_samples_per_send: 5000 }, tls_config: { ca_file: /etc/secrets/authority/mimir/ca.crt, cert_file: /etc/secrets/identity/tls.crt, key_file: /etc/secrets/identity/tls.key } }]",
    ),
    // targets are found by address, certificates have names
    (
        "secured",
        "prometheus",
        PROMETHEUS,
        "scrape_configs: [{ job_name: mimir, scheme: https, tls_config: { server_name: mimir.guarded.svc.cluster.local } }]",
    ),
    (
        "secured",
        "prometheus",
        "/etc/prometheus/web.yml",
        "tls_server_config: { cert_file: /etc/secrets/server/tls.crt, key_file: /etc/secrets/server/tls.key }",
    ),
    (
        "sealed",
        "prometheus",
        "/etc/prometheus/web.yml",
        "tls_server_config: { client_auth_type: RequireAndVerifyClientCert, client_ca_file: /etc/secrets/clients/ca.crt }",
    ),
    (
        "remote",
        "prometheus",
        PROMETHEUS,
        "remote_write: [{ url: 'https://metrics.example.org:443/api/v1/push', basic_auth: { username_file: /etc/secrets/login/metrics-store/username, password_file: /etc/secrets/login/metrics-store/password }, send_native_histograms: true }]",
    ),
    // one instance: no gossip, a copy of each
    (
        "single",
        "mimir",
        MIMIR,
        "multitenancy_enabled: false\ncommon: { storage: { backend: filesystem } }\ningester: { ring: { kvstore: { store: inmemory }, replication_factor: 1 } }\nlimits: { compactor_blocks_retention_period: 90d }",
    ),
    // several: gossip, three copies, one bucket with a folder for each part
    (
        "replicated",
        "mimir",
        MIMIR,
        "common: { storage: { backend: s3, s3: { endpoint: s3.example.org, region: eu-west-1, bucket_name: fleet-mimir } } }\nblocks_storage: { storage_prefix: blocks }\nruler_storage: { storage_prefix: ruler }\ningester: { ring: { kvstore: { store: memberlist }, replication_factor: 3, unregister_on_shutdown: false, tokens_file_path: /data/tokens } }\nstore_gateway: { sharding_ring: { replication_factor: 3 } }\nmemberlist: { join_members: ['dns+mimir-headless.stores.svc.cluster.local:7946'], abort_if_cluster_join_fails: false }",
    ),
    (
        "secured",
        "mimir",
        MIMIR,
        "multitenancy_enabled: true\ntenant_federation: { enabled: true }\nserver: { http_tls_config: { client_auth_type: RequireAndVerifyClientCert }, grpc_tls_config: { cert_file: /etc/secrets/server/tls.crt } }\ningester_client: { grpc_client_config: { tls_enabled: true, tls_server_name: mimir.guarded.svc.cluster.local } }\nmemberlist: { tls_enabled: true }",
    ),
    (
        "single",
        "loki",
        LOKI,
        "auth_enabled: false\ncommon: { replication_factor: 1, ring: { kvstore: { store: inmemory } } }\nschema_config: { configs: [{ from: '2024-04-01', store: tsdb, object_store: filesystem, schema: v13, index: { period: 24h } }] }",
    ),
    // retention is said on both sides, or nothing is removed
    (
        "single",
        "loki",
        LOKI,
        "compactor: { retention_enabled: true, delete_request_store: filesystem }\nlimits_config: { retention_period: 720h, allow_structured_metadata: true }",
    ),
    // its share of the memory that it has
    ("single", "loki", LOKI, "ingester: { wal: { replay_memory_ceiling: 1536MB, flush_on_shutdown: true } }"),
    (
        "replicated",
        "loki",
        LOKI,
        "common: { replication_factor: 3, ring: { kvstore: { store: memberlist } } }\nmemberlist: { cluster_label: fleet-loki, abort_if_cluster_join_fails: false }\nstorage_config: { use_thanos_objstore: true, object_store: { s3: { bucket_name: fleet-loki } } }\ncompactor: { delete_request_store: s3 }",
    ),
    // few labels, or each pod makes streams of its own
    (
        "replicated",
        "loki",
        LOKI,
        "limits_config: { otlp_config: { resource_attributes: { ignore_defaults: true, attributes_config: [{ action: index_label, attributes: [service.name, service.namespace, k8s.namespace.name, k8s.container.name] }] } } }",
    ),
    ("tenants", "loki", LOKI, "auth_enabled: true\nquerier: { multi_tenant_queries_enabled: true }"),
    (
        "secured",
        "loki",
        LOKI,
        "server: { http_tls_config: { client_ca_file: /etc/secrets/clients/ca.crt } }\nfrontend_worker: { query_frontend_grpc_client: { tls_enabled: true } }",
    ),
    (
        "single",
        "tempo",
        TEMPO,
        "storage: { trace: { backend: local, local: { path: /var/tempo/blocks }, wal: { path: /var/tempo/wal } } }",
    ),
    ("tenants", "tempo", TEMPO, "multitenancy_enabled: true"),
    (
        "secured",
        "tempo",
        TEMPO,
        "distributor: { receivers: { otlp: { protocols: { grpc: { tls: { client_ca_file: /etc/secrets/clients/ca.crt } } } } } }",
    ),
    // names of components follow the version
    ("single", "otel", OTEL, "exporters: { otlphttp/tempo: { endpoint: 'http://tempo.lab.svc.cluster.local:4318' } }"),
    (
        "old",
        "otel",
        OTEL,
        "processors: { k8sattributes: {} }\nconnectors: { spanmetrics: {} }\nexporters: { prometheusremotewrite/mimir: { endpoint: 'http://mimir.old.svc.cluster.local:8080/api/v1/push' }, otlp/tempo: {} }",
    ),
    (
        "tenants",
        "otel",
        OTEL,
        "processors: { k8s_attributes: {} }\nexporters: { prometheus_remote_write/mimir: { headers: { X-Scope-OrgID: spans } }, otlp_http/loki: { headers: { X-Scope-OrgID: shop } }, otlp_grpc/tempo: {} }",
    ),
    // the limiter first, then what is known of the pod, the batch last
    (
        "tenants",
        "otel",
        OTEL,
        "service: { pipelines: { logs: { receivers: [otlp], processors: [memory_limiter, k8s_attributes, batch], exporters: [otlp_http/loki] } } }",
    ),
    // spans are counted on their way, under the collector's own name
    (
        "secured",
        "otel",
        OTEL,
        "service: { pipelines: { traces: { exporters: [otlp_grpc/tempo, span_metrics] }, metrics/spans: { receivers: [span_metrics], processors: [memory_limiter, attributes/instance, batch] } } }",
    ),
    // each replica of a store that isn't shared is sent all
    (
        "replicated",
        "otel",
        OTEL,
        "service: { pipelines: { metrics: { exporters: [otlp_http/prometheus-0, otlp_http/prometheus-1] } } }",
    ),
    // gRPC finds every instance by itself
    (
        "replicated",
        "otel",
        OTEL,
        "exporters: { otlp_grpc/tempo: { endpoint: 'dns:///tempo-headless.stores.svc.cluster.local:4317', tls: { insecure: true } } }",
    ),
    (
        "secured",
        "otel",
        OTEL,
        "receivers: { otlp: { protocols: { grpc: { tls: { client_ca_file: /etc/secrets/clients/ca.crt } } } } }\nexporters: { otlp_grpc/tempo: { tls: { ca_file: /etc/secrets/authority/tempo/ca.crt, server_name_override: tempo.guarded.svc.cluster.local } } }",
    ),
    (
        "remote",
        "otel",
        OTEL,
        "extensions: { basicauth/otlp-store: { client_auth: { username: '${file:/etc/secrets/login/otlp-store/username}' } } }\nexporters: { otlp_http/otlp-store: { auth: { authenticator: basicauth/otlp-store } } }\nservice: { extensions: [health_check, basicauth/otlp-store, basicauth/metrics-store] }",
    ),
    // who is told of what, with secrets in files
    (
        "replicated",
        "alertmanager",
        ALERTMANAGER,
        "route: { receiver: chat, routes: [{ receiver: deadman, matchers: [alertname = Watchdog], repeat_interval: 1m }, { receiver: pager, matchers: [severity = critical], continue: true, repeat_interval: 4h }, { receiver: chat, continue: true }, { receiver: mail }] }",
    ),
    (
        "replicated",
        "alertmanager",
        ALERTMANAGER,
        "receivers: [{ name: deadman, webhook_configs: [{ url_file: /etc/secrets/notify/deadman/url }] }, { name: pager, pagerduty_configs: [{ routing_key_file: /etc/secrets/notify/pager/routing_key }] }, { name: chat, slack_configs: [{ api_url_file: /etc/secrets/notify/chat/url, channel: '#alerts' }] }, { name: mail, email_configs: [{ to: team@example.org, from: alerts@example.org, smarthost: 'mail.example.org:587', auth_password_file: /etc/secrets/notify/mail/password }] }]",
    ),
    (
        "secured",
        "alertmanager",
        "/etc/alertmanager/cluster.yml",
        "tls_server_config: { client_auth_type: RequireAndVerifyClientCert }\ntls_client_config: { server_name: alertmanager.guarded.svc.cluster.local }",
    ),
    // data sources find each other by fixed names
    (
        "replicated",
        "grafana",
        SOURCES,
        "prune: true\ndatasources: [{ uid: prometheus, isDefault: false, jsonData: { prometheusType: Prometheus, alertmanagerUid: alertmanager } }, { uid: mimir, isDefault: true, url: 'http://mimir.stores.svc.cluster.local:8080/prometheus', jsonData: { prometheusType: Mimir, exemplarTraceIdDestinations: [{ name: trace_id, datasourceUid: tempo }] } }, { uid: alertmanager, jsonData: { implementation: prometheus } }, { uid: loki, jsonData: { derivedFields: [{ matcherRegex: trace_id, datasourceUid: tempo, url: '$${__value.raw}' }] } }, { uid: tempo, jsonData: { tracesToLogsV2: { datasourceUid: loki }, tracesToMetrics: { datasourceUid: mimir }, serviceMap: { datasourceUid: mimir } } }]",
    ),
    (
        "secured",
        "grafana",
        SOURCES,
        "datasources: [{ uid: mimir, jsonData: { tlsAuth: true, tlsAuthWithCACert: true, httpHeaderName1: X-Scope-OrgID }, secureJsonData: { tlsCACert: '$__file{/etc/secrets/authority/mimir/ca.crt}', tlsClientKey: '$__file{/etc/secrets/identity/tls.key}', httpHeaderValue1: 'main|metrics' } }]",
    ),
    (
        "remote",
        "grafana",
        SOURCES,
        "datasources: [{ uid: log-store, basicAuth: true, basicAuthUser: '$__file{/etc/secrets/login/log-store/username}', secureJsonData: { basicAuthPassword: '$__file{/etc/secrets/login/log-store/password}' } }]",
    ),
];

/// Stack, component, and arguments that stand there.
const ARGS: &[(&str, &str, &[&str])] = &[
    // in the file since 3.11, and before that among the arguments
    ("old", "newer", &["--storage.tsdb.retention.time=15d", "--storage.tsdb.retention.size=8192MB"]),
    ("old", "prometheus", &["--enable-feature=expand-external-labels", "--enable-feature=otlp-write-receiver"]),
    ("replicated", "prometheus", &["--web.enable-otlp-receiver"]),
    (
        "secured",
        "alertmanager",
        &[
            "--web.config.file=/etc/alertmanager/web.yml",
            "--cluster.tls-config=/etc/alertmanager/cluster.yml",
            "--cluster.peer=alertmanager-2.alertmanager-headless.guarded.svc.cluster.local:9094",
        ],
    ),
    ("single", "alertmanager", &["--cluster.listen-address="]),
];

/// Stack, component, file, and what doesn't stand there.
const SILENT: &[(&str, &str, &str, &str)] = &[
    ("pair", "prometheus", PROMETHEUS, "out_of_order_time_window"),
    ("old", "newer", PROMETHEUS, "retention"),
    ("single", "prometheus", PROMETHEUS, "X-Scope-OrgID"),
    ("single", "mimir", MIMIR, "ha_tracker"),
    ("single", "mimir", MIMIR, "tls"),
    ("remote", "otel", OTEL, "ca_file"),
];

/// The first profile of a stack.
fn stack(name: &str) -> &'static Stack {
    let program = programs().iter().find(|p| p.name == name).unwrap_or_else(|| panic!("no stack {name}"));
    program.stacks.first().expect("there is a profile")
}

fn workload(name: &str, component: &str) -> &'static obs_compiler::graph::Workload {
    let stack = stack(name);
    let at = stack.graph.components.iter().position(|c| c.name == component);
    let workload = at.and_then(|at| stack.workloads[at].as_ref());
    workload.unwrap_or_else(|| panic!("{name} has no {component}"))
}

fn file(name: &str, component: &str, path: &str) -> String {
    let file = workload(name, component).files.iter().find(|f| f.path == path);
    let file = file.unwrap_or_else(|| panic!("{component} of {name} has no {path}"));
    obs_compiler::outputs::config::render(&file.content).expect("it can be written")
}

/// Whether all of `part` stands in `whole`: fields of maps, elements of lists in their order; lists of scalars as they are.
fn stands_in(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Mapping(part), Value::Mapping(whole)) => {
            part.iter().all(|(key, part)| whole.get(key).is_some_and(|whole| stands_in(part, whole)))
        }
        (Value::Sequence(part), Value::Sequence(whole)) if part.iter().any(Value::is_mapping) => {
            let mut rest = whole.iter();
            part.iter().all(|part| rest.any(|whole| stands_in(part, whole)))
        }
        (part, whole) => part == whole,
    }
}

#[test]
fn files_say_what_follows_from_flows() {
    let mut wrong = String::new();
    for (name, component, path, part) in SAYS {
        let text = file(name, component, path);
        let whole: Value = serde_yaml::from_str(&text).unwrap_or_else(|e| panic!("{name} {path}: {e}"));
        let part: Value = serde_yaml::from_str(part).unwrap_or_else(|e| panic!("{part}: {e}"));
        if !stands_in(&part, &whole) {
            let part = serde_yaml::to_string(&part).expect("it was read");
            wrong.push_str(&format!("{path} of {component} in {name} lacks\n{part}\nin\n{text}\n"));
        }
    }
    for (name, component, path, word) in SILENT {
        if file(name, component, path).contains(word) {
            wrong.push_str(&format!("{path} of {component} in {name} has `{word}`\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn arguments_say_what_follows_from_flows() {
    for (name, component, wanted) in ARGS {
        let args: Vec<&str> = workload(name, component).args.iter().map(|a| a.value.as_str()).collect();
        for word in *wanted {
            assert!(args.contains(word), "{component} of {name} has no {word}: {args:?}");
        }
    }
}

/// An image without a shell has a user of its own.
#[test]
fn the_user_follows_the_image() {
    assert_eq!(workload("old", "newer").user, 65532);
    assert_eq!(workload("old", "prometheus").user, 65534);
}
