//! `medcode validate FILE`: the claims of a CSV file.
//!
//! The first row names the columns, in any order, in any case, with or without blanks and underscores:
//!
//! | column | what it holds |
//! |---|---|
//! | `claim` | what the claim is called; following rows with the same name are further lines of it, and may add diagnoses |
//! | `setting` | `professional` (also where it is empty), `outpatient-facility` or `inpatient-facility` |
//! | `date`, `discharge` | the date of service, the day of discharge: 2026-10-01 or 20261001 |
//! | `age`, `sex` | whole years; `F` or `M` |
//! | `diagnoses`, or `dx1` to `dx25` | the codes, the first-listed one first |
//! | `poa`, or `poa1` to `poa25` | the present-on-admission indicators in the same order: `YN-Y`, `Y,N,,Y`; `-` or an empty place for none, which exempt codes have |
//! | `admitting`, `reasons` | the admitting diagnosis, the reasons for the visit |
//! | `procedures` | ICD procedure codes |
//! | `code` | the HCPCS Level II or CPT code of a service line |
//! | `modifiers`, or `mod1` to `mod4` | its modifiers |
//! | `pointers` | its diagnoses: `1 2`, `A,B` or `AB` |
//! | `units`, `description`, `linedate` | of the line |
//!
//! A row with more cells than the first one, rows of one claim that contradict each other or do not follow each other, and
//! a quotation mark that is not closed are said, never passed over.
//!
//! Several values in one cell are separated by blanks, commas, semicolons or bars. Columns of other names are left
//! alone, and named once on standard error.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{BufReader, Read, Result, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use csv::StringRecord;
use indicatif::{ProgressBar, ProgressStyle};
use medcode::claim::{Diagnosis, Item, Line, Setting, Sex};
use medcode::{Claim, ClaimFix, CodeSystem, Date, Index, Issue, Severity};
use serde_json::json;

/// What is printed of each claim.
pub struct Shown {
    /// One JSON object for each claim, then one for the file.
    pub json: bool,
    /// Only errors, not what may be wrong or is worth knowing.
    pub errors_only: bool,
    /// Only the summary.
    pub summary_only: bool,
}

/// Validates every claim of a file; the exit code says whether any has an error (1) or cannot be read (2).
pub fn run(
    index: &Index<'_>,
    path: &Path,
    shown: &Shown,
    out: &mut impl Write,
) -> std::result::Result<ExitCode, String> {
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let file = File::open(path).map_err(|error| failed(&error))?;
    let length = file.metadata().map_or(0, |data| data.len());
    // A quotation mark that is not closed would take all that follows into one cell: such a file is not read.
    let mut quotes = Quotes::new(BufReader::new(file));
    std::io::copy(&mut quotes, &mut std::io::sink()).map_err(|error| failed(&error))?;
    if let Some(line) = quotes.open() {
        return Err(failed(&format!(
            "expected each quotation mark to be closed, found one in line {line} that is not"
        )));
    }
    let file = File::open(path).map_err(|error| failed(&error))?;
    let mut rows = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(file);
    let headers = rows.headers().map_err(|error| failed(&error))?.clone();
    let columns = Columns::of(&headers).map_err(|error| failed(&error))?;
    if !columns.others.is_empty() {
        super::say(&format!(
            "not read: the columns {}",
            columns.others.join(", ")
        ));
    }

    let bar = ProgressBar::new(length);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {percent}% {msg} ({eta} left)") {
        bar.set_style(style);
    }
    let started = Instant::now();
    let mut summary = Summary::default();
    let mut open: Option<Open> = None;
    let mut record = StringRecord::new();
    let mut names: HashSet<String> = HashSet::new();
    let mut say = |open: Option<Open>, summary: &mut Summary| -> Result<()> {
        let Some(open) = open else { return Ok(()) };
        let issues = match &open.problem {
            None => index.validate_claim(&open.claim),
            Some(_) => Vec::new(),
        };
        summary.count(&open, &issues);
        if shown.summary_only {
            return Ok(());
        }
        show(&open, &issues, shown, out)
    };
    let mut written = Ok(());
    loop {
        let row = match rows.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => record.position().map_or(0, csv::Position::line),
            // A row that is no text at all ends the reading: nothing after it can be trusted.
            Err(error) => return Err(failed(&error)),
        };
        if record.iter().all(str::is_empty) {
            continue;
        }
        let name = columns.text(&record, "claim");
        let surplus = record
            .iter()
            .skip(headers.len())
            .any(|cell| !cell.is_empty());
        let same = open
            .as_ref()
            .is_some_and(|open| !name.is_empty() && open.name == name);
        if !same {
            written = written.and(say(open.take(), &mut summary));
            if summary.claims.is_multiple_of(256) {
                bar.set_position(record.position().map_or(0, csv::Position::byte));
                bar.set_message(format!("{} claims", summary.claims));
            }
        }
        let again = !same && !name.is_empty() && !names.insert(name.to_string());
        let open = open.get_or_insert_with(|| Open {
            name: name.to_string(),
            row,
            claim: Claim::default(),
            problem: None,
        });
        let read = match same {
            _ if surplus => Err(format!(
                "expected {} cells as in the first row, found {}: several codes in one cell need quotation marks, or blanks between them",
                headers.len(),
                record.len()
            )),
            _ if again => Err(format!(
                "expected the rows of claim {name} one after the other, found others between them"
            )),
            false => columns.claim(&record, &mut open.claim).map(|()| {
                skip_exempt(index, &mut open.claim);
            }),
            true => columns.further(&record, &mut open.claim),
        };
        let read = read.and_then(|()| columns.line(&record, &mut open.claim));
        if let Err(problem) = read {
            open.problem
                .get_or_insert(format!("{}:{row}: {problem}", path.display()));
        }
        if written.is_err() {
            break;
        }
    }
    let written = written.and(say(open.take(), &mut summary));
    bar.finish_and_clear();
    summary.seconds = started.elapsed().as_secs_f64();
    let written = written.and_then(|()| summary.show(shown.json, out));
    written.map_err(|error| error.to_string())?;
    Ok(match (summary.unreadable, summary.with_errors) {
        (0, 0) => ExitCode::SUCCESS,
        (0, _) => ExitCode::from(1),
        _ => ExitCode::from(2),
    })
}

/// Where an inpatient claim has an indicator for each diagnosis but the exempt ones, gives each to the one it is for.
fn skip_exempt(index: &Index<'_>, claim: &mut Claim) {
    let Some(system) = index.system(CodeSystem::ICD10CM) else {
        return;
    };
    let exempt: Vec<bool> = claim
        .diagnoses
        .iter()
        .map(|diagnosis| system.edits_of(&diagnosis.code).poa_exempt)
        .collect();
    let given = claim
        .diagnoses
        .iter()
        .take_while(|d| d.poa.is_some())
        .count();
    let all = claim.diagnoses.iter().filter(|d| d.poa.is_some()).count();
    let asked = exempt.iter().filter(|exempt| !**exempt).count();
    if claim.setting != Setting::InpatientFacility || given != all || given != asked {
        return;
    }
    let mut indicators: Vec<String> = claim
        .diagnoses
        .iter_mut()
        .filter_map(|d| d.poa.take())
        .collect();
    indicators.reverse();
    for (diagnosis, exempt) in claim.diagnoses.iter_mut().zip(exempt) {
        if !exempt {
            diagnosis.poa = indicators.pop();
        }
    }
}

/// Reads text and notes where a quoted cell begins that does not end.
struct Quotes<R> {
    from: R,
    line: u64,
    /// The line in which the open quotation began.
    opened: Option<u64>,
    /// Whether a cell begins here.
    fresh: bool,
}

impl<R: Read> Quotes<R> {
    fn new(from: R) -> Quotes<R> {
        Quotes {
            from,
            line: 1,
            opened: None,
            fresh: true,
        }
    }

    /// The line of the quotation mark that is still open.
    fn open(&self) -> Option<u64> {
        self.opened
    }
}

impl<R: Read> Read for Quotes<R> {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize> {
        let count = self.from.read(bytes)?;
        for byte in bytes.iter().take(count) {
            match byte {
                // Within quotation marks a doubled one closes and opens at once.
                b'"' if self.opened.is_some() => (self.opened, self.fresh) = (None, true),
                b'"' if self.fresh => self.opened = Some(self.line),
                b',' | b'\n' | b'\r' => self.fresh = true,
                // A byte order mark before the first cell.
                0xEF | 0xBB | 0xBF => {}
                _ => self.fresh = false,
            }
            self.line += u64::from(*byte == b'\n');
        }
        Ok(count)
    }
}

/// A claim as its rows come along.
struct Open {
    /// What the file calls it; empty where it does not.
    name: String,
    /// Its first row.
    row: u64,
    claim: Claim,
    /// Why it cannot be read.
    problem: Option<String>,
}

/// Where each thing stands in a row.
#[derive(Debug, Default)]
struct Columns {
    known: BTreeMap<String, usize>,
    others: Vec<String>,
}

/// The columns of one cell each.
const SINGLE: &[&str] = &[
    "claim",
    "setting",
    "date",
    "discharge",
    "age",
    "sex",
    "diagnoses",
    "poa",
    "admitting",
    "reasons",
    "procedures",
    "code",
    "modifiers",
    "pointers",
    "units",
    "description",
    "linedate",
];

/// The columns that are numbered, with how many there may be.
const NUMBERED: &[(&str, usize)] = &[("dx", 25), ("poa", 25), ("mod", 4)];

impl Columns {
    fn of(headers: &StringRecord) -> std::result::Result<Columns, String> {
        let mut columns = Columns::default();
        for (at, header) in headers.iter().enumerate() {
            // A byte order mark before the first name is no part of it.
            let name: String = header
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .map(|c| c.to_ascii_lowercase())
                .collect();
            let numbered = NUMBERED.iter().any(|(word, most)| {
                let number = name
                    .strip_prefix(word)
                    .and_then(|number| number.parse().ok());
                number.is_some_and(|number: usize| (1..=*most).contains(&number))
            });
            if !numbered && !SINGLE.contains(&name.as_str()) {
                columns.others.push(header.to_string());
            } else if columns.known.insert(name.clone(), at).is_some() {
                return Err(format!("expected each column once, found {name} twice"));
            }
        }
        let any = ["diagnoses", "dx1", "code", "procedures"];
        if !any.iter().any(|name| columns.known.contains_key(*name)) {
            return Err(format!(
                "expected a first row that names the columns, one of them {}, found '{}'",
                any.join(", "),
                headers.iter().take(6).collect::<Vec<_>>().join(",")
            ));
        }
        Ok(columns)
    }

    /// The text of a cell; empty where there is none.
    fn text<'r>(&self, record: &'r StringRecord, name: &str) -> &'r str {
        let at = self.known.get(name);
        at.and_then(|at| record.get(*at)).unwrap_or("")
    }

    /// The values of a cell, and of the cells of the numbered columns of another name.
    fn values(&self, record: &StringRecord, name: &str, numbered: &str) -> Vec<String> {
        let separated = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|');
        let cell = self.text(record, name).split(separated);
        let mut values: Vec<String> = cell
            .filter(|value| !value.is_empty())
            .map(str::to_string)
            .collect();
        for (word, most) in NUMBERED.iter().filter(|(word, _)| *word == numbered) {
            let cells = (1..=*most).map(|number| self.text(record, &format!("{word}{number}")));
            values.extend(cells.filter(|value| !value.is_empty()).map(str::to_string));
        }
        values
    }

    fn day(&self, record: &StringRecord, name: &str) -> std::result::Result<Option<Date>, String> {
        let text = self.text(record, name);
        if text.is_empty() {
            return Ok(None);
        }
        let day = Date::parse(text).map(Some);
        day.ok_or_else(|| format!("expected a {name} such as 2026-10-01, found '{text}'"))
    }

    fn number(
        &self,
        record: &StringRecord,
        name: &str,
    ) -> std::result::Result<Option<u32>, String> {
        let text = self.text(record, name);
        if text.is_empty() {
            return Ok(None);
        }
        let number = text.parse().map(Some);
        number.map_err(|_| format!("expected a whole number as {name}, found '{text}'"))
    }

    /// Reads what a row says of the claim.
    fn claim(&self, record: &StringRecord, claim: &mut Claim) -> std::result::Result<(), String> {
        let mut indicators = Vec::new();
        for number in 1..=25 {
            indicators.push(self.text(record, &format!("poa{number}")).to_string());
        }
        let together = self.values(record, "poa", "");
        // One word of letters is one indicator for each diagnosis; between commas, semicolons or bars a place may be empty.
        let cell = self.text(record, "poa");
        let places: Vec<String> = cell
            .split([',', ';', '|'])
            .map(|place| place.trim().to_string())
            .collect();
        let together = match together.as_slice() {
            _ if places.len() > 1 => places,
            [word] => word.chars().map(String::from).collect(),
            _ => together,
        };
        let diagnoses = self.values(record, "diagnoses", "dx").into_iter();
        claim.diagnoses = diagnoses
            .enumerate()
            .map(|(at, code)| {
                let indicator = together.get(at).or(indicators.get(at));
                let indicator = indicator.filter(|poa| !poa.is_empty() && *poa != "-");
                Diagnosis {
                    code,
                    poa: indicator.cloned(),
                }
            })
            .collect();
        claim.procedures = self.values(record, "procedures", "");
        claim.reasons = self.values(record, "reasons", "");
        let admitting = self.text(record, "admitting");
        claim.admitting = (!admitting.is_empty()).then(|| admitting.to_string());
        let setting = self.text(record, "setting");
        claim.setting = match setting {
            "" => Setting::Professional,
            name => Setting::parse(&name.to_ascii_lowercase()).ok_or_else(|| {
                format!("expected professional, outpatient-facility or inpatient-facility as setting, found '{name}'")
            })?,
        };
        claim.sex = match self.text(record, "sex").to_ascii_lowercase().as_str() {
            "f" | "female" => Some(Sex::Female),
            "m" | "male" => Some(Sex::Male),
            // Others and unknown are values of claims, too; no edit looks at them.
            _ => None,
        };
        claim.age = self.number(record, "age")?;
        claim.date = self.day(record, "date")?;
        claim.discharge = self.day(record, "discharge")?;
        Ok(())
    }

    /// Reads what a further row of a claim says of it: the same as the first one, nothing, or more diagnoses, procedures and
    /// reasons.
    fn further(&self, record: &StringRecord, claim: &mut Claim) -> std::result::Result<(), String> {
        let mut row = Claim::default();
        self.claim(record, &mut row)?;
        for name in ["setting", "date", "discharge", "age", "sex", "admitting"] {
            let differs = match name {
                "setting" => row.setting != claim.setting,
                "date" => row.date != claim.date,
                "discharge" => row.discharge != claim.discharge,
                "age" => row.age != claim.age,
                "sex" => row.sex != claim.sex,
                _ => row.admitting != claim.admitting,
            };
            if differs && !self.text(record, name).is_empty() {
                return Err(format!(
                    "expected the {name} of the claim's first row, found '{}'",
                    self.text(record, name)
                ));
            }
        }
        // What a row repeats is the same; what it has beside that is added.
        for more in row.diagnoses {
            if !claim.diagnoses.iter().any(|known| known.code == more.code) {
                claim.diagnoses.push(more);
            }
        }
        for (more, all) in [
            (row.procedures, &mut claim.procedures),
            (row.reasons, &mut claim.reasons),
        ] {
            for code in more {
                if !all.contains(&code) {
                    all.push(code);
                }
            }
        }
        Ok(())
    }

    /// Adds the service line of a row, if it has one.
    fn line(&self, record: &StringRecord, claim: &mut Claim) -> std::result::Result<(), String> {
        let code = self.text(record, "code");
        if code.is_empty() {
            return Ok(());
        }
        let mut pointers = Vec::new();
        for word in self.values(record, "pointers", "") {
            if let Ok(number) = word.parse() {
                pointers.push(number);
                continue;
            }
            for letter in word.chars() {
                let number =
                    u32::from(letter.to_ascii_uppercase()).wrapping_sub(u32::from('A')) + 1;
                if !letter.is_ascii_alphabetic() {
                    return Err(format!(
                        "expected pointers such as 1 2 or AB, found '{word}'"
                    ));
                }
                pointers.push(number as usize);
            }
        }
        let description = self.text(record, "description");
        claim.lines.push(Line {
            code: code.to_string(),
            modifiers: self.values(record, "modifiers", "mod"),
            pointers,
            units: self.number(record, "units")?,
            date: self.day(record, "linedate")?,
            description: (!description.is_empty()).then(|| description.to_string()),
        });
        Ok(())
    }
}

/// How many of a severity, by name.
const SEVERITIES: [(Severity, &str); 3] = [
    (Severity::Error, "error"),
    (Severity::Warning, "warning"),
    (Severity::Information, "information"),
];

#[derive(Default)]
struct Summary {
    claims: u64,
    lines: u64,
    unreadable: u64,
    with_errors: u64,
    with_warnings: u64,
    /// How many issues each rule has found.
    rules: BTreeMap<&'static str, u64>,
    seconds: f64,
}

impl Summary {
    fn count(&mut self, open: &Open, issues: &[Issue]) {
        self.claims += 1;
        self.lines += open.claim.lines.len() as u64;
        self.unreadable += u64::from(open.problem.is_some());
        let has = |severity| issues.iter().any(|issue| issue.severity == severity);
        self.with_errors += u64::from(has(Severity::Error));
        self.with_warnings += u64::from(has(Severity::Warning) && !has(Severity::Error));
        for issue in issues {
            *self.rules.entry(issue.rule).or_default() += 1;
        }
    }

    fn show(&self, json: bool, out: &mut impl Write) -> Result<()> {
        let clean = self.claims - self.unreadable - self.with_errors - self.with_warnings;
        let a_minute = self.claims as f64 / self.seconds.max(1e-6) * 60.0;
        if json {
            let summary = json!({
                "claims": self.claims, "lines": self.lines, "unreadable": self.unreadable,
                "withErrors": self.with_errors, "withWarnings": self.with_warnings, "clean": clean,
                "rules": self.rules, "seconds": self.seconds,
            });
            return writeln!(out, "{}", json!({ "summary": summary }));
        }
        writeln!(
            out,
            "{} claims with {} lines: {clean} clean, {} with warnings, {} with errors, {} that cannot be read",
            self.claims, self.lines, self.with_warnings, self.with_errors, self.unreadable
        )?;
        let mut rules: Vec<(&&str, &u64)> = self.rules.iter().collect();
        rules.sort_by_key(|(rule, count)| (u64::MAX - **count, **rule));
        for (rule, count) in rules {
            writeln!(out, "{count:>8} {rule:<6} {}", title(rule))?;
        }
        // The first claims wait for what is decoded once: a few say nothing of the pace.
        match self.claims {
            0..1000 => writeln!(out, "{:.1} s", self.seconds),
            _ => writeln!(out, "{:.1} s, {a_minute:.0} claims a minute", self.seconds),
        }
    }
}

/// What a rule says.
fn title(rule: &str) -> &'static str {
    let all = medcode::claim::RULES
        .iter()
        .chain(medcode::validate::rules::RULES);
    all.into_iter()
        .find(|known| known.id == rule)
        .map_or("", |known| known.title)
}

fn show(open: &Open, issues: &[Issue], shown: &Shown, out: &mut impl Write) -> Result<()> {
    let wanted = |issue: &&Issue| !shown.errors_only || issue.severity == Severity::Error;
    let issues: Vec<&Issue> = issues.iter().filter(wanted).collect();
    if shown.json {
        let mut object = json!({ "claim": open.name, "row": open.row, "issues": issues });
        if let Some(problem) = &open.problem {
            object["problem"] = json!(problem);
        }
        return writeln!(out, "{object}");
    }
    let name = match open.name.as_str() {
        "" => format!("row {}", open.row),
        name => format!("{name} (row {})", open.row),
    };
    if let Some(problem) = &open.problem {
        writeln!(out, "{name}: {problem}")?;
    }
    for issue in issues {
        let severity = SEVERITIES
            .iter()
            .find(|(severity, _)| *severity == issue.severity);
        let severity = severity.map_or("", |(_, name)| name);
        let place = issue
            .items
            .first()
            .map_or(String::new(), |item| place(*item));
        writeln!(
            out,
            "{name}: {severity} {}{place}: {}",
            issue.rule, issue.message
        )?;
        if let [fix] = issue.fixes.as_slice() {
            writeln!(out, "    fix: {}", described(fix))?;
        }
    }
    Ok(())
}

/// A part of a claim as people count it.
fn place(item: Item) -> String {
    let (part, at, line) = item.parts();
    match line {
        Some(line) => format!(" at line {}, {part} {}", line + 1, at + 1),
        None => format!(" at {part} {}", at + 1),
    }
}

fn described(fix: &ClaimFix) -> String {
    let title = |display: &Option<String>| {
        display
            .as_deref()
            .map_or(String::new(), |text| format!(" ({text})"))
    };
    match fix {
        ClaimFix::Replace {
            item,
            code,
            display,
        } => {
            format!("write {code}{}{}", title(display), place(*item))
        }
        ClaimFix::Remove { item } => format!("leave out what is{}", place(*item)),
        ClaimFix::Move { from, to } => format!("move diagnosis {} to place {}", from + 1, to + 1),
        ClaimFix::Merge { code, display, .. } => format!("write {code}{} for both", title(display)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The claims of a text, each with what cannot be read of it.
    fn read(text: &str) -> std::result::Result<Vec<(Claim, Option<String>)>, String> {
        let mut rows = csv::ReaderBuilder::new()
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let columns = Columns::of(rows.headers().unwrap())?;
        let read = |record: StringRecord| {
            let mut claim = Claim::default();
            let read = columns.claim(&record, &mut claim);
            let read = read.and_then(|()| columns.line(&record, &mut claim));
            (claim, read.err())
        };
        Ok(rows.records().map(|record| read(record.unwrap())).collect())
    }

    #[test]
    fn the_columns_in_either_spelling() {
        let one = "\u{feff}Claim,Setting,Age,Sex,Date,Diagnoses,POA,Code,Modifiers,Pointers,Units\n\
            7,inpatient-facility,64,F,2026-01-05,E11.9; I10,YN,E0601,LT|RT,AB,2\n";
        let other = "dx 1,DX_2,poa1,poa2,setting,age,sex,date,code,mod1,mod2,pointers,units,claim\n\
            E11.9,I10,Y,N,Inpatient-Facility,64,female,20260105,E0601,LT,RT,1 2,2,7\n";
        let one = read(one).unwrap();
        assert_eq!(one, read(other).unwrap());
        let (claim, problem) = &one[0];
        assert_eq!(problem, &None);
        assert_eq!(claim.diagnoses[1].poa.as_deref(), Some("N"));
        assert_eq!(claim.lines[0].pointers, [1, 2]);
        assert_eq!(claim.lines[0].units, Some(2));
        assert_eq!(claim.sex, Some(Sex::Female));
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let problem = |text: &str| read(text).unwrap()[0].1.clone().unwrap();
        assert_eq!(
            problem("dx1,date\nI10,yesterday\n"),
            "expected a date such as 2026-10-01, found 'yesterday'"
        );
        assert_eq!(
            problem("dx1,setting\nI10,office\n"),
            "expected professional, outpatient-facility or inpatient-facility as setting, found 'office'"
        );
        assert_eq!(
            problem("dx1,age\nI10,-1\n"),
            "expected a whole number as age, found '-1'"
        );
        assert_eq!(
            problem("code,pointers\nE0601,1?\n"),
            "expected pointers such as 1 2 or AB, found '1?'"
        );
        assert!(
            read("a,b\n1,2\n")
                .unwrap_err()
                .starts_with("expected a first row")
        );
        assert_eq!(
            read("dx1,DX1\n").unwrap_err(),
            "expected each column once, found dx1 twice"
        );
    }

    #[test]
    fn a_quotation_that_is_not_closed_is_found() {
        for (text, line) in [
            ("a,b\n1,\"x\"\n", None),
            ("a,b\n1,\"x, y \"\"z\"\"\"\n", None),
            ("a,b\n1,5\" tube\n", None),
            ("a,b\n1,\"wheel\n2,y\n", Some(2)),
            ("\u{feff}\"a,b\n", Some(1)),
        ] {
            let mut quotes = Quotes::new(text.as_bytes());
            std::io::copy(&mut quotes, &mut std::io::sink()).unwrap();
            assert_eq!(quotes.open(), line, "{text}");
        }
    }

    #[test]
    fn further_rows_of_a_claim() {
        let text = "claim,date,age,dx1,dx2,code\n1,2026-01-05,50,I10,E78.5,G0108\n";
        let further = |row: &str| {
            let mut rows = csv::ReaderBuilder::new()
                .flexible(true)
                .trim(csv::Trim::All)
                .from_reader(text.as_bytes());
            let columns = Columns::of(rows.headers().unwrap()).unwrap();
            let mut claim = Claim::default();
            let first = rows.records().next().unwrap().unwrap();
            columns.claim(&first, &mut claim).unwrap();
            let row = StringRecord::from(row.split(',').collect::<Vec<_>>());
            let read = columns.further(&row, &mut claim);
            let codes = claim.diagnoses.into_iter().map(|d| d.code);
            read.map(|()| codes.collect::<Vec<_>>().join(" "))
        };
        assert_eq!(further("1,,,,,G0109").unwrap(), "I10 E78.5");
        assert_eq!(
            further("1,2026-01-05,50,I10,E78.5,G0109").unwrap(),
            "I10 E78.5"
        );
        assert_eq!(further("1,,,E11.9,,G0109").unwrap(), "I10 E78.5 E11.9");
        assert_eq!(
            further("1,,60,,,G0109").unwrap_err(),
            "expected the age of the claim's first row, found '60'"
        );
    }

    #[test]
    fn indicators_that_are_left_out() {
        let claims = read("diagnoses,poa\nI10 E11.9 Z79.4,Y--\n").unwrap();
        let poa: Vec<_> = claims[0]
            .0
            .diagnoses
            .iter()
            .map(|d| d.poa.as_deref())
            .collect();
        assert_eq!(poa, [Some("Y"), None, None]);
        let claims = read("diagnoses,poa\nI10 Z79.4 E11.9,\"Y,,N\"\n").unwrap();
        let poa: Vec<_> = claims[0]
            .0
            .diagnoses
            .iter()
            .map(|d| d.poa.as_deref())
            .collect();
        assert_eq!(poa, [Some("Y"), None, Some("N")]);
    }
}
