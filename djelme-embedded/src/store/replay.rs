//! Putting writes of the log into their tables again.

use super::catalog::TableId;
use super::log::frame::{Action, Frame};
use super::recovery;
use super::state::State;
use crate::error::Refusal;
use crate::schema::{self, Envelope};

impl State {
    /// Carries out a write of the log where it is not committed; whether it was so anywhere. With `only`, in that
    /// table alone.
    pub(super) fn replay(&mut self, frame: &Frame<'_>, only: Option<TableId>) -> Result<bool, Refusal> {
        let Some(index) = self.catalog.indexes.get(frame.index).cloned() else { return Ok(false) };
        // Written to an earlier index of that name, which was deleted.
        if frame.lsn <= index.created_lsn {
            return Ok(false);
        }
        let mut any = false;
        for id in index.tables.iter().filter(|id| only.is_none_or(|only| **id == only)) {
            let Some(table) = self.tables.get_mut(id) else { continue };
            if frame.lsn <= table.committed_lsn() {
                continue;
            }
            let uid = schema::uid(frame.index, frame.id);
            if frame.action == Action::Index && *id == frame.table {
                let envelope = Envelope { index: frame.index, id: frame.id, seq_no: frame.seq_no };
                match table.schema().document(frame.source, envelope) {
                    Ok(document) => table.add(frame.lsn, &uid, frame.seq_no, document, true)?,
                    Err(refusal) => {
                        let write = format!("{} in {}: {refusal}", frame.id, frame.index);
                        tracing::error!(%write, "a write of the log is refused now");
                        self.refused.push(write);
                    }
                }
            } else {
                table.delete(frame.lsn, &uid)?;
                if frame.action == Action::Delete {
                    table.note_next_seq_no(frame.index, frame.seq_no + 1);
                }
            }
            table.note_pending(frame.source.len(), index.refresh_interval);
            any = true;
        }
        Ok(any)
    }

    /// Opens a table anew at its last commit, and carries out what the log has after that.
    pub(super) fn mend_table(&mut self, id: TableId) -> Result<(), Refusal> {
        self.table(id)?.reopen()?;
        let Some(folder) = self.log.as_ref().map(|log| log.folder().to_owned()) else { return Ok(()) };
        recovery::read(&folder, |frame| self.replay(frame, Some(id)).map(drop))?;
        Ok(())
    }
}
