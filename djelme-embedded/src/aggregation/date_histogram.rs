//! `date_histogram`: one bucket for each interval of time.

use serde_json::{Map, Value};
use tantivy::columnar::Column as Values;

use super::block::{Block, Loaded};
use super::bounds::{Bounds, Ends};
use super::format::Format;
use super::interval;
use super::level::{Aggregator, Answering, Level};
use super::missing::{self, text_of};
use super::order::Path;
use super::params::Params;
use super::request::Build;
use super::rounding::{Finder, Rounding};
use super::rows::{self, Places, Wanted};
use super::source::{Segment, Source, ValueKind};
use super::split::{NO_KEY, Split};
use crate::column::Column;
use crate::date::DateFormat;
use crate::error::Refusal;

/// What a request says.
#[derive(Debug, Clone)]
pub(super) struct DateHistogram {
    name: String,
    field: String,
    rounding: Rounding,
    wanted: Wanted,
    missing: Option<Value>,
    format: Option<String>,
    extended: Option<Bounds>,
    hard: Option<Bounds>,
}

impl DateHistogram {
    pub(super) fn parse(params: &Params<'_>) -> Result<Self, Refusal> {
        params.refuse(&["script"])?;
        let histogram = Self {
            name: params.name.to_owned(),
            field: params.field()?.to_owned(),
            rounding: interval::rounding(params)?,
            wanted: Wanted::parse(params)?,
            missing: params.missing()?,
            format: params.text("format")?.map(str::to_owned),
            extended: Bounds::parse(params, "extended_bounds")?,
            hard: Bounds::parse(params, "hard_bounds")?,
        };
        params.finish()?;
        Ok(histogram)
    }

    /// The bounds, read in the format and the time zone of the keys.
    fn bounds(&self, build: &Build<'_>, format: &Format) -> Result<(Ends<i64>, Ends<i64>), Refusal> {
        let plain = DateFormat::default();
        let format = if let Format::Date { format, .. } = format { format } else { &plain };
        let read = |bounds: &Option<Bounds>, what: &str| {
            let reversed = |min, max| {
                Refusal::illegal(format!(
                    "[{what}.min][{min}] cannot be greater than [{what}.max][{max}] for histogram aggregation [{}]",
                    self.name
                ))
            };
            Bounds::read(bounds.as_ref(), |end| build.date(format, end, self.rounding.zone), reversed)
        };
        let ends = (read(&self.extended, "extended_bounds")?, read(&self.hard, "hard_bounds")?);
        Bounds::check(ends, (self.extended.as_ref(), self.hard.as_ref()), text_of)?;
        Ok(ends)
    }

    /// Whether empty buckets are left out.
    pub(super) fn leaves_gaps(&self) -> bool {
        self.wanted.min_doc_count > 0
    }

    pub(super) fn build(&self, build: &Build<'_>, below: Level) -> Result<Box<dyn Aggregator>, Refusal> {
        self.wanted.order.check(&below)?;
        let source = Source::resolve(build.parts, &self.field, "date_histogram", ValueKind::is_number)?;
        if matches!(source.kind, Some(ValueKind::Float | ValueKind::Unsigned)) {
            return Err(Refusal::unsupported(format_args!("[date_histogram] on [{}]", source.type_name())));
        }
        let mut format = build.format(&source, self.format.as_deref())?;
        if source.kind.is_none() {
            format = Format::default();
        }
        if let Format::Date { zone, .. } = &mut format {
            *zone = self.rounding.zone;
        }
        let kind = source.kind.unwrap_or(ValueKind::Date);
        let missing = missing::read_as(build, &source, kind, &format, self.missing.as_ref())?;
        let missing = missing.map(missing::Replacement::into_whole);
        let (extended, hard) = self.bounds(build, &format)?;
        // Bounds are rounded as if there was no offset; only extended ones are then moved by it.
        let plain = self.rounding.without_offset();
        let moved = |end: i64| plain.round(end).saturating_add(self.rounding.offset);
        let extended = (extended.0.map(moved), extended.1.map(moved));
        let hard = (hard.0.map(|end| plain.round(end)), hard.1.map(|end| plain.round(end)));
        let (mut least, mut most) = source.extent(build.parts)?.unwrap_or((0, 0));
        if let Some(missing) = missing {
            (least, most) = (least.min(missing), most.max(missing));
        }
        let finder = Finder::new(self.rounding, least, most);
        let mut split = Split::new(below);
        split.buckets.expect_keys(finder.numbers(most));
        Ok(Box::new(Histogram {
            spec: self.clone(),
            source,
            missing,
            format,
            extended,
            hard,
            finder,
            column: None,
            instants: Loaded::default(),
            keys: Loaded::default(),
            split,
        }))
    }
}

struct Histogram {
    spec: DateHistogram,
    source: Source,
    missing: Option<i64>,
    format: Format,
    extended: (Option<i64>, Option<i64>),
    hard: (Option<i64>, Option<i64>),
    finder: Finder,
    column: Option<Values<i64>>,
    instants: Loaded<i64>,
    keys: Loaded<u64>,
    split: Split,
}

impl Histogram {
    fn has_hard_bounds(&self) -> bool {
        self.hard != (None, None)
    }

    /// Whether a bucket may be there, by its start.
    fn within_hard_bounds(&self, start: i64) -> bool {
        self.hard.0.is_none_or(|min| start >= min) && self.hard.1.is_none_or(|max| start < max)
    }
}

impl Aggregator for Histogram {
    fn start(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        self.column = match self.source.open(segment)? {
            Some(Column::I64(column)) => Some(column),
            _ => None,
        };
        self.split.start(segment)
    }

    fn collect(&mut self, block: Block<'_>) -> Result<(), Refusal> {
        self.instants.load(self.column.as_ref(), block.docs, self.missing);
        let finder = &mut self.finder;
        self.instants.convert_all(&mut self.keys, |instants, keys| finder.find(instants, keys));
        let bounded = self.has_hard_bounds();
        if bounded {
            let mut values = std::mem::take(&mut self.keys.values);
            for key in &mut values {
                if !self.within_hard_bounds(self.finder.start(*key)) {
                    *key = NO_KEY;
                }
            }
            self.keys.values = values;
        }
        self.split.collect(block, &self.keys, bounded)
    }

    fn seal(&mut self) -> Result<(), Refusal> {
        self.split.seal()
    }

    fn answer(&self, bucket: Option<u32>, answering: &Answering) -> Result<Map<String, Value>, Refusal> {
        let rounding = self.spec.rounding;
        let places = Places {
            extended: self.extended,
            length: rounding.arithmetic().map(|(_, length)| length),
            next: |at| rounding.next(at),
        };
        let start = |key| self.finder.start(key);
        let rows = rows::rows(&self.split, bucket, start, &self.spec.wanted, &places, answering)?;
        let key = |at: i64| (at.into(), self.format.whole(at));
        rows::answer(&self.split, rows, self.spec.wanted.keyed, key, answering)
    }

    fn number(&self, _: u32, _: &Path) -> f64 {
        f64::NAN
    }

    fn check_path(&self, name: &str, path: &Path) -> Result<(), Refusal> {
        Err(path.invalid(format_args!("Can't sort a [date_histogram] aggregation [{name}]")))
    }
}
