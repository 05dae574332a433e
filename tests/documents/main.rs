//! The suite `documents`: pictures and the guide, from programs to text.

mod guide;
mod layout;
mod mermaid;
mod pictures;
mod programs;
