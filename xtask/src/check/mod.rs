//! `cargo xtask check`: everything that needs no server and is no test.

use std::{
    fmt::Write as _,
    io::Write as _,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

use crate::workspace;

mod dependencies;
mod sources;

/// One thing to look at.
struct Step {
    name: &'static str,
    look: Look,
}

/// How a step is done.
enum Look {
    /// Cargo must succeed.
    Cargo(&'static [&'static str]),
    /// The documentation must build without a warning.
    Docs(&'static [&'static str]),
    /// A function must find no offence.
    Own(fn() -> Result<Vec<String>>),
}

const DENY: &str = "warnings";

/// Cheap ones first.
const STEPS: &[Step] = &[
    Step { name: "formatting", look: Look::Cargo(&["fmt", "--all", "--check"]) },
    Step { name: "every module opens with its description", look: Look::Own(sources::modules_without_docs) },
    Step { name: "no file is too long", look: Look::Own(sources::long_files) },
    Step { name: "one Rust version", look: Look::Own(dependencies::rust_versions) },
    Step { name: "djelme-core does no input or output", look: Look::Own(dependencies::impure_core) },
    Step {
        name: "clippy",
        look: Look::Cargo(&["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", DENY]),
    },
    Step {
        name: "clippy of the server tests",
        look: Look::Cargo(&[
            "clippy",
            "--quiet",
            "--package=djelme-tests",
            "--all-targets",
            "--features=server",
            "--",
            "-D",
            DENY,
        ]),
    },
    // Clippy checks all that `cargo check` does and can refuse warnings without building the libraries again.
    Step {
        name: "djelme without default features",
        look: Look::Cargo(&[
            "clippy",
            "--quiet",
            "--package=djelme",
            "--no-default-features",
            "--",
            "-D",
            DENY,
        ]),
    },
    Step {
        name: "djelme with the embedded engine alone",
        look: Look::Cargo(&[
            "clippy",
            "--quiet",
            "--package=djelme",
            "--no-default-features",
            "--features=embedded",
            "--",
            "-D",
            DENY,
        ]),
    },
    Step {
        name: "djelme-embedded alone",
        look: Look::Cargo(&["clippy", "--quiet", "--package=djelme-embedded", "--", "-D", DENY]),
    },
    Step {
        name: "djelme-es8 alone",
        look: Look::Cargo(&["clippy", "--quiet", "--package=djelme-es8", "--", "-D", DENY]),
    },
    Step {
        name: "djelme-core with all features",
        look: Look::Cargo(&[
            "clippy",
            "--quiet",
            "--package=djelme-core",
            "--all-features",
            "--",
            "-D",
            DENY,
        ]),
    },
    Step { name: "documentation", look: Look::Docs(&["doc", "--quiet", "--workspace", "--no-deps"]) },
];

/// Runs every step, also after one has failed.
pub(crate) fn run() -> Result<()> {
    let mut failed = Vec::new();
    for step in STEPS {
        print!("{} ... ", step.name);
        std::io::stdout().flush()?;
        let begin = Instant::now();
        let complaint = complaint(&step.look).unwrap_or_else(|error| Some(format!("{error:#}\n")));
        let time = seconds(begin.elapsed());
        match complaint {
            None => println!("ok ({time})"),
            Some(text) => {
                println!("failed ({time})\n{text}");
                failed.push(step.name);
            }
        }
    }
    if !failed.is_empty() {
        bail!("{} of {} checks failed: {}", failed.len(), STEPS.len(), failed.join(", "));
    }
    println!("all {} checks passed", STEPS.len());
    Ok(())
}

/// What a step found fault with.
fn complaint(look: &Look) -> Result<Option<String>> {
    match look {
        Look::Cargo(arguments) => output_of_failure(&mut workspace::cargo(arguments)),
        Look::Docs(arguments) => {
            let flags = format!("-D {DENY}");
            output_of_failure(workspace::cargo(arguments).env("RUSTDOCFLAGS", flags))
        }
        Look::Own(find) => {
            let mut text = String::new();
            for offence in find()? {
                writeln!(text, "  {offence}")?;
            }
            Ok((!text.is_empty()).then_some(text))
        }
    }
}

fn output_of_failure(command: &mut Command) -> Result<Option<String>> {
    let output = command.output().context("cannot run Cargo")?;
    if output.status.success() {
        return Ok(None);
    }
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Ok(Some(format!("{out}{err}")))
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
