//! `obs health`: whether each component is ready, asked at addresses that are given.

use super::{of_profile, unknown};
use crate::failure::{Failure, Outcome};
use crate::http::{Client, Identity, Trust};
use crate::session::{Session, many, print};
use obs_compiler::graph::{Component, Graph, ProbeAction, Stack, WorkloadKind};
use obs_compiler::outputs::columns;
use obs_compiler::render::{Format, harmless};
use serde_json::json;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Between two rounds of questions.
const PAUSE: Duration = Duration::from_secs(2);

/// What is asked for.
pub struct Request {
    pub file: PathBuf,
    /// `NAME=URL`.
    pub at: Vec<String>,
    /// Files of such lines.
    pub addresses: Vec<PathBuf>,
    pub profile: Option<String>,
    /// Seconds that all may take to be ready.
    pub wait: u64,
    /// Seconds that one answer may take.
    pub timeout: u64,
    pub cacert: Option<PathBuf>,
    pub identity: Option<Identity>,
    pub insecure: bool,
    /// Components without an address aren't missed, nor those that can't be asked.
    pub partial: bool,
    pub json: bool,
}

/// One component at one address.
struct Row<'a> {
    component: &'a Component,
    /// Where it is asked; `None`: nobody said.
    url: Option<String>,
    answer: Answer,
}

/// What came of it.
enum Answer {
    Ready(u16),
    /// It answers, and says that it isn't, or not what a ready one says.
    NotReady(u16),
    /// Nothing answers.
    Silent(String),
    NoAddress,
    /// What its probe asks from within can't be asked from here.
    Within,
}

impl Answer {
    fn word(&self) -> &'static str {
        match self {
            Answer::Ready(_) => "ready",
            Answer::NotReady(_) => "not ready",
            Answer::Silent(_) => "no answer",
            Answer::NoAddress => "no address",
            Answer::Within => "can't be asked",
        }
    }

    fn detail(&self) -> String {
        match self {
            Answer::Ready(status) | Answer::NotReady(status) => format!("HTTP {status}"),
            Answer::Silent(why) => why.clone(),
            Answer::NoAddress => String::new(),
            Answer::Within => "its probe is a command in its pod".to_owned(),
        }
    }
}

pub fn run(session: &Session, request: &Request) -> Result<Outcome, Failure> {
    let program = session.open(&request.file)?;
    let Some(stacks) = session.stacks(&program, Format::Text)? else { return Ok(Outcome::Findings) };
    let stack = of_profile(&stacks, request.profile.as_deref())?;
    let trust = match (&request.cacert, request.insecure) {
        (_, true) => Trust::Anyone,
        (Some(file), false) => Trust::Authorities(file),
        (None, false) => Trust::Public,
    };
    let client = Client::new(&trust, request.identity.as_ref(), Duration::from_secs(request.timeout))?;
    let mut rows = rows(stack, &given(request, &stack.graph)?)?;
    let end = Instant::now() + Duration::from_secs(request.wait);
    loop {
        rows.iter_mut().for_each(|row| ask(stack, &client, row));
        let waits = rows.iter().any(|r| matches!(r.answer, Answer::NotReady(_) | Answer::Silent(_)));
        if !waits || Instant::now() >= end {
            break;
        }
        std::thread::sleep(PAUSE.min(end.saturating_duration_since(Instant::now())));
    }
    print(&if request.json { as_json(stack, &rows) } else { harmless(&as_table(&rows)) })?;
    let unasked = |r: &Row<'_>| matches!(r.answer, Answer::NoAddress | Answer::Within);
    let counted = |r: &&Row<'_>| !(request.partial && unasked(r));
    let ready = |r: &&Row<'_>| matches!(r.answer, Answer::Ready(_));
    let (good, all) = (rows.iter().filter(ready).count(), rows.iter().filter(counted).count());
    session.say(&format!("{good} of {} ready", many(all, "instance")));
    Ok(if good == all && all > 0 { Outcome::Clean } else { Outcome::Findings })
}

/// Names and addresses, in the order in which they were given.
fn given(request: &Request, graph: &Graph) -> Result<Vec<(String, String)>, Failure> {
    let mut lines: Vec<String> = Vec::new();
    for file in &request.addresses {
        let text = std::fs::read_to_string(file).map_err(|e| Failure::io("read", file, &e))?;
        let written = text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
        lines.extend(written.map(str::to_owned));
    }
    lines.extend(request.at.iter().cloned());
    let mut out = Vec::new();
    for line in lines {
        let (name, address) = line.split_once('=').ok_or_else(|| {
            Failure::new(format!("`{}` is no address", told(&line)))
                .help("write NAME=URL: `shop=http://localhost:8080`")
        })?;
        let (name, address) = (name.trim(), address.trim());
        if !graph.components.iter().any(|c| c.name == name) {
            // of an address without a name this may be the credentials
            let name = if name.contains(':') { "…" } else { name };
            return Err(unknown("component", name, graph.components.iter().map(|c| c.name.as_str())));
        }
        out.push((name.to_owned(), address.trim_end_matches('/').to_owned()));
    }
    Ok(out)
}

/// An address as it may be shown: without the credentials in it. What stands before the last `@` may all be a password.
fn told(address: &str) -> String {
    let Some(at) = address.rfind('@') else { return address.to_owned() };
    let scheme = address[..at].find("://").map_or("", |end| &address[..end + 3]);
    format!("{scheme}{}", &address[at + 1..])
}

/// A row for each address of each component that runs in this profile and can be asked; one without, where none was given.
fn rows<'a>(stack: &'a Stack, given: &[(String, String)]) -> Result<Vec<Row<'a>>, Failure> {
    let mut out = Vec::new();
    for component in &stack.graph.components {
        let here: Vec<&str> = given.iter().filter(|(n, _)| component.name == *n).map(|(_, a)| a.as_str()).collect();
        let Some(asked) = asked(stack, component) else {
            if !here.is_empty() {
                return Err(Failure::new(format!("`{}` can't be asked: it has no readiness page", component.name))
                    .help("only components that this program deploys have one"));
            }
            continue;
        };
        let Some(asked) = asked else {
            out.push(Row { component, url: None, answer: Answer::Within });
            continue;
        };
        if here.is_empty() {
            out.push(Row { component, url: None, answer: Answer::NoAddress });
        }
        for address in here {
            let base =
                if address.contains("://") { address.to_owned() } else { format!("{}://{address}", asked.scheme) };
            let url = Some(format!("{base}{}", asked.path));
            out.push(Row { component, url, answer: Answer::NoAddress });
        }
    }
    Ok(out)
}

/// How a component's readiness is asked over the network.
struct Asked<'a> {
    scheme: &'static str,
    path: &'a str,
    /// It has no page for it: that something answers is all that is known.
    any_answer: bool,
}

/// `None` where there is nothing to ask: it isn't deployed, not in this profile, or never says. `Some(None)`: not from here.
fn asked<'a>(stack: &'a Stack, component: &Component) -> Option<Option<Asked<'a>>> {
    let counted = !matches!(component.workload, WorkloadKind::Daemon);
    if counted && component.replicas.count == 0 {
        return None;
    }
    let probe = stack.workloads.get(component.id.0 as usize)?.as_ref()?.ready.as_ref()?;
    let scheme = |tls: bool| if tls { "https" } else { "http" };
    Some(match &probe.action {
        ProbeAction::Http { path, tls, .. } => Some(Asked { scheme: scheme(*tls), path, any_answer: false }),
        ProbeAction::Tcp { port } => {
            Some(Asked { scheme: scheme(component.listens_with_tls(port)), path: "/", any_answer: true })
        }
        ProbeAction::Exec { .. } => None,
    })
}

fn ask(stack: &Stack, client: &Client, row: &mut Row<'_>) {
    let (Some(url), Some(Some(asked))) = (&row.url, asked(stack, row.component)) else { return };
    row.answer = match client.status(url) {
        // as a kubelet counts
        Ok(status) if (200..400).contains(&status) || asked.any_answer => Answer::Ready(status),
        Ok(status) => Answer::NotReady(status),
        // a client may name the address that it can't read
        Err(why) => Answer::Silent(why.replace(url.as_str(), &told(url))),
    };
}

fn as_table(rows: &[Row<'_>]) -> String {
    let head = ["component", "state", "asked", "answer"].map(str::to_owned).to_vec();
    let row = |r: &Row<'_>| {
        vec![
            r.component.name.to_string(),
            r.answer.word().to_owned(),
            r.url.as_deref().map(told).unwrap_or_default(),
            r.answer.detail(),
        ]
    };
    columns("", std::iter::once(head).chain(rows.iter().map(row)))
}

/// `{ version: 1, profile, components: [{ component, state, url|null, answer }] }`.
fn as_json(stack: &Stack, rows: &[Row<'_>]) -> String {
    let row = |r: &Row<'_>| json!({"component": r.component.name, "state": r.answer.word(), "url": r.url.as_deref().map(told), "answer": r.answer.detail()});
    let value = json!({
        "version": 1, "profile": stack.graph.profile, "components": rows.iter().map(row).collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}
