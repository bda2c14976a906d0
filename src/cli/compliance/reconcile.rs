//! `registrar compliance reconcile`: what the systems disagree about, line by line.

use super::{Context, Done, Reading, open};
use crate::cli::terminal::shown;

/// Schools that the summary names one by one.
const SCHOOLS_SHOWN_MAX: usize = 20;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    reading: Reading,
}

pub(in crate::cli) async fn run(context: &Context, arguments: &Arguments) -> anyhow::Result<Done> {
    let compliance = open(context, &arguments.reading).await?;
    let systems = &compliance.around().systems;
    anyhow::ensure!(
        !systems.student.is_empty() && !systems.support.is_empty(),
        "there are no systems to compare\nhint: `student_systems` and `support_systems` under \
         [compliance] in registrar.toml name them"
    );
    let measured = compliance
        .measure::<anyhow::Error>(|_, _| Ok(()), |_| {})
        .await?;
    let found = compliance.reconciliation(&measured).await?;
    super::cases::write(context, &found.list)?;
    let disagreements: u64 = found.schools.values().map(|it| it.disagreements).sum();
    context.terminal.say(format_args!(
        "{disagreements} disagreements about {} people at {} schools",
        found.people,
        found.schools.len()
    ));
    let mut schools: Vec<_> = found.schools.iter().collect();
    schools.sort_by_key(|(school, it)| (std::cmp::Reverse(it.disagreements), *school));
    for (school, it) in schools.iter().take(SCHOOLS_SHOWN_MAX) {
        let named = match school.is_empty() {
            true => "no school is named".to_owned(),
            false => shown(school).to_string(),
        };
        context.terminal.say(format_args!(
            "  {named}: {} about {} people",
            it.disagreements, it.people
        ));
    }
    let more = schools.len().saturating_sub(SCHOOLS_SHOWN_MAX);
    if more > 0 {
        context
            .terminal
            .say(format_args!("  and {more} schools more"));
    }
    Ok(if disagreements > 0 {
        Done::No
    } else {
        Done::Yes
    })
}
