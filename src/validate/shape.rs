//! The shapes of codes: what a code of each system looks like, whatever its release.
//!
//! ICD-10-CM is a letter and two to six letters or digits. Most categories are a letter, a digit and a digit or A or B
//! (`E11`, `C4A`, `C7B`); FY2026 brought the first with a letter in the second place (`QA0`), so that the shape is
//! looser here than in most descriptions of it.

use crate::code_system::CodeSystem;

/// Why a text has not the shape of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShapeError {
    /// There is nothing but blanks.
    Empty,
    /// A character that no code of the system has at all.
    Character(char),
    /// A character that no code of the system has at this place, counted from 1 without the dot.
    Place(char, usize),
    /// There is a dot where the system prints none, or a second one, or nothing after it.
    Dot,
    /// Blanks stand within the code.
    Blank,
    /// There are fewer characters than any code has.
    Short,
    /// There are more characters than any code has.
    Long,
}

/// Whether a text, blanks around it removed, has the shape of a code of the system, header or not.
/// Case does not matter; the dot may be left out, but where there is one it must stand where the system prints it.
pub fn check(system: CodeSystem, text: &str) -> Result<(), ShapeError> {
    if text.is_empty() {
        return Err(ShapeError::Empty);
    }
    if let Some(other) = text
        .chars()
        .find(|c| !c.is_ascii_alphanumeric() && *c != '.' && !c.is_whitespace())
    {
        return Err(ShapeError::Character(other));
    }
    if text.contains(char::is_whitespace) {
        return Err(ShapeError::Blank);
    }
    let plain = text.replace('.', "").to_ascii_uppercase();
    let (shortest, longest) = lengths(system, &plain);
    for (at, c) in plain.chars().take(longest).enumerate() {
        if !fits(system, &plain, at, c) {
            return Err(ShapeError::Place(c, at + 1));
        }
    }
    if plain.len() < shortest {
        return Err(ShapeError::Short);
    }
    if plain.len() > longest {
        return Err(ShapeError::Long);
    }
    if system == CodeSystem::CPT && plain.len() != 2 && plain.len() != 5 {
        return Err(ShapeError::Short);
    }
    if system == CodeSystem::HCPCS && plain.len() != 2 && plain.len() != 5 {
        return Err(ShapeError::Short);
    }
    if text.contains('.') && system.dotted(&plain) != text.to_ascii_uppercase() {
        return Err(ShapeError::Dot);
    }
    Ok(())
}

/// The fewest and the most characters of a code.
fn lengths(system: CodeSystem, plain: &str) -> (usize, usize) {
    match system {
        CodeSystem::ICD10CM => (3, 7),
        CodeSystem::ICD10PCS => (7, 7),
        CodeSystem::ICD9CM_DX if plain.starts_with('E') => (4, 5),
        CodeSystem::ICD9CM_DX => (3, 5),
        CodeSystem::ICD9CM_SG => (2, 4),
        // Two characters are a modifier.
        _ => (2, 5),
    }
}

/// Whether a character may stand at a place, counted from 0.
fn fits(system: CodeSystem, plain: &str, at: usize, c: char) -> bool {
    let next_is_digit = plain
        .as_bytes()
        .get(at + 1)
        .is_none_or(|next| next.is_ascii_digit());
    let letter_second = plain.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic);
    match (system, at) {
        (CodeSystem::ICD10CM, 0) => c.is_ascii_uppercase(),
        (CodeSystem::ICD10CM, 1) => c.is_ascii_digit() || next_is_digit,
        (CodeSystem::ICD10CM, 2) if !letter_second => matches!(c, '0'..='9' | 'A' | 'B'),
        (CodeSystem::ICD10CM, 2) => c.is_ascii_digit(),
        (CodeSystem::ICD10PCS, _) => !matches!(c, 'I' | 'O'),
        (CodeSystem::ICD9CM_DX, 0) => matches!(c, '0'..='9' | 'E' | 'V'),
        (CodeSystem::ICD9CM_DX | CodeSystem::ICD9CM_SG, _) => c.is_ascii_digit(),
        (CodeSystem::HCPCS | CodeSystem::CPT, _) if plain.len() == 2 => true,
        (CodeSystem::HCPCS, 0) => matches!(c, 'A'..='V'),
        (CodeSystem::HCPCS, _) => c.is_ascii_digit(),
        (CodeSystem::CPT, 4) => c.is_ascii_digit() || matches!(c, 'F' | 'T' | 'U' | 'M' | 'A'),
        (CodeSystem::CPT, _) => c.is_ascii_digit(),
        _ => true,
    }
}

/// What a code of the system looks like, as the end of a sentence.
pub fn describe(system: CodeSystem) -> &'static str {
    match system {
        CodeSystem::ICD10CM => {
            "a letter and two to six more letters or digits, with a dot after the third, such as E11.9 or S52.501A"
        }
        CodeSystem::ICD10PCS => {
            "seven digits or letters other than I and O, without a dot, such as 0DTJ4ZZ"
        }
        CodeSystem::ICD9CM_DX => {
            "three digits (or V and two digits, or E and three), and up to two more after a dot, such as 250.00, V57.89 or E850.0"
        }
        CodeSystem::ICD9CM_SG => "two digits, and up to two more after a dot, such as 36.01",
        CodeSystem::HCPCS => {
            "a letter from A to V and four digits, such as E0601, or a modifier of two characters, such as LT"
        }
        _ => "five digits, or four digits and a letter, or a modifier of two characters",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The systems whose shape a text has, by their identifiers.
    fn shapes(text: &str) -> Vec<&'static str> {
        CodeSystem::all()
            .filter(|system| check(*system, text).is_ok())
            .map(CodeSystem::id)
            .collect()
    }

    #[test]
    fn cm_1_the_shape_of_icd_10_cm() {
        let check = |text| check(CodeSystem::ICD10CM, text);
        for good in [
            "I10", "e11.9", "E119", "C4A.0", "C7B", "QA0.0101", "S52501A", "Z3A.01",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        assert_eq!(check(""), Err(ShapeError::Empty));
        assert_eq!(check("E1"), Err(ShapeError::Short));
        assert_eq!(check("S52.501AB"), Err(ShapeError::Long));
        assert_eq!(check("E1.19"), Err(ShapeError::Dot));
        assert_eq!(check("I10."), Err(ShapeError::Dot));
        assert_eq!(check("E11..9"), Err(ShapeError::Dot));
        assert_eq!(check("E11 .9"), Err(ShapeError::Blank));
        assert_eq!(check("E11,9"), Err(ShapeError::Character(',')));
        assert_eq!(check("É11.9"), Err(ShapeError::Character('É')));
        assert_eq!(check("011.9"), Err(ShapeError::Place('0', 1)));
        assert_eq!(check("EII.9"), Err(ShapeError::Place('I', 2)));
        assert_eq!(check("E1I.9"), Err(ShapeError::Place('I', 3)));
    }

    #[test]
    fn nine_1_the_shapes_of_icd_9_cm() {
        let dx = |text| check(CodeSystem::ICD9CM_DX, text).is_ok();
        let sg = |text| check(CodeSystem::ICD9CM_SG, text).is_ok();
        assert!(dx("250.00") && dx("25000") && dx("V57.89") && dx("E850.0") && dx("E850"));
        assert!(!dx("25.00") && !dx("E85") && !dx("E850.00") && !dx("250.000") && !dx("A50"));
        assert!(sg("36.01") && sg("3601") && sg("36") && !sg("360.1") && !sg("36.011"));
    }

    #[test]
    fn pcs_1_seven_characters_without_i_and_o() {
        let check = |text| check(CodeSystem::ICD10PCS, text);
        assert_eq!(check("0dtj4zz"), Ok(()));
        assert_eq!(check("0DTJ4Z"), Err(ShapeError::Short));
        assert_eq!(check("0DTJ4ZZZ"), Err(ShapeError::Long));
        assert_eq!(check("ODTJ4ZZ"), Err(ShapeError::Place('O', 1)));
        assert_eq!(check("0DTI4ZZ"), Err(ShapeError::Place('I', 4)));
        assert_eq!(check("0DT.J4ZZ"), Err(ShapeError::Dot));
    }

    #[test]
    fn hc_1_and_cpt_1_and_mod_1() {
        assert_eq!(shapes("J1815"), ["icd10cm", "hcpcs"]);
        assert_eq!(shapes("W1815"), ["icd10cm"]);
        assert_eq!(shapes("99213"), ["icd9cm_dx", "cpt"]);
        assert_eq!(shapes("0001A"), ["cpt"]);
        assert_eq!(shapes("0001B"), [""; 0]);
        assert_eq!(shapes("LT"), ["hcpcs", "cpt"]);
        assert_eq!(shapes("50"), ["icd9cm_sg", "hcpcs", "cpt"]);
        assert_eq!(shapes("E850"), ["icd10cm", "icd9cm_dx"]);
        assert_eq!(shapes("LTX"), [""; 0]);
    }
}
