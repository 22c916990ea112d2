//! Evidence about orders: actions that were attempted and statuses that were observed. Append-only.

use chrono::{DateTime, Utc};
use sqlx::postgres::PgPool;
use sqlx::{FromRow, PgConnection};

use super::StoreError;
use crate::domain::{OrderKey, Status};
use crate::wire::evidence::{Noted, Told};

/// One piece of evidence, as stored.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Evidence {
    /// The order.
    pub order_id: String,
    /// `attempted` or `observed`.
    pub kind: String,
    /// The attempted action.
    pub action: Option<String>,
    /// The result of the attempt.
    pub result: Option<String>,
    /// The status that the provider reported.
    pub status: Option<String>,
    /// More detail, as received.
    pub detail: Option<String>,
    /// When it happened.
    pub happened_at: DateTime<Utc>,
    /// Who recorded it.
    pub recorder: String,
}

/// Stores evidence about orders.
pub async fn keep(connection: &mut PgConnection, noted: &[Noted], recorder: &str) -> Result<(), StoreError> {
    if noted.is_empty() {
        return Ok(());
    }
    let told = |noted: &Noted| match &noted.told {
        Told::Attempted { action, result } => ("attempted", Some(action.name()), Some(result.clone()), None),
        Told::Observed(status) => ("observed", None, None, Some(status.name())),
    };
    sqlx::query(sql!("keep_evidence"))
        .bind(noted.iter().map(|it| it.key.to_string()).collect::<Vec<_>>())
        .bind(noted.iter().map(|it| told(it).0).collect::<Vec<_>>())
        .bind(noted.iter().map(|it| told(it).1).collect::<Vec<_>>())
        .bind(noted.iter().map(|it| told(it).2).collect::<Vec<_>>())
        .bind(noted.iter().map(|it| told(it).3).collect::<Vec<_>>())
        .bind(noted.iter().map(|it| it.detail.as_deref()).collect::<Vec<_>>())
        .bind(noted.iter().map(|it| it.at).collect::<Vec<_>>())
        .bind(vec![recorder; noted.len()])
        .execute(connection)
        .await?;
    Ok(())
}

/// The latest evidence about these orders, at most `most` pieces for each, oldest first.
pub async fn of(pool: &PgPool, orders: &[String], most: i64) -> Result<Vec<Evidence>, StoreError> {
    Ok(sqlx::query_as(sql!("evidence")).bind(orders).bind(most).fetch_all(pool).await?)
}

impl Evidence {
    /// The status that the provider named.
    pub fn status(&self) -> Option<Status> {
        Status::read(OrderKey::parse(&self.order_id)?.provider, self.status.as_deref()?)
    }

    /// As text: `authorise attempted: 409, {…}`.
    pub fn words(&self) -> String {
        let detail = self.detail.as_deref().map(|detail| format!(", {}", crate::text::cut(detail, 120)));
        let said = match (&self.action, &self.status) {
            (Some(action), _) => format!("{action} attempted: {}", self.result.as_deref().unwrap_or_default()),
            (None, Some(status)) => {
                let title = self.status().map(Status::title);
                format!("the provider says {}", title.unwrap_or(status))
            }
            (None, None) => String::new(),
        };
        said + &detail.unwrap_or_default()
    }
}
