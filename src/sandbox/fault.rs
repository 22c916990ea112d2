//! Faults on demand: what a provider and a network do wrong.

use std::str::FromStr;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Wrong {
    /// It is done, and no answer comes.
    Timeout,
    /// It is done, and the connection is cut in the middle of the answer.
    Cut,
    /// It is done, and a page comes instead of the answer.
    Html,
    /// An error of the server; done or not.
    #[strum(serialize = "500")]
    Server,
    /// A conflict, although nothing was done before.
    #[strum(serialize = "409")]
    Conflict,
    /// Come again later.
    #[strum(serialize = "429")]
    Later,
}

/// The faults of a run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Faults {
    /// Each with its share, from 0 to 1.
    shares: Vec<(Wrong, f64)>,
    /// The accounts whose credentials are refused.
    pub refused: Vec<String>,
}

impl FromStr for Faults {
    type Err = String;

    /// Reads `timeout:0.05,cut:0.02,401:jeddah`.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut faults = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once(':').ok_or("write each fault with its share, like timeout:0.05")?;
            if name == "401" {
                faults.refused.push(value.to_owned());
                continue;
            }
            let wrong = name.parse().map_err(|_| "faults are timeout, cut, html, 500, 409, 429 and 401:ACCOUNT")?;
            let share: f64 = value.parse().map_err(|_| format!("{name}: the share is a number from 0 to 1"))?;
            if !(0.0..=1.0).contains(&share) {
                return Err(format!("{name}: the share is a number from 0 to 1"));
            }
            faults.shares.push((wrong, share));
        }
        Ok(faults)
    }
}

/// Draws faults from a seed.
#[derive(Debug)]
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// The same seed draws the same faults.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number from 0 to 1, without 1.
    pub fn draw(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / (f64::from(u32::MAX) + 1.0)
    }

    /// What goes wrong with the next call, if something does.
    pub fn wrong(&mut self, faults: &Faults) -> Option<Wrong> {
        let mut drawn = self.draw();
        for (wrong, share) in &faults.shares {
            if drawn < *share {
                return Some(*wrong);
            }
            drawn -= share;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_and_drawn_by_their_share() {
        let faults: Faults = "timeout:0.25, cut:0.25,401:jeddah".parse().unwrap();
        assert_eq!(faults.refused, ["jeddah"]);
        let mut dice = Dice::new(1);
        let drawn: Vec<_> = (0..4_000).filter_map(|_| dice.wrong(&faults)).collect();
        assert!((1_800..2_200).contains(&drawn.len()), "{}", drawn.len());
        for wrong in ["timeout", "slow:0.1", "cut:2", "cut:x"] {
            assert!(wrong.parse::<Faults>().is_err(), "{wrong}");
        }
    }
}
