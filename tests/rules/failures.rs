//! What goes on when parts fail: what must hold of it for every graph.

use obs_compiler::analysis::{Failure, Fate, Outcome, every, quorum, single_failures, what_if};
use obs_compiler::graph::Graph;
use obs_tests::stacks::programs;

/// Each graph of the examples, of the suites and of programs made by chance.
fn graphs() -> impl Iterator<Item = (String, &'static Graph)> {
    let stacks = programs().iter().flat_map(|p| p.stacks.iter().map(move |s| (p, s)));
    stacks.map(|(p, s)| (format!("{} at {}", p.name, s.graph.profile), &*s.graph))
}

#[test]
fn nothing_is_lost_while_nothing_fails() {
    for (name, graph) in graphs() {
        for outcome in what_if(graph, &[]) {
            // what a profile runs none of is away without a failure
            let off = graph.components.iter().any(|c| c.replicas.by_profile.contains(&0) && c.namespace.is_some());
            assert!(off || outcome.fate == Fate::Unaffected, "{name}: {outcome:?}");
            assert!(off || outcome.causes.is_empty(), "{name}: {outcome:?}");
        }
    }
}

#[test]
fn killing_more_never_makes_anything_better() {
    let (mut tried, mut worse) = (0, 0);
    for (name, graph) in graphs() {
        let all = every(graph);
        let alone: Vec<Vec<Outcome>> = all.iter().map(|f| what_if(graph, &[*f])).collect();
        for (at, one) in all.iter().enumerate() {
            // a few others each, in turn
            for step in [1, 3, 7] {
                let other = all[(at + step) % all.len()];
                let both = what_if(graph, &[*one, other]);
                assert_eq!(both.len(), alone[at].len(), "{name}: the same things are told of");
                for (before, after) in alone[at].iter().zip(&both) {
                    assert_eq!(before.subject, after.subject, "{name}");
                    assert!(after.fate <= before.fate, "{name}: {one:?} and {other:?} spare {:?}", after.subject);
                    tried += 1;
                    worse += usize::from(after.fate < before.fate);
                }
            }
        }
    }
    assert!(tried > 10_000 && worse > 1_000, "the property was put to the test: {tried} pairs, {worse} worse");
}

#[test]
fn every_single_failure_does_what_it_does_alone() {
    let (mut same, mut other) = (0, 0);
    for (name, graph) in graphs() {
        let before = what_if(graph, &[]);
        let scenarios = single_failures(graph);
        assert_eq!(scenarios.iter().map(|s| s.failure).collect::<Vec<_>>(), every(graph), "{name}");
        for scenario in scenarios {
            let plain = what_if(graph, &[scenario.failure]);
            let hurt = |o: &&Outcome| o.fate != Fate::Unaffected;
            let found: Vec<&Outcome> = scenario.outcomes.iter().map(|o| &**o).filter(hurt).collect();
            assert_eq!(found, plain.iter().filter(hurt).collect::<Vec<_>>(), "{name}, {:?}", scenario.failure);
            *(if plain == before { &mut same } else { &mut other }) += 1;
        }
    }
    assert!(same > 100 && other > 500, "both are put to the test: {same} reach nothing, {other} something");
}

#[test]
fn without_everything_everything_is_lost() {
    for (name, graph) in graphs() {
        let all: Vec<Failure> = graph.components.iter().map(|c| Failure::Component(c.id)).collect();
        let left: Vec<_> = what_if(graph, &all).into_iter().filter(|o| o.fate != Fate::Lost).collect();
        assert!(left.is_empty(), "{name}: {left:?}");
    }
}

#[test]
fn what_is_lost_or_degraded_says_why() {
    for (name, graph) in graphs() {
        for failure in every(graph) {
            for outcome in what_if(graph, &[failure]) {
                let told = !outcome.causes.is_empty();
                assert_eq!(told, outcome.fate != Fate::Unaffected, "{name}, {failure:?}: {outcome:?}");
            }
        }
    }
}

/// The arithmetic against all ways to lose instances: data is on as many neighbours of a ring as there are copies.
#[test]
fn a_ring_tolerates_what_trying_every_loss_shows() {
    for instances in 1..=7_u32 {
        let copies = quorum::copies(instances);
        let writes = |lost: u32| {
            (0..instances).all(|first| {
                let left = (0..copies).filter(|i| lost & (1 << ((first + i) % instances)) == 0).count() as u32;
                left >= quorum::majority(copies)
            })
        };
        let most =
            (0..=instances).rev().find(|k| (0..1 << instances).filter(|l: &u32| l.count_ones() == *k).all(writes));
        assert_eq!(most, Some(quorum::tolerates(instances)), "of {instances}");
    }
}
