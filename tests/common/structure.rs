//! What a screen reader finds in a page's structure, as poppler reads it: every table's cells in
//! reading order, and by which header cells each is headed.

use std::path::Path;
use std::process::Command;

use registrar::transcript::Transcript;

/// One cell of a table.
#[derive(Default)]
struct Cell {
    /// `/Column` or `/Row` of a header cell; empty for a data cell.
    scope: String,
    id: String,
    /// The ids of the cells that head it.
    headers: Vec<String>,
    /// How many columns it takes.
    columns: usize,
    /// Its text without white space: a line may break where it must.
    text: String,
}

type Row = Vec<Cell>;

/// The tables of a page's structure, in reading order.
pub struct Structure(Vec<Vec<Row>>);

impl Structure {
    /// Reads a file's tables with `pdfinfo` (package poppler-utils).
    pub fn read(file: &Path) -> Self {
        Self::listed("-struct", file)
    }

    /// The same with the cells' texts. Poppler draws a page once for every element of it: four
    /// seconds for one page, near a minute for six.
    pub fn read_with_texts(file: &Path) -> Self {
        Self::listed("-struct-text", file)
    }

    fn listed(how: &str, file: &Path) -> Self {
        let output = Command::new("pdfinfo")
            .args(["-enc", "UTF-8", how])
            .arg(file)
            .output()
            .expect("pdfinfo is installed (package poppler-utils)");
        assert!(output.status.success(), "pdfinfo reads the page");
        Self::parse(&String::from_utf8(output.stdout).expect("UTF-8"))
    }

    fn parse(listing: &str) -> Self {
        let mut tables: Vec<Vec<Row>> = Vec::new();
        let mut cell_depth = None;
        for line in listing.lines() {
            let item = line.trim_start();
            let depth = line.len() - item.len();
            let row = tables.last_mut().and_then(|table| table.last_mut());
            if item.starts_with(['/', '"']) {
                if cell_depth.is_some_and(|cell| depth > cell) {
                    let cell = row.and_then(|row| row.last_mut());
                    cell.expect("a cell is open").add(item);
                }
                continue;
            }
            if cell_depth.is_some_and(|cell| depth <= cell) {
                cell_depth = None;
            }
            match item.split([' ', ':']).next() {
                Some("Table") => tables.push(Vec::new()),
                Some("TR") => tables.last_mut().expect("in a table").push(Row::new()),
                Some("TH" | "TD") => {
                    cell_depth = Some(depth);
                    let id = item.split(['<', '>']).nth(1).unwrap_or_default();
                    row.expect("in a row").push(Cell {
                        id: id.to_owned(),
                        columns: 1,
                        ..Cell::default()
                    });
                }
                _ => {}
            }
        }
        Self(tables)
    }

    /// Holds every table against the one way in which a figure is headed: by its column's label,
    /// and where its row has a name by that; the name by its section, the section by the label of
    /// the names.
    ///
    /// # Panics
    /// At the first cell that is headed otherwise.
    pub fn every_cell_is_headed_by_its_column_its_row_and_its_section(&self) {
        assert!(self.0.len() > 4, "the page has its tables");
        for table in &self.0 {
            let (labels, rows) = table.split_first().expect("a table has its labels");
            for label in labels {
                assert_eq!((&*label.scope, label.headers.len()), ("/Column", 0));
            }
            let mut section = None;
            for row in rows {
                let head = row.first().expect("a row has cells");
                if head.scope == "/Column" {
                    section = Some(&head.id);
                }
                let mut column = 0;
                for cell in row {
                    let columns = labels[column..column + cell.columns].iter();
                    let mut expected: Vec<_> = match section {
                        Some(section) if cell.scope == "/Row" => vec![section],
                        _ => columns.map(|label| &label.id).collect(),
                    };
                    if cell.scope.is_empty() && head.scope == "/Row" {
                        expected.push(&head.id);
                    }
                    let found: Vec<_> = cell.headers.iter().collect();
                    assert_eq!(found, expected, "`{}` of `{}`", cell.text, head.id);
                    column += cell.columns;
                }
                assert_eq!(column, labels.len(), "a row has each column: {}", head.id);
            }
        }
    }

    /// Holds the number of named rows against the model: courses, requirements, awards.
    ///
    /// # Panics
    /// When there are more or fewer.
    pub fn has_each_row_of(&self, model: &Transcript) {
        let heads = self.0.iter().flatten().filter_map(|row| row.first());
        let named = heads.filter(|head| head.scope == "/Row").count();
        let courses = model.terms.iter().map(|term| term.courses.len());
        let plan = model.requirements.iter();
        let subjects: usize = plan.map(|plan| plan.subjects.len() + 1).sum();
        let below = subjects + model.ahead.len() + model.awards.len();
        assert_eq!(named, courses.sum::<usize>() + below);
    }

    /// The rows below these labels, as texts, over all tables that have them.
    fn rows(&self, labels: &[&str]) -> Vec<Vec<&str>> {
        let same = |table: &&Vec<Row>| {
            let head = table.first().into_iter().flatten();
            head.map(|cell| &*cell.text)
                .eq(labels.iter().map(|label| label.replace(' ', "")))
        };
        let rows = self.0.iter().filter(same).flat_map(|table| &table[1..]);
        rows.map(|row| row.iter().map(|cell| &*cell.text).collect())
            .collect()
    }

    /// Holds the tables of an English page against the model: every term and course, requirement,
    /// course ahead and award, cell by cell, each once and in the model's order.
    ///
    /// # Panics
    /// At the first row that differs.
    pub fn says_what_the_model_says(&self, model: &Transcript) {
        let mut labels = vec!["Course", "Mark", "Attempted", "Earned", "a-g", "Honors"];
        if repeated(model) {
            labels.push("Rep.");
        }
        same_rows(&self.rows(&labels), &record(model));
        let labels = ["Subject", "Required", "Earned", "In progress", "Needed"];
        let mut subjects = Vec::new();
        if let Some(plan) = &model.requirements {
            let total = (&plan.total, "Total");
            let rows = plan.subjects.iter().map(|row| (row, &*row.subject));
            for (row, name) in rows.chain([total]) {
                let figures = [row.required, row.earned, row.in_progress, row.needed];
                let figures = figures.map(|credits| credits.to_string());
                subjects.push([vec![name.to_owned()], figures.to_vec()].concat());
            }
        }
        same_rows(&self.rows(&labels), &subjects);
        let awards = model.awards.iter().map(|award| {
            let date = award.awarded_on.strftime("%m/%d/%Y").to_string();
            vec![award.said(|word| word), date]
        });
        same_rows(&self.rows(&["Award", "Date"]), &awards.collect::<Vec<_>>());
        let ahead = self.rows(&["Course", "Credit", "a-g", "Honors"]);
        let courses = ahead.iter().filter(|row| row.len() == 4);
        let titles: Vec<_> = courses.map(|row| [row[0], row[1]].concat()).collect();
        let expected = model.ahead.iter();
        let expected =
            expected.map(|course| letters(&format!("{}{}", course.title, course.credit)));
        assert_eq!(titles, expected.collect::<Vec<_>>());
    }
}

impl Cell {
    /// An attribute or a text, as `pdfinfo` lists it.
    fn add(&mut self, item: &str) {
        let names = |list: &str| {
            let names = list.split(['(', ')']).skip(1).step_by(2);
            names.map(str::to_owned).collect()
        };
        match item.split_once(' ') {
            Some(("/Scope", scope)) => self.scope = scope.to_owned(),
            Some(("/Headers", list)) => self.headers = names(list),
            Some(("/ColSpan", count)) => self.columns = count.parse().expect("a number"),
            _ => {
                let text = item
                    .strip_prefix('"')
                    .and_then(|text| text.strip_suffix('"'));
                self.text += &text.map(letters).unwrap_or_default();
            }
        }
    }
}

/// Whether any course of the record was repeated: then the page has a column that says how.
fn repeated(model: &Transcript) -> bool {
    let mut courses = model.terms.iter().flat_map(|term| &term.courses);
    courses.any(|course| course.repeat.is_some())
}

/// The rows of the academic record: each term, then its courses.
fn record(model: &Transcript) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for term in &model.terms {
        let elsewhere = Some(&*term.school).filter(|school| *school != model.school.name);
        let name = format!("{} · Grade {}", term.name, term.grade_level);
        rows.push(vec![
            name + elsewhere.unwrap_or_default(),
            String::new(),
            term.credit_attempted.to_string(),
            term.credit_earned.to_string(),
            String::new(),
        ]);
        for course in &term.courses {
            let elsewhere = course.taken_at.as_ref();
            let elsewhere = elsewhere.map(|school| format!("(at {school})"));
            let honors = match course.honors.code() {
                "none" => "",
                "honors" => "H",
                "uc_honors" => "UC",
                "ap" => "AP",
                "ib" => "IB",
                _ => "CL",
            };
            let repeat = course.repeat.map(|code| match code.to_string().as_str() {
                "RepeatCounted" => "R",
                "RepeatNotCounted" => "RN",
                "ReplacementCounted" => "RP",
                _ => "RX",
            });
            let mut row = vec![
                course.title.clone() + &elsewhere.unwrap_or_default(),
                course.mark.clone(),
                course.credit_attempted.to_string(),
                course.credit_earned.to_string(),
                course
                    .ag_area
                    .map(|area| area.code().to_owned())
                    .unwrap_or_default(),
                honors.to_owned(),
            ];
            if repeated(model) {
                row.push(repeat.unwrap_or_default().to_owned());
            }
            rows.push(row);
        }
    }
    rows
}

fn same_rows(found: &[Vec<&str>], expected: &[Vec<String>]) {
    for (found, expected) in found.iter().zip(expected) {
        let expected: Vec<_> = expected.iter().map(|cell| letters(cell)).collect();
        assert_eq!(*found, expected);
    }
    assert_eq!(found.len(), expected.len(), "each row once");
}

fn letters(text: &str) -> String {
    text.split_whitespace().collect()
}
