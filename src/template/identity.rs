//! What a page may not ask of the record: who somebody is. A template is the same for everybody, so
//! it compares no name, number or date of birth with a text of its own.
//!
//! Found are the record's fields, names that `let` gives them, and what is taken of them as text
//! (`.slice`, `lower`); it reads syntax only, so one who means to hide a comparison can.
//! Never: comparing two fields with each other, or asking whether one is there or how long.

use std::collections::BTreeSet;

use typst::syntax::SyntaxNode;
use typst::syntax::ast::{
    Arg, ArrayItem, AstNode as _, BinOp, Binary, Closure, DestructuringItem, DictItem, Expr,
    FieldAccess, ForLoop, FuncCall, Ident, LetBinding, LetBindingKind, Param, Pattern,
};

/// Fields by which one person, or one document, is told from all others.
const IDENTITY: [&str; 3] = ["birth_date", "state_id", "student_id"];

/// What holds a `name` that is a person's, and an `id` that is a document's.
const PEOPLE: [&str; 2] = ["person", "student"];
const DOCUMENTS: [&str; 2] = ["document", "issue"];

/// What gives of a text a text, by which its owner is told as well.
const KEEPING: [&str; 10] = [
    "at",
    "clusters",
    "codepoints",
    "first",
    "last",
    "replace",
    "rev",
    "slice",
    "split",
    "trim",
];
const KEEPING_FUNCTIONS: [&str; 5] = ["int", "lower", "repr", "str", "upper"];

/// Methods of a text that ask whether another one is in it.
const ASKING: [&str; 7] = [
    "contains",
    "ends-with",
    "find",
    "match",
    "matches",
    "position",
    "starts-with",
];

/// Names that a file gives to what tells who somebody is, and to texts of its own.
#[derive(Default)]
pub(super) struct Aliases {
    people: BTreeSet<String>,
    documents: BTreeSet<String>,
    fields: BTreeSet<String>,
    texts: BTreeSet<String>,
    /// Names that somewhere stand for something else: what they are, syntax alone cannot say.
    unclear: BTreeSet<String>,
}

impl Aliases {
    /// Those of a whole file, in the order of its bindings.
    pub fn in_file(root: &SyntaxNode) -> Self {
        let mut aliases = Self::default();
        let mut open = vec![root];
        while let Some(node) = open.pop() {
            if let Some(binding) = node.cast::<LetBinding<'_>>() {
                aliases.bind(binding);
            } else if let Some(loops) = node.cast::<ForLoop<'_>>() {
                aliases.leave(loops.pattern().bindings());
            } else if let Some(closure) = node.cast::<Closure<'_>>() {
                aliases.leave(closure.params().children().flat_map(bound_by));
            }
            open.extend(node.children().rev());
        }
        for name in &aliases.unclear {
            let all = [
                &mut aliases.people,
                &mut aliases.documents,
                &mut aliases.fields,
            ];
            for names in all.into_iter().chain([&mut aliases.texts]) {
                names.remove(name);
            }
        }
        aliases
    }

    fn leave<'a>(&mut self, names: impl IntoIterator<Item = Ident<'a>>) {
        let names = names.into_iter().map(|name| name.as_str().to_owned());
        self.unclear.extend(names);
    }

    fn bind(&mut self, binding: LetBinding<'_>) {
        let (LetBindingKind::Normal(pattern), Some(value)) = (binding.kind(), binding.init())
        else {
            return;
        };
        match pattern {
            Pattern::Normal(Expr::Ident(name)) => {
                let names = if self.is_one_of(value, &PEOPLE) {
                    &mut self.people
                } else if self.is_one_of(value, &DOCUMENTS) {
                    &mut self.documents
                } else if self.is_identity(value) {
                    &mut self.fields
                } else if self.is_text(value) {
                    &mut self.texts
                } else {
                    &mut self.unclear
                };
                names.insert(name.as_str().to_owned());
            }
            Pattern::Destructuring(parts) => {
                for part in parts.items() {
                    self.bind_part(part, value);
                }
            }
            _ => {}
        }
    }

    /// One of several names that a value is taken apart into.
    fn bind_part(&mut self, part: DestructuringItem<'_>, value: Expr<'_>) {
        let (field, pattern) = match part {
            DestructuringItem::Pattern(pattern) => (None, pattern),
            DestructuringItem::Named(named) => (Some(named.name()), named.pattern()),
            DestructuringItem::Spread(_) => return,
        };
        let Pattern::Normal(Expr::Ident(name)) = pattern else {
            return;
        };
        let (field, name) = (field.unwrap_or(name), name.as_str().to_owned());
        let field = field.as_str();
        let names = if self.is_field(value, field) {
            &mut self.fields
        } else if PEOPLE.contains(&field) {
            &mut self.people
        } else if DOCUMENTS.contains(&field) {
            &mut self.documents
        } else {
            &mut self.unclear
        };
        names.insert(name);
    }

    /// What this part of the source asks about one person, if it does.
    pub fn asked(&self, node: &SyntaxNode) -> Option<String> {
        let asked = match node.cast::<Expr<'_>>()? {
            Expr::Binary(binary) => self.compared(binary),
            Expr::FuncCall(call) => self.called(call),
            _ => None,
        };
        asked.map(|it| it.to_untyped().full_text().to_string())
    }

    fn compared<'a>(&self, binary: Binary<'a>) -> Option<Expr<'a>> {
        use BinOp::{Eq, Geq, Gt, In, Leq, Lt, Neq, NotIn};
        if !matches!(binary.op(), Eq | Neq | Lt | Leq | Gt | Geq | In | NotIn) {
            return None;
        }
        let sides = [(binary.lhs(), binary.rhs()), (binary.rhs(), binary.lhs())];
        let mut sides = sides.into_iter();
        let found = sides.find(|(field, text)| self.is_identity(*field) && self.is_text(*text));
        found.map(|(field, _)| field)
    }

    fn called<'a>(&self, call: FuncCall<'a>) -> Option<Expr<'a>> {
        let Expr::FieldAccess(method) = call.callee() else {
            return None;
        };
        let (of, name) = (method.target(), method.field());
        let first = first(call)?;
        let asks = ASKING.contains(&name.as_str()) && self.is_identity(of) && self.is_text(first);
        let looks_up = name.as_str() == "at" && self.is_identity(first)
            || name.as_str() == "contains" && self.is_identity(first) && self.is_text(of);
        match (asks, looks_up) {
            (true, _) => Some(of),
            (_, true) => Some(first),
            _ => None,
        }
    }

    /// Whether this is, or is a name of, one of these parts of the model.
    fn is_one_of(&self, expr: Expr<'_>, parts: &[&str]) -> bool {
        let aliases = match parts == PEOPLE {
            true => &self.people,
            false => &self.documents,
        };
        match expr {
            Expr::Ident(name) => parts.contains(&name.as_str()) || aliases.contains(name.as_str()),
            Expr::FieldAccess(access) => parts.contains(&access.field().as_str()),
            Expr::Parenthesized(inner) => self.is_one_of(inner.expr(), parts),
            _ => false,
        }
    }

    /// Whether this tells who somebody is.
    fn is_identity(&self, expr: Expr<'_>) -> bool {
        match expr {
            Expr::Ident(name) => self.fields.contains(name.as_str()),
            Expr::Parenthesized(inner) => self.is_identity(inner.expr()),
            Expr::FieldAccess(access) => {
                !is_of_report(access.target())
                    && self.is_field(access.target(), access.field().as_str())
            }
            Expr::FuncCall(call) => match call.callee() {
                Expr::FieldAccess(method) => self.is_kept(method, call),
                Expr::Ident(function) => {
                    KEEPING_FUNCTIONS.contains(&function.as_str())
                        && first(call).is_some_and(|it| self.is_identity(it))
                }
                _ => false,
            },
            _ => false,
        }
    }

    fn is_field(&self, of: Expr<'_>, field: &str) -> bool {
        let (person, document) = (self.is_one_of(of, &PEOPLE), self.is_one_of(of, &DOCUMENTS));
        is_identity_of(field, person, document)
    }

    /// Whether a method gives what tells who somebody is: `.slice(0, 4)`, `person.at("name")`.
    fn is_kept(&self, method: FieldAccess<'_>, call: FuncCall<'_>) -> bool {
        let of_text =
            || KEEPING.contains(&method.field().as_str()) && self.is_identity(method.target());
        let of_dictionary = || match first(call) {
            Some(Expr::Str(field)) if method.field().as_str() == "at" => {
                self.is_field(method.target(), &field.get())
            }
            _ => false,
        };
        of_text() || of_dictionary()
    }

    /// Whether this is a text of the template's own that could be somebody's; a sign is nobody's.
    fn is_text(&self, expr: Expr<'_>) -> bool {
        match expr {
            Expr::Str(text) => text.get().contains(char::is_alphanumeric),
            Expr::Int(_) => true,
            Expr::Ident(name) => self.texts.contains(name.as_str()),
            Expr::Parenthesized(inner) => self.is_text(inner.expr()),
            Expr::Array(array) => array
                .items()
                .any(|item| matches!(item, ArrayItem::Pos(item) if self.is_text(item))),
            Expr::Dict(dict) => dict
                .items()
                .any(|item| matches!(item, DictItem::Keyed(it) if self.is_text(it.key()))),
            _ => false,
        }
    }
}

/// The names that a parameter binds.
fn bound_by(param: Param<'_>) -> Vec<Ident<'_>> {
    match param {
        Param::Pos(pattern) => pattern.bindings(),
        Param::Named(named) => vec![named.name()],
        Param::Spread(spread) => spread.sink_ident().into_iter().collect(),
    }
}

/// Whether this is the report's own words: `strings.state_id` is a label.
fn is_of_report(of: Expr<'_>) -> bool {
    matches!(of, Expr::Ident(name) if matches!(name.as_str(), "strings" | "settings"))
}

fn is_identity_of(field: &str, of_person: bool, of_document: bool) -> bool {
    IDENTITY.contains(&field) || (field == "name" && of_person) || (field == "id" && of_document)
}

fn first(call: FuncCall<'_>) -> Option<Expr<'_>> {
    call.args().items().find_map(|argument| match argument {
        Arg::Pos(value) => Some(value),
        _ => None,
    })
}
