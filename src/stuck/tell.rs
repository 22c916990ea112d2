//! What a merchant is written about its stuck orders, in English or Arabic: numbers, cause and deadline in the merchant's own zone.

use chrono::{DateTime, Utc};

use crate::domain::Currency;
use crate::records::{Cause, Language, OrderRecord, Zone};
use crate::stuck::band::clock;
use crate::stuck::why::Why;

/// The most orders that a message lists; a table has all of them.
const LISTED: usize = 50;

/// The zone of a merchant, by the currency of its orders.
pub fn zone_of(orders: &[(OrderRecord, Why)]) -> Zone {
    let name = orders.first().map(|(stored, _)| match stored.order.amount.currency {
        Currency::Sar => "Asia/Riyadh",
        Currency::Aed => "Asia/Dubai",
        Currency::Kwd => "Asia/Kuwait",
        Currency::Bhd => "Asia/Bahrain",
        Currency::Omr => "Asia/Muscat",
        Currency::Ngn | Currency::Usd => "Africa/Lagos",
    });
    name.and_then(|name| name.parse().ok()).unwrap_or_default()
}

/// What a merchant reads of a cause: nothing of how this desk works.
const fn cause(cause: Cause, language: Language) -> &'static str {
    let (english, arabic) = match cause {
        Cause::NotAllowed => ("your API token was refused", "رُفض رمز الواجهة البرمجية الخاص بكم"),
        Cause::NotFound | Cause::Absent => ("Tamara does not know the order", "الطلب غير معروف لدى تمارا"),
        Cause::Conflict => ("Tamara refused to authorise it", "رفضت تمارا تفويضه"),
        Cause::ServerError | Cause::Timeout | Cause::AttemptFailed => {
            ("Tamara did not answer as expected", "لم تستجب تمارا كما هو متوقع")
        }
        Cause::AutomaticExpected => ("your automatic authorisation did not arrive", "لم يصل التفويض التلقائي من جهتكم"),
        Cause::NeverCalled | Cause::NeverNotified => ("it was never authorised", "لم يُفوَّض قط"),
        Cause::WebhookMissing
        | Cause::ProviderAhead
        | Cause::ProviderEnded
        | Cause::EndedHere
        | Cause::ProviderBehind
        | Cause::SumsDiffer
        | Cause::Quarantined => ("your records and Tamara's differ", "سجلاتكم وسجلات تمارا مختلفة"),
    };
    match language {
        Language::English => english,
        Language::Arabic => arabic,
    }
}

/// The number by which the merchant knows the order, or Tamara's.
fn number(stored: &OrderRecord) -> String {
    crate::text::clean(stored.numbers.first().unwrap_or(&stored.order.key.id))
}

/// The message, as lines.
pub fn message(
    merchant: &str,
    orders: &[(OrderRecord, Why)],
    language: Language,
    zone: Zone,
    now: DateTime<Utc>,
) -> Vec<String> {
    let merchant = crate::text::clean(merchant);
    let count = orders.len();
    let first = orders.iter().filter_map(|(stored, _)| Some(clock(&stored.order)?.1)).filter(|due| *due > now).min();
    let first = first.map(|due| zone.show(due, "%Y-%m-%d %H:%M"));
    let mut lines = match language {
        Language::English => vec![
            format!("Dear {merchant},"),
            String::new(),
            format!("{count} of your orders are approved at Tamara and not authorised yet."),
            "An order that is not authorised in time expires, and you are not paid for it.".to_owned(),
        ],
        Language::Arabic => vec![
            format!("مرحباً {merchant}،"),
            String::new(),
            format!("لديكم {count} من الطلبات الموافق عليها لدى تمارا ولم تُفوَّض بعد."),
            "الطلب الذي لا يُفوَّض في موعده تنتهي صلاحيته، ولا يُدفع لكم ثمنه.".to_owned(),
        ],
    };
    if let Some(first) = first {
        lines.push(match language {
            Language::English => format!("The first of them expires on {first} ({zone})."),
            Language::Arabic => format!("ينتهي أولها بتاريخ {first} ({zone})."),
        });
    }
    lines.push(String::new());
    for (stored, why) in orders.iter().take(LISTED) {
        let due = clock(&stored.order).map_or_else(String::new, |(_, due)| zone.show(due, "%Y-%m-%d %H:%M"));
        lines.push(format!("{}  {}  {due}  {}", number(stored), stored.order.amount, cause(why.cause, language)));
    }
    if count > LISTED {
        let more = count - LISTED;
        lines.push(match language {
            Language::English => format!("and {more} more, which the attached table has"),
            Language::Arabic => format!("و{more} طلباً آخر في الجدول المرفق"),
        });
    }
    lines.extend([String::new()]);
    let token = orders.iter().any(|(_, why)| why.cause == Cause::NotAllowed);
    lines.push(match (language, token) {
        // A refused token is no reason to cancel what a customer has bought.
        (Language::English, true) => {
            "Please send us a new API token before that time: then we authorise them. Nothing has to be cancelled for this.".to_owned()
        }
        (Language::Arabic, true) => {
            "يرجى إرسال رمز API جديد قبل ذلك الموعد لنتمكن من تفويضها. لا داعي لإلغاء أي طلب بسبب ذلك.".to_owned()
        }
        (Language::English, false) => {
            "Please authorise or cancel them before that time, or write to us if you need help.".to_owned()
        }
        (Language::Arabic, false) => {
            "يرجى تفويضها أو إلغاؤها قبل ذلك الموعد، أو مراسلتنا إذا احتجتم إلى مساعدة.".to_owned()
        }
    });
    lines
}

/// The headings of the table.
pub const COLUMNS: [&str; 7] = ["shop_number", "tamara_order", "customer", "amount", "currency", "expires_at", "cause"];

/// The table: a row for each order, with the deadline in the merchant's zone.
pub fn rows(orders: &[(OrderRecord, Why)], language: Language, zone: Zone) -> Vec<[String; 7]> {
    let row = |(stored, why): &(OrderRecord, Why)| {
        let due = clock(&stored.order).map_or_else(String::new, |(_, due)| zone.show(due, "%Y-%m-%dT%H:%M:%S%:z"));
        [
            stored.numbers.first().cloned().unwrap_or_default(),
            stored.order.key.id.clone(),
            stored.buyer.clone().unwrap_or_default(),
            stored.order.amount.digits(),
            stored.order.amount.currency.code().to_owned(),
            due,
            cause(why.cause, language).to_owned(),
        ]
    };
    orders.iter().map(row).collect()
}
