//! Writes invented claims as a CSV file, to measure `medcode validate FILE` with: one to eight diagnoses, one to three
//! lines, the codes drawn from an index, some of them misspelled, repeated or out of order. The same claims each time.
//!
//! ```text
//! cargo run --release --example claims -- target/test-sources/index/embedded.medcode 100000 > claims.csv
//! time target/release/medcode --index target/test-sources/index validate claims.csv --summary
//! ```

use std::io::Write;

use medcode::claim::{Diagnosis, Line, Setting, Sex};
use medcode::{Claim, CodeSystem, Date, Index};

/// A sequence of numbers that look random and are the same each time (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }
}

/// The codes of a system that are valid for submission, as they are printed.
fn billable(index: &Index<'_>, system: CodeSystem) -> Vec<String> {
    let Some(system) = index.system(system) else {
        return Vec::new();
    };
    let valid = system
        .concepts()
        .filter(|concept| system.billable(*concept));
    valid.map(|concept| system.code(concept)).collect()
}

/// So many claims of the codes of an index.
pub fn claims(index: &Index<'_>, count: usize) -> Vec<Claim> {
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let diagnoses = billable(index, CodeSystem::ICD10CM);
    let mut procedures = billable(index, CodeSystem::HCPCS);
    procedures.push("99213".to_string());
    let claim = |_| {
        let mut claim = Claim {
            date: Date::new(
                2026,
                1 + numbers.below(8) as u32,
                1 + numbers.below(28) as u32,
            ),
            age: Some(numbers.below(100) as u32),
            sex: Some(if numbers.below(2) == 0 {
                Sex::Female
            } else {
                Sex::Male
            }),
            ..Claim::default()
        };
        if numbers.below(8) == 0 {
            claim.setting = Setting::InpatientFacility;
            claim.discharge = claim.date;
        }
        // Claims are about one or two things: most of the diagnoses stand near each other in the book.
        let home = numbers.below(diagnoses.len());
        for _ in 0..1 + numbers.below(8) {
            let at = match numbers.below(4) {
                0 => numbers.below(diagnoses.len()),
                _ => (home + numbers.below(200)) % diagnoses.len().max(1),
            };
            let mut code = diagnoses.get(at).cloned().unwrap_or_default();
            match numbers.below(40) {
                0 => code.truncate(code.len() - 1),
                1 => code.push('A'),
                2 => code = code.replace('0', "O"),
                _ => {}
            }
            let poa = (claim.setting == Setting::InpatientFacility).then(|| "Y".to_string());
            claim.diagnoses.push(Diagnosis { code, poa });
        }
        for _ in 0..1 + numbers.below(3) {
            claim.lines.push(Line {
                code: procedures[numbers.below(procedures.len())].clone(),
                modifiers: match numbers.below(5) {
                    0 => vec!["LT".to_string()],
                    1 => vec!["RT".to_string(), "59".to_string()],
                    _ => Vec::new(),
                },
                pointers: vec![1 + numbers.below(claim.diagnoses.len())],
                units: Some(1 + numbers.below(3) as u32),
                ..Line::default()
            });
        }
        claim
    };
    (0..count).map(claim).collect()
}

#[allow(dead_code, reason = "the tests use the claims, not the program")]
fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, count] = arguments.as_slice() else {
        eprintln!("claims: expected the file of an index and a number of claims");
        std::process::exit(2);
    };
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let index = Index::open(&bytes).unwrap_or_else(|error| panic!("{path}: {error}"));
    let count = count.parse().expect("a number of claims");
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let header = "claim,setting,date,discharge,age,sex,diagnoses,poa,code,modifiers,pointers,units";
    let written = writeln!(out, "{header}").and_then(|()| {
        for (number, claim) in claims(&index, count).iter().enumerate() {
            write_claim(&mut out, number + 1, claim)?;
        }
        out.flush()
    });
    written.expect("standard output takes the claims");
}

/// Writes the rows of a claim: the first with all of it, one for each line.
#[allow(dead_code, reason = "the tests use the claims, not the program")]
fn write_claim(out: &mut impl Write, number: usize, claim: &Claim) -> std::io::Result<()> {
    let date = |date: Option<Date>| date.map_or(String::new(), |date| date.to_string());
    let codes: Vec<&str> = claim.diagnoses.iter().map(|d| d.code.as_str()).collect();
    let poa: Vec<&str> = claim
        .diagnoses
        .iter()
        .map(|d| d.poa.as_deref().unwrap_or("-"))
        .collect();
    let setting = match claim.setting {
        Setting::InpatientFacility => "inpatient-facility",
        _ => "professional",
    };
    let head = format!(
        "{setting},{},{},{},{},{},{}",
        date(claim.date),
        date(claim.discharge),
        claim.age.unwrap_or(0),
        if claim.sex == Some(Sex::Male) {
            "M"
        } else {
            "F"
        },
        codes.join(" "),
        poa.join(" "),
    );
    for (at, line) in claim.lines.iter().enumerate() {
        let head = if at == 0 { head.as_str() } else { ",,,,,," };
        let pointers: Vec<String> = line.pointers.iter().map(usize::to_string).collect();
        writeln!(
            out,
            "{number},{head},{},{},{},{}",
            line.code,
            line.modifiers.join(" "),
            pointers.join(" "),
            line.units.unwrap_or(1)
        )?;
    }
    Ok(())
}
