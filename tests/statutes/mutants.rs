//! The run on altered profiles, as far as every test run has time for it: each value, as the source gives it or
//! the adopting body decides it.

use crate::mutation::{SOURCES, mutants, run, silence, survivors};

#[test]
fn no_value_is_altered_without_a_test_that_fails() {
    silence();
    let list = survivors();
    for source in SOURCES {
        let is_value = |place: &str| place.starts_with("values.") || place.starts_with("overlay.values.");
        let (mutants, _) = mutants(source, is_value);
        assert!(!mutants.is_empty(), "{}", source.name);
        let verdicts = run(source, &mutants, |_| ());
        let unlisted = list.unlisted(source.name, &verdicts);
        assert!(unlisted.is_empty(), "{}: {unlisted:#?}", source.name);
        let told = list.told(source.name, &verdicts);
        assert!(told.is_empty(), "{}: listed, and told: {told:#?}", source.name);
        let mut idle = list.idle(source.name, &verdicts);
        idle.retain(|pattern| is_value(pattern));
        assert!(idle.is_empty(), "{}: nothing survives at {idle:#?}", source.name);
    }
}
