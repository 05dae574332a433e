//! What a view of the program's own shows and hides.

use crate::graph::{Component, Flow, Graph, Signal};
use crate::value::Record;
use smol_str::SmolStr;

/// Which components and flows a view shows: words are names, kinds and layers of components, protocols and signals.
pub(super) struct Filter<'a> {
    graph: &'a Graph,
    show: Vec<SmolStr>,
    hide: Vec<SmolStr>,
    kinds: Option<Vec<SmolStr>>,
    layers: Option<Vec<SmolStr>>,
    signals: Option<Vec<SmolStr>>,
    protocols: Option<Vec<SmolStr>>,
}

impl<'a> Filter<'a> {
    pub(super) fn new(graph: &'a Graph, settings: &Record) -> Self {
        let words = |setting: &str| settings.get(setting).map(|s| s.value.strings());
        Self {
            graph,
            show: words("show").unwrap_or_default(),
            hide: words("hide").unwrap_or_default(),
            kinds: words("kinds"),
            layers: words("layers"),
            signals: words("signals"),
            protocols: words("protocols"),
        }
    }

    fn layer(&self, component: &Component) -> &str {
        component.layer.map(|l| self.graph.layers[l.0 as usize].name.as_str()).unwrap_or_default()
    }

    /// Whether a word means a component: by its name, a kind of it, or its layer.
    fn means(&self, word: &str, component: &Component) -> bool {
        component.name == word || component.kinds.iter().any(|k| k == word) || self.layer(component) == word
    }

    /// Whether a word means components; else it means flows.
    fn is_of_components(&self, word: &str) -> bool {
        self.graph.components.iter().any(|c| self.means(word, c))
    }

    pub(super) fn shows(&self, component: &Component) -> bool {
        let means = |word: &SmolStr| self.means(word, component);
        let lists = |list: &Option<Vec<SmolStr>>, what: &dyn Fn(&SmolStr) -> bool| {
            list.as_ref().is_none_or(|words| words.iter().any(what))
        };
        let mut wanted = self.show.iter().filter(|w| self.is_of_components(w)).peekable();
        (wanted.peek().is_none() || wanted.any(means))
            && !self.hide.iter().any(means)
            && lists(&self.kinds, &|k| component.kinds.contains(k))
            && lists(&self.layers, &|l| self.layer(component) == l)
    }

    pub(super) fn shows_flow(&self, flow: &Flow) -> bool {
        let carries = |word: &SmolStr| flow.signals.iter().any(|s: &Signal| s.name() == word);
        let means = |word: &&SmolStr| flow.protocol == **word || carries(word);
        // what carries other signals too is still worth showing
        let hidden = |word: &&SmolStr| flow.protocol == **word || (carries(word) && flow.signals.len() == 1);
        let mut wanted = self.show.iter().filter(|w| !self.is_of_components(w)).peekable();
        let mut unwanted = self.hide.iter().filter(|w| !self.is_of_components(w));
        (wanted.peek().is_none() || wanted.any(|w| means(&w)))
            && !unwanted.any(|w| hidden(&w))
            && self.protocols.as_ref().is_none_or(|words| words.contains(&flow.protocol))
            && self.signals.as_ref().is_none_or(|words| words.iter().any(carries))
            && self.shows(self.graph.component(flow.from))
            && self.shows(self.graph.component(flow.to))
    }

    /// A view by signals or protocols shows only what takes part.
    pub(super) fn takes_part(&self, component: &Component) -> bool {
        let by_flow =
            self.signals.is_some() || self.protocols.is_some() || self.show.iter().any(|w| !self.is_of_components(w));
        let touches = |f: &&Flow| f.from == component.id || f.to == component.id;
        !by_flow || self.graph.flows.iter().filter(touches).any(|f| self.shows_flow(f))
    }
}
