//! Reads people and policy for the console, and changes them.

use super::{Failure, Worker};
use crate::cases::Policy;
use crate::console::app::message::Message;
use crate::console::team::state::{Ask, Member, News, TeamShown};
use crate::desk;
use crate::desk::cases;
use crate::desk::team;
use crate::store::cases::policy;
use crate::store::{StoreError, people};

/// How many open cases and plans of a person are counted.
const MOST: i64 = 1_000;

impl Worker {
    pub(super) async fn team(&self, ask: Ask) -> Message {
        Message::Team(match ask {
            Ask::Look => News::Shown(self.read(self.people_and_policy()).await),
            Ask::Role { login, role, granted, why } => {
                let roles = [role];
                let changed = self.in_time(team::change_roles(&self.store, &login, &roles, granted, Some(&why))).await;
                let words = if granted { "has" } else { "no longer has" };
                let login = crate::text::clean(&login);
                let (cases, _) = people::in_hand(&self.store.pool, &login, MOST).await.unwrap_or_default();
                let rest = if granted || cases == 0 {
                    String::new()
                } else {
                    format!(" They still have {cases} open cases: a, then m moves them.")
                };
                told(changed, format!("{login} {words} the role {}.{rest}", role.name()))
            }
            Ask::Policy { text, why } => match Policy::parse(&text) {
                Ok(new) => {
                    let set = self.in_time(team::set_policy(&self.store, &new, &text, Some(&why))).await;
                    told(set.map(|_| ()), "The new policy is in force.".to_owned())
                }
                Err(fault) => News::Changed(Ok(Err(fault))),
            },
            Ask::Move { from, to, note } => {
                let moved = async {
                    let roles = desk::roles(&self.store, self.role).await?;
                    cases::move_all(&self.store, roles, &from, &to, &note).await
                };
                News::Changed(moved.await.map(|moved| summed(&from, &to, &moved)).map_err(Failure::from))
            }
        })
    }

    async fn people_and_policy(&self) -> Result<Box<TeamShown>, StoreError> {
        let pool = &self.store.pool;
        let (held, policy) = tokio::try_join!(people::all(pool), policy::current(pool))?;
        let mut members = Vec::new();
        for roles in held.chunk_by(|one, other| one.login == other.login) {
            let login = roles[0].login.clone();
            let (cases, plans) = people::in_hand(pool, &login, MOST).await?;
            members.push(Member { login, roles: roles.iter().map(|it| it.role.clone()).collect(), cases, plans });
        }
        Ok(Box::new(TeamShown { people: members, policy }))
    }
}

/// What became of a change: done, or why it was refused.
fn told(changed: Result<(), StoreError>, words: String) -> News {
    News::Changed(match changed {
        Ok(()) => Ok(Ok(words)),
        Err(StoreError::Refused { message, .. }) => Ok(Err(crate::text::sentence(&message))),
        Err(error) => Err(error.into()),
    })
}

/// What became of moving all cases of a person, in a sentence.
fn summed(from: &str, to: &str, moved: &[cases::Moved]) -> Result<String, String> {
    let done = moved.iter().filter(|it| it.refused().is_none()).count();
    let refused = moved.iter().find_map(cases::Moved::refused);
    let (from, to) = (crate::text::clean(from), crate::text::clean(to));
    let words = format!("{done} of {} open cases of {from} are {to}'s now.", moved.len());
    match refused {
        Some(why) => Err(format!("{words} {}", crate::text::sentence(why))),
        None => Ok(words),
    }
}
