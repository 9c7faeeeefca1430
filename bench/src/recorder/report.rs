//! The comparisons, one after the other, and the table that they fill.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;
use djelme_bench::{Departure, percentile};

use crate::encode::{BATCH, instructions, same_bytes};
use crate::null_server::NullServer;
use crate::python::{self, Objects};
use crate::send::{Cost, Way, send};
use crate::{plan, push};

/// Records that are offered while there is no server.
const OFFERED: usize = 1_000_000;

/// Most records whose `push` is timed: they come at the pace of a service.
const TIMED: usize = 100_000;

/// What is compared.
pub(crate) struct Bench {
    pub(crate) records: Vec<Departure>,
    pub(crate) rounds: usize,
    pub(crate) file: PathBuf,
    /// For what is fetched.
    pub(crate) folder: PathBuf,
    pub(crate) url: Option<String>,
}

/// One side of a comparison: the value of each round.
struct Side {
    name: &'static str,
    rounds: Vec<f64>,
}

impl Side {
    fn new(name: &'static str, rounds: impl IntoIterator<Item = f64>) -> Self {
        Self { name, rounds: rounds.into_iter().collect() }
    }
}

/// The values of a comparison.
#[derive(Clone, Copy)]
enum Unit {
    Micros,
    Rate,
}

impl Unit {
    fn show(self, value: f64) -> String {
        match self {
            Self::Micros => format!("{value:.2} us"),
            Self::Rate => format!("{value:.0}/s"),
        }
    }
}

/// The one in the middle; of an even number, the upper one.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Compares ours with another: the medians of both, and the median of the rounds' ratios, which a machine that is slower
/// for a while changes least.
fn compare(table: &mut Table, what: &str, unit: Unit, ours: &Side, other: &Side, goal: &str) {
    let ratios = ours.rounds.iter().zip(&other.rounds).map(|(ours, other)| ours / other).collect();
    let beside = format!("{}: {}", other.name, unit.show(median(other.rounds.clone())));
    let ours = unit.show(median(ours.rounds.clone()));
    table.add_row([what, &ours, &beside, &ratio(median(ratios)), goal]);
}

/// Two digits, or three where there would be only one that says something.
fn ratio(value: f64) -> String {
    if value < 0.1 { format!("{value:.3}") } else { format!("{value:.2}") }
}

impl Bench {
    pub(crate) async fn run(&self) -> Result<Table> {
        let mut table = Table::new();
        table.load_style(ASCII_MARKDOWN).set_header(["what", "djelme", "beside it", "ratio", "goal"]);
        same_bytes(&self.records)?;
        let server = NullServer::start()?;
        eprintln!("{} records, {} rounds; counting instructions ...", self.records.len(), self.rounds);
        self.instructions(&mut table);
        eprintln!("sending to a server that takes everything ...");
        self.ways(&server.url, "no-op server", &mut table).await?;
        eprintln!("pushing ...");
        self.threads(&mut table).await?;
        self.latency(&server.url, &mut table).await?;
        drop(server);
        memory(&mut table)?;
        planning(&mut table)?;
        if let Some(url) = &self.url {
            eprintln!("sending to {url} ...");
            self.ways(url, "Elasticsearch", &mut table).await?;
            self.python(url, &mut table).await?;
        } else {
            table.add_row(["Elasticsearch", "no URL of a server is given", "", "", ""]);
        }
        Ok(table)
    }

    fn instructions(&self, table: &mut Table) {
        let arguments =
            [format!("--file={}", self.file.display()), format!("--records={}", self.records.len())];
        let what = "instructions per record, encoding";
        match instructions(&arguments, self.records.len()) {
            Ok((ours, hand)) => {
                let (beside, ratio) = (format!("loop by hand: {hand:.0}"), ratio(ours / hand));
                table.add_row([what, &format!("{ours:.0}"), &beside, &ratio, "<= 1.10"]);
            }
            Err(error) => {
                table.add_row([what, &format!("not measured: {error:#}"), "", "", "<= 1.10"]);
            }
        }
    }

    /// Each way of sending, in turns.
    async fn ways(&self, url: &str, server: &str, table: &mut Table) -> Result<()> {
        let (mut ours, mut hand, mut operations) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..self.rounds {
            ours.push(send(Way::Recorder, url, &self.records).await?);
            hand.push(send(Way::Hand, url, &self.records).await?);
            operations.push(send(Way::Operations, url, &self.records).await?);
        }
        let side = |name, costs: &[Cost], value: fn(&Cost) -> Duration, rate: bool| {
            let per_record = |cost: &Cost| value(cost).as_secs_f64() / self.records.len() as f64;
            Side::new(
                name,
                costs.iter().map(|cost| if rate { 1.0 / per_record(cost) } else { per_record(cost) * 1e6 }),
            )
        };
        let others = [("loop by hand", &hand, "<= 1.25", ">= 0.97"), ("BulkOperations", &operations, "", "")];
        for (name, costs, goal, _) in others {
            let what = format!("CPU per record, push to socket, {server}");
            let (ours, other) =
                (side("", &ours, |cost| cost.cpu, false), side(name, costs, |cost| cost.cpu, false));
            compare(table, &what, Unit::Micros, &ours, &other, goal);
        }
        for (name, costs, _, goal) in others {
            let what = format!("records, {server}");
            let (ours, other) =
                (side("", &ours, |cost| cost.wall, true), side(name, costs, |cost| cost.wall, true));
            compare(table, &what, Unit::Rate, &ours, &other, goal);
        }
        let batches = self.records.len().div_ceil(BATCH) as f64;
        let per_batch =
            |costs: &[Cost]| median(costs.iter().map(|cost| cost.allocations as f64 / batches).collect());
        let (ours, hand) = (per_batch(&ours), per_batch(&hand));
        let what = format!("allocations per batch of {BATCH} records, {server}");
        table.add_row([
            &what,
            &format!("{ours:.0}"),
            &format!("loop by hand: {hand:.0}"),
            &ratio(ours / hand),
            "0 per record",
        ]);
        Ok(())
    }

    async fn threads(&self, table: &mut Table) -> Result<()> {
        let (mut one, mut eight) = (Vec::new(), Vec::new());
        for _ in 0..self.rounds {
            one.push(push::from_threads(1, &self.records).await?);
            eight.push(push::from_threads(8, &self.records).await?);
        }
        let count = self.records.len() as f64;
        let rate = |name, pushed: &[push::Pushed]| {
            Side::new(name, pushed.iter().map(|pushed| count / pushed.wall.as_secs_f64()))
        };
        let micros = |name, pushed: &[push::Pushed]| {
            Side::new(name, pushed.iter().map(|pushed| pushed.cpu.as_secs_f64() * 1e6 / count))
        };
        let cores = std::thread::available_parallelism()?.get().min(8);
        compare(
            table,
            "push from 8 threads",
            Unit::Rate,
            &rate("", &eight),
            &rate("1 thread", &one),
            &format!("{cores} cores"),
        );
        compare(
            table,
            "CPU per push, 8 threads",
            Unit::Micros,
            &micros("", &eight),
            &micros("1 thread", &one),
            "",
        );
        Ok(())
    }

    async fn latency(&self, url: &str, table: &mut Table) -> Result<()> {
        let records = &self.records[..self.records.len().min(TIMED)];
        let (mut times, flushes) = push::while_flushing(url, records).await?;
        times.sort_unstable();
        let of = |share| format!("{:.1} us", percentile(&times, share).as_secs_f64() * 1e6);
        let what = format!("push while {flushes} flushes run: p50, p99, p99.9");
        table.add_row([&what, &[of(0.5), of(0.99), of(0.999)].join(", "), "", "", ""]);
        Ok(())
    }

    async fn python(&self, url: &str, table: &mut Table) -> Result<()> {
        let python = match python::interpreter(&self.folder) {
            Ok(python) => python,
            Err(error) => {
                table.add_row(["Python's helpers.bulk", &format!("not measured: {error:#}"), "", "", ""]);
                return Ok(());
            }
        };
        let count = self.records.len();
        // Each takes minutes, and differs by far more than one round from the next.
        let rounds = (self.rounds / 5).max(1);
        for (objects, name, goal) in [
            (Objects::Dicts, "helpers.bulk, dicts", ">= 1.7"),
            (Objects::Records, "helpers.bulk, record objects", ">= 4"),
        ] {
            eprintln!("sending by {name} ...");
            let (mut ours, mut theirs) = (Vec::new(), Vec::new());
            for _ in 0..rounds {
                let cost = send(Way::Recorder, url, &self.records).await?;
                ours.push((cost.wall, cost.cpu));
                theirs.push(python::send(&python, objects, url, &self.file, count).await?);
            }
            let rate = |name, costs: &[(Duration, Duration)]| {
                Side::new(name, costs.iter().map(|cost| count as f64 / cost.0.as_secs_f64()))
            };
            let micros = |name, costs: &[(Duration, Duration)]| {
                Side::new(name, costs.iter().map(|cost| cost.1.as_secs_f64() * 1e6 / count as f64))
            };
            compare(
                table,
                "records, Elasticsearch",
                Unit::Rate,
                &rate("", &ours),
                &rate(name, &theirs),
                goal,
            );
            compare(
                table,
                "CPU per record, Elasticsearch",
                Unit::Micros,
                &micros("", &ours),
                &micros(name, &theirs),
                "<= 0.025",
            );
        }
        Ok(())
    }
}

fn memory(table: &mut Table) -> Result<()> {
    let [accepted, refused, limit, peak] = push::memory(OFFERED)?;
    let what = format!("peak memory, no server, {OFFERED} records offered");
    let ours = format!("{peak} MiB ({accepted} taken, {refused} refused)");
    let beside = format!("limit: {limit} MiB");
    table.add_row([&what, &ours, &beside, "", &format!("<= {} MiB", limit + 64)]);
    Ok(())
}

fn planning(table: &mut Table) -> Result<()> {
    let (took, most) = plan::ten_years()?;
    let ours = format!("{:.1} us, {most} expressions", took.as_secs_f64() * 1e6);
    table.add_row(["plan of ten years in hours", &ours, "", "", "<= 20 us, <= 24"]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_shows_medians_and_the_median_of_the_ratios() {
        let mut table = Table::new();
        let ours = Side::new("", [2.0, 30.0, 4.0]);
        let other = Side::new("other", [1.0, 30.0, 8.0]);
        compare(&mut table, "what", Unit::Micros, &ours, &other, "");
        let row = table.row(0).unwrap();
        let cells: Vec<_> = row.cell_iter().map(comfy_table::Cell::content).collect();
        assert_eq!(cells, ["what", "4.00 us", "other: 8.00 us", "1.00", ""]);
        assert_eq!((ratio(0.0251), ratio(1.0)), ("0.025".into(), "1.00".into()));
    }
}
