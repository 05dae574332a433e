//! Edits by chance; more of them with `bench stress`.

use obs_tests::stress;

#[test]
fn after_any_edits_all_is_as_after_a_fresh_start() {
    stress::run(2000, 100, 7, |_, _| {});
}
