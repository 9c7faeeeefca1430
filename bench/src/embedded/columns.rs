//! What somebody would write by hand for this one question, over the columns that the engine has written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::ours::Answer;

const DAY: i64 = 86_400_000;

pub(crate) struct Index {
    searcher: tantivy::Searcher,
}

/// The folder of the store's only table.
pub(crate) fn table(store: &Path) -> Result<PathBuf> {
    let mut tables = std::fs::read_dir(store.join("tables"))?;
    Ok(tables.next().context("the store has no table")??.path())
}

impl Index {
    pub(crate) fn open(store: &Path) -> Result<Self> {
        let index = tantivy::Index::open_in_dir(table(store)?)?;
        Ok(Self { searcher: index.reader()?.searcher() })
    }

    pub(crate) fn question(&self) -> Result<(Answer, Duration)> {
        let start = Instant::now();
        let mut all: BTreeMap<(i64, String), (u64, f64, u64)> = BTreeMap::new();
        for segment in self.searcher.segment_readers() {
            let columns = segment.fast_fields();
            let (times, delays) = (columns.i64("timestamp")?, columns.i64("dep_delay")?);
            let carriers = columns.str("carrier")?.context("no column of carriers")?;
            let first_day = times.min_value().div_euclid(DAY);
            let days = (times.max_value().div_euclid(DAY) - first_day + 1) as usize;
            let width = carriers.num_terms();
            let mut cells = vec![(0_u64, 0.0_f64, 0_u64); days * width];
            for doc in 0..segment.max_doc() {
                let (Some(time), Some(carrier)) = (times.first(doc), carriers.ords().first(doc)) else {
                    continue;
                };
                let day = (time.div_euclid(DAY) - first_day) as usize;
                let cell = &mut cells[day * width + carrier as usize];
                cell.0 += 1;
                if let Some(delay) = delays.first(doc) {
                    cell.1 += delay as f64;
                    cell.2 += 1;
                }
            }
            let mut name = String::new();
            for (at, cell) in cells.into_iter().enumerate().filter(|(_, cell)| cell.0 > 0) {
                name.clear();
                let _ = carriers.ord_to_str((at % width) as u64, &mut name)?;
                let day = (first_day + (at / width) as i64) * DAY;
                let total = all.entry((day, name.clone())).or_default();
                *total = (total.0 + cell.0, total.1 + cell.1, total.2 + cell.2);
            }
        }
        let mean = |sum: f64, count: u64| (count > 0).then(|| sum / count as f64);
        let answer =
            all.into_iter().map(|((day, carrier), (n, sum, known))| (day, carrier, n, mean(sum, known)));
        let answer = answer.collect();
        Ok((answer, start.elapsed()))
    }
}
