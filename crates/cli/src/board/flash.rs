//! The flash of a board: an image in a file, or memory.
//!
//! Nothing that a program writes is kept back here: it is the operating system's when the call returns, so that ending the
//! process, however that is done, loses nothing.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use berus_runtime::errno::{Errno, IO};
use berus_runtime::host::Flash;
use rustix::fs::{FlockOperation, flock};

use crate::output::describe;
use crate::run::number;

/// What erased flash holds.
const ERASED: u8 = 0xff;

/// A partition of the flash.
pub struct Partition {
    store: Store,
    block_size: usize,
    block_count: usize,
}

enum Store {
    File(File),
    Memory(Mutex<Vec<u8>>),
}

impl Partition {
    /// The partition in the file `path`, which is made if it is not there, or one in memory. It has `size` bytes, or
    /// those that there are, or else `usual`.
    ///
    /// # Errors
    /// What to say.
    pub fn open(
        path: Option<&Path>,
        size: Option<usize>,
        usual: usize,
        block_size: usize,
    ) -> Result<Partition, String> {
        let (store, size) = match path {
            Some(path) => {
                let (file, size) = open_file(path, size, usual, block_size)?;
                (Store::File(file), size)
            }
            None => {
                let size = size.unwrap_or(usual);
                (Store::Memory(Mutex::new(vec![ERASED; size])), size)
            }
        };
        check_size(size, block_size)?;
        Ok(Partition { store, block_size, block_count: size / block_size })
    }
}

fn check_size(size: usize, block_size: usize) -> Result<(), String> {
    match size.is_multiple_of(block_size) && size >= 2 * block_size {
        true => Ok(()),
        false => Err(format!("{size} bytes are not two or more blocks of {block_size}")),
    }
}

fn open_file(path: &Path, size: Option<usize>, usual: usize, block_size: usize) -> Result<(File, usize), String> {
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
    let file = file.map_err(|error| describe(&error))?;
    flock(&file, FlockOperation::NonBlockingLockExclusive).map_err(|_| "another board uses it".to_owned())?;
    let there = file.metadata().map_err(|error| describe(&error))?.len();
    let there = usize::try_from(there).map_err(|_| "it is too large".to_owned())?;
    if there == 0 {
        let size = size.unwrap_or(usual);
        check_size(size, block_size)?;
        file.write_all_at(&vec![ERASED; size], 0).map_err(|error| describe(&error))?;
        return Ok((file, size));
    }
    match size {
        Some(size) if size != there => Err(format!("it has {there} bytes, not {size}")),
        _ => Ok((file, there)),
    }
}

fn memory(bytes: &Mutex<Vec<u8>>) -> MutexGuard<'_, Vec<u8>> {
    bytes.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Flash for Partition {
    fn block_size(&self) -> usize {
        self.block_size
    }

    fn block_count(&self) -> usize {
        self.block_count
    }

    fn read(&self, offset: usize, bytes: &mut [u8]) -> Result<(), Errno> {
        match &self.store {
            Store::File(file) => file.read_exact_at(bytes, offset as u64).map_err(|error| number(&error)),
            Store::Memory(all) => {
                let all = memory(all);
                bytes.copy_from_slice(all.get(offset..offset + bytes.len()).ok_or(IO)?);
                Ok(())
            }
        }
    }

    fn write(&self, offset: usize, bytes: &[u8]) -> Result<(), Errno> {
        match &self.store {
            Store::File(file) => file.write_all_at(bytes, offset as u64).map_err(|error| number(&error)),
            Store::Memory(all) => {
                memory(all).get_mut(offset..offset + bytes.len()).ok_or(IO)?.copy_from_slice(bytes);
                Ok(())
            }
        }
    }

    fn erase(&self, block: usize) -> Result<(), Errno> {
        self.write(block * self.block_size, &vec![ERASED; self.block_size])
    }
}

/// A partition for ROM images, which programs see as memory.
pub struct Rom {
    partition: Partition,
    lent: Mutex<Lent>,
}

/// What programs have been lent. Interpreters run code where it lies and trust that it never changes, so that it stays
/// for as long as the process does.
#[derive(Default)]
struct Lent {
    /// What is in the partition, if it has been asked for since it was written last.
    now: Option<&'static [u8]>,
    /// Bytes that were lent in all.
    all: usize,
}

/// Most bytes that are lent in all: images are deployed often, but not for ever.
const MOST_LENT: usize = 256 << 20;

impl Rom {
    /// A partition for ROM images.
    pub fn new(partition: Partition) -> Rom {
        Rom { partition, lent: Mutex::default() }
    }

    fn lent(&self) -> MutexGuard<'_, Lent> {
        self.lent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Flash for Rom {
    fn block_size(&self) -> usize {
        self.partition.block_size
    }

    fn block_count(&self) -> usize {
        self.partition.block_count
    }

    fn read(&self, offset: usize, bytes: &mut [u8]) -> Result<(), Errno> {
        self.partition.read(offset, bytes)
    }

    fn write(&self, offset: usize, bytes: &[u8]) -> Result<(), Errno> {
        self.lent().now = None;
        self.partition.write(offset, bytes)
    }

    fn erase(&self, block: usize) -> Result<(), Errno> {
        self.lent().now = None;
        self.partition.erase(block)
    }

    fn memory(&self) -> Option<&'static [u8]> {
        let mut lent = self.lent();
        if lent.now.is_none() {
            let mut bytes = vec![0; self.partition.block_size * self.partition.block_count];
            self.partition.read(0, &mut bytes).ok()?;
            lent.all += bytes.len();
            if lent.all > MOST_LENT {
                return None;
            }
            lent.now = Some(bytes.leak());
        }
        lent.now
    }
}
