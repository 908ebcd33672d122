//! What a search walks: the words of one code system in order, and for each the documents it stands in.
//!
//! Nothing of this is stored in an index. It is built from the decoded sections when a system is first searched, by
//! counting: once over all words for the room that each needs, once over all documents; no comparison but the sort of the
//! different words.
//!
//! A document is a text that leads to a node: its title, one of its inclusion terms, and whatever other source there is.
//! Seventh characters are no documents: their meanings are a few dozen texts that hold for whole sets of nodes, and are
//! compared when a node is chosen (see [`super::hits`]).

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, OnceLock};

use super::fold;
use super::measures::{self, Range};
use super::weights::{self, BIT};
use crate::index::index_terms::{Field, IndexTerms};
use crate::index::notes::Notes;
use crate::index::text::{Spellings, Words, part};
use crate::index::vocabulary::{Target, Vocabulary};
use crate::index::{ConceptId, System};

/// The number of a word in a [`Lexicon`].
pub type Term = u32;

/// No term: a piece of a text that is not a word.
const NO_TERM: Term = Term::MAX;
/// An apostrophe: a lone `s` after it is no word.
const APOSTROPHE: Term = Term::MAX - 1;

/// Different words in ascending order.
#[derive(Default)]
pub struct Lexicon(Spellings);

impl Lexicon {
    /// How many words there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The spelling of a word; empty for a number that is none.
    pub fn get(&self, term: Term) -> &str {
        self.0.get(term as usize)
    }

    /// A lexicon of words in ascending order.
    #[cfg(test)]
    pub fn of<'w>(words: impl IntoIterator<Item = &'w str>) -> Lexicon {
        let mut lexicon = Lexicon::default();
        words.into_iter().for_each(|word| lexicon.push(word));
        lexicon
    }

    fn push(&mut self, spelling: &str) {
        self.0.add(|all| all.push_str(spelling));
    }

    /// The first word that is not less than a spelling.
    fn lower_bound(&self, spelling: &str) -> Term {
        let (mut low, mut high) = (0, self.len() as Term);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.get(middle) < spelling {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The number of a word.
    pub fn find(&self, spelling: &str) -> Option<Term> {
        let at = self.lower_bound(spelling);
        (self.get(at) == spelling && !spelling.is_empty()).then_some(at)
    }

    /// The first word after `term` that does not begin with the first `length` bytes of it.
    pub fn after_prefix(&self, term: Term, length: usize) -> Term {
        let Some(prefix) = self.get(term).as_bytes().get(..length) else {
            return term + 1;
        };
        let begins = |at: usize| {
            let other = self.get(term + 1 + at as Term);
            other.as_bytes().starts_with(prefix)
        };
        term + 1
            + crate::sort::leading(self.len().saturating_sub(term as usize + 1), begins) as Term
    }

    /// The words that begin with a prefix.
    pub fn with_prefix(&self, prefix: &str) -> std::ops::Range<Term> {
        let start = self.lower_bound(prefix);
        let (mut low, mut high) = (start, self.len() as Term);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.get(middle).starts_with(prefix) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        start..low
    }
}

/// Where a document comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum MatchedBy {
    /// The code itself, or the beginning of it.
    Code,
    /// The publisher's title.
    Title,
    /// An inclusion term of the tabular list.
    InclusionTerm,
    /// The publisher's short title.
    ShortTitle,
    /// A path of the Alphabetic Index.
    IndexTerm,
    /// An entry of our own vocabulary.
    Vocabulary,
}

/// The documents of one source: a run of document numbers.
struct Source {
    kind: MatchedBy,
    first: u32,
    texts: Texts,
}

/// Where the words of a source's documents are.
enum Texts {
    /// The titles: document and node are the same number.
    Titles,
    /// The inclusion terms, by their numbers.
    InclusionTerms,
    /// Texts as terms, one after the other, and where each ends.
    Own {
        terms: Vec<Term>,
        ends: Vec<u32>,
        /// The place of each among the meanings of its phrase, where that is not always the first.
        ranks: Vec<u8>,
    },
}

/// What search knows of one code system.
pub struct Terms {
    /// The different words.
    pub lexicon: Lexicon,
    /// Per term: what it weighs.
    weights: Vec<u16>,
    /// Per term: what it costs in a title when it was not typed.
    costs: Vec<u16>,
    /// Per term: its bits of [`weights::OPPOSITES`] and others, see [`Terms::marks`].
    marks: Vec<u64>,
    /// Per term: where its documents begin in `postings`.
    starts: Vec<u32>,
    postings: Vec<u32>,
    /// Per document that is no title: its node.
    nodes: Vec<u32>,
    /// Per document: the sum of the costs of its words.
    totals: Vec<u16>,
    /// By the numbers of the system's words: the term of each.
    terms: Vec<Term>,
    /// Per set of seventh characters: the terms of the meaning of each character.
    meanings: Vec<Vec<Vec<Term>>>,
    sources: Vec<Source>,
    titles: u32,
    /// The ranges of numbers in titles, from when a number is first typed.
    ranges: OnceLock<Vec<Range>>,
    /// Memory that the next search uses again.
    pub scratch: Mutex<Vec<Vec<u64>>>,
}

impl Terms {
    /// Builds the terms of a system, with the phrases of a vocabulary that lead to it. All but these and the titles,
    /// which takes longer to decode, is left out unless it is to be `complete`.
    /// Takes time proportional to the words of all texts.
    pub fn build(system: &System<'_>, vocabulary: &Vocabulary, complete: bool) -> Terms {
        let nodes = system.nodes();
        let (no_terms, no_rows) = (Notes::default(), IndexTerms::default());
        let (inclusion, index) = match complete {
            true => (system.inclusion_terms(), system.index_terms()),
            false => (&no_terms, &no_rows),
        };
        // Inclusion terms number the words of the core as the core does, and add their own; the index does so too.
        let words: &Words = if inclusion.words.len() > nodes.words.len() {
            &inclusion.words
        } else {
            &nodes.words
        };
        let known = vocabulary.phrases();
        let mut phrases = phrases(system, vocabulary, &known);
        let vocabulary_phrases = phrases.len();
        let shorts = match complete {
            true => short_titles(system),
            false => Vec::new(),
        };
        phrases.extend(
            shorts
                .iter()
                .map(|(node, short)| (*node, short.as_str(), 0)),
        );
        let (lexicon, terms, index_words) = lexicon(words, index.words(), &phrases);

        let titles = nodes.codes.len() as u32;
        let mut sources = vec![
            Source {
                kind: MatchedBy::Title,
                first: 0,
                texts: Texts::Titles,
            },
            Source {
                kind: MatchedBy::InclusionTerm,
                first: titles,
                texts: Texts::InclusionTerms,
            },
        ];
        let mut document_nodes: Vec<u32> = inclusion.owners.clone();
        let (phrases, shorts) = phrases.split_at(vocabulary_phrases);
        for (kind, phrases) in [
            (MatchedBy::Vocabulary, phrases),
            (MatchedBy::ShortTitle, shorts),
        ] {
            let (mut texts, mut ends) = (Vec::new(), Vec::new());
            let mut ranks = Vec::with_capacity(phrases.len());
            let first = titles + document_nodes.len() as u32;
            for (node, phrase, rank) in phrases {
                ranks.push(*rank);
                document_nodes.push(*node);
                texts.extend(phrase.split(' ').filter_map(|word| lexicon.find(word)));
                ends.push(texts.len() as u32);
            }
            sources.push(Source {
                kind,
                first,
                texts: Texts::Own {
                    terms: texts,
                    ends,
                    ranks,
                },
            });
        }
        let (mut texts, mut ends) = (Vec::new(), Vec::new());
        let first = titles + document_nodes.len() as u32;
        let mut buffer = Vec::new();
        let book = Book {
            index,
            commas: index
                .words()
                .iter()
                .filter(|(_, spelling)| *spelling == ",")
                .map(|(word, _)| word)
                .collect(),
            terms: &index_words,
            lexicon: &lexicon,
        };
        let main_terms: HashMap<Vec<Term>, u32> = index
            .rows()
            .filter(|row| index.level(*row) == 0)
            .map(|row| (book.terms_of(index.text(row, Field::Term)), row))
            .collect();
        for row in index.rows() {
            let mut filled = false;
            // A row without a code that says which other to see leads where that one does.
            let mut target = row;
            if index.codes(row).is_empty() && !index.see(row).is_empty() {
                match book.see(&main_terms, row) {
                    Some(other) => target = other,
                    None => continue,
                }
            }
            for link in index
                .codes(target)
                .iter()
                .filter(|link| !link.manifestation)
            {
                let Some(node) = node_of(system, link.code.as_str()) else {
                    continue;
                };
                if !filled {
                    buffer.clear();
                    for text in index.path(row) {
                        translate(text, &index_words, &lexicon, &mut buffer);
                    }
                    filled = true;
                }
                document_nodes.push(node);
                texts.extend_from_slice(&buffer);
                ends.push(texts.len() as u32);
                if index.codes(target).len() > 2 {
                    // A row of a table: only its first column is what the name alone means.
                    break;
                }
            }
        }
        sources.push(Source {
            kind: MatchedBy::IndexTerm,
            first,
            texts: Texts::Own {
                terms: texts,
                ends,
                ranks: Vec::new(),
            },
        });

        let mut this = Terms {
            weights: Vec::new(),
            costs: Vec::new(),
            marks: vec![0; lexicon.len()],
            starts: vec![0; lexicon.len() + 1],
            postings: Vec::new(),
            nodes: document_nodes,
            totals: Vec::new(),
            meanings: Vec::new(),
            terms,
            sources,
            titles,
            ranges: OnceLock::new(),
            scratch: Mutex::new(Vec::new()),
            lexicon,
        };
        let sets = nodes.sets.iter();
        let of_meaning = |meaning: &Vec<u16>| {
            let mut terms = Vec::new();
            this.translate(meaning, &mut terms);
            terms
        };
        this.meanings = sets
            .map(|set| set.meanings.iter().map(of_meaning).collect())
            .collect();
        this.mark();
        this.marks.iter_mut().for_each(|marks| *marks |= OURS);
        let words = this.terms.iter().chain(&index_words).copied();
        let shortened = shorts.iter().flat_map(|(_, short, _)| short.split(' '));
        let shortened = shortened.filter_map(|word| this.lexicon.find(word));
        for term in words.chain(shortened) {
            if let Some(marks) = this.marks.get_mut(term as usize) {
                *marks &= !OURS;
            }
        }
        this.post(system);
        this
    }

    /// Fills the postings, and weighs the words.
    fn post(&mut self, system: &System<'_>) {
        let nodes = system.nodes();
        let documents = self.documents();
        // Places for as many documents as a term stands in if it stands in none twice: what is left over is taken out below.
        let mut seen = vec![Seen::default(); self.lexicon.len()];
        let mut buffer = Vec::new();
        let mut place = |term: Term| {
            if let Some(seen) = seen.get_mut(term as usize) {
                seen.next += 1;
            }
        };
        let term_of = |word: &u16| self.terms.get(usize::from(*word)).copied();
        nodes.tokens.iter().filter_map(term_of).for_each(&mut place);
        for document in self.titles..documents {
            self.terms_of(system, document, &mut buffer);
            buffer.iter().copied().for_each(&mut place);
        }
        let mut sum = 0;
        for (start, seen) in self.starts.iter_mut().zip(&mut seen) {
            *start = sum;
            sum += std::mem::replace(&mut seen.next, sum);
        }
        let mut postings = vec![0; sum as usize];
        // A word is as rare as the groups of codes (of the same first three characters) that it stands in are few:
        // a category with hundreds of codes says one thing about its words, not hundreds.
        let (mut group, mut all_groups) = (0, 0);
        let mut before = 0;
        for document in 0..documents {
            let node = self.node(document);
            let code = nodes.codes.get(node as usize).copied().unwrap_or_default();
            let prefix = code.number() >> 40;
            if prefix != before || document == 0 {
                before = prefix;
                group = document;
                all_groups += u32::from(document < self.titles);
            }
            let mut post = |term: Term| {
                let Some(seen) = seen.get_mut(term as usize) else {
                    return;
                };
                if seen.last == document + 1 {
                    return;
                }
                seen.groups += u32::from(seen.last <= group);
                seen.last = document + 1;
                if let Some(posting) = postings.get_mut(seen.next as usize) {
                    *posting = document;
                }
                seen.next += 1;
            };
            if document < self.titles {
                each_term(nodes.title(document), &self.terms, &self.lexicon, post);
            } else {
                self.terms_of(system, document, &mut buffer);
                buffer.iter().for_each(|term| post(*term));
            }
        }
        self.weigh(&seen, all_groups);
        // What each document costs, term by term; the postings move together.
        let mut totals = vec![0u16; documents as usize];
        let mut to = 0;
        for ((start, seen), cost) in self.starts.iter_mut().zip(&seen).zip(&self.costs) {
            let from = std::mem::replace(start, to as u32) as usize;
            for at in from..seen.next as usize {
                let document = postings.get(at).copied().unwrap_or(0);
                if let Some(total) = totals.get_mut(document as usize) {
                    *total = total.saturating_add(*cost);
                }
                if let Some(posting) = postings.get_mut(to) {
                    *posting = document;
                }
                to += 1;
            }
        }
        if let Some(end) = self.starts.last_mut() {
            *end = to as u32;
        }
        postings.truncate(to);
        self.postings = postings;
        self.totals = totals;
    }

    /// Marks the words that have a part in a rule.
    fn mark(&mut self) {
        let mut set = |word: &str, mark: u64| {
            if let Some(marks) = self
                .lexicon
                .find(word)
                .and_then(|term| self.marks.get_mut(term as usize))
            {
                *marks |= mark;
            }
        };
        for (at, (one, other)) in weights::OPPOSITES.iter().enumerate() {
            set(one, 1 << (2 * at));
            set(other, 2 << (2 * at));
        }
        weights::CONTEXT.iter().for_each(|word| set(word, CONTEXT));
        weights::SIDES.iter().for_each(|word| set(word, SIDE));
        // What nothing more is known of was an accident.
        ["unspecified", "uncomplicated", "nos", "accidental"]
            .iter()
            .for_each(|word| set(word, UNSPECIFIED));
        set("other", OTHER);
        ["not", "no", "non"].iter().for_each(|word| set(word, NOT));
        set("elsewhere", ELSEWHERE);
        weights::DENIALS.iter().for_each(|word| set(word, WITHOUT));
        set("with", WITH);
        weights::NEUTRAL.iter().for_each(|word| set(word, NEUTRAL));
        weights::FUNCTION
            .iter()
            .for_each(|word| set(word, FUNCTION));
    }

    fn weigh(&mut self, seen: &[Seen], all: u32) {
        for (at, seen) in seen.iter().enumerate() {
            let marks = self.marks.get(at).copied().unwrap_or(0);
            let bits =
                weights::bits(all.max(2), seen.groups).clamp(weights::LIGHTEST, weights::HEAVIEST);
            let weight = if marks & FUNCTION != 0 {
                BIT / 8
            } else if marks & NEUTRAL != 0 {
                bits.min(BIT)
            } else if marks & SIDE != 0 {
                bits.min(weights::SIDE_WEIGHT)
            } else {
                bits
            };
            let word = self.lexicon.get(at as Term);
            let weight = match word {
                "trimester" => weight.min(weights::TRIMESTER_WEIGHT),
                _ if is_number(word) => weight.min(weights::NUMBER_WEIGHT),
                _ => weight,
            };
            let cost = if marks & (FUNCTION | NEUTRAL) != 0 {
                0
            } else if marks & CONTEXT != 0 {
                bits + weights::CONTEXT_COST
            } else if marks & SIDE != 0 {
                weights::SIDE_COST
            } else {
                bits
            };
            self.weights.push(weight as u16);
            self.costs.push(cost as u16);
        }
    }

    /// The ranges of numbers in the titles of the system.
    pub fn ranges(&self, system: &System<'_>) -> &[Range] {
        self.ranges.get_or_init(|| measures::ranges(system, self))
    }

    /// Whether more than a few texts have a word, or words that begin so where it may be the beginning of one; of a shorthand of
    /// the vocabulary one is enough.
    pub fn has(&self, word: &str, beginning: bool) -> bool {
        let mut begun = self.lexicon.with_prefix(word);
        if !beginning {
            begun.end = begun.end.min(begun.start + 1);
        }
        let mut known = begun.filter(|term| beginning || self.lexicon.get(*term) == word);
        let enough = |term: Term| {
            let postings = self.postings(term).len() as u32;
            postings > weights::RARE_POSTINGS || self.marks(term) & OURS != 0
        };
        known.any(enough)
    }

    /// How many documents are titles: the first ones.
    pub fn titles(&self) -> u32 {
        self.titles
    }

    /// How many documents there are.
    pub fn documents(&self) -> u32 {
        self.titles + self.nodes.len() as u32
    }

    /// The node a document leads to.
    pub fn node(&self, document: u32) -> u32 {
        match document.checked_sub(self.titles) {
            None => document,
            Some(at) => self.nodes.get(at as usize).copied().unwrap_or(u32::MAX),
        }
    }

    /// Which source a document is of.
    pub fn kind(&self, document: u32) -> MatchedBy {
        self.source(document)
            .map_or(MatchedBy::Title, |source| source.kind)
    }

    fn source(&self, document: u32) -> Option<&Source> {
        // A handful of sources.
        let mut sources = self.sources.iter().rev();
        sources.find(|source| source.first <= document)
    }

    /// The documents a term stands in, ascending.
    pub fn postings(&self, term: Term) -> &[u32] {
        let term = term as usize;
        match (self.starts.get(term), self.starts.get(term + 1)) {
            (Some(start), Some(end)) => self
                .postings
                .get(*start as usize..*end as usize)
                .unwrap_or(&[]),
            _ => &[],
        }
    }

    /// What a term weighs when it is typed.
    pub fn weight(&self, term: Term) -> u32 {
        self.weights
            .get(term as usize)
            .copied()
            .map_or(0, u32::from)
    }

    /// What a term costs in a text when it was not typed.
    pub fn cost(&self, term: Term) -> u32 {
        self.costs.get(term as usize).copied().map_or(0, u32::from)
    }

    /// The rules a term has a part in.
    pub fn marks(&self, term: Term) -> u64 {
        self.marks.get(term as usize).copied().unwrap_or(0)
    }

    /// The sum of the costs of a document's words.
    pub fn total(&self, document: u32) -> u32 {
        self.totals
            .get(document as usize)
            .copied()
            .map_or(0, u32::from)
    }

    /// The place of a document among the meanings of its phrase, from 0.
    pub fn rank(&self, document: u32) -> u32 {
        match self.source(document) {
            Some(Source {
                first,
                texts: Texts::Own { ranks, .. },
                ..
            }) => {
                let rank = ranks.get((document - first) as usize).copied();
                rank.map_or(0, u32::from)
            }
            _ => 0,
        }
    }

    /// The terms of a document, in its order.
    pub fn terms_of(&self, system: &System<'_>, document: u32, out: &mut Vec<Term>) {
        out.clear();
        if document < self.titles {
            return self.translate(system.nodes().title(document), out);
        }
        let Some(source) = self.source(document) else {
            return;
        };
        let at = (document - source.first) as usize;
        match &source.texts {
            Texts::Titles => {}
            Texts::InclusionTerms => self.translate(system.inclusion_terms().text(at), out),
            Texts::Own { terms, ends, .. } => {
                out.extend_from_slice(terms.get(part(ends, at)).unwrap_or(&[]));
            }
        }
    }

    /// Per set of seventh characters of the system: the terms of the meaning of each character.
    pub fn meanings(&self) -> &[Vec<Vec<Term>>] {
        &self.meanings
    }

    /// The terms of the meaning of the seventh character at a place of the set of a node; none where there is none.
    pub fn meaning(&self, system: &System<'_>, node: u32, at: usize) -> &[Term] {
        let set = system.nodes().sevenths.get(node as usize);
        let set = set.and_then(|set| usize::from(*set).checked_sub(1));
        let meaning = set.and_then(|set| self.meanings.get(set)?.get(at));
        meaning.map_or(&[], Vec::as_slice)
    }

    /// The terms of a text of the system.
    fn translate(&self, text: &[u16], out: &mut Vec<Term>) {
        translate(text, &self.terms, &self.lexicon, out);
    }

    /// The text of a document as it is shown, where it is not the title.
    pub fn text(&self, system: &System<'_>, document: u32) -> Option<String> {
        let source = self.source(document)?;
        let at = (document - source.first) as usize;
        match &source.texts {
            Texts::Titles => None,
            Texts::InclusionTerms => {
                let notes = system.inclusion_terms();
                Some(notes.words.text(notes.text(at)))
            }
            Texts::Own { .. } => {
                let mut terms = Vec::new();
                self.terms_of(system, document, &mut terms);
                let words: Vec<&str> = terms.iter().map(|term| self.lexicon.get(*term)).collect();
                Some(words.join(" "))
            }
        }
    }
}

/// Whether a word counts types, stages or degrees: digits, or a roman numeral.
fn is_number(word: &str) -> bool {
    let roman = |c: char| matches!(c, 'i' | 'v' | 'x');
    word.bytes().all(|c| c.is_ascii_digit()) || word.len() > 1 && word.chars().all(roman)
}

/// Marks above the bits of the pairs of opposites.
pub const CONTEXT: u64 = 1 << 48;
/// The word says which side.
pub const SIDE: u64 = 1 << 49;
/// The word says that nothing more is known.
pub const UNSPECIFIED: u64 = 1 << 50;
/// The word is `other`.
pub const OTHER: u64 = 1 << 51;
/// The word denies what comes after it.
pub const WITHOUT: u64 = 1 << 52;
/// The word is `with`.
pub const WITH: u64 = 1 << 53;
/// The word is neutral.
pub const NEUTRAL: u64 = 1 << 54;
/// The word carries grammar only.
pub const FUNCTION: u64 = 1 << 55;
/// The word is `elsewhere`.
pub const ELSEWHERE: u64 = 1 << 56;
/// The word is `not`, or denies the next word as that does.
pub const NOT: u64 = 1 << 57;
/// The word stands in the vocabulary alone.
pub const OURS: u64 = 1 << 58;
/// The bits of the pairs of opposites.
pub const OPPOSITES: u64 = (1 << 48) - 1;

/// The terms of a text of which the words' terms are given.
fn translate(text: &[u16], terms: &[Term], lexicon: &Lexicon, out: &mut Vec<Term>) {
    each_term(text, terms, lexicon, |term| out.push(term));
}

/// Takes the terms of a text, in its order.
#[inline(always)]
fn each_term(text: &[u16], terms: &[Term], lexicon: &Lexicon, mut take: impl FnMut(Term)) {
    let mut before = NO_TERM;
    for word in text {
        let term = terms.get(usize::from(*word)).copied().unwrap_or(NO_TERM);
        if term < APOSTROPHE && (before != APOSTROPHE || lexicon.get(term) != "s") {
            take(term);
        }
        before = term;
    }
}

/// What is known of a term while its postings are made.
#[derive(Clone, Copy, Default)]
struct Seen {
    /// The document it was last seen in, from 1.
    last: u32,
    /// In how many groups of codes it was seen.
    groups: u32,
    /// Where its next posting stands.
    next: u32,
}

/// The Alphabetic Index with the terms of its words.
struct Book<'b> {
    index: &'b IndexTerms,
    commas: Vec<u16>,
    terms: &'b [Term],
    lexicon: &'b Lexicon,
}

impl Book<'_> {
    fn terms_of(&self, text: &[u16]) -> Vec<Term> {
        let mut terms = Vec::new();
        translate(text, self.terms, self.lexicon, &mut terms);
        terms
    }

    /// The row that a row says to see: the main term named before the first comma, and below it, step by step, the terms
    /// after the commas, as far as they are found.
    fn see(&self, main_terms: &HashMap<Vec<Term>, u32>, row: u32) -> Option<u32> {
        let index = self.index;
        let path = index.see(row).split(|word| self.commas.contains(word));
        let mut steps = path.map(|step| self.terms_of(step));
        let mut found = *main_terms.get(&steps.next()?)?;
        for step in steps {
            let level = index.level(found);
            let below =
                (found + 1..index.rows().end).take_while(|other| index.level(*other) > level);
            let mut children = below.filter(|other| index.level(*other) == level + 1);
            let fits = |other: &u32| {
                let term = index.text(*other, Field::Term);
                self.terms_of(term).starts_with(&step)
            };
            match children.find(fits) {
                Some(child) => found = child,
                None => break,
            }
        }
        Some(found)
    }
}

/// The node of a code, or of the beginning of codes: the first that begins so.
fn node_of(system: &System<'_>, code: &str) -> Option<u32> {
    if let Some(concept) = system.find(code) {
        return Some(concept.node());
    }
    let range = system.nodes_with_prefix(code);
    (!range.is_empty()).then_some(range.start)
}

/// Systems with more codes than this are searched without their short titles: those of ICD-10 shorten the long titles word by
/// word, in ways that the vocabulary knows, and would double what the first search builds.
const MOST_SHORT_TITLES: usize = 25_000;

/// The short titles that have a word of their own, folded, with their nodes.
fn short_titles(system: &System<'_>) -> Vec<(u32, String)> {
    let nodes = system.nodes();
    if nodes.codes.len() > MOST_SHORT_TITLES {
        return Vec::new();
    }
    let title = |node| {
        let title = system.display(ConceptId::of_node(node));
        fold::words(&title)
    };
    (0..nodes.codes.len() as u32)
        .filter_map(|node| {
            let short = fold::words(&system.short(ConceptId::of_node(node))?);
            let title = title(node);
            let new = short
                .iter()
                .any(|word| !title.iter().any(|other| other.text == word.text));
            new.then(|| (node, fold::joined(&short)))
        })
        .collect()
}

/// The phrases of a vocabulary that lead to codes of a system, in order of phrase, each with its node and the place of its
/// meaning among those that lead to this system or to none. `known` are all its phrases.
fn phrases<'v>(
    system: &System<'_>,
    vocabulary: &Vocabulary,
    known: &'v Spellings,
) -> Vec<(u32, &'v str, u8)> {
    let mut phrases = Vec::new();
    for (at, phrase) in known.iter().enumerate() {
        let leads = |(of, _): &&Target| *of == system.code_system();
        // What leads to other systems only competes with nothing here.
        let meanings = vocabulary.meanings(at).filter(|meaning| {
            meaning.targets.is_empty() || meaning.targets.iter().any(|target| leads(&target))
        });
        for (rank, meaning) in (0..=u8::MAX).zip(meanings) {
            let here = meaning.targets.iter().filter(leads);
            let nodes = here.filter_map(|(_, code)| node_of(system, code.as_str()));
            phrases.extend(nodes.map(|node| (node, phrase, rank)));
        }
    }
    phrases
}

/// The sorted words of a system, of its index and of the phrases that lead to it, with the term of each of the system's
/// words, and of each of the index's.
fn lexicon(
    words: &Words,
    index: &Words,
    phrases: &[(u32, &str, u8)],
) -> (Lexicon, Vec<Term>, Vec<Term>) {
    let mut spellings = Vec::with_capacity(words.len() + index.len());
    let mut terms = [vec![NO_TERM; words.len()], vec![NO_TERM; index.len()]];
    for (table, words) in [words, index].into_iter().enumerate() {
        for (number, spelling) in words.iter() {
            if spelling.starts_with(char::is_alphanumeric) {
                spellings.push(Spelled::new(fold::fold(spelling), table as u8, number));
            } else if matches!(spelling, "'" | "’" | "`") {
                let terms = terms.get_mut(table);
                if let Some(term) = terms.and_then(|terms| terms.get_mut(usize::from(number))) {
                    *term = APOSTROPHE;
                }
            }
        }
    }
    let mut seen: HashSet<&str> = HashSet::new();
    for word in phrases.iter().flat_map(|(_, phrase, _)| phrase.split(' ')) {
        if seen.insert(word) {
            spellings.push(Spelled::new(word.into(), 2, 0));
        }
    }
    crate::sort::sort_by(&mut spellings, |one, other| {
        let first = one.start.cmp(&other.start);
        first.then_with(|| one.spelling.cmp(&other.spelling))
    });
    let mut lexicon = Lexicon::default();
    let mut last = "";
    for spelled in &spellings {
        if lexicon.is_empty() || last != spelled.spelling.as_ref() {
            lexicon.push(&spelled.spelling);
            last = &spelled.spelling;
        }
        let terms = terms.get_mut(usize::from(spelled.table));
        if let Some(term) = terms.and_then(|terms| terms.get_mut(usize::from(spelled.number))) {
            *term = lexicon.len() as Term - 1;
        }
    }
    let [words, index] = terms;
    (lexicon, words, index)
}

/// A word that is to be sorted.
struct Spelled<'w> {
    /// The first eight bytes as a number: most words differ there.
    start: u64,
    spelling: Cow<'w, str>,
    /// Which table of words it is of, and its number there.
    table: u8,
    number: u16,
}

impl<'w> Spelled<'w> {
    fn new(spelling: Cow<'w, str>, table: u8, number: u16) -> Self {
        let bytes = spelling.bytes().chain([0; 8]).take(8);
        Spelled {
            start: bytes.fold(0, |start, byte| start << 8 | u64::from(byte)),
            spelling,
            table,
            number,
        }
    }
}
