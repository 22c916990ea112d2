//! What a reading at a provider shows, as lines of our own: people who find one in quarantine can read it, and it can be imported again.

use super::evidence::Told;
use super::line::{Line, Moved, Notice, Said, Words, digest};
use crate::domain::Money;

impl Line {
    /// What a reading at the provider shows. The same reading twice is the same fact, but for what the order is at a time.
    pub fn observed(said: Said) -> Self {
        let order = said.key().clone();
        let at = said.at();
        let content = match &said {
            Said::Opened(_) => "opened".to_owned(),
            Said::Notice(Notice { words: Words::One(way), .. }) => {
                format!("{} {} {}", way.words(), way.reference.as_deref().unwrap_or_default(), at.timestamp_micros())
            }
            Said::Notice(_) | Said::Moved(_) => format!("moved {}", at.timestamp_micros()),
            Said::Noted(noted) => noted.parts().join(" "),
        };
        Self {
            key: digest(&[b"read", order.to_string().as_bytes(), content.as_bytes()]),
            provider: Some(order.provider),
            order: Some(order),
            at: Some(at),
            merchant: None,
            unread: Vec::new(),
            kept_back: None,
            is_read: true,
            said: Ok(said),
        }
    }

    /// The line as our own neutral one, for people who find it in quarantine.
    pub fn written(&self) -> Vec<u8> {
        let Ok(said) = &self.said else { return Vec::new() };
        let (provider, order) = (said.key().provider.name(), &said.key().id);
        let at = said.at().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
        let mut line = serde_json::json!({"provider": provider, "order": order, "at": at});
        let mut set = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                line[name] = value.into();
            }
        };
        match said {
            Said::Opened(opened) => {
                set("type", Some("opened".to_owned()));
                set("amount", Some(opened.amount.digits()));
                set("currency", Some(opened.amount.currency.code().to_owned()));
                set("merchant", opened.merchant.clone());
                set("buyer", opened.buyer.clone());
                set("seller", opened.seller.clone());
            }
            Said::Notice(Notice { words: Words::One(way), .. }) | Said::Moved(Moved { reading: way, .. }) => {
                set("type", Some("moved".to_owned()));
                set("action", Some(way.action.name().to_owned()));
                set("actor", Some(way.actor.name().to_owned()));
                set("amount", way.amount.map(Money::digits));
                set("currency", way.amount.map(|amount| amount.currency.code().to_owned()));
                set("reference", way.reference.clone());
            }
            Said::Noted(noted) => {
                set("type", Some(if noted.told == Told::Absent { "absent" } else { "observed" }.to_owned()));
                set("status", noted.status().map(|status| status.name().to_owned()));
                if let Told::Observed(_, sums) = &noted.told {
                    set("currency", sums.currency().map(|currency| currency.code().to_owned()));
                    sums.named().into_iter().for_each(|(name, sum)| set(name, sum.map(Money::digits)));
                }
            }
            Said::Notice(Notice { words: Words::Atarapay(_), .. }) => {}
        }
        line.to_string().into_bytes()
    }
}
