//! What is private of people and policy: who works here.

use crate::console::mask::{Hide, Mask, masked};
use crate::console::team::state::{Member, News, TeamShown};
use crate::store::cases::policy::InForce;

masked!(Member { login: staff, roles: open, cases: open, plans: open });

/// The policy's own text may name people, and so may the rota.
impl Mask for InForce {
    fn mask(&mut self, hide: &mut dyn Hide) {
        let Self { number: _, policy, source, recorder, at: _, why } = self;
        hide.staff(recorder);
        hide.words(source);
        why.iter_mut().for_each(|why| hide.words(why));
        policy.on_call.iter_mut().for_each(|duty| hide.staff(&mut duty.who));
    }
}

masked!(TeamShown { people: deep, policy: deep });

impl Mask for News {
    fn mask(&mut self, hide: &mut dyn Hide) {
        match self {
            Self::Shown(Ok(shown)) => shown.mask(hide),
            Self::Shown(failed) => super::shown::failure(failed, hide),
            Self::Changed(Ok(Ok(words) | Err(words))) => hide.words(words),
            Self::Changed(failed) => super::shown::failure(failed, hide),
        }
    }
}
