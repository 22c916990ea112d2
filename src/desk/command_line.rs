//! The command line for what the console is about to do.

use crate::desk::Command;
use crate::domain::{Actor, Choice, Currency, Money, Order, Proof};
use crate::text;

/// Quotes a word for a shell. Invisible letters become escapes.
pub fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:=@,+%".contains(letter);
    if text::clean(word) != word {
        let spelled = |letter: char| match letter {
            '\\' | '\'' => format!("\\{letter}"),
            letter if letter.is_alphanumeric() || letter == ' ' || letter.is_ascii_punctuation() => letter.to_string(),
            letter => format!("\\U{:08X}", u32::from(letter)),
        };
        return format!("$'{}'", word.chars().map(spelled).collect::<String>());
    }
    let is_plain = !word.is_empty() && word.chars().all(plain);
    if is_plain { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

const fn party(actor: Actor) -> Option<&'static str> {
    match actor {
        Actor::Buyer => Some("buyer"),
        Actor::Seller => Some("seller"),
        Actor::Courier => Some("courier"),
        Actor::Provider => Some("provider"),
        Actor::Merchant | Actor::Clock | Actor::DisputeManager => None,
    }
}

fn line(parts: impl IntoIterator<Item = (&'static str, Option<String>)>) -> String {
    let given = parts.into_iter().filter_map(|(flag, value)| Some(format!(" --{flag}={}", quoted(&value?))));
    given.collect()
}

/// The command line of a complete command on an order in this currency.
pub fn of_command(command: &Command, currency: Currency) -> String {
    let part = |minor: i64| Money::new(minor, currency).digits();
    let rest = line([
        ("for", party(command.actor).map(str::to_owned)),
        ("amount", command.amount.map(|amount| amount.digits())),
        ("to-seller", command.parts.map(|parts| part(parts.to_seller))),
        ("to-buyer", command.parts.map(|parts| part(parts.to_buyer))),
        ("reference", command.reference.clone()),
        ("reason", command.reason.clone()),
        ("note", command.note.clone()),
        ("expect", command.expect.map(|version| version.to_string())),
    ]);
    format!("recourse act {} {}{rest}", quoted(&command.order.to_string()), command.action.name())
}

/// The command line of a line of the menu, with what you have to fill in as capitals.
pub fn of_choice(order: &Order, choice: &Choice) -> Option<String> {
    let offer = choice.verdict.as_ref().ok()?;
    let open = |what: &str| Some(what.to_owned());
    let rest = line([
        ("for", party(choice.actor).map(str::to_owned)),
        ("amount", offer.most.map(|most| most.digits())),
        ("to-seller", offer.parts.then(|| open("AMOUNT")).flatten()),
        ("to-buyer", offer.parts.then(|| open("AMOUNT")).flatten()),
        ("reference", (offer.proof == Proof::Reference).then(|| open("TEXT")).flatten()),
        ("note", (offer.proof == Proof::Note).then(|| open("TEXT")).flatten()),
        ("expect", Some(order.version.to_string())),
    ]);
    Some(format!("recourse act {} {}{rest}", quoted(&order.key.to_string()), choice.action.name()))
}

#[cfg(test)]
mod tests {
    use crate::desk::command_line::quoted;

    #[test]
    fn words_are_quoted_for_a_shell() {
        let check = |word, expect: &str| assert_eq!(quoted(word), expect);
        check("tamara:T-1", "tamara:T-1");
        check("she rang", "'she rang'");
        check("it's $HOME", r"'it'\''s $HOME'");
        check("", "''");
        check("a\nb", r"$'a\U0000000Ab'");
        check("ATP-1\u{200e}", r"$'ATP-1\U0000200E'");
    }
}
