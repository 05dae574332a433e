//! obs.
use obs_compiler::{db::FileText, ide::Host, text::Sources};
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let mut host = Host::new();
    host.set_file(&path, FileText::Text(text.into()));
    let a = host.analysis();
    for d in a.check(&path) {
        let r = a.locate(d.primary);
        let lc = a.line_index(r.file).line_col(r.range.start);
        println!("{}:{}:{}: {}[{}]: {}  // {:?}", a.path(r.file), lc.line + 1, lc.col + 1, d.severity.name(), d.code.id(), d.message, d.help);
    }
    if let Some(s) = a.stacks(&path) { if std::env::args().nth(2).is_some() { println!("{s:#?}"); } else { println!("{} profiles, {} components, {} flows", s.len(), s[0].graph.components.len(), s[0].graph.flows.len()); } }
}
