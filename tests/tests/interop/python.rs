//! The Python side: a Django project whose commands are run, and a process of it that answers questions.

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// The Django project under the names of one test.
pub(crate) struct Python {
    prefix: String,
    bridge: RefCell<Bridge>,
}

/// `manage.py interop_bridge`: a line for each question, a line for each answer.
struct Bridge {
    process: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

/// What a management command came to.
#[derive(Debug)]
pub(crate) struct Managed {
    pub(crate) succeeded: bool,
    /// What it printed, errors included.
    pub(crate) output: String,
}

impl Python {
    /// Starts the process; all its names begin with the prefix.
    pub(crate) fn start(prefix: &str) -> Self {
        let mut command = manage(prefix, &["interop_bridge"]);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (questions, answers) = (process.stdin.take(), BufReader::new(process.stdout.take().unwrap()));
        Self { prefix: prefix.to_owned(), bridge: RefCell::new(Bridge { process, questions, answers }) }
    }

    /// Asks a question that has an answer.
    pub(crate) fn ask(&self, question: &str, arguments: &Value) -> Value {
        self.try_ask(question, arguments).unwrap_or_else(|error| panic!("{question} {arguments}: {error}"))
    }

    /// Asks a question; the error is Python's.
    pub(crate) fn try_ask(&self, question: &str, arguments: &Value) -> Result<Value, String> {
        let mut arguments = arguments.clone();
        arguments["ask"] = question.into();
        let Bridge { questions, answers, .. } = &mut *self.bridge.borrow_mut();
        writeln!(questions.as_mut().unwrap(), "{arguments}").unwrap();
        let mut line = String::new();
        answers.read_line(&mut line).unwrap();
        let mut answer: Value =
            serde_json::from_str(&line).expect("the Python process answers in JSON lines");
        match answer["error"].take() {
            Value::Null => Ok(answer["ok"].take()),
            error => Err(error.as_str().unwrap_or_default().to_owned()),
        }
    }

    /// What one function of the bridge makes of many inputs: the results, or what the exceptions say.
    pub(crate) fn cases(&self, of: &str, cases: &[Value]) -> Vec<Result<Value, String>> {
        let answers = self.ask("cases", &json!({ "of": of, "cases": cases }));
        let answers: Vec<Value> = serde_json::from_value(answers).unwrap();
        assert_eq!(answers.len(), cases.len());
        let result = |mut answer: Value| match answer.get("error").and_then(Value::as_str) {
            Some(error) => Err(error.to_owned()),
            None => Ok(answer["ok"].take()),
        };
        answers.into_iter().map(result).collect()
    }

    /// Runs a management command, as a user does.
    pub(crate) fn manage(&self, arguments: &[&str]) -> Managed {
        let output = manage(&self.prefix, arguments).stdin(Stdio::null()).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Managed { succeeded: output.status.success(), output: text(&output.stdout) + &text(&output.stderr) }
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let bridge = self.bridge.get_mut();
        // The process ends with its input.
        bridge.questions = None;
        let _ = bridge.process.wait();
    }
}

fn manage(prefix: &str, arguments: &[&str]) -> Command {
    let python = std::env::var_os("DJELME_TEST_PYTHON")
        .expect("DJELME_TEST_PYTHON names a Python with the package; `cargo xtask test` makes one");
    let mut command = Command::new(python);
    command.arg("manage.py").args(arguments).current_dir(project());
    command.env("DJELME_INTEROP_URL", djelme_tests::server::url().unwrap());
    command.env("DJELME_INTEROP_PREFIX", prefix).env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// The folder of the Django project.
pub(crate) fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("interop/python")
}
