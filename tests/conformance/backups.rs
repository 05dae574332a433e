//! The programs that carry out backups, as they are emitted, run by a real Python against stand-ins that answer as the
//! Kubernetes API and the portal's API are documented to: a recorded contract, for neither a driver of snapshots nor the
//! portal itself can be had here.

use crate::programs::{find, scratch};
use obs_compiler::outputs::kubernetes::Object;
use obs_tests::stacks::{objects, of_text};
use serde_json::{Value as Json, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

const STACK: &str = "\
import std.{Prometheus, Grafana, Postgres}

namespace obs {
  component prometheus: Prometheus { storage: disk(20Gi), replicas: 2 }
  component grafana: Grafana
}

grafana -> prometheus: query

backup prometheus { schedule: \"0 2 * * *\", keep: 2 }
backup grafana { schedule: \"0 3 * * *\", keep: 2 }
";

fn emitted() -> Vec<Object> {
    let (host, entry) = of_text(STACK);
    objects(&host.analysis().stacks(&entry).expect("no errors")[0])
}

/// The environment of a CronJob's container, and the program that it mounts.
fn job(all: &[Object], name: &str) -> (Vec<(String, String)>, String) {
    let job = all.iter().find(|o| o.kind() == "CronJob" && o.name() == name).expect("a job");
    let container = &job.json["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(container["command"][0], "python3", "no shell is between: {container}");
    let text = |v: &Json| v.as_str().expect("text").to_owned();
    let env = container["env"].as_array().expect("variables").iter().map(|v| (text(&v["name"]), text(&v["value"])));
    let config =
        all.iter().find(|o| o.kind() == "ConfigMap" && o.name() == format!("{name}-config")).expect("a program");
    let (_, program) = config.json["data"].as_object().expect("files").iter().next().expect("one");
    (env.collect(), text(program))
}

/// What came to a stand-in: method, path with query, body.
type Asked = Arc<Mutex<Vec<(String, String, Json)>>>;

/// A server on loopback that answers each request by a function; it ends with the test.
fn stand_in(answer: impl Fn(&str, &str, &Json) -> (u16, Json) + Send + 'static) -> (String, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("it has one"));
    let asked = Asked::default();
    let kept = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            serve(stream, &answer, &kept);
        }
    });
    (address, asked)
}

fn serve(mut stream: TcpStream, answer: &impl Fn(&str, &str, &Json) -> (u16, Json), asked: &Asked) {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    let (mut first, mut length, mut line) = (String::new(), 0, String::new());
    reader.read_line(&mut first).expect("a request");
    while reader.read_line(&mut line).is_ok_and(|n| n > 2) {
        if let Some(n) = line.to_lowercase().strip_prefix("content-length:") {
            length = n.trim().parse().expect("a number");
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("all of it");
    let body: Json = serde_json::from_slice(&body).unwrap_or(Json::Null);
    let mut words = first.split(' ');
    let (method, path) = (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned());
    let (status, told) = answer(&method, &path, &body);
    asked.lock().expect("nobody panicked").push((method, path, body));
    let told = told.to_string();
    let head = format!(
        "HTTP/1.1 {status} .\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        told.len()
    );
    // who has heard enough may be gone
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(told.as_bytes()));
}

fn python(program: &Path, folder: &Path, text: &str, env: &[(String, String)], more: &[(&str, &str)]) -> Output {
    let file = folder.join("program.py");
    std::fs::write(&file, text).expect("writable");
    let mut command = Command::new(program);
    command.arg(&file).env_clear().envs(env.iter().cloned()).envs(more.iter().copied()).output().expect("it runs")
}

#[test]
fn snapshots_are_taken_waited_for_and_thinned_out() {
    let Some(program) = find("python3") else { return };
    let (_kept, folder) = scratch();
    std::fs::write(folder.join("token"), "t0ken\n").expect("writable");
    let (env, text) = job(&emitted(), "prometheus-backup");
    assert!(env.contains(&("CLAIMS".to_owned(), "data-prometheus-0 data-prometheus-1".to_owned())), "{env:?}");
    let old = |n: u32, ready: bool| json!({"metadata": {"name": format!("old-{n}"), "creationTimestamp": format!("2026-01-0{n}T02:00:00Z")}, "status": {"readyToUse": ready}});
    let (address, asked) = stand_in(move |method, path, body| match method {
        "POST" => {
            let name = format!("{}abc", body["metadata"]["generateName"].as_str().unwrap_or_default());
            (201, json!({"metadata": {"name": name}}))
        }
        "DELETE" => (200, json!({})),
        _ if path.contains('?') => (200, json!({"items": [old(1, true), old(2, true), old(3, true), old(4, false)]})),
        _ => (200, json!({"metadata": {"name": path.rsplit('/').next()}, "status": {"readyToUse": true}})),
    });
    let folder_text = folder.to_string_lossy().into_owned();
    let more = [("KUBERNETES_API", address.as_str()), ("ACCOUNT", &folder_text)];
    let run = python(&program, &folder, &text, &env, &more);
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let asked = asked.lock().expect("nobody panicked");
    let base = "/apis/snapshot.storage.k8s.io/v1/namespaces/obs/volumesnapshots";
    let told: Vec<String> =
        asked.iter().map(|(m, p, _)| format!("{m} {}", p.strip_prefix(base).unwrap_or(p))).collect();
    let of_one = |n: u32| {
        vec![
            "POST ".to_owned(),
            format!("GET /data-prometheus-{n}-abc"),
            format!("GET ?labelSelector=snapshot-of%3Ddata-prometheus-{n}"),
            // two are kept, and one that isn't ready is left to whoever makes it
            "DELETE /old-1".to_owned(),
        ]
    };
    assert_eq!(told, [of_one(0), of_one(1)].concat());
    assert_eq!(asked[0].2["spec"], json!({"source": {"persistentVolumeClaimName": "data-prometheus-0"}}));
    assert_eq!(asked[0].2["metadata"]["labels"], json!({"snapshot-of": "data-prometheus-0"}));
}

#[test]
fn a_snapshot_that_is_never_ready_fails_the_run_and_removes_nothing() {
    let Some(program) = find("python3") else { return };
    let (_kept, folder) = scratch();
    std::fs::write(folder.join("token"), "t0ken").expect("writable");
    let (env, text) = job(&emitted(), "prometheus-backup");
    let (address, asked) = stand_in(|_, _, _| (200, json!({"metadata": {"name": "waits"}})));
    let folder_text = folder.to_string_lossy().into_owned();
    let more = [("KUBERNETES_API", address.as_str()), ("ACCOUNT", &folder_text), ("PATIENCE_SECONDS", "0")];
    let run = python(&program, &folder, &text, &env, &more);
    assert_eq!(run.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&run.stderr).contains("is there a driver that takes snapshots?"));
    assert!(asked.lock().expect("nobody panicked").iter().all(|(m, ..)| m != "DELETE"), "nothing is removed");
}

#[test]
fn dashboards_are_exported_whole_or_not_at_all() {
    let Some(program) = find("python3") else { return };
    let (_kept, folder) = scratch();
    std::fs::create_dir_all(folder.join("login")).expect("writable");
    std::fs::write(folder.join("login/password"), "p\n").expect("writable");
    let (env, text) = job(&emitted(), "grafana-backup");
    assert!(env.contains(&("ADDRESS".to_owned(), "http://grafana.obs.svc.cluster.local:3000".to_owned())), "{env:?}");
    let (address, asked) = stand_in(|_, path, _| match path.split('?').next() {
        Some("/api/search") => (200, json!([{"uid": "a/../b"}, {"uid": "second"}])),
        Some("/api/dashboards/uid/second") => (200, json!({"dashboard": {"id": 7, "uid": "second"}, "meta": {}})),
        _ => (200, json!({"dashboard": {"id": 6, "uid": "a/../b"}, "meta": {}})),
    });
    let place = folder.join("backup");
    for old in ["20250101T000000Z", "20250102T000000Z"] {
        std::fs::create_dir_all(place.join(old)).expect("writable");
    }
    let (login, backup) = (folder.join("login").to_string_lossy().into_owned(), place.to_string_lossy().into_owned());
    let more = [("ADDRESS", address.as_str()), ("LOGIN", &login), ("FOLDER", &backup)];
    let run = python(&program, &folder, &text, &env, &more);
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    assert_eq!(asked.lock().expect("nobody panicked")[0].1, "/api/search?type=dash-db&limit=1000&page=1");
    let names = |folder: &Path| {
        let mut out: Vec<String> = std::fs::read_dir(folder)
            .expect("a folder")
            .flatten()
            .map(|e| e.file_name().to_string_lossy().into_owned())
            .collect();
        out.sort();
        out
    };
    // two are kept: the new one and the younger of the old ones
    let folders = names(&place);
    assert_eq!((folders.len(), folders[0].as_str()), (2, "20250102T000000Z"), "{folders:?}");
    // a name that would lead out of the folder doesn't
    assert_eq!(names(&place.join(&folders[1])), ["a%2F..%2Fb.json", "second.json"]);
    let saved = std::fs::read_to_string(place.join(&folders[1]).join("second.json")).expect("a file");
    // what the runbook's import takes: the dashboard, without its number here
    let saved: Json = serde_json::from_str(&saved).expect("JSON");
    assert_eq!(saved["dashboard"]["uid"], "second");
}
