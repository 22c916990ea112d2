//! What the made-up people of the demo do with its disputes, so that every queue has something: conversations in English and Arabic, a
//! photo, decisions, a proposal, payouts that failed or came back, a snooze, and a case that is handed over to who looks at the demo.

use chrono::{TimeDelta, Utc};
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder, Rgb, RgbImage};
use uuid::Uuid;

use crate::desk::cases::{self, CaseCommand, Command, PayoutUpdate};
use crate::domain::{Money, Parts, Roles};
use crate::records::{Case, CasePlace, DecidedTexts, Language, Message, Note, Party, Queue};
use crate::store::cases::read::{self, Wanted};
use crate::store::cases::write;
use crate::store::{Store, StoreError};

/// How many unclaimed cases the scenes are played on.
const CASES: i64 = 9;

/// Plays the scenes on the most urgent unclaimed cases. Where there are fewer cases, the last scenes are left out.
///
/// # Errors
///
/// [`StoreError`] if the database fails.
pub async fn play(store: &Store, me: &str) -> Result<(), StoreError> {
    // What is late by now has to be recorded first: it would end a snooze.
    while write::sweep(store, cases::SWEPT).await? > 0 {}
    let wanted = Wanted { queue: Queue::Unclaimed, person: &store.person, now: Utc::now(), sieve: None };
    let found = read::page(&store.pool, wanted, &CasePlace::start(), CASES * 2).await?;
    // The most urgent ones stay unclaimed, for who looks at the demo.
    let cases = found.into_iter().skip(usize::try_from(CASES).unwrap_or_default());
    for (case, scene) in cases.zip(scenes(me)) {
        for (person, what) in scene(&case) {
            let mut as_person = store.clone();
            as_person.person = person.to_owned();
            let Ok(order) = case.key() else { continue };
            let command = Command { order, what, expect: None, request: Uuid::new_v4() };
            // What the case does not allow is left out: its life is made up, too.
            cases::act(&as_person, Roles::UNREGISTERED, &command, Utc::now()).await?;
        }
    }
    Ok(())
}

type Deeds = Vec<(&'static str, CaseCommand)>;
type Scene = Box<dyn Fn(&Case) -> Deeds + Send>;

const ADA: &str = "ada";
const BEN: &str = "ben";

fn scenes(me: &str) -> Vec<Scene> {
    let me = me.to_owned();
    vec![
        Box::new(|_| conversation()),
        Box::new(|_| in_arabic()),
        Box::new(|case| decided(case, 0, Vec::new())),
        Box::new(|case| decided(case, 100, vec![(BEN, failed(Party::Seller, "the account is closed"))])),
        Box::new(came_back),
        Box::new(proposed),
        Box::new(|_| snoozed()),
        Box::new(move |_| handed_over(&me)),
        Box::new(|_| waiting()),
    ]
}

fn reason(code: &str) -> CaseCommand {
    CaseCommand::SetReason { reason: Some(code.to_owned()), claimed: None }
}

fn said(party: Party, body: &str) -> Message {
    Message { party, theirs: false, body: body.to_owned() }
}

fn wrote(party: Party, body: &str) -> CaseCommand {
    CaseCommand::SendMessage { message: said(party, body), ask: false }
}

fn replied(party: Party, body: &str) -> CaseCommand {
    CaseCommand::RecordReply { message: Message { theirs: true, ..said(party, body) } }
}

fn conversation() -> Deeds {
    let photo = CaseCommand::AttachFile {
        name: "lid.png".to_owned(),
        content: picture(),
        line: Some("photos of the damage".to_owned()),
    };
    let line = CaseCommand::TickChecklist { line: "photos of the damage".to_owned(), done: true };
    vec![
        (ADA, CaseCommand::Take),
        (ADA, reason("damaged")),
        (
            ADA,
            wrote(
                Party::Buyer,
                "Good morning. We hold your money until this is decided.\nPlease send us a photo of the damage.",
            ),
        ),
        (ADA, replied(Party::Buyer, "The lid was cracked when it arrived. The box was already open. Photo attached.")),
        (ADA, photo),
        (ADA, line),
        (ADA, replied(Party::Seller, "It was packed in bubble wrap and sealed when the courier took it.")),
        (ADA, CaseCommand::AddNote { note: Note("The courier calls back on Monday.".to_owned()) }),
    ]
}

fn in_arabic() -> Deeds {
    vec![
        (ADA, CaseCommand::Take),
        (ADA, CaseCommand::SetLanguage { party: Party::Buyer, language: Language::Arabic }),
        (ADA, reason("not_as_described")),
        (ADA, wrote(Party::Buyer, "صباح الخير. نحتفظ بالمبلغ حتى صدور القرار. يرجى إرسال صورة للمنتج الذي استلمته.")),
        (ADA, replied(Party::Buyer, "المنتج الذي وصلني أصغر من الذي في الإعلان، ولونه مختلف.")),
        (ADA, replied(Party::Seller, "The listing says the size in centimetres. She chose the small one.")),
    ]
}

/// A decision with this percentage to the seller, and what follows.
fn decided(case: &Case, percent: i64, more: Deeds) -> Deeds {
    let to_seller = case.amount / 100 * percent;
    let parts = Parts { to_seller, to_buyer: case.amount - to_seller };
    let money = |minor: i64| case.money(minor).map_or_else(String::new, |money: Money| money.to_string());
    let texts = DecidedTexts {
        reason: "damaged".to_owned(),
        rationale: "The photo shows the crack, and the packaging was thin.".to_owned(),
        say_seller: format!("You receive {}.", money(parts.to_seller)),
        say_buyer: format!("You receive {}.", money(parts.to_buyer)),
    };
    let mut deeds = vec![
        (BEN, CaseCommand::Take),
        (BEN, reason("damaged")),
        (BEN, CaseCommand::Decide { parts, said: texts, propose: false, without_answer: None }),
    ];
    deeds.extend(more);
    deeds
}

fn failed(party: Party, why: &str) -> CaseCommand {
    CaseCommand::RecordPayout { party, how: PayoutUpdate::Failed { why: why.to_owned() } }
}

fn came_back(case: &Case) -> Deeds {
    let reference = format!("TRF-{}", case.id());
    let arrived = CaseCommand::RecordPayout {
        party: Party::Buyer,
        how: PayoutUpdate::Confirmed { reference, collective: false },
    };
    decided(case, 0, vec![(BEN, arrived), (BEN, failed(Party::Buyer, "the bank returned it: wrong name"))])
}

fn proposed(case: &Case) -> Deeds {
    let deeds = decided(case, 50, Vec::new());
    let deeds = deeds.into_iter().map(|(who, what)| match what {
        CaseCommand::Decide { parts, said, without_answer, .. } => {
            (who, CaseCommand::Decide { parts, said, propose: true, without_answer })
        }
        what => (who, what),
    });
    deeds.collect()
}

fn snoozed() -> Deeds {
    let until = Utc::now() + TimeDelta::hours(20);
    let why = Some("the courier's office is closed until tomorrow".to_owned());
    vec![(BEN, CaseCommand::Take), (BEN, reason("not_delivered")), (BEN, CaseCommand::Snooze { until, why })]
}

fn handed_over(me: &str) -> Deeds {
    let note = "She knows the courier. The buyer called twice.".to_owned();
    vec![
        (BEN, CaseCommand::Take),
        (BEN, reason("missing_parts")),
        (BEN, CaseCommand::HandOver { to: me.to_owned(), note }),
        (BEN, replied(Party::Buyer, "Two of the four screws are missing. When do I hear from you?")),
    ]
}

fn waiting() -> Deeds {
    let asked = said(Party::Seller, "The buyer says that the box was empty. Please send us the packing slip.");
    vec![
        (ADA, CaseCommand::Take),
        (ADA, reason("wrong_item")),
        (ADA, CaseCommand::SendMessage { message: asked, ask: true }),
    ]
}

/// A small picture: a box with a crack in its lid.
fn picture() -> Vec<u8> {
    let (width, height) = (96, 64);
    let mut points = RgbImage::from_pixel(width, height, Rgb([214, 206, 190]));
    for (x, y, point) in points.enumerate_pixels_mut() {
        let inside = (12..84).contains(&x) && (14..56).contains(&y);
        let lid = y < 26;
        // A crack goes across the lid, to and fro.
        let crack = i64::from(20 + (x / 3) % 5) - i64::from(y);
        *point = match (inside, lid) {
            (true, true) if crack.abs() < 2 && (30..70).contains(&x) => Rgb([40, 24, 16]),
            (true, true) => Rgb([176, 122, 74]),
            (true, false) => Rgb([150, 100, 60]),
            (false, _) => *point,
        };
    }
    let mut bytes = Vec::new();
    let written = PngEncoder::new(&mut bytes).write_image(&points, width, height, ExtendedColorType::Rgb8);
    // Writing to memory does not fail.
    written.map(|()| bytes).unwrap_or_default()
}
