//! The order of the statuses on the board: those that need a person first.

use crate::domain::{Provider, Roles, Status, atarapay, tamara};
use crate::intake::quarantine;

/// A provider's statuses, those that need a person most first.
const fn urgency(provider: Provider) -> &'static [Status] {
    use {atarapay::Status as A, tamara::Status as T};
    match provider {
        Provider::Atarapay => &[
            Status::Atarapay(A::Disputed),
            Status::Atarapay(A::Dispute),
            Status::Atarapay(A::DisputeResolved),
            Status::Atarapay(A::AwaitingBuyerResponse),
            Status::Atarapay(A::PendingIi),
            Status::Atarapay(A::Pending),
            Status::Atarapay(A::Accepted),
            Status::Atarapay(A::Rejected),
            Status::Atarapay(A::Completed),
            Status::Atarapay(A::Cancelled),
        ],
        Provider::Tamara => &[
            Status::Tamara(T::Approved),
            Status::Tamara(T::Authorised),
            Status::Tamara(T::Updated),
            Status::Tamara(T::PartiallyCaptured),
            Status::Tamara(T::New),
            Status::Tamara(T::FullyCaptured),
            Status::Tamara(T::PartiallyRefunded),
            Status::Tamara(T::FullyRefunded),
            Status::Tamara(T::Canceled),
            Status::Tamara(T::Declined),
            Status::Tamara(T::Expired),
        ],
    }
}

/// The board's statuses, starting with the provider whose orders this person handles.
pub(super) fn statuses(roles: Roles) -> Vec<Status> {
    let mine = |provider| quarantine::may_settle(roles, Some(provider));
    let tamara_first = mine(Provider::Tamara) && !mine(Provider::Atarapay);
    let mut providers = [Provider::Atarapay, Provider::Tamara];
    if tamara_first {
        providers.reverse();
    }
    providers.into_iter().flat_map(urgency).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_board_shows_every_status_once() {
        for provider in [Provider::Atarapay, Provider::Tamara] {
            let mut listed = urgency(provider).to_vec();
            listed.sort();
            let mut all = provider.statuses();
            all.sort();
            assert_eq!(listed, all);
        }
    }
}
