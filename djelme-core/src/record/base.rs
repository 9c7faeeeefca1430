//! Bases of records: structs whose fields and options are inherited.

use super::{CycleCoverage, Properties, RecordTime};
use crate::field::kind::Gate;
use crate::identity::OpaqueKey;
use crate::options::TypeOptions;
use crate::time::{Cycle, CycleDepth, Day, Hour, Month, Year};
use crate::usage::CountedUsage;

/// A struct whose fields and options records inherit: `#[djelme(abstract)]`. A base may have a base itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a base of records",
    label = "not an abstract struct",
    note = "mark `{Self}` with `#[djelme(abstract)]` and derive `djelme::Properties` for it"
)]
pub trait Base: Properties {
    /// The options to inherit, those of its own base included.
    const OPTIONS: TypeOptions;
    #[doc(hidden)]
    const OK: bool = true;
    #[doc(hidden)]
    const CYCLE: u8 = 0;
    #[doc(hidden)]
    const USAGE: bool = false;
    /// The cycle that a report with this base covers, or `()` if the base does not say.
    type Cycle;
    /// [`CountedUsage`] if the base holds one, else `()`.
    type Usage;

    /// When an event with this base happened, unless it says so itself.
    fn time(&self) -> RecordTime {
        RecordTime::Now
    }

    /// What a report with this base covers, unless it says so itself.
    fn cycle(&self) -> Self::Cycle;

    /// What was used.
    fn usage(&self) -> &Self::Usage;

    /// Gives the base's unique fields to `key`, for records that name none themselves.
    fn unique_parts(&self, _key: &mut OpaqueKey) {}
}

/// [`Base::Cycle`] by the number of its depth, 0 for none. Generated code names the type so, since a private base must
/// not be named in what a public record implements.
#[doc(hidden)]
#[derive(Debug)]
pub struct CycleNumber<const DEPTH: u8>;

#[doc(hidden)]
pub trait NumberedCycle {
    /// The cycle, or `()`.
    type Cycle;
}

macro_rules! numbered_cycles {
    ($($number:literal $cycle:ty;)*) => { $(
        impl NumberedCycle for CycleNumber<$number> { type Cycle = $cycle; }
    )* };
}

numbered_cycles! { 0 (); 1 Cycle<Year>; 2 Cycle<Month>; 3 Cycle<Day>; 4 Cycle<Hour>; }

/// The same of [`Base::Usage`].
#[doc(hidden)]
#[derive(Debug)]
pub struct UsageIf<const IS: bool>;

#[doc(hidden)]
pub trait NumberedUsage {
    /// `CountedUsage`, or `()`.
    type Usage;
}

impl NumberedUsage for UsageIf<false> {
    type Usage = ();
}

impl NumberedUsage for UsageIf<true> {
    type Usage = CountedUsage;
}

/// A base that knows the cycle of its reports.
#[diagnostic::on_unimplemented(
    message = "neither the report nor its base `{Self}` has a `cycle_coverage`",
    label = "does not say which cycle is covered",
    note = "add the field `cycle_coverage: Cycle<Month>` to the report or to the base; `Year`, `Day` and `Hour` are the other depths",
    note = "a base is a struct that derives `djelme::Properties` with `#[djelme(abstract)]`"
)]
pub trait ReportBase: Base {
    #[doc(hidden)]
    const OK: bool = true;
    /// The depth of the cycle.
    type Depth: CycleDepth;
    /// The cycle that is covered.
    fn report_cycle(&self) -> Cycle<Self::Depth>;
}

#[diagnostic::do_not_recommend]
impl<B: Base> ReportBase for B
where
    B::Cycle: CycleCoverage,
{
    type Depth = <B::Cycle as CycleCoverage>::Depth;

    fn report_cycle(&self) -> Cycle<Self::Depth> {
        self.cycle().coverage()
    }
}

/// A base that holds a counted usage, or is one.
#[diagnostic::on_unimplemented(
    message = "the base `{Self}` holds no `CountedUsage`",
    label = "does not say what was used",
    note = "add `#[serde(flatten)] #[djelme(base)] usage: CountedUsage` to the record itself, or to the base",
    note = "a base is a struct that derives `djelme::Properties` with `#[djelme(abstract)]`"
)]
pub trait UsageBase: Base {
    #[doc(hidden)]
    const OK: bool = true;
    /// What was used.
    fn counted_usage(&self) -> &CountedUsage;
}

#[diagnostic::do_not_recommend]
impl<B: Base> UsageBase for B
where
    B::Usage: AsRef<CountedUsage>,
{
    fn counted_usage(&self) -> &CountedUsage {
        self.usage().as_ref()
    }
}

/// What the derives write for a base: `T` itself. As with [`KindOf`](crate::field::kind::KindOf), a struct that is no
/// base is an error only here.
#[doc(hidden)]
pub type BaseOf<T, const OK: bool> = <Gate<OK> as ViaBase<T>>::Is;

/// The same for the base of a report that has no cycle of its own.
#[doc(hidden)]
pub type ReportBaseOf<T, const OK: bool> = <Gate<OK> as ViaReportBase<T>>::Is;

/// The same for the base of a counted usage.
#[doc(hidden)]
pub type UsageBaseOf<T, const OK: bool> = <Gate<OK> as ViaUsageBase<T>>::Is;

#[doc(hidden)]
pub trait ViaBase<T> {
    /// `T`.
    type Is: Base;
}

impl<T: Base> ViaBase<T> for Gate<true> {
    type Is = T;
}

#[doc(hidden)]
pub trait ViaReportBase<T> {
    /// `T`.
    type Is: ReportBase;
}

impl<T: ReportBase> ViaReportBase<T> for Gate<true> {
    type Is = T;
}

#[doc(hidden)]
pub trait ViaUsageBase<T> {
    /// `T`.
    type Is: UsageBase;
}

impl<T: UsageBase> ViaUsageBase<T> for Gate<true> {
    type Is = T;
}
