//! Reads settlement statements for the console.

use super::Worker;
use crate::console::app::message::Message;
use crate::console::kit::paged::PAGE;
use crate::console::statements::state::{MOST, News, PageAsk, PageShown};
use crate::store::StoreError;
use crate::store::statements::{self, Which};

impl Worker {
    pub(super) async fn statements(&self, ask: PageAsk) -> Message {
        let page = self.read(self.page_of_statement(&ask)).await;
        Message::Statements(News::Page(ask, page))
    }

    async fn page_of_statement(&self, ask: &PageAsk) -> Result<PageShown, StoreError> {
        let pool = &self.store.pool;
        let all = statements::all(pool, Which::All, MOST).await?;
        let Some(number) = ask.number.or_else(|| all.first().map(|it| it.number)) else {
            return Ok(PageShown::default());
        };
        let differences = statements::differences(pool, number, ask.after, PAGE as i64).await?;
        Ok(PageShown { all, differences, sums: statements::sums(pool, number).await? })
    }
}
