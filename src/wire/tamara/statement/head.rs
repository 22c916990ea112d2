//! The head of a statement: labels with their values next to them, behind a colon, or below them.

use chrono::NaiveDate;

use super::cell::{Cell, id, one, period};
use super::{Fault, short};

/// What the head says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// The statement's id.
    pub id: Option<String>,
    /// The merchant's id.
    pub merchant: Option<String>,
    /// The first and the last day of its period.
    pub period: Option<(NaiveDate, NaiveDate)>,
    /// The days of it that were read alone.
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

/// What a label is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// The statement's id.
    Id,
    /// The merchant's id.
    Merchant,
    /// The period.
    Period,
    /// Its first day.
    From,
    /// Its last day.
    To,
    /// Something else, which is no value.
    Other,
}

/// The label that these words are.
fn label(words: &str) -> Option<Label> {
    let words = words.trim().to_lowercase();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let numbers = ["id", "number", "no", "no.", "#"];
    match words.trim_end_matches(':').trim() {
        "merchant id" => Some(Label::Merchant),
        "from" | "from date" | "period from" | "start date" | "period start" | "period start date" => Some(Label::From),
        "to" | "to date" | "period to" | "end date" | "period end" | "period end date" => Some(Label::To),
        "date" | "statement date" | "issue date" | "merchant name" | "name" | "currency" | "total" => {
            Some(Label::Other)
        }
        words if words.ends_with("period") => Some(Label::Period),
        words if words.split_once("statement ").is_some_and(|(_, rest)| numbers.contains(&rest)) => Some(Label::Id),
        _ => None,
    }
}

impl Head {
    /// Takes a row of the head. `below` has the labels whose values are in the next row, with their columns.
    ///
    /// # Errors
    ///
    /// [`Fault`] if an id cannot be kept.
    pub fn take(&mut self, line: u32, cells: &[Cell], below: &mut Vec<(usize, Label)>) -> Result<(), Fault> {
        for (column, label) in std::mem::take(below) {
            self.set(line, label, cells.get(column..).unwrap_or_default())?;
        }
        for (column, cell) in cells.iter().enumerate() {
            let Some(words) = id(cell) else { continue };
            if let Some((Some(label), rest)) = words.split_once(':').map(|(words, rest)| (label(words), rest.trim()))
                && !rest.is_empty()
            {
                self.set(line, label, &[Cell::Text(rest.to_owned())])?;
            } else if let Some(found) = label(&words) {
                let next = cells[column + 1..].iter().position(|cell| id(cell).is_some());
                let values = next.map(|next| &cells[column + 1 + next..]).unwrap_or_default();
                match values.first().and_then(id) {
                    Some(words) if label(&words).is_none() => self.set(line, found, values)?,
                    Some(_) | None => below.push((column, found)),
                }
            }
        }
        Ok(())
    }

    /// Sets what a label is about from the cells that begin with its value. What was said before stays.
    fn set(&mut self, line: u32, label: Label, values: &[Cell]) -> Result<(), Fault> {
        // What is itself a label is no value.
        let first = values.first().and_then(id).filter(|words| self::label(words).is_none());
        let days = |words: Option<String>| words.and_then(|words| one(&words));
        match label {
            Label::Id if self.id.is_none() => self.id = short(line, "Statement ID", first)?,
            Label::Merchant if self.merchant.is_none() => self.merchant = short(line, "Merchant ID", first)?,
            Label::Period if self.period.is_none() => {
                // Its days may be two cells.
                let words: Vec<String> = values.iter().filter_map(id).take(5).collect();
                self.period = first.and_then(|words| period(&words)).or_else(|| period(&words.join(" ")));
            }
            Label::From => self.from = self.from.or(days(first)),
            Label::To => self.to = self.to.or(days(first)),
            Label::Id | Label::Merchant | Label::Period | Label::Other => {}
        }
        if let (None, Some(from), Some(to)) = (self.period, self.from, self.to) {
            self.period = Some((from.min(to), from.max(to)));
        }
        Ok(())
    }

    /// Takes what another sheet says and this one does not. Returns whether they say the same of what both say.
    pub fn join(&mut self, other: Self) -> bool {
        let same =
            |ours: &Option<String>, theirs: &Option<String>| ours.is_none() || theirs.is_none() || ours == theirs;
        let agrees = same(&self.id, &other.id) && same(&self.merchant, &other.merchant);
        self.id = self.id.take().or(other.id);
        self.merchant = self.merchant.take().or(other.merchant);
        self.period = self.period.or(other.period);
        agrees
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_have_their_values_next_to_them_behind_or_below() {
        let day = |day: u32| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        let cells = |words: &str| -> Vec<Cell> {
            let cell = |word: &str| match word.trim() {
                "" => Cell::Empty,
                text => Cell::Text(text.to_owned()),
            };
            words.split('|').map(cell).collect()
        };
        for rows in [
            &["Statement ID|S-17||Merchant ID|t-7", "Period|01/11/2026|30/11/2026"][..],
            &["Statement ID|||S-17", "MERCHANT ID:|t-7", "Settlement Period||01/11/2026-30/11/2026"],
            &["Statement ID: S-17|Merchant ID: t-7|Period: 1 Nov 2026 to 30 Nov 2026"],
            &["Statement ID||Date|1/12/2026", "Statement No.|S-17", "From|01/11/2026|To|30/11/2026", "Merchant ID|t-7"],
            &["Statement ID|Merchant ID|Period", "S-17|t-7|01/11/2026 - 30/11/2026", "Payment period|weekly"],
        ] {
            let (mut head, mut below) = (Head::default(), Vec::new());
            for (line, row) in (1..).zip(rows) {
                head.take(line, &cells(row), &mut below).unwrap();
            }
            let told = (head.id, head.merchant, head.period);
            assert_eq!(told, (Some("S-17".to_owned()), Some("t-7".to_owned()), Some((day(1), day(30)))), "{rows:?}");
        }
    }
}
