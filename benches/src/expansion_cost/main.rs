//! What 1,000 annotated handlers cost the compiler and the binary, against the same handlers without
//! their attributes: `cargo run --release -p iam-benches --bin expansion-cost [handlers] [rounds]`.

#![allow(clippy::print_stdout, reason = "a program that reports")]

mod generate;
mod measure;

use std::path::{Path, PathBuf};

use generate::{FRAMEWORKS, Framework, Kind, LENGTHS, Length};
use measure::{Cost, Workspace, median};

type Failure = Box<dyn std::error::Error>;

const HANDLERS: usize = 1_000;
const ROUNDS: usize = 7;

fn main() -> Result<(), Failure> {
    let mut numbers = std::env::args().skip(1).map(|word| word.parse::<usize>());
    let handlers = numbers.next().transpose()?.unwrap_or(HANDLERS);
    let rounds = numbers.next().transpose()?.unwrap_or(ROUNDS);

    let repository = repository()?;
    let workspace = Workspace::new(repository.join("target/expansion-cost"));
    generate::workspace(&repository, workspace.folder(), handlers)?;

    println!("{handlers} handlers, annotated and plain in turns, median of {rounds}");
    for length in LENGTHS {
        println!();
        println!("Handlers that are {}: a body has {:.0} lines on average.", length.name, length.lines());
        println!();
        println!("| framework | measured | plain | annotated | ratio (least to most of a round) |");
        println!("|---|---|---|---|---|");
        for framework in FRAMEWORKS {
            checks(&workspace, framework, length, rounds)?;
        }
        for framework in FRAMEWORKS {
            sizes(&workspace, framework, length)?;
        }
    }
    Ok(())
}

/// `cargo check` of the whole crate, then of one that has been checked and in which a word changed.
fn checks(workspace: &Workspace, framework: &Framework, length: &Length, rounds: usize) -> Result<(), Failure> {
    for (what, incremental) in [("check", false), ("check after an edit", true)] {
        let (mut plain, mut annotated) = (Vec::new(), Vec::new());
        // The first of each builds the dependencies, or fills the incremental cache.
        for round in 0..=rounds {
            for (kind, costs) in [(Kind::Plain, &mut plain), (Kind::Annotated, &mut annotated)] {
                let cost = workspace.check(&framework.package(length, kind), incremental)?;
                if round > 0 {
                    costs.push(cost);
                }
            }
        }
        row(framework, &format!("{what}, wall"), "s", &plain, &annotated, |cost| Some(cost.wall.as_secs_f64()));
        row(framework, &format!("{what}, CPU"), "s", &plain, &annotated, |cost| Some(cost.cpu?.as_secs_f64()));
    }
    Ok(())
}

fn row(
    framework: &Framework,
    what: &str,
    unit: &str,
    plain: &[Cost],
    annotated: &[Cost],
    read: fn(&Cost) -> Option<f64>,
) {
    let (Some(plain), Some(annotated)) =
        (plain.iter().map(read).collect::<Option<Vec<_>>>(), annotated.iter().map(read).collect::<Option<Vec<_>>>())
    else {
        return;
    };
    let ratios: Vec<_> = plain.iter().zip(&annotated).map(|(plain, annotated)| annotated / plain).collect();
    let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
    let most = ratios.iter().copied().fold(0.0, f64::max);
    println!(
        "| {} | {what} | {:.2} {unit} | {:.2} {unit} | **{:.2}** ({least:.2} to {most:.2}) |",
        framework.name,
        median(&plain),
        median(&annotated),
        median(&ratios),
    );
}

/// The release binary, stripped.
fn sizes(workspace: &Workspace, framework: &Framework, length: &Length) -> Result<(), Failure> {
    #[allow(clippy::cast_precision_loss, reason = "no binary has 2^52 bytes")]
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    let plain = megabytes(workspace.size(&framework.package(length, Kind::Plain))?);
    let annotated = megabytes(workspace.size(&framework.package(length, Kind::Annotated))?);
    println!(
        "| {} | release binary, stripped | {plain:.2} MB | {annotated:.2} MB | **{:.2}** |",
        framework.name,
        annotated / plain
    );
    Ok(())
}

fn repository() -> Result<PathBuf, Failure> {
    let benches = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(benches.parent().ok_or("`benches` stands in no folder")?.to_owned())
}
