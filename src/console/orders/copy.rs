//! Copying to the terminal's clipboard: ids, rows, links, command lines.

use crate::console::app::message::Effect;
use crate::console::app::state::App;
use crate::console::frame::pick::{Choice, Pick};
use crate::console::kit::journal::Tone;
use crate::desk::command_line;
use crate::records::OrderRecord;
use crate::text;

/// The most bytes that terminals accept for the clipboard.
const CLIPBOARD: usize = 74_000;

/// A row for pasting into other programs: its columns, separated by tabs.
fn row(stored: &OrderRecord) -> String {
    let order = &stored.order;
    let name = |name: &Option<String>| name.clone().unwrap_or_default();
    let cells = [
        order.key.id.clone(),
        order.provider().name().to_owned(),
        order.status.name().to_owned(),
        order.amount.currency.code().to_owned(),
        order.amount.digits(),
        order.entered_at.to_rfc3339(),
        order.due_at().map(|due| due.to_rfc3339()).unwrap_or_default(),
        name(&stored.merchant),
        name(&stored.buyer),
        name(&stored.seller),
    ];
    cells.map(|cell| cell.replace(['\t', '\n', '\r'], " ")).join("\t")
}

/// Opens the copy menu for the marked orders, or else for the shown one.
pub fn open(app: &mut App) {
    let orders: Vec<OrderRecord> = match (app.orders.marks.is_empty(), &app.orders.shown) {
        (false, _) => app.orders.marks.orders().to_vec(),
        (true, Some(shown)) => vec![shown.stored.clone()],
        (true, None) => return app.say(Tone::News, "No order is selected."),
    };
    let all = |of: &dyn Fn(&OrderRecord) -> String| orders.iter().map(of).collect::<Vec<_>>().join("\n");
    let shows = |it: &OrderRecord| format!("recourse show {}", command_line::quoted(&it.order.key.to_string()));
    let lines = [
        ('i', "id", all(&|it| it.order.key.id.clone())),
        ('r', "row, tab-separated", all(&row)),
        ('l', "link", all(&|it| app.prefs.link(&it.order.key))),
        ('c', "command line", all(&shows)),
    ];
    let title = match orders.as_slice() {
        [one] => format!("Copy of {}", text::clean(&one.order.key.id)),
        several => format!("Copy of {} marked orders", several.len()),
    };
    let words = |about: &str, what: &str| match what.lines().count() {
        1 => format!("{}  {}", text::left(about, 22), text::cut(&text::clean(what), 60)),
        lines => format!("{}  {lines} lines", text::left(about, 22)),
    };
    let line = |(letter, about, value): (char, &str, String)| Choice { letter, words: words(about, &value), value };
    app.open(Pick { title, lines: lines.into_iter().map(line).collect(), at: 0, does: copy });
}

/// Copies a text to the terminal's clipboard, which may be on another machine.
pub fn copy(app: &mut App, what: &str) {
    if what.len() > CLIPBOARD {
        let size = text::grouped(what.len() as i64);
        let words = format!("{size} bytes are too many for a terminal's clipboard. Mark fewer orders.");
        return app.say(Tone::Bad, words);
    }
    let first = text::cut(&text::clean(what.lines().next().unwrap_or_default()), 60);
    let lines = what.lines().count();
    let more = if lines > 1 { format!(" and {} more lines", lines - 1) } else { String::new() };
    app.ask(Effect::Copy(what.to_owned(), format!("{first}{more}")));
}

/// Copies a command line, if there is one.
pub fn copy_command(app: &mut App, line: Option<String>) {
    match line {
        Some(line) => copy(app, &line),
        None => app.say(Tone::News, "This action is not possible now, so it has no command line."),
    }
}
