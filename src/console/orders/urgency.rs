//! The order of the statuses on the board: those that need a person first.

use crate::domain::{Provider, Roles, Status, Task};

/// The board's statuses, starting with the providers whose orders this person handles.
pub fn statuses(roles: Roles) -> Vec<Status> {
    let mut providers = Provider::all().to_vec();
    providers.sort_by_key(|&provider| roles.may(Task::Quarantine(Some(provider))).is_err());
    providers.into_iter().flat_map(Provider::urgency).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ATARAPAY, Role, TAMARA};

    #[test]
    fn the_board_shows_every_status_once() {
        for &provider in Provider::all() {
            let mut listed = provider.urgency();
            listed.sort();
            assert_eq!(listed, provider.statuses());
            listed.dedup_by_key(|status| status.row().urgency);
            assert_eq!(listed.len(), provider.statuses().len(), "{provider:?}: two statuses with one urgency");
        }
    }

    #[test]
    fn the_board_starts_with_a_persons_own_orders() {
        let first = |roles: &[Role]| statuses(roles.iter().copied().collect()).first().map(|it| it.provider());
        assert_eq!(first(&[Role::Ops]), Some(TAMARA));
        assert_eq!(first(&[Role::Agent, Role::Ops]), Some(ATARAPAY));
        assert_eq!(first(&[Role::Viewer]), Some(ATARAPAY));
    }
}
