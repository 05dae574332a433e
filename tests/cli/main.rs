//! The command `obs` as people and CI run it: a process, its output, its exit code and what it leaves on disk.

mod build;
mod commands;
mod compose;
mod crash;
mod diff;
mod forms;
mod health;
mod input;
mod load;
mod run;
mod watch;
mod whatif;
