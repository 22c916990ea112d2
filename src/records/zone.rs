//! Time zones, as people name them: one grammar for what is shown and for the desk's hours.

use chrono::{DateTime, Datelike, FixedOffset, Local, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// A time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Zone {
    /// UTC.
    #[default]
    Utc,
    /// The time zone of this machine.
    Local,
    /// A fixed offset from UTC; east is positive.
    Fixed(FixedOffset),
    /// A region with its own rules: `Africa/Lagos`.
    Region(Tz),
}

/// What to write instead of something that is no zone.
pub const ADVICE: &str = "use a name like Asia/Riyadh or Africa/Lagos, utc, or an offset east of UTC like +03:00";

impl Zone {
    fn at(self, at: DateTime<Utc>) -> DateTime<FixedOffset> {
        match self {
            Self::Utc => at.fixed_offset(),
            Self::Local => at.with_timezone(&Local).fixed_offset(),
            Self::Fixed(offset) => at.with_timezone(&offset),
            Self::Region(region) => at.with_timezone(&region).fixed_offset(),
        }
    }

    /// The offset from UTC at this time.
    pub fn offset(self, at: DateTime<Utc>) -> TimeDelta {
        TimeDelta::seconds(i64::from(self.at(at).offset().fix().local_minus_utc()))
    }

    /// A time in this zone, in a format of `chrono`.
    pub fn show(self, at: DateTime<Utc>, format: &str) -> String {
        self.at(at).format(format).to_string()
    }

    /// Month, day, hour and minute; of another year than now, the date with its year. Always eleven cells wide.
    pub fn short(self, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
        let is_of_this_year = self.at(at).year() == self.at(now).year();
        self.show(at, if is_of_this_year { "%m-%d %H:%M" } else { "%Y-%m-%d " })
    }

    /// Month, day, hour and minute, with the year if it is another one than now.
    pub fn minute(self, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
        let is_of_this_year = self.at(at).year() == self.at(now).year();
        self.show(at, if is_of_this_year { "%m-%d %H:%M" } else { "%Y-%m-%d %H:%M" })
    }

    /// A date and time with the zone.
    pub fn long(self, at: DateTime<Utc>) -> String {
        format!("{} {}", self.show(at, "%Y-%m-%d %H:%M:%S"), self.name(at))
    }

    /// The name of the zone at this time: `UTC`, `+03:00`.
    pub fn name(self, at: DateTime<Utc>) -> String {
        match self {
            Self::Utc => "UTC".to_owned(),
            Self::Local | Self::Fixed(_) | Self::Region(_) => self.show(at, "%:z"),
        }
    }

    /// The zone as PostgreSQL reads it after `at time zone`: a name, or the offset at this time. The sign of an offset
    /// means west there, so it is turned.
    pub fn sql(self, at: DateTime<Utc>) -> String {
        match self {
            Self::Utc => "UTC".to_owned(),
            Self::Region(zone) => zone.name().to_owned(),
            Self::Local | Self::Fixed(_) => {
                let east = self.show(at, "%:z");
                let turned = if east.starts_with('-') { '+' } else { '-' };
                format!("<{east}>{turned}{}", &east[1..])
            }
        }
    }

    /// The start of a day in this zone.
    pub fn start_of(self, day: chrono::NaiveDate) -> Option<DateTime<Utc>> {
        let midnight = day.and_hms_opt(0, 0, 0)?;
        // Where a day starts later because clocks were put forward, its first hour counts.
        let later = day.and_hms_opt(1, 0, 0)?;
        match self {
            Self::Utc => Some(midnight.and_utc()),
            Self::Local => Local
                .from_local_datetime(&midnight)
                .earliest()
                .or_else(|| Local.from_local_datetime(&later).earliest())
                .map(|at| at.to_utc()),
            Self::Fixed(offset) => offset.from_local_datetime(&midnight).earliest().map(|at| at.to_utc()),
            Self::Region(zone) => zone
                .from_local_datetime(&midnight)
                .earliest()
                .or_else(|| zone.from_local_datetime(&later).earliest())
                .map(|at| at.to_utc()),
        }
    }
}

impl std::str::FromStr for Zone {
    type Err = ();

    /// Abbreviations and POSIX forms are refused: EST is not always five hours, and in UTC+3 the sign means west.
    fn from_str(text: &str) -> Result<Self, ()> {
        let offset = |text: &str| text.len() == 6 && text.starts_with(['+', '-']) && text.as_bytes()[3] == b':';
        let region = |text: &str| text.contains('/') && !text.starts_with("Etc/");
        match text.to_ascii_lowercase().as_str() {
            "utc" => Ok(Self::Utc),
            "local" => Ok(Self::Local),
            _ if offset(text) => text.parse().map(Self::Fixed).map_err(|_| ()),
            _ if region(text) => text.parse().map(Self::Region).map_err(|_| ()),
            _ => Err(()),
        }
    }
}

impl std::fmt::Display for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Utc => f.write_str("utc"),
            Self::Local => f.write_str("local"),
            Self::Fixed(offset) => write!(f, "{offset}"),
            Self::Region(zone) => f.write_str(zone.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_have_one_grammar() {
        let check = |text: &str, expect: Option<&str>| {
            let at: DateTime<Utc> = "2026-11-23T05:00:00Z".parse().unwrap();
            let read = text.parse::<Zone>().ok().map(|zone| zone.long(at));
            assert_eq!(read.as_deref(), expect, "{text}");
        };
        check("utc", Some("2026-11-23 05:00:00 UTC"));
        check("+03:00", Some("2026-11-23 08:00:00 +03:00"));
        check("-05:30", Some("2026-11-22 23:30:00 -05:30"));
        check("Asia/Riyadh", Some("2026-11-23 08:00:00 +03:00"));
        check("Africa/Lagos", Some("2026-11-23 06:00:00 +01:00"));
        for wrong in
            ["UTC+3", "GMT", "EST", "AST", "+3", "+0300", "Mars/Phobos", "Etc/GMT+3", "EST5EDT", "", "3", "riyadh"]
        {
            check(wrong, None);
        }
    }

    #[test]
    fn another_year_shows_itself() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let now = at("2026-11-28T12:00:00Z");
        assert_eq!(Zone::Utc.short(at("2026-01-02T03:04:00Z"), now), "01-02 03:04");
        assert_eq!(Zone::Utc.short(at("2025-12-31T23:00:00Z"), now), "2025-12-31 ");
        assert_eq!(Zone::Utc.minute(at("2025-12-31T23:00:00Z"), now), "2025-12-31 23:00");
        let riyadh: Zone = "Asia/Riyadh".parse().unwrap();
        assert_eq!(riyadh.short(at("2025-12-31T23:00:00Z"), now), "01-01 02:00");
    }
}
