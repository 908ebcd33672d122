//! Reads the entries of an LMDB file from its bytes: no memory map, no lock file, no write, no unsafe code.
//!
//! The format is that of LMDB 0.9 (`mdb.c`, "Page Headers", "Meta Page", "Node"): pages of one size; pages 0
//! and 1 are meta pages of which the one with the later transaction counts; a tree of branch and leaf pages
//! holds the entries; a large value lies in a run of overflow pages. All numbers are little-endian, as every
//! 64-bit machine that writes such files in practice keeps them. Sub-databases are not followed.

use super::SourceError;

/// The first four bytes of a meta page's content.
const MAGIC: u32 = 0xBEEF_C0DE;
/// The bytes that every page begins with: number, padding, flags, and the bounds of its free space.
const PAGE_HEADER: usize = 16;
/// What a page is: bits of the flags at byte 10.
const BRANCH: u16 = 0x01;
const LEAF: u16 = 0x02;
const OVERFLOW: u16 = 0x04;
/// A node's flag: its value lies in overflow pages.
const BIG_VALUE: u16 = 0x01;
/// LMDB's own bound of a cursor's depth.
const MAX_DEPTH: usize = 32;

/// Returns all entries of the main database in the order of their keys.
///
/// # Errors
/// When the bytes are not an LMDB file of version 1, or are cut off or damaged so that a page or value lies
/// outside of them. A changed byte inside a value is not noticed: the format has no checksum.
pub fn read_entries<'a>(file: &str, bytes: &'a [u8]) -> Result<Vec<Entry<'a>>, SourceError> {
    let reader = Reader {
        bytes,
        page_size: 0,
    };
    reader.entries().map_err(|found| {
        let expected = "an LMDB data file of version 1";
        SourceError::new(file, 0, expected, format!("{found}; fetch the file again"))
    })
}

/// A key and its value.
pub type Entry<'a> = (&'a [u8], &'a [u8]);

type Found<T> = Result<T, &'static str>;

#[derive(Clone, Copy)]
struct Reader<'a> {
    bytes: &'a [u8],
    page_size: usize,
}

impl<'a> Reader<'a> {
    fn entries(mut self) -> Found<Vec<Entry<'a>>> {
        const SHORT: &str = "a file that ends in its meta page";
        if number(self.bytes, PAGE_HEADER, 4).ok_or(SHORT)? != u64::from(MAGIC) {
            return Err("a file of another format");
        }
        if number(self.bytes, PAGE_HEADER + 4, 4).ok_or(SHORT)? != 1 {
            return Err("another version");
        }
        // The description of the free list comes first; its padding field holds the page size.
        let page_size = number(self.bytes, PAGE_HEADER + 24, 4).ok_or(SHORT)?;
        if !(512..=65_536).contains(&page_size) || !page_size.is_power_of_two() {
            return Err("a page size that is no power of two from 512 to 65536");
        }
        self.page_size = page_size as usize;
        let metas = [self.meta(0)?, self.meta(1)?];
        let [(_, root), ..] = metas;
        let root = if metas[1].0 > metas[0].0 {
            metas[1].1
        } else {
            root
        };
        let mut entries = Vec::new();
        // An empty tree has no root: all bits of its page number are set.
        if root != u64::MAX {
            let mut pages = self.bytes.len() / self.page_size;
            self.walk(root, 0, &mut pages, &mut entries)?;
        }
        Ok(entries)
    }

    /// The transaction and the root page that a meta page states.
    fn meta(self, page: u64) -> Found<(u64, u64)> {
        const SHORT: &str = "a file that ends in its meta pages";
        let page = self.page(page)?;
        if number(page, PAGE_HEADER, 4).ok_or(SHORT)? != u64::from(MAGIC) {
            return Err("a damaged meta page");
        }
        // After magic, version, address and map size (24 bytes) come two descriptions of 48 bytes,
        // the second one that of the main database with its root in the last 8, then the last page.
        let root = number(page, PAGE_HEADER + 24 + 48 + 40, 8).ok_or(SHORT)?;
        let transaction = number(page, PAGE_HEADER + 24 + 96 + 8, 8).ok_or(SHORT)?;
        Ok((transaction, root))
    }

    /// A page of the file; of an overflow run, everything from its first page on.
    fn page(self, page: u64) -> Found<&'a [u8]> {
        const OUTSIDE: &str = "a page outside the file";
        let start = usize::try_from(page)
            .ok()
            .and_then(|page| page.checked_mul(self.page_size))
            .ok_or(OUTSIDE)?;
        match self.bytes.get(start..) {
            Some(rest) if rest.len() >= self.page_size => Ok(rest),
            _ => Err(OUTSIDE),
        }
    }

    /// Visits a page and all below it. Each visit is taken off `pages`, so that a damaged tree that leads
    /// back to itself ends.
    fn walk(
        self,
        at: u64,
        depth: usize,
        pages: &mut usize,
        entries: &mut Vec<Entry<'a>>,
    ) -> Found<()> {
        const DAMAGED: &str = "a damaged tree";
        *pages = pages.checked_sub(1).ok_or(DAMAGED)?;
        if depth == MAX_DEPTH {
            return Err(DAMAGED);
        }
        let page = &self.page(at)?[..self.page_size];
        let flags = number(page, 10, 2).ok_or(DAMAGED)? as u16;
        let lower = number(page, 12, 2).ok_or(DAMAGED)? as usize;
        let pointers = page.get(PAGE_HEADER..lower).ok_or(DAMAGED)?;
        for pointer in pointers.chunks_exact(2) {
            let start = usize::from(u16::from_le_bytes([pointer[0], pointer[1]]));
            let node = page.get(start..).ok_or(DAMAGED)?;
            let low = number(node, 0, 4).ok_or(DAMAGED)?;
            let node_flags = number(node, 4, 2).ok_or(DAMAGED)? as u16;
            let key_length = number(node, 6, 2).ok_or(DAMAGED)? as usize;
            if flags & BRANCH != 0 {
                // A branch has no node flags; their bytes continue the page number.
                let child = low | u64::from(node_flags) << 32;
                self.walk(child, depth + 1, pages, entries)?;
            } else if flags & LEAF != 0 {
                let key = node.get(8..8 + key_length).ok_or(DAMAGED)?;
                let value = node.get(8 + key_length..).ok_or(DAMAGED)?;
                let value = if node_flags & BIG_VALUE == 0 {
                    value.get(..low as usize)
                } else {
                    let run = self.page(number(value, 0, 8).ok_or(DAMAGED)?)?;
                    if number(run, 10, 2).ok_or(DAMAGED)? as u16 & OVERFLOW == 0 {
                        return Err(DAMAGED);
                    }
                    run.get(PAGE_HEADER..PAGE_HEADER + low as usize)
                };
                entries.push((key, value.ok_or("a value that goes beyond the file")?));
            } else {
                return Err(DAMAGED);
            }
        }
        Ok(())
    }
}

/// The little-endian number of `length` (up to 8) bytes at a place, or nothing outside the bytes.
pub(super) fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let field = bytes.get(at..at.checked_add(length)?)?;
    let number = field
        .iter()
        .rev()
        .fold(0, |sum, &byte| sum << 8 | u64::from(byte));
    Some(number)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    const PAGE: usize = 4096;

    /// Writes a file of one leaf page; values go to overflow pages, as every value of some length does.
    pub(crate) fn file_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut file = vec![0; 3 * PAGE];
        for meta in 0..2 {
            let page = &mut file[meta * PAGE..][..PAGE];
            page[10] = 0x08;
            page[16..20].copy_from_slice(&MAGIC.to_le_bytes());
            page[20] = 1;
            page[40..44].copy_from_slice(&(PAGE as u32).to_le_bytes());
            // The older transaction has an empty tree.
            let root = if meta == 1 { 2 } else { u64::MAX };
            page[128..136].copy_from_slice(&root.to_le_bytes());
            page[144..152].copy_from_slice(&(meta as u64).to_le_bytes());
        }
        let mut leaf = vec![0; PAGE];
        leaf[10] = LEAF as u8;
        leaf[12..14].copy_from_slice(&(16 + 2 * entries.len() as u16).to_le_bytes());
        let mut top = PAGE;
        for (at, (key, value)) in entries.iter().enumerate() {
            let mut node = (value.len() as u32).to_le_bytes().to_vec();
            node.extend(BIG_VALUE.to_le_bytes());
            node.extend((key.len() as u16).to_le_bytes());
            node.extend(key.as_bytes());
            node.extend((file.len() as u64 / PAGE as u64).to_le_bytes());
            top -= node.len();
            leaf[top..top + node.len()].copy_from_slice(&node);
            leaf[16 + 2 * at..18 + 2 * at].copy_from_slice(&(top as u16).to_le_bytes());
            let mut run = vec![0; PAGE_HEADER];
            run[10] = OVERFLOW as u8;
            run.extend(*value);
            run.resize(run.len().next_multiple_of(PAGE), 0);
            file.extend(run);
        }
        file[2 * PAGE..3 * PAGE].copy_from_slice(&leaf);
        file
    }

    #[test]
    fn the_later_transaction_counts_and_values_may_span_pages() {
        let long = vec![7; 3 * PAGE];
        let file = file_of(&[("a", b"first"), ("b", &long)]);
        let entries = read_entries("x.mdb", &file).unwrap();
        assert_eq!(entries, [(&b"a"[..], &b"first"[..]), (b"b", &long)]);
    }

    #[test]
    fn cut_off_or_foreign_bytes_are_refused() {
        let file = file_of(&[("a", &[1; 5000])]);
        // The value ends in the last page, whose padding may be missing.
        for length in (0..4 * PAGE + 16 + 904).step_by(97) {
            assert!(read_entries("x.mdb", &file[..length]).is_err(), "{length}");
        }
        assert_eq!(
            read_entries("x.mdb", &[0; 9000]).unwrap_err().to_string(),
            "x.mdb: expected an LMDB data file of version 1, found a file of another format; fetch the file again"
        );
    }

    #[test]
    fn no_damage_makes_the_reader_panic_or_run_on() {
        let file = file_of(&[("a", b"first"), ("b", b"second")]);
        let mut refused = 0;
        for at in (0..2 * PAGE + 200).chain(3 * PAGE - 60..3 * PAGE + 16) {
            for value in [0, 1, 2, 0x7F, 0xFF] {
                let mut damaged = file.clone();
                damaged[at] = value;
                refused += usize::from(read_entries("x.mdb", &damaged).is_err());
            }
        }
        assert!(refused > 100, "{refused}");
        // A branch that leads to itself ends with an error.
        let mut looping = file;
        looping[2 * PAGE + 10] = BRANCH as u8;
        let node = 2 * PAGE
            + usize::from(u16::from_le_bytes([
                looping[2 * PAGE + 16],
                looping[2 * PAGE + 17],
            ]));
        looping[node..node + 8].copy_from_slice(&[2, 0, 0, 0, 0, 0, 0, 0]);
        assert!(read_entries("x.mdb", &looping).is_err());
    }
}
