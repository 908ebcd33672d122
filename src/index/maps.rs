//! General equivalence maps: which codes of another system stand for a code, and how to choose among them.
//!
//! # The section
//!
//! One stream of decisions, for the system that is mapped from: the number of systems mapped to, then for each its
//! stored number (8 bits) and the rows of every code (see [`super::codes`]). A row is its flags (9 bits: whether the map
//! is approximate, whether the target is a part of a combination, the scenario and the choice list of it), the
//! target spelled in the light of targets nearby, and whether another row follows. A row without a target says that
//! there is no equivalent. Targets are stored as codes: the other system need not be in the index.

use serde::Serialize;

use super::codes::{self, Lists, Novel, Spelling};
use super::coding::{Coder, Decoder, Encoder, Number, models};
use super::core::{Code, Nodes};
use super::mixing::{WideMixer, hash};
use super::system::{Index, System, plain_code};
use crate::code_system::CodeSystem;
use crate::concepts::GemMap;

/// One row of a map, without the code it is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Row {
    /// The code mapped to; empty where the map says that there is none.
    pub target: Code,
    /// The map is approximate.
    pub approximate: bool,
    /// The target is one part of a combination of codes.
    pub combination: bool,
    /// Which scenario of combinations the row belongs to, 0 to 9.
    pub scenario: u8,
    /// Which choice list within the scenario, 0 to 9.
    pub choice_list: u8,
}

/// The maps from one system in memory, one per system mapped to.
#[derive(Clone, Debug, Default)]
pub struct Maps {
    /// The systems mapped to, each with the rows of every code, in the publisher's order.
    pub tables: Vec<(CodeSystem, Lists<Row>)>,
}

impl Maps {
    /// The maps from a system, or the first code that is none. The rows of a code stay in their order.
    pub fn new(from: CodeSystem, maps: &[GemMap]) -> Result<Maps, &str> {
        let mut out = Maps::default();
        for to in CodeSystem::all() {
            let mut rows: Vec<(Code, Row)> = Vec::new();
            for map in maps.iter().filter(|map| map.from == from && map.to == to) {
                let target = match map.target.as_str() {
                    "" => Code::default(),
                    target => Code::new(target).ok_or(target)?,
                };
                let row = Row {
                    target,
                    approximate: map.approximate,
                    combination: map.combination,
                    scenario: map.scenario.min(9),
                    choice_list: map.choice_list.min(9),
                };
                let source = Code::new(&map.source).ok_or(map.source.as_str())?;
                rows.push((source, row));
            }
            if !rows.is_empty() {
                out.tables.push((to, Lists::grouped(rows)));
            }
        }
        Ok(out)
    }
}

/// Writes the section of a system with these codes.
pub fn write(maps: &Maps, nodes: &Nodes) -> Vec<u8> {
    let mut coder = Encoder::default();
    run(&mut coder, maps, nodes);
    coder.finish()
}

/// Reads the section.
pub fn read(bytes: &[u8], nodes: &Nodes) -> Maps {
    run(&mut Decoder::new(bytes), &Maps::default(), nodes)
}

fn run<C: Coder>(coder: &mut C, input: &Maps, nodes: &Nodes) -> Maps {
    let known = codes::all_codes(nodes);
    let none = Lists::default();
    let mut out = Maps::default();
    let count = coder.number(&mut Number::default(), input.tables.len() as u32);
    for at in 0..count.min(255) as usize {
        let table = input.tables.get(at);
        let number = table.map_or(0, |(to, _)| u32::from(to.number()));
        let number = coder.symbol(&mut models(256), 8, number);
        let lists = table.map_or(&none, |(_, lists)| lists);
        let lists = codes::run(coder, lists, &known, &mut Targets::new());
        if let Some(to) = CodeSystem::from_number(number as u8) {
            out.tables.push((to, lists));
        }
    }
    out
}

/// The models of rows that no relative has.
struct Targets {
    spelling: Spelling,
    flags: WideMixer,
    more: WideMixer,
}

/// No code maps to more rows than this: the longest list published has 533.
const MOST_ROWS: usize = 10_000;

impl Targets {
    fn new() -> Targets {
        Targets {
            spelling: Spelling::new(18),
            flags: WideMixer::new(16, 2),
            more: WideMixer::new(16, 2),
        }
    }
}

fn number_of(row: &Row) -> u32 {
    let flags = u32::from(row.approximate) << 1 | u32::from(row.combination);
    flags * 100 + u32::from(row.scenario) * 10 + u32::from(row.choice_list)
}

fn row_of(number: u32, target: Code) -> Row {
    Row {
        target,
        approximate: (number / 200) & 1 != 0,
        combination: (number / 100) & 1 != 0,
        scenario: (number / 10 % 10) as u8,
        choice_list: (number % 10) as u8,
    }
}

impl Novel<Row> for Targets {
    fn code<C: Coder>(
        &mut self,
        coder: &mut C,
        code: &Code,
        relatives: &[Option<&[Row]>],
        value: &[Row],
    ) -> Vec<Row> {
        let bytes = code.as_str().as_bytes();
        let part = |length: usize, state: u32| codes::part(code, length, state);
        let end = bytes.last().map_or(0, |byte| u32::from(*byte)) << 4 | bytes.len() as u32;
        let [before, other] = codes::nearest(relatives);
        let mut out: Vec<Row> = Vec::new();
        while out.len() < MOST_ROWS {
            let at = out.len();
            let row = value.get(at).copied().unwrap_or_default();
            let near = before
                .get(at)
                .or(before.last())
                .copied()
                .unwrap_or_default();
            let far = other.get(at).or(other.last()).copied().unwrap_or_default();
            let last = out.last().copied();
            let last_flags = last.map_or(511, |row| number_of(&row));
            let contexts = [
                hash(last_flags, 1 + at.min(2) as u32),
                hash(hash(last_flags, number_of(&near)), 2),
                hash(hash(last_flags, number_of(&far)), 3),
                hash(hash(last_flags, part(3, 5)), 4),
                hash(hash(last_flags, end), 5),
            ];
            let set = usize::from(at > 0);
            let flags = self.flags.symbol(coder, 9, &contexts, set, number_of(&row));
            let last_target = last.map_or(Code::default(), |row| row.target);
            let like = [
                match at {
                    0 => near.target,
                    _ => last_target,
                },
                far.target,
                match at {
                    0 => before.last().copied().unwrap_or_default().target,
                    _ => near.target,
                },
            ];
            let like = [
                like[0].as_str().as_bytes(),
                like[1].as_str().as_bytes(),
                like[2].as_str().as_bytes(),
            ];
            let about = [
                part(3, flags),
                part(4, 9),
                hash(part(3, 11), end),
                hash(part(5, 12), at.min(3) as u32),
                hash(part(1, flags), end),
            ];
            let target = self
                .spelling
                .spell(coder, &like, &about, row.target.as_str().as_bytes());
            out.push(row_of(flags, codes::code_of(&target).unwrap_or_default()));
            let counts = |list: &[Row]| match list.len().cmp(&(at + 1)) {
                std::cmp::Ordering::Less => 0,
                std::cmp::Ordering::Equal => 1,
                std::cmp::Ordering::Greater => 2,
            };
            let counts = counts(before) * 3 + counts(other);
            let contexts = [
                hash(flags, at.min(20) as u32),
                hash(hash(counts, flags), 2),
                hash(hash(part(3, flags), at.min(3) as u32), 3),
                hash(hash(end, counts), flags),
                hash(hash(flags, last_flags), counts),
            ];
            if !self.more.flag(coder, &contexts, set, at + 1 < value.len()) {
                break;
            }
        }
        out
    }
}

/// One row of a map as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MapTarget {
    /// The system mapped to.
    pub to: CodeSystem,
    /// The code mapped to as it is printed; empty where the map says that there is no equivalent.
    pub code: String,
    /// The map is approximate: the two codes do not mean the same.
    pub approximate: bool,
    /// The target is one part of a combination of codes.
    pub combination: bool,
    /// Which scenario of combinations the row belongs to; 0 outside combinations.
    pub scenario: u8,
    /// Which choice list within the scenario the row belongs to; 0 outside combinations.
    pub choice_list: u8,
}

/// What a map says of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MapStatus {
    /// There are codes to choose from.
    Mapped,
    /// The map has the code, and says that nothing in the other system stands for it.
    NoEquivalent,
    /// The map does not have the code. It covers codes valid for submission of ICD-9-CM and of ICD-10 until 2018.
    NotInMap,
    /// The index holds no map between these systems, or not the system mapped from.
    NoMap,
}

/// How a code relates to what it is mapped to, in the words of FHIR R4's `ConceptMapEquivalence`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Equivalence {
    /// The two mean the same: the publisher does not call the map approximate.
    Equivalent,
    /// Their meanings overlap, and how exactly is not known: the publisher calls the map approximate.
    RelatedTo,
    /// There is no equivalent.
    Unmatched,
}

/// A code mapped to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TargetCode {
    /// The code as it is printed.
    pub code: String,
    /// The code without dot.
    pub plain_code: String,
    /// Its title, where the index holds the system mapped to and the system still has the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    /// How the code mapped from relates to it, by itself.
    pub equivalence: Equivalence,
}

/// One way to say in the other system what a code says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MapChoice {
    /// The scenario of a combination; 0 for a single code.
    pub scenario: u8,
    /// How the code mapped from relates to the whole.
    pub equivalence: Equivalence,
    /// What is reported together: one code of each of these lists. A single code is one list of one code.
    pub parts: Vec<Vec<TargetCode>>,
}

impl MapChoice {
    /// Whether several codes together stand for the one mapped from.
    pub fn is_combination(&self) -> bool {
        self.scenario != 0 || self.parts.len() > 1
    }
}

/// The answer to the question which codes of another system stand for a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Translation {
    /// The code mapped from as it is printed.
    pub code: String,
    /// Its system.
    pub from: CodeSystem,
    /// The system mapped to.
    pub to: CodeSystem,
    /// What the map says.
    pub status: MapStatus,
    /// The ways to say it, single codes first, then combinations by scenario; a person chooses one. The order is the
    /// publisher's and ranks nothing.
    pub choices: Vec<MapChoice>,
    /// The answer in a sentence.
    pub message: String,
}

impl Translation {
    /// The code to use where the map leaves no choice: exactly one single code. It may still be approximate.
    pub fn only(&self) -> Option<&TargetCode> {
        match self.choices.as_slice() {
            [MapChoice { parts, .. }] => match parts.as_slice() {
                [part] => part.first().filter(|_| part.len() == 1),
                _ => None,
            },
            _ => None,
        }
    }
}

fn equivalence(row: &Row) -> Equivalence {
    match (row.target.is_empty(), row.approximate) {
        (true, _) => Equivalence::Unmatched,
        (_, true) => Equivalence::RelatedTo,
        (_, false) => Equivalence::Equivalent,
    }
}

impl System<'_> {
    /// The rows of the maps from a code, in the publisher's order. Empty for a code that the maps do not have: they were
    /// last published in 2018. Takes time proportional to the logarithm of the number of codes.
    pub fn maps(&self, code: &str) -> Vec<MapTarget> {
        let Some(code) = Code::new(&plain_code(code)) else {
            return Vec::new();
        };
        let rows = |(to, lists): &(CodeSystem, Lists<Row>)| {
            let to = *to;
            let target = move |row: &Row| MapTarget {
                to,
                code: to.dotted(row.target.as_str()),
                approximate: row.approximate,
                combination: row.combination,
                scenario: row.scenario,
                choice_list: row.choice_list,
            };
            lists.of(&code).iter().map(target).collect::<Vec<_>>()
        };
        self.all_maps().tables.iter().flat_map(rows).collect()
    }
}

/// The system of the other revision.
fn counterpart(system: CodeSystem) -> CodeSystem {
    match system {
        CodeSystem::ICD10CM => CodeSystem::ICD9CM_DX,
        CodeSystem::ICD10PCS => CodeSystem::ICD9CM_SG,
        CodeSystem::ICD9CM_SG => CodeSystem::ICD10PCS,
        _ => CodeSystem::ICD10CM,
    }
}

impl Index<'_> {
    /// The translations of a code between all systems whose maps have it, or between those that are given. Where no map
    /// has it, one answer that says so.
    pub fn translations(
        &self,
        code: &str,
        from: Option<CodeSystem>,
        to: Option<CodeSystem>,
    ) -> Vec<Translation> {
        let fits = |asked: Option<CodeSystem>, is| asked.is_none_or(|asked| asked == is);
        let systems = self.systems().iter().map(System::code_system);
        let mut found = Vec::new();
        let mut without = None;
        for from in systems.filter(|system| fits(from, *system)) {
            let tables = self.system(from).map(|system| &system.all_maps().tables);
            for (to, _) in tables
                .into_iter()
                .flatten()
                .filter(|(other, _)| fits(to, *other))
            {
                let answer = self.translate(code, from, *to);
                match answer.status {
                    MapStatus::NotInMap => without = without.or(Some(answer)),
                    _ => found.push(answer),
                }
            }
        }
        if found.is_empty() {
            let from = from.or_else(|| self.written_in(code, to));
            let known = without.filter(|answer| from.is_none_or(|from| answer.from == from));
            found.push(known.unwrap_or_else(|| {
                let from = from.unwrap_or(CodeSystem::ICD10CM);
                self.translate(code, from, to.unwrap_or_else(|| counterpart(from)))
            }));
        }
        found
    }

    /// The system that a code without a map is most likely of: one that has it, else one whose codes look like it.
    fn written_in(&self, code: &str, to: Option<CodeSystem>) -> Option<CodeSystem> {
        let all = [
            CodeSystem::ICD10CM,
            CodeSystem::ICD9CM_DX,
            CodeSystem::ICD10PCS,
            CodeSystem::ICD9CM_SG,
        ];
        let fits = |system: &CodeSystem| {
            crate::validate::shape::check(*system, code.trim()).is_ok()
                && to.is_none_or(|to| counterpart(*system) == to)
        };
        let has =
            |system: &CodeSystem| self.system(*system).is_some_and(|s| s.find(code).is_some());
        let known = all.iter().find(|system| fits(system) && has(system));
        known
            .or_else(|| all.iter().find(|system| fits(system)))
            .copied()
    }

    /// The codes of system `to` that stand for a code of system `from`, by the general equivalence maps (FHIR
    /// `$translate`). The code may be one that the loaded release has no more. Nothing is chosen: where the map names
    /// several codes, all are returned, grouped into the choices that a person has.
    pub fn translate(&self, code: &str, from: CodeSystem, to: CodeSystem) -> Translation {
        let plain = plain_code(code);
        let mut out = Translation {
            code: from.dotted(&plain),
            from,
            to,
            status: MapStatus::NoMap,
            choices: Vec::new(),
            message: format!("The index holds no map from {from} to {to}."),
        };
        let tables = self.system(from).map(|system| &system.all_maps().tables);
        let table = tables.and_then(|tables| tables.iter().find(|(other, _)| *other == to));
        let Some((_, lists)) = table else {
            return out;
        };
        let rows = Code::new(&plain).map_or(&[][..], |code| lists.of(&code));
        if rows.is_empty() {
            out.status = MapStatus::NotInMap;
            let header = self.system(from).is_some_and(|system| {
                let found = system.find(&plain);
                found.is_some_and(|concept| !system.billable(concept))
            });
            if header {
                out.message = format!(
                    "{} is a header: the map from {from} to {to} has the codes below it.",
                    out.code
                );
                return out;
            }
            out.message = format!(
                "{} is not in the map from {from} to {to}, which has the codes valid for submission until 2018.",
                out.code
            );
            return out;
        }
        let target = |row: &Row| {
            let other = self.system(to);
            let plain_code = row.target.as_str().to_string();
            let display = other.and_then(|other| Some(other.display(other.find(&plain_code)?)));
            TargetCode {
                code: to.dotted(&plain_code),
                plain_code,
                display,
                equivalence: equivalence(row),
            }
        };
        for row in rows.iter().filter(|row| !row.target.is_empty()) {
            if !row.combination {
                out.choices.push(MapChoice {
                    scenario: 0,
                    equivalence: equivalence(row),
                    parts: vec![vec![target(row)]],
                });
            }
        }
        let mut scenarios: Vec<u8> = rows
            .iter()
            .filter(|row| row.combination)
            .map(|row| row.scenario)
            .collect();
        crate::sort::sort(&mut scenarios);
        scenarios.dedup();
        for scenario in scenarios {
            let within = |row: &&Row| row.combination && row.scenario == scenario;
            let mut lists: Vec<u8> = rows
                .iter()
                .filter(within)
                .map(|row| row.choice_list)
                .collect();
            crate::sort::sort(&mut lists);
            lists.dedup();
            let part = |list: &u8| {
                let rows = rows
                    .iter()
                    .filter(within)
                    .filter(|row| row.choice_list == *list);
                rows.map(target).collect()
            };
            // One code that says less or more makes the whole no more than related.
            let approximate = rows.iter().filter(within).any(|row| row.approximate);
            out.choices.push(MapChoice {
                scenario,
                equivalence: match approximate {
                    true => Equivalence::RelatedTo,
                    false => Equivalence::Equivalent,
                },
                parts: lists.iter().map(part).collect(),
            });
        }
        (out.status, out.message) = match out.choices.as_slice() {
            [] => (
                MapStatus::NoEquivalent,
                format!("{} has no equivalent in {to}, the map says.", out.code),
            ),
            [only] if only.is_combination() => (
                MapStatus::Mapped,
                format!(
                    "{} is a combination of codes in {to}: one of each list.",
                    out.code
                ),
            ),
            [only] => {
                let how = match only.equivalence {
                    Equivalence::Equivalent => "is",
                    _ => "is approximately",
                };
                let code = out.only().map_or("", |target| &target.code);
                (
                    MapStatus::Mapped,
                    format!("{} {how} {code} in {to}.", out.code),
                )
            }
            several => (
                MapStatus::Mapped,
                format!(
                    "{} has {} alternatives in {to}: choose by what is documented.",
                    out.code,
                    several.len()
                ),
            ),
        };
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn nodes(codes: &[&str]) -> Nodes {
        Nodes {
            codes: codes.iter().filter_map(|code| Code::new(code)).collect(),
            billable: vec![true; codes.len()],
            ..Nodes::default()
        }
    }

    fn map(source: &str, target: &str, flags: [u8; 4]) -> GemMap {
        GemMap {
            from: CodeSystem::ICD9CM_DX,
            to: CodeSystem::ICD10CM,
            source: source.to_string(),
            target: target.to_string(),
            approximate: flags[0] != 0,
            combination: flags[1] != 0,
            scenario: flags[2],
            choice_list: flags[3],
        }
    }

    fn same(a: &Maps, b: &Maps) -> bool {
        let table = |(to, lists): &(CodeSystem, Lists<Row>)| {
            let rows: Vec<(Code, Vec<Row>)> = lists.iter().map(|(c, l)| (c, l.to_vec())).collect();
            (*to, rows)
        };
        a.tables.iter().map(table).eq(b.tables.iter().map(table))
    }

    /// An index of two invented systems' excerpts with these rows.
    fn translated(rows: Vec<GemMap>, code: &str) -> Translation {
        let release = |code: &str| crate::concepts::Release {
            concepts: vec![crate::concepts::Concept {
                code: code.to_string(),
                display: "Title".to_string(),
                billable: true,
                ..Default::default()
            }],
            ..Default::default()
        };
        let relations = crate::concepts::Relations {
            maps: rows,
            ..Default::default()
        };
        let (nine, ten) = (release("25000"), release("E119"));
        let releases = [(CodeSystem::ICD9CM_DX, &nine), (CodeSystem::ICD10CM, &ten)];
        let bytes = crate::compile::compile(&releases, &relations).unwrap();
        let index = Index::open(&bytes).unwrap();
        index.translate(code, CodeSystem::ICD9CM_DX, CodeSystem::ICD10CM)
    }

    #[test]
    fn a_code_without_a_map_is_of_the_system_that_it_looks_like() {
        let index = Index::default();
        for (code, from, to) in [
            ("47.01", CodeSystem::ICD9CM_SG, CodeSystem::ICD10PCS),
            ("250", CodeSystem::ICD9CM_DX, CodeSystem::ICD10CM),
            ("0DTJ4ZZ", CodeSystem::ICD10PCS, CodeSystem::ICD9CM_SG),
            ("E11.9", CodeSystem::ICD10CM, CodeSystem::ICD9CM_DX),
            ("?", CodeSystem::ICD10CM, CodeSystem::ICD9CM_DX),
        ] {
            let found = index.translations(code, None, None);
            assert_eq!((found[0].from, found[0].to), (from, to), "{code}");
        }
    }

    #[test]
    fn nothing_is_chosen_where_there_is_a_choice() {
        let rows = vec![
            map("25000", "E119", [1, 0, 0, 0]),
            map("0010", "A000", [0, 0, 0, 0]),
            map("0019", "", [1, 0, 0, 0]),
            map("80000", "S020XXA", [1, 1, 1, 1]),
            map("80000", "S0210XA", [1, 1, 1, 1]),
            map("80000", "S06360A", [1, 1, 1, 2]),
            map("80000", "S0219XA", [1, 1, 2, 1]),
            map("80000", "S066X0A", [1, 1, 2, 2]),
            map("80000", "S0291XA", [1, 0, 0, 0]),
        ];
        let of = |code: &str| translated(rows.clone(), code);
        let single = of("250.00");
        assert_eq!(single.status, MapStatus::Mapped);
        assert_eq!(
            single.message,
            "250.00 is approximately E11.9 in ICD-10-CM."
        );
        let only = single.only().unwrap();
        assert_eq!(
            (only.code.as_str(), only.display.as_deref()),
            ("E11.9", Some("Title"))
        );
        assert_eq!(only.equivalence, Equivalence::RelatedTo);

        let exact = of("001.0");
        assert_eq!(exact.only().unwrap().equivalence, Equivalence::Equivalent);
        assert_eq!(exact.only().unwrap().display, None);

        let none = of("0019");
        assert_eq!(
            (none.status, none.choices.len()),
            (MapStatus::NoEquivalent, 0)
        );
        assert_eq!(of("99999").status, MapStatus::NotInMap);

        let several = of("80000");
        let shape: Vec<(u8, Vec<usize>)> = several
            .choices
            .iter()
            .map(|choice| (choice.scenario, choice.parts.iter().map(Vec::len).collect()))
            .collect();
        assert_eq!(shape, [(0, vec![1]), (1, vec![2, 1]), (2, vec![1, 1])]);
        assert!(several.only().is_none());
        assert!(several.choices[1].is_combination() && !several.choices[0].is_combination());
    }

    #[test]
    fn no_map_is_said_to_be_none() {
        let bare = translated(Vec::new(), "25000");
        assert_eq!(bare.status, MapStatus::NoMap);
        let message = "The index holds no map from ICD-9-CM diagnoses to ICD-10-CM.";
        assert_eq!(bare.message, message);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            known in prop::collection::btree_set("[A-E][0-9]{2,6}", 0..40),
            rows in prop::collection::vec(
                ("[A-E][0-9]{2,6}", prop_oneof![Just(String::new()), "[0-9A-Z]{3,7}".boxed()], prop::array::uniform4(0u8..10)),
                0..80,
            ),
        ) {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let nodes = nodes(&known);
            let rows: Vec<GemMap> = rows
                .iter()
                .map(|(source, target, f)| map(source, target, [f[0] & 1, f[1] & 1, f[2], f[3]]))
                .collect();
            let maps = Maps::new(CodeSystem::ICD9CM_DX, &rows).unwrap();
            let read = read(&write(&maps, &nodes), &nodes);
            prop_assert!(same(&read, &maps), "{read:?} {maps:?}");
        }

        #[test]
        fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            read(&bytes, &nodes(&["A01", "A02", "B111"]));
        }
    }
}
