//! What every reader needs before it reads: the right member of a zip archive, its digest, its text.

use std::io::{Cursor, Read};

use sha2::{Digest, Sha256};

use super::SourceError;

/// The most bytes a member may hold once decompressed: 256 MiB.
///
/// The largest published file is under 20 MB; a member that claims or turns out to hold more than
/// this is damaged or hostile, and reading stops instead of filling the memory.
pub const MEMBER_LIMIT: u64 = 256 << 20;

/// A file ready to be read: the bytes as downloaded, or a member taken out of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The name for errors and provenance: `cms_2026_dx.zip/icd10cm_order_2026.txt`, or the file itself.
    pub path: String,
    /// The name without archive and folders: `icd10cm_order_2026.txt`.
    pub name: String,
    /// The bytes, decompressed.
    pub bytes: Vec<u8>,
}

/// The encodings the publishers' text files come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, and so ASCII; a byte order mark is dropped.
    Utf8,
    /// Windows code page 1252; the five bytes it leaves undefined are an error.
    Windows1252,
    /// ISO-8859-1, where every byte is the character of the same number; control characters above
    /// 0x7F are an error, because text that holds one is Windows-1252.
    Latin1,
}

/// Returns the SHA-256 of some bytes in lower-case hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Returns whether the bytes are a zip archive, by its signature (an `.xlsx` file is one too).
pub fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// Returns the file part of a path: what stands after the last `/` or `\`.
pub fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Returns whether a file name fits a pattern, ignoring ASCII case.
///
/// `*` stands for any run of characters, `?` for any one, `#` for one digit.
pub fn fits(pattern: &str, name: &str) -> bool {
    fn from(pattern: &[u8], name: &[u8]) -> bool {
        match (pattern.split_first(), name.split_first()) {
            (None, None) => true,
            (Some((b'*', rest)), _) => (0..=name.len()).any(|skip| from(rest, &name[skip..])),
            (Some((b'#', rest)), Some((c, tail))) => c.is_ascii_digit() && from(rest, tail),
            (Some((b'?', rest)), Some((_, tail))) => from(rest, tail),
            (Some((p, rest)), Some((c, tail))) => p.eq_ignore_ascii_case(c) && from(rest, tail),
            _ => false,
        }
    }
    from(pattern.as_bytes(), name.as_bytes())
}

/// Returns the paths of an archive's files in its order, folders and macOS's shadow files left out.
///
/// # Errors
/// When the bytes are not a whole zip archive.
pub fn member_names(file: &str, bytes: &[u8]) -> Result<Vec<String>, SourceError> {
    Ok(open(file, bytes)?.1)
}

/// Returns the one member whose file name fits a pattern; of several patterns, the first that fits anything.
///
/// Folders in the archive do not matter. The whole member is decompressed and its checksum verified.
///
/// # Errors
/// When the archive is cut off or damaged, when no member or more than one fits, or when the member
/// is larger than [`MEMBER_LIMIT`].
pub fn read_member(file: &str, bytes: &[u8], patterns: &[&str]) -> Result<Member, SourceError> {
    read_member_up_to(file, bytes, patterns, MEMBER_LIMIT)
}

/// Returns the file itself, or, when it is a zip archive, its one member that fits a pattern.
///
/// This is what lets every reader take a publisher's file as downloaded or unpacked.
///
/// # Errors
/// As [`read_member`].
pub fn file_or_member(file: &str, bytes: &[u8], patterns: &[&str]) -> Result<Member, SourceError> {
    if is_zip(bytes) {
        return read_member(file, bytes, patterns);
    }
    Ok(Member {
        path: file.to_string(),
        name: base_name(file).to_string(),
        bytes: bytes.to_vec(),
    })
}

/// Turns bytes into text, refusing what the encoding does not define.
///
/// # Errors
/// At the line of the first byte that cannot stand in a text of this encoding; a zero byte never can.
pub fn decode(file: &str, bytes: &[u8], encoding: Encoding) -> Result<String, SourceError> {
    let error = |at: usize, name: &str| {
        let line = 1 + bytes[..at].iter().filter(|&&byte| byte == b'\n').count();
        let found = format!("byte 0x{:02X}", bytes[at]);
        SourceError::new(file, line, format!("{name} text"), found)
    };
    let name = match encoding {
        Encoding::Utf8 => "UTF-8",
        Encoding::Windows1252 => "Windows-1252",
        Encoding::Latin1 => "ISO-8859-1",
    };
    let undefined = |byte: u8| match encoding {
        Encoding::Utf8 => byte == 0,
        Encoding::Windows1252 => matches!(byte, 0 | 0x81 | 0x8D | 0x8F | 0x90 | 0x9D),
        Encoding::Latin1 => matches!(byte, 0 | 0x80..=0x9F),
    };
    if let Some(at) = bytes.iter().position(|&byte| undefined(byte)) {
        return Err(error(at, name));
    }
    match encoding {
        Encoding::Utf8 => {
            let text = std::str::from_utf8(bytes).map_err(|e| error(e.valid_up_to(), name))?;
            Ok(text.strip_prefix('\u{FEFF}').unwrap_or(text).to_string())
        }
        // Outside 0x80-0x9F the two code pages agree, and inside it the check above has decided.
        Encoding::Windows1252 | Encoding::Latin1 => Ok(encoding_rs::WINDOWS_1252
            .decode_without_bom_handling(bytes)
            .0
            .into_owned()),
    }
}

/// Turns the bytes of a text file into text, as [`decode`], and refuses one whose last line has no end: every publisher
/// ends it, so the file was cut off, and what its last record says may be half of it. A file that ends with the mark
/// that DOS puts at the end of a text is whole.
///
/// # Errors
/// As [`decode`]; and at the last line, where it has no end.
pub fn decode_lines(file: &str, bytes: &[u8], encoding: Encoding) -> Result<String, SourceError> {
    let text = decode(file, bytes, encoding)?;
    let end = text.trim_end_matches('\u{1a}');
    if !end.is_empty() && !end.ends_with('\n') {
        let found = "the end of the file within the line; download it again";
        return Err(SourceError::new(
            file,
            text.lines().count(),
            "a whole line",
            found,
        ));
    }
    Ok(text)
}

type Archive<'a> = zip::ZipArchive<Cursor<&'a [u8]>>;

fn open<'a>(file: &str, bytes: &'a [u8]) -> Result<(Archive<'a>, Vec<String>), SourceError> {
    let archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| {
        let found = format!("a damaged or cut-off file ({error}); download it again");
        SourceError::new(file, 0, "a zip archive", found)
    })?;
    let names = archive
        .file_names()
        .filter(|name| !name.ends_with('/') && !name.starts_with("__MACOSX/"))
        .map(str::to_string)
        .collect();
    Ok((archive, names))
}

fn read_member_up_to(
    file: &str,
    bytes: &[u8],
    patterns: &[&str],
    limit: u64,
) -> Result<Member, SourceError> {
    let (mut archive, names) = open(file, bytes)?;
    let fitting = patterns
        .iter()
        .map(|pattern| {
            names
                .iter()
                .filter(|name| fits(pattern, base_name(name)))
                .collect::<Vec<_>>()
        })
        .find(|fitting| !fitting.is_empty())
        .unwrap_or_default();
    let [name] = fitting[..] else {
        let wanted = format!("one member named {}", patterns.join(" or "));
        let list = |names: &mut dyn Iterator<Item = &String>| {
            let names: Vec<&str> = names.map(String::as_str).take(10).collect();
            names.join(", ")
        };
        let found = if fitting.is_empty() {
            format!("only {}", list(&mut names.iter()))
        } else {
            format!("{}: {}", fitting.len(), list(&mut fitting.into_iter()))
        };
        return Err(SourceError::new(file, 0, wanted, found));
    };
    let path = format!("{}/{name}", base_name(file));
    let damaged = |error: &dyn std::fmt::Display| {
        let found = format!("a damaged one ({error}); download the archive again");
        SourceError::new(&path, 0, "a whole archive member", found)
    };
    let too_large = |size: u64| {
        let found = format!("{size} bytes or more");
        SourceError::new(&path, 0, format!("at most {limit} bytes"), found)
    };
    let member = archive.by_name(name).map_err(|error| damaged(&error))?;
    if member.size() > limit {
        return Err(too_large(member.size()));
    }
    let mut content = Vec::with_capacity(member.size() as usize);
    // The size in the directory is a claim; what counts is what comes out.
    member
        .take(limit + 1)
        .read_to_end(&mut content)
        .map_err(|error| damaged(&error))?;
    if content.len() as u64 > limit {
        return Err(too_large(content.len() as u64));
    }
    Ok(Member {
        name: base_name(name).to_string(),
        path,
        bytes: content,
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Write;

    use super::*;

    /// Writes an archive of the given members, for the tests of the readers too.
    pub(crate) fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in members {
            let options = zip::write::SimpleFileOptions::default();
            writer.start_file(*name, options).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    /// Reads a published file below the folder that a variable names, or says on stderr that the test
    /// is skipped; a folder that lacks the file is a failure, not a skip.
    pub(crate) fn published(variable: &str, path: &str) -> Option<Vec<u8>> {
        let Some(folder) = std::env::var_os(variable) else {
            eprintln!("skipped: {variable} does not name the folder that holds {path}");
            return None;
        };
        let path = std::path::Path::new(&folder).join(path);
        Some(std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    }

    /// Every text that differs from this one in a byte: another character, a line break, a byte that is
    /// not UTF-8, two bytes that are one character, or nothing. For tests that reading them does not panic.
    pub(crate) fn damaged(text: &str) -> impl Iterator<Item = Vec<u8>> {
        let replacements: [&[u8]; 6] = [b"", b"~", b"\n", b"<", b"\xE9", "é".as_bytes()];
        (0..text.len()).flat_map(move |at| {
            let (before, after) = (&text.as_bytes()[..at], &text.as_bytes()[at + 1..]);
            replacements.map(|new| [before, new, after].concat())
        })
    }

    #[test]
    fn a_pattern_tells_a_release_from_its_addenda() {
        assert!(fits("icd10cm?order?####.txt", "icd10cm_order_2026.txt"));
        assert!(fits("icd10cm?order?####.txt", "ICD10CM-Order-2027.TXT"));
        assert!(!fits(
            "icd10cm?order?####.txt",
            "icd10cm_order_addenda_2026.txt"
        ));
        assert!(fits("*gem.txt", "2018_I9gem.txt"));
        assert!(!fits("*gem.txt", "2018_I9gem.txt.bak"));
        assert!(fits("*", ""));
    }

    #[test]
    fn finds_the_one_member_that_fits() {
        let bytes = zip_of(&[
            ("a/order_2026.txt", b"first"),
            ("__MACOSX/a/order_2026.txt", b"shadow"),
            ("order_addenda_2026.txt", b"second"),
        ]);
        let member = read_member("x/files.zip", &bytes, &["none*", "order?####.txt"]).unwrap();
        assert_eq!(member.path, "files.zip/a/order_2026.txt");
        assert_eq!(member.name, "order_2026.txt");
        assert_eq!(member.bytes, b"first");

        let absent = read_member("files.zip", &bytes, &["codes*.txt"]).unwrap_err();
        assert_eq!(
            absent.to_string(),
            "files.zip: expected one member named codes*.txt, found only a/order_2026.txt, order_addenda_2026.txt"
        );
        let several = read_member("files.zip", &bytes, &["order*"]).unwrap_err();
        assert!(
            several.found.starts_with("2: a/order_2026.txt, "),
            "{several}"
        );
    }

    #[test]
    fn a_file_that_is_no_archive_is_taken_as_it_is() {
        let member = file_or_member("data/order.txt", b"00001 A00", &["*.txt"]).unwrap();
        assert_eq!(
            (member.path.as_str(), member.name.as_str()),
            ("data/order.txt", "order.txt")
        );
        assert_eq!(member.bytes, b"00001 A00");
    }

    #[test]
    fn every_truncation_and_every_damaged_byte_is_noticed() {
        let text = b"a line that compresses, a line that compresses".repeat(20);
        let bytes = zip_of(&[("order.txt", &text)]);
        for length in 0..bytes.len() {
            assert!(
                read_member("f.zip", &bytes[..length], &["order.txt"]).is_err(),
                "{length}"
            );
        }
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x55;
            // Some bytes (dates, attributes) carry no content; whatever is read must still be right.
            if let Ok(member) = read_member("f.zip", &damaged, &["order.txt"]) {
                assert_eq!(member.bytes, text, "{at}");
            }
        }
    }

    #[test]
    fn an_absurd_size_stops_before_it_fills_the_memory() {
        let bytes = zip_of(&[("order.txt", &[b' '; 5000])]);
        let error = read_member_up_to("f.zip", &bytes, &["order.txt"], 4999).unwrap_err();
        assert_eq!(
            error.to_string(),
            "f.zip/order.txt: expected at most 4999 bytes, found 5000 bytes or more"
        );
        assert!(read_member_up_to("f.zip", &bytes, &["order.txt"], 5000).is_ok());
    }

    #[test]
    fn each_encoding_refuses_what_it_does_not_define() {
        assert_eq!(
            decode("f", b"\xEF\xBB\xBFM\xC3\xA9ni", Encoding::Utf8).unwrap(),
            "Méni"
        );
        assert_eq!(
            decode("f", b"M\xE9ni \x96", Encoding::Windows1252).unwrap(),
            "Méni –"
        );
        assert_eq!(
            decode("f", b"M\xE9ni\xA0", Encoding::Latin1).unwrap(),
            "Méni\u{A0}"
        );
        for (bytes, encoding, message) in [
            (
                &b"a\nM\xE9ni"[..],
                Encoding::Utf8,
                "f:2: expected UTF-8 text, found byte 0xE9",
            ),
            (
                b"a\n\n\x96",
                Encoding::Latin1,
                "f:3: expected ISO-8859-1 text, found byte 0x96",
            ),
            (
                b"\x81",
                Encoding::Windows1252,
                "f:1: expected Windows-1252 text, found byte 0x81",
            ),
            (
                b"\0",
                Encoding::Utf8,
                "f:1: expected UTF-8 text, found byte 0x00",
            ),
        ] {
            assert_eq!(
                decode("f", bytes, encoding).unwrap_err().to_string(),
                message
            );
        }
    }

    #[test]
    fn digests_are_those_of_the_standard() {
        assert_eq!(
            sha256_hex(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
