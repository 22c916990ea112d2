//! Reads requests to the providers for the console, and says a person's word on one.

use super::Worker;
use crate::console::app::load::Failure;
use crate::console::app::message::Message;
use crate::console::kit::paged::PAGE;
use crate::console::requests::state::{Ask, News, PageAsk, PageShown};
use crate::desk;
use crate::desk::providers;
use crate::records::RequestState;
use crate::serve::secret::Secret;
use crate::settings::token;
use crate::store::StoreError;
use crate::store::accounts::{Ask as Asked, Question};
use crate::store::received;
use crate::store::requests::{self, Which};
use crate::text;

impl Worker {
    pub(super) async fn requests(&self, ask: Ask) -> Message {
        Message::Requests(match ask {
            Ask::Page(ask) => {
                let page = self.read(self.page_of_requests(&ask)).await;
                News::Page(ask, page)
            }
            Ask::Token(name, token) => {
                let answer = self.replace_token(&name, &token).await;
                News::Replaced(name, answer)
            }
            Ask::Say(id, word, note) => {
                let said = async {
                    let roles = desk::roles(&self.store, self.role).await?;
                    providers::settle(&self.store, roles, id, &word, note.as_deref()).await
                };
                News::Said(id, self.in_time(said).await.map_err(Failure::from))
            }
        })
    }

    /// Writes an account's token where its server reads it, has the server read it, and says what the provider says of it.
    async fn replace_token(&self, name: &str, token: &Secret) -> Result<(bool, String), Failure> {
        let Some(file) = &self.duties.accounts else {
            let words = "The accounts file is not on this machine: use recourse accounts token where the server runs.";
            return Err(Failure::Other(words.to_owned()));
        };
        token::replace(file, name, token.expose()).map_err(|words| Failure::Other(text::sentence(&words)))?;
        desk::accounts::put(&self.store, &Asked::of(name, Question::Reload)).await.map_err(Failure::from)
    }

    async fn page_of_requests(&self, ask: &PageAsk) -> Result<PageShown, StoreError> {
        use RequestState::{Queued, Sending, ToApprove, Unknown};
        let which = Which { state: ask.state, before: ask.before, ..Which::default() };
        let requests = requests::list(&self.store.pool, &which, PAGE as i64).await?;
        let open = received::backlog(&self.store.pool).await?;
        let counts =
            [(ToApprove, open.to_approve), (Queued, open.queued), (Sending, open.sending), (Unknown, open.unknown)];
        Ok(PageShown { requests, open: counts.to_vec() })
    }
}
