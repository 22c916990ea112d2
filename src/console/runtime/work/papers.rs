//! Pages to read about a case, and files that are saved or opened: letters, evidence, the report, the history of people.

use std::io::Write;
use std::path::{Path, PathBuf};

use chrono::{TimeDelta, Utc};
use image::imageops::FilterType;

use super::Worker;
use crate::cases::dossier::{About, lines};
use crate::cases::{history, pdf, report};
use crate::console::disputes::documents;
use crate::console::disputes::requests::{Ask, DocumentKind, Earlier, Entry, News, Picture};
use crate::console::disputes::shown::Named;
use crate::desk::cases;
use crate::desk::place;
use crate::domain::OrderKey;
use crate::records::report::{Behind, Common};
use crate::store::cases::read as kept;
use crate::store::cases::{policy, report as kept_report};
use crate::store::{StoreError, read as orders};
use crate::text;

/// The period of the report.
const LATELY: TimeDelta = TimeDelta::days(30);
/// How many earlier orders are listed.
const MOST: i64 = 200;
/// The largest small picture, in points: two of them are one cell high.
const THUMBNAIL: (u32, u32) = (120, 80);
/// How much of an image is decoded at most, in bytes.
const DECODED: u64 = 128 << 20;

impl Worker {
    /// Reads a page, or saves what is on it.
    pub(super) async fn paper(&self, ask: Ask) -> Option<News> {
        let words = |error: StoreError| error.to_string();
        Some(match ask {
            Ask::Preview(named, number) => {
                let kind = DocumentKind::File(named.clone(), number);
                match self.content(&named, number).await {
                    Ok(found) => match small(&found).await {
                        Some(picture) => News::Picture(kind, picture),
                        None => News::Document(kind, Ok(documents::preview(&found))),
                    },
                    Err(fault) => News::Document(kind, Err(fault)),
                }
            }
            Ask::Save(named, number, to) => News::Saved(self.save(&named, number, &to).await),
            Ask::View(named, number) => News::Saved(self.view(&named, number).await),
            Ask::SaveLetters(named) => News::Saved(self.save_letters(&named).await),
            Ask::Letter(named) => {
                let letters = self.letters(&named).await.map_err(words);
                News::Document(DocumentKind::Letters(named), letters)
            }
            Ask::History(order) => {
                let found = self.history(&order).await.map_err(words);
                News::History(order, found)
            }
            Ask::Earlier(order, number) => {
                let lines = self.earlier(&order, number).await.map_err(words);
                News::Document(DocumentKind::Earlier(order, number), lines)
            }
            Ask::Report => News::Report(self.report().await.map_err(words)),
            Ask::Behind(common, value) => {
                let found = self.behind(common, &value).await.map_err(words);
                News::Behind(common, value, found)
            }
            Ask::Folder(path) => {
                let entries = folder(&path);
                News::Folder(path, entries)
            }
            _ => return None,
        })
    }

    async fn content(&self, named: &Named, number: i32) -> Result<kept::Content, String> {
        let found = kept::content(&self.store.pool, &named.0, named.1, &number.to_string()).await;
        found.map_err(|error| error.to_string())?.ok_or_else(|| "there is no such file".to_owned())
    }

    /// Saves an attached file. Never overwrites one.
    async fn save(&self, named: &Named, number: i32, to: &Path) -> Result<String, String> {
        let found = self.content(named, number).await?;
        kept_as(to, &found.content)
    }

    /// Opens an attached file in the system's viewer: a copy of it, in a folder that only this person reads.
    async fn view(&self, named: &Named, number: i32) -> Result<String, String> {
        let found = self.content(named, number).await?;
        let folder = private_folder().map_err(|error| text::trouble(&error))?;
        // Never run: the name says what the content is, whatever it was called.
        let name = format!("evidence-{number}.{}", crate::cases::file::extension(&found.kind));
        let path = folder.join(name);
        let shown = kept_as(&path, &found.content)?;
        opener::open(&path).map_err(|error| format!("{shown} cannot be opened: {}", text::trouble(&error)))?;
        Ok(shown)
    }

    async fn letters(&self, (order, number): &Named) -> Result<Vec<String>, StoreError> {
        let letters = cases::shown::letters(&self.store, order, Some(*number)).await?;
        Ok(documents::letters(letters.into_iter().flatten()))
    }

    /// Saves the letters of a case as PDFs in the folder where the console was started.
    async fn save_letters(&self, (order, number): &Named) -> Result<String, String> {
        let letters = cases::shown::letters(&self.store, order, Some(*number)).await.map_err(|it| it.to_string())?;
        let id = order.split_once(':').map_or(order.as_str(), |(_, id)| id);
        let plain: String = id
            .chars()
            .map(|letter| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '-' })
            .collect();
        let mut saved = Vec::new();
        for (party, letter) in letters.into_iter().flatten() {
            let Some(letter) = letter else { continue };
            let bytes = pdf::pdf(&letter).map_err(|error| error.to_string())?;
            saved.push(kept_as(Path::new(&format!("{plain}-{party}.pdf")), &bytes)?);
        }
        Ok(saved.join(" and "))
    }

    async fn report(&self) -> Result<Vec<(String, report::Lead)>, StoreError> {
        let now = Utc::now();
        let zone = policy::current(&self.store.pool).await?.policy.zone();
        let (found, policy) = cases::shown::report(&self.store, now - LATELY, now, zone).await?;
        Ok(report::leading(&found, &policy, zone))
    }

    /// The cases behind a line of the report.
    async fn behind(&self, common: Common, value: &str) -> Result<Vec<(String, Option<Earlier>)>, StoreError> {
        let (now, policy) = (Utc::now(), policy::current(&self.store.pool).await?.policy);
        let when = (now - LATELY, now, policy.zone());
        let found = kept_report::behind(&self.store.pool, when, (common, value), MOST).await?;
        let line = |it: &Behind| (report::behind(it, &policy), Some((it.order_id.clone(), Some(it.number))));
        Ok(found.iter().map(line).collect())
    }

    /// Earlier orders of an order's people, each kind of match under what it sums up to.
    async fn history(&self, order: &str) -> Result<Vec<(String, Option<Earlier>)>, StoreError> {
        let (found, policy) =
            tokio::try_join!(kept::history(&self.store.pool, order, MOST), policy::current(&self.store.pool))?;
        let mut lines = Vec::new();
        for same in history::KINDS {
            let Some(sum) = history::summed(&found, same) else { continue };
            lines.push((sum, None));
            for met in found.iter().filter(|met| met.same == same) {
                let words = format!("  {}", history::words(met, &policy.policy));
                lines.push((words, Some((met.order_id.clone(), met.number))));
            }
        }
        if lines.is_empty() {
            lines.push(("None of these people had an earlier order.".to_owned(), None));
        }
        Ok(lines)
    }

    /// An earlier order as lines: with its case, if it had one.
    async fn earlier(&self, order: &str, number: Option<i32>) -> Result<Vec<String>, StoreError> {
        let Some(key) = OrderKey::parse(order) else { return Ok(Vec::new()) };
        let pool = &self.store.pool;
        let log = orders::timeline(pool, &key, 0).await?;
        let (now, by) = (Utc::now(), self.store.person.as_str());
        let file = match number {
            Some(_) => cases::shown::file(&self.store, order, number).await?,
            None => None,
        };
        if let Some(file) = file {
            let hash = orders::last_hash(pool, &key).await?;
            let zone = file.policy.zone();
            let (stored, whole, policy) = (&file.stored, &file.whole, &file.policy);
            return Ok(lines(About { stored, log: &log, whole, policy, zone, now, by, hash: &hash, notes: true }));
        }
        let zone = policy::current(pool).await?.policy.zone();
        let line = |entry: &crate::records::Transition| {
            format!("{}  {}: {}", zone.long(entry.happened_at), entry.action_title(), entry.to.title())
        };
        let head = [format!("Order {}: no dispute", key.id), String::new()];
        Ok(head.into_iter().chain(log.iter().map(line)).collect())
    }
}

/// Writes a new file, under this name or one with a number. Returns where it is.
pub(super) fn kept_as(to: &Path, content: &[u8]) -> Result<String, String> {
    let named = |error: std::io::Error| format!("{}: {}", text::clean(&to.to_string_lossy()), text::trouble(&error));
    let (stem, ending) = (to.file_stem().unwrap_or_default(), to.extension());
    for at in 1..100 {
        let path = match (at, ending) {
            (1, _) => to.to_owned(),
            (_, Some(ending)) => {
                let ending = ending.to_string_lossy();
                to.with_file_name(format!("{}-{at}.{ending}", stem.to_string_lossy()))
            }
            (_, None) => to.with_file_name(format!("{}-{at}", stem.to_string_lossy())),
        };
        place::target(&path).map_err(named)?;
        match std::fs::OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut made) => {
                made.write_all(content).map_err(named)?;
                let whole = std::path::absolute(&path).unwrap_or(path);
                return Ok(whole.display().to_string());
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(named(error)),
        }
    }
    Err(format!("{} is there a hundred times already; remove some first", text::clean(&to.to_string_lossy())))
}

/// A new folder that only this person can read.
fn private_folder() -> std::io::Result<PathBuf> {
    use std::os::unix::fs::DirBuilderExt;
    let path = std::env::temp_dir().join(format!("recourse-{}", uuid::Uuid::new_v4().simple()));
    std::fs::DirBuilder::new().mode(0o700).create(&path)?;
    Ok(path)
}

/// An attached image as a small picture; `None` if it is no image that can be read.
async fn small(found: &kept::Content) -> Option<Picture> {
    if !matches!(found.kind.as_str(), "image/png" | "image/jpeg") {
        return None;
    }
    let (content, name, kind) = (found.content.clone(), found.name.clone(), found.kind.clone());
    let decoded = tokio::task::spawn_blocking(move || {
        let mut reader = image::ImageReader::new(std::io::Cursor::new(&content)).with_guessed_format().ok()?;
        let mut limits = image::Limits::default();
        limits.max_alloc = Some(DECODED);
        reader.limits(limits);
        let whole = reader.decode().ok()?;
        let about = format!("{name}: {kind}, {} x {}, {} bytes", whole.width(), whole.height(), content.len());
        let small = whole.resize(THUMBNAIL.0, THUMBNAIL.1, FilterType::Triangle).to_rgb8();
        Some(Picture { width: small.width(), height: small.height(), points: small.into_raw(), about })
    });
    decoded.await.ok()?
}

/// What is in a folder of this machine, folders first: what a person could attach.
fn folder(path: &Path) -> Result<Vec<Entry>, String> {
    let here = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let found = std::fs::read_dir(here).map_err(|error| text::trouble(&error))?;
    let mut entries: Vec<Entry> = Vec::new();
    for entry in found.flatten().take(2_000) {
        let (Ok(about), Ok(name)) = (entry.metadata(), entry.file_name().into_string()) else { continue };
        if !name.starts_with('.') && (about.is_file() || about.is_dir()) {
            entries.push(Entry { name, folder: about.is_dir(), size: about.len() });
        }
    }
    entries.sort_by(|one, other| (!one.folder, &one.name).cmp(&(!other.folder, &other.name)));
    Ok(entries)
}
