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
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    let result = bindgen
        .input_path(module)
        .out_name("medcode")
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
