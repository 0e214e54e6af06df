//! Linking: machine code from a module to where it runs.
//!
//! The code of a module is put into one piece of executable memory. Read-only and zeroed data that comes with a code
//! object goes into a heap block, which the collector looks through, for it may hold objects. Then relocations add to
//! words of code and data the addresses that they refer to. All relocations are checked before anything is written
//! (MicroPython: `py/persistentcode.c`).

use alloc::vec::Vec;
use core::ptr::NonNull;

use berus_mpy::Module;
use berus_mpy::memory::Quota;
use berus_mpy::module::{Kind as RawKind, RawCode};
use berus_mpy::prelude::scope_flag;
use berus_mpy::reloc::{Place, Target};

use crate::data::code::incompatible;
use crate::model::code::{Code, Context};
use crate::model::error::{Raise, Res};
use crate::model::object::Gc;
use crate::model::vm::Vm;
use crate::model::word::Slot;
use crate::native::code::{Kind, MachineCode};
use crate::native::image::Image;
use crate::native::table;

const WORD: usize = size_of::<usize>();

/// Code and data begin at multiples of this number of bytes.
const ALIGN: usize = 16;

/// The machine code of a module, where it runs.
pub(crate) struct Linked {
    /// The address of each code object's machine code; unused for bytecode.
    texts: Vec<*const u8>,
}

/// The data that came with a code object.
#[derive(Clone, Copy)]
struct Data {
    bss: NonNull<u8>,
    rodata: NonNull<u8>,
    rodata_len: usize,
}

/// A code object about to be installed.
struct Part<'m, 'a> {
    raw: &'m RawCode<'a>,
    /// The offset of the code in the executable memory.
    offset: usize,
    data: Option<Data>,
}

impl Linked {
    /// Installs the machine code of `module`; `None` if the module has none.
    ///
    /// # Errors
    /// `ValueError` if a relocation or an offset leads nowhere or the host does not allow machine code, and
    /// `MemoryError`.
    pub fn new(vm: &Vm, module: &Module<'_>, context: Gc<Context>) -> Res<Option<Linked>> {
        let is_machine_code = |raw: &RawCode<'_>| !matches!(raw.kind, RawKind::Bytecode);
        let count = module.codes.iter().filter(|raw| is_machine_code(raw)).count();
        if count == 0 {
            return Ok(None);
        }
        let Some(host) = vm.host().machine_code() else {
            return Err(vm.value_error(format_args!("{}", berus_mpy::error::NATIVE_UNSUPPORTED)));
        };
        let blocks = vm.alloc_words(count)?.cast::<usize>();
        let grants = vm.grants();
        let quota = Quota::new(&grants);
        let mut parts = quota.with_capacity(count).map_err(|stop| grants.raise(stop))?;
        let mut len = 0usize;
        for raw in module.codes.iter().filter(|raw| is_machine_code(raw)) {
            if !is_whole(raw) || !relocations_fit(raw) {
                return Err(incompatible(vm));
            }
            let data = Data::new(vm, raw)?;
            if let Some(data) = data {
                // SAFETY: the block has a word for each code object of machine code.
                unsafe { blocks.add(parts.len()).write(data.bss.as_ptr().expose_provenance()) };
            }
            parts.push(Part { raw, offset: len, data });
            len = len.saturating_add(raw.code.len()).next_multiple_of(ALIGN);
        }
        let mut fill = |memory: &mut [u8]| {
            for part in &parts {
                part.install(memory, context);
            }
        };
        let Some(memory) = host.install(len, &mut fill) else { return Err(vm.memory_error(len)) };
        let start = (*memory).as_ref().as_ptr();
        start.expose_provenance();
        let image = Image::new(vm, memory, context, blocks)?;
        context.image.set(Some(image.obj()));
        if parts.iter().any(|part| part.raw.kind.relocations().is_some()) {
            vm.native.keep_for_good(vm, image.obj())?;
        }
        let mut offsets = parts.iter().map(|part| part.offset);
        let text = |raw: &RawCode<'_>| if is_machine_code(raw) { offsets.next() } else { None };
        let mut texts = Vec::new();
        let no_memory = |_| vm.memory_error(size_of_val(&*module.codes));
        texts.try_reserve_exact(module.codes.len()).map_err(no_memory)?;
        texts.extend(module.codes.iter().map(text).map(|offset| start.wrapping_add(offset.unwrap_or(0))));
        Ok(Some(Linked { texts }))
    }

    /// Where the machine code of the code object with number `id` is.
    pub fn text(&self, id: usize) -> *const u8 {
        self.texts.get(id).copied().unwrap_or(core::ptr::null())
    }

    /// The code object with number `id`, which is `raw` and makes functions of `children`; for a Python function,
    /// `signature` is the code object of its prelude.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn code(
        &self,
        vm: &Vm,
        id: usize,
        raw: &RawCode<'_>,
        context: Gc<Context>,
        signature: Option<Gc<Code>>,
        children: Option<NonNull<Slot>>,
    ) -> Res {
        let kind = match (&raw.kind, signature) {
            (RawKind::Native { .. }, Some(signature)) => Kind::Native(signature),
            (RawKind::Asm { n_pos_args, type_sig, .. }, _) => {
                Kind::Asm { arguments: *n_pos_args as usize, result: *type_sig as usize }
            }
            _ => Kind::Viper,
        };
        Ok(MachineCode::new(vm, context, self.text(id), children, kind)?.obj())
    }
}

impl Data {
    /// Memory for the data of `raw`, filled from the file; `None` if `raw` has no data.
    fn new(vm: &Vm, raw: &RawCode<'_>) -> Res<Option<Data>> {
        let RawKind::Viper { rodata, bss, .. } = &raw.kind else { return Ok(None) };
        let rodata = rodata.as_deref().unwrap_or_default();
        let bss = bss.unwrap_or(0) as usize;
        if rodata.len() + bss == 0 {
            return Ok(None);
        }
        let rodata_at = bss.next_multiple_of(ALIGN);
        let block = vm.alloc_words((rodata_at + rodata.len()).div_ceil(WORD))?.cast::<u8>();
        // SAFETY: the block has room for both kinds of data.
        unsafe {
            let data = Data { bss: block, rodata: block.add(rodata_at), rodata_len: rodata.len() };
            data.rodata.copy_from_nonoverlapping(NonNull::from_ref(rodata).cast(), rodata.len());
            Ok(Some(data))
        }
    }

    /// The read-only data.
    ///
    /// # Safety
    /// Nobody else looks at the read-only data as long as the answer is used.
    unsafe fn rodata<'a>(self) -> &'a mut [u8] {
        // SAFETY: so many bytes of the block are read-only data.
        unsafe { core::slice::from_raw_parts_mut(self.rodata.as_ptr(), self.rodata_len) }
    }
}

impl Part<'_, '_> {
    /// Puts the code into `memory`, and relocates code and data.
    fn install(&self, memory: &mut [u8], context: Gc<Context>) {
        let Some(text) = memory.get_mut(self.offset..self.offset + self.raw.code.len()) else { return };
        text.copy_from_slice(&self.raw.code);
        let Some(relocations) = self.raw.kind.relocations() else { return };
        let text_at = text.as_ptr().expose_provenance();
        let data_at = |part: fn(&Data) -> NonNull<u8>| {
            self.data.as_ref().map_or(0, |data| part(data).as_ptr().expose_provenance())
        };
        for (place, relocation) in relocations.placed() {
            let address = match relocation.target {
                Target::Text => text_at,
                Target::Rodata => data_at(|data| data.rodata),
                Target::Bss => data_at(|data| data.bss),
                Target::QstrTable => context.short_qstrs.map_or(0, |table| table.as_ptr().expose_provenance()),
                Target::ConstantTable => context.constants().as_ptr().expose_provenance(),
                Target::FunctionTable => table::address().expose_provenance(),
                Target::Function(number) => table::entry(number.into()).unwrap_or(0),
            };
            let (words, first) = match place {
                Place::Text(word) => (&mut *text, word),
                Place::Rodata(word) => match self.data {
                    // SAFETY: nobody else knows the block yet.
                    Some(data) => (unsafe { data.rodata() }, word),
                    None => continue,
                },
            };
            let words = words.chunks_exact_mut(WORD).skip(first as usize);
            for word in words.take(relocation.count as usize) {
                let mut bytes = [0; WORD];
                bytes.copy_from_slice(word);
                word.copy_from_slice(&usize::from_ne_bytes(bytes).wrapping_add(address).to_ne_bytes());
            }
        }
    }
}

/// Whether code has the words that a caller reads at its start, and these words lead into the code.
fn is_whole(raw: &RawCode<'_>) -> bool {
    let word = |n: usize| {
        let bytes = raw.code.get(n * WORD..(n + 1) * WORD)?;
        Some(usize::from_ne_bytes(bytes.try_into().ok()?))
    };
    match raw.kind {
        RawKind::Native { .. } => {
            let Some(Ok(prelude)) = raw.prelude() else { return false };
            let is_generator = prelude.signature.scope_flags & scope_flag::GENERATOR != 0;
            // A generator has the number of its first instruction in its second word.
            raw.code.len() > 2 * WORD && (!is_generator || word(1).is_some_and(|start| start < raw.code.len()))
        }
        _ => !raw.code.is_empty(),
    }
}

/// Whether all relocations are of words that are there, and refer to something that is there.
fn relocations_fit(raw: &RawCode<'_>) -> bool {
    let Some(relocations) = raw.kind.relocations() else { return true };
    let (rodata, bss) = match &raw.kind {
        RawKind::Viper { rodata, bss, .. } => (rodata.as_deref().map(<[u8]>::len), bss.map(|len| len as usize)),
        _ => (None, None),
    };
    relocations.placed().all(|(place, relocation)| {
        let (words, first) = match place {
            Place::Text(word) => (raw.code.len() / WORD, word),
            Place::Rodata(word) => (rodata.unwrap_or(0) / WORD, word),
        };
        let refers = match relocation.target {
            Target::Rodata => rodata.is_some(),
            Target::Bss => bss.is_some(),
            Target::Function(number) => table::entry(number.into()).is_some(),
            _ => true,
        };
        refers && first as usize + relocation.count as usize <= words
    })
}
