//! Encoding alone: the same bytes by djelme and by hand, and how many instructions each takes.

use std::process::Command;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use chrono::{DateTime, Utc};
use djelme::Record as _;
use djelme::document::{BatchBuilder, Given, RecordEncoder};
use djelme::naming::{Naming, NamingSource};
use djelme::time::TimeDepth;
use djelme_bench::Departure;

use crate::hand::Lines;

/// Who encodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Who {
    /// Nobody: what is left is the start of the program.
    Nobody,
    Djelme,
    Hand,
}

/// Records of a batch.
pub(crate) const BATCH: usize = 1_000;

/// Random bytes that are not: both sides must get the same.
fn numbered(number: usize) -> [u8; 10] {
    let mut bytes = [0x5a; 10];
    bytes[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
    bytes
}

fn encoder() -> Result<RecordEncoder> {
    let naming = Naming::new(NamingSource {
        prefix: "",
        app_label: &Departure::TYPE.app_label,
        recordtype_name: &Departure::TYPE.name,
        template: None,
        template_name: None,
        depth: Some(TimeDepth::Month),
    })?;
    Ok(RecordEncoder::new(Departure::type_ref(), Arc::new(naming)))
}

/// Encodes all records in batches and hands on the body of each.
pub(crate) fn encode(who: Who, records: &[Departure], mut body: impl FnMut(&[u8])) -> Result<()> {
    let now = DateTime::<Utc>::from_timestamp(1_790_000_000, 123_000_000).context("no such time")?;
    let mut builder = BatchBuilder::with_capacity(1 << 20, BATCH);
    let mut bytes = Vec::with_capacity(1 << 20);
    let encoder = encoder()?;
    let mut lines = Lines::new("");
    for (number, batch) in records.chunks(BATCH).enumerate() {
        let random = |position| numbered(number * BATCH + position);
        match who {
            Who::Nobody => {}
            Who::Djelme => {
                for (position, record) in batch.iter().enumerate() {
                    let _ = encoder.append(&mut builder, record, Given::NOTHING, now, || random(position))?;
                }
                body(builder.body());
                builder.clear();
            }
            Who::Hand => {
                for (position, record) in batch.iter().enumerate() {
                    lines.append(&mut bytes, record, now, random(position))?;
                }
                body(&bytes);
                bytes.clear();
            }
        }
    }
    Ok(())
}

/// Fails unless both write the same bytes.
pub(crate) fn same_bytes(records: &[Departure]) -> Result<()> {
    let mut by_hand = Vec::new();
    encode(Who::Hand, records, |body| by_hand.push(body.to_vec()))?;
    let mut position = 0;
    let mut different = None;
    encode(Who::Djelme, records, |body| {
        let other = by_hand.get(position).map_or(&[][..], Vec::as_slice);
        let mut lines = body.split(|byte| *byte == b'\n').zip(other.split(|byte| *byte == b'\n'));
        if body != other && different.is_none() {
            let text = |line: &[u8]| String::from_utf8_lossy(line).into_owned();
            different = Some(lines.find(|(a, b)| a != b).map(|(a, b)| (text(a), text(b))));
        }
        position += 1;
    })?;
    if let Some(lines) = different {
        bail!("djelme and the loop by hand write different bytes: {lines:?}");
    }
    ensure!(position == by_hand.len(), "{position} batches and {}", by_hand.len());
    Ok(())
}

/// Instructions per record of each: djelme, then the loop by hand. `Err` says what is missing.
pub(crate) fn instructions(arguments: &[String], records: usize) -> Result<(f64, f64)> {
    let nobody = collected(Who::Nobody, arguments)?;
    let each = |who| Ok::<_, anyhow::Error>((collected(who, arguments)? - nobody) / records as f64);
    Ok((each(Who::Djelme)?, each(Who::Hand)?))
}

fn collected(who: Who, arguments: &[String]) -> Result<f64> {
    let value = clap::ValueEnum::to_possible_value(&who).context("it has a name")?;
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args(arguments)
        .args(["encode", value.get_name()])
        .output()
        .context("`valgrind` cannot be run; it is a package of that name in most distributions")?;
    let printed = String::from_utf8_lossy(&run.stderr);
    let line = printed.lines().find(|line| line.contains("Collected :"));
    let count = line.and_then(|line| line.split_whitespace().last());
    count.and_then(|count| count.parse().ok()).with_context(|| format!("no count: {printed}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loop_by_hand_writes_the_same_bytes() {
        let records = djelme_bench::week().unwrap();
        same_bytes(&records).unwrap();
        let (mut one, mut count) = (Vec::new(), 0);
        encode(Who::Hand, &records[..1_001], |body| {
            one.extend_from_slice(body);
            count += 1;
        })
        .unwrap();
        assert_eq!(count, 2);
        assert_eq!(one.iter().filter(|byte| **byte == b'\n').count(), 2 * 1_001);
    }
}
