//! What became of the records: the recorder's counts, beside what the store has.

use std::fmt::Write as _;

use anyhow::ensure;
use comfy_table::{CellAlignment, Table, presets::UTF8_BORDERS_ONLY};
use djelme::Djelme;
use djelme::prelude::*;
use djelme::recorder::{Counts, Shutdown};

use crate::records::{PageView, Purchase};

type Count = fn(&Counts) -> u64;

const ROWS: [(&str, Count); 13] = [
    ("offered", |counts| counts.offered),
    ("  refused", |counts| counts.refused),
    ("  accepted", |counts| counts.accepted),
    ("    stored", |counts| counts.stored),
    ("    already stored", |counts| counts.already_stored),
    ("    duplicate", |counts| counts.duplicate),
    ("    replaced", |counts| counts.replaced),
    ("    rejected", |counts| counts.rejected),
    ("    abandoned", |counts| counts.abandoned),
    ("    pending", |counts| counts.pending),
    ("sent again", |counts| counts.retries),
    ("requests", |counts| counts.requests),
    ("bytes", |counts| counts.bytes),
];

/// The recorder's counts as a table, by type and in sum.
pub(crate) fn counts(end: &Shutdown) -> Table {
    let mut table = Table::new();
    let types: Vec<_> = end.stats.types.iter().map(|of| (short(&of.record_type), &of.counts)).collect();
    let names = types.iter().map(|(name, _)| *name);
    table.load_style(UTF8_BORDERS_ONLY).set_header(["records"].into_iter().chain(names).chain(["all"]));
    for (name, count) in ROWS {
        let of_types = types.iter().map(|(_, counts)| count(counts).to_string());
        table.add_row(
            [name.to_owned()].into_iter().chain(of_types).chain([count(&end.stats.total).to_string()]),
        );
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// The last part of a Rust path.
fn short(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

/// Compares the counts with the store.
///
/// # Errors
/// If they do not agree, or the store cannot be asked.
pub(crate) async fn compare(djelme: &Djelme, end: &Shutdown, run: &str) -> anyhow::Result<String> {
    ensure!(end.stats.total.adds_up(), "the counts do not add up");
    djelme.refresh::<PageView>().await?;
    djelme.refresh::<Purchase>().await?;
    let views = PageView::search().filter(PageView::fields().run.eq(run)).count(djelme).await?;
    let purchases = Purchase::search().filter(Purchase::fields().run.eq(run)).count(djelme).await?;
    let mut out = "the counts add up\n".to_owned();
    compare_type::<PageView>(&mut out, end, views)?;
    compare_type::<Purchase>(&mut out, end, purchases)?;
    Ok(out)
}

fn compare_type<R: djelme::Record>(out: &mut String, end: &Shutdown, found: u64) -> anyhow::Result<()> {
    let name = &*R::TYPE.rust_name;
    let counts =
        end.stats.types.iter().find(|of| of.record_type == name).map(|of| of.counts).unwrap_or_default();
    let told = counts.stored + counts.already_stored;
    // A request whose answer did not come may have been carried out.
    let unsure =
        end.unsent.iter().filter(|unsent| unsent.record_type == name && unsent.may_be_stored).count();
    writeln!(out, "{}: {told} told as stored, {found} in the store", short(name))?;
    ensure!(
        (told..=told + unsure as u64).contains(&found),
        "{name}: {told} records were told as stored, {unsure} may be, and the store has {found}"
    );
    Ok(())
}
