//! The providers: each is one value, with its statuses and its law in a module of its own.
//!
//! A new provider is a module here, an entry in the list of `provider.rs`, and its notifications in `wire`. The page
//! docs/adding-a-provider.md lists every file.

/// Declares a provider's statuses once: the enum, and the rows of its definition.
///
/// A line is `/// definition`, `Variant "wire word" "title" Sign urgency`, then special cases as `field: value`.
macro_rules! statuses {
    ($provider:ident, $($(#[doc = $doc:literal])+ $variant:ident $name:literal $title:literal $sign:ident $urgency:literal $($field:ident: $value:expr)*;)+) => {
        /// The statuses of its orders, in the order of a life.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, strum::VariantArray)]
        pub enum Status {
            $($(#[doc = $doc])+ $variant,)+
        }

        const STATUSES: &[$crate::domain::provider::StatusRow] = &[
            $($crate::domain::provider::StatusRow {
                definition: concat!($($doc),+).trim_ascii(),
                $($field: $value,)*
                ..$crate::domain::provider::StatusRow::new($name, $title, $crate::domain::provider::Sign::$sign, $urgency)
            },)+
        ];

        impl Status {
            /// The same as a status of any provider.
            pub const fn status(self) -> $crate::domain::Status {
                $crate::domain::$provider.status(self as usize)
            }
        }

        impl From<Status> for $crate::domain::Status {
            fn from(status: Status) -> Self {
                status.status()
            }
        }

        impl PartialEq<Status> for $crate::domain::Status {
            fn eq(&self, other: &Status) -> bool {
                *self == other.status()
            }
        }

        fn rules(row: usize) -> &'static [$crate::domain::Rule] {
            <Status as strum::VariantArray>::VARIANTS[row].rules()
        }
    };
}

pub mod atarapay;
pub mod tamara;
