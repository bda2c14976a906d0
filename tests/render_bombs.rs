//! Hostile templates, and workers that die: each ends in a named error, in time, and the next
//! document is laid out as if nothing had happened.
//!
//! A bomb is a file in `template_bombs/`; its first line says what it must come to:
//! `limit` (any bound but the template's), `memory`, `deadline`, `template: words of a diagnostic`
//! or `unprintable U+XXXX`.

mod render_common;

use std::fs;
use std::io::Write;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use registrar::render::{Job, LimitKind, Limits, Pool, RenderError, Rendered};
use registrar::template::Composed;
use render_common::{folder, job, template};
use serde_json::json;

const PROGRAM: &str = env!("CARGO_BIN_EXE_registrar");

fn limits() -> Limits {
    Limits {
        memory_bytes_max: 512 << 20,
        pages_max: 100,
        output_bytes_max: 4 << 20,
        deadline: Duration::from_secs(4),
        ..Limits::default()
    }
}

fn pool(template: &Composed, limits: Limits, workers: usize) -> Pool {
    let workers = NonZeroUsize::new(workers).expect("at least one worker");
    Pool::start_with(PathBuf::from(PROGRAM), template, limits, workers).expect("a pool")
}

/// A template that is a bomb when the model says so, and a plain page when not.
fn armed(bomb: &str) -> Composed {
    let layout = r#"
        #set document(title: [Calm])
        #set text(font: ("Noto Sans", "Noto Sans Armenian"))
        #if json("/model.json").bomb { include "bomb.typ" } else [Calm page.]
    "#;
    folder(&[("layout.typ", layout), ("bomb.typ", bomb)])
}

fn set_off() -> Job {
    job(&json!({"bomb": true}))
}

fn calm() -> Job {
    job(&json!({"bomb": false}))
}

fn assert_calm(outcome: Result<Rendered, RenderError>, after: &str) {
    let rendered = outcome.unwrap_or_else(|error| panic!("after {after}: {error}"));
    assert!(rendered.pdf.starts_with(b"%PDF-1.7"), "after {after}");
}

fn is_as_expected(expected: &str, error: &RenderError) -> bool {
    match (expected, error) {
        ("limit", RenderError::Limit { which, .. }) => {
            !matches!(which, LimitKind::Template | LimitKind::Model)
        }
        ("memory", RenderError::Limit { which, .. }) => *which == LimitKind::Memory,
        ("deadline", RenderError::Limit { which, .. }) => *which == LimitKind::Deadline,
        (_, RenderError::Unprintable { character, .. }) => {
            expected == format!("unprintable U+{:04X}", u32::from(*character))
        }
        (_, RenderError::Template { diagnostics }) => {
            let words = expected.strip_prefix("template: ");
            words.is_some_and(|words| diagnostics.iter().any(|d| d.message.contains(words)))
        }
        _ => false,
    }
}

/// What is wrong with how a bomb ended, where something is.
async fn set_off_and_judge(path: &Path) -> Result<(), String> {
    let name = path
        .file_name()
        .expect("a file")
        .to_string_lossy()
        .into_owned();
    let bomb = fs::read_to_string(path).expect("a bomb is text");
    let expected = bomb
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("// expect: "));
    let expected = expected.ok_or(format!("{name}: no `// expect:` in the first line"))?;
    let pool = pool(&armed(&bomb), limits(), 1);
    let started = registrar::host::stopwatch();
    let outcome = pool.render(&set_off()).await;
    let took = started.elapsed();
    let allowed = limits().deadline + Duration::from_secs(1);
    match outcome {
        Ok(rendered) => return Err(format!("{name}: {} pages came out", rendered.pages)),
        Err(error) if !is_as_expected(expected, &error) => {
            return Err(format!("{name}: expected {expected}, got {error:?}"));
        }
        Err(_) if took > allowed => return Err(format!("{name}: took {took:?}")),
        Err(_) => {}
    }
    match pool.render(&calm()).await {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("{name}: the next document failed: {error}")),
    }
}

fn resident_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .expect("a size");
    let kilobytes = line.split_whitespace().nth(1).expect("a number");
    kilobytes.parse::<u64>().expect("a number") * 1024
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_bomb_ends_in_its_named_error_and_the_next_document_renders() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/template_bombs");
    let mut bombs: Vec<PathBuf> = fs::read_dir(directory)
        .expect("the bombs are there")
        .map(|entry| entry.expect("a file").path())
        .collect();
    bombs.sort();
    assert!(bombs.len() >= 40, "only {} bombs found", bombs.len());
    let before = resident_bytes();
    let mut problems = Vec::new();
    for pair in bombs.chunks(2) {
        let (first, second) = tokio::join!(set_off_and_judge(&pair[0]), async {
            match pair.get(1) {
                Some(path) => set_off_and_judge(path).await,
                None => Ok(()),
            }
        });
        problems.extend([first, second].into_iter().filter_map(Result::err));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    // The tests beside this one count too; each bomb asks for many times as much.
    let grown = resident_bytes().saturating_sub(before);
    assert!(grown < 128 << 20, "the parent grew by {grown} bytes");
}

#[tokio::test]
async fn a_source_nested_a_hundred_thousand_deep_is_refused() {
    let deep = format!("#{}1{}", "(".repeat(100_000), ")".repeat(100_000));
    let started = registrar::host::stopwatch();
    let outcome = pool(&armed(&deep), limits(), 1).render(&calm()).await;
    let error = outcome.expect_err("the parser has a bound").to_string();
    assert!(
        error.contains("bomb.typ:1:257: maximum parsing depth exceeded"),
        "{error}"
    );
    assert!(started.elapsed() < limits().deadline + Duration::from_secs(1));
}

#[tokio::test]
async fn a_template_larger_than_its_limit_is_refused_before_any_worker_starts() {
    let workers = NonZeroUsize::MIN;
    let limits = Limits {
        template_bytes_max: 1_000,
        ..limits()
    };
    let large = template(&"x".repeat(1_000));
    let refused = Pool::start_with(PathBuf::from(PROGRAM), &large, limits, workers).err();
    let limit = RenderError::Limit {
        which: LimitKind::Template,
        limit: 1_000,
    };
    assert_eq!(refused, Some(limit));
}

#[tokio::test]
async fn a_model_larger_than_its_limit_is_refused_and_the_worker_stays() {
    let limits = Limits {
        model_bytes_max: 1_000,
        ..limits()
    };
    let pool = pool(&armed(""), limits, 1);
    assert_calm(pool.render(&calm()).await, "start");
    let workers = pool.workers();
    let large = job(&json!({"bomb": false, "padding": "x".repeat(1_000)}));
    let limit = RenderError::Limit {
        which: LimitKind::Model,
        limit: 1_000,
    };
    assert_eq!(pool.render(&large).await, Err(limit));
    assert_calm(pool.render(&calm()).await, "a large model");
    assert_eq!(pool.workers(), workers);
}

#[tokio::test]
async fn a_pdf_larger_than_its_limit_is_refused() {
    let limits = Limits {
        output_bytes_max: 2_000,
        ..limits()
    };
    let limit = RenderError::Limit {
        which: LimitKind::Output,
        limit: 2_000,
    };
    assert_eq!(
        pool(&armed(""), limits, 1).render(&calm()).await,
        Err(limit)
    );
}

#[tokio::test]
async fn a_diagnostic_names_file_line_and_hint_and_all_syntax_errors_come_at_once() {
    let broken = folder(&[
        ("layout.typ", "#let = 1\nfine\n#let = 2"),
        ("kit.typ", "#("),
    ]);
    let error = pool(&broken, limits(), 1)
        .render(&calm())
        .await
        .expect_err("syntax errors");
    let RenderError::Template { diagnostics } = error else {
        panic!("{error}")
    };
    let places: Vec<_> = diagnostics
        .iter()
        .map(|d| (d.file.as_deref().unwrap_or(""), d.line))
        .collect();
    let expected = [
        ("kit.typ", Some(1)),
        ("layout.typ", Some(1)),
        ("layout.typ", Some(3)),
    ];
    assert_eq!(places, expected);

    let error = pool(&armed("\n #missing"), limits(), 1)
        .render(&set_off())
        .await;
    let Err(RenderError::Template { diagnostics }) = error else {
        panic!("{error:?}")
    };
    assert_eq!(diagnostics[0].file.as_deref(), Some("bomb.typ"));
    assert_eq!(
        (diagnostics[0].line, diagnostics[0].column),
        (Some(2), Some(3))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_killed_in_the_middle_of_a_document_is_survived() {
    let endless = armed("#for i in range(100000) { for j in range(100000) {} }");
    let limits = Limits {
        deadline: Duration::from_secs(20),
        ..limits()
    };
    let pool = pool(&endless, limits, 1);
    assert_calm(pool.render(&calm()).await, "start");
    let job = set_off();
    let killed = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let [worker] = pool.workers()[..] else {
            panic!("one worker runs")
        };
        let status = Command::new("kill")
            .args(["-9", &worker.to_string()])
            .status();
        assert!(status.expect("kill runs").success());
        worker
    };
    let (outcome, worker) = tokio::join!(pool.render(&job), killed);
    let Err(RenderError::WorkerDied { how }) = outcome else {
        panic!("{outcome:?}")
    };
    assert!(how.contains("signal: 9"), "{how}");
    assert_calm(pool.render(&calm()).await, "kill -9");
    assert!(!pool.workers().contains(&worker));
}

#[tokio::test]
async fn a_worker_killed_between_documents_is_replaced_without_an_error() {
    let pool = pool(&armed(""), limits(), 1);
    assert_calm(pool.render(&calm()).await, "start");
    let [worker] = pool.workers()[..] else {
        panic!("one worker runs")
    };
    let status = Command::new("kill")
        .args(["-9", &worker.to_string()])
        .status();
    assert!(status.expect("kill runs").success());
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_calm(pool.render(&calm()).await, "kill -9");
    assert!(!pool.workers().contains(&worker));
}

#[tokio::test]
async fn a_worker_is_replaced_after_its_share_of_documents() {
    let limits = Limits {
        documents_per_worker_max: 2,
        ..limits()
    };
    let pool = pool(&armed(""), limits, 1);
    let mut seen = Vec::new();
    for _ in 0..4 {
        assert_calm(pool.render(&calm()).await, "its share");
        seen.push(pool.workers());
    }
    assert_eq!(seen[0].len(), 1);
    assert_eq!((&seen[1], &seen[3]), (&vec![], &vec![]));
    assert_ne!(seen[0], seen[2]);
}

#[tokio::test]
async fn a_dropped_future_kills_its_worker() {
    let pool = pool(
        &armed("#for i in range(100000) { for j in range(100000) {} }"),
        limits(),
        1,
    );
    let bomb = set_off();
    let given_up = tokio::time::timeout(Duration::from_millis(500), pool.render(&bomb)).await;
    assert!(given_up.is_err());
    assert!(pool.workers().is_empty());
    assert_calm(pool.render(&calm()).await, "a dropped future");
}

#[test]
fn a_worker_that_is_fed_nonsense_says_so_and_ends() {
    for nonsense in [
        &b"hello"[..],
        &[0xFF; 64],
        &[8, 0, 0, 0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9],
    ] {
        let mut worker = Command::new(PROGRAM)
            .arg("render-worker")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut input = worker.stdin.take().expect("a pipe");
        input.write_all(nonsense).expect("it is read");
        drop(input);
        let output = worker.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stdout.is_empty());
        assert!(output.stderr.starts_with(b"render worker: "));
    }
}

/// A frame of the pool's protocol: its length, then each part with its own.
fn frame(header: &serde_json::Value, parts: &[&[u8]]) -> Vec<u8> {
    let header = serde_json::to_vec(header).expect("JSON");
    let mut body = Vec::new();
    for part in std::iter::once(header.as_slice()).chain(parts.iter().copied()) {
        body.extend((part.len() as u64).to_le_bytes());
        body.extend(part);
    }
    [(body.len() as u64).to_le_bytes().to_vec(), body].concat()
}

#[test]
fn a_worker_that_nobody_stops_is_stopped_by_its_processor_time() {
    let endless: &[u8] = b"#for i in range(1000000) { for j in range(1000000) {} }";
    let limits = Limits {
        deadline: Duration::ZERO,
        ..limits()
    };
    let mut worker = Command::new(PROGRAM)
        .arg("render-worker")
        .env("MIMALLOC_ARENA_RESERVE", "16MiB")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut input = worker.stdin.take().expect("a pipe");
    let digest = [0_u8; 32];
    let template = json!({"Template": {"names": ["layout.typ"], "digest": digest}});
    let job = json!({"Job": {
        "document_id": "D", "issued_at": "2026-06-11T03:30:00Z", "issued_on": "2026-06-10",
        "attachments": [],
    }});
    for frame in [
        frame(&json!({"Begin": {"limits": limits}}), &[]),
        frame(&template, &[endless]),
        frame(&job, &[b"{}"]),
    ] {
        input.write_all(&frame).expect("it is read");
    }
    let status = worker.wait().expect("it ends");
    assert_eq!(
        std::os::unix::process::ExitStatusExt::signal(&status),
        Some(libc::SIGXCPU)
    );
}

#[tokio::test]
async fn a_program_that_is_not_there_is_an_error_that_names_it() {
    let program = PathBuf::from("/nonexistent/registrar");
    let pool = Pool::start_with(program, &armed(""), limits(), NonZeroUsize::MIN).expect("a pool");
    let error = pool.render(&calm()).await.expect_err("nothing to run");
    let RenderError::NoWorker { program, .. } = error else {
        panic!("{error}")
    };
    assert_eq!(program, "/nonexistent/registrar");
}

#[tokio::test]
async fn a_program_that_answers_nonsense_is_an_error() {
    let program = PathBuf::from("/bin/echo");
    let pool = Pool::start_with(program, &armed(""), limits(), NonZeroUsize::MIN).expect("a pool");
    let error = pool
        .render(&calm())
        .await
        .expect_err("`echo` lays nothing out");
    assert!(matches!(error, RenderError::WorkerDied { .. }), "{error}");
}

/// What the kernel says about a worker that has its template and waits for a document.
#[tokio::test]
async fn a_worker_has_three_pipes_nobodys_environment_and_cannot_regain_anything() {
    let pool = pool(&armed(""), limits(), 1);
    assert_calm(pool.render(&calm()).await, "start");
    let [worker] = pool.workers()[..] else {
        panic!("one worker runs")
    };
    let read = |name: &str| fs::read_to_string(format!("/proc/{worker}/{name}")).expect("readable");
    assert_eq!(read("environ"), "MIMALLOC_ARENA_RESERVE=16MiB\0");
    let status = read("status");
    for line in ["NoNewPrivs:\t1", "Seccomp:\t2", "Threads:\t1"] {
        assert!(status.contains(line), "{line} in\n{status}");
    }
    let limits_now = read("limits");
    for (name, value) in [
        ("Max address space", (512_u64 << 20).to_string()),
        ("Max file size", "0".to_owned()),
        ("Max core file size", "0".to_owned()),
        ("Max open files", "3".to_owned()),
    ] {
        let line = limits_now
            .lines()
            .find(|line| line.starts_with(name))
            .expect(name);
        let fields: Vec<&str> = line[name.len()..].split_whitespace().collect();
        assert_eq!(&fields[..2], &[&value, &value], "{name}");
    }
    for descriptor in 0..3 {
        let link = fs::read_link(format!("/proc/{worker}/fd/{descriptor}")).expect("it is open");
        assert!(
            link.to_string_lossy().starts_with("pipe:"),
            "{descriptor}: {link:?}"
        );
    }
}
