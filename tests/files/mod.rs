//! The index that the build made, for the tests that judge it.

use std::path::PathBuf;

/// The bytes of every file of the built index.
pub fn built() -> Option<Vec<Vec<u8>>> {
    let Some(folder) = std::env::var_os("MEDCODE_INDEX_DIR").map(PathBuf::from) else {
        eprintln!("skipped: MEDCODE_INDEX_DIR does not name the folder of a built index");
        return None;
    };
    let listed =
        [folder.clone(), folder.join("packs")].map(|folder| std::fs::read_dir(folder).unwrap());
    let paths = listed
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path());
    let indexes = paths.filter(|path| {
        path.extension()
            .is_some_and(|extension| extension == "medcode")
    });
    Some(indexes.map(|path| std::fs::read(path).unwrap()).collect())
}
