//! Many inputs given to both, and what may come of them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::python::Python;

/// An input and what both are expected to make of it.
pub(crate) struct Case {
    pub(crate) input: Value,
    pub(crate) expected: Expected,
}

/// What is expected of an input. Rows are those of the conformance cases that the tests of the core name too.
#[derive(Clone, Copy)]
pub(crate) enum Expected {
    /// Both make the same of it, or both refuse it.
    Same,
    /// A known mistake of the package, which takes what djelme refuses.
    WeRefuse(&'static str),
    /// A known mistake of the package, which refuses what djelme takes.
    PythonRefuses(&'static str),
    /// A known mistake of the package: both answer, and differ.
    Differs(&'static str),
}

/// Asks the bridge's function `of` about all inputs and compares; the summary of the run gets the counts.
#[allow(clippy::print_stdout, reason = "the test run reads this line")]
pub(crate) fn compare(
    python: &Python,
    of: &str,
    seed: u64,
    cases: &[Case],
    ours: impl Fn(&Value) -> Result<Value, String>,
) {
    let inputs: Vec<Value> = cases.iter().map(|case| case.input.clone()).collect();
    let (mut same, mut refused, mut known) = (0, 0, BTreeMap::<&str, u32>::new());
    let mut wrong = Vec::new();
    for (case, theirs) in cases.iter().zip(python.cases(of, &inputs)) {
        let ours = ours(&case.input);
        let row = match (case.expected, &ours, &theirs) {
            (Expected::Same, Ok(ours), Ok(theirs)) if ours == theirs => {
                same += 1;
                continue;
            }
            (Expected::Same, Err(_), Err(_)) => {
                refused += 1;
                continue;
            }
            (Expected::WeRefuse(row), Err(_), Ok(_)) | (Expected::PythonRefuses(row), Ok(_), Err(_)) => row,
            (Expected::Differs(row), Ok(ours), Ok(theirs)) if ours != theirs => row,
            _ => {
                wrong.push(format!("{}: djelme {ours:?}, Python {theirs:?}", case.input));
                continue;
            }
        };
        *known.entry(row).or_default() += 1;
    }
    let known: Vec<_> = known.iter().map(|(row, count)| format!("{row}: {count}")).collect();
    println!(
        "djelme-test: note: {} inputs of `{of}` (seed {seed}): {same} equal, {refused} refused by both, known mistakes of \
         the package {}",
        cases.len(),
        if known.is_empty() { "none".to_owned() } else { known.join(", ") }
    );
    let shown = wrong.iter().take(10).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "seed {seed}: {} of {of} are unlike what is expected:\n{shown}", wrong.len());
    assert!(same * 2 > cases.len(), "too few are compared: {same} of {}", cases.len());
}

/// The seed of a run: `DJELME_INTEROP_SEED`, or a new one.
pub(crate) fn seed() -> u64 {
    let given = std::env::var("DJELME_INTEROP_SEED").ok();
    given.map_or_else(|| fastrand::u64(..1_000_000_000), |seed| seed.parse().expect("a number"))
}
