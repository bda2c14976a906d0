//! How many one-page transcripts a second: layout and export.
#[path = "../tests/common/typst_world.rs"]
mod typst_world;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use typst_world::{PageWorld, export};

fn models(count: usize) -> Vec<Vec<u8>> {
    let text = std::fs::read("report-templates/transcript/samples/full-page.json").unwrap();
    let base: Value = serde_json::from_slice(&text).unwrap();
    let pool: Vec<Value> = base["terms"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|term| term["courses"].as_array().unwrap().clone())
        .collect();
    let marks = ["A", "B", "C", "A-", "B+", "D", "F", "P"];
    (0..count)
        .map(|i| {
            let mut m = base.clone();
            m["student"]["name"] = json!(format!("Student{} Lastname{}", i, i * 31 % 977));
            m["student"]["student_id"] = json!(format!("{:010}", 910_000_000 + i));
            m["document"]["id"] = json!(format!("{:032x}", i * 7919 + 13));
            m["averages"][0]["value"] = json!(format!("3.{:04}", i * 37 % 10000));
            m["averages"][1]["value"] = json!(format!("3.{:04}", i * 41 % 10000));
            for (t, term) in m["terms"].as_array_mut().unwrap().iter_mut().enumerate() {
                for (k, course) in term["courses"]
                    .as_array_mut()
                    .unwrap()
                    .iter_mut()
                    .enumerate()
                {
                    *course = pool[(i * 7 + t * 11 + k * 5 + i / 9) % pool.len()].clone();
                    course["mark"] = json!(marks[(i + t * 3 + k * (i % 5 + 1)) % marks.len()]);
                }
            }
            serde_json::to_vec(&m).unwrap()
        })
        .collect()
}

fn main() {
    let folder = std::env::args()
        .skip(1)
        .find(|a| !a.starts_with('-'))
        .unwrap_or("/root/scratch/layout/out".into());
    let count: usize = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with('-'))
        .nth(1)
        .map_or(200, |n| n.parse().unwrap());
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "typ" || e == "png") {
            files.insert(
                path.file_name().unwrap().to_str().unwrap().to_owned(),
                std::fs::read(&path).unwrap(),
            );
        }
    }
    files.retain(|name, _| name.ends_with(".typ"));
    let models = models(count);
    std::fs::write("/root/scratch/layout/models.jsonl", models.join(&b'\n')).unwrap();
    let mut world = PageWorld::new(&files);
    let (mut layout, mut pdf, mut size) = (Duration::ZERO, Duration::ZERO, 0);
    let mut pages = 0;
    let mut start = Instant::now();
    for (i, model) in models.iter().enumerate() {
        if i == count / 10 {
            layout = Duration::ZERO;
            pdf = Duration::ZERO;
            start = Instant::now();
        }
        let a = Instant::now();
        let document = world.lay_out(model).unwrap();
        let b = Instant::now();
        let bytes = export(&document).unwrap();
        pdf += b.elapsed();
        layout += b - a;
        size = bytes.len();
        pages = document.pages().len();
        comemo::evict(1);
    }
    let n = (count - count / 10) as f64;
    println!(
        "{:.1} docs/s, layout {:.2} ms, export {:.2} ms, {size} bytes, {pages} pages",
        n / start.elapsed().as_secs_f64(),
        layout.as_secs_f64() * 1e3 / n,
        pdf.as_secs_f64() * 1e3 / n
    );
}
