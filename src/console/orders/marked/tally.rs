//! The results of an action on many orders.

use std::collections::BTreeMap;

/// The results so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Orders with the action recorded.
    pub done: usize,
    /// Orders whose provider is asked.
    pub asked: usize,
    /// Refused orders, by reason.
    pub refused: BTreeMap<String, usize>,
    /// Orders that someone moved after they were marked.
    pub changed: usize,
    /// Orders without an answer: the connection was lost before or during their turn.
    pub lost: usize,
}

impl Tally {
    /// How many orders had their turn.
    pub fn count(&self) -> usize {
        self.done + self.asked + self.refused.values().sum::<usize>() + self.changed + self.lost
    }

    /// How far it is, if this many orders have not had their turn yet.
    pub fn progress(&self, rest: usize) -> String {
        format!("{} of {} processed", self.count(), self.count() + rest)
    }

    /// The results in words.
    pub fn words(&self) -> String {
        // What was asked of the provider is what was wanted: none done is then no failure.
        let done = Some(format!("{} done", self.done)).filter(|_| self.done > 0 || self.asked == 0);
        let mut said: Vec<String> = done.into_iter().collect();
        said.extend((self.asked > 0).then(|| format!("{} asked of the provider", self.asked)));
        let refused: usize = self.refused.values().sum();
        if let Some((why, _)) = self.refused.iter().max_by_key(|(_, count)| **count) {
            said.push(format!("{refused} refused ({why})"));
        }
        said.extend((self.changed > 0).then(|| format!("{} changed meanwhile", self.changed)));
        said.extend((self.lost > 0).then(|| format!("{} without an answer", self.lost)));
        said.join(", ")
    }
}
