//! The one table of commands. Keys, footer, help, palette, configuration names and what read-only removes come from it.

mod map;
mod name;
mod table;

pub use map::{Keymap, Misbound};
pub use name::{event, name};
pub use table::TABLE;

use strum::{EnumString, IntoStaticStr, VariantArray};

/// Where keys go: the topmost layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, VariantArray, IntoStaticStr, EnumString)]
#[strum(serialize_all = "kebab-case")]
pub enum Scope {
    /// The three panes.
    Panes,
    /// The action menu. The letters and digits of its lines work too.
    Menu,
    /// The menu for all marked orders. The letters and digits of its lines work too.
    Many,
    /// A form with text fields.
    Form,
    /// A question with two answers.
    Confirm,
    /// A question that needs a typed word.
    Word,
    /// Text to read: messages.
    Page,
    /// The line where a filter is typed.
    Filter,
    /// The quarantine. The digits of its readings work too.
    Quarantine,
    /// The requests to the providers.
    Requests,
    /// The orders that differ from what their provider shows.
    Drift,
    /// The settlement statements.
    Statements,
    /// Help and the command palette: a list that narrows as you type.
    Search,
    /// One line of text: an order's id, the name of a view.
    Prompt,
    /// A short list with a letter for each line: sorting, copying. Those letters work too.
    Pick,
    /// The columns of the list.
    Columns,
    /// The watch on Approved.
    Watch,
    /// The steps of a runbook.
    Runbook,
    /// A plan that is being made.
    Plan,
    /// The list of plans.
    Plans,
    /// The dispute desk.
    Desk,
    /// The form of a case action.
    Sheet,
    /// A document to read on top of the desk: files, letters, the report.
    Document,
    /// Files to attach.
    Picker,
    /// People and policy.
    Team,
    /// Keys that work on every screen, and on the lists above them.
    Screens,
    /// Keys that work in every scope.
    Everywhere,
}

impl Scope {
    /// For headings.
    pub fn title(self) -> &'static str {
        match self {
            Self::Panes => "On the orders",
            Self::Menu => "In the action menu",
            Self::Many => "In the menu for marked orders",
            Self::Form => "In a form",
            Self::Confirm => "Before anything is written",
            Self::Word => "Before money is decided",
            Self::Page => "In what concerns you",
            Self::Filter => "While you type a filter",
            Self::Quarantine => "On the quarantine",
            Self::Requests => "On the requests",
            Self::Drift => "In theirs and ours",
            Self::Statements => "In the statements",
            Self::Search => "In help and commands",
            Self::Prompt => "In a line of text",
            Self::Pick => "In a short menu",
            Self::Columns => "In the columns",
            Self::Watch => "On what is stuck",
            Self::Runbook => "In a runbook",
            Self::Plan => "In a plan",
            Self::Plans => "In the plans",
            Self::Desk => "On the disputes",
            Self::Sheet => "In a case form",
            Self::Document => "In a document",
            Self::Picker => "While you choose files",
            Self::Team => "In people and policy",
            Self::Screens => "On every screen",
            Self::Everywhere => "Everywhere",
        }
    }

    /// The name in the configuration.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Whether the keys of every screen work here.
    pub const fn is_screen(self) -> bool {
        matches!(
            self,
            Self::Panes | Self::Desk | Self::Watch | Self::Requests | Self::Quarantine | Self::Drift | Self::Statements
        )
    }

    /// The scopes whose keys work here, the own ones first.
    pub fn layers(self) -> impl Iterator<Item = Self> {
        let shared = Some(Self::Screens).filter(|_| self.is_screen());
        [Some(self), shared, Some(Self::Everywhere)].into_iter().flatten()
    }

    /// Whether letters are text here.
    pub const fn types(self) -> bool {
        match self {
            Self::Form | Self::Sheet | Self::Picker | Self::Word | Self::Filter | Self::Search | Self::Prompt => true,
            Self::Panes
            | Self::Menu
            | Self::Many
            | Self::Confirm
            | Self::Page
            | Self::Quarantine
            | Self::Requests
            | Self::Drift
            | Self::Statements
            | Self::Pick
            | Self::Columns
            | Self::Watch
            | Self::Runbook
            | Self::Plan
            | Self::Plans
            | Self::Desk
            | Self::Document
            | Self::Team
            | Self::Screens
            | Self::Everywhere => false,
        }
    }
}

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, VariantArray, IntoStaticStr, EnumString)]
#[strum(serialize_all = "kebab-case")]
pub enum Command {
    /// One line down.
    Down,
    /// One line up.
    Up,
    /// A screen down.
    PageDown,
    /// A screen up.
    PageUp,
    /// Half a screen down.
    HalfDown,
    /// Half a screen up.
    HalfUp,
    /// To the beginning.
    First,
    /// To the end.
    Last,
    /// The next pane; after the last, the first.
    NextPane,
    /// The previous pane; before the first, the last.
    PreviousPane,
    /// Open the selected item.
    Open,
    /// Go back one layer.
    Back,
    /// Quit.
    Quit,
    /// Find orders by a query.
    Filter,
    /// The action menu.
    Actions,
    /// The orders.
    Orders,
    /// From an order to its case or request, and from a case to its order.
    Case,
    /// The quarantine: facts that need a decision.
    Quarantine,
    /// Requests to the providers: what waits, is under way, or has ended.
    Requests,
    /// Orders that differ from what their provider shows.
    Drift,
    /// Settlement statements.
    Statements,
    /// Read an order at its provider now.
    Check,
    /// Record what the provider did.
    Adopt,
    /// A new token for an account.
    Token,
    /// All messages.
    Messages,
    /// What the keys do here.
    Help,
    /// Refresh.
    Refresh,
    /// All actions of the menu, with reasons why not.
    Reasons,
    /// Choose the selected line.
    Choose,
    /// The next field.
    NextField,
    /// The previous field.
    PreviousField,
    /// The choice or letter to the left.
    Left,
    /// The choice or letter to the right.
    Right,
    /// Continue to the question, or answer it; in a form, from the last field.
    Go,
    /// Continue from any field of a form.
    Send,
    /// Answer with yes.
    Yes,
    /// Edit the form again.
    Edit,
    /// All commands, by name.
    Commands,
    /// To an order, by its id.
    Goto,
    /// Mark or unmark what is selected.
    Mark,
    /// Mark orders as you move.
    Range,
    /// Mark all of the list.
    MarkAll,
    /// Unmark all.
    Unmark,
    /// Copy something of what is selected.
    Copy,
    /// Freeze the screen.
    Freeze,
    /// The order of the list.
    Sort,
    /// The columns of the list.
    Columns,
    /// Move this column one place earlier.
    MoveUp,
    /// Move this column one place later.
    MoveDown,
    /// Save the filter as a view, or save a plan.
    Save,
    /// Forget the chosen view.
    Forget,
    /// Orders stuck at Approved, by age and merchant.
    Watch,
    /// Why the order is stuck, and what to do about it.
    Runbook,
    /// Plan one action for the marked orders, or for the whole list.
    Plan,
    /// The list of plans.
    Plans,
    /// Acknowledge an alert for a while.
    Acknowledge,
    /// This row of a plan: authorise only.
    ThenNothing,
    /// This row: then capture.
    ThenCapture,
    /// This row: then cancel.
    ThenCancel,
    /// Every row: authorise only.
    AllNothing,
    /// Every row: then capture.
    AllCapture,
    /// Every row: then cancel.
    AllCancel,
    /// Change how much is captured or canceled.
    Amount,
    /// Leave this row out.
    Drop,
    /// Whether someone else has to approve the plan.
    Approval,
    /// Approve a plan.
    Approve,
    /// Withdraw a plan for good.
    Withdraw,
    /// The dispute desk.
    Desk,
    /// Take the most urgent unclaimed case.
    NextCase,
    /// Earlier cases with the same people.
    Hints,
    /// The attached files.
    Files,
    /// What the desk did in the last 30 days.
    Report,
    /// The letters to the buyer and the seller.
    Letter,
    /// Write to a party, or to a merchant.
    Write,
    /// Hand over: a case to a colleague, or the watch to the next shift.
    HandOver,
    /// The conversation with both parties, or with one of them.
    Thread,
    /// People and policy.
    Team,
    /// Open something in the system's viewer.
    View,
    /// Take over editing from someone else.
    TakeOver,
    /// Drop what was typed, and its draft.
    StartOver,
    /// Pause a plan.
    Pause,
    /// Hide people's names and words.
    Mask,
    /// Turn the mouse on, or leave it to the terminal.
    Mouse,
    /// Switch between ages and exact times.
    Times,
    /// The next theme.
    Theme,
    /// Write the last messages to a file, masked.
    Dump,
    /// Redraw the screen.
    Redraw,
    /// Suspend to the background.
    Suspend,
    /// Quit the program.
    Leave,
}

impl Command {
    /// The name in the configuration and in the palette.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding {
    /// The scope.
    pub scope: Scope,
    /// The command.
    pub command: Command,
    /// The keys. Two with a space between are pressed one after the other.
    pub keys: &'static [&'static str],
    /// The words in the footer; empty if the footer leaves it out.
    pub hint: &'static str,
    /// The words in the help.
    pub about: &'static str,
    /// Whether it leads to a write; read-only removes it.
    pub writes: bool,
}

/// The rows of a scope.
pub fn of(scope: Scope) -> impl Iterator<Item = &'static Binding> {
    TABLE.iter().filter(move |binding| binding.scope == scope)
}

/// The rows that work in a scope: its own, those of every screen if it is one, and those of everywhere.
pub fn working(scope: Scope) -> impl Iterator<Item = &'static Binding> {
    scope.layers().flat_map(of)
}
