//! The console's work for the watch on Approved: reads, acknowledgements, ticks, plans; and, if it was started to do
//! so, the clocks and the alert watcher.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::{Instant, sleep, sleep_until};
use uuid::Uuid;

use crate::console::kit::journal::Tone;
use crate::console::runtime::work::{Failure, Message, Worker};
use crate::console::stuck::plans::planning::comes_to;
use crate::console::stuck::requests::{Ask, Explained, News, Paper};
use crate::console::stuck::shown::{Cell, PlanShown, RowShown, StuckShown, WatchShown};
use crate::desk::{self, request, team};
use crate::domain::{OrderKey, Task};
use crate::query::{self, Cursor, Sort};
use crate::records::Language;
use crate::records::OrderRecord;
use crate::records::PlanHead;
use crate::records::PlannedAction;
use crate::records::Zone;
use crate::settings::ask::work::Desktop;
use crate::store::cases::policy;
use crate::store::page::{self, Of};
use crate::store::plans;
use crate::store::{Store, StoreError, heartbeat, watch};
use crate::stuck::grid::Moments;
use crate::stuck::rule;
use crate::stuck::rule::Rule;
use crate::stuck::{shift, tell};
use crate::work::clock::{self, CLOCK, Modes};
use crate::work::deliver::Telling;
use crate::work::plan::run::{Ended, Progress, run};
use crate::work::plan::{self, Answer};
use crate::work::tell::Tellers;
use crate::work::watcher::{self, Acknowledged, Looked, WATCHER};

/// The pause before what failed is tried again.
const RETRY: Duration = Duration::from_secs(5);
/// How often the watch is read automatically.
const LOOK: Duration = Duration::from_secs(30);
/// After a read, the pause is this many times as long as the read took.
const RESTS: u32 = 4;
const LONGEST_REST: Duration = Duration::from_secs(1);
/// How many hours of new, fixed and expired orders are shown.
const HOURS: u32 = 48;
/// How many orders of a cell are shown.
const OF_A_CELL: i64 = 200;
/// How many merchants are shown.
const MERCHANTS: usize = 500;
/// How many rows of a saved plan are shown.
const ROWS: i64 = 100;
/// How many plans are listed.
const PLANS: i64 = 100;

/// What a console watches for, and what it does automatically.
#[derive(Debug, Clone)]
pub struct Duties {
    /// The alert rules.
    pub rules: Vec<Rule>,
    /// Merchants whose orders the provider authorises automatically.
    pub automatic: Vec<String>,
    /// Also run the clocks and the watcher.
    pub run_clock: bool,
    /// What each clock does.
    pub modes: Modes,
    /// Where the watcher sends alerts.
    pub tellers: Tellers,
    /// Ring the terminal's bell for a new alert.
    pub bell: bool,
    /// Show a new alert on the desktop.
    pub desktop: Desktop,
    /// The person's time zone; their day ends at its midnight.
    pub zone: Zone,
    /// The file with the accounts of the server, if it runs on this machine.
    pub accounts: Option<std::path::PathBuf>,
    /// What a console says first.
    pub greeting: Option<String>,
}

impl Default for Duties {
    fn default() -> Self {
        Self {
            rules: rule::shipped(),
            automatic: Vec::new(),
            run_clock: false,
            modes: Modes::default(),
            tellers: Tellers::default(),
            bell: false,
            desktop: Desktop::Off,
            zone: Zone::default(),
            accounts: None,
            greeting: None,
        }
    }
}

/// Reads everything about stuck orders, at one moment.
async fn seen(worker: &Worker) -> Result<Box<WatchShown>, StoreError> {
    let (store, duties, now) = (&worker.store, &worker.duties, Utc::now());
    let moments = Moments::new(now, duties.zone.offset(now));
    let (mut grid, flow, looked, held) = tokio::try_join!(
        watch::grid(&store.pool, &moments),
        watch::flow(&store.pool, now, HOURS, None),
        watcher::look(store, &duties.rules, now, false),
        policy::current(&store.pool)
    )?;
    // The worst come first.
    grid.rows.truncate(MERCHANTS);
    Ok(Box::new(WatchShown { grid, flow, looked, on_call: held.policy.on_call(now) }))
}

/// Why these orders are stuck, and which of them a provider is asked for.
async fn explained(worker: &Worker, orders: Vec<OrderRecord>) -> Result<Explained, StoreError> {
    let ids: Vec<String> = orders.iter().map(|stored| stored.order.key.to_string()).collect();
    let names: Vec<&str> = ids.iter().map(String::as_str).collect();
    let carriers = plan::carriers(&worker.store, &names).await?.into_iter();
    let carriers = carriers.filter_map(|(id, carrier)| Some((OrderKey::parse(&id)?, carrier))).collect();
    let why = desk::stuck::explained(&worker.store, orders, &worker.duties.automatic, Utc::now()).await?;
    Ok(Explained { whys: why.into_iter().map(|(stored, why)| (stored.order.key, why)).collect(), carriers })
}

/// The first orders of a cell, those with the least time left first.
async fn cell(worker: &Worker, cell: &Cell) -> Result<Vec<StuckShown>, StoreError> {
    let (pool, now) = (&worker.store.pool, Utc::now());
    let unfound = |fault| StoreError::Foreign(format!("these orders cannot be found by a query: {fault}"));
    let sieve = query::parse(&cell.query()).map_err(unfound)?.sieve(&worker.store.person, now, true);
    let orders = page::after(pool, Of::Sieve(&sieve), Sort::Deadline, &Cursor::start(), OF_A_CELL).await?;
    let explained = desk::stuck::explained(&worker.store, orders, &worker.duties.automatic, now).await?;
    Ok(explained.into_iter().map(|(stored, why)| StuckShown { stored, why }).collect())
}

/// When the watch was last read, and how long that took.
#[derive(Debug, Clone, Default)]
pub struct Looks(Arc<Mutex<Option<(Instant, Duration)>>>);

impl Looks {
    /// Waits, so that reads take only a share of the time however much changes. A single read never waits.
    async fn rest(&self) {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((ended, took)) = last {
            sleep_until(ended + (took * RESTS).min(LONGEST_REST)).await;
        }
    }

    fn ended(&self, began: Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), began.elapsed()));
    }
}

impl Worker {
    async fn see(&self) -> News {
        self.looks.rest().await;
        let began = Instant::now();
        let seen = self.read(seen(self)).await;
        self.looks.ended(began);
        News::Seen(seen)
    }

    /// Does what the watch asks for.
    pub(super) async fn stuck(&self, ask: Ask) -> News {
        let store = &self.store;
        match ask {
            Ask::Look => self.see().await,
            Ask::Cell(of) => {
                let orders = self.read(cell(self, &of)).await;
                News::Cell(of, orders)
            }
            Ask::Acknowledge { alert, reason, until } => {
                let answer = self.acknowledge(&alert, &reason, until).await;
                News::Acknowledged(alert, answer)
            }
            Ask::Tick(order, step, done) => {
                let order = order.to_string();
                let ticking = async {
                    let roles = desk::roles(store, self.role).await?;
                    roles.may(Task::Runbook)?;
                    team::tick(store, &order, &step, done).await
                };
                News::Ticked(self.in_time(ticking).await.map_err(Failure::from))
            }
            Ask::Paper(paper) => {
                let lines = self.told(&paper).await.map_err(|error| error.to_string());
                News::Paper(paper, lines)
            }
            Ask::SaveTable(merchant, language) => News::SavedTable(self.save_table(&merchant, language).await),
            Ask::Plans => News::Plans(self.read(plans::all(&store.pool, PLANS)).await),
            Ask::PlanRows(number) => News::PlanRows(number, self.plan_rows(number).await),
            Ask::PlanTotals(number) => {
                let reading = async {
                    let roles = desk::roles(store, self.role).await?;
                    plan::totals(store, roles, number, &self.duties.automatic, Utc::now()).await
                };
                News::PlanTotals(number, self.read(reading).await)
            }
            Ask::Explain(orders) => News::Explained(self.read(explained(self, orders)).await),
            Ask::MakePlan(plan, run) => News::MadePlan(run, self.make_plan(&plan.0, &plan.1).await),
            Ask::RunPlan(number) => News::PlanEnded(number, self.run_plan(number).await),
            Ask::PausePlan(number) => News::PlanTold(number, self.plan_word(number, Word::Pause).await),
            Ask::ApprovePlan(number) => News::PlanTold(number, self.plan_word(number, Word::Approve).await),
            Ask::WithdrawPlan(number) => News::PlanTold(number, self.plan_word(number, Word::Withdraw).await),
        }
    }

    /// The lines of what is told to others.
    async fn told(&self, paper: &Paper) -> Result<Vec<String>, StoreError> {
        let now = Utc::now();
        let (store, duties) = (&self.store, &self.duties);
        Ok(match paper {
            Paper::HandOver => {
                let moments = Moments::new(now, duties.zone.offset(now));
                shift::lines(&desk::stuck::shift(store, &moments, now).await?, duties.zone)
            }
            Paper::Message(merchant, language) => {
                let orders = desk::stuck::of_merchant(store, merchant, &duties.automatic, now).await?;
                tell::message(merchant, &orders, *language, tell::zone_of(&orders), now)
            }
        })
    }

    /// Saves the table of a merchant's orders in the folder where the console was started.
    async fn save_table(&self, merchant: &str, language: Language) -> Result<String, String> {
        let orders = desk::stuck::of_merchant(&self.store, merchant, &self.duties.automatic, Utc::now()).await;
        let orders = orders.map_err(|error| error.to_string())?;
        let bytes = desk::stuck::table(&orders, language);
        let safe = |letter: char| if letter.is_alphanumeric() || letter == '-' { letter } else { '-' };
        let name: String = merchant.chars().map(safe).take(60).collect();
        super::papers::kept_as(std::path::Path::new(&format!("stuck-{name}.csv")), &bytes)
    }

    async fn acknowledge(&self, alert: &str, reason: &str, until: DateTime<Utc>) -> Result<Acknowledged, Failure> {
        let acknowledging = async {
            let roles = desk::roles(&self.store, self.role).await?;
            let rules = &self.duties.rules;
            watcher::acknowledge(&self.store, roles, rules, (alert, reason), until, Utc::now()).await
        };
        self.in_time(acknowledging).await.map_err(Failure::from)
    }

    async fn make_plan(&self, head: &PlanHead, orders: &[(OrderRecord, PlannedAction)]) -> Result<i64, Failure> {
        let making = async {
            let roles = desk::roles(&self.store, self.role).await?;
            roles.may(Task::Plan)?;
            let asked = plan::Asked::new(Uuid::new_v4(), head, &self.store.person);
            let made = request::or_nothing(plan::make(&self.store, head, orders, &asked).await?)?;
            Ok(made.number)
        };
        self.in_time(making).await.map_err(Failure::from)
    }

    async fn plan_rows(&self, number: i64) -> Result<PlanShown, Failure> {
        let reading = async {
            let rows = plans::rows(&self.store.pool, number, 0, ROWS).await?;
            let roles = desk::roles(&self.store, self.role).await?;
            plan::preview(&self.store, roles, (number, &rows), &self.duties.automatic, Utc::now()).await
        };
        let shown = |judged: plan::Judged| {
            let currency = judged.stored.as_ref().map(|stored| stored.order.amount.currency);
            RowShown {
                order: plan::id(&judged.row).to_owned(),
                doing: currency.map_or_else(String::new, |currency| judged.row.doing(currency).words()),
                comes_to: comes_to(&judged),
            }
        };
        let rows = self.read(reading).await?.into_iter().map(shown).collect();
        let confirmed = self.read(plans::confirmed(&self.store.pool, &[number])).await?;
        Ok(PlanShown { rows, confirmed: confirmed.get(&number).copied().unwrap_or(0) })
    }

    async fn run_plan(&self, number: i64) -> Result<Ended, Failure> {
        let told = |progress: &Progress| {
            // The console may have ended meanwhile.
            _ = self.send.send(Message::Stuck(News::PlanProgress(number, progress.clone())));
        };
        run(&self.store, self.role, number, None, &Utc::now, told).await.map_err(Failure::from)
    }

    async fn plan_word(&self, number: i64, word: Word) -> Result<Answer, Failure> {
        let store = &self.store;
        let saying = async {
            let roles = desk::roles(store, self.role).await?;
            match word {
                Word::Pause => plan::pause(store, roles, number).await,
                Word::Approve => plan::approve(store, roles, number).await,
                Word::Withdraw => plan::withdraw(store, roles, number, None).await,
            }
        };
        self.in_time(saying).await.map_err(Failure::from)
    }

    /// Reads the watch from time to time as long as the console runs.
    pub async fn guard(self) {
        loop {
            sleep(LOOK).await;
            let seen = self.read(seen(&self)).await;
            if self.send.send(Message::Stuck(News::Seen(seen))).is_err() {
                return;
            }
        }
    }

    /// Runs the clocks and the watcher as long as the console runs, if it was started to do so. A watcher records what
    /// it sends: without a webhook or command, it leaves that to others.
    pub async fn duties(self) {
        if !self.duties.run_clock || self.store.is_read_only() {
            return;
        }
        let told = self.duties.tellers.are_set();
        tokio::join!(self.expire(), async {
            if told {
                self.tell_alerts().await;
            }
        });
    }

    async fn expire(&self) {
        let told = |_: DateTime<Utc>, swept: &clock::Swept| {
            if swept.count() > 0 {
                let words = format!("{} orders expired: past their deadline", swept.count());
                _ = self.send.send(Message::Told(Tone::News, words));
            }
        };
        while let Err(error) = clock::run(&self.store, self.duties.modes, told).await {
            if self.gave_up("The clocks", &error).await {
                return;
            }
        }
    }

    async fn tell_alerts(&self) {
        let mut telling = Telling::default();
        let (rules, tellers) = (&self.duties.rules, &self.duties.tellers);
        loop {
            let said = |_: &Looked, failures: &[String]| {
                for failure in failures {
                    _ = self.send.send(Message::Told(Tone::Bad, failure.clone()));
                }
            };
            if let Err(error) = watcher::run(&self.store, rules, tellers, &mut telling, said).await
                && self.gave_up("The watcher", &error).await
            {
                return;
            }
        }
    }

    /// Whether trying again is of no use; otherwise waits a little first.
    async fn gave_up(&self, who: &str, error: &StoreError) -> bool {
        if error.is_final() {
            _ = self.send.send(Message::Told(Tone::Bad, format!("{who} stopped: {error}")));
            return true;
        }
        sleep(RETRY).await;
        self.send.is_closed()
    }
}

/// Records that the clocks and the watcher of a console ended normally.
pub async fn rest(store: &Store, duties: &Duties) {
    if duties.run_clock && !store.is_read_only() {
        _ = heartbeat::end(store, CLOCK).await;
    }
    if duties.run_clock && duties.tellers.are_set() && !store.is_read_only() {
        _ = heartbeat::end(store, WATCHER).await;
    }
}

/// What to do with a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Pause,
    Approve,
    Withdraw,
}
