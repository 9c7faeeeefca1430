//! `cargo xtask demo`: the example `flights` on a server of its own.

use std::{
    path::{Path, PathBuf, absolute},
    process::Command,
};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::{
    elasticsearch::{self, Server, Spec, http::Client},
    workspace,
};

/// Options of the demo.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The flights to record, in the form of examples/data/flights-2013-first-week.csv
    #[arg(long, value_name = "CSV")]
    file: Option<PathBuf>,
}

/// Runs the demo.
pub(crate) fn run(options: &Options) -> Result<()> {
    let server = elasticsearch::up(Spec::EIGHT)?;
    let status = command(&server, options.file.as_deref(), None)?.status().context("cannot run Cargo")?;
    if !status.success() {
        bail!("the demo failed");
    }
    eprintln!("the records stay on {} until `cargo xtask elasticsearch down`", server.handle.url);
    Ok(())
}

/// The command that runs the example on a server, with a prefix for the names of its indexes.
pub(crate) fn command(server: &Server, file: Option<&Path>, prefix: Option<&str>) -> Result<Command> {
    let mut command = workspace::cargo(&["run", "--package=djelme-examples", "--example=flights", "--"]);
    if let Some(file) = file {
        // The example runs in the workspace's root folder.
        command.arg("--file").arg(absolute(file)?);
    }
    command.env("DJELME_BACKENDS", backends(&server.handle.url, prefix).to_string());
    Ok(command)
}

fn backends(url: &str, prefix: Option<&str>) -> Value {
    let mut backend = json!({"kind": "es8", "nodes": [url]});
    if let Some(prefix) = prefix {
        backend["index_prefix"] = prefix.into();
    }
    json!({"default": backend})
}

/// Removes the indexes and templates whose names begin with the prefix, each by its name.
pub(crate) fn remove(server: &Server, prefix: &str) -> Result<()> {
    let client = Client::new(&server.handle)?;
    let indexes = client.get(&format!("/_cat/indices/{prefix}*?format=json&h=index"))?;
    for name in names(&indexes, "index") {
        client.delete(&format!("/{name}"))?;
    }
    let templates = client.get("/_index_template")?;
    for name in names(&templates["index_templates"], "name").filter(|name| name.starts_with(prefix)) {
        client.delete(&format!("/_index_template/{name}"))?;
    }
    Ok(())
}

fn names<'a>(list: &'a Value, key: &'a str) -> impl Iterator<Item = &'a str> {
    list.as_array().into_iter().flatten().filter_map(move |entry| entry[key].as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_name_the_server_and_the_prefix() {
        let plain = backends("http://h:1", None);
        assert_eq!(plain, json!({"default": {"kind": "es8", "nodes": ["http://h:1"]}}));
        assert_eq!(backends("http://h:1", Some("x-"))["default"]["index_prefix"], "x-");
    }

    #[test]
    fn names_are_read_from_a_list() {
        let list = json!([{"index": "a"}, {"index": "b"}, {}]);
        assert_eq!(names(&list, "index").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(names(&Value::Null, "index").count(), 0);
    }
}
