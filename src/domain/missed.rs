//! Missed steps: what no one reported, but a later notification implies.

use super::decide::{Ask, By, Step, decide};
use super::order::Order;

/// How a reported action could have become lawful.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missed {
    /// Through exactly these steps and then the reported one: all or nothing.
    Steps(Vec<Step>),
    /// Not through implied steps.
    NoWay,
    /// In several ways: the program does not guess.
    SeveralWays,
}

/// Finds the implied steps that make the request lawful. They get the time of the notification.
pub fn missed(order: &Order, ask: &Ask) -> Missed {
    let mut ways = Vec::new();
    explore(order, ask, &mut Vec::new(), &mut ways);
    match (ways.pop(), ways.is_empty()) {
        (Some(steps), true) => Missed::Steps(steps),
        (Some(_), false) => Missed::SeveralWays,
        (None, _) => Missed::NoWay,
    }
}

fn explore(order: &Order, ask: &Ask, path: &mut Vec<Step>, ways: &mut Vec<Vec<Step>>) {
    for rule in order.status.rules().iter().filter(|rule| rule.implied && rule.action != ask.action) {
        let Ok(step) = decide(order, &Ask::new(rule.action, rule.actor, ask.at, By::Notice)) else { continue };
        let next = step.order().clone();
        path.push(step);
        match decide(&next, ask) {
            Ok(reported) => ways.push(path.iter().cloned().chain([reported]).collect()),
            Err(_) => explore(&next, ask, path, ways),
        }
        path.pop();
    }
}
