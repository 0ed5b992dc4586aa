//! A file comes in: it is kept, and read in the background.

use super::receiving::Received;
use super::said::{Said, Settings};
use super::{Imports, Way, reading};
use crate::problem::Failure;
use shortboard_domain::access::{Action, Actor};
use shortboard_domain::import::ImportState;
use shortboard_store::{IdempotencyKey, StoreError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::AsyncReadExt;
use tokio::task::JoinHandle;

/// How many bytes of a file are kept in one piece.
const PART: usize = 1024 * 1024;

/// A file that came in to be imported.
#[derive(Debug)]
pub struct Upload {
    /// The file.
    pub file: Received,
    /// What is settled beforehand.
    pub settings: Settings,
    /// The key under which the import is known, should the request come again.
    pub key: Option<IdempotencyKey>,
}

/// An import that has begun.
pub struct Started {
    /// Its number.
    pub id: i64,
    /// The reading; `None` when the same request came before.
    pub reading: Option<JoinHandle<()>>,
}

impl Imports {
    /// Keeps a file and begins to read it.
    ///
    /// # Errors
    /// [`Failure::Denied`] for those who import nothing.
    pub async fn start(&self, actor: &Actor, upload: Upload) -> Result<Started, Failure> {
        Way::of(actor)?;
        if let Some(key) = &upload.key
            && let Some(id) = self.store.recall::<i64>(actor.name(), key).await?
        {
            return Ok(Started { id, reading: None });
        }
        let said = Said { settings: upload.settings.clone(), ..Said::default() };
        let Received { path, name, size, sha256 } = upload.file;
        let (text, key, path) = (said.written(), upload.key.clone(), Arc::new(path));
        let file: PathBuf = path.to_path_buf();
        let permit = actor.permit(Action::UseDesk)?;
        let kept = self.store.write(permit, move |tx| {
            let (name, sha256, text) = (name.clone(), sha256.clone(), text.clone());
            let (key, file) = (key.clone(), file.clone());
            Box::pin(async move {
                if let Some(key) = &key
                    && let Some(id) = tx.recall::<i64>(key).await?
                {
                    return Ok((id, false));
                }
                let id = tx.add_import(&name, size, &sha256, &text).await?;
                keep_parts(tx, id, &file).await?;
                if let Some(key) = &key {
                    tx.remember(key, &id).await?;
                }
                Ok((id, true))
            })
        });
        let (id, is_new) = kept.await?;
        let running = is_new.then(|| self.begin(id, ImportState::Reading, 0)).flatten();
        let reading = running.map(|running| {
            let (imports, actor) = (self.clone(), actor.clone());
            tokio::spawn(async move {
                // The file is there as long as it is read.
                let file = Arc::clone(&path);
                reading::read(&imports, &actor, id, &file, &running).await;
            })
        });
        Ok(Started { id, reading })
    }

    /// The file of an import, in a place of its own.
    pub(super) async fn file(&self, id: i64) -> Result<tempfile::TempPath, Failure> {
        let failed = |error: std::io::Error| {
            tracing::error!(%error, "a ledger could not be put down to be read");
            Failure::Internal
        };
        let path = tempfile::NamedTempFile::new().map_err(failed)?.into_temp_path();
        let mut file = tokio::fs::File::create(&path).await.map_err(failed)?;
        let mut part = 0;
        while let Some(bytes) = self.store.import_part(id, part).await? {
            tokio::io::AsyncWriteExt::write_all(&mut file, &bytes).await.map_err(failed)?;
            part += 1;
        }
        tokio::io::AsyncWriteExt::flush(&mut file).await.map_err(failed)?;
        Ok(path)
    }
}

async fn keep_parts(tx: &mut shortboard_store::Tx, id: i64, path: &Path) -> Result<(), StoreError> {
    let failed =
        |source: std::io::Error| StoreError::File { path: path.display().to_string(), source };
    let mut file = tokio::fs::File::open(path).await.map_err(failed)?;
    let mut buffer = vec![0; PART];
    for part in 0.. {
        let mut filled = 0;
        while filled < PART {
            match file.read(&mut buffer[filled..]).await.map_err(failed)? {
                0 => break,
                read => filled += read,
            }
        }
        if filled == 0 {
            break;
        }
        tx.add_import_part(id, part, &buffer[..filled]).await?;
    }
    Ok(())
}
