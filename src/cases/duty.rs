//! Who is on call: a weekly rota in the zone of the desk's hours.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::records::Zone;

const DAY: u32 = 24 * 60;

/// One row of the rota. Minutes are those of the day; a duty that ends before it starts goes on until the next day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// Who it is: a login, or a name and how to reach them.
    pub who: String,
    /// The days on which it starts. Day 1 is Monday.
    pub days: Vec<u8>,
    /// The minute it starts.
    pub from: u32,
    /// The minute it ends.
    pub to: u32,
}

/// Someone who is on call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnCall {
    /// Who it is.
    pub who: String,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// Everyone who is on call at a time, as the rota lists them.
pub fn on_call(rota: &[Duty], zone: Zone, now: DateTime<Utc>) -> Vec<OnCall> {
    rota.iter().filter_map(|duty| Some(OnCall { who: duty.who.clone(), until: duty.until(zone, now)? })).collect()
}

impl Duty {
    /// When it ends, if it is on now.
    fn until(&self, zone: Zone, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let today: NaiveDate = zone.show(now, "%Y-%m-%d").parse().ok()?;
        let length = if self.to > self.from { self.to - self.from } else { self.to + DAY - self.from };
        // The duty that started yesterday may still be on.
        [today.pred_opt()?, today].into_iter().find_map(|day| {
            let starts = u8::try_from(day.weekday().number_from_monday()).ok()?;
            let begins = zone.start_of(day)? + TimeDelta::minutes(i64::from(self.from));
            let ends = begins + TimeDelta::minutes(i64::from(length));
            (self.days.contains(&starts) && begins <= now && now < ends).then_some(ends)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::cases::duty::*;

    #[test]
    fn a_duty_may_go_past_midnight() {
        let rota = [
            Duty { who: "noura".to_owned(), days: vec![1, 2, 3, 4, 5], from: 8 * 60, to: 20 * 60 },
            Duty { who: "sami".to_owned(), days: vec![1, 2, 3, 4, 5], from: 20 * 60, to: 8 * 60 },
        ];
        let riyadh: Zone = "Asia/Riyadh".parse().unwrap();
        let check = |now: &str, expect: &[(&str, &str)]| {
            let found = on_call(&rota, riyadh, now.parse().unwrap());
            let found: Vec<_> = found.iter().map(|it| (it.who.as_str(), it.until.to_rfc3339())).collect();
            let expect: Vec<_> = expect.iter().map(|it| (it.0, format!("{}+00:00", it.1))).collect();
            assert_eq!(found, expect, "{now}");
        };
        // 20 November 2026 is a Friday; Riyadh is three hours ahead.
        check("2026-11-20T05:00:00Z", &[("noura", "2026-11-20T17:00:00")]);
        check("2026-11-20T17:00:00Z", &[("sami", "2026-11-21T05:00:00")]);
        check("2026-11-21T04:59:00Z", &[("sami", "2026-11-21T05:00:00")]);
        check("2026-11-21T05:00:00Z", &[]);
    }
}
