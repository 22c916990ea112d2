//! The columns that the list of orders can show. `console::orders::view::list` fills their cells.

use strum::{EnumString, IntoStaticStr, VariantArray};

/// A column of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, VariantArray, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Column {
    /// The order id.
    Order,
    /// The amount of the order when it was opened.
    Amount,
    /// Time in the current status, or the time it entered that status.
    Age,
    /// Time left until the deadline, or the time of the deadline.
    Left,
    /// Who has the case of the order.
    Owner,
    /// The order status.
    Status,
    /// The buyer.
    Buyer,
    /// The seller.
    Seller,
    /// The merchant.
    Merchant,
    /// When the order was opened.
    Opened,
    /// The time of the last transition.
    Moved,
    /// The order version.
    Version,
}

impl Column {
    /// The default columns of a list of one status.
    pub const OF_A_STATUS: [Self; 5] = [Self::Order, Self::Amount, Self::Age, Self::Left, Self::Owner];
    /// The default columns of search results, which can have any status.
    pub const OF_WHAT_WAS_FOUND: [Self; 5] = [Self::Order, Self::Amount, Self::Age, Self::Left, Self::Status];

    /// The name under which the column is saved.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The column heading.
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

    /// Whether the column is aligned right.
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

    /// The minimum width in cells. Only text columns can be narrower than their content.
    pub const fn least(self) -> usize {
        match self {
            Self::Order => 16,
            Self::Owner | Self::Buyer | Self::Seller | Self::Merchant | Self::Status => 8,
            Self::Amount | Self::Age | Self::Left | Self::Opened | Self::Moved | Self::Version => usize::MAX,
        }
    }

    /// The priority of the column. If there is not enough room, the columns with the lowest weight are dropped first.
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
