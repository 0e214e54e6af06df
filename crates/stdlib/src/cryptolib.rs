//! The module `cryptolib`: AES (facts: `docs/library/cryptolib.rst` and `extmod/modcryptolib.c` of MicroPython).

use core::cell::Cell;

use aes::cipher::{Block, BlockDecrypt, BlockEncrypt, KeyInit};
use aes::{Aes128, Aes256};
use berus_runtime::data::builder::Builder;
use berus_runtime::model::args::Args;
use berus_runtime::model::arity::CheckArguments;
use berus_runtime::model::buffer::{Access, Buffer};
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::object::Gc;
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::ops::buffer::Buffers;
use berus_runtime::ops::convert::Convert;

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("cryptolib", MEMBERS).extensible();

berus_runtime::members! {
    static MEMBERS = {
        "aes" => value(Obj::from_static(&AES)),
        "MODE_ECB" => value(Mode::Blocks.number()),
        "MODE_CBC" => value(Mode::Chain.number()),
        "MODE_CTR" => value(Mode::Counter.number()),
    }
}

/// Bytes of a block.
const BLOCK: usize = 16;

/// Blocks that are worked on at once. Processors with instructions for AES take so many side by side.
const AT_ONCE: usize = 8;

/// How blocks depend on each other, with the numbers of PEP 272.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Not at all (ECB).
    Blocks = 1,
    /// Each on the one before it (CBC).
    Chain = 2,
    /// On their number: what is encrypted is a counter, and the data may have any length (CTR).
    Counter = 6,
}

impl Mode {
    const fn number(self) -> Obj {
        Obj::small_int_wrapping(self as isize)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Encrypt,
    Decrypt,
}

#[derive(Clone, Copy)]
enum Key {
    Short([u8; 16]),
    Long([u8; 32]),
}

struct Aes {
    mode: Mode,
    key: Key,
    /// The block before the next one, or the counter.
    last: Cell<[u8; BLOCK]>,
    /// The counter's encryption, and how much of that has been used.
    mask: Cell<[u8; BLOCK]>,
    used: Cell<usize>,
    /// What has been asked for first. The other is refused.
    direction: Cell<Option<Direction>>,
}

berus_runtime::custom_type! {
    static AES: Type<Aes> = "aes".make_new(make_new).locals(METHODS);
}

berus_runtime::members! {
    static METHODS = {
        "encrypt" => var(2, 3, encrypt),
        "decrypt" => var(2, 3, decrypt),
    }
}

/// `aes(key, mode[, iv])`
fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 2, 3, false)?;
    let number = vm.int(args.pos()[1])?;
    let modes = [Mode::Blocks, Mode::Chain, Mode::Counter];
    let mode = modes.into_iter().find(|mode| *mode as isize == number);
    let mode = mode.ok_or_else(|| vm.value_error(format_args!("mode")))?;
    let key = vm.buffer(args.pos()[0], Access::Read)?.bytes();
    let key = match (<[u8; 16]>::try_from(key), <[u8; 32]>::try_from(key)) {
        (Ok(key), _) => Key::Short(key),
        (_, Ok(key)) => Key::Long(key),
        _ => return Err(vm.value_error(format_args!("key"))),
    };
    let start = match args.pos().get(2) {
        Some(&start) if start != Obj::NONE => Some(vm.buffer(start, Access::Read)?.bytes()),
        _ => None,
    };
    let last = match start {
        Some(start) => start.try_into().map_err(|_| vm.value_error(format_args!("IV")))?,
        None if mode == Mode::Blocks => [0; BLOCK],
        None => return Err(vm.value_error(format_args!("IV"))),
    };
    let (last, mask, used) = (Cell::new(last), Cell::new([0; BLOCK]), Cell::new(BLOCK));
    Ok(vm.new_custom(Aes { mode, key, last, mask, used, direction: Cell::new(None) })?.obj())
}

/// `encrypt(data[, output])`
fn encrypt(vm: &Vm, args: &[Obj]) -> Res {
    process(vm, args, Direction::Encrypt)
}

/// `decrypt(data[, output])`
fn decrypt(vm: &Vm, args: &[Obj]) -> Res {
    process(vm, args, Direction::Decrypt)
}

fn process(vm: &Vm, args: &[Obj], direction: Direction) -> Res {
    let aes = vm.this::<Custom<Aes>>(args[0])?;
    let data = vm.buffer(args[1], Access::Read)?;
    if aes.mode != Mode::Counter && !data.len().is_multiple_of(BLOCK) {
        return Err(vm.value_error(format_args!("blksize % 16")));
    }
    let output = args.get(2).map(|output| vm.buffer(*output, Access::Write)).transpose()?;
    if output.is_some_and(|output| output.len() < data.len()) {
        return Err(vm.value_error(format_args!("output too small")));
    }
    if *aes.direction.get().get_or_insert(direction) != direction {
        return Err(vm.value_error(format_args!("can't encrypt & decrypt")));
    }
    aes.direction.set(Some(direction));
    let mut made = Builder::with_capacity(vm, if output.is_none() { data.len() } else { 0 })?;
    let mut bytes = [0; BLOCK * AT_ONCE];
    for start in (0..data.len()).step_by(bytes.len()) {
        vm.work(AT_ONCE)?;
        // Where the output is the data, a piece is read before it is written.
        let piece = data.part(start, bytes.len()).bytes();
        let bytes = &mut bytes[..piece.len()];
        bytes.copy_from_slice(piece);
        match aes.key {
            Key::Short(key) => aes.change(&Aes128::new(&key.into()), bytes, direction),
            Key::Long(key) => aes.change(&Aes256::new(&key.into()), bytes, direction),
        }
        match output {
            Some(output) => output.write(start, Buffer::of(vm, bytes)),
            None => made.extend(vm, bytes)?,
        }
    }
    args.get(2).map_or_else(|| made.into_bytes(vm), |output| Ok(*output))
}

fn xor(block: &mut [u8; BLOCK], other: [u8; BLOCK]) {
    block.iter_mut().zip(other).for_each(|(byte, other)| *byte ^= other);
}

impl Aes {
    /// Encrypts or decrypts the bytes that come next.
    fn change<C: BlockEncrypt + BlockDecrypt>(&self, cipher: &C, bytes: &mut [u8], direction: Direction)
    where
        Block<C>: From<[u8; BLOCK]> + Into<[u8; BLOCK]>,
    {
        let encrypt = |block: &mut [u8; BLOCK]| {
            let mut changed = Block::<C>::from(*block);
            cipher.encrypt_block(&mut changed);
            *block = changed.into();
        };
        let decrypt = |block: &mut [u8; BLOCK]| {
            let mut changed = Block::<C>::from(*block);
            cipher.decrypt_block(&mut changed);
            *block = changed.into();
        };
        let (blocks, _) = bytes.as_chunks_mut::<BLOCK>();
        match (self.mode, direction) {
            (Mode::Blocks, Direction::Encrypt) => blocks.iter_mut().for_each(encrypt),
            (Mode::Blocks, Direction::Decrypt) => blocks.iter_mut().for_each(decrypt),
            (Mode::Chain, Direction::Encrypt) => {
                for block in blocks {
                    xor(block, self.last.get());
                    encrypt(block);
                    self.last.set(*block);
                }
            }
            (Mode::Chain, Direction::Decrypt) => {
                for block in blocks {
                    let last = self.last.replace(*block);
                    decrypt(block);
                    xor(block, last);
                }
            }
            (Mode::Counter, _) => {
                for byte in bytes {
                    *byte ^= self.next_of_mask(encrypt);
                }
            }
        }
    }

    /// The next byte that data is combined with where the counter is encrypted.
    fn next_of_mask(&self, encrypt: impl Fn(&mut [u8; BLOCK])) -> u8 {
        if self.used.get() == BLOCK {
            let mut mask = self.last.get();
            self.last.set(u128::from_be_bytes(mask).wrapping_add(1).to_be_bytes());
            encrypt(&mut mask);
            self.mask.set(mask);
            self.used.set(0);
        }
        self.mask.get()[self.used.replace(self.used.get() + 1)]
    }
}
