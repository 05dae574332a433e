//! What is emitted for Kubernetes, held against rules of our own. The real programs judge it in `conformance`.

mod configs;
mod digests;
mod hardening;
mod inspection;
mod kinds;
mod kube_linter;
mod patches;
mod policies;
mod reproducible;
mod routes;
mod strings;
mod waivers;
