//! Reads a settlement statement and keeps it: a thread reads the file, and its rows are stored while it goes on.

use std::path::{Path, PathBuf};

use tokio::sync::mpsc;

use super::sheet;
use crate::cli::Desk;
use crate::exit::CliError;
use crate::store::statements::{self, Kept};
use crate::wire::tamara::statement::{Head, Row};

/// How many rows are stored at once.
const BATCH: usize = 5_000;

/// Rows of one sheet, and the head of the first one.
struct Batch {
    head: Head,
    sheet: String,
    rows: Vec<Row>,
}

/// Reads the file in batches. Who takes them may stop it.
fn read(file: &Path, to: &mpsc::Sender<Batch>) -> Result<Head, CliError> {
    let mut batch: Option<Batch> = None;
    // Nothing more is read once nobody takes it.
    let head = sheet::read(file, |head, sheet, row| {
        if let Some(full) = batch.take_if(|batch| batch.rows.len() >= BATCH || batch.sheet != sheet)
            && to.blocking_send(full).is_err()
        {
            return false;
        }
        let fresh = || Batch { head: head.clone(), sheet: sheet.to_owned(), rows: Vec::with_capacity(BATCH) };
        batch.get_or_insert_with(fresh).rows.push(row);
        true
    })?;
    batch.into_iter().for_each(|rest| _ = to.blocking_send(rest));
    Ok(head)
}

/// Keeps the statement of a file.
///
/// # Errors
///
/// [`CliError::Missing`] if the file cannot be opened; [`CliError::Usage`] if it is no statement; [`CliError::Store`] if the database
/// refuses it or fails. What was stored of it is forgotten then.
pub async fn keep(desk: &Desk<'_>, file: PathBuf, replace: bool) -> Result<Kept, CliError> {
    let (to, mut from) = mpsc::channel::<Batch>(2);
    let reader = tokio::task::spawn_blocking(move || read(&file, &to));
    let mut reading = statements::begin(&desk.store).await?;
    let id = reading.id;
    let stored = async {
        while let Some(batch) = from.recv().await {
            statements::add(&desk.store, &mut reading, &batch.head, &batch.sheet, &batch.rows).await?;
        }
        let head = reader
            .await
            .map_err(|_| CliError::Usage("the spreadsheet cannot be read: save it as .xlsx again".to_owned()))??;
        Ok::<_, CliError>(statements::end(&desk.store, reading, &head, replace).await?)
    };
    let ended = stored.await;
    // The thread ends.
    from.close();
    if !matches!(ended, Ok(Kept::Now(_))) {
        // What cannot be forgotten now, the next one forgets after a day.
        statements::drop(&desk.store, id).await.ok();
    }
    ended
}
