//! The program as it is called: what it says of wrong calls and files, and that a closed pipe is no failure.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder of its own per test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str, files: &[(&str, &str)]) -> Folder {
        let path = std::env::temp_dir().join(format!("medcode-cli-{}-{test}", std::process::id()));
        std::fs::create_dir_all(path.join("data")).unwrap();
        for (name, text) in files {
            std::fs::write(path.join("data").join(name), text).unwrap();
        }
        Folder(path)
    }

    fn build(&self) -> Command {
        let mut command = medcode(&["build", "--data"]);
        command.arg(self.0.join("data"));
        command.arg("--output").arg(self.0.join("index"));
        command
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that stays behind in the system's place for such is no failure.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn medcode(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_medcode"));
    command.args(arguments);
    command
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

// Invented descriptors in the publisher's layout.
const LIST: &str = "91234\tPolishing of a brass knob\r\n91235\tOiling of a hinge\r\n";

#[test]
fn a_folder_that_is_not_there_is_named() {
    let output = medcode(&["build", "--data", "/nonexistent/files"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        errors(&output),
        "medcode: /nonexistent/files: expected a folder with the publishers' files, found none: name another one with --data\n"
    );
}

#[test]
fn a_page_under_the_name_of_a_list_is_named() {
    let page = "<html>Access denied</html>\n";
    let folder = Folder::new("page", &[("icd10cm_order_2026.txt", page)]);
    let output = folder.build().output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = errors(&output);
    assert!(said.contains("no code system can be built"), "{said}");
    assert!(
        said.contains("icd10cm_order_2026.txt is not used: none of its first lines looks like"),
        "{said}"
    );
}

#[test]
fn a_list_cut_at_a_line_end_is_refused_with_its_counts() {
    let lines: String = (1..=2_000)
        .map(|at| format!("{at:04} Operation {at}\n"))
        .collect();
    let names = ["CMS32_DESC_LONG_SG.txt", "CMS32_DESC_SHORT_SG.txt"];
    let folder = Folder::new("cut", &names.map(|name| (name, lines.as_str())));
    let output = folder.build().output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = errors(&output);
    assert!(
        said.contains("CMS32_DESC_LONG_SG.txt: expected 3882 codes") && said.contains("found 2000"),
        "{said}"
    );
    let half = &lines[..lines.len() - 5];
    let folder = Folder::new("half", &names.map(|name| (name, half)));
    let said = errors(&folder.build().output().unwrap());
    assert!(said.contains(":2000: expected a whole line"), "{said}");
}

#[test]
fn a_build_that_nobody_reads_is_done_all_the_same() {
    let folder = Folder::new("pipe", &[("LONGULT.txt", LIST), ("notes.docx", "mine")]);
    let mut child = folder
        .build()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop((child.stdout.take(), child.stderr.take()));
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let index = folder.0.join("index");
    let search = |arguments: &[&str]| -> Output {
        let mut command = medcode(arguments);
        command.arg("--index").arg(&index).output().unwrap()
    };
    assert_eq!(search(&["lookup", "91235"]).status.code(), Some(0));
    let unknown = search(&["search", "knob", "--within", "ZZZ"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(
        errors(&unknown).contains("found 'ZZZ'"),
        "{}",
        errors(&unknown)
    );
    assert!(Path::new(&index).join("embedded.medcode").is_file());
}

#[test]
fn every_line_of_a_batch_is_answered() {
    let folder = Folder::new("batch", &[("LONGULT.txt", LIST)]);
    assert!(folder.build().output().unwrap().status.success());
    for (call, expected) in [
        (["search", "--batch"], "91234\n\n91235\n"),
        (["facets", "--batch"], "\n\n\n"),
    ] {
        let mut command = medcode(&call);
        command.arg("--index").arg(folder.0.join("index"));
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(b"knob\nzzzz\nhinge\n").unwrap();
        drop(input);
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(said, expected, "{call:?}");
    }
}

/// An index of the invented list, to ask about files of claims.
fn small_index(test: &str, claims: &str) -> (Folder, PathBuf) {
    let folder = Folder::new(test, &[("LONGULT.txt", LIST)]);
    let built = folder.build().output().unwrap();
    assert!(built.status.success(), "{}", errors(&built));
    let file = folder.0.join("claims.csv");
    std::fs::write(&file, claims).unwrap();
    (folder, file)
}

fn validate(folder: &Folder, file: &Path) -> Output {
    let mut command = medcode(&["validate", "--index"]);
    command.arg(folder.0.join("index")).arg(file);
    command.output().unwrap()
}

#[test]
fn a_file_of_claims_that_is_not_read_whole_is_no_clean_one() {
    for (test, claims, said) in [
        (
            "surplus",
            "claim,dx1,code\n1,I10,91234,E11.9\n",
            "expected 3 cells as in the first row, found 4",
        ),
        (
            "apart",
            "claim,dx1,code\n1,I10,91234\n2,I10,91234\n1,E11.9,91235\n",
            "expected the rows of claim 1 one after the other, found others between them",
        ),
    ] {
        let (folder, file) = small_index(test, claims);
        let output = validate(&folder, &file);
        assert_eq!(output.status.code(), Some(2), "{test}");
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(printed.contains(said), "{printed}");
    }
    let (folder, file) = small_index("quote", "claim,dx1,description\n1,I10,\"wheel\n2,BAD,x\n");
    let output = validate(&folder, &file);
    assert_eq!(output.status.code(), Some(2));
    let said = "expected each quotation mark to be closed, found one in line 2 that is not";
    assert!(errors(&output).contains(said), "{}", errors(&output));
    let output = validate(&folder, Path::new("/nonexistent/claims.csv"));
    assert_eq!(output.status.code(), Some(2));
    assert!(errors(&output).contains("expected a file of claims, found none"));
}
