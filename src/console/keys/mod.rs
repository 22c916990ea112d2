//! The one table of commands: keys, footer, help, palette, configuration names and what read-only takes away are all read
//! from it.

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
    /// The action menu. The letters and digits of its lines come on top.
    Menu,
    /// The menu for all marked orders. The letters and digits of its lines come on top.
    Many,
    /// A form with text fields.
    Form,
    /// A question with two answers.
    Confirm,
    /// A question that wants a typed word.
    Word,
    /// Text to read: messages.
    Page,
    /// The line where a filter is typed.
    Filter,
    /// What waits in quarantine. The digits of its readings come on top.
    Quarantine,
    /// Help and the command palette: a list that narrows as one types.
    Search,
    /// One line of text: an order's id, the name of a view.
    Prompt,
    /// A short list with a letter for each line: sorting, copying. Those letters come on top.
    Pick,
    /// The columns of the list.
    Columns,
    /// The watch on Approved.
    Watch,
    /// The steps of a runbook.
    Runbook,
    /// A plan in the making.
    Plan,
    /// The plans that were made.
    Plans,
    /// The desk of disputes.
    Desk,
    /// What has to be said with something done to a case.
    Sheet,
    /// Something to read above the desk.
    Paper,
    /// Under every other.
    Everywhere,
}

impl Scope {
    /// For headings.
    pub fn title(self) -> &'static str {
        match self {
            Self::Panes => "In the panes",
            Self::Menu => "In the action menu",
            Self::Many => "In the menu for marked orders",
            Self::Form => "In a form",
            Self::Confirm => "Before anything is written",
            Self::Word => "Before money is decided",
            Self::Page => "In the messages",
            Self::Filter => "While a filter is typed",
            Self::Quarantine => "In the quarantine",
            Self::Search => "In help and commands",
            Self::Prompt => "Where a line is typed",
            Self::Pick => "In a short menu",
            Self::Columns => "Among the columns",
            Self::Watch => "On the watch",
            Self::Runbook => "In a runbook",
            Self::Plan => "In a plan",
            Self::Plans => "Among the plans",
            Self::Desk => "On the desk of disputes",
            Self::Sheet => "In a form of a case",
            Self::Paper => "In a paper",
            Self::Everywhere => "Everywhere",
        }
    }

    /// The name in the configuration.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Whether letters are text here.
    pub const fn types(self) -> bool {
        match self {
            Self::Form | Self::Sheet | Self::Word | Self::Filter | Self::Search | Self::Prompt => true,
            Self::Panes
            | Self::Menu
            | Self::Many
            | Self::Confirm
            | Self::Page
            | Self::Quarantine
            | Self::Pick
            | Self::Columns
            | Self::Watch
            | Self::Runbook
            | Self::Plan
            | Self::Plans
            | Self::Desk
            | Self::Paper
            | Self::Everywhere => false,
        }
    }
}

/// What a key asks for.
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
    /// The next pane, around.
    NextPane,
    /// The pane before, around.
    PreviousPane,
    /// Into what is selected.
    Open,
    /// One layer back.
    Back,
    /// One layer back; out of the program at the first.
    Quit,
    /// Find orders by a query.
    Filter,
    /// The action menu.
    Actions,
    /// What waits in quarantine.
    Quarantine,
    /// All messages.
    Messages,
    /// What the keys do here.
    Help,
    /// Read everything anew.
    Refresh,
    /// The menu with its reasons.
    Reasons,
    /// Take what is selected.
    Choose,
    /// The next field.
    NextField,
    /// The field before.
    PreviousField,
    /// The choice to the left, or the letter.
    Left,
    /// The choice to the right, or the letter.
    Right,
    /// On to the question, or its answer.
    Go,
    /// Back into the form.
    Edit,
    /// Put a fact away.
    Dismiss,
    /// All commands, by their names.
    Commands,
    /// To an order, by its id.
    Goto,
    /// Mark or unmark what is selected.
    Mark,
    /// Mark from here to there.
    Range,
    /// Mark all of the list.
    MarkAll,
    /// Unmark all.
    Unmark,
    /// Copy something of what is selected.
    Copy,
    /// Hold the list still.
    Freeze,
    /// In which order the list is.
    Sort,
    /// Which columns the list has.
    Columns,
    /// The column before, or after, changes place with this one.
    MoveUp,
    /// The column before, or after, changes place with this one.
    MoveDown,
    /// The view of a number.
    View,
    /// Keep the filter as a view.
    Save,
    /// Forget the chosen view.
    Forget,
    /// What is stuck at Approved, by age and merchant.
    Watch,
    /// Why the order is stuck, and what to do about it.
    Runbook,
    /// A plan of the marked orders, or of all that is listed.
    Plan,
    /// The plans that were made.
    Plans,
    /// Take note of an alert, for a while.
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
    /// How much is captured or canceled.
    Amount,
    /// Leave this row out.
    Drop,
    /// Whether somebody else has to approve it.
    Approval,
    /// Approve it.
    Approve,
    /// Put it away for good.
    Withdraw,
    /// The desk of disputes.
    Desk,
    /// Take the most urgent case that nobody has.
    NextCase,
    /// The same people in earlier cases.
    Hints,
    /// The attached files.
    Files,
    /// What the desk did in the last thirty days.
    Report,
    /// The letters that tell the parties.
    Letter,
    /// Write where somebody else does.
    TakeOver,
    /// Let it rest.
    Pause,
    /// Hide people's names and words.
    Mask,
    /// Use the mouse, or leave it to the terminal.
    Mouse,
    /// Ages, or moments.
    Times,
    /// Another theme.
    Theme,
    /// Write down what the console was told, masked.
    Dump,
    /// Draw the screen anew.
    Redraw,
    /// Go into the background.
    Suspend,
    /// Leave the program.
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
    /// Where.
    pub scope: Scope,
    /// What.
    pub command: Command,
    /// By which keys. Two letters are pressed one after the other.
    pub keys: &'static [&'static str],
    /// For the footer; empty where it is not worth the room.
    pub hint: &'static str,
    /// For the help.
    pub about: &'static str,
    /// Whether it leads to writing: read-only takes it away.
    pub writes: bool,
}

/// The rows of a scope.
pub fn of(scope: Scope) -> impl Iterator<Item = &'static Binding> {
    TABLE.iter().filter(move |binding| binding.scope == scope)
}
