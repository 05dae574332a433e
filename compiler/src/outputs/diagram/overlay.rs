//! What fails, drawn over a picture: its boxes and arrows say what becomes of them.

use super::picture::{Node, Picture};
use crate::analysis::{Conditions, Failure, Fate};
use crate::graph::Graph;
use crate::outputs::{failures, words};

/// The sign of what is lost, and of what goes on with less.
const LOST: &str = "×";
const DEGRADED: &str = "~";

/// Marks what these take with them.
pub(super) fn lay(picture: &mut Picture, graph: &Graph, killed: &[Failure]) {
    if killed.is_empty() {
        return;
    }
    let conditions = Conditions::under(graph, killed);
    let names = words::list(killed.iter().map(|f| failures::name(graph, *f)));
    picture.title = format!("{}, without {names}", picture.title);
    picture.legend.push(format!("{LOST}: lost. {DEGRADED}: goes on with less."));
    let over = Over { graph, killed, conditions };
    picture.content.iter_mut().for_each(|n| over.node(n));
    for arrow in &mut picture.arrows {
        let ends = [&arrow.from, &arrow.to].map(|name| over.fate(name));
        let cut = graph.flows.iter().any(|f| {
            let named = |id, name: &str| graph.component(id).name == name;
            let between = (named(f.from, &arrow.from) && named(f.to, &arrow.to))
                || (named(f.from, &arrow.to) && named(f.to, &arrow.from));
            between && arrow.label.starts_with(f.label.as_str()) && over.conditions.flow(f.id).fate == Fate::Lost
        });
        if cut || ends.contains(&Fate::Lost) {
            arrow.label = format!("{LOST} {}", arrow.label);
        }
    }
}

struct Over<'a> {
    graph: &'a Graph,
    killed: &'a [Failure],
    conditions: Conditions,
}

impl Over<'_> {
    fn node(&self, node: &mut Node) {
        match node {
            Node::Group { content, .. } => content.iter_mut().for_each(|n| self.node(n)),
            Node::Box(shape) => {
                shape.fate = self.fate(&shape.name);
                let sign = match shape.fate {
                    Fate::Lost => LOST,
                    Fate::Degraded => DEGRADED,
                    Fate::Unaffected => return,
                };
                // below the heading: `× lost`
                shape.lines.insert(1.min(shape.lines.len()), format!("{sign} {}", shape.fate.word()));
            }
        }
    }

    /// What becomes of a box: a component by its name, an instance by its own.
    fn fate(&self, name: &str) -> Fate {
        if let Some(component) = self.graph.components.iter().find(|c| c.name == name) {
            return self.conditions.component(component.id).fate;
        }
        let instance = self.graph.components.iter().find_map(|c| {
            let number = name.strip_prefix(c.name.as_str())?.strip_prefix('-')?.parse().ok()?;
            Some(Failure::Instance(c.id, number)).zip(Some(c.id))
        });
        match instance {
            Some((failure, _)) if self.killed.contains(&failure) => Fate::Lost,
            Some((_, id)) if self.killed.contains(&Failure::Component(id)) => Fate::Lost,
            _ => Fate::Unaffected,
        }
    }
}
