//! Code objects in C.

use std::fmt::Write;

use berus_mpy::Module;
use berus_mpy::arch::Arch;
use berus_mpy::module::Kind;
use berus_mpy::prelude::{Prelude, scope_flag};

use super::bytes;

/// A code object of a module.
pub struct Code<'m> {
    pub module: &'m Module<'m>,
    /// The number of the module.
    pub number: usize,
    /// The index of the code object.
    pub id: usize,
}

/// The flags that the code of a frozen function may have: others are for data that would have to be linked.
const FROZEN_FLAGS: u32 = scope_flag::ALL_SIG;

impl Code<'_> {
    /// Appends the code, its children and what is known of it.
    ///
    /// # Errors
    /// Why it cannot be frozen.
    pub fn write(&self, out: &mut String) -> Result<(), String> {
        let Code { module, number, id } = *self;
        let code = &module.codes[id];
        let prelude = code.prelude().transpose().map_err(|error| error.to_string())?;
        let flags = match (&code.kind, &prelude) {
            (Kind::Viper { scope_flags, .. } | Kind::Asm { scope_flags, .. }, _) => *scope_flags,
            (_, Some(prelude)) => prelude.signature.scope_flags,
            (_, None) => 0,
        };
        if flags & !FROZEN_FLAGS != 0 {
            return Err("machine code with data or relocations cannot be frozen".into());
        }
        let attributes = if code.kind == Kind::Bytecode { String::new() } else { attributes(module.header.arch) };
        let _ = writeln!(out, "static const byte data_{number}_{id}[{}]{attributes} = {{", code.code.len());
        bytes(out, &code.code);
        out.push_str("};\n");

        let prelude_at = self.native_prelude(out);
        if !code.children.is_empty() {
            let _ = writeln!(out, "static const void *const children_{number}_{id}[] = {{");
            code.children.iter().for_each(|child| {
                let _ = writeln!(out, "    &code_{number}_{child},");
            });
            prelude_at.iter().for_each(|prelude| {
                let _ = writeln!(out, "    {prelude},");
            });
            out.push_str("};\n");
        }
        let children = match (code.children.is_empty(), prelude_at) {
            (false, _) => format!("&children_{number}_{id}"),
            (true, Some(prelude)) => prelude,
            (true, None) => "NULL".into(),
        };
        // Bytecode without children does by itself where code is never saved.
        let is_plain = code.kind == Kind::Bytecode && code.children.is_empty();
        if is_plain {
            out.push_str("#if MICROPY_PERSISTENT_CODE_SAVE\n");
        }
        self.raw_code(out, flags, &children, prelude.as_ref());
        if is_plain {
            let _ = writeln!(out, "#else\n#define code_{number}_{id} data_{number}_{id}[0]\n#endif");
        }
        Ok(())
    }

    fn raw_code(&self, out: &mut String, flags: u32, children: &str, prelude: Option<&Prelude>) {
        let Code { module, number, id } = *self;
        let code = &module.codes[id];
        let (kind, structure) = match code.kind {
            Kind::Bytecode => ("BYTECODE", "mp_raw_code_truncated_t"),
            Kind::Native { .. } => ("NATIVE_PY", "mp_raw_code_truncated_t"),
            Kind::Viper { .. } => ("NATIVE_VIPER", "mp_raw_code_truncated_t"),
            Kind::Asm { .. } => ("NATIVE_ASM", "mp_raw_code_t"),
        };
        let _ = writeln!(
            out,
            "static const {structure} code_{number}_{id} = {{
    .proto_fun_indicator[0] = MP_PROTO_FUN_INDICATOR_RAW_CODE_0,
    .proto_fun_indicator[1] = MP_PROTO_FUN_INDICATOR_RAW_CODE_1,
    .kind = MP_CODE_{kind},
    .is_generator = {},
    .fun_data = data_{number}_{id},
    .children = (void *){children},
    #if MICROPY_PERSISTENT_CODE_SAVE
    .fun_data_len = {},
    .n_children = {},
    #if MICROPY_EMIT_INLINE_ASM || MICROPY_ENABLE_NATIVE_CODE
    .prelude_offset = {},
    #endif",
            flags & scope_flag::GENERATOR,
            code.code.len(),
            code.children.len(),
            code.prelude_offset().unwrap_or(0),
        );
        if let (Kind::Bytecode, Some(prelude)) = (&code.kind, prelude) {
            let signature = prelude.signature;
            let _ = writeln!(
                out,
                "    #if MICROPY_PY_SYS_SETTRACE
    .line_of_definition = 0,
    .prelude = {{
        .n_state = {},
        .n_exc_stack = {},
        .scope_flags = {},
        .n_pos_args = {},
        .n_kwonly_args = {},
        .n_def_pos_args = {},
        .qstr_block_name_idx = {},
        .line_info = data_{number}_{id} + {},
        .line_info_top = data_{number}_{id} + {},
        .opcodes = data_{number}_{id} + {},
    }},
    #endif",
                signature.n_state,
                signature.n_exc_stack,
                signature.scope_flags,
                signature.n_pos_args,
                signature.n_kwonly_args,
                signature.n_def_pos_args,
                prelude.name,
                prelude.lines_at.start,
                prelude.lines_at.end,
                prelude.end(),
            );
        }
        out.push_str("    #endif\n");
        if let Kind::Asm { n_pos_args, type_sig, .. } = code.kind {
            let _ = writeln!(out, "    .asm_n_pos_args = {n_pos_args},\n    .asm_type_sig = {type_sig},");
        }
        out.push_str("};\n");
    }

    /// The prelude of a native function, which may have to lie apart from its code.
    fn native_prelude(&self, out: &mut String) -> Option<String> {
        let Code { module, number, id } = *self;
        let code = &module.codes[id];
        let Kind::Native { .. } = code.kind else { return None };
        let offset = code.prelude_offset()?;
        let _ = writeln!(
            out,
            "#if MICROPY_EMIT_NATIVE_PRELUDE_SEPARATE_FROM_MACHINE_CODE\nstatic const byte prelude_{number}_{id}[] = {{"
        );
        bytes(out, code.code.get(offset..).unwrap_or_default());
        let _ = writeln!(
            out,
            "}};\n#define prelude_at_{number}_{id} &prelude_{number}_{id}[0]\n#else\n#define prelude_at_{number}_{id} \
             &data_{number}_{id}[{offset}]\n#endif"
        );
        Some(format!("prelude_at_{number}_{id}"))
    }
}

/// Where machine code goes: among that of the program, aligned as its architecture wants it. The assembler takes the end of a line for a
/// comment.
fn attributes(arch: Option<Arch>) -> String {
    let (kind, comment) = match arch {
        Some(Arch::X86 | Arch::X64 | Arch::Xtensa | Arch::Xtensawin | Arch::Rv32imc | Arch::Rv64imc) => {
            ("@progbits", "#")
        }
        _ => ("%progbits", "@"),
    };
    let align = match arch {
        Some(Arch::X86 | Arch::X64) | None => String::new(),
        Some(Arch::Armv6 | Arch::Xtensa | Arch::Xtensawin) => " __attribute__((aligned(4)))".into(),
        Some(_) => " __attribute__((aligned(2)))".into(),
    };
    format!(" __attribute__((section(\".text,\\\"ax\\\",{kind} {comment} \"))){align}")
}
