//! The commits of a Git repository: a record type, its records, and a search in one file.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};
use chrono::{DateTime, Datelike as _, Months, TimeDelta, Utc};
use djelme::prelude::*;
use djelme::{Djelme, EventRecord};
use serde::{Deserialize, Serialize};

use crate::{show, store};

/// How many commits are taken, the newest first.
const MOST: &str = "--max-count=5000";
/// What Git says of a commit: a byte that starts it, then its parts.
const FORMAT: &str = "--format=%x1e%H%x1f%an%x1f%aI%x1f%s";

/// One commit. Its hash makes the id: recorded again, it replaces itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "git", timedepth = "year", unique_together(hash))]
pub(crate) struct Commit {
    pub(crate) hash: String,
    pub(crate) author: String,
    #[djelme(text)]
    pub(crate) subject: String,
    pub(crate) lines_added: u32,
    pub(crate) lines_removed: u32,
    pub(crate) timestamp: DateTime<Utc>,
}

/// Records the commits; shows authors and times.
pub(crate) async fn show(djelme: &Djelme, repository: &Path) -> anyhow::Result<String> {
    let commits = match log(repository)? {
        Some(commits) if !commits.is_empty() => commits,
        Some(_) => return Ok("The Git repository here has no commits yet.\n".to_owned()),
        None => {
            return Ok(
                "This is no Git repository, or there is no `git`: run it in one and it shows its commits.\n"
                    .to_owned(),
            );
        }
    };
    let stored = store::record_all(djelme, &commits).await?;
    let newest = commits.iter().map(|commit| commit.timestamp).max().unwrap_or_default();
    let oldest = commits.iter().map(|commit| commit.timestamp).min().unwrap_or_default();
    // The year up to the newest one, from the start of a month on.
    let year_before = newest.checked_sub_months(Months::new(11)).unwrap_or(newest);
    let year_before =
        year_before.date_naive().with_day(1).unwrap_or_default().and_time(Default::default()).and_utc();
    let (from, until) = (oldest.max(year_before), newest + TimeDelta::seconds(1));

    let f = Commit::fields();
    let (interval, letters) = show::interval(from, until);
    let added = sum("added", f.lines_added);
    let removed = sum("removed", f.lines_removed);
    let per_author = terms("per_author", f.author).size(5).aggregate(&added).aggregate(&removed);
    let over_time = date_histogram("over_time", f.timestamp).calendar_interval(interval);
    let found = Commit::search_timeseries_range(from, until)?
        .size(0)
        .track_total_hits(true)
        .aggregate(&per_author)
        .aggregate(&over_time)
        .send(djelme)
        .await?;

    let mut out = format!("Commits of the Git repository here: {stored}\n");
    let (from, until) = (from.format("%Y-%m-%d"), newest.format("%Y-%m-%d"));
    writeln!(out, "Searched from {from} to {until}: {} commits. By author:", found.total().value)?;
    let mut authors = show::table(["author", "commits", "lines added", "lines removed"], 1);
    for bucket in found.aggregation(&per_author)?.buckets() {
        authors.add_row([
            bucket.key().to_string(),
            bucket.doc_count().to_string(),
            bucket.aggregation(&added)?.to_string(),
            bucket.aggregation(&removed)?.to_string(),
        ]);
    }
    writeln!(out, "{authors}\nOver time (UTC):")?;
    out += &show::histogram(&found.aggregation(&over_time)?, letters)?;
    Ok(out)
}

/// The commits of the repository; `None` if there is none, or no Git.
fn log(repository: &Path) -> anyhow::Result<Option<Vec<Commit>>> {
    let git = |arguments: &[&str]| Command::new("git").arg("-C").arg(repository).args(arguments).output();
    let has_head = git(&["rev-parse", "--git-dir"]).is_ok_and(|answer| answer.status.success());
    if !has_head {
        return Ok(None);
    }
    if !git(&["rev-parse", "--verify", "--quiet", "HEAD"])?.status.success() {
        return Ok(Some(Vec::new()));
    }
    let answer = git(&["log", "--no-show-signature", "--shortstat", MOST, FORMAT])?;
    if !answer.status.success() {
        bail!("git log: {}", String::from_utf8_lossy(&answer.stderr).trim());
    }
    parse(&String::from_utf8_lossy(&answer.stdout)).map(Some)
}

/// Reads what Git says.
fn parse(log: &str) -> anyhow::Result<Vec<Commit>> {
    log.split('\x1e')
        .skip(1)
        .map(|commit| read(commit).with_context(|| format!("git log: {commit}")))
        .collect()
}

fn read(commit: &str) -> anyhow::Result<Commit> {
    let (head, changes) = commit.split_once('\n').unwrap_or((commit, ""));
    let mut parts = head.splitn(4, '\x1f');
    let mut next = || parts.next().context("a part is missing");
    let (hash, author, date, subject) = (next()?, next()?, next()?, next()?);
    let lines = |word: &str| {
        let change = changes.split(',').find(|change| change.contains(word));
        change.and_then(|change| change.split_whitespace().next()?.parse().ok()).unwrap_or_default()
    };
    Ok(Commit {
        hash: hash.to_owned(),
        author: author.to_owned(),
        subject: subject.to_owned(),
        lines_added: lines("insertion"),
        lines_removed: lines("deletion"),
        timestamp: DateTime::parse_from_rfc3339(date)?.to_utc(),
    })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn commits_are_read_with_and_without_changes() {
        let log = "\x1eabc\x1fAnn\x1f2026-02-14T12:00:00+01:00\x1fA: subject\n\n 3 files changed, 10 insertions(+), 1 deletion(-)\n\
                   \x1edef\x1fBob\x1f2026-02-13T12:00:00Z\x1f\n";
        let commits = parse(log).unwrap();
        let told: Vec<_> = commits
            .iter()
            .map(|commit| {
                (commit.hash.as_str(), commit.subject.as_str(), commit.lines_added, commit.lines_removed)
            })
            .collect();
        assert_eq!(told, [("abc", "A: subject", 10, 1), ("def", "", 0, 0)]);
        assert_eq!(commits[0].timestamp.to_rfc3339(), "2026-02-14T11:00:00+00:00");
        assert!(parse("\x1eabc\x1fAnn").is_err());
    }
}
