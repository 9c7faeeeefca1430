//! What the recorder says through `tracing`.

use std::cell::RefCell;
use std::fmt::{self, Write as _};
use std::sync::{Mutex, Once};

use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, span};

thread_local! {
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// The events of all threads.
static ALL: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Notes the events of this thread from now on. One subscriber serves all tests: one for each of them would race for
/// what `tracing` caches.
pub(crate) fn capture() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| tracing::subscriber::set_global_default(Lines).unwrap());
    LINES.take();
}

/// The events that hold this text, each as a line.
pub(crate) fn events_with(text: &str) -> Vec<String> {
    LINES.with_borrow(|lines| lines.iter().filter(|line| line.contains(text)).cloned().collect())
}

/// The events of any thread that hold this text, which those of other tests do not.
pub(crate) fn events_anywhere_with(text: &str) -> Vec<String> {
    ALL.lock().unwrap().iter().filter(|line| line.contains(text)).cloned().collect()
}

struct Lines;

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Subscriber for Lines {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        ALL.lock().unwrap().push(line.0.clone());
        LINES.with_borrow_mut(|lines| lines.push(line.0));
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}
