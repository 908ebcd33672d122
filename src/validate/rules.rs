//! The rules a validation answers with: what each says, and where it is written.
//!
//! Section numbers are those of the ICD-10-CM Official Guidelines for Coding and Reporting FY 2026 (October 2025), each
//! compared with its text. Other years number some sections differently.

use serde::Serialize;

/// A rule: its stable identifier, what it says, and where it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// The identifier, such as `CM-4`.
    pub id: &'static str,
    /// What it says, in a few words.
    pub title: &'static str,
    /// Where it is written.
    pub source: &'static str,
}

/// Every rule, in the order of the catalogue.
pub const RULES: &[Rule] = &[
    Rule {
        id: "CM-1",
        title: "The shape of an ICD-10-CM code",
        source: "ICD-10-CM Official Guidelines FY 2026, Section I.A.2",
    },
    Rule {
        id: "CM-2",
        title: "The code is in the release that is valid on the date",
        source: "ICD-10-CM Tabular List and order file",
    },
    Rule {
        id: "CM-3",
        title: "Only codes are reported, not categories or subcategories",
        source: "ICD-10-CM Official Guidelines FY 2026, Sections I.A.3 and I.B.2",
    },
    Rule {
        id: "CM-4",
        title: "The 7th character is one that the category defines",
        source: "ICD-10-CM Official Guidelines FY 2026, Section I.A.5",
    },
    Rule {
        id: "CM-5",
        title: "The placeholder X fills the empty places",
        source: "ICD-10-CM Official Guidelines FY 2026, Sections I.A.4 and I.A.5",
    },
    Rule {
        id: "9-1",
        title: "The code is an ICD-9-CM code",
        source: "ICD-9-CM code titles, version 32 (the final one)",
    },
    Rule {
        id: "9-2",
        title: "ICD-9-CM before October 1, 2015, ICD-10 from that day on",
        source: "45 CFR 162.1002",
    },
    Rule {
        id: "9-3",
        title: "A code that both ICD-9-CM and ICD-10-CM have",
        source: "45 CFR 162.1002",
    },
    Rule {
        id: "PCS-1",
        title: "An ICD-10-PCS code has seven characters, never I or O",
        source: "ICD-10-PCS tables",
    },
    Rule {
        id: "PCS-2",
        title: "One row of the code's table accepts its last four characters",
        source: "ICD-10-PCS tables",
    },
    Rule {
        id: "HC-1",
        title: "The code is in the HCPCS Level II file",
        source: "HCPCS Level II quarterly file",
    },
    Rule {
        id: "HC-2",
        title: "The code is in effect on the date",
        source: "HCPCS Level II quarterly file",
    },
    Rule {
        id: "HC-3",
        title: "A code for what is not otherwise classified needs a description",
        source: "HCPCS Level II quarterly file",
    },
    Rule {
        id: "CPT-1",
        title: "A CPT code is known only from a licensed file",
        source: "CPT licensed data file",
    },
    Rule {
        id: "MOD-1",
        title: "A modifier has two characters and is in the list",
        source: "HCPCS Level II quarterly file",
    },
];

/// The rule with this identifier; one that says nothing for an unknown identifier.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}
