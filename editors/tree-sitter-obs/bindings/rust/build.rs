//! Compiles the parser, which `tree-sitter generate` wrote, and the scanner of line ends.

fn main() {
    let source = ["parser.c", "scanner.c"].map(|file| format!("src/{file}"));
    cc::Build::new().std("c11").include("src").warnings(false).files(&source).compile("tree-sitter-obs");
    source.iter().for_each(|file| println!("cargo:rerun-if-changed={file}"));
}
