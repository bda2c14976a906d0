//! A predicate's text to a tree of its own, by the parser of minijinja.
//!
//! The only file that names that parser: it knows more than a rule may say, so each piece of text
//! is looked at before it is parsed, and what is left over of the parser's tree is refused by
//! name. A text is bounded before it is parsed, for the parser calls itself.
//!
//! Next: `check` gives the names and literals their meaning.

use std::ops::Range;

use minijinja::machinery::ast::{self, BinOpKind, CallArg, Expr, UnaryOpKind};
use minijinja::machinery::{Span, Token, parse_expr, tokenize};
use minijinja::value::ValueKind;

use super::Mistake;

/// Bytes of one predicate.
pub const PREDICATE_BYTES_MAX: usize = 4_000;
/// Names, literals and signs of one predicate.
pub const PREDICATE_NODES_MAX: usize = 500;
/// Brackets that stand within each other.
pub const PREDICATE_DEPTH_MAX: usize = 20;
/// Values of one list.
pub const PREDICATE_LIST_MAX: usize = 100;

/// A piece of a predicate, and its bytes in the text.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) form: Form,
    pub(super) at: Range<usize>,
}

/// What a piece of a predicate is, before anybody asks what its names mean.
#[derive(Debug)]
pub(super) enum Form {
    /// `kind`, `clock.days`.
    Name(String),
    Integer(i64),
    Word(String),
    Flag(bool),
    /// `date("2006-06-30")`: a literal that names its type.
    Typed(String, Box<Piece>),
    List(Vec<Piece>),
    /// `report_on is known`.
    Known(Box<Piece>),
    Not(Box<Piece>),
    All(Vec<Piece>),
    Any(Vec<Piece>),
    Compare(Box<Piece>, Comparison, Box<Piece>),
    In(Box<Piece>, Box<Piece>),
    Plus(Box<Piece>, Box<Piece>),
    Minus(Box<Piece>, Box<Piece>),
    /// What no rule may say, to be told with everything else that is wrong.
    Wrong(Mistake),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl Comparison {
    pub(super) const fn sign(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }

    /// Whether it asks which of two is the larger, and not only whether they are the same.
    pub(super) const fn is_ordered(self) -> bool {
        !matches!(self, Self::Equal | Self::Unequal)
    }
}

/// The tree of a text.
pub(super) fn parse(text: &str) -> Result<Piece, Vec<Mistake>> {
    let wrong = scan(text);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let tree = parse_expr(text).map_err(|error| vec![unread(text, &error, 0)])?;
    Ok(piece(&tree))
}

const SHAPE: &str = "a rule compares fields: `report_on is known and clock.days <= days(60)`";

/// What the parser tells; where it does not tell a place, that of the rest of the text.
fn unread(text: &str, error: &minijinja::Error, rest: usize) -> Mistake {
    let at = error.range().filter(|at| text.get(at.clone()).is_some());
    let what = error.detail().unwrap_or("something else stands there");
    let what = format!("the rule does not read: {what}");
    Mistake::new(at.unwrap_or(rest..text.len()), what, SHAPE)
}

/// What stands in the text that no rule may say, and whether it is too much for the parser.
fn scan(text: &str) -> Vec<Mistake> {
    if text.len() > PREDICATE_BYTES_MAX {
        let what = format!(
            "the rule has {} bytes, {PREDICATE_BYTES_MAX} at most",
            text.len()
        );
        return vec![Mistake::new(0..0, what, TOO_LARGE)];
    }
    let mut wrong = Vec::new();
    let (mut depth, mut prefixes, mut after_word, mut read) = (0_usize, 0_usize, false, 0_usize);
    for (nodes, token) in tokenize(text, true, Default::default()).enumerate() {
        let (token, span) = match token {
            Ok(token) => token,
            Err(error) => {
                wrong.push(unread(text, &error, read));
                break;
            }
        };
        read = span.end_offset as usize;
        let at = bytes(span);
        match token {
            Token::BracketOpen | Token::ParenOpen => depth += 1,
            Token::BracketClose | Token::ParenClose => depth = depth.saturating_sub(1),
            _ => {}
        }
        prefixes = match token {
            Token::Minus | Token::Ident("not") => prefixes + 1,
            _ => 0,
        };
        if depth > PREDICATE_DEPTH_MAX {
            let what = format!("more than {PREDICATE_DEPTH_MAX} brackets within each other");
            wrong.push(Mistake::new(at, what, TOO_LARGE));
            break;
        }
        if nodes >= PREDICATE_NODES_MAX {
            let what = format!("more than {PREDICATE_NODES_MAX} names and signs in one rule");
            wrong.push(Mistake::new(at, what, TOO_LARGE));
            break;
        }
        let is_word = matches!(token, Token::Str(_) | Token::String(_));
        if prefixes > 2 {
            let what = "`not` or `-` stands there again and again";
            wrong.push(Mistake::new(at, what, "say it once, or not at all"));
            break;
        } else if is_word && after_word {
            let what = "two texts follow each other";
            wrong.push(Mistake::new(
                at,
                what,
                "texts are not joined; list them: `in [..]`",
            ));
        } else if let Some((what, hint)) = refused(&token) {
            wrong.push(Mistake::new(at, what, hint));
        }
        after_word = is_word;
    }
    wrong
}

const TOO_LARGE: &str = "part it: classes are tried in order, exclusions each have their own rule";

const LARGE_NUMBER: (&str, &str) = (
    "the number is too large",
    "no record has so many of anything",
);

/// Why a rule may not contain this, and what to write instead.
fn refused(token: &Token<'_>) -> Option<(&'static str, &'static str)> {
    Some(match token {
        Token::Float(_) => (
            "a number with a point is not exact here",
            "name what it counts: `days(\"0.5\")`, `percent(\"20.5\")`",
        ),
        Token::Int128(_) => LARGE_NUMBER,
        Token::Mul | Token::Div | Token::FloorDiv | Token::Pow | Token::Mod => (
            "a rule does not multiply or divide",
            "shares are the outcome's own work: say which cases count; `+` and `-` may stand here",
        ),
        Token::Assign => ("`=` sets something", "`==` asks whether two are the same"),
        Token::Pipe => ("a rule has no filters", "compare the field itself"),
        Token::Tilde => ("texts are not joined", "compare the field itself"),
        Token::BraceOpen | Token::BraceClose | Token::Colon => {
            ("this has no meaning in a rule", SHAPE)
        }
        Token::Ident("if" | "else") => (
            "a rule does not choose between values",
            "join comparisons by `and`, `or`, `not`",
        ),
        Token::Ident("none" | "None") => (
            "a field without a value is not compared",
            "write `is known` or `is not known`",
        ),
        Token::Ident("True" | "False") => {
            ("yes and no are written small", "write `true` or `false`")
        }
        _ => return None,
    })
}

fn bytes(span: Span) -> Range<usize> {
    span.start_offset as usize..span.end_offset as usize
}

/// A piece whose bytes are those of its parts: the parser's own span begins a word too early.
fn over(form: Form, first: &Range<usize>, last: &Range<usize>) -> Piece {
    let at = first.start..last.end;
    Piece { form, at }
}

fn piece(tree: &Expr<'_>) -> Piece {
    allowed(tree).unwrap_or_else(|mistake| Piece {
        at: mistake.at.clone(),
        form: Form::Wrong(mistake),
    })
}

fn allowed(tree: &Expr<'_>) -> Result<Piece, Mistake> {
    let at = bytes(tree.span());
    let form = match tree {
        Expr::Var(name) => Form::Name(name.id.to_owned()),
        Expr::GetAttr(part) => match &part.expr {
            Expr::Var(of) => Form::Name(format!("{}.{}", of.id, part.name)),
            other => return Err(strange(other)),
        },
        Expr::Const(literal) => constant(&literal.value, &at)?,
        Expr::UnaryOp(op) => {
            let inner = piece(&op.expr);
            match (&op.op, inner.form) {
                (UnaryOpKind::Neg, Form::Integer(number)) => Form::Integer(-number),
                (UnaryOpKind::Neg, _) => {
                    let what = "only a number may have a sign";
                    return Err(Mistake::new(at, what, "take one from another: `a - b`"));
                }
                // The parser's own span of `x not in y` begins a word too early.
                (UnaryOpKind::Not, form) => {
                    let (at, whole) = (inner.at.clone(), inner.at);
                    return Ok(over(
                        Form::Not(Box::new(Piece { form, at })),
                        &whole,
                        &whole,
                    ));
                }
            }
        }
        Expr::BinOp(op) => return joined(op),
        Expr::Test(test) => return known(test, &at),
        Expr::Call(call) => typed(call, &at)?,
        Expr::List(list) => Form::List(list.items.iter().map(piece).collect()),
        Expr::Compare(_) => {
            let what = "two comparisons follow each other";
            return Err(Mistake::new(
                at,
                what,
                "join them by `and`: `a <= b and b <= c`",
            ));
        }
        other => return Err(strange(other)),
    };
    Ok(Piece { form, at })
}

fn strange(tree: &Expr<'_>) -> Mistake {
    Mistake::new(bytes(tree.span()), "this has no meaning in a rule", SHAPE)
}

fn constant(value: &minijinja::Value, at: &Range<usize>) -> Result<Form, Mistake> {
    let whole = value.is_integer().then(|| i64::try_from(value.clone()));
    match (value.kind(), whole) {
        (ValueKind::Bool, _) => Ok(Form::Flag(value.is_true())),
        (ValueKind::Number, Some(Ok(number))) => Ok(Form::Integer(number)),
        (ValueKind::String, _) => Ok(Form::Word(value.as_str().unwrap_or_default().to_owned())),
        _ => Err(Mistake::new(
            at.clone(),
            "this is no value of a rule",
            SHAPE,
        )),
    }
}

const fn comparison(op: &BinOpKind) -> Option<Comparison> {
    Some(match op {
        BinOpKind::Eq => Comparison::Equal,
        BinOpKind::Ne => Comparison::Unequal,
        BinOpKind::Lt => Comparison::Less,
        BinOpKind::Lte => Comparison::AtMost,
        BinOpKind::Gt => Comparison::Greater,
        BinOpKind::Gte => Comparison::AtLeast,
        _ => return None,
    })
}

fn joined(op: &ast::BinOp<'_>) -> Result<Piece, Mistake> {
    let (left, right) = (piece(&op.left), piece(&op.right));
    let (first, last) = (left.at.clone(), right.at.clone());
    if let Some(how) = comparison(&op.op) {
        let form = Form::Compare(Box::new(left), how, Box::new(right));
        return Ok(over(form, &first, &last));
    }
    let form = match &op.op {
        BinOpKind::In => Form::In(Box::new(left), Box::new(right)),
        BinOpKind::Add => Form::Plus(Box::new(left), Box::new(right)),
        BinOpKind::Sub => Form::Minus(Box::new(left), Box::new(right)),
        // `a and b and c` is one list of three, so that a long rule is not a deep one.
        BinOpKind::ScAnd => match left.form {
            Form::All(mut parts) => {
                parts.push(right);
                Form::All(parts)
            }
            _ => Form::All(vec![left, right]),
        },
        BinOpKind::ScOr => match left.form {
            Form::Any(mut parts) => {
                parts.push(right);
                Form::Any(parts)
            }
            _ => Form::Any(vec![left, right]),
        },
        other => {
            let what = format!("a rule has no such operation ({other:?})");
            return Err(Mistake::new(first, what, SHAPE));
        }
    };
    Ok(over(form, &first, &last))
}

fn known(test: &ast::Test<'_>, at: &Range<usize>) -> Result<Piece, Mistake> {
    let of = piece(&test.expr);
    if test.name != "known" || !test.args.is_empty() {
        let what = format!("nothing is asked by `is {}`", test.name);
        return Err(Mistake::new(
            of.at.start..at.end,
            what,
            "`is known` and `is not known` ask whether a field has a value; else compare: `==`",
        ));
    }
    let whole = of.at.start..at.end;
    Ok(over(Form::Known(Box::new(of)), &whole, &whole))
}

fn typed(call: &ast::Call<'_>, at: &Range<usize>) -> Result<Form, Mistake> {
    let hint = "the only such forms are `date(\"2006-06-30\")`, `days(60)`, `percent(60)`";
    let (Expr::Var(name), [CallArg::Pos(argument)]) = (&call.expr, call.args.as_slice()) else {
        return Err(Mistake::new(at.clone(), "a rule calls nothing", hint));
    };
    if !["date", "days", "percent"].contains(&name.id) {
        let what = format!("a rule calls nothing, not `{}`", name.id);
        return Err(Mistake::new(bytes(call.expr.span()), what, hint));
    }
    Ok(Form::Typed(name.id.to_owned(), Box::new(piece(argument))))
}
