//! Copying from a case: its id, its command line, and what the provider's dashboard needs of a decision, which no call carries there.

use crate::console::app::state::App;
use crate::console::disputes::shown::CaseShown;
use crate::console::frame::pick::{Choice, Pick};
use crate::console::kit::journal::Tone;
use crate::console::orders::copy::copy;
use crate::desk::command_line;
use crate::text;

/// What a person types into the provider's dashboard, line by line.
fn dashboard(shown: &CaseShown) -> Option<String> {
    let decision = shown.whole.decision.as_ref()?;
    let order = &shown.stored.order;
    let money = |minor| order.money(minor).to_string();
    let mut lines = vec![format!("Order {}", order.key.id)];
    lines.extend((decision.to_buyer > 0).then(|| format!("Refund the buyer {}", money(decision.to_buyer))));
    lines.extend((decision.to_seller > 0).then(|| format!("Pay the seller {}", money(decision.to_seller))));
    lines.extend(decision.reason.as_deref().map(|reason| format!("Reason: {}", shown.policy.title(reason))));
    lines.extend(decision.say_buyer.as_deref().map(|said| format!("To the buyer: {said}")));
    lines.extend(decision.say_seller.as_deref().map(|said| format!("To the seller: {said}")));
    Some(lines.iter().map(|line| text::clean(line)).collect::<Vec<_>>().join("\n"))
}

/// Opens the copy menu for the shown case.
pub fn open(app: &mut App) {
    let Some(shown) = &app.disputes.shown else { return app.say(Tone::News, "No case is selected.") };
    let key = &shown.stored.order.key;
    let provider = key.provider.title();
    let command = format!("recourse case show {}", command_line::quoted(&key.to_string()));
    let mut lines = vec![('i', "id", key.id.clone()), ('c', "command line", command)];
    lines.extend(dashboard(shown).map(|words| ('d', "for the dashboard", words)));
    let words = |about: &str, value: &str| match value.lines().count() {
        1 => format!("{}  {}", text::left(about, 22), text::cut(&text::clean(value), 60)),
        _ => format!("{}  what {provider} has to do, {} lines", text::left(about, 22), value.lines().count()),
    };
    let line = |(letter, about, value): (char, &str, String)| Choice { letter, words: words(about, &value), value };
    let title = format!("Copy of {}", text::clean(&key.id));
    app.open(Pick { title, lines: lines.into_iter().map(line).collect(), at: 0, does: copy });
}
