//! What may be compared with what: names get their places, literals their types.
//!
//! Dates are compared with dates, days with days, counts with counts; a code is one of its field's
//! words. A number says what it counts (`days(60)`, `percent(60)`), so that a limit of days is
//! never compared with a share. Everything that is wrong in a rule is told at once.
//!
//! Next: `evaluate` computes what is left.

use jiff::civil::Date;

use super::Mistake;
use super::names::{Names, Slot, nearest};
use super::syntax::{Comparison, Form, PREDICATE_LIST_MAX, Piece};
use crate::compliance::case::{FieldType, Value};
use crate::record::{DayCount, Percent};

/// A checked rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Test {
    /// The same of every case; only as a whole rule.
    Always(bool),
    /// A field that holds yes or no.
    Flag(Slot),
    Known(Slot),
    Not(Box<Test>),
    All(Vec<Test>),
    Any(Vec<Test>),
    Compare(Term, Comparison, Term),
    In(Term, Vec<Value>),
}

/// A side of a comparison, and the type of its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) of: FieldType,
    pub(super) amount: Amount,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Amount {
    Slot(Slot),
    Literal(Value),
    Plus(Box<Term>, Box<Term>),
    Minus(Box<Term>, Box<Term>),
}

/// Days of one literal: no rule of law counts more than a century.
const LITERAL_DAYS_MAX: i64 = 36_525;

/// A checked rule, or everything that is wrong with it.
pub(super) fn check(tree: &Piece, names: Names) -> Result<Test, Vec<Mistake>> {
    if let Form::Flag(same) = tree.form {
        return Ok(Test::Always(same));
    }
    let mut checker = Checker {
        names,
        wrong: Vec::new(),
    };
    match checker.test(tree) {
        Some(test) if checker.wrong.is_empty() => Ok(test),
        _ => Err(checker.wrong),
    }
}

/// A side whose type may depend on the other one: a text in quotes is a code or a text.
enum Side {
    Typed(Term),
    Word(String),
}

struct Checker {
    names: Names,
    wrong: Vec<Mistake>,
}

impl Checker {
    fn say(&mut self, piece: &Piece, what: impl Into<String>, hint: impl Into<String>) {
        self.wrong.push(Mistake::new(piece.at.clone(), what, hint));
    }

    fn tell<T>(&mut self, mistake: &Mistake) -> Option<T> {
        self.wrong.push(mistake.clone());
        None
    }

    fn test(&mut self, piece: &Piece) -> Option<Test> {
        match &piece.form {
            Form::Name(name) => {
                let slot = self.slot(piece, name)?;
                let of = self.names.field(slot).of;
                if of == FieldType::Flag {
                    return Some(Test::Flag(slot));
                }
                let what = format!("`{name}` is {of}, which by itself is neither true nor false");
                self.say(piece, what, "compare it, or ask whether it `is known`");
                None
            }
            Form::Known(of) => match &of.form {
                Form::Name(name) => self.slot(of, name).map(Test::Known),
                Form::Wrong(mistake) => self.tell(mistake),
                _ => {
                    self.say(
                        of,
                        "only a field may be known or not",
                        "name a field: `x is known`",
                    );
                    None
                }
            },
            Form::Not(inner) => self.test(inner).map(|test| Test::Not(Box::new(test))),
            Form::All(parts) => self.tests(parts).map(Test::All),
            Form::Any(parts) => self.tests(parts).map(Test::Any),
            Form::Compare(left, how, right) => self.compare(left, *how, right),
            Form::In(term, list) => self.listed(term, list),
            Form::Wrong(mistake) => self.tell(mistake),
            Form::Flag(_) => {
                let what = "`true` and `false` stand alone or not at all";
                self.say(piece, what, "leave it out: it changes nothing in the rule");
                None
            }
            _ => {
                let what = "this is a value, neither true nor false";
                self.say(
                    piece,
                    what,
                    "compare it with something: `==`, `<`, `in [..]`",
                );
                None
            }
        }
    }

    /// All parts, also where one is wrong: each is told.
    fn tests(&mut self, parts: &[Piece]) -> Option<Vec<Test>> {
        let tests: Vec<_> = parts.iter().map(|part| self.test(part)).collect();
        tests.into_iter().collect()
    }

    fn slot(&mut self, piece: &Piece, name: &str) -> Option<Slot> {
        let slot = self.names.slot(name);
        if slot.is_none() {
            let kind = self.names.kind.word();
            let what = format!("a case `{kind}` has no field `{name}`");
            self.say(piece, what, self.names.hint(name));
        }
        slot
    }

    fn compare(&mut self, left: &Piece, how: Comparison, right: &Piece) -> Option<Test> {
        let (first, second) = (self.side(left), self.side(right));
        let (first, second) = match (first?, second?) {
            (Side::Typed(first), Side::Typed(second)) => (first, second),
            (Side::Typed(first), Side::Word(word)) => {
                let second = self.word(right, &word, first.of)?;
                (first, second)
            }
            (Side::Word(word), Side::Typed(second)) => {
                let first = self.word(left, &word, second.of)?;
                (first, second)
            }
            (Side::Word(_), Side::Word(_)) => {
                self.says_nothing(left);
                return None;
            }
        };
        if !first.asks() && !second.asks() {
            self.says_nothing(left);
            return None;
        }
        if first.of != second.of {
            self.unlike(right, first.of, second.of);
            return None;
        }
        let size = matches!(
            first.of,
            FieldType::Date | FieldType::Days | FieldType::Count | FieldType::Percent
        );
        if how.is_ordered() && !size {
            let what = format!(
                "{} has no order, so `{}` asks nothing",
                first.of,
                how.sign()
            );
            self.say(
                left,
                what,
                "ask whether they are the same (`==`, `!=`, `in [..]`)",
            );
            return None;
        }
        Some(Test::Compare(first, how, second))
    }

    fn says_nothing(&mut self, piece: &Piece) {
        let what = "two literals are compared, which says nothing of a case";
        self.say(piece, what, "compare a field");
    }

    fn unlike(&mut self, piece: &Piece, first: FieldType, second: FieldType) {
        let hint = match (first, second) {
            (FieldType::Days, FieldType::Count) | (FieldType::Count, FieldType::Days) => {
                "days are written `days(60)`"
            }
            (FieldType::Percent, FieldType::Count) | (FieldType::Count, FieldType::Percent) => {
                "shares are written `percent(60)`"
            }
            (FieldType::Date, _) | (_, FieldType::Date) => {
                "dates are written `date(\"2006-06-30\")`; a date less a date is days"
            }
            (FieldType::Code(_), FieldType::Code(_)) => "the two have different lists of codes",
            _ => "compare two values of one type",
        };
        self.say(piece, format!("{first} is compared with {second}"), hint);
    }

    fn listed(&mut self, piece: &Piece, list: &Piece) -> Option<Test> {
        let side = self.side(piece);
        if let Form::Wrong(mistake) = &list.form {
            return self.tell(mistake);
        }
        let Form::List(values) = &list.form else {
            self.say(
                list,
                "`in` asks for a list",
                "list the values: `in [\"a\", \"b\"]`",
            );
            return None;
        };
        if values.is_empty() || values.len() > PREDICATE_LIST_MAX {
            let what = format!(
                "a list of {} values, not 1 to {PREDICATE_LIST_MAX}",
                values.len()
            );
            self.say(list, what, "list what is meant");
            return None;
        }
        let Side::Typed(term) = side? else {
            self.says_nothing(piece);
            return None;
        };
        if !term.asks() {
            self.says_nothing(piece);
            return None;
        }
        let literals: Vec<_> = values
            .iter()
            .map(|value| self.value(value, term.of))
            .collect();
        let literals: Vec<Value> = literals.into_iter().collect::<Option<_>>()?;
        for (place, value) in literals.iter().enumerate() {
            if literals[..place].contains(value) {
                self.say(
                    &values[place],
                    "this stands in the list twice",
                    "take one out",
                );
                return None;
            }
        }
        Some(Test::In(term, literals))
    }

    /// A literal of a list, of the type that is asked for.
    fn value(&mut self, piece: &Piece, of: FieldType) -> Option<Value> {
        let term = match self.side(piece)? {
            Side::Word(word) => self.word(piece, &word, of)?,
            Side::Typed(term) => term,
        };
        let Amount::Literal(value) = term.amount else {
            self.say(
                piece,
                "a list holds literals only",
                "join comparisons by `or`",
            );
            return None;
        };
        if of != term.of {
            self.unlike(piece, of, term.of);
            return None;
        }
        Some(value)
    }

    /// A text in quotes as what stands on the other side.
    fn word(&mut self, piece: &Piece, word: &str, of: FieldType) -> Option<Term> {
        let value = match of {
            FieldType::Text => Value::Text(word.into()),
            FieldType::Code(words) => match words.iter().find(|known| **known == word) {
                Some(known) => Value::Code(known),
                None => {
                    let hint = match nearest(word, words.iter().copied()) {
                        Some(meant) => format!("did you mean \"{meant}\"?"),
                        None => format!("one of: {}", words.join(", ")),
                    };
                    self.say(piece, format!("no code of this field is \"{word}\""), hint);
                    return None;
                }
            },
            _ => {
                let what = format!("{of} is compared with a text in quotes");
                let hint = match of {
                    FieldType::Date => format!("write `date(\"{word}\")`"),
                    FieldType::Flag => "write `true` or `false`".to_owned(),
                    _ => "write the number without quotes, with what it counts".to_owned(),
                };
                self.say(piece, what, hint);
                return None;
            }
        };
        Some(Term {
            of,
            amount: Amount::Literal(value),
        })
    }

    fn side(&mut self, piece: &Piece) -> Option<Side> {
        let literal = |of, value| {
            Some(Side::Typed(Term {
                of,
                amount: Amount::Literal(value),
            }))
        };
        match &piece.form {
            Form::Word(word) => Some(Side::Word(word.clone())),
            Form::Integer(number) => literal(FieldType::Count, Value::Count(*number)),
            Form::Flag(flag) => literal(FieldType::Flag, Value::Flag(*flag)),
            Form::Typed(name, argument) => {
                let value = self.typed(name, argument)?;
                let of = match value {
                    Value::Date(_) => FieldType::Date,
                    Value::Days(_) => FieldType::Days,
                    _ => FieldType::Percent,
                };
                literal(of, value)
            }
            Form::Name(name) => {
                let slot = self.slot(piece, name)?;
                let of = self.names.field(slot).of;
                Some(Side::Typed(Term {
                    of,
                    amount: Amount::Slot(slot),
                }))
            }
            Form::Wrong(mistake) => self.tell(mistake),
            Form::Plus(left, right) => self.sum(piece, left, right, true),
            Form::Minus(left, right) => self.sum(piece, left, right, false),
            _ => {
                let what = "this is no value that can be compared";
                self.say(
                    piece,
                    what,
                    "compare fields and literals; join comparisons by `and`",
                );
                None
            }
        }
    }

    fn sum(&mut self, piece: &Piece, left: &Piece, right: &Piece, plus: bool) -> Option<Side> {
        let (first, second) = (self.side(left), self.side(right));
        let (Side::Typed(first), Side::Typed(second)) = (first?, second?) else {
            self.say(piece, "texts are not added", "compare the field itself");
            return None;
        };
        use FieldType::{Count, Date, Days};
        let of = match (first.of, plus, second.of) {
            (Date, _, Days) | (Days, true, Date) => Date,
            (Date, false, Date) | (Days, _, Days) => Days,
            (Count, _, Count) => Count,
            (a, _, b) => {
                let sign = if plus { '+' } else { '-' };
                let what = format!("{a} {sign} {b} has no meaning");
                let hint = "a date and days make a date; two dates make days; days and counts add";
                self.say(piece, what, hint);
                return None;
            }
        };
        let halves = |term: &Term| match term.amount {
            Amount::Literal(Value::Days(days)) => days.thousandths() % 1000 != 0,
            _ => false,
        };
        if of == Date && (halves(&first) || halves(&second)) {
            self.say(
                piece,
                "a part of a day is added to a date",
                "write whole days",
            );
            return None;
        }
        let (first, second) = (Box::new(first), Box::new(second));
        let amount = match plus {
            true => Amount::Plus(first, second),
            false => Amount::Minus(first, second),
        };
        Some(Side::Typed(Term { of, amount }))
    }

    /// `date("2006-06-30")`, `days(60)`, `days("0.5")`, `percent("20.5")`.
    fn typed(&mut self, name: &str, argument: &Piece) -> Option<Value> {
        if let Form::Wrong(mistake) = &argument.form {
            return self.tell(mistake);
        }
        let value = match (name, &argument.form) {
            ("date", Form::Word(text)) => {
                // ISO 8601 and nothing else that the library reads.
                let iso = text.len() == 10 && text.is_ascii();
                let date = iso.then(|| text.parse::<Date>().ok()).flatten();
                date.map(Value::Date)
                    .ok_or("write the day as `date(\"2006-06-30\")`")
            }
            ("days", Form::Integer(days)) => match days {
                0..=LITERAL_DAYS_MAX => Ok(Value::Days(DayCount::from_thousandths(days * 1000))),
                _ => Err("days are 0 to 36525"),
            },
            ("days", Form::Word(text)) => match text.parse() {
                Ok(days) => Ok(Value::Days(days)),
                Err(_) => Err("write days as `days(60)`, parts of one as `days(\"0.5\")`"),
            },
            ("percent", Form::Integer(share)) => match share {
                0..=100 => Ok(Value::Percent(Percent::from_thousandths(share * 1000))),
                _ => Err("a share is 0 to 100 percent"),
            },
            ("percent", Form::Word(text)) => match text.parse() {
                Ok(share) => Ok(Value::Percent(share)),
                Err(_) => Err("write a share as `percent(60)` or `percent(\"20.5\")`"),
            },
            ("date", _) => Err("write the day as `date(\"2006-06-30\")`"),
            ("days", _) => Err("write days as `days(60)`, parts of one as `days(\"0.5\")`"),
            _ => Err("write a share as `percent(60)` or `percent(\"20.5\")`"),
        };
        match value {
            Ok(value) => Some(value),
            Err(hint) => {
                self.say(
                    argument,
                    format!("this is nothing that `{name}` reads"),
                    hint,
                );
                None
            }
        }
    }
}

impl Term {
    /// Whether it names anything of a case or report.
    fn asks(&self) -> bool {
        match &self.amount {
            Amount::Slot(_) => true,
            Amount::Literal(_) => false,
            Amount::Plus(left, right) | Amount::Minus(left, right) => left.asks() || right.asks(),
        }
    }

    fn slots(&self, take: &mut impl FnMut(Slot)) {
        match &self.amount {
            Amount::Slot(slot) => take(*slot),
            Amount::Literal(_) => {}
            Amount::Plus(left, right) | Amount::Minus(left, right) => {
                left.slots(take);
                right.slots(take);
            }
        }
    }

    fn written(&self, names: Names) -> String {
        let sum = |left: &Term, sign: char, right: &Term| {
            let right_written = right.written(names);
            let (left, right) = (
                left.written(names),
                match right.amount {
                    Amount::Plus(..) | Amount::Minus(..) => format!("({right_written})"),
                    _ => right_written,
                },
            );
            format!("{left} {sign} {right}")
        };
        match &self.amount {
            Amount::Slot(slot) => names.field(*slot).name.to_owned(),
            Amount::Literal(value) => written(value),
            Amount::Plus(left, right) => sum(left, '+', right),
            Amount::Minus(left, right) => sum(left, '-', right),
        }
    }
}

/// A literal as it stands in a rule.
fn written(value: &Value) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let thousandths = |name: &str, value: i64, text: String| match value % 1000 {
        0 => format!("{name}({})", value / 1000),
        _ => format!("{name}(\"{text}\")"),
    };
    match value {
        Value::Date(day) => format!("date(\"{day}\")"),
        Value::Days(days) => thousandths("days", days.thousandths(), days.to_string()),
        Value::Percent(share) => thousandths("percent", share.thousandths(), share.to_string()),
        Value::Count(count) => count.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Code(word) => quoted(word),
        Value::Text(text) => quoted(text),
    }
}

impl Test {
    /// Every place that the rule asks, each as often as it does.
    pub(super) fn slots(&self, take: &mut impl FnMut(Slot)) {
        match self {
            Self::Always(_) => {}
            Self::Flag(slot) | Self::Known(slot) => take(*slot),
            Self::Not(inner) => inner.slots(take),
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.slots(take);
                }
            }
            Self::Compare(left, _, right) => {
                left.slots(take);
                right.slots(take);
            }
            Self::In(term, _) => term.slots(take),
        }
    }

    pub(super) fn asks_the_clock(&self) -> bool {
        let mut asked = false;
        self.slots(&mut |slot| asked |= matches!(slot, Slot::Clock(_)));
        asked
    }

    /// The rule as this program writes it.
    pub(super) fn written(&self, names: Names) -> String {
        let joined = |parts: &[Test], word: &str| {
            let parts: Vec<_> = parts
                .iter()
                .map(|part| match part {
                    Test::All(_) | Test::Any(_) => format!("({})", part.written(names)),
                    _ => part.written(names),
                })
                .collect();
            parts.join(word)
        };
        let name = |slot: &Slot| names.field(*slot).name;
        let list = |values: &[Value]| values.iter().map(written).collect::<Vec<_>>().join(", ");
        match self {
            Self::Always(same) => same.to_string(),
            Self::Flag(slot) => name(slot).to_owned(),
            Self::Known(slot) => format!("{} is known", name(slot)),
            Self::Not(inner) => match &**inner {
                Self::Known(slot) => format!("{} is not known", name(slot)),
                Self::In(term, values) => {
                    format!("{} not in [{}]", term.written(names), list(values))
                }
                inner => format!("not ({})", inner.written(names)),
            },
            Self::All(parts) => joined(parts, " and "),
            Self::Any(parts) => joined(parts, " or "),
            Self::Compare(left, how, right) => {
                let (left, right) = (left.written(names), right.written(names));
                format!("{left} {} {right}", how.sign())
            }
            Self::In(term, values) => format!("{} in [{}]", term.written(names), list(values)),
        }
    }
}
