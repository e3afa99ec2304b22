//! `docs/compile-errors.md`: each mistake with its message, in the order of `contents.txt`.
//!
//! To take over what changed: `UPDATE_DOCS=1 cargo test -p iam-tests --test ui every_mistake_is_on_the_page`.

use std::collections::BTreeSet;
use std::path::Path;

/// Groups, and in each the cases with their titles: `# group`, then `name_of_the_case: title`.
const CONTENTS: &str = include_str!("contents.txt");

#[test]
fn every_mistake_is_on_the_page() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = root.join("../docs/compile-errors.md");
    let expected = expected(&root.join("tests/ui"));
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&page, &expected).unwrap();
    }
    assert!(std::fs::read_to_string(&page).unwrap() == expected, "docs/compile-errors.md is not of the ui cases");
}

fn expected(ui: &Path) -> String {
    let mut contents = String::from(
        "# What does not compile\n\n\
         Mistakes, and what the compiler says to each; several in one file are all shown in one run. \
         A test makes this page of `tests/tests/ui/fail`, where each is compiled.\n",
    );
    let mut mistakes = String::new();
    for (group, cases) in groups(&ui.join("fail")) {
        contents += &format!("\n[{group}](#{})\n\n", anchor(&group));
        mistakes += &format!("\n## {group}\n");
        for (name, title) in cases {
            contents += &format!("* [{title}](#{})\n", anchor(&title));
            mistakes += &format!("\n### {title}\n{}", case(ui, &name));
        }
    }
    contents + &mistakes
}

/// What stands below a title: the code, the files that it reads, the compiler's words.
fn case(ui: &Path, name: &str) -> String {
    let read = |file: String| std::fs::read_to_string(ui.join(file));
    let code = read(format!("fail/{name}.rs")).unwrap();
    let code = code.trim().trim_end_matches("fn main() {}").trim();
    let mut text = format!("\n```rust\n{code}\n```\n");
    for file in code.split("from \"").skip(1).filter_map(|behind| behind.split('"').next()) {
        if let Ok(contents) = read(format!("files/{file}")) {
            let (_, language) = file.rsplit_once('.').unwrap();
            text += &format!("\n`{file}`:\n\n```{language}\n{}\n```\n", contents.trim_end());
        }
    }
    let told = read(format!("fail/{name}.stderr")).unwrap();
    text + &format!("\n```text\n{}\n```\n", told.trim_end())
}

type Case = (String, String);

/// Every case of the folder; those without a title come last, under their names.
fn groups(folder: &Path) -> Vec<(String, Vec<Case>)> {
    let files = folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|file| file.extension().is_some_and(|extension| extension == "rs"));
    let mut untitled: BTreeSet<_> = files.map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    let mut groups: Vec<(String, Vec<Case>)> = Vec::new();
    for line in CONTENTS.lines().filter(|line| !line.is_empty()) {
        if let Some(group) = line.strip_prefix("# ") {
            groups.push((group.into(), Vec::new()));
            continue;
        }
        let (name, title) = line.split_once(": ").unwrap();
        assert!(untitled.remove(name), "contents.txt names `{name}`, which is no case, or twice");
        groups.last_mut().unwrap().1.push((name.into(), title.into()));
    }
    if !untitled.is_empty() {
        let others = untitled.into_iter().map(|name| (name.clone(), name.replace('_', " ")));
        groups.push(("Others".into(), others.collect()));
    }
    groups
}

/// As GitHub derives it of a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

#[test]
fn no_two_headings_share_an_anchor() {
    let mut seen = BTreeSet::new();
    for (group, cases) in groups(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui/fail")) {
        for heading in cases.into_iter().map(|(_, title)| title).chain([group]) {
            assert!(seen.insert(anchor(&heading)), "{heading}");
        }
    }
}
