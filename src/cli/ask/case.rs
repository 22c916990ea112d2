//! What the commands of the dispute desk are asked.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use uuid::Uuid;

use crate::case::Queue;
use crate::cli::args::Orders;
use crate::domain::Provider;
use crate::query::Sort;

/// The desk of disputes.
#[derive(Debug, Clone, ClapArgs)]
pub struct Case {
    /// What.
    #[command(subcommand)]
    pub verb: CaseVerb,
}

/// A party of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Party {
    /// Who paid.
    Buyer,
    /// Who delivers.
    Seller,
}

impl Party {
    /// The word on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::Seller => "seller",
        }
    }
}

/// Which case, and how often it is asked for.
#[derive(Debug, Clone, ClapArgs)]
pub struct Of {
    /// The order: its id, or provider:id.
    pub order: String,
    /// Only if nothing has happened to the case since this event.
    #[arg(long, value_name = "SEQ")]
    pub expect: Option<i32>,
    /// By which the same request is known again: sent twice, done once.
    #[arg(long, value_name = "UUID")]
    pub request_id: Option<Uuid>,
}

/// What to do with cases.
#[derive(Debug, Clone, Subcommand)]
pub enum CaseVerb {
    /// Cases of a queue, the most urgent first.
    List(List),
    /// One case: clocks, checklist, what was said and shown, decision and payouts.
    Show {
        /// The order: its id, or provider:id.
        order: String,
        /// Which of its cases, from 1; else the open one, or the latest.
        #[arg(long, value_name = "N")]
        number: Option<i32>,
    },
    /// How many cases are in each queue.
    Queues,
    /// Open a case by hand, of any order. A dispute opens its own.
    Open {
        /// The order: its id, or provider:id.
        order: String,
        /// Why.
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
    },
    /// Take a case that nobody has; with --reason, from whoever has it.
    Claim {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// Take it over from whoever has it, and say why.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Take a case over from whoever has it.
    Take {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Give a case back to the queue.
    Release {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Give a case to somebody else.
    HandOver {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// To whom.
        #[arg(long, value_name = "LOGIN", value_parser = crate::cli::args::login)]
        to: String,
        /// What they have to know.
        #[arg(long, value_name = "TEXT")]
        note: String,
    },
    /// Say what the complaint is about, and how much is claimed.
    Classify {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// A reason code of the policy.
        #[arg(long, value_name = "CODE")]
        reason: Option<String>,
        /// In major units.
        #[arg(long, value_name = "AMOUNT")]
        claimed: Option<String>,
    },
    /// Tick a line of the checklist.
    Check {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// The line, or its number.
        line: String,
        /// Take the tick off again.
        #[arg(long)]
        undo: bool,
    },
    /// Write something down that only the desk reads.
    Note {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// The words; - reads them from standard input.
        #[arg(allow_hyphen_values = true)]
        text: String,
    },
    /// Write to a party.
    Message {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// To whom.
        #[arg(long, value_enum)]
        to: Party,
        /// The words; - reads them from standard input.
        #[arg(allow_hyphen_values = true, required_unless_present = "canned")]
        text: Option<String>,
        /// A canned text of the policy instead, by its name.
        #[arg(long = "macro", value_name = "NAME", conflicts_with = "text")]
        canned: Option<String>,
        /// Wait for their answer: the decision's clock rests.
        #[arg(long)]
        wait: bool,
    },
    /// Write down what a party answered.
    Answer {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// Who said it.
        #[arg(long, value_enum)]
        from: Party,
        /// The words; - reads them from standard input.
        #[arg(allow_hyphen_values = true)]
        text: String,
    },
    /// Go on without the answer that is waited for.
    Resume {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Attach a file that proves something.
    Attach {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// The file.
        file: PathBuf,
    },
    /// Write an attached file to the disk.
    Save {
        /// The order: its id, or provider:id.
        order: String,
        /// The file's name, or the number of its event.
        file: String,
        /// Where to; the file's own name, here, where nothing is said.
        #[arg(long, value_name = "PATH")]
        to: Option<PathBuf>,
    },
    /// Decide who gets what; what is large waits for another person.
    Decide(Box<Decide>),
    /// Approve what somebody else proposed: the order is decided.
    Approve {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// Only this proposal, by the event that made it.
        #[arg(long, value_name = "SEQ")]
        proposal: Option<i32>,
    },
    /// Send back what somebody else proposed.
    Reject {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Take back what you proposed.
    Retract {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Write down what became of a payout; with the last that arrives the order is completed.
    Pay(Pay),
    /// Close a case that is of no dispute.
    Close {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}

/// Which cases.
#[derive(Debug, Clone, ClapArgs)]
pub struct List {
    /// mine, unclaimed, working, waiting_buyer, waiting_seller, proposed, unpaid, overdue, open or closed.
    #[arg(long, default_value = "open", value_name = "QUEUE", value_parser = queue)]
    pub queue: Queue,
    /// Only those whose orders pass this query; recourse orders --help lists the language.
    #[arg(long = "where", value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Option<String>,
    /// How many at the most.
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub limit: u64,
    /// Go on after the cursor of an earlier line.
    #[arg(long, value_name = "CURSOR", allow_hyphen_values = true)]
    pub after: Option<String>,
}

/// What is decided.
#[derive(Debug, Clone, ClapArgs)]
#[group(id = "outcome", required = true, multiple = true, args = ["pay_seller", "refund_buyer", "to_seller", "to_buyer"])]
pub struct Decide {
    /// Which case.
    #[command(flatten)]
    pub of: Of,
    /// Everything to the seller.
    #[arg(long, conflicts_with_all = ["refund_buyer", "to_seller", "to_buyer"])]
    pub pay_seller: bool,
    /// Everything to the buyer.
    #[arg(long, conflicts_with_all = ["to_seller", "to_buyer"])]
    pub refund_buyer: bool,
    /// What the seller gets, in major units, or a percentage: 60%.
    #[arg(long, value_name = "AMOUNT")]
    pub to_seller: Option<String>,
    /// What the buyer gets, in major units, or a percentage: 40%; the rest where nothing is said.
    #[arg(long, value_name = "AMOUNT")]
    pub to_buyer: Option<String>,
    /// A reason code of the policy; the case's own where nothing is said.
    #[arg(long, value_name = "CODE")]
    pub reason: Option<String>,
    /// Why it is decided so, for the desk.
    #[arg(long, value_name = "TEXT")]
    pub rationale: String,
    /// What the seller is told, instead of the sentence that says what they get.
    #[arg(long, value_name = "TEXT")]
    pub say_seller: Option<String>,
    /// What the buyer is told, instead of the sentence that says what they get.
    #[arg(long, value_name = "TEXT")]
    pub say_buyer: Option<String>,
    /// Have another person approve it, whatever it is worth.
    #[arg(long)]
    pub propose: bool,
}

/// What became of a payout.
#[derive(Debug, Clone, ClapArgs)]
#[group(id = "how", required = true, multiple = true, args = ["sent", "confirm", "failed", "reopen", "reference"])]
pub struct Pay {
    /// Which case.
    #[command(flatten)]
    pub of: Of,
    /// To whom; the one that is not paid yet, where there is only one.
    #[arg(long, value_enum)]
    pub to: Option<Party>,
    /// It was sent.
    #[arg(long, conflicts_with_all = ["confirm", "failed", "reopen"])]
    pub sent: bool,
    /// It arrived, with the payment's reference.
    #[arg(long, value_name = "REFERENCE", conflicts_with_all = ["failed", "reopen", "reference"])]
    pub confirm: Option<String>,
    /// It did not arrive, and why.
    #[arg(long, value_name = "TEXT", conflicts_with = "reopen")]
    pub failed: Option<String>,
    /// It failed, and is to be sent anew.
    #[arg(long)]
    pub reopen: bool,
    /// The payment's reference: with --sent, or alone for one that arrived.
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["failed", "reopen"])]
    pub reference: Option<String>,
}

/// The letter of a case to a party.
#[derive(Debug, Clone, ClapArgs)]
pub struct LetterAsk {
    /// The order: its id, or provider:id.
    pub order: String,
    /// To whom.
    #[arg(long = "for", value_enum)]
    pub party: Party,
    /// As a PDF, into this file; - is standard output.
    #[arg(long, value_name = "FILE")]
    pub pdf: Option<PathBuf>,
}

/// The report of a period.
#[derive(Debug, Clone, ClapArgs)]
pub struct ReportAsk {
    /// From then on: a day, or a moment; thirty days back where nothing is said.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub from: Option<DateTime<Utc>>,
    /// Until before then; now where nothing is said.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub to: Option<DateTime<Utc>>,
    /// As one table: table, of, figure, value.
    #[arg(long)]
    pub csv: bool,
}

/// In which form an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// Comma-separated values, with headings.
    Csv,
    /// One JSON object a line.
    Jsonl,
}

/// What is exported.
#[derive(Debug, Clone, ClapArgs)]
pub struct Export {
    /// csv or jsonl.
    #[arg(long, value_enum, default_value_t = Form::Csv)]
    pub format: Form,
    /// Only this provider's.
    #[arg(long, value_name = "PROVIDER", value_parser = crate::cli::args::provider)]
    pub provider: Option<Provider>,
    /// Only in these statuses, by their wire words.
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    pub status: Vec<String>,
    /// Only those of a view with this name: yours, or a shared one.
    #[arg(long, value_name = "NAME", conflicts_with = "query")]
    pub view: Option<String>,
    /// Only those that pass this query; recourse orders --help lists the language.
    #[arg(long = "where", value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Option<String>,
    /// Declined and expired ones too.
    #[arg(long)]
    pub all: bool,
    /// How many at the most; all of them where nothing is said.
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
}

impl Export {
    /// What is asked for, as a list of orders asks for it.
    pub fn orders(&self) -> Orders {
        Orders {
            provider: self.provider,
            status: self.status.clone(),
            view: self.view.clone(),
            query: self.query.clone(),
            sort: Sort::Age,
            all: self.all,
            limit: u64::MAX,
            after: None,
        }
    }
}

/// A moment, or the beginning of a day in UTC.
fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0).map(|at| at.and_utc());
    let at: Option<DateTime<Utc>> = text.parse().ok().or_else(day);
    let ours = |at: &DateTime<Utc>| (0..253_000_000_000).contains(&at.timestamp());
    at.filter(ours).ok_or_else(|| "a day like 2026-11-20, or a moment like 2026-11-20T08:00:00Z".to_owned())
}

/// The next case.
#[derive(Debug, Clone, ClapArgs)]
pub struct Next {
    /// Only with this reason code.
    #[arg(long, value_name = "CODE")]
    pub reason: Option<String>,
    /// Show which it would be, and take nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// The desk's policy.
#[derive(Debug, Clone, ClapArgs)]
pub struct PolicyAsk {
    /// Set the policy that this file holds; an admin's, once anybody is registered.
    #[arg(long, value_name = "FILE")]
    pub set: Option<PathBuf>,
}

fn queue(name: &str) -> Result<Queue, String> {
    name.replace('-', "_").parse().map_err(|_| format!("one of {}", Queue::names()))
}
