//! What is emitted for Kubernetes, held against rules of our own. The real programs judge it in `conformance`.

mod hardening;
mod kinds;
mod patches;
mod policies;
mod reproducible;
mod routes;
mod strings;
