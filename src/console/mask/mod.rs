//! What is private, by type: names of customers, logins of the team, what people wrote. Each type says of each of its
//! fields what it is, so that a new field does not compile before that is said. A shared screen hides names and
//! words; a recording hides logins and references, too.

pub mod cases;
pub mod desk;
pub mod records;
pub mod shown;
pub mod team;

use crate::console::app::load::Failure;

/// How private text is hidden.
pub trait Hide {
    /// Hides a customer's name.
    fn name(&mut self, name: &mut String);

    /// Hides the login of a person of the team.
    fn staff(&mut self, name: &mut String);

    /// Hides what people wrote.
    fn words(&mut self, words: &mut String);

    /// Hides a code or a reference, which may lead to a person.
    fn code(&mut self, code: &mut String);
}

/// Something with private text in it.
pub trait Mask {
    /// Hides its private text.
    fn mask(&mut self, hide: &mut dyn Hide);
}

/// Hides names and words behind a sign, for a screen that others see.
#[derive(Debug)]
pub struct Behind(pub &'static str);

impl Hide for Behind {
    fn name(&mut self, name: &mut String) {
        self.0.clone_into(name);
    }

    fn staff(&mut self, _name: &mut String) {}

    fn words(&mut self, words: &mut String) {
        self.0.clone_into(words);
    }

    fn code(&mut self, _code: &mut String) {}
}

impl<T: Mask> Mask for Option<T> {
    fn mask(&mut self, hide: &mut dyn Hide) {
        self.iter_mut().for_each(|it| it.mask(hide));
    }
}

impl<T: Mask> Mask for Vec<T> {
    fn mask(&mut self, hide: &mut dyn Hide) {
        self.iter_mut().for_each(|it| it.mask(hide));
    }
}

impl<T: Mask> Mask for Box<T> {
    fn mask(&mut self, hide: &mut dyn Hide) {
        (**self).mask(hide);
    }
}

impl<T: Mask, E: Mask> Mask for Result<T, E> {
    fn mask(&mut self, hide: &mut dyn Hide) {
        match self {
            Ok(it) => it.mask(hide),
            Err(failure) => failure.mask(hide),
        }
    }
}

/// The text of an error: the database may repeat what it was given.
impl Mask for Failure {
    fn mask(&mut self, hide: &mut dyn Hide) {
        match self {
            Self::Lost | Self::Unknown => {}
            Self::Other(text) => hide.words(text),
        }
    }
}

/// Text that may be missing.
pub trait Text {
    /// The text, if there is one.
    fn text(&mut self) -> Option<&mut String>;
}

impl Text for String {
    fn text(&mut self) -> Option<&mut String> {
        Some(self)
    }
}

impl Text for Option<String> {
    fn text(&mut self) -> Option<&mut String> {
        self.as_mut()
    }
}

/// Says of each field of a type what it is: `name`, `staff`, `words` or `code`, `deep` for something with private text in
/// it, `open` for what is not private.
macro_rules! masked {
    ($type:path { $($field:ident: $is:ident),+ $(,)? }) => {
        impl $crate::console::mask::Mask for $type {
            fn mask(&mut self, hide: &mut dyn $crate::console::mask::Hide) {
                let Self { $($field),+ } = self;
                _ = &hide;
                $($crate::console::mask::field!(hide, $field, $is);)+
            }
        }
    };
}

/// Masks one field.
macro_rules! field {
    ($hide:ident, $field:ident, open) => {
        _ = $field
    };
    ($hide:ident, $field:ident, deep) => {
        $crate::console::mask::Mask::mask($field, $hide)
    };
    ($hide:ident, $field:ident, $is:ident) => {
        if let Some(text) = $crate::console::mask::Text::text($field) {
            $hide.$is(text);
        }
    };
}

use {field, masked};

#[cfg(test)]
mod tests {
    use super::{Behind, Mask};
    use crate::records::CaseEvent;

    #[test]
    fn names_and_words_are_hidden_and_logins_stay() {
        let at = "2025-03-01T08:00:00Z";
        let event = serde_json::json!({
            "seq": 1, "kind": "payout", "party": "buyer", "person": "lead1", "words": "SECRET", "reason": "damaged",
            "claimed": 100, "item": "SECRET", "clock": null, "level": null, "recorder": "agent1", "at": at,
            "note": "SECRET", "message": {"party": "buyer", "theirs": true, "body": "SECRET"},
            "file": {"name": "SECRET", "kind": "PNG", "facts": "", "size": 1, "digest": "00"},
        });
        let mut event: CaseEvent = serde_json::from_value(event).unwrap();
        event.mask(&mut Behind("•••"));
        let shown = serde_json::to_string(&event).unwrap();
        assert!(!shown.contains("SECRET"), "{shown}");
        assert!(shown.contains("agent1") && shown.contains("lead1") && shown.contains("damaged"), "{shown}");
    }
}
