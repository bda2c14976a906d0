//! Where a line of the composed page stands in the folders, so that its owner can mend it.
//!
//! Never: what is wrong with it. Next: `compose.rs`, which makes the page.

use super::compose::Composed;
use super::overrides;
use super::report::{ENTRY, LAYOUT, Report};

impl Report {
    /// Where a part of the page stands that the report itself makes: the block of this name, or
    /// else what arranges the blocks; nothing where it is the program's own.
    pub fn place_of_block(&self, block: &str) -> Option<(String, usize)> {
        let own = self.layers.last().filter(|folder| !folder.is_shipped())?;
        let layout = String::from_utf8_lossy(own.files.get(LAYOUT)?);
        let blocks = overrides::blocks(&layout);
        let line = |name: &str| {
            let block = blocks.iter().find(|block| block.name == name);
            block.map(|block| block.line)
        };
        let line = line(block).or_else(|| line("arrangement"));
        Some((own.shown(LAYOUT), line.unwrap_or(1)))
    }

    /// Where a line of a composed file stands in the folders: the file and its line, from one.
    ///
    /// Composition keeps no record of it, so the line is looked for among the layout's sources; of
    /// several that are alike, the one whose neighbours are alike too.
    pub fn place_of(
        &self,
        composed: &Composed,
        file: &str,
        line: usize,
    ) -> (String, Option<usize>) {
        if file != ENTRY {
            let layers = self.layers.iter().rev();
            let holds = layers
                .clone()
                .find(|folder| folder.files.contains_key(file));
            let name = holds.map_or_else(|| file.to_owned(), |folder| folder.shown(file));
            return (name, Some(line));
        }
        let text = composed
            .files
            .get(file)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let text = String::from_utf8_lossy(text);
        let wanted: Vec<&str> = text.lines().map(str::trim).collect();
        // A line that stands in no source as it is was put together below one that does.
        let mut lines = (0..line.min(wanted.len())).rev();
        let best = lines.find_map(|line| self.place_of_line(&wanted, line));
        let composed = || (format!("{}/{ENTRY} (composed)", self.name()), Some(line));
        best.map_or_else(composed, |(file, found)| (file, Some(found)))
    }

    /// The file and line of the layers in which a line of the composed layout stands, but for the
    /// values that were filled in.
    fn place_of_line(&self, wanted: &[&str], line: usize) -> Option<(String, usize)> {
        let text = wanted.get(line).filter(|text| !text.is_empty())?;
        let mut best = None;
        for folder in &self.layers {
            let layouts = folder.files.iter();
            for (name, bytes) in layouts.filter(|(name, _)| name.ends_with(".j2")) {
                let source = String::from_utf8_lossy(bytes);
                let found: Vec<&str> = source.lines().map(str::trim).collect();
                for at in (0..found.len()).filter(|at| becomes(found[*at], text)) {
                    let alike = neighbours_alike(wanted, line, &found, at);
                    if best.as_ref().is_none_or(|(_, most)| alike >= *most) {
                        best = Some(((folder.shown(name), at + 1), alike));
                    }
                }
            }
        }
        best.map(|(place, _)| place)
    }
}

/// Whether a line of a layout is this one of the composed layout, with values filled in.
fn becomes(source: &str, composed: &str) -> bool {
    let mut bare = source.to_owned();
    while let Some(begin) = bare.find("{%")
        && let Some(length) = bare[begin..].find("%}")
    {
        bare.replace_range(begin..begin + length + 2, "");
    }
    let source = bare.trim();
    let around = source.split_once("{{").and_then(|(before, rest)| {
        let (_, after) = rest.rsplit_once("}}")?;
        Some((before, after))
    });
    source == composed
        || around.is_some_and(|(before, after)| {
            let rest = composed.strip_prefix(before);
            !before.is_empty() && rest.is_some_and(|rest| rest.ends_with(after))
        })
}

/// How many of the lines around two places are the same.
fn neighbours_alike(one: &[&str], at: usize, other: &[&str], there: usize) -> usize {
    const LINES_AROUND: usize = 4;
    let before = |step: &usize| {
        let pair = (at.checked_sub(*step), there.checked_sub(*step));
        matches!(pair, (Some(at), Some(there)) if one.get(at) == other.get(there))
    };
    let after = |step: &usize| match (one.get(at + step), other.get(there + step)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    };
    let steps = || 1..=LINES_AROUND;
    steps().filter(before).count() + steps().filter(after).count()
}
