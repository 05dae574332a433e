//! What obs emits, judged by the real programs that it is for. See [`programs`] for where those come from.

mod alerts;
mod cluster;
mod configs;
mod containers;
mod kubernetes;
mod programs;
mod recipes;
mod report;
mod starts;
