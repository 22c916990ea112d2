//! Pages about a case: earlier orders of the same people, attached images, and files that are chosen to attach.

use std::path::{Path, PathBuf};

use recourse::console::app::message::{Effect, Message};
use recourse::console::disputes::requests::{Ask, DocumentKind, Entry, News, Picture};

use recourse::console::stuck::requests::{self as stuck, Paper};
use recourse::desk::cases::Bulk;
use recourse::records::Language;
use recourse::records::report::Common;

use super::cases::desk;
use super::desk::Desk;

/// What the workers would find of earlier orders.
pub fn history(order: &str) -> News {
    let met = |words: &str, order: &str, number| (words.to_owned(), Some((order.to_owned(), number)));
    let lines = vec![
        ("same phone: 2 orders, NGN 1,800.00; 1 case: 1 for the buyer".to_owned(), None),
        met(
            "  ATP-7, NGN 900.00, 2026-11-02: damaged, settled: seller NGN 0.00, buyer NGN 900.00",
            "atarapay:ATP-7",
            Some(1),
        ),
        met("  ATP-6, NGN 900.00, 2026-10-30: completed, no dispute", "atarapay:ATP-6", None),
        ("same seller: 1 order, NGN 700.00; 0 cases".to_owned(), None),
        met("  ATP-5, NGN 700.00, 2026-10-02: completed, no dispute", "atarapay:ATP-5", None),
    ];
    News::History(order.to_owned(), Ok(lines))
}

/// What the workers would find in a folder.
pub fn folder(path: &Path) -> News {
    let entry = |name: &str, folder, size| Entry { name: name.to_owned(), folder, size };
    let entries = match path.to_str() {
        Some("") => {
            vec![entry("photos", true, 0), entry("courier.pdf", false, 81_920), entry("seal.png", false, 4_096)]
        }
        Some("photos/") => vec![entry("left.jpg", false, 1), entry("lid.jpg", false, 2)],
        _ => return News::Folder(path.to_owned(), Err("there is no such folder".to_owned())),
    };
    News::Folder(path.to_owned(), Ok(entries))
}

fn attached(desk: &Desk) -> Option<(Vec<PathBuf>, Option<String>)> {
    desk.open.iter().rev().find_map(|effect| match effect {
        Effect::Disputes(Ask::Attach(_, files, line)) => {
            Some((files.iter().map(|(path, _)| path.clone()).collect(), line.clone()))
        }
        _ => None,
    })
}

#[test]
fn the_history_of_people_leads_to_their_orders_and_back() {
    let mut it = desk("e");
    insta::assert_snapshot!("history", it.picture());
    it.press("enter");
    assert!(it.picture().contains("case Some(1): dossier"), "{}", it.picture());
    it.press("esc j enter");
    assert!(it.picture().contains("ATP-6, case None"), "{}", it.picture());
    // Headings are passed over.
    it.press("esc j enter");
    assert!(it.picture().contains("ATP-5"), "{}", it.picture());
    it.press("esc esc");
    assert!(it.picture().contains("Unclaimed"), "{}", it.picture());
}

#[test]
fn files_are_chosen_from_their_folders() {
    let mut it = desk("a f");
    insta::assert_snapshot!("picker", it.picture());
    it.press("\"sea\" enter");
    assert!(it.picture().contains("1 marked: seal.png"), "{}", it.picture());
    it.press("backspace backspace backspace \"pho\" tab down enter right right ctrl-s");
    let paths = vec![PathBuf::from("seal.png"), PathBuf::from("photos/lid.jpg")];
    assert_eq!(attached(&it), Some((paths, Some("photos of the packaging".to_owned()))));
    // One file needs no mark, and a pasted path works quoted.
    let mut it = desk("a f down ctrl-s");
    assert_eq!(attached(&it), Some((vec![PathBuf::from("courier.pdf")], None)));
    let mut pasted = desk("a f");
    pasted.tell(Message::Paste("'/tmp/a photo.png'".to_owned()));
    pasted.press("ctrl-s");
    assert_eq!(attached(&pasted), Some((vec![PathBuf::from("/tmp/a photo.png")], None)));
    it = desk("a f \"nowhere/\"");
    assert!(it.picture().contains("there is no such folder"), "{}", it.picture());
    assert_eq!(attached(&it), None);
}

#[test]
fn an_image_is_shown_small_and_saved_where_one_says() {
    let mut it = desk("f enter");
    let shown = it.app.disputes.shown.as_ref().unwrap();
    let event = shown.whole.events.iter().find(|event| event.file.is_some()).unwrap();
    let (named, number) = (shown.named(), event.seq);
    let points = (0..16 * 8).flat_map(|at| if at % 2 == 0 { [200, 30, 30] } else { [30, 30, 200] }).collect();
    let picture = Picture { width: 16, height: 8, points, about: "seal.png: image/png, 1200 x 800".to_owned() };
    it.tell(Message::Disputes(News::Picture(DocumentKind::File(named, number), picture)));
    insta::assert_snapshot!("thumbnail", it.picture());
    it.press("s");
    assert!(it.picture().contains("As seal.png"), "{}", it.picture());
    it.press("enter");
    let saved = it
        .open
        .iter()
        .any(|effect| matches!(effect, Effect::Disputes(Ask::Save(_, _, path)) if path == Path::new("seal.png")));
    assert!(saved, "{:?}", it.open);
    it.press("O");
    assert!(it.open.iter().any(|effect| matches!(effect, Effect::Disputes(Ask::View(..)))), "{:?}", it.open);
}

/// Marked cases are acted on together; the marks stay with their cases when the list changes.
#[test]
fn many_cases_get_the_same() {
    let mut it = desk("shift-tab j j j j j j j j j tab ctrl-a a");
    insta::assert_snapshot!("many", it.picture());
    it.press("m ctrl-s");
    assert!(it.picture().contains("Choose the canned text"), "{}", it.picture());
    it.press("1");
    insta::assert_snapshot!("many_canned", it.picture());
    it.press("ctrl-s enter");
    assert!(!it.open.iter().any(|effect| matches!(effect, Effect::Disputes(Ask::Many(..)))), "Enter is Cancel");
    it.press("ctrl-s y");
    let sent = it.open.iter().find_map(|effect| match effect {
        Effect::Disputes(Ask::Many(cases, what)) => Some((cases.len(), what.clone())),
        _ => None,
    });
    let what = Bulk::Canned { name: "ask for photos".to_owned(), ask: false };
    assert_eq!(sent, Some((it.app.disputes.cases().len(), what)));
    assert!(it.app.disputes.marks.is_empty());
    let lines = vec!["Done: 4 of 5 cases".to_owned(), String::new(), "ATP-1: Someone else has it.".to_owned()];
    it.tell(Message::Disputes(News::Document(DocumentKind::Done, Ok(lines))));
    assert!(it.picture().contains("Done: 4 of 5 cases"), "{}", it.picture());
    it.press("esc space j space u");
    assert!(it.app.disputes.marks.is_empty());
}

/// What the workers would tell others of stuck orders.
pub fn told(paper: &Paper) -> stuck::News {
    let line = match paper {
        Paper::HandOver => "On call: Noura until 16:00".to_owned(),
        Paper::Message(merchant, language) => format!("Dear {merchant}, in {language}"),
    };
    stuck::News::Paper(paper.clone(), Ok(vec![line]))
}

#[test]
fn a_merchant_and_the_next_shift_are_told() {
    let mut it = Desk::new(super::desk::small_book(), 120, 36);
    it.press("3 M");
    assert!(it.picture().contains("e  English"), "{}", it.picture());
    it.press("a");
    assert!(it.picture().contains("in Arabic"), "{}", it.picture());
    it.press("s y");
    assert!(it.open.iter().any(|effect| matches!(effect, Effect::Stuck(stuck::Ask::SaveTable(_, Language::Arabic)))));
    assert!(it.open.iter().any(|effect| matches!(effect, Effect::Copy(text, _) if text.contains("Dear"))));
    it.press("esc H");
    insta::assert_snapshot!("hand_over", it.picture());
}

/// A line of the report leads to the cases behind it, and a case to its history; each way leads back.
#[test]
fn the_report_leads_to_its_cases() {
    let mut it = desk("R");
    let lines = vec![
        ("Agents".to_owned(), None),
        ("ada  12".to_owned(), Some((Common::Agent, "ada".to_owned()))),
        ("ben  3".to_owned(), Some((Common::Agent, "ben".to_owned()))),
    ];
    it.tell(Message::Disputes(News::Report(Ok(lines))));
    it.press("j enter");
    let behind = it.open.iter().any(|effect| *effect == Effect::Disputes(Ask::Behind(Common::Agent, "ben".to_owned())));
    assert!(behind, "{:?}", it.open);
    let case = ("ATP-7, NGN 900.00".to_owned(), Some(("atarapay:ATP-7".to_owned(), Some(1))));
    it.tell(Message::Disputes(News::Behind(Common::Agent, "ben".to_owned(), Ok(vec![case]))));
    it.press("enter");
    assert!(it.picture().contains("case Some(1): dossier"), "{}", it.picture());
    it.press("esc esc");
    assert!(it.picture().contains("ada  12"), "{}", it.picture());
}
