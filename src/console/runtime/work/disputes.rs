//! The console's work for the dispute desk: queues, cases, actions, drafts, files, and who looks at a case.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use tokio::time::Instant;
use uuid::Uuid;

use crate::cases::file;
use crate::console::disputes::documents;
use crate::console::disputes::requests::{Ask, DocumentKind, News};
use crate::console::disputes::shown::{CaseShown, MOST_COUNTED, Named, OPEN, QueueShown};
use crate::console::runtime::work::{Failure, Message, Worker};
use crate::desk;
use crate::desk::cases::shown::CaseFile;
use crate::desk::cases::{self, Answer, CaseCommand, Command};
use crate::desk::place;
use crate::domain::OrderKey;
use crate::records::CaseDetail;
use crate::records::CasePlace;
use crate::records::Queue;
use crate::store::cases::presence::{self, Present};
use crate::store::cases::read as kept;
use crate::store::cases::read::Wanted;
use crate::store::cases::{policy, report, write};
use crate::store::{StoreError, health, messages, people};

/// How many cases are read at a time.
const PAGE: i64 = 200;
/// How far cases are counted.
const COUNTED: i64 = MOST_COUNTED + 1;
/// How far back the open cases are counted by the day.
const DAYS: TimeDelta = TimeDelta::days(25);
/// How often the console checks who looks at a case.
const LOOK: Duration = Duration::from_secs(4);

/// The case that this console looks at, and when it last reported that.
#[derive(Debug, Clone, Default)]
pub struct Here(Arc<Mutex<Option<Looking>>>);

/// The case, when it was last reported, and who looked at it then.
type Looking = (Named, Instant, Vec<Present>);

impl Here {
    fn sit(&self, named: Option<Named>) {
        let at = Instant::now();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = named.map(|named| (named, at, Vec::new()));
    }

    /// The case, if it is time to report it again.
    fn due(&self) -> Option<Named> {
        let mut session = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (named, at, _) = session.as_mut().filter(|(_, at, _)| at.elapsed() >= LOOK)?;
        *at = Instant::now();
        Some(named.clone())
    }

    /// Stores who looks at the case now. Returns whether that has changed.
    fn found(&self, named: &Named, present: &[Present]) -> bool {
        let mut session = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((at, _, known)) = session.as_mut().filter(|(at, ..)| at == named) else { return false };
        let who = |present: &[Present]| present.iter().map(|it| (it.session, it.editing)).collect::<Vec<_>>();
        let news = who(known) != who(present) && at == named;
        *known = present.to_vec();
        news
    }
}

impl Worker {
    /// Reports again that this console looks at a case, and sends who else does if that has changed.
    pub(super) async fn stay(&self) -> Result<(), StoreError> {
        let Some(named) = self.here.due() else { return Ok(()) };
        let present = presence::seen(&self.store, self.session, &named.0, named.1).await?;
        if self.here.found(&named, &present) {
            self.tell(Message::Disputes(News::Present(named, present)))?;
        }
        Ok(())
    }

    /// Does what the desk asks for.
    pub(super) async fn disputes(&self, ask: Ask) -> Option<News> {
        let store = &self.store;
        Some(match ask {
            Ask::Look(queue, from) => {
                let seen = self.read(self.seen(queue, &from)).await;
                News::Seen(queue, from, seen)
            }
            Ask::Backlog => News::Backlog(self.read(self.backlog()).await),
            Ask::Case(named) => {
                let shown = self.read(self.case(&named)).await;
                News::Case(named, shown)
            }
            Ask::Leave => {
                self.here.sit(None);
                if !store.is_read_only() {
                    _ = presence::leave(store, self.session).await;
                }
                return None;
            }
            Ask::Edit(named, take) => {
                let may = presence::edit(store, self.session, &named.0, named.1, take);
                let may = self.in_time(may).await.map_err(Failure::from);
                News::Edit(named, may)
            }
            Ask::Next => {
                let next = self.in_time(async {
                    let roles = desk::roles(store, self.role).await?;
                    cases::next(store, roles, None, Utc::now()).await
                });
                let named = |whole: Option<Box<CaseDetail>>| whole.map(|it| (it.case.order_id.clone(), it.case.number));
                News::Next(next.await.map_err(Failure::from).map(|next| next.map(named)))
            }
            Ask::Read((order, number), seq) => {
                // What is not recorded as read is unread once more, and nothing else.
                _ = self.in_time(write::read_to(store, &order, number, seq)).await;
                return None;
            }
            Ask::Act(command) => {
                let answer = self.do_to_case(&command).await.map_err(Failure::from);
                News::Acted(command, answer)
            }
            Ask::Many(many, what) => {
                let done = async {
                    let roles = desk::roles(store, self.role).await?;
                    cases::many(store, roles, many, &what).await
                };
                let lines = done.await.map(|done| documents::done(&done)).map_err(|error| error.to_string());
                News::Document(DocumentKind::Done, lines)
            }
            Ask::Learn(command) => {
                let answer = tokio::time::timeout(self.patience() * 2, cases::learn(store, &command)).await;
                let late = |_| Err(StoreError::Unreachable("no answer in time".to_owned()));
                let answer = answer.unwrap_or_else(late).map_err(Failure::from);
                News::Learnt(command, answer)
            }
            Ask::Draft((order, number), kind, body) => {
                let kept = self.in_time(write::keep_draft(store, &order, number, &kind, body.as_deref())).await;
                News::Drafted(kept.map_err(Failure::from))
            }
            Ask::Attach(named, files, line) => return self.attach_all(&named, &files, line.as_ref()).await,
            Ask::Preview(..)
            | Ask::Save(..)
            | Ask::View(..)
            | Ask::SaveLetters(_)
            | Ask::Letter(_)
            | Ask::History(_)
            | Ask::Earlier(..)
            | Ask::Folder(_)
            | Ask::Behind(..)
            | Ask::Report => return self.paper(ask).await,
        })
    }

    async fn seen(&self, queue: Queue, from: &CasePlace) -> Result<Box<QueueShown>, StoreError> {
        let (store, now) = (&self.store, Utc::now());
        if !store.is_read_only() {
            write::sweep(store, cases::SWEPT).await?;
        }
        let (counts, mut cases) = tokio::try_join!(
            kept::counts(&store.pool, &store.person, now, COUNTED),
            kept::page(&store.pool, Wanted { queue, person: &store.person, now, sieve: None }, from, PAGE + 1)
        )?;
        let more = cases.len() as i64 > PAGE;
        cases.truncate(PAGE as usize);
        Ok(Box::new(QueueShown { counts, cases, more }))
    }

    async fn backlog(&self) -> Result<Vec<i64>, StoreError> {
        let now = Utc::now();
        let zone = policy::current(&self.store.pool).await?.policy.zone();
        report::backlog(&self.store.pool, now - DAYS, now, zone).await
    }

    async fn case(&self, (order, number): &Named) -> Result<Option<Box<CaseShown>>, StoreError> {
        let wanted = Some(*number).filter(|number| *number != OPEN);
        let Some(file) = cases::shown::file(&self.store, order, wanted).await? else { return Ok(None) };
        let named = (order.clone(), file.whole.case.number);
        self.here.sit(Some(named.clone()));
        let present = presence::seen(&self.store, self.session, &named.0, named.1).await?;
        self.here.found(&named, &present);
        let (carried, read_to, colleagues) = tokio::try_join!(
            messages::carrier(&self.store.pool),
            write::read_up_to(&self.store, &named.0, named.1),
            people::colleagues(&self.store.pool, &self.store.person, COUNTED)
        )?;
        let carried = carried.is_some();
        let CaseFile { whole, stored, log, others, hints, drafts, policy } = file;
        Ok(Some(Box::new(CaseShown {
            whole,
            stored,
            log,
            others,
            hints,
            drafts,
            present,
            policy,
            carried,
            read_to,
            colleagues,
        })))
    }

    /// Reads the roles again: they may have been revoked.
    async fn do_to_case(&self, command: &Command) -> Result<Answer, StoreError> {
        self.in_time(async {
            let (roles, now) = tokio::try_join!(desk::roles(&self.store, self.role), health::now(&self.store))?;
            cases::act(&self.store, roles, command, now).await
        })
        .await
    }

    /// Attaches files, one after another. What becomes of each is told at once, and the last is returned.
    async fn attach_all(&self, named: &Named, files: &[(PathBuf, Uuid)], line: Option<&String>) -> Option<News> {
        let mut last = None;
        for (path, request) in files {
            if let Some(news) = last.take() {
                self.tell(Message::Disputes(news)).ok()?;
            }
            last = self.attach(named, path, *request, line).await;
        }
        last
    }

    async fn attach(&self, named: &Named, path: &Path, request: Uuid, line: Option<&String>) -> Option<News> {
        let home = std::env::var_os("HOME");
        let whole = file::path(&path.to_string_lossy(), home.as_deref().map(Path::new));
        let path = whole.as_path();
        let shown = path.display().to_string();
        let unread = |why: String| Some(News::Unread(format!("{}: {why}", crate::text::clean(&shown))));
        let policy = match policy::current(&self.store.pool).await {
            Ok(held) => held.policy,
            Err(error) => return unread(error.to_string()),
        };
        let size = match place::source(path).and_then(std::fs::metadata) {
            Ok(found) => found.len(),
            Err(error) => return unread(crate::text::trouble(&error)),
        };
        if size > policy.file_limit as u64 {
            return unread(format!("it has {size} bytes; the limit is {} MiB", policy.file_limit >> 20));
        }
        let content = match tokio::fs::read(path).await {
            Ok(content) => content,
            Err(error) => return unread(crate::text::trouble(&error)),
        };
        let order = OrderKey::parse(&named.0)?;
        let doing = CaseCommand::AttachFile { name: file::name(path), content, line: line.cloned() };
        let command = Box::new(Command { order, what: doing, expect: None, request });
        let answer = self.do_to_case(&command).await.map_err(Failure::from);
        // The screen does not need the bytes.
        let mut told = command;
        if let CaseCommand::AttachFile { content, .. } = &mut told.what {
            content.clear();
        }
        Some(News::Acted(told, answer))
    }
}
