//! A process that outlives the task that started it, recognised by its number and its start time.

use std::{
    fs,
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

/// A process that leads its own process group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Process {
    pid: u32,
    /// When it started, in whatever form the system gives it: numbers are used again.
    started: String,
}

impl Process {
    /// A process just started.
    pub(super) fn of(pid: u32) -> Result<Self> {
        let started = start_mark(pid).context("it ended at once")?;
        Ok(Self { pid, started })
    }

    /// Whether this very process still runs.
    pub(super) fn is_alive(&self) -> bool {
        start_mark(self.pid).is_some_and(|mark| mark == self.started)
    }

    /// Asks it to end, and ends its whole group when it does not; false when it had ended before.
    pub(super) fn stop(&self) -> Result<bool> {
        if !self.is_alive() {
            if start_mark(self.pid).is_none() {
                // Its number is unused, so a group of that number can only be what it left behind.
                let _nothing_left = signal("KILL", &format!("-{}", self.pid));
            }
            return Ok(false);
        }
        signal("TERM", &self.pid.to_string())?;
        if !self.ends_within(Duration::from_secs(30)) {
            signal("KILL", &format!("-{}", self.pid))?;
            if !self.ends_within(Duration::from_secs(10)) {
                bail!("the process {} does not end", self.pid);
            }
        }
        Ok(true)
    }

    /// Ends its whole group without a warning.
    pub(super) fn kill(&self) -> Result<()> {
        if self.is_alive() {
            signal("KILL", &format!("-{}", self.pid))?;
        }
        if self.ends_within(Duration::from_secs(10)) {
            Ok(())
        } else {
            bail!("the process {} does not end", self.pid)
        }
    }

    /// Shell commands that end its whole group.
    pub(super) fn killing(&self) -> String {
        format!("kill -s KILL -- -{}", self.pid)
    }

    fn ends_within(&self, limit: Duration) -> bool {
        let begin = Instant::now();
        while begin.elapsed() < limit {
            if !self.is_alive() {
                return true;
            }
            sleep(Duration::from_millis(100));
        }
        false
    }
}

/// The start time of a running process; `None` when there is none, or only its remains.
fn start_mark(pid: u32) -> Option<String> {
    if let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) {
        return mark_of_stat(&stat);
    }
    let arguments = ["-o", "stat=", "-o", "lstart=", "-p"];
    let output =
        Command::new("ps").args(arguments).arg(pid.to_string()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let (status, started) = text.trim().split_once(char::is_whitespace)?;
    (!status.starts_with('Z')).then(|| started.trim().to_owned())
}

/// The start time in a line of Linux's `/proc/PID/stat`; the name in it may hold blanks and brackets.
fn mark_of_stat(stat: &str) -> Option<String> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    let status = fields.next()?;
    let started = fields.nth(18)?;
    (status != "Z" && status != "X").then(|| started.to_owned())
}

/// Sends a signal by the shell's own `kill`, which is there where no program of that name is.
fn signal(name: &str, target: &str) -> Result<()> {
    let status = Command::new("sh")
        .args(["-c", "kill -s \"$0\" -- \"$1\"", name, target])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .context("cannot run `sh`")?;
    if !status.success() {
        bail!("cannot send the signal {name} to {target}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_time_is_found_after_an_odd_name() {
        let stat = "42 (a ) b) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 11 12";
        assert_eq!(mark_of_stat(stat).as_deref(), Some("987654"));
        assert_eq!(mark_of_stat(&stat.replace(" S ", " Z ")), None);
    }

    #[test]
    fn what_a_process_left_behind_is_ended_too() {
        use std::os::unix::process::CommandExt as _;

        let mut leader = Command::new("sh")
            .args(["-c", "sleep 60 & echo $!; sleep 60"])
            .process_group(0)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = std::io::BufReader::new(leader.stdout.take().unwrap());
        std::io::BufRead::read_line(&mut output, &mut line).unwrap();
        let left = Process::of(line.trim().parse().unwrap()).unwrap();
        let process = Process::of(leader.id()).unwrap();
        leader.kill().unwrap();
        leader.wait().unwrap();
        assert!(left.is_alive());
        assert!(!process.stop().unwrap());
        assert!(left.ends_within(Duration::from_secs(5)));
    }

    #[test]
    fn a_process_is_known_until_it_ends() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let process = Process::of(child.id()).unwrap();
        assert!(process.is_alive());
        let another = Process { started: "0".into(), ..process.clone() };
        assert!(!another.is_alive(), "the same number, another process");
        assert!(!another.stop().unwrap());
        assert!(process.stop().unwrap());
        assert!(!process.is_alive());
        child.wait().unwrap();
    }
}
