//! What to do about each cause, step by step. Only data: the screen adds the keys, the store adds the ticks.

use crate::records::Cause;

/// Where in this program a step is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tool {
    /// Outside this program: the provider's portal, a phone, another team.
    Elsewhere,
    /// The order's action menu.
    Actions,
    /// The quarantine.
    Quarantine,
    /// A plan for all orders that are stuck for the same reason.
    Plan,
    /// Copying what others need to know.
    Copy,
    /// Refreshing from the database.
    Refresh,
    /// A new token for the account that sends for the order.
    Token,
}

/// One step of a runbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Its name. Ticks record it, so it never changes.
    pub name: &'static str,
    /// What to do.
    pub words: &'static str,
    /// Where to do it.
    pub tool: Tool,
}

const fn step(name: &'static str, words: &'static str, tool: Tool) -> Step {
    Step { name, words, tool }
}

const LOOK: Step =
    step("look-there", "Look up the order in the provider's portal, or call GET /orders/{id}", Tool::Elsewhere);
const AUTHORISE: Step =
    step("authorise", "Authorise it: the provider is asked, or record it once it is done there", Tool::Actions);
const RECORD: Step = step("record", "Record here what the provider already has", Tool::Actions);
const ALL: Step = step("plan-the-rest", "Plan the same for the merchant's other stuck orders", Tool::Plan);
const VERIFY: Step = step("verify", "Check that a notification confirms it", Tool::Refresh);
const TELL: Step = step("tell-merchant", "Notify the merchant, with order id and evidence", Tool::Copy);
const STOP: Step = step("stop-shipping", "Make sure that nothing is shipped for it", Tool::Elsewhere);
const LEAVE: Step = step(
    "let-expire",
    "Import the provider's notification of its end, or a new answer: it is then recorded here",
    Tool::Refresh,
);
const CALL: Step = step("call-there", "Call the provider: the action is only recorded here", Tool::Elsewhere);
const HELD: Step =
    step("held", "Check its facts in quarantine: the order is final here, so a person has to act", Tool::Quarantine);
const SETTLE: Step = step("settle", "Choose the true reading, or dismiss the fact with a reason", Tool::Quarantine);
const SENDER: Step = step("fix-sender", "Find out why it was sent that way, and have it fixed", Tool::Elsewhere);
const WHICH: Step = step("which", "Decide whether to authorise or to record what the provider has", Tool::Elsewhere);
const TOKEN: Step = step("check-token", "Check the merchant's API token: was it rotated or revoked?", Tool::Elsewhere);
const NEW_TOKEN: Step = step(
    "new-token",
    "Give the account, or the integration, the new token (recourse accounts token); cancel nothing",
    Tool::Token,
);
const ID: Step =
    step("check-id", "Check that the call used the provider's order id, in the right environment", Tool::Copy);
const STATUS_PAGE: Step = step("status-page", "Check the provider's status page before trying again", Tool::Elsewhere);
const ASK: Step =
    step("ask-provider", "Ask the provider why its automatic authorisation has not arrived", Tool::Elsewhere);
const MISSED: Step = step(
    "import-missed",
    "Import the missing notifications: the provider lists them, or sends them again",
    Tool::Elsewhere,
);
const WEBHOOK: Step = step("check-webhook", "Check the merchant's webhook address and token", Tool::Elsewhere);
const INTEGRATION: Step =
    step("check-integration", "Check whether the merchant's integration authorises at all", Tool::Elsewhere);

/// The steps for a cause, in order.
pub const fn steps(cause: Cause) -> &'static [Step] {
    match cause {
        Cause::WebhookMissing => &[LOOK, WEBHOOK, MISSED, TELL],
        Cause::ProviderAhead => &[LOOK, RECORD, ALL, VERIFY],
        Cause::ProviderEnded => &[LOOK, STOP, TELL, LEAVE],
        Cause::EndedHere => &[LOOK, STOP, HELD, TELL],
        Cause::ProviderBehind => &[LOOK, STOP, CALL, VERIFY],
        Cause::Quarantined => &[SETTLE, SENDER, AUTHORISE],
        Cause::Conflict => &[LOOK, WHICH, AUTHORISE],
        Cause::NotAllowed => &[TOKEN, NEW_TOKEN, AUTHORISE, ALL, TELL],
        Cause::SumsDiffer => &[LOOK, STOP, HELD, TELL],
        Cause::NotFound | Cause::Absent => &[ID, LOOK, AUTHORISE],
        Cause::ServerError | Cause::Timeout => &[LOOK, STATUS_PAGE, AUTHORISE, ALL],
        Cause::AttemptFailed => &[LOOK, AUTHORISE, TELL],
        Cause::AutomaticExpected => &[LOOK, ASK, AUTHORISE],
        Cause::NeverNotified => &[LOOK, WEBHOOK, AUTHORISE, ALL, TELL],
        Cause::NeverCalled => &[INTEGRATION, AUTHORISE, ALL, TELL],
    }
}

#[cfg(test)]
mod tests {
    use strum::VariantArray;

    use crate::stuck::runbook::*;

    #[test]
    fn every_cause_has_steps_with_names_of_their_own() {
        for &cause in Cause::VARIANTS {
            let mut names: Vec<&str> = steps(cause).iter().map(|step| step.name).collect();
            assert!(names.len() >= 3, "{cause:?}");
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), steps(cause).len(), "{cause:?}");
        }
    }
}
