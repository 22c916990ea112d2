//! The sentences of letters, in each language. What is in braces is filled in.

use chrono::{DateTime, Datelike, Utc};

use crate::records::{Language, Party};

/// The sentences of one language.
#[derive(Debug)]
pub struct Phrases {
    /// The first line.
    pub dear: &'static str,
    /// The buyer and the seller, where a letter is to someone without a name.
    pub parties: [&'static str; 2],
    /// The buyer and the seller, as someone else.
    pub others: [&'static str; 2],
    /// What a letter is about.
    pub subject: &'static str,
    /// That a dispute was withdrawn.
    pub withdrawn: &'static str,
    /// That it was decided.
    pub decided: &'static str,
    /// What it was about.
    pub about: &'static str,
    /// Who receives everything, nothing, or a part.
    pub everything: &'static str,
    /// The same.
    pub nothing: &'static str,
    /// The same.
    pub part: &'static str,
    /// Who withdrew: the seller, or the buyer.
    pub seller_withdrew: &'static str,
    /// The same.
    pub buyer_withdrew: &'static str,
    /// Before the reason of a decision.
    pub because: &'static str,
    /// That the complaint was upheld, was not, or in part.
    pub upheld: [&'static str; 3],
    /// That money was paid, was sent, or will be.
    pub paid: [&'static str; 3],
    /// The reference of a payment.
    pub reference: &'static str,
    /// Before the messages.
    pub messages: &'static str,
    /// A message of the reader, and one of ours.
    pub said: [&'static str; 2],
    /// The last line.
    pub questions: &'static str,
    months: [&'static str; 12],
}

const ENGLISH: Phrases = Phrases {
    dear: "Dear {name},",
    parties: ["buyer", "seller"],
    others: ["the buyer", "the seller"],
    subject: "Order {order}: our decision",
    withdrawn: "The dispute about order {order} was withdrawn on {day}. We held {held} for it.",
    decided: "We have decided the dispute about order {order}{about}. We held {held} for it. The decision was made on {day}.",
    about: ", reported as: {reason}",
    everything: "You receive {own}: the full amount held for this order.",
    nothing: "You receive nothing: {held}, the full amount held for this order, goes to {other}.",
    part: "You receive {own} of the {held} held for this order; {other} receives {theirs}.",
    seller_withdrew: "The reason: the seller withdrew it, so the buyer is refunded.",
    buyer_withdrew: "The reason: the buyer withdrew it, so the seller is paid.",
    because: "The reason for our decision: {words}",
    upheld: [
        "the complaint ({title}) was upheld.",
        "the complaint ({title}) was not upheld.",
        "the complaint ({title}) was upheld in part.",
    ],
    paid: ["{amount} was paid to you.", "{amount} is on its way to you.", "{amount} will be paid to you."],
    reference: " Its reference is {reference}.",
    messages: "Our messages about this order:",
    said: ["You, on {day}: {body}", "We, on {day}: {body}"],
    questions: "If you have questions, please reply to this letter and give the order number.",
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
};

const ARABIC: Phrases = Phrases {
    dear: "مرحباً {name}،",
    parties: ["المشتري", "البائع"],
    others: ["المشتري", "البائع"],
    subject: "الطلب {order}: قرارنا",
    withdrawn: "سُحب النزاع بشأن الطلب {order} بتاريخ {day}. كنا نحتفظ بمبلغ {held} لهذا الطلب.",
    decided: "اتخذنا قراراً في النزاع بشأن الطلب {order}{about}. كنا نحتفظ بمبلغ {held} لهذا الطلب. صدر القرار بتاريخ {day}.",
    about: "، وسبب الشكوى: {reason}",
    everything: "تحصل على {own}: كامل المبلغ المحتجز لهذا الطلب.",
    nothing: "لا تحصل على أي مبلغ: يذهب {held}، وهو كامل المبلغ المحتجز لهذا الطلب، إلى {other}.",
    part: "تحصل على {own} من أصل {held} محتجزة لهذا الطلب، ويحصل {other} على {theirs}.",
    seller_withdrew: "السبب: سحب البائع النزاع، ولذلك يُرد المبلغ إلى المشتري.",
    buyer_withdrew: "السبب: سحب المشتري النزاع، ولذلك يُدفع المبلغ إلى البائع.",
    because: "سبب قرارنا: {words}",
    upheld: ["قُبلت الشكوى ({title}).", "لم تُقبل الشكوى ({title}).", "قُبلت الشكوى ({title}) جزئياً."],
    paid: ["دُفع لك {amount}.", "{amount} في الطريق إليك.", "سيُدفع لك {amount}."],
    reference: " رقم مرجع الدفعة: {reference}.",
    messages: "رسائلنا بشأن هذا الطلب:",
    said: ["أنت، بتاريخ {day}: {body}", "نحن، بتاريخ {day}: {body}"],
    questions: "إذا كانت لديك أسئلة، فيرجى الرد على هذه الرسالة مع ذكر رقم الطلب.",
    months: [
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "مايو",
        "يونيو",
        "يوليو",
        "أغسطس",
        "سبتمبر",
        "أكتوبر",
        "نوفمبر",
        "ديسمبر",
    ],
};

impl Phrases {
    /// The sentences of a language.
    pub const fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::Arabic => &ARABIC,
        }
    }

    /// A party, where a letter is to someone without a name.
    pub const fn party(&self, party: Party) -> &'static str {
        match party {
            Party::Buyer => self.parties[0],
            Party::Seller => self.parties[1],
        }
    }

    /// A party, as someone else than the reader.
    pub const fn other(&self, party: Party) -> &'static str {
        match party {
            Party::Buyer => self.others[0],
            Party::Seller => self.others[1],
        }
    }

    /// A day.
    pub fn day(&self, at: DateTime<Utc>) -> String {
        let month = self.months.get(at.month0() as usize).copied().unwrap_or_default();
        format!("{} {month} {}", at.day(), at.year())
    }
}
