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
        .and_then(|bytes| without_reports(&bytes))
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

/// Makes every function that reports a panic trap at once. It would trap after its report, which nobody can read in a browser,
/// and the reports bring in most of `std::fmt` and the place of every check.
fn without_reports(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut module = walrus::Module::from_buffer(bytes).map_err(|error| format!("{error:#}"))?;
    let reports: Vec<_> = module
        .funcs
        .iter_local()
        .filter(|(id, _)| {
            let name = module.funcs.get(*id).name.as_deref().unwrap_or("");
            REPORTS.iter().any(|part| name.contains(part))
        })
        .map(|(id, function)| (id, function.ty(), function.args.clone()))
        .collect();
    if reports.is_empty() {
        return Err(
            "expected functions that report a panic, found none: the names are gone or new"
                .to_string(),
        );
    }
    for (id, kind, arguments) in reports {
        let kind = module.types.get(kind);
        let (parameters, results) = (kind.params().to_vec(), kind.results().to_vec());
        let mut trap = walrus::FunctionBuilder::new(&mut module.types, &parameters, &results);
        trap.func_body().unreachable();
        module.funcs.get_mut(id).kind = walrus::FunctionKind::Local(trap.local_func(arguments));
    }
    Ok(module.emit_wasm())
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
