//! Calendars and clocks against a calendar of three years, day by day.
//!
//! `fixtures/clocks/by-hand.csv` was counted by hand and says how; `days.csv` is every day of a
//! year and more. `walk` counts each again from the rows, one day after the other, knowing nothing
//! of the library; `properties` lets both count over calendars that nobody drew up.

mod beside;
mod calendar;
mod days;
mod given;
mod hand;
mod properties;
mod walk;
