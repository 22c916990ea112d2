//! Random histories against an independent model of the amounts, written from the prose of the law, not from its rows.

use proptest::prelude::*;
use recourse::domain::*;

use super::story::opened_at;

/// Tamara's amounts as the prose describes them, in minor units.
#[derive(Debug, Default)]
struct Book {
    authorised: i64,
    canceled: i64,
    captured: i64,
    refunded: i64,
    cancellations: u32,
    approved: bool,
}

impl Book {
    /// Records the action if the prose allows it; returns whether it does.
    fn takes(&mut self, action: Action, amount: i64, total: i64) -> bool {
        let uncaptured = self.authorised - self.canceled - self.captured;
        let ended = (self.canceled > 0 && self.canceled == self.authorised)
            || (self.captured > 0 && self.refunded == self.captured && uncaptured == 0);
        let fits = match action {
            Action::Approve => !self.approved,
            Action::Authorise => self.approved && self.authorised == 0,
            Action::Cancel => self.captured == 0 && self.cancellations == 0 && (1..=uncaptured).contains(&amount),
            Action::Capture => self.refunded == 0 && (1..=uncaptured).contains(&amount),
            Action::Refund => (1..=self.captured - self.refunded).contains(&amount),
            _ => false,
        } && !ended;
        if fits {
            match action {
                Action::Approve => self.approved = true,
                Action::Authorise => self.authorised = total,
                Action::Cancel => {
                    self.canceled += amount;
                    self.cancellations += 1;
                }
                Action::Capture => self.captured += amount,
                _ => self.refunded += amount,
            }
        }
        fits
    }

    fn status(&self) -> &'static str {
        let uncaptured = self.authorised - self.canceled - self.captured;
        match (self.approved, self.authorised, self.captured, self.refunded) {
            (false, ..) => "new",
            (_, 0, ..) => "approved",
            (_, total, 0, _) if self.canceled == total => "canceled",
            (_, _, 0, _) if self.canceled > 0 => "updated",
            (_, _, 0, _) => "authorised",
            (_, _, _, 0) if uncaptured > 0 => "partially_captured",
            (_, _, _, 0) => "fully_captured",
            (_, _, captured, refunded) if captured == refunded && uncaptured == 0 => "fully_refunded",
            _ => "partially_refunded",
        }
    }
}

fn merchant_action() -> impl Strategy<Value = Action> {
    prop_oneof![
        Just(Action::Approve),
        Just(Action::Authorise),
        Just(Action::Authorise),
        Just(Action::Cancel),
        Just(Action::Capture),
        Just(Action::Capture),
        Just(Action::Refund),
    ]
}

proptest! {
    #[test]
    fn tamara_amounts_follow_the_prose(asked in prop::collection::vec((merchant_action(), 0_i64..=12), 1..40)) {
        let key = OrderKey::new(TAMARA, "P-1").unwrap();
        let mut order = Order::open(key, Money::new(10, Currency::Sar), opened_at());
        let mut book = Book::default();
        for (action, amount) in asked {
            let actor = if action == Action::Approve { Actor::Provider } else { Actor::Merchant };
            let bears = matches!(action, Action::Cancel | Action::Capture | Action::Refund);
            let ask = Ask { amount: bears.then(|| order.money(amount)), ..Ask::new(action, actor, opened_at(), By::Fact) };
            let verdict = decide(&order, &ask);
            prop_assert_eq!(verdict.is_ok(), book.takes(action, amount, 10), "{:?} {} on {:?}", action, amount, book);
            if let Ok(step) = verdict {
                order = step.into_order();
            }
            let facts = order.facts;
            prop_assert_eq!(
                (facts.authorised, facts.canceled, facts.captured, facts.refunded),
                (book.authorised, book.canceled, book.captured, book.refunded)
            );
            prop_assert_eq!(order.status.name(), book.status());
            prop_assert!(facts.canceled + facts.captured <= facts.authorised && facts.refunded <= facts.captured);
        }
    }

    #[test]
    fn a_menu_offers_exactly_what_is_taken(asked in prop::collection::vec((0_usize..20, 1_i64..=12), 0..30), tamara: bool) {
        let provider = if tamara { TAMARA } else { ATARAPAY };
        let key = OrderKey::new(provider, "P-2").unwrap();
        let mut order = Order::open(key, Money::new(10, provider.currencies()[0]), opened_at());
        for (pick, amount) in asked {
            let choices = menu(&order, By::Fact, opened_at());
            for choice in &choices {
                let Ok(offer) = &choice.verdict else { continue };
                let parts = offer.parts.then_some(Parts { to_seller: 4, to_buyer: 6 });
                let ask = Ask { amount: offer.most, parts, ..Ask::new(choice.action, choice.actor, opened_at(), By::Fact) };
                let step = decide(&order, &ask);
                prop_assert!(step.is_ok_and(|step| offer.to.contains(&step.order().status)), "{:?}", choice);
            }
            let choice = &choices[pick % choices.len()];
            let amount = choice.verdict.as_ref().ok().and_then(|offer| offer.most).map(|most| order.money(amount.min(most.minor)));
            let parts = (choice.action == Action::Settle).then_some(Parts { to_seller: 10 - amount.map_or(3, |a| a.minor), to_buyer: 3 });
            let ask = Ask { amount, parts, ..Ask::new(choice.action, choice.actor, opened_at(), By::Fact) };
            match (decide(&order, &ask), &choice.verdict) {
                (Ok(step), Ok(_)) => order = step.into_order(),
                (Err(refusal), Err(expected)) => prop_assert_eq!(&refusal, expected),
                (verdict, offered) => prop_assert!(false, "{:?} but {:?}", verdict, offered),
            }
        }
    }
}
