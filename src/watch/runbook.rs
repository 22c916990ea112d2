//! What to do about each cause, step by step. Data: the screen adds the keys, the store what was ticked off.

use super::why::Cause;

/// What in this program a step is done with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tool {
    /// Nothing of ours: the provider's portal, a telephone, another team.
    Elsewhere,
    /// The order's action menu.
    Actions,
    /// What waits in quarantine.
    Quarantine,
    /// A plan for all that are stuck for the same reason.
    Plan,
    /// Copying what others need to know.
    Copy,
    /// Asking the database anew.
    Refresh,
}

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Its name, by which a tick is recorded: for ever the same.
    pub name: &'static str,
    /// What to do.
    pub words: &'static str,
    /// With what.
    pub tool: Tool,
}

const fn step(name: &'static str, words: &'static str, tool: Tool) -> Step {
    Step { name, words, tool }
}

const LOOK: Step =
    step("look-there", "look the order up in the provider's portal, or ask GET /orders/{id}", Tool::Elsewhere);
const AUTHORISE: Step = step("authorise", "authorise it there, then record it here", Tool::Actions);
const RECORD: Step = step("record", "record here what is already so there", Tool::Actions);
const ALL: Step = step("plan-the-rest", "plan the same for the merchant's other stuck orders", Tool::Plan);
const VERIFY: Step = step("verify", "see that a notification confirms it", Tool::Refresh);
const TELL: Step = step("tell-merchant", "tell the merchant, with id and evidence", Tool::Copy);
const STOP: Step = step("stop-shipping", "see that nothing is shipped for it", Tool::Elsewhere);
const LEAVE: Step = step("let-expire", "leave it to its clock, or import the provider's notification", Tool::Refresh);
const CALL: Step = step("call-there", "make the call there that is only recorded here", Tool::Elsewhere);
const HELD: Step =
    step("held", "see what of it waits in quarantine: it is final here, and a person has to act", Tool::Quarantine);
const SETTLE: Step = step("settle", "choose the reading that is true, or put it away with a reason", Tool::Quarantine);
const SENDER: Step = step("fix-sender", "find out why it was sent that way, and have it mended", Tool::Elsewhere);
const WHICH: Step = step("which", "decide whether to authorise or to record what is there", Tool::Elsewhere);
const TOKEN: Step =
    step("check-token", "check the merchant's API token: was it rotated or withdrawn?", Tool::Elsewhere);
const NEW_TOKEN: Step = step("new-token", "have the integration take the new token; cancel nothing", Tool::Elsewhere);
const ID: Step =
    step("check-id", "check that the call used the provider's order id, in the right environment", Tool::Copy);
const STATUS_PAGE: Step =
    step("status-page", "look at the provider's status page before trying again", Tool::Elsewhere);
const ASK: Step =
    step("ask-provider", "ask the provider why its automatic authorisation has not come", Tool::Elsewhere);
const WEBHOOK: Step = step("check-webhook", "check the merchant's notification address and token", Tool::Elsewhere);
const INTEGRATION: Step =
    step("check-integration", "check whether the merchant's integration authorises at all", Tool::Elsewhere);

/// The steps for a cause, in order.
pub const fn steps(cause: Cause) -> &'static [Step] {
    match cause {
        Cause::ProviderAhead => &[LOOK, RECORD, ALL, VERIFY],
        Cause::ProviderEnded => &[LOOK, STOP, TELL, LEAVE],
        Cause::EndedHere => &[LOOK, STOP, HELD, TELL],
        Cause::ProviderBehind => &[LOOK, STOP, CALL, VERIFY],
        Cause::Quarantined => &[SETTLE, SENDER, AUTHORISE],
        Cause::Conflict => &[LOOK, WHICH, AUTHORISE],
        Cause::NotAllowed => &[TOKEN, NEW_TOKEN, AUTHORISE, ALL, TELL],
        Cause::NotFound => &[ID, LOOK, AUTHORISE],
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

    use super::*;

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
