//! The command `obs` as people and CI run it: a process, its output, its exit code and what it leaves on disk.

mod build;
mod commands;
mod crash;
mod forms;
mod input;
mod run;
mod watch;
