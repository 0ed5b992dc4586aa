//! Makes the file of a list, and sends it.

use super::book::{About, Book};
use super::card::Card;
use super::listing::{Listing, Pages, Split};
use super::writer::Writer;
use super::{text, words};
use crate::problem::Failure;
use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt, stream};
use rust_xlsxwriter::XlsxError;
use shortboard_store::Store;
use std::fs::File;
use std::io::{BufWriter, Read, Seek};
use tokio::sync::{Semaphore, mpsc};

/// How many workbooks are made at a time: each takes a processor and its share of the disk.
static WORKBOOKS: Semaphore = Semaphore::const_new(2);

/// How many pages may wait to be written.
const WAITING: usize = 2;

/// How many bytes of a file are sent at a time.
const CHUNK: usize = 64 * 1024;

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A workbook.
    Xlsx,
    /// Comma-separated values, UTF-8 with a byte order mark.
    Csv,
    /// JSON.
    Json,
}

impl Format {
    /// The ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// Its media type.
    fn media_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
        }
    }
}

/// A list as a file that is sent. A workbook is made first, in a file of its own; text is sent as it
/// is read, and broken off where it cannot be, so that nobody takes it for whole.
///
/// # Errors
/// [`Failure`]
pub async fn answer(store: &Store, listing: Listing, format: Format) -> Result<Response, Failure> {
    let name = words::attachment(&listing, store, format.ending());
    let headers =
        [(header::CONTENT_TYPE, format.media_type()), (header::CONTENT_DISPOSITION, &name)];
    if format != Format::Xlsx {
        let broken = |_| std::io::Error::other("the list could not be read");
        let text = texts(store, listing, format).map(move |text| text.map_err(broken));
        return Ok((headers, Body::from_stream(text)).into_response());
    }
    let file = tempfile::tempfile().map_err(failed)?;
    let mut file = workbook(store, &listing, file).await?;
    file.rewind().map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len().to_string();
    let length = [(header::CONTENT_LENGTH, length)];
    Ok((headers, length, Body::from_stream(chunks(file))).into_response())
}

/// A list as text, in parts.
pub fn texts(
    store: &Store,
    listing: Listing,
    format: Format,
) -> impl Stream<Item = Result<Bytes, Failure>> + Send + 'static {
    let is_json = format == Format::Json;
    let head = if is_json { text::json_head(&listing) } else { text::csv_head(&listing) };
    let query = listing.query.clone();
    let pages = Pages::of(store, &listing, query, is_json || listing.wants_further());
    let store = store.clone();
    let rest = stream::unfold(Some((pages, listing, 0)), move |state| {
        let store = store.clone();
        async move {
            let (mut pages, listing, count) = state?;
            let part = async {
                let Some(page) = pages.next().await? else { return Ok(None) };
                let text = if is_json {
                    text::json_items(&page, count == 0)?
                } else {
                    let (t, lists, day) = (listing.t, store.lists(), listing.day(&store));
                    text::csv_lines(Writer { t, lists: &lists, day }, &listing.columns, &page.cards)
                };
                Ok(Some((text, page.cards.len() as u64)))
            };
            match part.await {
                Ok(Some((text, more))) => {
                    Some((Ok(Bytes::from(text)), Some((pages, listing, count + more))))
                }
                Ok(None) if is_json => Some((Ok(Bytes::from(text::json_tail(count))), None)),
                Ok(None) => None,
                Err(failure) => Some((Err(failure), None)),
            }
        }
    });
    stream::iter([Ok(Bytes::from(head))]).chain(rest)
}

/// What the writer of a workbook is told.
enum Step {
    Sheet(String),
    Rows(Vec<Card>),
    /// That was all; without it the workbook is not finished.
    Whole,
}

/// Writes a list to a file as a workbook, on a thread of its own while the next page is read.
///
/// # Errors
/// [`Failure`]
pub async fn workbook(store: &Store, listing: &Listing, file: File) -> Result<File, Failure> {
    let _turn = WORKBOOKS.acquire().await.map_err(failed)?;
    let about = About {
        subtitle: words::subtitle(listing, store),
        columns: listing.columns.clone(),
        t: listing.t,
        lists: store.lists(),
        day: listing.day(store),
    };
    let book = Book::new(about, listing.split);
    let (steps, taken) = mpsc::channel(WAITING);
    let written = tokio::task::spawn_blocking(move || write(book, taken, file));
    let read = read(store, listing, steps).await;
    let written = written.await.map_err(failed)?;
    read?;
    written.map_err(failed)
}

async fn read(store: &Store, listing: &Listing, steps: mpsc::Sender<Step>) -> Result<(), Failure> {
    for (name, query) in listing.parts(store) {
        let mut pages = Pages::of(store, listing, query, listing.wants_further());
        let mut has_begun = false;
        while let Some(page) = pages.next().await? {
            // Of parts, those without projects are left out.
            if page.cards.is_empty() && listing.split != Split::None {
                continue;
            }
            let sheet = (!has_begun).then(|| Step::Sheet(name.clone()));
            has_begun = true;
            for step in sheet.into_iter().chain([Step::Rows(page.cards)]) {
                if steps.send(step).await.is_err() {
                    // The writer has stopped, and says why.
                    return Ok(());
                }
            }
        }
    }
    let _ = steps.send(Step::Whole).await;
    Ok(())
}

fn write(mut book: Book, mut steps: mpsc::Receiver<Step>, file: File) -> Result<File, XlsxError> {
    while let Some(step) = steps.blocking_recv() {
        match step {
            Step::Sheet(name) => book.begin(&name)?,
            Step::Rows(cards) => book.write(&cards)?,
            Step::Whole => {
                book.finish(BufWriter::new(&file))?;
                return Ok(file);
            }
        }
    }
    Err(std::io::Error::other("the list could not be read").into())
}

/// The bytes of a file, a chunk at a time.
fn chunks(file: File) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
    stream::unfold(file, |mut file| async move {
        let read = tokio::task::spawn_blocking(move || {
            let mut chunk = vec![0; CHUNK];
            let length = file.read(&mut chunk)?;
            chunk.truncate(length);
            Ok((chunk, file))
        });
        match read.await.unwrap_or_else(|error| Err(std::io::Error::other(error))) {
            Ok((chunk, _)) if chunk.is_empty() => None,
            Ok((chunk, file)) => Some((Ok(Bytes::from(chunk)), file)),
            // The length that was announced is not reached: what has arrived is not whole.
            Err(error) => {
                tracing::error!(%error, "a file could not be sent");
                None
            }
        }
    })
}

fn failed(error: impl std::fmt::Display) -> Failure {
    tracing::error!(%error, "a file could not be made");
    Failure::Internal
}
