//! Jumps to functions of the runtime.
//!
//! Compilers turn some loops and assignments into calls of `memset`, `memcpy` and `memmove`. Such a call is relative to where it
//! stands, but the function is elsewhere in memory; so it goes to code of the linker's that jumps there.

use std::collections::HashMap;

use super::arch::Form;
use super::error::{Error, Result, enough};
use super::program::{Program, SectionId};
use super::references::{References, problem};
use super::symbols::Target;

/// The jumps, by the numbers of the functions in the function table.
pub type Stubs = HashMap<u8, SectionId>;

/// The functions that calls can be relative to. They have three arguments, as [`super::arch::Machine::far_jump`] demands.
const CALLED: [(u8, &[u8]); 2] = [(50, b"jump to memset"), (51, b"jump to memmove")];

/// Adds a jump for each function that is called so.
///
/// # Errors
/// If it is a function for which there can be none.
pub fn add(program: &mut Program<'_>, references: &References) -> Result<Stubs> {
    let mut stubs = Stubs::new();
    let mut errors: Vec<Error> = Vec::new();
    for section in program.order.clone() {
        for reference in references.of(section) {
            let (Form::Relative(_), Target::Function(number)) = (reference.form, reference.target) else { continue };
            match CALLED.into_iter().find(|called| called.0 == number) {
                Some((_, name)) if !stubs.contains_key(&number) => {
                    let Some((code, _)) = program.machine.far_jump else {
                        let message = "the call reaches only code of the module; compile with -mlongcalls";
                        errors.push(problem(program, section, reference.relocation, message));
                        continue;
                    };
                    let stub = program.add_text(name, program.machine.word_bytes(), code.to_vec());
                    // After the first section, which is that of the module's entry in the common case.
                    program.order.insert(1, stub);
                    stubs.insert(number, stub);
                }
                Some(_) => {}
                None if enough(&errors) => {}
                None => {
                    let message = "this function of the runtime is to be called by its address in mp_fun_table";
                    errors.push(problem(program, section, reference.relocation, message));
                }
            }
        }
    }
    if errors.is_empty() { Ok(stubs) } else { Err(errors) }
}
