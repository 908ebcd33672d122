//! Calendar dates and the periods between them: all that validity needs, and no more.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A calendar date. Ordered; written `2026-10-01`; kept as the number 20261001.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(u32);

impl Date {
    /// The first day there is.
    pub const MIN: Date = Date(10_101);

    /// A date from its parts, or nothing where the calendar has no such day.
    pub fn new(year: u32, month: u32, day: u32) -> Option<Date> {
        let leap =
            (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        ((1..=9999).contains(&year) && (1..=days).contains(&day))
            .then_some(Date(year * 10_000 + month * 100 + day))
    }

    /// A date from the number that stands for it, such as 20261001.
    pub fn from_number(number: u32) -> Option<Date> {
        Date::new(number / 10_000, number / 100 % 100, number % 100)
    }

    /// The number that stands for this date, such as 20261001.
    pub fn number(self) -> u32 {
        self.0
    }

    /// Reads `2026-10-01` or `20261001`, blanks around it ignored.
    pub fn parse(text: &str) -> Option<Date> {
        let text = text.trim();
        let digits = match text.as_bytes() {
            [_, _, _, _, b'-', _, _, b'-', _, _] => text.replace('-', ""),
            _ => text.to_string(),
        };
        if digits.len() != 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        Date::from_number(digits.parse().ok()?)
    }

    /// The day after this one.
    pub fn next_day(self) -> Date {
        let (year, month, day) = (self.0 / 10_000, self.0 / 100 % 100, self.0 % 100);
        let next = Date::new(year, month, day + 1);
        let next = next.or_else(|| Date::new(year, month + 1, 1));
        next.or_else(|| Date::new(year + 1, 1, 1)).unwrap_or(self)
    }

    /// The day before this one.
    pub fn previous_day(self) -> Date {
        let (year, month, day) = (self.0 / 10_000, self.0 / 100 % 100, self.0 % 100);
        if day > 1 {
            return Date(self.0 - 1);
        }
        let (year, month) = if month > 1 {
            (year, month - 1)
        } else {
            (year - 1, 12)
        };
        (28..=31)
            .rev()
            .find_map(|day| Date::new(year, month, day))
            .unwrap_or(self)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.0;
        write!(f, "{:04}-{:02}-{:02}", n / 10_000, n / 100 % 100, n % 100)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Date {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Date::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "expected a date such as 2026-10-01, found '{text}'"
            ))
        })
    }
}

/// The days from `start` to `end`, both included; an absent side is not bounded (FHIR `Period`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Period {
    /// The first day, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Date>,
    /// The last day, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<Date>,
}

impl Period {
    /// Whether the date lies within the period.
    pub fn contains(self, date: Date) -> bool {
        self.start.is_none_or(|start| start <= date) && self.end.is_none_or(|end| date <= end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_spellings_and_refuses_days_that_do_not_exist() {
        assert_eq!(Date::parse(" 2026-10-01 "), Date::new(2026, 10, 1));
        assert_eq!(Date::parse("20240229"), Date::new(2024, 2, 29));
        for bad in [
            "20230229",
            "2026-13-01",
            "2026-1-1",
            "",
            "today",
            "2026100١",
        ] {
            assert_eq!(Date::parse(bad), None, "{bad}");
        }
        assert_eq!(Date::new(2026, 10, 1).unwrap().to_string(), "2026-10-01");
    }

    #[test]
    fn the_day_before_and_after() {
        for (day, before) in [
            ("20261001", "20260930"),
            ("20240301", "20240229"),
            ("20260101", "20251231"),
        ] {
            let (day, before) = (Date::parse(day).unwrap(), Date::parse(before).unwrap());
            assert_eq!(day.previous_day(), before);
            assert_eq!(before.next_day(), day);
        }
    }
}
