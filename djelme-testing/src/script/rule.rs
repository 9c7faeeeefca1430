//! Rules: which requests, and what happens to them, in the order of the sentence that makes them.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use bytes::Bytes;
use djelme_core::outcome::Rejection;

use super::Decision;
use super::fault::{Fault, FaultAnswer};
use super::request::{Call, Item, Request};

type RequestCondition = Box<dyn Fn(&Request<'_>) -> bool + Send>;
type ItemCondition = Box<dyn Fn(&Item<'_>) -> bool + Send>;

/// A rule of a script: conditions, then steps.
///
/// Made by [`on`]. The conditions (`for_..`, `from`, `every`, `when`, `over_bytes`, `with_probability`) hold for the
/// whole rule. The steps follow each other by [`then`](Self::then); each names one thing that happens and how often
/// ([`times`](Self::times), [`once`](Self::once); without either, from then on for ever).
///
/// ```
/// use std::time::Duration;
/// use djelme_testing::{Call, on, refusal};
///
/// // The first three batches are refused, the fourth is stored but not answered, all others are taken.
/// on(Call::Bulk)
///     .answer(429).retry_after(Duration::from_secs(1)).times(3)
///     .then().apply_and_drop().once();
/// // A batch that holds this document is refused as a whole.
/// on(Call::Bulk).for_id("poison").answer(400);
/// // Each tenth document is refused by itself, once chosen at random.
/// on(Call::Bulk).with_probability(0.1).seeded(7).refuse(refusal::busy());
/// ```
#[must_use = "a rule does nothing until a script has it"]
pub struct Rule {
    call: Call,
    conditions: Vec<RequestCondition>,
    item_conditions: Vec<ItemCondition>,
    probability: Option<f64>,
    random: fastrand::Rng,
    steps: Vec<Step>,
    at: usize,
    used: u64,
}

#[derive(Debug)]
struct Step {
    effect: Effect,
    times: Option<u64>,
}

#[derive(Debug)]
enum Effect {
    Pass,
    Fault(Fault),
    OneOf(Vec<Fault>),
    Refuse(Rejection),
}

/// Begins a rule for requests of this kind.
pub fn on(call: Call) -> Rule {
    Rule {
        call,
        conditions: Vec::new(),
        item_conditions: Vec::new(),
        probability: None,
        random: fastrand::Rng::with_seed(0),
        steps: vec![Step { effect: Effect::Pass, times: None }],
        at: 0,
        used: 0,
    }
}

/// Conditions.
impl Rule {
    /// Only requests that this holds for.
    pub fn when(mut self, condition: impl Fn(&Request<'_>) -> bool + Send + 'static) -> Self {
        self.conditions.push(Box::new(condition));
        self
    }

    /// Only these among the requests of this kind, counted from 1.
    pub fn numbers(self, numbers: RangeInclusive<u64>) -> Self {
        self.when(move |request| numbers.contains(&request.number))
    }

    /// Only each of so many: the third, the sixth and so on.
    ///
    /// # Panics
    /// If `count` is 0.
    pub fn every(self, count: u64) -> Self {
        assert!(count > 0, "every 0th request is none");
        self.when(move |request| request.number.is_multiple_of(count))
    }

    /// Only requests whose body is longer than this.
    pub fn over_bytes(self, bytes: usize) -> Self {
        self.when(move |request| request.bytes > bytes)
    }

    /// Only documents that this holds for: [`refuse`](Self::refuse) refuses these alone, everything else happens to
    /// requests that hold at least one of them.
    pub fn for_items(mut self, condition: impl Fn(&Item<'_>) -> bool + Send + 'static) -> Self {
        self.item_conditions.push(Box::new(condition));
        self
    }

    /// Only documents of this index; a `*` stands for anything.
    pub fn for_index(self, pattern: impl Into<String>) -> Self {
        let pattern = pattern.into();
        self.for_items(move |item| crate::store::matches(&pattern, &item.index))
    }

    /// Only the document with this id.
    pub fn for_id(self, id: impl Into<String>) -> Self {
        let id = id.into();
        self.for_items(move |item| item.id == id)
    }

    /// Only requests that name this index, pattern or template.
    pub fn for_subject(self, subject: impl Into<String>) -> Self {
        let subject = subject.into();
        self.when(move |request| request.subject == subject)
    }

    /// Only so many of the requests (of the documents, for [`refuse`](Self::refuse)), chosen at random: 0.1 is one in
    /// ten.
    ///
    /// # Panics
    /// If the probability is not between 0 and 1.
    pub fn with_probability(mut self, probability: f64) -> Self {
        assert!((0.0..=1.0).contains(&probability), "{probability} is not between 0 and 1");
        self.probability = Some(probability);
        self
    }

    /// Where the random numbers of this rule begin; without it, at 0. The same seed gives the same numbers.
    pub fn seeded(mut self, seed: u64) -> Self {
        self.random = fastrand::Rng::with_seed(seed);
        self
    }
}

/// Steps.
impl Rule {
    /// Lets requests through: the start of a rule whose fault comes later, as `pass().times(2).then().hang()`.
    pub fn pass(self) -> Self {
        self.effect(Effect::Pass)
    }

    /// Any fault.
    pub fn fault(self, fault: Fault) -> Self {
        self.effect(Effect::Fault(fault))
    }

    /// One of these faults, another for each request, chosen at random.
    ///
    /// # Panics
    /// If there are none.
    pub fn one_of(self, faults: impl IntoIterator<Item = Fault>) -> Self {
        let faults: Vec<_> = faults.into_iter().collect();
        assert!(!faults.is_empty(), "one of no faults is none");
        self.effect(Effect::OneOf(faults))
    }

    /// Answers with this status and does nothing else; the words are those of [`FaultAnswer::new`].
    pub fn answer(self, status: u16) -> Self {
        self.fault(Fault::Answer(FaultAnswer::new(status)))
    }

    /// The error's name and reason in the [`answer`](Self::answer) before this.
    ///
    /// # Panics
    /// If there is no answer before this.
    pub fn because(self, error_type: &str, reason: &str) -> Self {
        self.change_answer(|answer| {
            error_type.clone_into(&mut answer.error_type);
            reason.clone_into(&mut answer.reason);
        })
    }

    /// The time to wait that the [`answer`](Self::answer) before this asks for.
    ///
    /// # Panics
    /// If there is no answer before this.
    pub fn retry_after(self, time: Duration) -> Self {
        self.change_answer(|answer| answer.retry_after = Some(time))
    }

    /// The body of the [`answer`](Self::answer) before this, in place of Elasticsearch's JSON: what a proxy before it says.
    ///
    /// # Panics
    /// If there is no answer before this.
    pub fn body(self, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        self.change_answer(|answer| answer.body = Some(body))
    }

    /// [`Fault::Delay`].
    pub fn delay(self, time: Duration) -> Self {
        self.fault(Fault::Delay(time))
    }

    /// [`Fault::Hang`].
    pub fn hang(self) -> Self {
        self.fault(Fault::Hang)
    }

    /// [`Fault::ApplyAndHang`].
    pub fn apply_and_hang(self) -> Self {
        self.fault(Fault::ApplyAndHang)
    }

    /// [`Fault::Drop`].
    pub fn drop_connection(self) -> Self {
        self.fault(Fault::Drop)
    }

    /// [`Fault::ApplyAndDrop`].
    pub fn apply_and_drop(self) -> Self {
        self.fault(Fault::ApplyAndDrop)
    }

    /// [`Fault::Reset`].
    pub fn reset(self) -> Self {
        self.fault(Fault::Reset)
    }

    /// [`Fault::Truncate`].
    pub fn truncate(self) -> Self {
        self.fault(Fault::Truncate)
    }

    /// [`Fault::Malform`].
    pub fn malform(self) -> Self {
        self.fault(Fault::Malform)
    }

    /// [`Fault::MissingItem`].
    pub fn leave_out_an_item(self) -> Self {
        self.fault(Fault::MissingItem)
    }

    /// [`Fault::ExtraItem`].
    pub fn add_an_item(self) -> Self {
        self.fault(Fault::ExtraItem)
    }

    /// [`Fault::Reorder`].
    pub fn reorder(self) -> Self {
        self.fault(Fault::Reorder)
    }

    /// [`Fault::GoDown`].
    pub fn go_down(self) -> Self {
        self.fault(Fault::GoDown)
    }

    /// Refuses the documents that the rule is about, each by itself; the others of the request are stored. A
    /// [`refusal`](crate::refusal) with status 409 is a conflict.
    pub fn refuse(self, refusal: Rejection) -> Self {
        self.effect(Effect::Refuse(refusal))
    }

    /// The step ends after so many requests that it happened to.
    pub fn times(mut self, times: u64) -> Self {
        if let Some(step) = self.steps.last_mut() {
            step.times = Some(times);
        }
        self
    }

    /// The step ends after one request.
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// Begins the next step, which lets requests through unless it says otherwise.
    pub fn then(mut self) -> Self {
        self.steps.push(Step { effect: Effect::Pass, times: None });
        self
    }

    fn effect(mut self, effect: Effect) -> Self {
        if let Some(step) = self.steps.last_mut() {
            step.effect = effect;
        }
        self
    }

    #[allow(clippy::panic, reason = "a mistake of whoever writes the test")]
    fn change_answer(mut self, change: impl FnOnce(&mut FaultAnswer)) -> Self {
        match self.steps.last_mut() {
            Some(Step { effect: Effect::Fault(Fault::Answer(answer)), .. }) => change(answer),
            _ => panic!("this needs an `answer(..)` right before it"),
        }
        self
    }
}

impl Rule {
    /// Adds what this rule does to the request. Once a fault is decided on, a rule does no more.
    pub(super) fn decide(&mut self, request: &Request<'_>, decision: &mut Decision) {
        if self.call != request.call || !self.conditions.iter().all(|condition| condition(request)) {
            return;
        }
        let about = |item: &Item<'_>| self.item_conditions.iter().all(|condition| condition(item));
        let mut chosen: Vec<usize> =
            request.items.iter().filter(|item| about(item)).map(|item| item.position).collect();
        if !self.item_conditions.is_empty() && chosen.is_empty() {
            return;
        }
        self.skip_ended_steps();
        let Some(Step { effect, .. }) = self.steps.get(self.at) else { return };
        let (random, probability) = (&mut self.random, self.probability);
        let mut happens = || probability.is_none_or(|probability| random.f64() < probability);
        match effect {
            Effect::Pass => {}
            Effect::Refuse(refusal) => {
                chosen.retain(|_| happens());
                if chosen.is_empty() {
                    return;
                }
                for position in chosen {
                    decision.refusals.entry(position).or_insert_with(|| refusal.clone());
                }
            }
            Effect::Fault(_) | Effect::OneOf(_) if decision.fault.is_some() || !happens() => return,
            Effect::Fault(fault) => decision.fault = Some(fault.clone()),
            Effect::OneOf(faults) => decision.fault = random.choice(faults).cloned(),
        }
        self.used += 1;
    }

    fn skip_ended_steps(&mut self) {
        while self.steps.get(self.at).is_some_and(|step| step.times.is_some_and(|times| self.used >= times)) {
            self.at += 1;
            self.used = 0;
        }
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule")
            .field("call", &self.call)
            .field("steps", &self.steps)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}
