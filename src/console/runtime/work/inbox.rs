//! Reads what concerns the person, and marks it as read.

use super::Worker;
use crate::console::app::message::Message;
use crate::console::inbox::state::{Ask, MOST, News};
use crate::store::inbox;

impl Worker {
    pub(super) async fn inbox(&self, ask: Ask) -> Message {
        Message::Inbox(match ask {
            Ask::Look => {
                News::Items(self.read(inbox::of(&self.store.pool, &self.store.person, true, None, MOST)).await)
            }
            Ask::Read(ids) => {
                News::Read(self.read(async { inbox::mark_read(&self.store, ids.as_deref()).await.map(|_| ()) }).await)
            }
        })
    }
}
