//! Services as an engine would run them, on a network of their own.
//!
//! Nothing is unmounted or removed here: mounts end with their namespace, and whoever made the folder removes it from
//! outside, where none of them was ever seen.

use super::PROGRAMS;
use super::project::{Mount, Project, Service, plain};
use crate::containers::at;
use crate::programs::{find, text};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Where the machine itself is on the network.
const HOST: &str = "10.89.0.1";
/// Where an engine's images look for programs.
const SEARCH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// How long a process that is asked to end may take; then it is killed, as an engine does.
const GRACE: Duration = Duration::from_secs(20);

/// One machine with the services of a Compose file. It is made within namespaces that are its own.
pub struct Machine {
    folder: PathBuf,
    pub project: Project,
    /// Of services that have a program here.
    addresses: BTreeMap<String, Ipv4Addr>,
    running: BTreeMap<String, Child>,
}

/// Runs a command of the machine's to its end.
fn run(command: &[&str]) {
    let output = Command::new(command[0]).args(&command[1..]).stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|e| panic!("{command:?}: {e}"));
    assert!(output.status.success(), "{command:?}: {}", text(&output));
}

fn create(folder: &Path) -> &Path {
    fs::create_dir_all(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    folder
}

fn word(path: &Path) -> &str {
    path.to_str().expect("temporary paths are UTF-8")
}

impl Machine {
    /// Reads `compose.yaml` in `folder/compose`, and makes a network with a place for each service.
    pub fn new(folder: &Path) -> Self {
        let project = Project::read(&folder.join("compose/compose.yaml"));
        // names of network namespaces are files in there
        run(&["mount", "-t", "tmpfs", "tmpfs", "/run"]);
        run(&["ip", "link", "set", "lo", "up"]);
        run(&["ip", "link", "add", "engine", "type", "bridge"]);
        run(&["ip", "address", "add", &format!("{HOST}/24"), "dev", "engine"]);
        run(&["ip", "link", "set", "engine", "up"]);
        let mut addresses = BTreeMap::new();
        for (number, (name, service)) in (10..).zip(&project.services) {
            if program(service).is_some() {
                addresses.insert(name.clone(), Ipv4Addr::new(10, 89, 0, number));
                let end = format!("engine-{number}");
                run(&["ip", "netns", "add", name]);
                run(&["ip", "link", "add", &end, "type", "veth", "peer", "name", "eth0", "netns", name]);
                run(&["ip", "link", "set", &end, "master", "engine", "up"]);
                let address = format!("10.89.0.{number}/24");
                run(&["ip", "-n", name, "address", "add", &address, "dev", "eth0"]);
                run(&["ip", "-n", name, "link", "set", "eth0", "up"]);
                run(&["ip", "-n", name, "link", "set", "lo", "up"]);
                run(&["ip", "-n", name, "route", "add", "default", "via", HOST]);
            }
        }
        let machine = Self { folder: folder.to_path_buf(), project, addresses, running: BTreeMap::new() };
        machine.addresses.keys().for_each(|name| machine.make_root(name));
        machine
    }

    /// A file beside the Compose file.
    pub fn file(&self, path: &str) -> String {
        let path = self.folder.join("compose").join(path);
        std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }

    /// Services without a program here.
    pub fn missing(&self) -> Vec<&str> {
        let names = self.project.services.keys().filter(|name| !self.addresses.contains_key(*name));
        names.map(String::as_str).collect()
    }

    /// Services that should run all the time.
    pub fn servers(&self) -> Vec<String> {
        let ports = |name: &&String| !self.project.services[*name].ports.is_empty();
        self.addresses.keys().filter(ports).cloned().collect()
    }

    /// The address of a service.
    pub fn address(&self, service: &str) -> Ipv4Addr {
        self.addresses[service]
    }

    fn root(&self, name: &str) -> PathBuf {
        self.folder.join("roots").join(name)
    }

    /// The root of a service: the machine's tools, the service's program, what the file mounts, and no more.
    fn make_root(&self, name: &str) {
        let (service, root) = (&self.project.services[name], self.root(name));
        create(&root);
        run(&["mount", "--bind", word(&root), word(&root)]);
        run(&["mount", "-o", "bind,ro", "/usr", word(create(&root.join("usr")))]);
        for folder in ["dev", "sys"] {
            let place = root.join(folder);
            run(&["mount", "--rbind", word(&Path::new("/").join(folder)), word(create(&place))]);
        }
        for folder in ["bin", "sbin", "lib", "lib64"] {
            // nobody has folders of their own there any more
            std::os::unix::fs::symlink(format!("usr/{folder}"), root.join(folder)).expect("the root is empty");
        }
        run(&["mount", "-t", "proc", "proc", word(create(&root.join("proc")))]);
        create(&root.join("etc"));
        fs::write(root.join("etc/hosts"), self.hosts()).expect("a temporary folder is writable");
        fs::write(root.join("etc/nsswitch.conf"), "hosts: files\n").expect("and so is this");
        if let Some(Program::Real(path)) = program(service) {
            File::create(root.join("program")).expect("a temporary folder is writable");
            run(&["mount", "--bind", word(&path), word(&root.join("program"))]);
        }
        service.volumes.iter().for_each(|mount| self.mount(&root, mount));
        for secret in &service.secrets {
            let source = self.folder.join("compose").join(plain(&self.project.secrets[&secret.source].file));
            let target = at(&root, &plain(&secret.target));
            create(target.parent().expect("a file is in a folder"));
            File::create(&target).expect("a temporary folder is writable");
            run(&["mount", "-o", "bind,ro", word(&source), word(&target)]);
        }
        if service.read_only {
            run(&["mount", "-o", "remount,bind,ro", word(&root)]);
        }
    }

    fn mount(&self, root: &Path, mount: &Mount) {
        match mount {
            Mount::Bind { source, target, read_only } => {
                let source = self.folder.join("compose").join(plain(source));
                let target = at(root, &plain(target));
                create(&target);
                let option = if *read_only { "bind,ro" } else { "bind" };
                run(&["mount", "-o", option, word(&source), word(&target)]);
            }
            Mount::Volume { source, target } => {
                assert!(self.project.volumes.contains_key(source), "the volume {source} is declared");
                let source = self.folder.join("volumes").join(source);
                create(&source);
                let target = at(root, &plain(target));
                run(&["mount", "--bind", word(&source), word(create(&target))]);
            }
            Mount::Tmpfs { target, tmpfs } => {
                let options = format!("size={},mode={:o}", tmpfs.size, tmpfs.mode);
                let target = at(root, &plain(target));
                run(&["mount", "-t", "tmpfs", "-o", &options, "tmpfs", word(create(&target))]);
            }
        }
    }

    /// Each service under its name and its aliases; a name that several have stands several times.
    fn hosts(&self) -> String {
        let line = |(name, address): (&String, &Ipv4Addr)| {
            let aliases: Vec<&str> = self.project.services[name]
                .networks
                .values()
                .flat_map(|n| n.aliases.iter().map(String::as_str))
                .collect();
            format!("{address} {name} {}\n", aliases.join(" "))
        };
        let services: String = self.addresses.iter().map(line).collect();
        format!("127.0.0.1 localhost\n{services}")
    }

    /// A command within a service's root, network and name, as its user.
    fn within(&self, name: &str, command: &[String]) -> Command {
        let service = &self.project.services[name];
        let (user, group) = service.user.split_once(':').expect("both are set");
        let mut out = Command::new("nsenter");
        out.arg(format!("--net=/run/netns/{name}")).args(["unshare", "--uts", "sh", "-ec"]);
        out.args(["hostname \"$0\"; exec \"$@\"", &service.hostname, "/usr/sbin/chroot"]).arg(self.root(name));
        let mut drop = vec!["--clear-groups", "--no-new-privs"];
        // what hands volumes to their users keeps what it needs for that
        if user != "0" {
            drop.extend(["--inh-caps=-all", "--bounding-set=-all"]);
        }
        out.args(["/usr/bin/setpriv", "--reuid", user, "--regid", group]).args(drop);
        out.args(["/usr/bin/env", "-i", SEARCH]);
        out.args(service.environment.iter().map(|(name, value)| format!("{name}={}", plain(value))));
        out.args(command).stdin(Stdio::null());
        out
    }

    fn log(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.log"))
    }

    /// The end of what a service wrote.
    pub fn tail(&self, name: &str) -> String {
        let log = fs::read_to_string(self.log(name)).unwrap_or_default();
        let lines: Vec<&str> = log.lines().rev().take(15).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    /// Starts all services in the order that the file asks for.
    pub fn start_all(&mut self) {
        let mut waiting: Vec<String> = self.addresses.keys().cloned().collect();
        while !waiting.is_empty() {
            let free = |name: &&String| {
                let first = &self.project.services[*name].depends_on;
                first.keys().all(|first| !waiting.contains(first))
            };
            let name = waiting.iter().find(free).expect("nothing waits in a circle").clone();
            self.start(&name);
            let ends = self.project.services.values().filter_map(|s| s.depends_on.get(&name));
            if ends.into_iter().any(|d| d.condition == "service_completed_successfully") {
                assert!(self.ends_well(&name), "{name}: {}", self.tail(&name));
            }
            waiting.retain(|other| *other != name);
        }
    }

    /// Starts a service.
    pub fn start(&mut self, name: &str) {
        let service = &self.project.services[name];
        let mut command: Vec<String> = match service.entrypoint.is_empty() {
            true => vec!["/program".to_owned()],
            false => service.entrypoint.iter().map(|w| plain(w)).collect(),
        };
        command.extend(service.command.iter().map(|w| plain(w)));
        let log = File::options().create(true).append(true).open(self.log(name)).expect("a writable folder");
        let both = log.try_clone().expect("a file's handle can be doubled");
        let child = self.within(name, &command).stdout(log).stderr(both).spawn();
        self.running.insert(name.to_owned(), child.unwrap_or_else(|e| panic!("{name}: {e}")));
    }

    /// Waits for a service that ends by itself; false where it failed.
    pub fn ends_well(&mut self, name: &str) -> bool {
        let mut child = self.running.remove(name).expect("it was started");
        child.wait().is_ok_and(|status| status.success())
    }

    /// Whether a service that was started still runs.
    pub fn runs(&mut self, name: &str) -> bool {
        self.running.get_mut(name).is_some_and(|child| child.try_wait().is_ok_and(|status| status.is_none()))
    }

    /// Asks a service to end, and kills it where it doesn't.
    pub fn stop(&mut self, name: &str) {
        let mut child = self.running.remove(name).expect("it runs");
        run(&["kill", "-TERM", &child.id().to_string()]);
        let start = Instant::now();
        while child.try_wait().is_ok_and(|status| status.is_none()) {
            if start.elapsed() > GRACE {
                // one that has ended by now needs no end
                let _ = child.kill();
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Whether the service's own health check finds it well; `None` where it has none.
    pub fn healthy(&self, name: &str) -> Option<bool> {
        let check = self.project.services[name].healthcheck.as_ref()?;
        let (kind, command) = check.test.split_first().expect("a check has words");
        assert_eq!(kind, "CMD");
        let command: Vec<String> = command.iter().map(|w| plain(w)).collect();
        Some(self.within(name, &command).output().is_ok_and(|o| o.status.success()))
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        for child in self.running.values_mut() {
            // one that has ended already needs no end
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// What runs in a service.
enum Program {
    /// A program of the image's own, which has one here.
    Real(PathBuf),
    /// One of the machine's tools, which the service names.
    Tool,
}

fn program(service: &Service) -> Option<Program> {
    if !service.entrypoint.is_empty() {
        return Some(Program::Tool);
    }
    let (_, name) = PROGRAMS.iter().find(|(image, _)| *image == service.product())?;
    find(name).map(Program::Real)
}
