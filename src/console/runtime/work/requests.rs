//! Reads requests to the providers for the console, and says a person's word on one.

use super::{Worker, in_time, read};
use crate::console::app::load::Failure;
use crate::console::app::message::Message;
use crate::console::requests::state::{Ask, News, PAGE, PageAsk, PageShown};
use crate::desk;
use crate::desk::providers;
use crate::records::RequestState;
use crate::store::StoreError;
use crate::store::received;
use crate::store::requests::{self, Which};

impl Worker {
    pub(super) async fn requests(&self, ask: Ask) -> Message {
        Message::Requests(match ask {
            Ask::Page(ask) => {
                let page = read(self.page_of_requests(&ask)).await;
                News::Page(ask, page)
            }
            Ask::Say(id, word, note) => {
                let said = async {
                    let roles = desk::roles(&self.store, self.role).await?;
                    providers::settle(&self.store, roles, id, &word, note.as_deref()).await
                };
                News::Said(id, in_time(said).await.map_err(Failure::from))
            }
        })
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
