//! `rp2`: what MicroPython has for boards with RP2040 and RP2350 alone, so far their flash (facts: `docs/library/rp2.rst` of
//! MicroPython).

use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::word::Obj;

use crate::vfs::FLASH;

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("rp2", MEMBERS).extensible();

berus_runtime::members! {
    static MEMBERS = {
        "Flash" => value(Obj::from_static(&FLASH)),
    }
}
