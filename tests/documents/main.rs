//! The suite `documents`: pictures and the guide, from programs to text.

mod browser;
mod compare;
mod escaping;
mod guide;
mod layout;
mod library;
mod markdown;
mod mermaid;
mod pictures;
mod places;
mod programs;
mod site;
mod tools;
mod views;
