//! Tests of the page of settlement statements, with simulated answers of the store.

use chrono::NaiveDate;
use recourse::console::app::message::Effect;
use recourse::console::drift::state as drift;
use recourse::console::statements::state::{News, PageAsk, PageShown};
use recourse::domain::{OrderKey, TAMARA};
use recourse::store::statements::{Difference, Statement, Sum};

use super::desk::{Desk, Memory, now, small_book};

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
}

fn statement(number: i64, name: &str, wrong: i64) -> Statement {
    Statement {
        number,
        name: Some(name.to_owned()),
        merchant: Some("7c1e9a30-1111-4a6e-9e0f-6c1f3c0a7b55".to_owned()),
        first_day: Some(day(16)),
        last_day: Some(day(22)),
        rows: 1_204,
        recorder: "amal".to_owned(),
        at: now(),
        replaced: false,
        wrong,
    }
}

fn difference(place: i32, kind: &str, order: &str, action: &str, amount: i64) -> Difference {
    let is_ours = kind == "no_row";
    Difference {
        place,
        kind: kind.to_owned(),
        sheet: (!is_ours).then(|| "Settlement".to_owned()),
        line: (!is_ours).then_some(17 + place),
        day: day(20),
        order_id: format!("tamara:{order}"),
        order_number: (!is_ours).then(|| "263724404".to_owned()),
        action: action.to_owned(),
        currency: "SAR".to_owned(),
        amount,
    }
}

/// What the workers would answer: the latest statement has differences, the one before agrees.
pub fn answer(_memory: &Memory, ask: &PageAsk) -> News {
    let sum = |action: &str, theirs, ours| Sum {
        currency: "SAR".to_owned(),
        action: action.to_owned(),
        rows: 600,
        theirs,
        ours,
    };
    let agrees = ask.number == Some(1);
    let differences = [
        difference(1, "unknown_order", "5e0f6a1c-0c3b-4e2e-8f57-aaaaaaaaaaaa", "capture", 36_750),
        difference(2, "not_recorded", "T-1005", "refund", 12_000),
        difference(3, "does_not_add_up", "T-1006", "capture", 1_234_567_890),
        difference(4, "no_row", "T-1001", "capture", 10_000),
    ];
    let page = PageShown {
        all: vec![statement(2, "S-2026-47", 4), statement(1, "S-2026-46", 0)],
        differences: if agrees { Vec::new() } else { differences.to_vec() },
        sums: if agrees {
            vec![sum("capture", 30_000_000, 30_000_000)]
        } else {
            vec![sum("capture", 30_000_000, 29_963_250), sum("refund", 1_200_000, 1_188_000)]
        },
    };
    News::Page(ask.clone(), Ok(page))
}

#[test]
fn statements_show_what_does_not_agree_and_lead_to_the_order() {
    let mut desk = Desk::new(small_book(), 160, 45);
    desk.press("$");
    insta::assert_snapshot!("statements", desk.picture());
    desk.press("tab");
    let picture = desk.picture();
    assert!(picture.contains("S-2026-46") && picture.contains("(2 of 2)"), "{picture}");
    assert!(picture.contains("Everything in this statement agrees with the book."), "{picture}");
    desk.press("tab j K");
    let key = OrderKey::new(TAMARA, "T-1005").unwrap();
    assert!(desk.open.contains(&Effect::Drift(drift::Ask::Check(key))), "{:?}", desk.open);
    desk.press("enter");
    let sought = desk.open.iter().any(|effect| matches!(effect, Effect::Seek(_)));
    let picture = desk.picture();
    assert!(!sought && picture.contains("T-1005") && !picture.contains("Settlement statements"), "{picture}");
    let mut small = Desk::new(small_book(), 80, 24);
    small.press("$ j j");
    insta::assert_snapshot!("statements_small", small.picture());
}
