//! What obs emits, judged by the real programs that it is for. See [`programs`] for where those come from.

mod alerts;
mod autoscaler;
mod backups;
mod cluster;
mod configs;
mod containers;
mod go_modules;
mod grafana;
mod kubernetes;
mod laptop;
mod logql;
mod node_logs;
mod ports;
mod programs;
mod readme;
mod recipes;
mod reconcile;
mod recovery;
mod report;
mod rights;
mod secrets;
mod starts;
