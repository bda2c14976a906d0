use registrar::render::*;
use registrar::template::Composed;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let layout = std::fs::read_to_string(&a[1]).unwrap();
    let files = [("layout.typ".to_owned(), layout.into_bytes())].into();
    let job = Job {
        model: std::fs::read(&a[2]).unwrap(),
        attachments: vec![],
        document_id: "x".into(),
        issued_at: "2026-06-11T03:30:00Z".parse().unwrap(),
        issued_on: jiff::civil::date(2026, 6, 10),
    };
    let r = Renderer::new(
        &Composed {
            files,
            digest: [0; 32],
        },
        &Limits::default(),
    )
    .unwrap()
    .render(&job);
    match r {
        Ok(r) => {
            std::fs::write(&a[3], &r.pdf).unwrap();
            println!("{r:?} {:?}", r.warnings)
        }
        Err(e) => println!("{e}"),
    }
}
