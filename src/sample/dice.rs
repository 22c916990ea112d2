//! Repeatable random numbers: the same seed and stream give the same numbers on every machine.

use chrono::TimeDelta;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The random generator of one order.
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// The generator for this seed and stream.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(stream);
        Self(generator)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0.next_u64() % end.max(1)
    }

    /// A number from `start` up to but not including `end`.
    pub fn between(&mut self, start: i64, end: i64) -> i64 {
        start + self.below((end - start).max(1) as u64) as i64
    }

    /// `true` with this probability.
    pub fn chance(&mut self, share: f64) -> bool {
        // A share has a precision of 53 bits.
        ((self.0.next_u64() >> 11) as f64) < share * (1_u64 << 53) as f64
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len() as u64) as usize]
    }

    /// A duration from `from` up to but not including `to` seconds.
    pub fn wait(&mut self, from: i64, to: i64) -> TimeDelta {
        TimeDelta::seconds(self.between(from, to))
    }
}
