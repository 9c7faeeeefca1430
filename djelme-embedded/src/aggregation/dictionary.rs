//! Terms under one number across all segments.

use rustc_hash::FxHashMap;

use super::block::Loaded;
use crate::column::TextColumn;
use crate::error::Refusal;

/// A term of this segment that was not looked up yet.
const UNKNOWN: u32 = u32::MAX;
/// A term that is left out.
const LEFT_OUT: u32 = u32::MAX - 1;
/// How many blocks may look up their terms alone before all terms of the segment are looked up at once.
const FEW_LOOKUPS: u32 = 8;
/// Dictionaries of at most this many terms are looked up whole.
const SMALL: u64 = 4_096;

/// Which terms count.
pub(super) type Wanted = Box<dyn Fn(&[u8]) -> bool + Send>;

/// The terms seen so far.
#[derive(Default)]
pub(super) struct Dictionary {
    terms: Vec<Box<[u8]>>,
    numbers: FxHashMap<Box<[u8]>, u32>,
    wanted: Option<Wanted>,
    /// Of the segment: from ordinals to numbers.
    table: Vec<u32>,
    column: Option<TextColumn>,
    lookups: u32,
    /// How many terms of the segment were not looked up yet.
    unknown: usize,
    ordinals: Loaded<u64>,
    unseen: Vec<u64>,
}

impl Dictionary {
    pub(super) fn new(wanted: Option<Wanted>) -> Self {
        Self { wanted, ..Self::default() }
    }

    /// Whether some terms do not count.
    pub(super) fn leaves_out(&self) -> bool {
        self.wanted.is_some()
    }

    pub(super) fn term(&self, number: u64) -> &[u8] {
        self.terms.get(number as usize).map_or(&[], AsRef::as_ref)
    }

    /// The number of a term; `None` if it is left out.
    pub(super) fn number(&mut self, term: &[u8]) -> Option<u32> {
        if self.wanted.as_ref().is_some_and(|wanted| !wanted(term)) {
            return None;
        }
        Some(self.enter(term))
    }

    fn enter(&mut self, term: &[u8]) -> u32 {
        if let Some(number) = self.numbers.get(term) {
            return *number;
        }
        let number = self.terms.len() as u32;
        self.terms.push(term.into());
        self.numbers.insert(term.into(), number);
        number
    }

    /// Goes on to the column of another segment.
    pub(super) fn start(&mut self, column: Option<TextColumn>) {
        let terms = column.as_ref().map_or(0, TextColumn::cardinality);
        self.table.clear();
        self.table.resize(terms as usize, UNKNOWN);
        self.unknown = self.table.len();
        self.lookups = if terms <= SMALL { FEW_LOOKUPS } else { 0 };
        self.column = column;
    }

    /// Reads the numbers of the terms of a block; `left_out` is what terms get that do not count. Documents without a
    /// term have `missing`, if there is one.
    pub(super) fn load(
        &mut self,
        docs: &[u32],
        missing: Option<u64>,
        left_out: u64,
        keys: &mut Loaded<u64>,
    ) -> Result<(), Refusal> {
        let none = u64::MAX;
        let mut ordinals = std::mem::take(&mut self.ordinals);
        match self.column.as_ref().map(|column| (column, column.plain_ordinals())) {
            None => ordinals.load(None, docs, missing.map(|_| none)),
            Some((_, Some(plain))) => ordinals.load(Some(plain), docs, missing.map(|_| none)),
            Some((column, None)) => ordinals.replace(false, |values, positions| {
                for (position, doc) in docs.iter().enumerate() {
                    let before = values.len();
                    values.extend(column.ordinals(*doc));
                    if values.len() == before {
                        values.extend(missing.map(|_| none));
                    }
                    positions.resize(values.len(), position as u32);
                }
            }),
        }
        let found = self.look_up(&ordinals.values);
        let table = &self.table;
        ordinals.convert(keys, |ordinal| match table.get(ordinal as usize) {
            Some(number) if *number < LEFT_OUT => u64::from(*number),
            Some(_) => left_out,
            None => missing.unwrap_or(left_out),
        });
        self.ordinals = ordinals;
        found
    }

    /// Finds the terms of ordinals that are new in this segment.
    fn look_up(&mut self, ordinals: &[u64]) -> Result<(), Refusal> {
        self.unseen.clear();
        if self.unknown == 0 {
            return Ok(());
        }
        let table = &self.table;
        let is_new = |ordinal: &&u64| table.get(**ordinal as usize).is_some_and(|number| *number == UNKNOWN);
        self.unseen.extend(ordinals.iter().filter(is_new));
        if self.unseen.is_empty() {
            return Ok(());
        }
        let Some(column) = self.column.take() else { return Ok(()) };
        if self.lookups >= FEW_LOOKUPS && column.plain_ordinals().is_some() {
            self.unseen.clear();
            let unknown = self.table.iter().zip(0..).filter(|(number, _)| **number == UNKNOWN);
            self.unseen.extend(unknown.map(|(_, ordinal)| ordinal));
        } else {
            self.unseen.sort_unstable();
            self.unseen.dedup();
            self.lookups += 1;
        }
        let unseen = std::mem::take(&mut self.unseen);
        let mut next = unseen.iter();
        let found = column.terms(&unseen, |term| {
            if let Some(ordinal) = next.next() {
                self.table[*ordinal as usize] = self.number(term).unwrap_or(LEFT_OUT);
            }
        });
        self.unknown -= unseen.len();
        self.unseen = unseen;
        self.column = Some(column);
        found
    }
}
