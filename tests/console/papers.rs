//! Pages about a case: earlier orders of the same people, attached images, and files that are chosen to attach.

use std::path::{Path, PathBuf};

use recourse::console::app::message::{Effect, Message};
use recourse::console::disputes::requests::{Ask, DocumentKind, Entry, News, Picture};

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
