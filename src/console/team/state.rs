//! People and policy, as they were read.

use crate::console::app::load::{Failure, Load};
use crate::domain::Role;
use crate::store::cases::policy::InForce;

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Read people and policy.
    Look,
    /// Give a role to a person, or take it away.
    Role {
        /// The person.
        login: String,
        /// The role.
        role: Role,
        /// Whether it is given.
        granted: bool,
        /// Why.
        why: String,
    },
    /// Move all open cases of a person to someone else.
    Move {
        /// Whose cases.
        from: String,
        /// The new owner.
        to: String,
        /// What the new owner has to know.
        note: String,
    },
    /// Set the policy, as it is written in TOML.
    Policy {
        /// Its text.
        text: String,
        /// Why.
        why: String,
    },
}

/// The result of a request.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// People and policy were read, or why not.
    Shown(Result<Box<TeamShown>, Failure>),
    /// A change was recorded, in a sentence, or it was refused with a reason.
    Changed(Result<Result<String, String>, Failure>),
}

/// A person with what they have in hand.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Member {
    /// The login.
    pub login: String,
    /// The roles.
    pub roles: Vec<String>,
    /// Open cases, counted up to a limit.
    pub cases: i64,
    /// Plans that have not ended.
    pub plans: i64,
}

/// People and policy.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TeamShown {
    /// Everyone who is registered, by login.
    pub people: Vec<Member>,
    /// The policy in force.
    pub policy: InForce,
}

/// The state of the page.
#[derive(Debug, Default)]
pub struct Team {
    /// What was read; `None` before that.
    pub shown: Option<Box<TeamShown>>,
    /// The selected person.
    pub at: usize,
    /// What is being read.
    pub load: Load,
}

impl Team {
    /// Everyone who is registered.
    pub fn people(&self) -> &[Member] {
        self.shown.as_ref().map_or(&[], |shown| &shown.people)
    }

    /// The selected person.
    pub fn person(&self) -> Option<&Member> {
        self.people().get(self.at)
    }
}
