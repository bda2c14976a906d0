//! `registrar check --causes`: which settings of `policy.toml` would make declared figures agree.
//!
//! Never: what a cause is (`transcript/audit/causes.rs`).

use std::fmt::Write as _;

use serde::Serialize;

use super::Done;
use super::terminal::{Terminal, shown};
use crate::issue::{Examination, Examined, OfSchools};
use crate::transcript::audit::{Causes, Setting};

/// Causes by the district's rules, and by those that schools' own reports bring.
#[derive(Serialize)]
struct AllCauses {
    #[serde(flatten)]
    causes: Causes,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    of_schools: Vec<OfSchools>,
}

/// Looks for the causes of what differs and tells them; no where a figure differs.
pub(super) async fn tell(
    terminal: &Terminal,
    examination: &Examination,
    who: &Examined,
) -> anyhow::Result<Done> {
    let answer = AllCauses {
        causes: examination.causes(who).await?,
        of_schools: examination.causes_of_schools(who).await?,
    };
    terminal.data(&answer, || answer.text())?;
    let agree = answer.all().all(|causes| causes.differ == 0);
    Ok(if agree { Done::Yes } else { Done::No })
}

impl AllCauses {
    fn all(&self) -> impl Iterator<Item = &Causes> {
        let of_schools = self.of_schools.iter().map(|it| &it.causes);
        std::iter::once(&self.causes).chain(of_schools)
    }

    fn text(&self) -> String {
        let mut text = told(&self.causes);
        for OfSchools { schools, causes } in &self.of_schools {
            let schools = schools.join(", ");
            let _ = writeln!(
                text,
                "\nBy the rules of the report that school {schools} has:"
            );
            text += &told(causes);
        }
        text
    }
}

fn told(causes: &Causes) -> String {
    let verb = if causes.students == 1 {
        "declares"
    } else {
        "declare"
    };
    let mut text = format!(
        "{} {verb} figures: {} agree, {} differ\n",
        counted(causes.students, "student"),
        causes.agree,
        causes.differ
    );
    for (number, cause) in (1..).zip(&causes.causes) {
        let (students, means) = (counted(cause.students, "student"), shown(&cause.means));
        let then = match number {
            1 => "",
            2 => "with that set, ",
            _ => "with these set, ",
        };
        let place = place(&cause.setting);
        let _ = writeln!(text, "\n{then}{students}: {means}\n  in policy.toml{place}");
        for line in cause.setting.set.lines() {
            let _ = writeln!(text, "    {}", shown(line));
        }
        let (clears, breaks) = (counted(cause.clears, "figure"), cause.breaks);
        let _ = writeln!(
            text,
            "  would clear {clears}, and newly break {breaks} that agree"
        );
    }
    if causes.unexplained > 0 {
        let left = counted(causes.unexplained, "figure");
        let why = match (causes.unfinished, causes.causes.is_empty()) {
            (true, _) => " left with all of this set: look again for more",
            (false, true) => ": no one setting explains them",
            (false, false) => " left with all of this set: no further setting explains them",
        };
        let _ = writeln!(text, "\n{left}{why}");
        for it in &causes.differences {
            let (figure, difference) = (shown(&it.figure), shown(&it.difference));
            let _ = writeln!(text, "  {:>8}  {figure}: {difference}", it.figures);
        }
    }
    if causes.sources.len() > 1 {
        let sources: Vec<String> = causes.sources.iter().map(shown).collect();
        let _ = writeln!(
            text,
            "  hint: these come from {}, and each may have a cause of its own: `registrar check \
             --causes --source NAME`",
            sources.join(", ")
        );
    }
    text
}

fn counted(count: u64, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

/// Where a setting stands, and what happens there.
fn place(setting: &Setting) -> String {
    let table =
        setting.table.as_deref().map(
            |it| match it.starts_with("[[") && setting.having.is_none() {
                true => format!(", one more table {}", shown(it)),
                false => format!(", table {}", shown(it)),
            },
        );
    let having = setting
        .having
        .as_deref()
        .map(|it| format!(" with {}", shown(it)));
    let verb = match &setting.take_out {
        Some(key) => format!(", take out {}", shown(key)),
        None => ", set".to_owned(),
    };
    [table, having, Some(verb)].into_iter().flatten().collect()
}
