//! The columns a list may have.

use strum::{EnumString, IntoStaticStr, VariantArray};

/// One column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, VariantArray, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Column {
    /// The order's id.
    Order,
    /// What it was opened with.
    Amount,
    /// How long it has been in its status, or since when.
    Age,
    /// What is left until its deadline, or when that is.
    Left,
    /// Who has its case.
    Owner,
    /// Its status.
    Status,
    /// The buyer.
    Buyer,
    /// The seller.
    Seller,
    /// The merchant.
    Merchant,
    /// When it was opened.
    Opened,
    /// When it last moved.
    Moved,
    /// Its version.
    Version,
}

impl Column {
    /// Where all orders are in one status.
    pub const OF_A_STATUS: [Self; 5] = [Self::Order, Self::Amount, Self::Age, Self::Left, Self::Owner];
    /// Where they are in many.
    pub const OF_WHAT_WAS_FOUND: [Self; 5] = [Self::Order, Self::Amount, Self::Age, Self::Left, Self::Status];

    /// The word in which it is remembered.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Amount => "amount",
            Self::Age => "age",
            Self::Left => "left",
            Self::Owner => "owner",
            Self::Status => "status",
            Self::Buyer => "buyer",
            Self::Seller => "seller",
            Self::Merchant => "merchant",
            Self::Opened => "opened",
            Self::Moved => "moved",
            Self::Version => "version",
        }
    }

    /// Whether it lines up at the right.
    pub const fn is_number(self) -> bool {
        match self {
            Self::Amount | Self::Age | Self::Left | Self::Version => true,
            Self::Order
            | Self::Owner
            | Self::Status
            | Self::Buyer
            | Self::Seller
            | Self::Merchant
            | Self::Opened
            | Self::Moved => false,
        }
    }

    /// The least cells that still tell something; less than it needs only for words.
    pub const fn least(self) -> usize {
        match self {
            Self::Order => 16,
            Self::Owner | Self::Buyer | Self::Seller | Self::Merchant | Self::Status => 8,
            Self::Amount | Self::Age | Self::Left | Self::Opened | Self::Moved | Self::Version => usize::MAX,
        }
    }

    /// Where not all have room, those that weigh least go first.
    pub const fn weight(self) -> u8 {
        match self {
            Self::Order => 10,
            Self::Amount => 9,
            Self::Status => 8,
            Self::Left => 7,
            Self::Age => 6,
            Self::Owner | Self::Buyer | Self::Seller => 5,
            Self::Merchant => 4,
            Self::Opened | Self::Moved => 3,
            Self::Version => 2,
        }
    }
}
