//! `medcode build --embed`: what goes into the module, and what becomes a pack beside it. Built from the files of the
//! registries, whose folder `build.sh test` names; without it nothing is judged.

use std::path::{Path, PathBuf};
use std::process::Command;

use medcode::Index;
use sha2::{Digest, Sha256};

fn systems(path: &Path) -> Vec<&'static str> {
    let bytes = std::fs::read(path).unwrap();
    let index = Index::open(&bytes).unwrap();
    let systems = index.systems().iter();
    systems.map(|system| system.code_system().id()).collect()
}

/// The files below a folder whose names begin like this.
fn find(folder: &Path, start: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let below = paths.flat_map(|path| match path.is_dir() {
        true => find(&path, start),
        false => vec![path],
    });
    let named = |path: &PathBuf| {
        path.file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with(start)
    };
    below.filter(named).collect()
}

#[test]
fn systems_that_are_not_embedded_become_packs_named_by_their_bytes() {
    let Some(registry) = std::env::var_os("MEDCODE_REGISTRY").map(PathBuf::from) else {
        eprintln!("skipped: MEDCODE_REGISTRY does not name the files of the registries");
        return;
    };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("embed");
    let data = folder.join("data");
    std::fs::create_dir_all(&data).unwrap();
    let lists = find(&registry, "CMS32_DESC_");
    assert_eq!(
        lists.len(),
        4,
        "expected the long and short titles of ICD-9-CM"
    );
    for list in lists {
        std::fs::copy(&list, data.join(list.file_name().unwrap())).unwrap();
    }
    // What an earlier build left there must go.
    std::fs::create_dir_all(folder.join("packs")).unwrap();
    std::fs::write(folder.join("packs/hcpcs.000000000000.medcode"), "old").unwrap();
    let built = Command::new(env!("CARGO_BIN_EXE_medcode"))
        .args(["build", "--embed", "icd9cm_dx,cpt", "--data"])
        .arg(&data)
        .arg("--output")
        .arg(&folder)
        .output()
        .unwrap();
    assert!(built.status.success(), "{built:?}");

    assert_eq!(systems(&folder.join("embedded.medcode")), ["icd9cm_dx"]);
    let list = std::fs::read(folder.join("packs/packs.json")).unwrap();
    let names: std::collections::BTreeMap<String, String> = serde_json::from_slice(&list).unwrap();
    assert_eq!(names.keys().collect::<Vec<_>>(), ["icd9cm_sg"]);
    for (system, name) in &names {
        let path = folder.join("packs").join(name);
        let digest = Sha256::digest(std::fs::read(&path).unwrap());
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(*name, format!("{system}.{}.medcode", &digest[..12]));
        assert_eq!(systems(&path), [system]);
    }
    let files = std::fs::read_dir(folder.join("packs")).unwrap();
    assert_eq!(files.count(), names.len() + 1);
}
