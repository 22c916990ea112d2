//! Reads the orders that differ for the console, has one read at its provider, and records what a person decides.

use super::Worker;
use crate::console::app::load::Failure;
use crate::console::app::message::Message;
use crate::console::drift::shown::Differing;
use crate::console::drift::state::{Ask, News, PageAsk};
use crate::console::kit::paged::PAGE;
use crate::desk;
use crate::store::StoreError;
use crate::store::drift::{self, Which};

impl Worker {
    pub(super) async fn drift(&self, ask: Ask) -> Message {
        Message::Drift(match ask {
            Ask::Page(ask) => {
                let page = self.read(self.page_of_drift(&ask)).await;
                News::Page(ask, page)
            }
            Ask::Check(order) => {
                let checked = desk::drift::check(&self.store, &[order.to_string()]).await.map_err(Failure::from);
                News::Checked(order, checked)
            }
            Ask::Adopt(order, way, note) => {
                let adopting = async {
                    let roles = desk::roles(&self.store, self.role).await?;
                    desk::drift::adopt(&self.store, roles, &order, way, &note).await
                };
                let adopted = adopting.await.map_err(Failure::from);
                News::Adopted(order, adopted)
            }
        })
    }

    async fn page_of_drift(&self, ask: &PageAsk) -> Result<Vec<Differing>, StoreError> {
        let which = Which { class: ask.class, after: ask.after.clone(), ..Which::default() };
        let found = drift::list(&self.store.pool, &which, PAGE as i64).await?;
        Ok(found.iter().map(Differing::of).collect())
    }
}
