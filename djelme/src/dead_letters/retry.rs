//! Sending dead letters again.

use std::io;

use djelme_core::document::{BatchBuilder, WriteOp};
use djelme_core::outcome::{Outcome, Rejection};
use djelme_core::{Error, Result};

use super::file::{Changes, Place, rewrite};
use super::{DeadLetter, DeadLetters, Line};
use crate::Djelme;
use crate::resolve::ResolvedType;

/// The most letters of a request, and about the most bytes.
const REQUEST: (usize, usize) = (500, 5 << 20);

/// What became of dead letters that were sent again.
#[derive(Debug, Default)]
#[non_exhaustive]
#[must_use = "it says which letters are still there, and why"]
pub struct Retried {
    /// Stored now, or found stored already; gone from the file.
    pub stored: u64,
    /// Not stored, since another record has the id; gone from the file. Only letters of the op `create`.
    pub duplicate: u64,
    /// Rejected again; in the file with the new reason. Also letters of the op `index` (of types with
    /// `unique_together`) whose id another record has by now: which of the two is right is not decided here.
    pub rejected: u64,
    /// Neither, so they are in the file as before: see [`problems`](Self::problems).
    pub unsent: u64,
    /// Why letters could not be sent, once for each record type.
    pub problems: Vec<(String, Error)>,
}

/// What becomes of a letter in the file.
enum Change {
    Remove,
    Reject(Rejection),
}

/// A letter that is to be sent, and its line.
type Chosen = (Place, DeadLetter);

impl DeadLetters {
    /// Sends the letters that `select` chooses once more, under the same ids and with the same bytes: after the
    /// mapping or the template was mended. Those that are stored go from the file, those that are rejected again stay
    /// with the new reason.
    ///
    /// All are sent as `create`, so that none takes the place of a record that was stored since. Each request is tried
    /// for up to 30 s, as with [`Djelme::record`]; once that fails, the other letters of the type are left alone. The
    /// `post_save` hooks are called, `pre_save` hooks are not. The file is changed once, at the end: given up before,
    /// all letters are still there and can be sent again. It is read and written on the calling thread.
    ///
    /// ```no_run
    /// # use djelme::{Djelme, dead_letters::DeadLetters};
    /// # async fn run(djelme: Djelme) -> djelme::Result<()> {
    /// let letters = DeadLetters::new("dead_letters.jsonl");
    /// let retried = letters.retry(&djelme, |letter| letter.record_type == "shop::View").await?;
    /// println!("{} stored, {} rejected again", retried.stored, retried.rejected);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::File`] if the file cannot be read or written; it is then as before.
    pub async fn retry(
        &self,
        djelme: &Djelme,
        mut select: impl FnMut(&DeadLetter) -> bool,
    ) -> Result<Retried> {
        let mut reader = self.open()?;
        let mut retry = Retry { djelme, changes: Changes::default(), retried: Retried::default() };
        let (mut round, mut bytes) = (Vec::new(), 0);
        while let Some((line, number, place)) = reader.next().map_err(|error| self.error(error))? {
            let Line::Letter(letter) = Line::parse(line, number) else { continue };
            if !select(&letter) {
                continue;
            }
            bytes += line.len();
            round.push((place, letter));
            if round.len() >= REQUEST.0 || bytes >= REQUEST.1 {
                retry.send(std::mem::take(&mut round)).await;
                bytes = 0;
            }
        }
        retry.send(round).await;
        rewrite(&self.path, &retry.changes, reject_again).map_err(|error| self.error(error))?;
        Ok(retry.retried)
    }
}

/// Writes the letter with its new reason.
fn reject_again(line: &[u8], change: &Change, out: &mut Vec<u8>) -> io::Result<()> {
    let Change::Reject(rejection) = change else { return Ok(()) };
    let mut letter = DeadLetter::parse(line).map_err(io::Error::other)?;
    letter.at = chrono::Utc::now();
    letter.rejection = rejection.clone();
    letter.append_to(out).map_err(io::Error::other)
}

struct Retry<'a> {
    djelme: &'a Djelme,
    changes: Changes<Change>,
    retried: Retried,
}

impl Retry<'_> {
    /// Sends some letters, those of each type together.
    async fn send(&mut self, mut round: Vec<Chosen>) {
        while let Some((_, first)) = round.first() {
            let record_type = first.record_type.clone();
            let (same, others) = round.into_iter().partition(|(_, letter)| letter.record_type == record_type);
            round = others;
            let same: Vec<Chosen> = same;
            let letters = same.len() as u64;
            if self.retried.problems.iter().any(|(of, _)| *of == record_type) {
                self.retried.unsent += letters;
            } else if let Err(error) = self.send_type(&record_type, same).await {
                self.retried.unsent += letters;
                self.retried.problems.push((record_type, error));
            }
        }
    }

    /// An error means that no letter was changed.
    async fn send_type(&mut self, record_type: &str, letters: Vec<Chosen>) -> Result<()> {
        let djelme = self.djelme;
        let resolved = djelme.inner.types.iter().find(|it| *it.type_ref.rust_name == *record_type);
        let resolved = resolved.ok_or_else(|| Error::Definition {
            record_type: record_type.to_owned(),
            problem: "it is not among the record types of this handle; add it to `record_types(..)`".into(),
        })?;
        let mut builder = BatchBuilder::default();
        for (_, letter) in &letters {
            // Names are written as they are, so this also keeps out what somebody has put into the file.
            resolved.naming.parse(&letter.index)?;
            let index = |out: &mut Vec<u8>| {
                out.extend_from_slice(letter.index.as_bytes());
                Ok(())
            };
            let source = |out: &mut Vec<u8>| {
                out.extend_from_slice(&letter.source);
                Ok::<(), Error>(())
            };
            builder.push(WriteOp::Create, &letter.id, index, source)?;
        }
        let results = djelme.write(resolved, &builder.finish()).await?;
        for ((place, letter), result) in letters.into_iter().zip(results) {
            match result {
                Ok(recorded) => self.ended(resolved, place, &letter, recorded.outcome).await,
                Err(Error::Rejected { rejection, .. }) => self.reject(place, rejection),
                Err(error) => {
                    self.retried.unsent += 1;
                    if !self.retried.problems.iter().any(|(of, _)| of == record_type) {
                        self.retried.problems.push((record_type.to_owned(), error));
                    }
                }
            }
        }
        Ok(())
    }

    async fn ended(&mut self, resolved: &ResolvedType, place: Place, letter: &DeadLetter, outcome: Outcome) {
        match outcome {
            Outcome::Duplicate if letter.op == WriteOp::Create => {
                self.retried.duplicate += 1;
                self.changes.add(place, Change::Remove);
            }
            // An earlier retry that was cut off may have stored it.
            Outcome::Duplicate if !is_stored(resolved, letter).await => {
                let reason = "another record has the id by now; it was not replaced".to_owned();
                let error_type = "version_conflict_engine_exception".to_owned();
                self.reject(place, Rejection { status: 409, error_type, reason });
            }
            _ => {
                self.retried.stored += 1;
                self.changes.add(place, Change::Remove);
            }
        }
    }

    fn reject(&mut self, place: Place, rejection: Rejection) {
        self.retried.rejected += 1;
        self.changes.add(place, Change::Reject(rejection));
    }
}

/// Whether the document that has the id is this letter's.
async fn is_stored(resolved: &ResolvedType, letter: &DeadLetter) -> bool {
    let found = resolved.backend.get(&letter.index, &letter.id).await;
    matches!(found, Ok(Some(found)) if found.source == letter.source)
}
