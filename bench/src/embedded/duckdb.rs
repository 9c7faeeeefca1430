//! The same records in `DuckDB`, where Python has its module: building it from source takes half an hour.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use djelme_bench::departures;

const STORE: &str = "
import duckdb, sys, time
folder = sys.argv[1]
start = time.perf_counter()
database = duckdb.connect(folder + '/departures.duckdb')
database.execute('set threads = 1')
database.execute(f\"create table departure as select * replace (cast(timestamp as timestamp) as timestamp) from read_csv('{folder}/departures.csv')\")
database.close()
print(time.perf_counter() - start)
";

const ASK: &str = "
import duckdb, sys, time
database = duckdb.connect(sys.argv[1] + '/departures.duckdb', read_only=True)
database.execute('set threads = 1')
times = []
for _ in range(5):
    start = time.perf_counter()
    database.execute(\"select date_trunc('day', timestamp), carrier, count(*), avg(dep_delay) from departure\"
                     \" group by 1, 2 order by 1, 2\").fetchall()
    times.append(time.perf_counter() - start)
print(sorted(times)[2])
";

/// Stores so many records from a file of comma-separated values, which is made before; `None` without the module.
pub(crate) fn ingest(folder: &Path, count: usize) -> Result<Option<Duration>> {
    if !available() {
        return Ok(None);
    }
    let mut file = csv::Writer::from_path(folder.join("departures.csv"))?;
    for record in departures(count)? {
        file.serialize(record)?;
    }
    file.flush()?;
    python(STORE, folder).map(Some)
}

/// The question, once for each of five runs: the one in the middle.
pub(crate) fn question(folder: &Path) -> Result<Option<Duration>> {
    if !available() {
        return Ok(None);
    }
    python(ASK, folder).map(Some)
}

fn available() -> bool {
    Command::new("python3").args(["-c", "import duckdb"]).output().is_ok_and(|run| run.status.success())
}

fn python(script: &str, folder: &Path) -> Result<Duration> {
    let run = Command::new("python3").args(["-c", script]).arg(folder).output()?;
    let printed = String::from_utf8_lossy(&run.stdout);
    let seconds = printed.trim().parse::<f64>();
    let seconds = seconds.with_context(|| String::from_utf8_lossy(&run.stderr).into_owned())?;
    Ok(Duration::from_secs_f64(seconds))
}
