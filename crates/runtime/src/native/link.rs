//! Linking: machine code from a module to where it runs.
//!
//! The code of a module is put into one piece of executable memory. Code that lies in memory for good, and that no
//! relocation changes, runs there if the host says that it can. Read-only and zeroed data that comes with a code
//! object goes into a heap block, which the collector looks through, for it may hold objects. Then relocations add to
//! words of code and data the addresses that they refer to, which the verifier has checked (MicroPython:
//! `py/persistentcode.c`).

use alloc::vec::Vec;
use core::ptr::NonNull;

use berus_mpy::Module;
use berus_mpy::bytes::ModuleBytes;
use berus_mpy::memory::Quota;
use berus_mpy::module::{Kind as RawKind, RawCode};
use berus_mpy::reloc;
use berus_mpy::reloc::Target;

use crate::host::MachineCode as MemoryForCode;
use crate::model::code::{Code, Context};
use crate::model::error::{Raise, Res};
use crate::model::object::Gc;
use crate::model::vm::Vm;
use crate::model::word::Slot;
use crate::native::code::{Kind, MachineCode};
use crate::native::image::Image;
use crate::native::{machine, table};

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
    place: Place,
    data: Option<Data>,
}

/// Where the code of a code object comes to run.
#[derive(Clone, Copy)]
enum Place {
    /// In the memory of the module's code, from this byte on.
    Copied(usize),
    /// Where it lies.
    InPlace(&'static [u8]),
}

/// The bytes of a module as memory that is lent for good, if they are.
pub(crate) type Lend<'l, 'a> = &'l dyn Fn(&ModuleBytes<'a>) -> Option<&'static [u8]>;

impl Linked {
    /// Installs the machine code of `module`, which is verified, and of which `lend` tells what is lent. `None` if the
    /// module has none.
    ///
    /// # Errors
    /// `ValueError` if the host does not allow machine code, and `MemoryError`.
    pub fn new<'a>(vm: &Vm, module: &Module<'a>, context: Gc<Context>, lend: Lend<'_, 'a>) -> Res<Option<Linked>> {
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
            let data = Data::new(vm, raw)?;
            if let Some(data) = data {
                // SAFETY: the block has a word for each code object of machine code.
                unsafe { blocks.add(parts.len()).write(data.bss.as_ptr().expose_provenance()) };
            }
            let stays = |code: &&'static [u8]| {
                let is_aligned = code.as_ptr().addr().is_multiple_of(machine::CODE_ALIGN);
                raw.kind.relocations().is_none() && is_aligned && host.runs_in_place(code)
            };
            let place = match lend(&raw.code).filter(stays) {
                Some(code) => Place::InPlace(code),
                None => {
                    let offset = len;
                    len = len.saturating_add(raw.code.len()).next_multiple_of(ALIGN);
                    Place::Copied(offset)
                }
            };
            parts.push(Part { raw, place, data });
        }
        // The code of a module that has data is copied, since it refers to these by relocations.
        let start = if len == 0 { core::ptr::null() } else { install(vm, host, len, &parts, context, blocks)? };
        let mut places = parts.iter().map(|part| part.place);
        let text = |raw: &RawCode<'_>| match if is_machine_code(raw) { places.next() } else { None } {
            Some(Place::Copied(offset)) => start.wrapping_add(offset),
            Some(Place::InPlace(code)) => code.as_ptr(),
            None => core::ptr::null(),
        };
        let mut texts = Vec::new();
        let no_memory = |_| vm.memory_error(size_of_val(&*module.codes));
        texts.try_reserve_exact(module.codes.len()).map_err(no_memory)?;
        texts.extend(module.codes.iter().map(text));
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

/// Puts the code of `parts` that does not stay where it lies into memory of so many bytes, which `context` keeps: where
/// that begins. The code refers to the blocks with addresses `blocks`.
///
/// # Errors
/// `MemoryError`.
fn install(
    vm: &Vm,
    host: &dyn MemoryForCode,
    len: usize,
    parts: &[Part<'_, '_>],
    context: Gc<Context>,
    blocks: NonNull<usize>,
) -> Res<*const u8> {
    let mut fill = |memory: &mut [u8]| {
        for part in parts {
            part.install(memory, context);
        }
    };
    let Some(memory) = host.install(len, &mut fill) else { return Err(vm.memory_error(len)) };
    machine::synchronise((*memory).as_ref());
    let start = (*memory).as_ref().as_ptr();
    start.expose_provenance();
    let image = Image::new(vm, memory, context, blocks)?;
    context.image.set(Some(image.obj()));
    if parts.iter().any(|part| part.raw.kind.relocations().is_some()) {
        vm.native.keep_for_good(vm, image.obj())?;
    }
    Ok(start)
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
        let rodata_at = bss.checked_next_multiple_of(ALIGN);
        let Some((rodata_at, len)) = rodata_at.and_then(|at| Some((at, at.checked_add(rodata.len())?))) else {
            return Err(vm.memory_error(bss));
        };
        let block = vm.alloc_words(len.div_ceil(WORD))?.cast::<u8>();
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
        let Place::Copied(offset) = self.place else { return };
        let Some(text) = memory.get_mut(offset..offset + self.raw.code.len()) else { return };
        text.copy_from_slice(&self.raw.code);
        let Some(relocations) = self.raw.kind.relocations() else { return };
        let text_at = machine::executed(text.as_ptr()).expose_provenance();
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
                reloc::Place::Text(word) => (&mut *text, word),
                reloc::Place::Rodata(word) => match self.data {
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
