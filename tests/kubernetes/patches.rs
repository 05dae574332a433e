//! `patch` and `object`: merged, carried along, and checked against the types of Kubernetes.

use obs_compiler::outputs::kubernetes;
use obs_tests::stacks::{findings, objects, of_text};
use serde_json::{Value as Json, json};

/// A small stack, with items of the test's own from line 4 on.
fn with(items: &str) -> String {
    format!("import std.{{Grafana}}\nnamespace here {{ component grafana: Grafana }}\nlet cpu_limit = 2\n{items}\n")
}

/// What is found wrong with outputs.
fn found(items: &str) -> String {
    let (host, entry) = of_text(&with(items));
    findings(&host.analysis(), &entry).lines().filter(|l| l.contains(": OBS6")).map(|l| format!("{l}\n")).collect()
}

fn deployment(items: &str) -> Json {
    let (host, entry) = of_text(&with(items));
    let analysis = host.analysis();
    let stacks = analysis.stacks(&entry).unwrap_or_else(|| panic!("{}", findings(&analysis, &entry)));
    let objects = objects(&stacks[0]);
    objects.into_iter().find(|o| o.kind() == "Deployment").expect("Grafana is one").json
}

#[test]
fn a_patch_is_merged_and_lists_of_named_things_by_name() {
    let before = deployment("");
    let after = deployment(
        r#"patch Deployment/grafana {
  metadata: { annotations: { "example.com/owner": "team" } }
  spec: {
    minReadySeconds: 10
    template: { spec: {
      containers: [{ name: "grafana", env: [{ name: "EXTRA", value: "yes" }] }]
      tolerations: [{ key: "dedicated", operator: "Exists" }]
    } }
  }
}"#,
    );
    let mut expected = before;
    expected["metadata"]["annotations"] = json!({ "example.com/owner": "team" });
    expected["spec"]["minReadySeconds"] = 10.into();
    let pod = &mut expected["spec"]["template"]["spec"];
    pod["tolerations"] = json!([{ "key": "dedicated", "operator": "Exists" }]);
    let env = pod["containers"][0]["env"].as_array_mut().expect("it has variables");
    env.push(json!({ "name": "EXTRA", "value": "yes" }));
    assert_eq!(after, expected);
}

#[test]
fn a_misspelt_field_is_an_error_at_its_line() {
    let message = found("patch Deployment/grafana {\n  spec: {\n    replcias: 3\n  }\n}");
    assert_eq!(message, "main.obs:6: OBS6102 Kubernetes knows no field `replcias` in `spec`\n");
}

#[test]
fn a_misspelt_field_is_found_however_deep() {
    let message = found(
        r#"patch Deployment/grafana {
  spec: { template: { spec: {
    containers: [{
      name: "grafana"
      imagePullPolice: "Never"
      env: [
        { name: "A", value: "1" }
        { name: "B", vaule: "2" }
      ]
      readinessProbe: { httpGet: { path: "/", prot: 80 } }
    }]
    volumes: [{ name: "more", emptyDir: { sizeLimt: "1Gi" } }]
  } } }
}"#,
    );
    let expected = "main.obs:8: OBS6102 Kubernetes knows no field `imagePullPolice` in `spec.template.spec.containers[grafana]`\n\
                    main.obs:11: OBS6102 Kubernetes knows no field `vaule` in `spec.template.spec.containers[grafana].env[B]`\n\
                    main.obs:13: OBS6102 Kubernetes knows no field `prot` in `spec.template.spec.containers[grafana].readinessProbe.httpGet`\n\
                    main.obs:15: OBS6102 Kubernetes knows no field `sizeLimt` in `spec.template.spec.volumes[more].emptyDir`\n";
    assert_eq!(message, expected);
}

#[test]
fn a_value_of_the_wrong_type_is_an_error_at_its_line() {
    let message =
        found("patch Deployment/grafana {\n  spec: {\n    minReadySeconds: 5\n    replicas: \"three\"\n  }\n}");
    assert_eq!(
        message,
        "main.obs:7: OBS6102 `spec.replicas` isn't what Kubernetes takes: expected a whole number, found string \"three\"\n"
    );
}

#[test]
fn a_wrong_type_is_found_in_lists_by_name() {
    let message = found(
        r#"patch Deployment/grafana {
  spec: { template: { spec: {
    securityContext: { fsGroup: 20000 }
    containers: [{
      name: "grafana"
      ports: [{ name: "http", containerPort: 3000 }]
      volumeMounts: "none"
    }]
  } } }
}"#,
    );
    let expected = "main.obs:10: OBS6102 `spec.template.spec.containers[grafana].volumeMounts` isn't what Kubernetes takes: expected a list, found string \"none\"\n";
    assert_eq!(message, expected);
}

#[test]
fn what_is_not_emitted_cannot_be_patched() {
    let message = found("patch Deployment/grafna { spec: { minReadySeconds: 1 } }");
    assert_eq!(message, "main.obs:4: OBS6103 nothing that is emitted is called `Deployment/grafna`\n");
}

const QUOTA: &str = r#"object {
  apiVersion: "v1"
  kind: "ResourceQuota"
  metadata: { name: "limits", namespace: "here" }
  spec: { hard: { "limits.cpu": cpu_limit } }
}"#;

#[test]
fn an_object_travels_along() {
    let (host, entry) = of_text(&with(QUOTA));
    let analysis = host.analysis();
    let stacks = analysis.stacks(&entry).unwrap_or_else(|| panic!("{}", findings(&analysis, &entry)));
    let files = kubernetes::files(&stacks, &kubernetes::emit(&stacks).objects);
    let text = |path: &str| files.iter().find(|f| f.path == path).map_or("", |f| f.text.as_str());
    let list = text("kubernetes/base/kustomization.yaml");
    assert!(list.contains("- here/resourcequota-limits.yaml\n"), "{list}");
    assert!(text("kubernetes/base/here/resourcequota-limits.yaml").contains("limits.cpu: 2\n"));
}

#[test]
fn an_object_is_checked_like_a_patch() {
    let message = found(&QUOTA.replace("hard", "hrad"));
    assert_eq!(message, "main.obs:8: OBS6102 Kubernetes knows no field `hrad` in `spec`\n");
    let message = found(&QUOTA.replace("metadata: { name: \"limits\", namespace: \"here\" }", "metadata: {}"));
    assert_eq!(message, "main.obs:4: OBS6104 this object lacks `metadata.name`\n");
    // what isn't built in is the cluster's to judge
    let custom =
        "object {\n  apiVersion: \"example.com/v1\"\n  kind: \"Thing\"\n  metadata: { name: \"x\" }\n  anything: 1\n}";
    assert_eq!(found(custom), "");
}

#[test]
fn an_object_stays_in_its_folder() {
    let out = QUOTA.replace("namespace: \"here\"", "namespace: \"../../../here\"");
    assert_eq!(found(&out), "main.obs:4: OBS6104 `metadata.namespace` of an object can't be `../../../here`\n");
    let up = QUOTA.replace("\"ResourceQuota\"", "\"../Up\"");
    assert_eq!(found(&up), "main.obs:4: OBS6104 `kind` of an object can't be `../Up`\n");
    let dots = QUOTA.replace("name: \"limits\"", "name: \"..\"");
    assert_eq!(found(&dots), "main.obs:4: OBS6104 `metadata.name` of an object can't be `..`\n");
}

/// What is said in the help of findings in outputs.
fn help(items: &str) -> Vec<String> {
    let (host, entry) = of_text(&with(items));
    let found = host.analysis().check(&entry);
    found.into_iter().filter(|d| d.code.id().starts_with("OBS6")).map(|d| d.help.unwrap_or_default()).collect()
}

#[test]
fn a_misspelt_field_is_one_with_nothing_in_it_too() {
    let message = found("patch NetworkPolicy/grafana {\n  spec: { egresss: [] }\n  metadata: { annotatons: {} }\n}");
    let expected = "main.obs:5: OBS6102 Kubernetes knows no field `egresss` in `spec`\n\
                    main.obs:6: OBS6102 Kubernetes knows no field `annotatons` in `metadata`\n";
    assert_eq!(message, expected);
    let map = "object {\n  apiVersion: \"v1\"\n  kind: \"ConfigMap\"\n  metadata: { name: \"x\" }\n  dat: {}\n}";
    assert_eq!(found(map), "main.obs:8: OBS6102 Kubernetes knows no field `dat` here\n");
    // what is empty and a field stays legal
    assert_eq!(found(&map.replace("dat:", "data:")), "");
}

#[test]
fn a_misspelt_field_is_told_what_was_meant() {
    let claim = "object {
  apiVersion: \"v1\"
  kind: \"PersistentVolumeClaim\"
  metadata: { name: \"x\", namespac: \"here\" }
  spec: { storagClassName: \"fast\", accessModes: [\"ReadWriteOnce\"], resources: { requets: {} } }
}";
    let meant = ["namespace", "storageClassName", "requests"].map(|name| format!("did you mean `{name}`?"));
    assert_eq!(help(claim), meant);
    let ingress = "object {
  apiVersion: \"networking.k8s.io/v1\"
  kind: \"Ingress\"
  metadata: { name: \"x\" }
  spec: { ingressClasName: \"nginx\", rules: [{ hots: \"a.example.com\" }] }
}";
    assert_eq!(help(ingress), ["ingressClassName", "host"].map(|name| format!("did you mean `{name}`?")));
}

fn object(version: &str, kind: &str, name: &str) -> String {
    format!("object {{\n  apiVersion: \"{version}\"\n  kind: \"{kind}\"\n  metadata: {{ name: \"{name}\" }}\n}}")
}

#[test]
fn a_kind_that_no_cluster_has_is_an_error() {
    for (version, kind, meant) in [
        ("apps/v1", "Deplyment", "did you mean `Deployment`?"),
        ("v1", "Servce", "did you mean `Service`?"),
        ("v1", "Deployment", "`Deployment` is in `apps/v1`"),
        ("apps/v2", "Deployment", "`Deployment` is in `apps/v1`"),
        ("batch/v1", "Zzz", "`kubectl api-resources` lists what there is"),
    ] {
        let message = format!("main.obs:6: OBS6104 Kubernetes has no `{kind}` in `{version}`\n");
        assert_eq!(found(&object(version, kind, "x")), message);
        assert_eq!(help(&object(version, kind, "x")), [meant]);
    }
    // custom resources, kinds that aren't checked, and what isn't final
    for (version, kind) in [
        ("example.com/v1", "Deplyment"),
        ("gateway.networking.k8s.io/v1", "Gateway"),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
        ("storage.k8s.io/v1beta1", "VolumeAttributesClass"),
    ] {
        assert_eq!(found(&object(version, kind, "x")), "", "{version} {kind}");
    }
}

#[test]
fn a_name_that_no_server_takes_is_an_error() {
    for (version, kind, name) in [
        ("v1", "ConfigMap", "NOT_dns"),
        ("v1", "ConfigMap", "a..b"),
        ("apps/v1", "Deployment", "-a"),
        ("v1", "Service", "a.b"),
        ("v1", "Namespace", "a.b"),
    ] {
        let message = format!("main.obs:4: OBS6104 `metadata.name` of an object can't be `{name}`\n");
        assert_eq!(found(&object(version, kind, name)), message);
    }
    for (version, kind, name) in [
        ("v1", "ConfigMap", "a.b-c.d1"),
        ("rbac.authorization.k8s.io/v1", "ClusterRole", "system:Node"),
        ("example.com/v1", "Thing", "NOT_dns"),
    ] {
        assert_eq!(found(&object(version, kind, name)), "", "{name}");
    }
}
