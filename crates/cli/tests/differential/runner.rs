//! What runs programs: Berus, MicroPython or CPython.

use std::collections::HashMap;
use std::fmt::Write;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use berus_testkit::{TempDir, mpy_cross, process, temp_dir};

use super::Program;

/// What runs programs, with which arguments, and the folder that the programs lie in.
pub struct Runner {
    program: PathBuf,
    options: &'static [&'static str],
    compiler: Option<PathBuf>,
    folder: TempDir,
}

/// What programs have shown, by their numbers; nothing of one that ended the process.
type Shown = HashMap<u64, String>;

impl Runner {
    pub fn new(program: PathBuf, options: &'static [&'static str]) -> Runner {
        let folder = temp_dir();
        fs::write(folder.path().join("prelude.py"), include_str!("prelude.py")).expect("the folder can be written to");
        Runner { program, options, compiler: None, folder }
    }

    /// Has machine code made by this `mpy-cross`, which is of the release that Berus follows, as the runner's own compiler may not be.
    pub fn with_compiler(self, compiler: PathBuf) -> Runner {
        Runner { compiler: Some(compiler), ..self }
    }

    /// What the programs show, run in one process. If one of them ends that, those of which nothing is known run alone.
    pub fn run(&self, programs: &[Program]) -> Shown {
        programs.iter().for_each(|program| self.write(program));
        let mut shown = self.run_together(programs);
        for program in programs {
            if !shown.contains_key(&program.number) {
                shown.extend(self.run_together(std::slice::from_ref(program)));
            }
        }
        shown
    }

    /// Writes a program where it can be imported from.
    fn write(&self, program: &Program) {
        let file = self.folder.path().join(format!("p{}.py", program.number));
        fs::write(&file, &program.source).expect("the folder can be written to");
        if let (Some(compiler), true) = (&self.compiler, program.is_machine_code)
            && let Ok(module) = mpy_cross(compiler, &["-march=host"], &file)
        {
            fs::write(file.with_extension("mpy"), module).expect("the folder can be written to");
            fs::remove_file(file).expect("it was written");
        }
    }

    fn run_together(&self, programs: &[Program]) -> Shown {
        let mut source = String::from("from prelude import case\n");
        for program in programs {
            let _ = writeln!(source, "case({})", program.number);
        }
        let [batch, printed] = ["batch.py", "printed"].map(|name| self.folder.path().join(name));
        fs::write(&batch, source).expect("the folder can be written to");
        let output = File::create(&printed).expect("the folder can be written to");
        let mut command = Command::new(&self.program);
        command.args(self.options).arg(&batch).stdin(Stdio::null()).stdout(output).stderr(Stdio::null());
        let mut process = command.spawn().expect("it can be started");
        // How it ends, or that it had to be killed, is seen in what it has not shown.
        let _ = process::wait(&mut process);
        let text = fs::read(&printed).expect("it was made");
        String::from_utf8_lossy(&text).lines().filter_map(numbered).collect()
    }
}

/// The number of a program and what it has shown, in a line of output.
fn numbered(line: &str) -> Option<(u64, String)> {
    let (number, shown) = line.strip_prefix('#')?.split_once(' ')?;
    Some((number.parse().ok()?, shown.into()))
}
