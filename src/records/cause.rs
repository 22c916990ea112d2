//! Why an order is stuck.

use strum::{EnumMessage, EnumString, IntoStaticStr, VariantArray};

/// Why an order is stuck. Each has a message for people; the steps are in `stuck::runbook`.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    VariantArray,
    IntoStaticStr,
    EnumString,
    EnumMessage,
    serde::Serialize,
    serde::Deserialize,
)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// It is new here, and was approved or went further at the provider: no notification arrived.
    #[strum(message = "webhook missing: approved there, new here")]
    WebhookMissing,
    /// The provider is ahead: authorised or further there, not here.
    #[strum(message = "the provider is further than here")]
    ProviderAhead,
    /// The provider has ended it: expired, canceled or declined there.
    #[strum(message = "ended there, not here")]
    ProviderEnded,
    /// It ended here, and is still open at the provider.
    #[strum(message = "ended here, not there")]
    EndedHere,
    /// The provider is behind: we recorded what it does not have.
    #[strum(message = "recorded here, not there")]
    ProviderBehind,
    /// The provider has moves or amounts to which no lawful way leads from here.
    #[strum(message = "other moves there than here")]
    SumsDiffer,
    /// The provider was asked, and has no such order.
    #[strum(message = "the provider has no such order")]
    Absent,
    /// The provider's notification arrived and is in quarantine.
    #[strum(message = "a fact in quarantine")]
    Quarantined,
    /// Authorise was called: 409.
    #[strum(message = "authorise failed: conflict")]
    Conflict,
    /// Authorise was called: 401 or 403.
    #[strum(message = "authorise failed: not allowed")]
    NotAllowed,
    /// Authorise was called: 404.
    #[strum(message = "authorise failed: not found")]
    NotFound,
    /// Authorise was called: the provider had an error.
    #[strum(message = "authorise failed: provider's error")]
    ServerError,
    /// Authorise was called: no answer arrived.
    #[strum(message = "authorise failed: timeout")]
    Timeout,
    /// Authorise was called: anything else.
    #[strum(message = "authorise failed")]
    AttemptFailed,
    /// The merchant has automatic authorisation, and it has not arrived.
    #[strum(message = "automatic authorisation expected")]
    AutomaticExpected,
    /// The approval is known, but not from a notification of its own.
    #[strum(message = "notification never arrived")]
    NeverNotified,
    /// The approval was notified, and authorise was never called.
    #[strum(message = "authorise never called")]
    NeverCalled,
}

impl Cause {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The causes by which an order here and at the provider differ.
    pub const DRIFT: [Self; 7] = [
        Self::WebhookMissing,
        Self::ProviderAhead,
        Self::ProviderEnded,
        Self::EndedHere,
        Self::ProviderBehind,
        Self::SumsDiffer,
        Self::Absent,
    ];

    /// What has to be done before authorising at the provider can succeed; `None` if nothing stands in the way.
    pub const fn blocks(self) -> Option<&'static str> {
        match self {
            Self::NotAllowed => Some("blocked until the merchant's API token works"),
            Self::NotFound | Self::Absent => Some("blocked: the provider does not know this order"),
            Self::SumsDiffer => Some("blocked: the provider has other moves than we have"),
            Self::ProviderEnded => Some("blocked: it has ended at the provider"),
            Self::Quarantined => Some("blocked until its fact in quarantine is settled"),
            Self::WebhookMissing
            | Self::ProviderAhead
            | Self::EndedHere
            | Self::ProviderBehind
            | Self::Conflict
            | Self::ServerError
            | Self::Timeout
            | Self::AttemptFailed
            | Self::AutomaticExpected
            | Self::NeverNotified
            | Self::NeverCalled => None,
        }
    }

    /// The words people read.
    pub fn title(self) -> &'static str {
        self.get_message().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_come_back_by_their_word() {
        for cause in Cause::VARIANTS {
            assert_eq!(cause.name().parse(), Ok(*cause));
        }
    }
}
