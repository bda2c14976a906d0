//! PyPI's `typst` binding, the rate that ours is compared with.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use registrar::exchange;
use registrar::host::environment;
use registrar::transcript::Transcript;

use crate::laps::Lap;
use crate::{Fallible, PAGES, WARM_UP};

/// PyPI's binding at work on a plain template of the same pages, in a process of its own.
pub struct Binding {
    process: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Binding {
    pub fn start(folder: &Path, pages: &[Transcript]) -> Fallible<Self> {
        let lines: Vec<String> = pages
            .iter()
            .map(|model| exchange::transcript_json(model).to_string())
            .collect();
        let file = folder.join("models.jsonl");
        std::fs::write(&file, lines.join("\n"))?;
        let tools = environment("REGISTRAR_TOOLS").ok_or("REGISTRAR_TOOLS names no folder")?;
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut process = Command::new(Path::new(&tools).join("python3"))
            .arg(root.join("benches/transcripts/plain.py"))
            .args([
                root.join("benches/transcripts/plain.typ"),
                root.join("fonts"),
                file,
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        Ok(Self {
            requests: process.stdin.take().ok_or("no input")?,
            answers: BufReader::new(process.stdout.take().ok_or("no output")?),
            process,
        })
    }

    pub fn compile(&mut self, lap: &mut Lap) -> Fallible<()> {
        self.seconds(WARM_UP)?;
        lap.seconds(PAGES, self.seconds(PAGES)?);
        Ok(())
    }

    /// What so many documents took.
    fn seconds(&mut self, documents: usize) -> Fallible<f64> {
        writeln!(self.requests, "{documents}")?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        Ok(answer.trim().parse()?)
    }
}

impl Drop for Binding {
    fn drop(&mut self) {
        // The benchmark is over either way.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
