//! Who may do what: one table and one function for orders, cases, plans, quarantine, alerts, views, people and policy.

use std::fmt;

use strum::VariantArray;

use super::Provider;
use super::case_action::CaseAction;
use super::law::{Action, Actor};
use super::role::{Proof, Role, Roles};

/// Something that only some roles may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Task {
    /// Record an action of an actor on an order.
    Order(Provider, Actor, Action),
    /// Open a case for any order.
    OpenCase,
    /// Do something to a case.
    Case(CaseAction),
    /// Make, approve, run, pause or withdraw a plan.
    Plan,
    /// Apply or dismiss a fact in quarantine. The provider is unknown where the fact does not name one.
    Quarantine(Option<Provider>),
    /// Acknowledge an alert.
    Alert,
    /// Tick a step of a runbook.
    Runbook,
    /// Save or remove a view for everyone.
    View,
    /// Grant or withdraw roles.
    People,
    /// Set the policy of the dispute desk.
    Policy,
    /// Erase what a person left with orders.
    PersonalData,
    /// Withdraw a request before it is sent.
    WithdrawRequest(Provider),
    /// Let money go out that is above the policy's limit.
    ApproveRequest,
    /// Say what became of a request that no one knows about.
    SettleRequest,
    /// Check an account's credentials, or replace them.
    Account,
    /// Have orders read at their provider now.
    CheckDrift,
    /// Record what the provider did with an order and we do not have.
    AdoptDrift,
    /// Keep a settlement statement.
    Statement,
}

/// One row of the table: this role may do this, and must give this proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    /// Who.
    pub role: Role,
    /// What.
    pub task: Task,
    /// What it must give.
    pub proof: Proof,
}

/// No role of this person may do this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "program", derive(serde::Serialize, serde::Deserialize))]
pub struct NotPermitted {
    /// The roles that may, as a set.
    pub may: Roles,
    /// The roles the person has.
    pub has: Roles,
}

impl Task {
    /// The kind of object, as a word in the database.
    pub const fn object(self) -> &'static str {
        match self {
            Self::Order(provider, ..) => provider.name(),
            Self::OpenCase | Self::Case(_) => "case",
            Self::Plan => "plan",
            Self::Quarantine(_) => "quarantine",
            Self::Alert => "alert",
            Self::Runbook => "runbook",
            Self::View => "view",
            Self::People => "people",
            Self::Policy => "policy",
            Self::PersonalData => "personal data",
            Self::WithdrawRequest(_) | Self::ApproveRequest | Self::SettleRequest => "request",
            Self::Account => "account",
            Self::CheckDrift | Self::AdoptDrift => "drift",
            Self::Statement => "statement",
        }
    }

    /// The action, as a word in the database.
    pub fn action(self) -> String {
        match self {
            Self::Order(_, actor, action) => format!("{} {}", actor.name(), action.name()),
            Self::OpenCase => "open".to_owned(),
            Self::Case(action) => action.name().to_owned(),
            Self::Quarantine(provider) => provider.map_or("settle", Provider::name).to_owned(),
            Self::Alert => "acknowledge".to_owned(),
            Self::Runbook => "tick".to_owned(),
            Self::PersonalData => "erase".to_owned(),
            Self::WithdrawRequest(provider) => format!("withdraw {}", provider.name()),
            Self::ApproveRequest => "approve".to_owned(),
            Self::SettleRequest => "settle".to_owned(),
            Self::CheckDrift => "check".to_owned(),
            Self::AdoptDrift => "adopt".to_owned(),
            Self::Statement => "keep".to_owned(),
            Self::Plan | Self::View | Self::People | Self::Policy | Self::Account => "change".to_owned(),
        }
    }

    /// Everything there is.
    pub fn all() -> Vec<Self> {
        let orders = Provider::all().iter().flat_map(|&provider| {
            provider.moves().into_iter().map(move |(action, actor)| Self::Order(provider, actor, action))
        });
        let cases = CaseAction::VARIANTS.iter().copied().map(Self::Case);
        let facts = Provider::all().iter().copied().map(Some).chain([None]).map(Self::Quarantine);
        let rest = [
            Self::OpenCase,
            Self::Plan,
            Self::Alert,
            Self::Runbook,
            Self::View,
            Self::People,
            Self::Policy,
            Self::PersonalData,
            Self::ApproveRequest,
            Self::SettleRequest,
            Self::Account,
            Self::CheckDrift,
            Self::AdoptDrift,
            Self::Statement,
        ];
        let requests = Provider::all().iter().copied().map(Self::WithdrawRequest);
        orders.chain(cases).chain(facts).chain(requests).chain(rest).collect()
    }
}

/// What this role must give to do this; `None` if it may not.
pub fn proof(role: Role, task: Task) -> Option<Proof> {
    let free = |may: bool| may.then_some(Proof::Nothing);
    let works_on_cases = matches!(role, Role::Agent | Role::Lead);
    match task {
        Task::Order(provider, actor, action) => {
            let rows = provider.definition().permissions.iter();
            rows.filter(|row| row.0 == role && row.1 == actor && row.2.is_none_or(|only| only == action))
                .map(|row| row.3)
                .next()
        }
        Task::Case(CaseAction::Approve | CaseAction::SendBack | CaseAction::Reassign) => free(role == Role::Lead),
        Task::Case(CaseAction::AddNote) => free(works_on_cases || role == Role::Ops),
        Task::OpenCase
        | Task::Case(
            CaseAction::Take
            | CaseAction::TakeOver
            | CaseAction::Release
            | CaseAction::HandOver
            | CaseAction::Snooze
            | CaseAction::EndSnooze
            | CaseAction::SetLanguage
            | CaseAction::SetReason
            | CaseAction::TickChecklist
            | CaseAction::SendMessage
            | CaseAction::AskAndWait
            | CaseAction::RecordReply
            | CaseAction::StopWaiting
            | CaseAction::AttachFile
            | CaseAction::Decide
            | CaseAction::WithdrawProposal
            | CaseAction::RecordPayout
            | CaseAction::Close,
        ) => free(works_on_cases),
        // A fact is decided by those who move the provider's orders themselves.
        Task::Quarantine(Some(provider)) => free(moves_orders(role, provider)),
        Task::Quarantine(None) => free(Provider::all().iter().any(|&provider| moves_orders(role, provider))),
        Task::WithdrawRequest(provider) => free(moves_orders(role, provider)),
        Task::ApproveRequest => free(role == Role::Lead),
        Task::Plan | Task::Alert | Task::Runbook | Task::SettleRequest | Task::AdoptDrift | Task::Statement => {
            free(role == Role::Ops)
        }
        Task::View | Task::CheckDrift => free(role != Role::Viewer),
        Task::People | Task::Policy | Task::PersonalData | Task::Account => free(role == Role::Admin),
    }
}

fn moves_orders(role: Role, provider: Provider) -> bool {
    let own = provider.own_actor();
    provider
        .moves()
        .into_iter()
        .any(|(action, actor)| actor == own && proof(role, Task::Order(provider, actor, action)).is_some())
}

/// The whole table: what the database holds and the docs show.
pub fn permissions() -> Vec<Permission> {
    let row = |task| {
        let roles = Role::VARIANTS.iter();
        roles.filter_map(move |&role| proof(role, task).map(|proof| Permission { role, task, proof }))
    };
    Task::all().into_iter().flat_map(row).collect()
}

impl Roles {
    /// What a person with these roles must give to do this.
    ///
    /// # Errors
    ///
    /// No role of theirs may do it: [`NotPermitted`] names those that may.
    ///
    /// # Examples
    ///
    /// ```
    /// use recourse::domain::{Proof, Role, Roles, Task};
    ///
    /// let ops: Roles = [Role::Ops].into_iter().collect();
    /// assert_eq!(ops.may(Task::Plan), Ok(Proof::Nothing));
    ///
    /// let refused = ops.may(Task::OpenCase).unwrap_err();
    /// assert_eq!(refused.to_string(), "only agent or lead can do this. Your roles: ops");
    /// ```
    pub fn may(self, task: Task) -> Result<Proof, NotPermitted> {
        self.iter().find_map(|role| proof(role, task)).ok_or_else(|| {
            let may = Role::VARIANTS.iter().copied().filter(|&role| proof(role, task).is_some()).collect();
            NotPermitted { may, has: self }
        })
    }
}

/// A sentence for people: "only agent or lead can do this. Your roles: ops".
impl fmt::Display for NotPermitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let may: Vec<&str> = self.may.iter().map(Role::name).collect();
        match may.as_slice() {
            [] => f.write_str("no person may record this"),
            several => write!(f, "only {} can do this. Your roles: {}", several.join(" or "), self.has),
        }
    }
}

impl std::error::Error for NotPermitted {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ATARAPAY, TAMARA};

    #[test]
    fn the_table_says_who_may() {
        let check = |task: Task, roles: &str| {
            let may = Role::VARIANTS.iter().filter(|&&role| proof(role, task).is_some()).map(|role| role.name());
            assert_eq!(may.collect::<Vec<_>>().join(" "), roles, "{task:?}");
        };
        check(Task::Order(TAMARA, Actor::Merchant, Action::Authorise), "ops");
        check(Task::Order(TAMARA, Actor::Provider, Action::Approve), "");
        check(Task::Order(ATARAPAY, Actor::DisputeManager, Action::Settle), "agent lead");
        check(Task::Order(ATARAPAY, Actor::Provider, Action::Complete), "agent lead");
        check(Task::Case(CaseAction::Approve), "lead");
        check(Task::Case(CaseAction::AddNote), "agent lead ops");
        check(Task::Quarantine(Some(TAMARA)), "ops");
        check(Task::Quarantine(None), "agent lead ops");
        check(Task::Plan, "ops");
        check(Task::AdoptDrift, "ops");
        check(Task::Statement, "ops");
        check(Task::CheckDrift, "agent lead ops admin");
        check(Task::People, "admin");
    }

    #[test]
    fn a_refusal_names_who_may() {
        let refused = [Role::Ops].into_iter().collect::<Roles>().may(Task::OpenCase).map_err(|it| it.to_string());
        assert_eq!(refused, Err("only agent or lead can do this. Your roles: ops".to_owned()));
    }

    #[test]
    fn no_two_rows_have_the_same_key() {
        let mut keys: Vec<_> =
            permissions().iter().map(|row| (row.role, row.task.object(), row.task.action())).collect();
        let rows = keys.len();
        keys.sort();
        keys.dedup();
        assert!(rows > 50 && keys.len() == rows, "{rows} rows, {} keys", keys.len());
    }
}
