//! Carries messages to parties: each is given to a command or a webhook until it takes it, or the pauses are used up.

use std::time::Duration;

use serde::Serialize;
use tokio::time::{Instant, sleep};

use super::Server;
use super::messenger::{Messenger, Way};
use crate::domain::{Currency, Money, OrderKey};
use crate::store::messages::{self, Became, Taken};
use crate::store::{StoreError, feed};
use crate::work::tell;

/// How long a message is lent: longer than one attempt may take.
const LENT: f64 = 60.0;
const BATCH: i64 = 20;
/// How often a server says that it carries messages, and looks for what is due.
const LOOK: Duration = Duration::from_secs(1);
const SEEN: Duration = Duration::from_secs(30);

/// A message for other programs.
#[derive(Serialize)]
struct Body<'a> {
    order: String,
    provider: &'static str,
    case: i32,
    /// Of this case: order, case and event name a message for ever, however often it is tried.
    event: i32,
    party: &'a str,
    /// Whom it is for, as the order names them, and the phone numbers in that.
    to: Option<&'a str>,
    phones: &'a [String],
    /// The case waits for the answer.
    waits: bool,
    amount: String,
    currency: String,
    text: &'a str,
    by: &'a str,
    at: String,
    attempt: i32,
}

fn body(taken: &Taken, text: &str) -> Result<String, String> {
    let key = OrderKey::parse(&taken.order_id).ok_or("its order has no id")?;
    let currency = Currency::parse(&taken.currency).map_err(|_| "its currency is not known")?;
    let said = Body {
        order: key.id.clone(),
        provider: key.provider.name(),
        case: taken.number,
        event: taken.seq,
        party: &taken.party,
        to: taken.addressee.as_deref(),
        phones: &taken.phones,
        waits: taken.what == "asked",
        amount: Money::new(taken.amount, currency).digits(),
        currency: taken.currency.clone(),
        text,
        by: &taken.recorder,
        at: taken.at.to_rfc3339(),
        attempt: taken.tries,
    };
    serde_json::to_string(&said).map_err(|error| error.to_string())
}

/// Carries messages until dropped; while the file names no way, says so once.
///
/// # Errors
///
/// [`StoreError`] if the database is lost, or the login may not serve. It returns only with an error.
pub async fn run(server: &Server) -> Result<(), StoreError> {
    let mut bell = server.bell.subscribe();
    let (mut said, mut at) = (None, Instant::now());
    loop {
        let messenger = server.messenger();
        let kind = messenger.as_ref().map(|it| it.way.kind());
        if said != Some(kind) || at.elapsed() > SEEN {
            // Several servers may run: only the one that carried them may say that it no longer does.
            if kind.is_some() || matches!(said, Some(Some(_))) {
                messages::carried_by(&server.store.pool, kind).await?;
            }
            (said, at) = (Some(kind), Instant::now());
        }
        if let Some(messenger) = messenger {
            for taken in messages::claim(&server.store.pool, BATCH, LENT).await? {
                carry(server, &messenger, &taken).await?;
            }
        }
        tokio::select! {
            _ = bell.changed() => {}
            () = sleep(LOOK) => {}
        }
    }
}

async fn carry(server: &Server, messenger: &Messenger, taken: &Taken) -> Result<(), StoreError> {
    let told = match taken.body.as_deref().map(|text| body(taken, text)) {
        None => Err("it was erased".to_owned()),
        Some(Err(fault)) => Err(fault),
        Some(Ok(body)) => match &messenger.way {
            Way::Webhook(url) => tell::post(url, &body).await,
            Way::Command(command) => {
                let named = [("RECOURSE_ORDER", taken.order_id.as_str()), ("RECOURSE_PARTY", taken.party.as_str())];
                tell::run(command, &named, &body).await
            }
        },
    };
    let pause = usize::try_from(taken.tries - 1).ok().and_then(|tries| messenger.pauses.get(tries));
    let became = match (&told, pause, &taken.body) {
        (Ok(()), ..) => Became::Sent,
        (Err(why), Some(pause), Some(_)) => Became::Again(pause.as_secs_f64(), why),
        (Err(why), ..) => Became::Failed(why),
    };
    messages::became(&server.store.pool, taken, became).await?;
    if let Err(why) = &told {
        let order = crate::text::clean(&taken.order_id);
        tracing::warn!(order, event = taken.seq, why = %crate::text::clean(why), "a message was not taken");
    }
    feed::ring(&server.store).await;
    Ok(())
}
