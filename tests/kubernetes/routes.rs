//! Ways in: an Ingress, or an HTTPRoute where the controller is a Gateway.

use obs_tests::stacks::{objects, programs};
use serde_json::json;

#[test]
fn a_gateway_gets_routes_of_its_api() {
    let program = programs().iter().find(|p| p.name == "replicated").expect("a stack of this suite");
    let objects = objects(&program.stacks[0]);
    assert!(objects.iter().all(|o| o.kind() != "Ingress"));
    let route = objects.iter().find(|o| o.kind() == "HTTPRoute" && o.name() == "grafana").expect("a route");
    assert_eq!(route.api_version(), "gateway.networking.k8s.io/v1");
    assert_eq!(route.namespace(), Some("front"));
    let expected = json!({
        "parentRefs": [{ "name": "public", "namespace": "gateways" }],
        "hostnames": ["grafana.example.org"],
        "rules": [{
            "matches": [{ "path": { "type": "PathPrefix", "value": "/" } }],
            "backendRefs": [{ "name": "grafana", "port": 3000 }],
        }],
    });
    assert_eq!(route.json["spec"], expected);
}

#[test]
fn a_login_is_asked_for_by_the_controller() {
    let program = programs().iter().find(|p| p.name == "observability").expect("the example");
    let objects = objects(&program.stacks[0]);
    let annotations = |name: &str| {
        let ingress = objects.iter().find(|o| o.kind() == "Ingress" && o.name() == name).expect("an Ingress");
        ingress.json["metadata"]["annotations"].clone()
    };
    let issuer = json!({ "cert-manager.io/cluster-issuer": "letsencrypt" });
    let mut login = issuer.clone();
    login["nginx.ingress.kubernetes.io/auth-type"] = "basic".into();
    login["nginx.ingress.kubernetes.io/auth-realm"] = "Login required".into();
    login["nginx.ingress.kubernetes.io/auth-secret"] = "edge".into();
    assert_eq!(annotations("loki"), login);
    assert_eq!(annotations("grafana"), issuer, "it asks for itself");
}
