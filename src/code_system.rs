//! The code systems this library knows, by the names their users know them by.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A code system: an identifier, not an enum, because the set grows (a user's own pack is one too).
///
/// The short identifier is the table name that NLM's Clinical Table Search Service made common
/// (`icd10cm`, `icd9cm_dx`, ...); the canonical URI is FHIR's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodeSystem(u8);

/// What is fixed about a code system, whatever its release.
struct Facts {
    id: &'static str,
    title: &'static str,
    /// The canonical URI, as the FHIR terminology registry spells it.
    uri: &'static str,
    /// Other spellings seen in real requests: FHIR and OID URIs, common short names.
    aliases: &'static [&'static str],
    /// Where the dot goes in the printed form of a code: after this many characters; 0 for none.
    dot: usize,
}

/// The position in this table is the number stored in an index: append, never reorder.
const FACTS: &[Facts] = &[
    Facts {
        id: "icd10cm",
        title: "ICD-10-CM",
        uri: "http://hl7.org/fhir/sid/icd-10-cm",
        aliases: &[
            "icd-10-cm",
            "icd10",
            "icd-10",
            "urn:oid:2.16.840.1.113883.6.90",
        ],
        dot: 3,
    },
    Facts {
        id: "icd10pcs",
        title: "ICD-10-PCS",
        uri: "http://www.cms.gov/Medicare/Coding/ICD10",
        aliases: &[
            "icd-10-pcs",
            "pcs",
            "urn:oid:2.16.840.1.113883.6.4",
            "http://hl7.org/fhir/sid/icd-10-pcs",
        ],
        dot: 0,
    },
    Facts {
        id: "icd9cm_dx",
        title: "ICD-9-CM diagnoses",
        uri: "http://hl7.org/fhir/sid/icd-9-cm",
        aliases: &[
            "icd9cm-dx",
            "icd9dx",
            "icd-9-cm-dx",
            "urn:oid:2.16.840.1.113883.6.103",
            "http://www.cms.gov/Medicare/Coding/ICD9",
        ],
        dot: 3,
    },
    Facts {
        id: "icd9cm_sg",
        title: "ICD-9-CM procedures",
        uri: "urn:oid:2.16.840.1.113883.6.104",
        aliases: &["icd9cm-sg", "icd9sg", "icd-9-cm-sg", "icd9pr"],
        dot: 2,
    },
    Facts {
        id: "hcpcs",
        title: "HCPCS Level II",
        uri: "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
        aliases: &[
            "hcpcs2",
            "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
            "urn:oid:2.16.840.1.113883.6.285",
            "urn:oid:2.16.840.1.113883.6.14",
            "http://terminology.hl7.org/CodeSystem/HCPCS",
        ],
        dot: 0,
    },
    Facts {
        id: "cpt",
        title: "CPT",
        uri: "http://www.ama-assn.org/go/cpt",
        aliases: &["urn:oid:2.16.840.1.113883.6.12"],
        dot: 0,
    },
];

impl CodeSystem {
    /// International Classification of Diseases, 10th revision, Clinical Modification.
    pub const ICD10CM: CodeSystem = CodeSystem(0);
    /// International Classification of Diseases, 10th revision, Procedure Coding System.
    pub const ICD10PCS: CodeSystem = CodeSystem(1);
    /// ICD-9-CM volumes 1 and 2: diagnoses.
    pub const ICD9CM_DX: CodeSystem = CodeSystem(2);
    /// ICD-9-CM volume 3: procedures.
    pub const ICD9CM_SG: CodeSystem = CodeSystem(3);
    /// Healthcare Common Procedure Coding System, Level II, with its modifiers.
    pub const HCPCS: CodeSystem = CodeSystem(4);
    /// Current Procedural Terminology: only ever from the user's own licensed file.
    pub const CPT: CodeSystem = CodeSystem(5);

    /// Every known code system, in the order of their stored numbers.
    pub fn all() -> impl Iterator<Item = CodeSystem> {
        (0..FACTS.len() as u8).map(CodeSystem)
    }

    /// Finds a code system by its identifier, canonical URI or a common alias, ignoring case.
    pub fn parse(name: &str) -> Option<CodeSystem> {
        let name = name.trim();
        CodeSystem::all().find(|system| {
            let facts = system.facts();
            [facts.id, facts.uri]
                .iter()
                .chain(facts.aliases)
                .any(|known| known.eq_ignore_ascii_case(name))
        })
    }

    /// Finds every code system a user may mean by a name: `icd9` and `icd9cm` mean diagnoses and procedures.
    pub fn parse_group(name: &str) -> Vec<CodeSystem> {
        match name.trim().to_ascii_lowercase().as_str() {
            "icd9" | "icd-9" | "icd9cm" | "icd-9-cm" => {
                vec![CodeSystem::ICD9CM_DX, CodeSystem::ICD9CM_SG]
            }
            "all" => CodeSystem::all().collect(),
            _ => CodeSystem::parse(name).into_iter().collect(),
        }
    }

    /// The code system with this stored number.
    pub fn from_number(number: u8) -> Option<CodeSystem> {
        (usize::from(number) < FACTS.len()).then_some(CodeSystem(number))
    }

    /// The number that stands for this code system in an index.
    pub fn number(self) -> u8 {
        self.0
    }

    /// The short identifier, such as `icd10cm`.
    pub fn id(self) -> &'static str {
        self.facts().id
    }

    /// The name for people, such as `ICD-10-CM`.
    pub fn title(self) -> &'static str {
        self.facts().title
    }

    /// The canonical URI, as FHIR spells it.
    pub fn uri(self) -> &'static str {
        self.facts().uri
    }

    /// Writes a code as it is printed: with a dot where the system has one (`E119` becomes `E11.9`).
    ///
    /// ICD-9-CM E codes have the dot after the fourth character. Codes that are too short for a dot,
    /// and ranges such as `A00-B99`, are returned as they are.
    pub fn dotted(self, code: &str) -> String {
        let at = self.dot(code);
        if at == 0 || code.len() <= at || code.contains('-') || !code.is_ascii() {
            return code.to_string();
        }
        format!("{}.{}", &code[..at], &code[at..])
    }

    /// Whether a text is spelled as a code, or the beginning of one: if it has a dot, it is the one that the system prints. `00.40` is
    /// a procedure of ICD-9-CM, and not its diagnosis 004.0.
    pub fn spells(self, text: &str) -> bool {
        let text = text.trim_start();
        let mut dots = text.match_indices('.').map(|(at, _)| at);
        match (dots.next(), dots.next()) {
            (None, _) => true,
            (Some(at), None) => at == self.dot(&text.to_ascii_uppercase()),
            _ => false,
        }
    }

    /// After how many characters a code has its dot; 0 where it has none.
    fn dot(self, code: &str) -> usize {
        match self {
            CodeSystem::ICD9CM_DX if code.starts_with('E') => 4,
            _ => self.facts().dot,
        }
    }

    fn facts(self) -> &'static Facts {
        &FACTS[usize::from(self.0)]
    }
}

impl fmt::Debug for CodeSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl fmt::Display for CodeSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

impl Serialize for CodeSystem {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

impl<'de> Deserialize<'de> for CodeSystem {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        CodeSystem::parse(&name)
            .ok_or_else(|| serde::de::Error::custom(format!("unknown code system '{name}'")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_back_to_its_system() {
        for system in CodeSystem::all() {
            assert_eq!(CodeSystem::parse(system.id()), Some(system));
            assert_eq!(CodeSystem::parse(system.uri()), Some(system));
            assert_eq!(CodeSystem::from_number(system.number()), Some(system));
        }
        assert_eq!(CodeSystem::parse("snomed"), None);
        assert_eq!(CodeSystem::parse_group("ICD9").len(), 2);
    }

    #[test]
    fn the_dot_goes_where_the_publisher_prints_it() {
        assert_eq!(CodeSystem::ICD10CM.dotted("E119"), "E11.9");
        assert_eq!(CodeSystem::ICD10CM.dotted("I10"), "I10");
        assert_eq!(CodeSystem::ICD10CM.dotted("A00-B99"), "A00-B99");
        assert_eq!(CodeSystem::ICD9CM_DX.dotted("E8500"), "E850.0");
        assert_eq!(CodeSystem::ICD9CM_DX.dotted("V5789"), "V57.89");
        assert_eq!(CodeSystem::ICD9CM_SG.dotted("0066"), "00.66");
        assert_eq!(CodeSystem::HCPCS.dotted("E0601"), "E0601");
    }
}
