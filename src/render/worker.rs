//! The process that lays out: it reads jobs from its input and writes PDFs to its output.
//!
//! It is this program under a hidden command, started by [`super::Pool`] with next to no
//! environment and three pipes. **Invariant**: it confines itself before it reads the template, and
//! starts no thread, because a thread would not be confined.

use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::time::Duration;

use super::message::{self, Message, Reply, Request};
use super::{Job, Limits, RenderError, Rendered, Renderer, pictures, sandbox};
use crate::host;
use crate::template::{Composed, Wording};

/// All that a worker's environment holds: in which steps its allocator takes address space, which
/// is what a worker's memory is limited by. Left alone it would take a gigabyte before anything is
/// limited, and leave none for the stack to grow.
pub const ENVIRONMENT: (&str, &str) = ("MIMALLOC_ARENA_RESERVE", "16MiB");

/// The hidden command: `registrar render-worker`.
pub const COMMAND: &str = "render-worker";

/// Processor time for start and parsing, on top of each document's deadline.
const START_SECONDS_MAX: u64 = 3;

/// A frame that holds limits only.
const BEGIN_BYTES_MAX: u64 = 4_096;

/// Serves one pool until it closes the pipe.
pub fn main() -> ExitCode {
    // A panic's message may quote a student; where it happened is enough to find the cause.
    std::panic::set_hook(Box::new(|panic| {
        if let Some(place) = panic.location() {
            let _ = writeln!(io::stderr(), "panic at {}:{}", place.file(), place.line());
        }
    }));
    match serve(&mut io::stdin().lock(), &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            let _ = writeln!(io::stderr(), "render worker: {cause}");
            ExitCode::from(2)
        }
    }
}

fn serve(input: &mut impl Read, output: &mut impl Write) -> io::Result<()> {
    let started = host::stopwatch();
    let Some(Message {
        header: Request::Begin { limits },
        ..
    }) = receive(input, BEGIN_BYTES_MAX)?
    else {
        return Err(message::nonsense("the limits come first"));
    };
    prepare(&limits)?;
    let template_max = limits
        .template_bytes_max
        .saturating_add(message::HEADER_BYTES_MAX);
    let Some(template) = receive(input, template_max)? else {
        return Ok(());
    };
    let renderer = match Renderer::new(&template.into_template()?, &limits) {
        Ok(renderer) => renderer,
        Err(error) => return send(output, &Reply::Failed { error }, &[]),
    };
    send(output, &Reply::Ready, &[])?;
    let mut worked = started.elapsed();
    let job_max = limits
        .model_bytes_max
        .saturating_add(message::HEADER_BYTES_MAX);
    while let Some(request) = receive(input, job_max)? {
        sandbox::cpu_seconds(cpu_allowed(worked, &limits))?;
        let started = host::stopwatch();
        let (reply, parts) = answer(request, &renderer, &limits)?;
        worked += started.elapsed();
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        send(output, &reply, &parts)?;
    }
    Ok(())
}

/// One document laid out, or one drawn: the reply and the bytes that belong to it.
fn answer(
    mut request: Message<Request>,
    renderer: &Renderer,
    limits: &Limits,
) -> io::Result<(Reply, Vec<Vec<u8>>)> {
    let answer = if let Request::Pictures { dots_per_inch } = request.header {
        let pdf = request.parts.pop();
        let pdf = pdf.ok_or_else(|| message::nonsense("there is nothing to draw"))?;
        let drawn = pictures::pictures(pdf, dots_per_inch, limits);
        drawn.map(|pictures| (Reply::Drawn, pictures))
    } else {
        let rendered = renderer.render(&request.into_job()?);
        rendered.map(|rendered| {
            let Rendered {
                pdf,
                pages,
                legible,
                warnings,
            } = rendered;
            let reply = Reply::Rendered {
                pages,
                legible,
                warnings,
            };
            (reply, vec![pdf])
        })
    };
    Ok(answer.unwrap_or_else(|error| (Reply::Failed { error }, Vec::new())))
}

/// Binds and confines this process. What needs a file or the system's leave is done before.
fn prepare(limits: &Limits) -> io::Result<()> {
    sandbox::limit_resources(limits.memory_bytes_max)?;
    sandbox::cpu_seconds(cpu_allowed(Duration::ZERO, limits))?;
    // Typst lays out parts in parallel where it can; the pool's parallelism is its processes.
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread()
        .build_global()
        .map_err(io::Error::other)?;
    warm_up().map_err(io::Error::other)?;
    sandbox::confine()
}

/// One tiny document of our own: fonts are parsed, and the size of this thread's stack, which the
/// C library reads from a file, is known to Typst.
fn warm_up() -> Result<(), RenderError> {
    let layout = "#set document(title: [Warm]);\n#text(font: \"Noto Sans\")[#(1 + 1)]";
    let files = [("layout.typ".to_owned(), layout.as_bytes().to_vec())].into();
    let job = Job {
        model: b"{}".to_vec(),
        attachments: Vec::new(),
        document_id: String::new(),
        issued_at: jiff::Timestamp::UNIX_EPOCH,
        issued_on: jiff::civil::date(1970, 1, 1),
    };
    let template = Composed {
        files,
        digest: [0; 32],
        wording: Wording::default(),
    };
    Renderer::new(&template, &Limits::default())?
        .render(&job)
        .map(drop)
}

/// A lone thread uses no more processor time than has passed, so time passed plus the deadline
/// bounds the next document.
fn cpu_allowed(passed: Duration, limits: &Limits) -> u64 {
    (passed + limits.deadline)
        .as_secs()
        .saturating_add(START_SECONDS_MAX)
}

/// The next frame, or nothing when the pool has closed the pipe between two.
fn receive(input: &mut impl Read, bytes_max: u64) -> io::Result<Option<Message<Request>>> {
    let mut prefix = [0; message::PREFIX_BYTES];
    if input.read(&mut prefix[..1])? == 0 {
        return Ok(None);
    }
    input.read_exact(&mut prefix[1..])?;
    let bytes = message::announced(prefix, bytes_max)?;
    let mut frame = Vec::new();
    if input.take(bytes).read_to_end(&mut frame)? as u64 != bytes {
        return Err(message::nonsense("the pool ended in the middle of a frame"));
    }
    message::parse(&frame).map(Some)
}

fn send(output: &mut impl Write, reply: &Reply, parts: &[&[u8]]) -> io::Result<()> {
    output.write_all(&message::frame(reply, parts))?;
    output.flush()
}
