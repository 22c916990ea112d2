//! Ten disputes from a file, run through the binary, from the first complaint to the letter.

use recourse::domain::*;
use recourse::store::{Opening, Proof, Record, append};

use super::cases::{fact, lately};
use super::harness::{Book, book, opening, way_to};

/// The words of a line; text in quotes is one word.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut quoted, mut open) = (Vec::<String>::new(), false, false);
    for letter in line.chars() {
        match letter {
            '"' => {
                quoted = !quoted;
                if quoted && !open {
                    words.push(String::new());
                }
                open = quoted;
            }
            ' ' if !quoted => open = false,
            letter => {
                if !open && !quoted {
                    words.push(String::new());
                    open = true;
                }
                words.last_mut().unwrap().push(letter);
            }
        }
    }
    words
}

/// Puts an order at Disputed, with its buyer and seller.
async fn open(book: &Book, id: &str, amount: &str, buyer: &str, seller: &str) {
    let amount = Money::parse(amount, Currency::Ngn).unwrap();
    let order = Order::open(OrderKey::new(ATARAPAY, id).unwrap(), amount, lately());
    let people = Opening { buyer: Some(buyer.to_owned()), seller: Some(seller.to_owned()), ..opening(order.clone()) };
    let proof = || Proof { note: Some("told".into()), ..Proof::new(Source::Import, &book.store.person) };
    let steps = way_to(&order, atarapay::Status::Disputed.status());
    let steps = steps.into_iter().map(|step| Record::Step(step, proof()));
    let records: Vec<Record> = std::iter::once(Record::Opening(people, proof())).chain(steps).collect();
    let mut tx = book.store.pool.begin().await.unwrap();
    append::append(&mut tx, &records).await.unwrap();
    tx.commit().await.unwrap();
}

fn queue(book: &Book, order: &str) -> String {
    book.run(&["case", "show", order, "--json"]).one()["queue"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn ten_disputes_from_the_complaint_to_the_letter() {
    let book = book().await;
    let (mut order, mut stories, mut letters) = (String::new(), 0, 0);
    for line in include_str!("../stories/cases.story").lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let (asked, expect) = line.rsplit_once(" -> ").unwrap_or((line, ""));
        let asked = words(asked);
        let said: Vec<&str> = asked.iter().map(String::as_str).collect();
        let expect: Vec<&str> = expect.split(' ').collect();
        match said[0] {
            "story" => stories += 1,
            "open" => {
                order = said[1].to_owned();
                open(&book, &order, said[2], said[3], said[4]).await;
            }
            "provider" => {
                assert_eq!(book.import(&fact(said[1], said[2], said[3])).code, 0, "{line}");
                assert_eq!(queue(&book, said[1]), expect[0], "{line}");
            }
            "letter" => {
                letters += 1;
                let letter = book.run(&["letter", &order, "--for", said[1]]).out.replace('\n', " ");
                for words in &said[2..] {
                    assert!(letter.contains(words), "{line}: {words:?} is not in: {letter}");
                }
            }
            person => {
                let told = book.run(&[&said[1..], &["--as", person, "--json"]].concat());
                assert_eq!(told.code.to_string(), expect[0], "{line}: {told:?}");
                if let Some(queued) = expect.get(1) {
                    assert_eq!(queue(&book, &order), *queued, "{line}");
                }
            }
        }
    }
    assert_eq!((stories, letters), (10, 14));
    assert_eq!(book.faults().await, Vec::<String>::new());
}
