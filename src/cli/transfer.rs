//! `transcript issue --transfer`: to which school a record goes, and who sends it. It passes a hold
//! on transcripts, so the school is one that somebody can ask.

use anyhow::Context as _;

use super::decided::said;
use super::terminal::shown;
use crate::issue::{Coverage, Purpose, ReceivingSchool, unprintable_text};
use crate::record::{Directory, School};
use crate::store::Store;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// To the student's next school (Ed. Code 49068), by state code or name; it is recorded and
    /// stands on the document, and no hold on transcripts stops it
    #[arg(long, value_name = "SCHOOL", requires = "by")]
    transfer: Option<String>,
    /// Where that school is, if the records do not know it
    #[arg(long, value_name = "TEXT", requires = "transfer")]
    transfer_address: Option<String>,
    /// Who sends the record there
    #[arg(long, value_name = "NAME", requires = "transfer")]
    by: Option<String>,
}

impl Arguments {
    /// What the documents are for, with the school as the records know it at that instant.
    pub(super) async fn purpose(
        &self,
        store: &Store,
        known: jiff::Timestamp,
    ) -> anyhow::Result<Purpose> {
        let Some(school) = &self.transfer else {
            return Ok(Purpose::Copy);
        };
        let sent_by = self.by.clone().context("--transfer needs --by")?;
        said("--by", &sent_by)?;
        said("--transfer", school)?;
        if let Some(address) = &self.transfer_address {
            said("--transfer-address", address)?;
        }
        let directory = store.directory(known).await?;
        let to = match (known_school(&directory, school)?, &self.transfer_address) {
            (Some(school), None) => ReceivingSchool {
                code: Some(school.school.clone()),
                name: school.name.clone(),
                address: None,
                sent_by,
            },
            (None, Some(address)) => ReceivingSchool {
                code: None,
                name: school.clone(),
                address: Some(address.clone()),
                sent_by,
            },
            (Some(school), Some(_)) => anyhow::bail!(
                "the records know {} ({})\nhint: leave --transfer-address out, or give the other \
                 school's full name",
                shown(&school.name),
                shown(&school.school)
            ),
            (None, None) => anyhow::bail!(
                "the records know no school `{}`\nhint: give its state code, or say where it is \
                 with --transfer-address",
                shown(school)
            ),
        };
        if let Some(problem) = unprintable_text("the school's name", &to.name, &Coverage::shipped())
        {
            anyhow::bail!(
                "{problem}\nhint: the document names the school; write it in Latin letters"
            );
        }
        Ok(Purpose::SchoolTransfer { to })
    }
}

/// The school of this state code, or the only one of this name in whatever case.
fn known_school<'a>(directory: &'a Directory, text: &str) -> anyhow::Result<Option<&'a School>> {
    if let Some(school) = directory.schools.get(text) {
        return Ok(Some(school));
    }
    let name = text.to_lowercase();
    let schools = directory.schools.values();
    let of_name: Vec<&School> = schools
        .filter(|school| school.name.to_lowercase() == name)
        .collect();
    let codes = of_name.iter().map(|school| shown(&school.school));
    anyhow::ensure!(
        of_name.len() < 2,
        "several schools are called `{}`\nhint: give the state code: {}",
        shown(text),
        Vec::from_iter(codes).join(", ")
    );
    Ok(of_name.first().copied())
}
