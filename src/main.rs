//! The command line: builds an index from the publishers' files, and asks it.
//!
//! Exit codes: 0, 1 when nothing was found or something is not valid, 2 for a wrong call or unreadable input.

mod cli;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match cli::run(&cli::Arguments::parse()) {
        Ok(code) => code,
        // The reader of a pipe has gone: nobody is left to tell.
        Err(message) if message.contains("Broken pipe") => ExitCode::SUCCESS,
        Err(message) => {
            cli::say(&format!("medcode: {message}"));
            ExitCode::from(2)
        }
    }
}
