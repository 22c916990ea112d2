//! Arguments of the dispute desk's commands.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use strum::VariantArray;
use uuid::Uuid;

use crate::records::{Language, Party, Queue};
use crate::settings::ask::tell::{When, later};
use crate::settings::values;

/// The dispute desk.
#[derive(Debug, Clone, ClapArgs)]
pub struct Case {
    /// The command.
    #[command(subcommand)]
    pub verb: CaseVerb,
}

impl ValueEnum for Party {
    fn value_variants<'a>() -> &'a [Self] {
        Self::VARIANTS
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::Buyer => "Who paid",
            Self::Seller => "Who delivers",
        };
        Some(PossibleValue::new(self.name()).help(help))
    }
}

/// The case to act on, and protection against acting twice.
#[derive(Debug, Clone, ClapArgs)]
pub struct Of {
    /// The order: its id, or provider:id.
    pub order: String,
    /// Act only if this is still the latest event of the case.
    #[arg(long, value_name = "SEQ")]
    pub expect: Option<i32>,
    /// Identify this request, so that sending it twice acts once.
    #[arg(long, value_name = "UUID")]
    pub request_id: Option<Uuid>,
}

/// The case commands.
#[derive(Debug, Clone, Subcommand)]
pub enum CaseVerb {
    /// List the cases of a queue, the most urgent first.
    List(List),
    /// Show one case: clocks, checklist, messages, files, decision and payouts.
    Show {
        /// The order: its id, or provider:id.
        order: String,
        /// Which of the order's cases, from 1 (default: the open one, or the latest).
        #[arg(long, value_name = "N")]
        number: Option<i32>,
    },
    /// Do one thing to several cases: a canned message, a hand-over, a reason, a close. Each is judged at its turn.
    Many(super::many::Many),
    /// Count the cases in each queue.
    Queues,
    /// List earlier orders and cases of the same people, the strongest match first, with totals and outcomes.
    History {
        /// The order: its id, or provider:id.
        order: String,
    },
    /// Write everything about a case into a new folder, for a regulator, a court or the other side.
    Dossier {
        /// The order: its id, or provider:id.
        order: String,
        /// The folder; it must not exist.
        #[arg(long, value_name = "FOLDER")]
        to: PathBuf,
        /// Which of the order's cases, from 1 (default: the open one, or the latest).
        #[arg(long, value_name = "N")]
        number: Option<i32>,
        /// Include the team's own notes and reasons.
        #[arg(long)]
        notes: bool,
    },
    /// Open a case on any order. A dispute opens its case automatically.
    Open {
        /// The order: its id, or provider:id.
        order: String,
        /// Why.
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
        /// Identify this request, so that sending it twice acts once.
        #[arg(long, value_name = "UUID")]
        request_id: Option<Uuid>,
    },
    /// Take an unclaimed case; with --reason, take it over from its owner.
    #[command(name = "take", alias = "claim")]
    TakeCase {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// Take it over from its owner, and say why.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Take over a case from its owner.
    #[command(name = "take-over")]
    TakeOver {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Release a case to the queue.
    Release {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Hand over a case to someone else.
    HandOver {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// The new owner.
        #[arg(long, value_name = "LOGIN", value_parser = crate::settings::values::login)]
        to: String,
        /// What the new owner needs to know.
        #[arg(long, value_name = "TEXT")]
        note: String,
    },
    /// Move a case from its owner to someone else, or all cases of a person who leaves or is ill. A lead does this.
    Move {
        /// The order: its id, or provider:id.
        #[arg(required_unless_present = "all_of")]
        order: Option<String>,
        /// Move all open cases of this person.
        #[arg(long, value_name = "LOGIN", value_parser = crate::settings::values::login, conflicts_with_all = ["order", "expect", "request_id"])]
        all_of: Option<String>,
        /// The new owner.
        #[arg(long, value_name = "LOGIN", value_parser = crate::settings::values::login)]
        to: String,
        /// What the new owner needs to know.
        #[arg(long, value_name = "TEXT")]
        note: String,
        /// Act only if this is still the latest event of the case.
        #[arg(long, value_name = "SEQ")]
        expect: Option<i32>,
        /// Identify this request, so that sending it twice acts once.
        #[arg(long, value_name = "UUID")]
        request_id: Option<Uuid>,
    },
    /// Put a case aside until a time; its clocks go on.
    Snooze {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// Until when: a length of time like 4h or 2d, a day, or a time.
        #[arg(long, value_name = "TIME", value_parser = later)]
        until: When,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Work on a snoozed case again before its time.
    Wake {
        /// Which case.
        #[command(flatten)]
        of: Of,
    },
    /// Set the language in which a party reads letters and canned texts.
    Language {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// The party.
        #[arg(long = "for", value_enum)]
        party: Party,
        /// The language: en or ar.
        #[arg(value_parser = language)]
        language: Language,
    },
    /// Set the reason of the complaint, and how much is claimed.
    #[command(name = "set-reason", alias = "classify")]
    SetReason {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// A reason code from the policy.
        #[arg(long, value_name = "CODE")]
        reason: Option<String>,
        /// The amount claimed, in major units.
        #[arg(long, value_name = "AMOUNT")]
        claimed: Option<String>,
    },
    /// Tick a line of the checklist.
    #[command(name = "tick", alias = "check")]
    Tick {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// The line, or its number.
        line: String,
        /// Untick it.
        #[arg(long)]
        undo: bool,
    },
    /// Add a note that only the desk can read.
    Note {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// The text, or - to read it from standard input.
        #[arg(allow_hyphen_values = true)]
        text: String,
    },
    /// Send a message to a party.
    Message {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// The recipient.
        #[arg(long, value_enum)]
        to: Party,
        /// The text, or - to read it from standard input.
        #[arg(allow_hyphen_values = true, required_unless_present = "canned")]
        text: Option<String>,
        /// Send this canned text from the policy instead.
        #[arg(long = "macro", value_name = "NAME", conflicts_with = "text")]
        canned: Option<String>,
        /// Wait for their reply: the decision clock pauses.
        #[arg(long)]
        wait: bool,
    },
    /// Record a party's reply.
    #[command(name = "reply", alias = "answer")]
    Reply {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// Who replied.
        #[arg(long, value_enum)]
        from: Party,
        /// The text, or - to read it from standard input.
        #[arg(allow_hyphen_values = true)]
        text: String,
    },
    /// Stop waiting for a reply.
    #[command(name = "stop-waiting", alias = "resume")]
    StopWaiting {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Attach files as evidence.
    Attach {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// The files.
        #[arg(required = true)]
        file: Vec<PathBuf>,
        /// The line of the checklist that they are about, or its number.
        #[arg(long, value_name = "LINE")]
        line: Option<String>,
    },
    /// Save an attached file to disk.
    Save {
        /// The order: its id, or provider:id.
        order: String,
        /// The file's name, or the number of its event.
        file: String,
        /// Save it here (default: under its own name, in the current directory).
        #[arg(long, value_name = "PATH")]
        to: Option<PathBuf>,
    },
    /// Decide who gets what; a large amount needs another person to approve it.
    Decide(Box<Decide>),
    /// Approve someone else's proposal: this decides the order.
    Approve {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// Approve only this proposal, by its event number.
        #[arg(long, value_name = "SEQ")]
        proposal: Option<i32>,
    },
    /// Send back someone else's proposal.
    #[command(name = "send-back", alias = "reject")]
    SendBack {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Withdraw your proposal.
    #[command(name = "withdraw", alias = "retract")]
    Withdraw {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Record a payout; when the last one arrives, the order is completed.
    #[command(alias = "pay")]
    Payout(Payout),
    /// Close a case that has no dispute.
    Close {
        /// Which case.
        #[command(flatten)]
        of: Of,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}

/// Which cases to list.
#[derive(Debug, Clone, ClapArgs)]
pub struct List {
    /// The queue: mine, unclaimed, working, snoozed, waiting_buyer, waiting_seller, proposed, unpaid, failed, returned, overdue, open or closed.
    #[arg(long, default_value = "open", value_name = "QUEUE", value_parser = values::queue)]
    pub queue: Queue,
    /// Only cases whose orders match this query; recourse orders --help explains the syntax.
    #[arg(long = "where", value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Option<String>,
    /// List at most this many.
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub limit: u64,
    /// Continue after the cursor of an earlier line.
    #[arg(long, value_name = "CURSOR", allow_hyphen_values = true)]
    pub after: Option<String>,
}

/// A decision.
#[derive(Debug, Clone, ClapArgs)]
#[group(id = "outcome", required = true, multiple = true, args = ["pay_seller", "refund_buyer", "to_seller", "to_buyer"])]
pub struct Decide {
    /// Which case.
    #[command(flatten)]
    pub of: Of,
    /// Pay everything to the seller.
    #[arg(long, conflicts_with_all = ["refund_buyer", "to_seller", "to_buyer"])]
    pub pay_seller: bool,
    /// Refund everything to the buyer.
    #[arg(long, conflicts_with_all = ["to_seller", "to_buyer"])]
    pub refund_buyer: bool,
    /// The seller's share, in major units or as a percentage: 60% (default: the rest).
    #[arg(long, value_name = "AMOUNT")]
    pub to_seller: Option<String>,
    /// The buyer's share, in major units or as a percentage: 40% (default: the rest).
    #[arg(long, value_name = "AMOUNT")]
    pub to_buyer: Option<String>,
    /// A reason code from the policy (default: the case's reason).
    #[arg(long, value_name = "CODE")]
    pub reason: Option<String>,
    /// Why, for the desk only.
    #[arg(long, value_name = "TEXT")]
    pub rationale: String,
    /// Tell the seller this, instead of the standard sentence about their share.
    #[arg(long, value_name = "TEXT")]
    pub say_seller: Option<String>,
    /// Tell the buyer this, instead of the standard sentence about their share.
    #[arg(long, value_name = "TEXT")]
    pub say_buyer: Option<String>,
    /// Have another person approve it, at any amount.
    #[arg(long)]
    pub propose: bool,
    /// Decide although the case waits for a reply, and say why.
    #[arg(long, value_name = "WHY")]
    pub without_answer: Option<String>,
}

/// A payout update.
#[derive(Debug, Clone, ClapArgs)]
#[group(id = "how", required = true, multiple = true, args = ["import", "export", "sent", "confirm", "failed", "reopen", "reference"])]
pub struct Payout {
    /// The order: its id, or provider:id.
    #[arg(required_unless_present_any = ["import", "export"])]
    pub order: Option<String>,
    /// Act only if this is still the latest event of the case.
    #[arg(long, value_name = "SEQ")]
    pub expect: Option<i32>,
    /// Identify this request, so that sending it twice acts once.
    #[arg(long, value_name = "UUID")]
    pub request_id: Option<Uuid>,
    /// Record what a bank says: a CSV file with the columns order, to (buyer or seller), and reference or failed.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["order", "export", "to", "sent", "confirm", "failed", "reopen", "reference"])]
    pub import: Option<PathBuf>,
    /// Print what is to pay, as CSV.
    #[arg(long, conflicts_with_all = ["order", "to", "sent", "confirm", "failed", "reopen", "reference"])]
    pub export: bool,
    /// The party to pay (default: the one not paid yet, if there is only one).
    #[arg(long, value_enum)]
    pub to: Option<Party>,
    /// Record that it was sent.
    #[arg(long, conflicts_with_all = ["confirm", "failed", "reopen"])]
    pub sent: bool,
    /// Record that it arrived, with the payment reference.
    #[arg(long, value_name = "REFERENCE", conflicts_with_all = ["failed", "reopen", "reference"])]
    pub confirm: Option<String>,
    /// One transfer pays several orders or parties: its reference may occur more than once.
    #[arg(long, conflicts_with_all = ["failed", "reopen"])]
    pub collective: bool,
    /// Record that it did not arrive, or came back after it had, and why.
    #[arg(long, value_name = "TEXT", conflicts_with = "reopen")]
    pub failed: Option<String>,
    /// Reopen a payout that failed or came back, to send it again.
    #[arg(long)]
    pub reopen: bool,
    /// The payment reference: with --sent, or alone to record that it arrived.
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["failed", "reopen"])]
    pub reference: Option<String>,
}

impl Payout {
    /// The case, unless it is about many.
    pub fn of(&self) -> Option<Of> {
        let order = self.order.clone()?;
        Some(Of { order, expect: self.expect, request_id: self.request_id })
    }
}

/// The next case.
#[derive(Debug, Clone, ClapArgs)]
pub struct Next {
    /// Only cases with this reason code.
    #[arg(long, value_name = "CODE")]
    pub reason: Option<String>,
    /// Show which case it would be, without taking it.
    #[arg(long)]
    pub dry_run: bool,
}

/// The desk's policy.
#[derive(Debug, Clone, ClapArgs)]
pub struct PolicyAsk {
    /// Set the policy from this file; once people are registered, only an admin can.
    #[arg(long, value_name = "FILE")]
    pub set: Option<PathBuf>,
    /// Why it changes; everyone can read it.
    #[arg(long, value_name = "TEXT", requires = "set")]
    pub why: Option<String>,
}

/// Reads a language.
///
/// # Errors
///
/// What to use instead.
pub fn language(text: &str) -> Result<Language, String> {
    text.parse().map_err(|_| "use en or ar".to_owned())
}
