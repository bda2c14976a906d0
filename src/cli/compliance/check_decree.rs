//! `registrar compliance check-decree`: what its author hears of a decree's file.

use serde::Serialize;

use super::{Context, Done, text_of};
use crate::compliance::decree::Decree;
use crate::compliance::{CLOCK_FIELDS, CaseKind, DATES, Field};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The file or its folder, by a path with a separator; or the name of one that comes along
    #[arg(value_name = "FILE|NAME")]
    decree: String,
    /// List every field that a rule may read, kind by kind
    #[arg(long)]
    fields: bool,
}

/// What is told of a file.
#[derive(Serialize)]
struct Told {
    file: String,
    problems: Vec<String>,
    warnings: Vec<String>,
    outcomes: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<Kind>,
}

/// A kind of cases.
#[derive(Serialize)]
struct Kind {
    kind: &'static str,
    fields: Vec<KindField>,
}

/// A field of it.
#[derive(Serialize)]
struct KindField {
    name: &'static str,
    holds: String,
    meaning: &'static str,
}

pub(in crate::cli) fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let (file, text) = text_of(&arguments.decree)?;
    let read = Decree::read(&file, &text);
    let is_right = read.is_ok();
    let (problems, warnings, outcomes) = match read {
        Ok(decree) => {
            let ids = decree.outcomes.iter().map(|it| it.text.id.clone());
            (Vec::new(), decree.warnings.clone(), ids.collect())
        }
        Err(problems) => (problems, Vec::new(), Vec::new()),
    };
    let told = Told {
        file,
        problems,
        warnings,
        outcomes,
        fields: if arguments.fields {
            kinds()
        } else {
            Vec::new()
        },
    };
    context.terminal.data(&told, || written(&told))?;
    Ok(if is_right { Done::Yes } else { Done::No })
}

fn kinds() -> Vec<Kind> {
    let field = |field: &Field| KindField {
        name: field.name,
        holds: field.of.to_string(),
        meaning: field.meaning,
    };
    let kind = |kind: &CaseKind| Kind {
        kind: kind.word(),
        fields: kind.fields().iter().map(field).collect(),
    };
    CaseKind::ALL.iter().map(kind).collect()
}

fn written(told: &Told) -> String {
    let mut text = String::new();
    for problem in &told.problems {
        text += &format!("{problem}\n");
    }
    for warning in &told.warnings {
        text += &format!("warning: {warning}\n");
    }
    if told.problems.is_empty() {
        let outcomes = told.outcomes.join(", ");
        text += &format!(
            "{}: {} outcomes: {outcomes}\n",
            told.file,
            told.outcomes.len()
        );
    }
    for kind in &told.fields {
        text += &format!("\ncase `{}`\n", kind.kind);
        for field in &kind.fields {
            text += &format!(
                "  {:<28} {:<18} {}\n",
                field.name, field.holds, field.meaning
            );
        }
    }
    if !told.fields.is_empty() {
        text += "\nof an outcome's clock, and of the report\n";
        for field in CLOCK_FIELDS.iter().chain(DATES) {
            let holds = field.of.to_string();
            text += &format!("  {:<28} {holds:<18} {}\n", field.name, field.meaning);
        }
    }
    text
}
