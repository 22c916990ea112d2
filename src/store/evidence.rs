//! What stands beside an order: what was tried and observed. Append-only.

use chrono::{DateTime, Utc};
use sqlx::postgres::PgPool;
use sqlx::{FromRow, PgConnection};

use super::StoreError;
use crate::domain::Status;
use crate::wire::evidence::{Noted, Told};

/// One piece of evidence, as it was kept.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Evidence {
    /// Whose.
    pub order_id: String,
    /// `attempted` or `observed`.
    pub kind: String,
    /// What was attempted.
    pub action: Option<String>,
    /// What came of it.
    pub result: Option<String>,
    /// What the provider said.
    pub status: Option<String>,
    /// What came with it.
    pub detail: Option<String>,
    /// When.
    pub happened_at: DateTime<Utc>,
    /// Who wrote it down.
    pub recorder: String,
}

/// Keeps evidence beside its orders.
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

/// The latest evidence beside these orders, so much of each at the most, oldest first.
pub async fn of(pool: &PgPool, orders: &[String], most: i64) -> Result<Vec<Evidence>, StoreError> {
    Ok(sqlx::query_as(sql!("evidence")).bind(orders).bind(most).fetch_all(pool).await?)
}

impl Evidence {
    /// In words: `authorise attempted: 409, {…}`.
    pub fn words(&self) -> String {
        let detail = self.detail.as_deref().map(|detail| format!(", {}", crate::text::cut(detail, 120)));
        let said = match (&self.action, &self.status) {
            (Some(action), _) => format!("{action} attempted: {}", self.result.as_deref().unwrap_or_default()),
            (None, Some(status)) => {
                let title = Status::parse(status).map_or(status.as_str(), |status| status.title());
                format!("the provider says {title}")
            }
            (None, None) => String::new(),
        };
        said + &detail.unwrap_or_default()
    }
}
