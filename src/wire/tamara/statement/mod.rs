//! A settlement statement of Tamara, row by row as it comes: a head, a table that begins with its headings, and totals in between.

mod cell;
mod head;

use chrono::NaiveDate;
use strum::{EnumString, IntoStaticStr};

pub use cell::Cell;
use cell::{day, id, millionths};
pub use head::Head;
use head::Label;

use crate::domain::{Action, Currency, Money, OrderKey, TAMARA, is_unseen};

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case", ascii_case_insensitive)]
pub enum Event {
    /// Money was captured.
    Captured,
    /// Money was given back.
    Refunded,
    /// Money was canceled.
    #[strum(to_string = "canceled", serialize = "cancelled")]
    Canceled,
}

impl Event {
    /// The move that it is here.
    pub const fn action(self) -> Action {
        match self {
            Self::Captured => Action::Capture,
            Self::Refunded => Action::Refund,
            Self::Canceled => Action::Cancel,
        }
    }
}

/// A row of the table. Fees, tax, what is payable and the amount with its sign are in millionths of the currency: they may have more
/// digits than money has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line of the sheet, from 1.
    pub line: u32,
    /// When, in Riyadh.
    pub day: NaiveDate,
    /// The order.
    pub order: OrderKey,
    /// The merchant's number of it.
    pub number: Option<String>,
    /// What happened.
    pub event: Event,
    /// How much, never negative.
    pub amount: Money,
    /// Tamara's fees.
    pub fees: i64,
    /// The tax on them.
    pub vat: i64,
    /// What is paid to the merchant; negative if it is taken back.
    pub payable: i64,
    /// The amount with its sign.
    pub told: i64,
}

/// What cannot be read: where, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("row {line}, column {column:?}: {said}")]
pub struct Fault {
    /// The line of the sheet, from 1.
    pub line: u32,
    /// The column's heading.
    pub column: &'static str,
    /// What is wrong with it.
    pub said: String,
}

/// The headings that are read.
const HEADINGS: [&str; 10] = [
    "Transaction Date",
    "Tamara Order ID",
    "Merchant Order ID",
    "Currency",
    "Event",
    "Event Amount",
    "Event Date",
    "Total Fees",
    "VAT Collected by Tamara",
    "Total Payable to Merchant",
];
/// The heading that a statement may leave out: the day of the event is then that of the transaction.
const OPTIONAL: &str = "Event Date";
/// The longest number of a merchant, in bytes.
const LONGEST: usize = 200;

/// Reads the rows of a sheet, one after the other.
#[derive(Debug, Default)]
pub struct Reader {
    /// What the head says.
    pub head: Head,
    /// Labels of the head whose values are in the next row.
    below: Vec<(usize, Label)>,
    /// Where each heading stands, once they were found.
    columns: Option<[Option<usize>; 10]>,
}

impl Reader {
    /// Whether the table was found.
    pub const fn found(&self) -> bool {
        self.columns.is_some()
    }

    /// Takes the next row of the sheet; `None` if it is not a row of the table.
    ///
    /// # Errors
    ///
    /// [`Fault`] if it is one and cannot be read.
    pub fn take(&mut self, line: u32, cells: &[Cell]) -> Result<Option<Row>, Fault> {
        let Some(columns) = self.columns else {
            self.headed(line, cells)?;
            return Ok(None);
        };
        let cell = |heading: &str| {
            let place = HEADINGS.iter().position(|it| *it == heading).and_then(|at| columns[at]);
            place.and_then(|place| cells.get(place)).unwrap_or(&Cell::Empty)
        };
        let says = |heading: &str| id(cell(heading)).is_some();
        let is_event = id(cell("Event")).is_some_and(|word| word.trim().parse::<Event>().is_ok());
        let is_whole = ["Tamara Order ID", "Currency", "Event"].into_iter().all(says);
        if !is_event && !is_whole && cells.iter().any(|cell| id(cell).is_some_and(|words| is_total(&words))) {
            return Ok(None);
        }
        let Some(order) = id(cell("Tamara Order ID")) else {
            // What has an event or an amount and no order is a row all the same. A note is none.
            let amount = millionths(cell("Event Amount"));
            let is_row = is_event || matches!(amount, Ok(Some(1..) | Some(..=-1)));
            return if is_row { Err(fault(line, "Tamara Order ID", "is empty")) } else { Ok(None) };
        };
        // A footer, or the head of another page.
        if !["Currency", "Event", "Event Amount"].into_iter().any(says) {
            return Ok(None);
        }
        if let Cell::Broken(words) = cell("Tamara Order ID") {
            return Err(fault(line, "Tamara Order ID", format!("is {words}")));
        }
        // The headings may stand again, on each page.
        if folded(&order) == "tamara order id" {
            return Ok(None);
        }
        row(line, order, &cell).map(Some)
    }

    /// A row before the table: its headings, or something of the head.
    fn headed(&mut self, line: u32, cells: &[Cell]) -> Result<(), Fault> {
        let words: Vec<String> = cells.iter().map(|cell| folded(&id(cell).unwrap_or_default())).collect();
        let at = |heading: &str| words.iter().position(|word| *word == heading.to_lowercase());
        if at("Tamara Order ID").is_some() && at("Merchant Order ID").is_some() {
            if let Some(missing) = HEADINGS.iter().find(|heading| **heading != OPTIONAL && at(heading).is_none()) {
                return Err(fault(line, missing, "is missing among the headings"));
            }
            let stands = |heading: &str| words.iter().filter(|word| **word == heading.to_lowercase()).count();
            if let Some(heading) = HEADINGS.iter().find(|heading| stands(heading) > 1) {
                return Err(fault(line, heading, "stands twice among the headings"));
            }
            self.columns = Some(HEADINGS.map(at));
            return Ok(());
        }
        self.head.take(line, cells, &mut self.below)?;
        Ok(())
    }
}

/// Words in small letters, with one blank between them.
fn folded(words: &str) -> String {
    words.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether words begin the line of a total.
fn is_total(words: &str) -> bool {
    let words = folded(words);
    let of = ["grand ", "sub ", "sub-", "net ", "overall ", "page ", "merchant "];
    let bare = of.iter().find_map(|start| words.strip_prefix(start)).unwrap_or(&words);
    ["total", "subtotal", "sum", "الإجمالي", "المجموع"].iter().any(|start| bare.starts_with(start))
}

fn fault(line: u32, column: &'static str, said: impl Into<String>) -> Fault {
    Fault { line, column, said: said.into() }
}

/// What is kept as it is: short, and nothing in it is invisible.
fn short(line: u32, column: &'static str, text: Option<String>) -> Result<Option<String>, Fault> {
    match &text {
        Some(words)
            if words.len() > LONGEST || words.chars().any(|letter| letter.is_control() || is_unseen(letter)) =>
        {
            Err(fault(line, column, format!("is longer than {LONGEST} bytes, or has invisible characters")))
        }
        Some(_) | None => Ok(text),
    }
}

fn row<'a>(line: u32, order: String, cell: &impl Fn(&str) -> &'a Cell) -> Result<Row, Fault> {
    let code = id(cell("Currency")).ok_or_else(|| fault(line, "Currency", "is empty"))?;
    let currency = Currency::parse(&code.to_uppercase()).map_err(|error| fault(line, "Currency", error.to_string()))?;
    if !TAMARA.currencies().contains(&currency) {
        return Err(fault(line, "Currency", format!("Tamara has no {currency}")));
    }
    let word = id(cell("Event")).ok_or_else(|| fault(line, "Event", "is empty"))?;
    let event: Event = word
        .trim()
        .parse()
        .map_err(|_| fault(line, "Event", format!("{word:?} is not Captured, Refunded or Canceled")))?;
    let sum = |column: &'static str| millionths(cell(column)).map_err(|said| fault(line, column, said));
    let amount = sum("Event Amount")?.ok_or_else(|| fault(line, "Event Amount", "is empty"))?;
    // A fee that is not there is none.
    let part = |column| Ok::<_, Fault>(sum(column)?.unwrap_or(0));
    let (fees, vat) = (part("Total Fees")?, part("VAT Collected by Tamara")?);
    let payable = part("Total Payable to Merchant")?;
    let unit = 10_i64.pow(6 - currency.exponent());
    if amount % unit != 0 {
        return Err(fault(line, "Event Amount", format!("{currency} has at most {} decimals", currency.exponent())));
    }
    let day = match day(cell(OPTIONAL)) {
        Ok(Some(day)) => day,
        Ok(None) => day(cell("Transaction Date"))
            .map_err(|said| fault(line, "Transaction Date", said))?
            .ok_or_else(|| fault(line, "Transaction Date", "is empty"))?,
        Err(said) => return Err(fault(line, "Event Date", said)),
    };
    let told = OrderKey::fault(&order).unwrap_or_default();
    let order = OrderKey::new(TAMARA, &order).ok_or_else(|| fault(line, "Tamara Order ID", told))?;
    let number = short(line, "Merchant Order ID", id(cell("Merchant Order ID")))?;
    Ok(Row {
        line,
        day,
        order,
        number,
        event,
        amount: Money::new(amount.abs() / unit, currency),
        fees,
        vat,
        payable,
        told: amount,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(words: &str) -> Vec<Cell> {
        let cell = |word: &str| match word.trim() {
            "" => Cell::Empty,
            number if number.parse::<f64>().is_ok() && !number.ends_with(".0") => Cell::Number(number.parse().unwrap()),
            text => Cell::Text(text.to_owned()),
        };
        words.split('|').map(cell).collect()
    }

    fn reader() -> Reader {
        let mut reader = Reader::default();
        reader.take(1, &cells("Statement ID:|S-17")).unwrap();
        reader.take(2, &cells("Merchant ID: m-1||Settlement period:||16/11/2026 - 22/11/2026")).unwrap();
        let headings = "Transaction Date|Tamara Order ID|Merchant Order ID|Order Status|Currency|Event|Event Amount|Total Fees|VAT Collected by Tamara|Total Payable to Merchant";
        assert_eq!(reader.take(3, &cells(headings)), Ok(None));
        assert!(reader.found());
        reader
    }

    #[test]
    fn the_head_is_read() {
        let reader = reader();
        let period = [16, 22].map(|day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap());
        let head = &reader.head;
        assert_eq!((head.id.as_deref(), head.merchant.as_deref()), (Some("S-17"), Some("m-1")));
        assert_eq!(head.period, Some((period[0], period[1])));
    }

    fn check(reader: &mut Reader, words: &str, expect: &str) {
        let told = match reader.take(9, &cells(words)) {
            Ok(None) => "nothing".to_owned(),
            Ok(Some(row)) => format!(
                "{} {} {:?} {} {} {}",
                row.day,
                row.order.id,
                row.number.unwrap_or_default(),
                <&str>::from(row.event),
                row.amount,
                row.fees + row.vat + row.payable == row.told
            ),
            Err(fault) => fault.to_string(),
        };
        assert_eq!(told, expect, "{words}");
    }

    #[test]
    fn rows_are_read() {
        let mut reader = reader();
        let good = "20/11/2026|T-1|263724404.0|x|SAR|Captured|230.5|11.5|1.725|217.275";
        check(&mut reader, good, "2026-11-20 T-1 \"263724404\" captured SAR 230.50 true");
        check(&mut reader, "2026-11-20|T-1||x|SAR|Refunded|-30|0|0|-30", "2026-11-20 T-1 \"\" refunded SAR 30.00 true");
        check(
            &mut reader,
            "20/11/2026|T-1||x|SAR|Captured|230.5|11.5|1.725|217.5",
            "2026-11-20 T-1 \"\" captured SAR 230.50 false",
        );
        check(
            &mut reader,
            "20/11/2026|T-1||x|KWD|Cancelled|1.125|0|0|1.125",
            "2026-11-20 T-1 \"\" canceled KWD 1.125 true",
        );
    }

    #[test]
    fn what_is_no_row_is_left_out_and_what_cannot_be_read_is_named() {
        let mut reader = reader();
        check(&mut reader, "Total|||||| 461.00|23|3|435", "nothing");
        check(&mut reader, "||||||||||", "nothing");
        let no_order = "row 9, column \"Tamara Order ID\": is empty";
        check(&mut reader, "20/11/2026|||x|SAR|Captured|1|0|0|1", no_order);
        check(&mut reader, "20/11/2026||TotalEnergies-5|x|SAR|Captured|1|0|0|1", no_order);
        check(&mut reader, "20/11/2026|||Total refund|SAR|Refunded|-1|0|0|-1", no_order);
        check(&mut reader, "20/11/2026|||x|SAR||1|0|0|1", no_order);
        check(&mut reader, "|Total|||SAR||461|23|3|435", "nothing");
        check(&mut reader, "|||||Net Total|461|23|3|435", "nothing");
        check(&mut reader, "|End of statement||||||||", "nothing");
        check(&mut reader, "|||||Page 1 of 3|||", "nothing");
        check(&mut reader, "|||||0|0|0|0", "nothing");
        check(&mut reader, "Transaction Date|Tamara\nOrder  ID|Merchant Order ID|x|Currency|Event", "nothing");
        check(&mut reader, "Transaction Date|Tamara Order ID|Merchant Order ID|x", "nothing");
        check(&mut reader, "20/11/2026|T-1||x|SAR|Captured||0|0|1", "row 9, column \"Event Amount\": is empty");
        check(
            &mut reader,
            "20/11/2026|T-1||x|SAR|Captured|1.005|0|0|1",
            "row 9, column \"Event Amount\": SAR has at most 2 decimals",
        );
        check(
            &mut reader,
            "20/11/2026|T-1||x|EUR|Captured|1|0|0|1",
            "row 9, column \"Currency\": \"EUR\" is not a supported currency; use one like NGN or SAR",
        );
        check(
            &mut reader,
            "x|T-1||x|SAR|Captured|1|0|0|1",
            "row 9, column \"Transaction Date\": \"x\" is not a day: write it like 20/11/2026",
        );
        check(
            &mut reader,
            "20/11/2026|T-1||x|SAR|Moved|1|0|0|1",
            "row 9, column \"Event\": \"Moved\" is not Captured, Refunded or Canceled",
        );
        check(
            &mut reader,
            "20/11/2026|T-1||x|SAR|Captured|one|0|0|1",
            "row 9, column \"Event Amount\": \"one\" is not a number: decimals follow a point",
        );
    }

    #[test]
    fn a_table_without_a_heading_is_refused() {
        let mut reader = Reader::default();
        let told = reader.take(18, &cells("Tamara Order ID|Merchant Order ID|Currency")).unwrap_err();
        assert_eq!(told.to_string(), "row 18, column \"Transaction Date\": is missing among the headings");
    }
}
