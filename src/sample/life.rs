//! Simulates the life of one order by the law: nothing happens that the law refuses.

use chrono::{DateTime, TimeDelta, Utc};

use super::dice::Dice;
use crate::domain::{
    ATARAPAY, Action, Actor, Ask, By, Currency, Money, Order, OrderKey, Parts, Pot, Provider, Step, TAMARA, decide,
};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

const NIGERIAN: [&str; 12] = [
    "Chidinma Okafor",
    "Babatunde Adeyemi",
    "Ngozi Eze",
    "Emeka Nwosu",
    "Folake Ogunleye",
    "Ibrahim Musa",
    "Aisha Bello",
    "Tunde Balogun",
    "Yetunde Alabi",
    "Ọlámídé Àjàyí",
    "Chukwuemeka Obi",
    "Hauwa Abubakar",
];
const ARABIC: [&str; 12] = [
    "سارة العتيبي",
    "محمد القحطاني",
    "نورة الدوسري",
    "عبدالله الشمري",
    "فاطمة الهاشمي",
    "خالد المطيري",
    "ريم الكندي",
    "يوسف العلي",
    "لطيفة آل مكتوم",
    "Omar الحربي",
    "Layla Haddad",
    "Ali بن حمد",
];
const MERCHANTS: [&str; 8] =
    ["riyadh-home", "kuwait-toys", "dubai-shoes", "manama-books", "muscat-garden", "jeddah-phones", "doha-road", "m-7"];
/// The merchant whose integration is broken.
pub const BROKEN: &str = "jeddah-phones";
const SHOPS: [&str; 6] = ["Lantern House", "Ikeja Phones", "Aba Leather", "Kano Textiles", "Jos Garden", "Lekki Decor"];

/// The life of an order: its opening and all its steps.
pub struct Life {
    /// The order as it was opened.
    pub opened: Order,
    /// The merchant.
    pub merchant: String,
    /// Who pays.
    pub buyer: String,
    /// Who delivers, at AtaraPay.
    pub seller: Option<String>,
    /// The cancellation fee, at AtaraPay.
    pub fee: Option<Money>,
    /// Its steps.
    pub steps: Vec<Step>,
    now: DateTime<Utc>,
    order: Order,
}

impl Life {
    /// Simulates the order with this index.
    pub fn live(index: u64, opened_at: DateTime<Utc>, dice: &mut Dice) -> Self {
        if dice.chance(0.5) { Self::tamara(index, opened_at, dice) } else { Self::atarapay(index, opened_at, dice) }
    }

    fn begin(key: Option<OrderKey>, amount: Money, at: DateTime<Utc>, provider: Provider) -> Self {
        let key = key.unwrap_or(OrderKey { provider, id: "sample".to_owned() });
        let opened = Order::open(key, amount, at);
        let (merchant, buyer) = (String::new(), String::new());
        Self { order: opened.clone(), opened, merchant, buyer, seller: None, fee: None, steps: Vec::new(), now: at }
    }

    fn tamara(index: u64, at: DateTime<Utc>, dice: &mut Dice) -> Self {
        let currency = *dice.pick(&[
            Currency::Sar,
            Currency::Sar,
            Currency::Sar,
            Currency::Aed,
            Currency::Kwd,
            Currency::Bhd,
            Currency::Omr,
        ]);
        let unit = 10_i64.pow(currency.exponent());
        let amount = Money::new(dice.between(20, 4_000) * unit + dice.between(0, 4) * unit / 4, currency);
        let id = format!("{:08x}-{index:04x}", dice.below(1 << 32));
        let mut life = Self::begin(OrderKey::new(TAMARA, &id), amount, at, TAMARA);
        life.merchant = (*dice.pick(&MERCHANTS)).to_owned();
        life.buyer = (*dice.pick(&ARABIC)).to_owned();
        life.pay_later(dice);
        life
    }

    fn pay_later(&mut self, dice: &mut Dice) {
        use Actor::{Clock, Merchant};
        match dice.below(100) {
            0..7 => return self.then(dice.wait(MINUTE, 20 * MINUTE), Action::Decline, Actor::Provider),
            7..12 => return self.then(TimeDelta::minutes(30), Action::Expire, Clock),
            _ => self.then(dice.wait(MINUTE, 20 * MINUTE), Action::Approve, Actor::Provider),
        }
        // One merchant's integration is broken: its orders get stuck.
        let stuck = if self.merchant == BROKEN { 0.5 } else { 0.01 };
        if dice.chance(stuck) {
            return self.then(TimeDelta::hours(72), Action::Expire, Clock);
        }
        self.then(dice.wait(5, 40 * MINUTE), Action::Authorise, Merchant);
        let whole = self.left(Pot::Uncaptured);
        match dice.below(100) {
            0..6 => return self.pay(dice.wait(HOUR, 2 * DAY), Action::Cancel, whole),
            6..12 => {
                let part = self.some(whole, dice);
                self.pay(dice.wait(HOUR, 2 * DAY), Action::Cancel, part);
            }
            12..17 => return,
            _ => {}
        }
        let mut parts = dice.below(3);
        while parts > 0 && self.left(Pot::Uncaptured).minor > 1 {
            let part = self.some(self.left(Pot::Uncaptured), dice);
            self.pay(dice.wait(2 * HOUR, 4 * DAY), Action::Capture, part);
            parts -= 1;
        }
        if !dice.chance(0.1) {
            self.pay(dice.wait(2 * HOUR, 5 * DAY), Action::Capture, self.left(Pot::Uncaptured));
        }
        if dice.chance(0.15) {
            let all = self.left(Pot::Refundable);
            let part = if dice.chance(0.5) { all } else { self.some(all, dice) };
            self.pay(dice.wait(2 * DAY, 14 * DAY), Action::Refund, part);
        }
    }

    fn atarapay(index: u64, at: DateTime<Utc>, dice: &mut Dice) -> Self {
        let currency = if dice.chance(0.85) { Currency::Ngn } else { Currency::Usd };
        let most = if currency == Currency::Ngn { 900 } else { 40 };
        let amount =
            Money::new(dice.between(8, most) * 50_000 / if currency == Currency::Ngn { 1 } else { 50 }, currency);
        let id = format!("ATP-{}", 20_000 + index);
        let mut life = Self::begin(OrderKey::new(ATARAPAY, &id), amount, at, ATARAPAY);
        life.merchant = format!("{}", 100 + dice.below(40));
        life.buyer = (*dice.pick(&NIGERIAN)).to_owned();
        life.seller = Some((*dice.pick(&SHOPS)).to_owned());
        life.fee = dice.chance(0.6).then(|| Money::new(amount.minor / 20, currency));
        life.escrow(dice);
        life
    }

    fn escrow(&mut self, dice: &mut Dice) {
        use Actor::{Buyer, Courier, Seller};
        match dice.below(100) {
            0..6 => return self.then(dice.wait(HOUR, 2 * DAY), Action::Cancel, Buyer),
            6..9 => return self.then(dice.wait(HOUR, 2 * DAY), Action::Cancel, Seller),
            _ => self.then(dice.wait(12 * HOUR, 6 * DAY), Action::Deliver, Courier),
        }
        if dice.chance(0.06) {
            return; // a buyer who never answers
        }
        if dice.chance(0.72) {
            self.then(dice.wait(HOUR, 3 * DAY), Action::Accept, Buyer);
            return self.then(dice.wait(2 * HOUR, 2 * DAY), Action::Complete, Actor::Provider);
        }
        self.then(dice.wait(HOUR, 3 * DAY), Action::Reject, Buyer);
        if dice.chance(0.3) {
            self.then(dice.wait(HOUR, DAY), Action::AgreeSecondDelivery, Seller);
            self.then(dice.wait(DAY, 4 * DAY), Action::Deliver, Courier);
            if dice.chance(0.6) {
                self.then(dice.wait(HOUR, 2 * DAY), Action::Accept, Buyer);
                return self.then(dice.wait(2 * HOUR, 2 * DAY), Action::Complete, Actor::Provider);
            }
            self.then(dice.wait(HOUR, 2 * DAY), Action::Reject, Buyer);
        }
        if dice.chance(0.35) {
            self.then(dice.wait(HOUR, 2 * DAY), Action::ConfirmGoodCondition, Seller);
            return self.then(dice.wait(2 * HOUR, 2 * DAY), Action::Complete, Actor::Provider);
        }
        self.dispute(dice);
    }

    fn dispute(&mut self, dice: &mut Dice) {
        use Actor::{Buyer, DisputeManager, Seller};
        self.then(dice.wait(HOUR, 2 * DAY), Action::ReportBadCondition, Seller);
        match dice.below(10) {
            0 => self.then(dice.wait(HOUR, 2 * DAY), Action::Withdraw, Buyer),
            1 => self.then(dice.wait(HOUR, 2 * DAY), Action::Withdraw, Seller),
            _ => {
                self.then(dice.wait(HOUR, 2 * DAY), Action::RaiseDispute, Seller);
                match dice.below(10) {
                    0..2 => self.then(dice.wait(DAY, 5 * DAY), Action::Withdraw, *dice.pick(&[Buyer, Seller])),
                    2..6 => {
                        let held = self.order.amount.minor;
                        let to_seller = held * dice.between(0, 11) / 10;
                        let ask = Ask {
                            parts: Some(Parts { to_seller, to_buyer: held - to_seller }),
                            ..self.ask(dice.wait(DAY, 8 * DAY), Action::Settle, DisputeManager)
                        };
                        self.take(&ask);
                    }
                    _ => return,
                }
            }
        }
        if dice.chance(0.8) {
            self.then(dice.wait(4 * HOUR, 3 * DAY), Action::Complete, Actor::Provider);
        }
    }

    fn left(&self, pot: Pot) -> Money {
        self.order.money(self.order.facts.left(pot))
    }

    /// A part of an amount, in whole major units if possible.
    fn some(&self, of: Money, dice: &mut Dice) -> Money {
        let unit = 10_i64.pow(of.currency.exponent());
        let units = of.minor / unit;
        Money { minor: if units > 1 { dice.between(1, units) * unit } else { (of.minor / 2).max(1) }, ..of }
    }

    fn ask(&self, after: TimeDelta, action: Action, actor: Actor) -> Ask {
        Ask::new(action, actor, self.now + after, By::Fact)
    }

    fn then(&mut self, after: TimeDelta, action: Action, actor: Actor) {
        self.take(&self.ask(after, action, actor));
    }

    fn pay(&mut self, after: TimeDelta, action: Action, amount: Money) {
        let ask = Ask { amount: Some(amount), ..self.ask(after, action, Actor::Merchant) };
        self.take(&ask);
    }

    /// Makes the move, unless the law refuses it.
    fn take(&mut self, ask: &Ask) {
        if let Ok(step) = decide(&self.order, ask) {
            self.now = ask.at;
            self.order = step.order().clone();
            self.steps.push(step);
        }
    }
}
