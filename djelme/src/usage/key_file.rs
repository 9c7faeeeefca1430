//! Keys in a file that the processes of one machine share.

use std::fmt;
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use djelme_core::usage::{SessionKey, SessionKeys};
use djelme_core::{Error, Result};
use zeroize::Zeroizing;

use super::key_ring::{DayKey, KeyRing, new_key};
use crate::files::{beside, lock, sync_folder};

const HEADER: &str =
    "# Secret keys of djelme's session ids, each with its day and the time at which it was made.\n";

/// A random key for each day in a file: for several processes of one machine, and for sessions that outlive a
/// process. Each process opens the file by its path; they need one user account.
///
/// A key is erased from the file 24 hours after its day, or after it was made for a record of an older day: by the
/// next record of any of the processes. Until then, who can read the file or a copy of it can find out whose
/// session an id is; so it is created for its owner alone (mode 0600), one that others can read is refused,
/// and backups should leave it out. Some file systems keep what was erased until they need the room.
///
/// ```no_run
/// use djelme::{Djelme, usage::SessionKeyFile};
///
/// # fn main() -> djelme::Result<()> {
/// let djelme = Djelme::builder().session_keys(SessionKeyFile::open("/var/lib/shop/session-keys")?).build_from_env()?;
/// # Ok(())
/// # }
/// ```
pub struct SessionKeyFile {
    path: PathBuf,
    /// What the file held when it was last read.
    known: Mutex<KeyRing>,
}

impl SessionKeyFile {
    /// The keys in the file of this path, which is created if there is none.
    ///
    /// # Errors
    /// [`Error::File`] if it cannot be read and written, if others than its owner can read it, and if a line is damaged.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self> {
        let file = Self { path: path.into(), known: Mutex::default() };
        *file.known.lock().unwrap_or_else(PoisonError::into_inner) = file.exchange(None, Utc::now())?;
        Ok(file)
    }

    fn key_at(&self, day: NaiveDate, now: DateTime<Utc>) -> Result<SessionKey> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.has_expired(now) || known.get(day).is_none() {
            *known = self.exchange(Some(day), now)?;
        }
        let missing = || self.error(io::Error::other("the key was not written"));
        known.get(day).cloned().ok_or_else(missing)
    }

    /// Reads the file, erases keys whose time has passed, adds one for the day if it has none, and writes it anew if
    /// anything changed.
    fn exchange(&self, day: Option<NaiveDate>, now: DateTime<Utc>) -> Result<KeyRing> {
        let _lock = lock(&self.path).map_err(|source| self.error(source))?;
        let read = self.read().map_err(|source| self.error(source))?;
        let mut changed = read.is_none();
        let mut keys = read.unwrap_or_default();
        if keys.has_expired(now) {
            keys.forget_expired(now);
            changed = true;
        }
        if let Some(day) = day.filter(|day| keys.get(*day).is_none()) {
            keys.insert(day, new_key(now)?);
            changed = true;
        }
        if changed {
            write(&self.path, &keys).map_err(|source| self.error(source))?;
        }
        Ok(keys)
    }

    /// What the file holds; `None` if there is none.
    fn read(&self) -> io::Result<Option<KeyRing>> {
        let mut file = match File::open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        refuse_if_shared(&file)?;
        let mut text = Zeroizing::new(String::with_capacity(file.metadata()?.len().try_into().unwrap_or(0)));
        io::Read::read_to_string(&mut file, &mut text)?;
        let mut keys = KeyRing::default();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
            let (day, held) = parse(line).ok_or_else(|| damaged(number + 1))?;
            keys.insert(day, held);
        }
        Ok(Some(keys))
    }

    fn error(&self, source: io::Error) -> Error {
        Error::File { path: self.path.clone(), source }
    }
}

impl SessionKeys for SessionKeyFile {
    fn key(&self, day: NaiveDate) -> Result<SessionKey> {
        self.key_at(day, Utc::now())
    }
}

impl fmt::Debug for SessionKeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionKeyFile").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Nothing of the line gets into the error: it may be a key.
fn damaged(line: usize) -> io::Error {
    let problem = format!(
        "line {line} is damaged; remove it: sessions of its day that are recorded from then on get other ids"
    );
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

/// `2026-02-03 2026-02-03T10:00:00.000000Z` and the key in hexadecimal digits.
fn parse(line: &str) -> Option<(NaiveDate, DayKey)> {
    let (day, rest) = line.split_once(' ')?;
    let (made, digits) = rest.split_once(' ')?;
    if digits.len() != 2 * SessionKey::LEN || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = Zeroizing::new([0; SessionKey::LEN]);
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some((day.parse().ok()?, DayKey { key: SessionKey::new(*bytes), made: made.parse().ok()? }))
}

/// The new file takes the place of the old one at once, or on an error not at all.
fn write(path: &Path, keys: &KeyRing) -> io::Result<()> {
    let lines = keys.days().count();
    let mut text = Zeroizing::new(String::with_capacity(HEADER.len() + lines * 128));
    text.push_str(HEADER);
    for (day, held) in keys.days() {
        let made = held.made.to_rfc3339_opts(SecondsFormat::Micros, true);
        // Writing to a string does not fail.
        let _ = write!(text, "{day} {made} ");
        for byte in held.key.expose() {
            let _ = write!(text, "{byte:02x}");
        }
        text.push('\n');
    }
    let new_path = beside(path, "new");
    match fs::remove_file(&new_path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut new = for_the_owner().write(true).create_new(true).open(&new_path)?;
    new.write_all(text.as_bytes())?;
    new.sync_all()?;
    fs::rename(&new_path, path)?;
    sync_folder(path);
    Ok(())
}

#[cfg(unix)]
fn for_the_owner() -> OpenOptions {
    let mut options = OpenOptions::new();
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(unix)]
fn refuse_if_shared(file: &File) -> io::Result<()> {
    let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata()?.permissions());
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let problem =
        format!("others can read it (mode {:03o}), and it holds secret keys: `chmod 600` it", mode & 0o777);
    Err(io::Error::new(io::ErrorKind::PermissionDenied, problem))
}

/// Elsewhere the folder's own rules say who can read the file.
#[cfg(not(unix))]
fn for_the_owner() -> OpenOptions {
    OpenOptions::new()
}

#[cfg(not(unix))]
fn refuse_if_shared(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn key(keys: &SessionKeyFile, day: &str, now: &str) -> [u8; SessionKey::LEN] {
        *keys.key_at(day.parse().unwrap(), at(now)).unwrap().expose()
    }

    /// A file as if it had been opened at a time long ago.
    fn keys_in(folder: &tempfile::TempDir) -> SessionKeyFile {
        SessionKeyFile { path: folder.path().join("keys"), known: Mutex::default() }
    }

    #[test]
    fn processes_share_the_key_of_a_day() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (keys_in(&folder), keys_in(&folder));
        let of_one = key(&one, "2026-02-03", "2026-02-03T10:00:00Z");
        assert_eq!(key(&other, "2026-02-03", "2026-02-03T11:00:00Z"), of_one);
        assert_ne!(key(&other, "2026-02-04", "2026-02-04T11:00:00Z"), of_one);
        assert_eq!(key(&keys_in(&folder), "2026-02-03", "2026-02-04T23:00:00Z"), of_one);
    }

    #[test]
    fn what_has_passed_is_erased_from_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let keys = keys_in(&folder);
        let old = key(&keys, "2026-02-03", "2026-02-03T10:00:00Z");
        let text = || fs::read_to_string(folder.path().join("keys")).unwrap();
        let hex: String = old.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(text().contains(&hex));
        // Not only with a new day: the day that is asked for is known.
        key(&keys, "2026-02-04", "2026-02-04T10:00:00Z");
        assert!(text().contains(&hex));
        key(&keys, "2026-02-04", "2026-02-05T00:00:00Z");
        assert!(!text().contains(&hex));
        assert!(text().contains("\n2026-02-04 "));
        assert_ne!(key(&keys, "2026-02-03", "2026-02-05T00:00:00Z"), old);
        let names: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names.len(), 2, "the file and its lock: {names:?}");
    }

    #[test]
    fn sixteen_threads_of_eight_processes_get_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let processes: Vec<_> = std::iter::repeat_with(|| keys_in(&folder)).take(8).collect();
        let got = std::thread::scope(|scope| {
            let ask = |process| scope.spawn(move || key(process, "2026-02-03", "2026-02-03T10:00:00Z"));
            let threads: Vec<_> = processes.iter().chain(&processes).map(ask).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<std::collections::HashSet<_>>()
        });
        assert_eq!(got.len(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        SessionKeyFile::open(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let error = SessionKeyFile::open(&path).unwrap_err().to_string();
        assert!(error.contains("others can read it (mode 640)"), "{error}");
    }

    #[test]
    fn damage_is_an_error_that_names_the_line_and_shows_no_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let hex = "a1".repeat(SessionKey::LEN);
        for bad in [
            "x".to_owned(),
            String::new(),
            format!("2026-02-30 2026-02-03T10:00:00Z {hex}"),
            format!("2026-02-03 yesterday {hex}"),
            format!("2026-02-03 2026-02-03T10:00:00Z {hex}a1"),
            format!("2026-02-03 2026-02-03T10:00:00Z +{}", &hex[1..]),
        ] {
            SessionKeyFile::open(&path).unwrap();
            let good = format!("2999-02-03 2026-02-03T10:00:00Z {hex}\n");
            fs::write(&path, format!("{HEADER}{good}{bad}\n")).unwrap();
            let error = SessionKeyFile::open(&path).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(shown.contains("line 3 is damaged"), "{bad}: {shown}");
            assert!(!shown.contains("a1a1"), "{shown}");
            fs::remove_file(&path).unwrap();
        }
    }

    #[test]
    fn a_key_is_read_as_it_was_written_and_shown_to_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let keys = keys_in(&folder);
        let made = key(&keys, "2026-02-03", "2026-02-03T10:00:00.123456789Z");
        let again = keys_in(&folder);
        assert_eq!(key(&again, "2026-02-03", "2026-02-03T10:00:00Z"), made);
        let hex: String = made.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(!format!("{keys:?}").contains(&hex));
        assert!(!format!("{keys:?}").contains(&format!("{made:?}")));
    }
}
