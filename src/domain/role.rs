//! The roles, and sets of them. What each may do is in [`permission`](super::permission).

use std::fmt;

use strum::{EnumMessage, EnumString, IntoStaticStr, VariantArray};

/// What a person may do. A person may have several roles.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, VariantArray, IntoStaticStr, EnumString, EnumMessage,
)]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// Reads only.
    Viewer,
    /// Dispute manager: settles, and records what buyer, seller or courier said, with a note on how they know.
    Agent,
    /// An agent who also approves other people's large decisions.
    Lead,
    /// Acts as merchant on Tamara orders.
    Ops,
    /// Changes the configuration; moves no money.
    Admin,
}

/// The proof a person must give to record someone else's action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "program", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "program", serde(rename_all = "snake_case"))]
pub enum Proof {
    /// Nothing.
    Nothing,
    /// A note: how they know.
    Note,
    /// The reference of the payment.
    Reference,
}

impl Proof {
    /// The word in the database.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// A person's roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "program", derive(serde::Serialize, serde::Deserialize))]
pub struct Roles(u8);

impl Role {
    /// The name used on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

impl Roles {
    /// The roles everyone has while no one is registered.
    pub const UNREGISTERED: Self = Self(Self::bit(Role::Agent) | Self::bit(Role::Lead) | Self::bit(Role::Ops));

    const fn bit(role: Role) -> u8 {
        1 << role as u8
    }

    /// Whether they include this role.
    pub const fn holds(self, role: Role) -> bool {
        self.0 & Self::bit(role) != 0
    }

    /// Only this role if they include it; otherwise none.
    #[must_use]
    pub const fn narrowed(self, role: Role) -> Self {
        Self(self.0 & Self::bit(role))
    }

    /// Whether there is no role.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The roles, least trusted first.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::VARIANTS.iter().copied().filter(move |&role| self.holds(role))
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<T: IntoIterator<Item = Role>>(roles: T) -> Self {
        Self(roles.into_iter().fold(0, |bits, role| bits | Self::bit(role)))
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.iter().map(Role::name).collect();
        f.write_str(if names.is_empty() { "none" } else { "" })?;
        f.write_str(&names.join(", "))
    }
}
