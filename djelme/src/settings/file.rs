//! Settings from `djelme.toml`.

use std::io::ErrorKind;
use std::path::Path;

use djelme_core::{Error, Result};

use super::Settings;
use super::text::without_values;

/// The settings of the file; none at all if there is no such file.
pub(super) fn read(path: &Path) -> Result<Settings> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Settings::default()),
        Err(error) => return Err(Error::Settings(format!("{}: {error}", path.display()))),
    };
    toml::from_str(&text).map_err(|error| {
        // Not the error's own text: it shows the line, which may hold a password.
        let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
        Error::Settings(format!("{}, line {line}: {}", path.display(), without_values(error.message())))
    })
}
