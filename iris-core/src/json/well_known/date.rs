//! Days and dates of the Gregorian calendar, which runs on before its invention.

/// A date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) year: i64,
    /// From 1.
    pub(super) month: i64,
    /// From 1.
    pub(super) day: i64,
}

/// The calendar repeats after so many years.
const CYCLE_YEARS: i64 = 400;
/// So many days have they.
const CYCLE_DAYS: i64 = 146_097;
/// From 1 March of the year 0 to 1 January 1970.
const DAYS_BEFORE_1970: i64 = 719_468;

impl Date {
    /// The date so many days after 1 January 1970.
    pub(super) fn from_days(days: i64) -> Date {
        let days = days + DAYS_BEFORE_1970;
        let cycle = days.div_euclid(CYCLE_DAYS);
        let day_of_cycle = days.rem_euclid(CYCLE_DAYS);
        // Each 4 years have a leap day, each 100 have not, the last day of 400 is one again.
        let year_of_cycle = (day_of_cycle - day_of_cycle / 1_460 + day_of_cycle / 36_524
            - day_of_cycle / 146_096)
            / 365;
        let day_of_year =
            day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
        // Counted from March, months have 153 days in every five.
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = month_from_march + if month_from_march < 10 { 3 } else { -9 };
        let year = cycle * CYCLE_YEARS + year_of_cycle + i64::from(month <= 2);
        Date { year, month, day }
    }

    /// The days since 1 January 1970, negative before.
    pub(super) fn days(self) -> i64 {
        // A year that begins in March has its leap day at its end.
        let year = self.year - i64::from(self.month <= 2);
        let cycle = year.div_euclid(CYCLE_YEARS);
        let year_of_cycle = year.rem_euclid(CYCLE_YEARS);
        let month_from_march = (self.month + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + self.day - 1;
        let day_of_cycle =
            365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
        cycle * CYCLE_DAYS + day_of_cycle - DAYS_BEFORE_1970
    }

    /// Whether the calendar has this date.
    pub(super) fn exists(self) -> bool {
        (1..=12).contains(&self.month) && self.day >= 1 && Date::from_days(self.days()) == self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_two_cycles_follows_the_one_before() {
        let mut before = Date::from_days(-DAYS_BEFORE_1970);
        for days in -DAYS_BEFORE_1970..2 * CYCLE_DAYS {
            let date = Date::from_days(days);
            assert_eq!(date.days(), days);
            assert!(date.exists(), "{date:?}");
            let order = |date: Date| (date.year, date.month, date.day);
            assert!(days == -DAYS_BEFORE_1970 || order(before) < order(date));
            before = date;
        }
    }

    #[test]
    fn leap_days() {
        let exists = |year, month, day| Date { year, month, day }.exists();
        assert!(exists(2000, 2, 29) && exists(2024, 2, 29));
        assert!(!exists(1900, 2, 29) && !exists(2023, 2, 29));
        assert!(!exists(2024, 4, 31) && !exists(2024, 13, 1) && !exists(2024, 0, 1));
        assert!(!exists(2024, 1, 0));
    }
}
