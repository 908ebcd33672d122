//! Writes the JavaScript and TypeScript side of a compiled module.
//!
//! `bindgen MODULE.wasm FOLDER`: the module as cargo left it, and where `medcode.js`, `medcode.d.ts` and
//! `medcode_bg.wasm` go. The crate that does it is pinned by Cargo.lock to the version of `wasm-bindgen`
//! itself, so the two cannot drift apart as an installed command line tool would.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [module, folder] = &arguments[..] else {
        eprintln!("expected: bindgen MODULE.wasm FOLDER");
        return ExitCode::from(2);
    };
    let bytes = match std::fs::read(module)
        .map_err(|error| error.to_string())
        .and_then(|bytes| lean(&bytes))
    {
        Ok(bytes) => bytes,
        Err(error) => {
            eprintln!("{}: {error}", module.display());
            return ExitCode::FAILURE;
        }
    };
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    let result = bindgen
        .input_bytes("medcode", bytes)
        .typescript(true)
        // `init()` without arguments finds the module beside the script.
        .omit_default_module_path(false)
        .web(true)
        .and_then(|bindgen| bindgen.generate(folder));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error:#}", module.display());
            ExitCode::FAILURE
        }
    }
}

/// The module without what it never needs.
fn lean(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut module = walrus::Module::from_buffer(bytes).map_err(|error| format!("{error:#}"))?;
    drop_reports(&mut module)?;
    clear_checksums(&mut module)?;
    Ok(module.emit_wasm())
}

/// Makes every function that reports a panic trap at once. It would trap after its report, which nobody can read in a browser,
/// and the reports bring in most of `std::fmt` and the place of every check.
fn drop_reports(module: &mut walrus::Module) -> Result<(), String> {
    let functions = module.funcs.iter_local();
    let reports: Vec<_> = functions
        .filter(|(id, _)| {
            let name = module.funcs.get(*id).name.as_deref().unwrap_or("");
            REPORTS.iter().any(|part| name.contains(part))
        })
        .map(|(id, function)| (id, function.ty(), function.args.clone()))
        .collect();
    if reports.is_empty() {
        return Err("expected functions that report a panic, found none".to_string());
    }
    for (id, kind, arguments) in reports {
        let kind = module.types.get(kind);
        let (parameters, results) = (kind.params().to_vec(), kind.results().to_vec());
        let mut trap = walrus::FunctionBuilder::new(&mut module.types, &parameters, &results);
        trap.func_body().unreachable();
        module.funcs.get_mut(id).kind = walrus::FunctionKind::Local(trap.local_func(arguments));
    }
    Ok(())
}

/// Clears the tables of the checksum (CRC-32C) that `fst` puts at the end of every transducer: 17 kB that no compression
/// makes smaller, for a checksum that nobody compares, since transducers are made and used in memory.
fn clear_checksums(module: &mut walrus::Module) -> Result<(), String> {
    let step = |crc: u32| crc >> 1 ^ if crc & 1 != 0 { 0x82F6_3B78 } else { 0 };
    let first: Vec<u32> = (0..256)
        .map(|byte| (0..8).fold(byte, |crc, _| step(crc)))
        .collect();
    let mut tables = vec![first.clone()];
    for _ in 1..16 {
        let before = &tables[tables.len() - 1];
        let next = |crc: &u32| crc >> 8 ^ first[*crc as usize & 255];
        tables.push(before.iter().map(next).collect());
    }
    let parts: Vec<_> = module.data.iter().map(|data| data.id()).collect();
    let mut found = 0;
    for table in tables {
        let bytes: Vec<u8> = table.iter().flat_map(|entry| entry.to_le_bytes()).collect();
        for part in &parts {
            let data = module.data.get_mut(*part);
            while let Some(at) = data
                .value
                .windows(bytes.len())
                .position(|part| part == bytes)
            {
                data.value[at..at + bytes.len()].fill(0);
                found += 1;
            }
        }
    }
    match found {
        17 => Ok(()),
        _ => Err(format!(
            "expected the 17 tables of the checksum of fst, found {found}"
        )),
    }
}

/// What stands in the mangled names of the functions that report a panic.
const REPORTS: &[&str] = &[
    "4core9panicking",
    "4core4cell22panic_already_borrowed",
    "4core4cell30panic_already_mutably_borrowed",
    "4core5slice5index16slice_index_fail",
    "4core5slice20copy_from_slice_impl17len_mismatch_fail",
    "4core3str16slice_error_fail",
    "4core6option13expect_failed",
    "4core6option13unwrap_failed",
    "4core6result13unwrap_failed",
    "5alloc5alloc18handle_alloc_error",
    "5alloc7raw_vec12handle_error",
    "5alloc7raw_vec17capacity_overflow",
    "3VecppE10insert_mut13assert_failed",
    "3VecppE6remove13assert_failed",
    // Nothing is shown to anybody by its `Debug`; panics and unused methods of errors would keep it.
    "5Debug3fmt",
    "fmt..Debug$GT$3fmt",
    "17rust_begin_unwind",
];
