//! What the format is, and what the verifier holds of it. One executable of all files, since each would be linked by
//! itself.

mod account;
mod disasm;
mod merge;
mod romfs;
mod structure;
#[path = "../support"]
mod support {
    pub mod assembler;
    pub mod edit;
    pub mod fixtures;
    pub mod machine;
    pub mod refuse;
}
mod verify_accepts;
mod verify_blocks;
mod verify_is_right;
mod verify_refuses;
