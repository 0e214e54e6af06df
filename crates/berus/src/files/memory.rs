//! Files in memory.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use berus_runtime::errno::{
    BAD_FILE, EXISTS, Errno, INVALID, IS_FOLDER, NO_ENTRY, NO_SPACE, NOT_A_FOLDER, NOT_EMPTY, READ_ONLY,
};
use berus_runtime::host::{Entry, Open, Stat};

use super::Files;
use super::mounted::{MAX_PATH, Tree, Whence, join};

/// What a file or folder takes beside its path and its bytes, in bytes.
const ENTRY: usize = 160;

/// How many files and folders programs can make: looking through all of them has to be soon done.
const MAX_ENTRIES: usize = 4096;

/// Files in memory, by their paths, for programs to read, and to write if they [may](MemoryFiles::writable). A clone is the
/// same files: the host reads what programs have written.
///
/// ```
/// use berus::{Interpreter, MemoryFiles};
///
/// let files = MemoryFiles::new()
///     .with("shop.py", "def total(prices): return sum(prices)")
///     .with("data/prices.txt", "3.5 4.25")
///     .writable(64 << 10);
/// let py = Interpreter::builder().files(files.clone()).build()?;
/// py.run(
///     "
/// import shop
/// with open('data/prices.txt') as f:
///     prices = [float(price) for price in f.read().split()]
/// with open('total.txt', 'w') as f:
///     f.write(str(shop.total(prices)))
/// ",
/// )?;
/// assert_eq!(files.read("total.txt").unwrap(), b"7.75");
/// # Ok::<(), berus::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct MemoryFiles(Arc<Inner>);

#[derive(Default)]
struct Inner {
    nodes: Mutex<Nodes>,
    room: Arc<Room>,
}

/// All files and folders but the outermost folder, by their paths. The folder of each is among them.
type Nodes = BTreeMap<Vec<u8>, Node>;

enum Node {
    Folder,
    File(Arc<Mutex<Content>>),
}

/// How much files may take, and how much they do.
#[derive(Default)]
struct Room {
    /// Bytes that all files may take; 0 if nothing may be written.
    bound: AtomicUsize,
    used: AtomicUsize,
}

impl Room {
    fn bound(&self) -> usize {
        self.bound.load(Ordering::Relaxed)
    }

    fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// # Errors
    /// `EROFS` if nothing may be written.
    fn is_writable(&self) -> Result<(), Errno> {
        if self.bound() == 0 { Err(READ_ONLY) } else { Ok(()) }
    }

    /// Takes `bytes` bytes for a program.
    ///
    /// # Errors
    /// `ENOSPC` if there are not as many left.
    fn take(&self, bytes: usize) -> Result<(), Errno> {
        let take = |used: usize| used.checked_add(bytes).filter(|used| *used <= self.bound());
        self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).map(drop).map_err(|_| NO_SPACE)
    }

    fn give_back(&self, bytes: usize) {
        self.used.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// What is in a file, which stays as long as the file has a path or is open.
struct Content {
    bytes: Vec<u8>,
    /// Bytes taken of the room.
    taken: usize,
    room: Arc<Room>,
}

impl Content {
    /// Makes the file `len` bytes long.
    ///
    /// # Errors
    /// `ENOSPC` if there is no room.
    fn resize(&mut self, len: usize) -> Result<(), Errno> {
        if len == 0 {
            self.bytes = Vec::new();
            self.room.give_back(core::mem::take(&mut self.taken));
        }
        if len > self.taken {
            // Twice as much as before, so that a file which grows by little pieces is not always copied.
            self.grow(len.max(self.taken.saturating_mul(2))).or_else(|_| self.grow(len))?;
        }
        self.bytes.resize(len, 0);
        Ok(())
    }

    /// Makes room for the file to be `len` bytes long, which is more than there is room for.
    ///
    /// # Errors
    /// `ENOSPC` if there is no room, or no memory.
    fn grow(&mut self, len: usize) -> Result<(), Errno> {
        self.room.take(len - self.taken)?;
        if self.bytes.try_reserve_exact(len - self.bytes.len()).is_err() {
            self.room.give_back(len - self.taken);
            return Err(NO_SPACE);
        }
        self.taken = len;
        Ok(())
    }
}

impl Drop for Content {
    fn drop(&mut self) {
        self.room.give_back(self.taken);
    }
}

impl MemoryFiles {
    /// No files, and nothing that programs may write.
    pub fn new() -> MemoryFiles {
        MemoryFiles::default()
    }

    /// These files, and a file at `path` with these bytes.
    #[must_use]
    pub fn with(self, path: &str, bytes: impl Into<Vec<u8>>) -> MemoryFiles {
        self.write(path, bytes);
        self
    }

    /// These files, which programs may change, and add to. All files together, those of the host among them, take at most
    /// `bound` bytes: for each its bytes, its path, and 160. Every interpreter with these files has so much less
    /// [memory](crate::Builder::memory).
    #[must_use]
    pub fn writable(self, bound: usize) -> MemoryFiles {
        self.0.room.bound.store(bound, Ordering::Relaxed);
        self
    }

    /// The bytes of the file at `path`, if there is one.
    pub fn read(&self, path: &str) -> Option<Vec<u8>> {
        match self.nodes().get(&join(Vec::new(), path.as_bytes()))? {
            Node::File(content) => Some(lock(content).bytes.clone()),
            Node::Folder => None,
        }
    }

    /// Makes a file at `path` with these bytes, and the folders that lead to it, in place of what was there. A path that leads
    /// to `/` is no file's, and makes none.
    pub fn write(&self, path: &str, bytes: impl Into<Vec<u8>>) {
        let (path, bytes, room) = (join(Vec::new(), path.as_bytes()), bytes.into(), &self.0.room);
        if path.is_empty() {
            return;
        }
        let nodes = &mut *self.nodes();
        let mut add = |path: &[u8], node| {
            if !matches!((&node, nodes.get(path)), (Node::Folder, Some(Node::Folder))) {
                room.used.fetch_add(ENTRY + path.len(), Ordering::Relaxed);
                self.remove_all(nodes, path);
                nodes.insert(path.to_vec(), node);
            }
        };
        for (end, _) in path.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
            add(&path[..end], Node::Folder);
        }
        room.used.fetch_add(bytes.len(), Ordering::Relaxed);
        let content = Content { taken: bytes.len(), bytes, room: Arc::clone(room) };
        add(&path, Node::File(Arc::new(Mutex::new(content))));
    }

    /// The paths of all files.
    pub fn paths(&self) -> Vec<String> {
        let nodes = self.nodes();
        let files = nodes.iter().filter(|(_, node)| matches!(node, Node::File(_)));
        files.map(|(path, _)| String::from_utf8_lossy(path).into_owned()).collect()
    }

    fn nodes(&self) -> MutexGuard<'_, Nodes> {
        lock(&self.0.nodes)
    }

    /// Removes a file or folder, and all that is in the folder.
    fn remove_all(&self, nodes: &mut Nodes, path: &[u8]) {
        for path in tree(nodes, path) {
            nodes.remove(&path);
            self.0.room.give_back(ENTRY + path.len());
        }
    }

    /// Adds a node for a program.
    fn add(&self, nodes: &mut Nodes, path: &[u8], node: Node) -> Result<(), Errno> {
        folder_of(nodes, path)?;
        if nodes.len() >= MAX_ENTRIES {
            return Err(NO_SPACE);
        }
        self.0.room.take(ENTRY + path.len())?;
        nodes.insert(path.to_vec(), node);
        Ok(())
    }
}

impl<P: AsRef<str>, B: Into<Vec<u8>>> FromIterator<(P, B)> for MemoryFiles {
    fn from_iter<I: IntoIterator<Item = (P, B)>>(files: I) -> MemoryFiles {
        files.into_iter().fold(MemoryFiles::new(), |all, (path, bytes)| all.with(path.as_ref(), bytes))
    }
}

impl From<MemoryFiles> for Files {
    fn from(files: MemoryFiles) -> Files {
        let bound = files.0.room.bound();
        Files::new(files, bound)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The paths of the file or folder `path` and of all that is in the folder.
fn tree(nodes: &Nodes, path: &[u8]) -> Vec<Vec<u8>> {
    let is_inside = |other: &[u8]| matches!(other.strip_prefix(path), Some([] | [b'/', ..]));
    // Between a folder and what is in the folder come paths such as `folder-2`.
    let from = nodes.range(path.to_vec()..).map(|(path, _)| path);
    from.take_while(|other| other.starts_with(path)).filter(|other| is_inside(other)).cloned().collect()
}

/// Checks that there is a folder for `path`.
fn folder_of(nodes: &Nodes, path: &[u8]) -> Result<(), Errno> {
    match path.iter().rposition(|byte| *byte == b'/').map(|end| nodes.get(&path[..end])) {
        None | Some(Some(Node::Folder)) => Ok(()),
        Some(Some(Node::File(_))) => Err(NOT_A_FOLDER),
        Some(None) => Err(NO_ENTRY),
    }
}

/// An open file.
pub(super) struct OpenFile {
    content: Arc<Mutex<Content>>,
    position: AtomicUsize,
    how: Open,
}

impl Tree for MemoryFiles {
    type File = OpenFile;

    fn open(&self, path: &[u8], how: &Open) -> Result<OpenFile, Errno> {
        if how.write || how.append || how.create || how.truncate {
            self.0.room.is_writable()?;
        }
        let mut nodes = self.nodes();
        let content = match nodes.get(path) {
            _ if path.is_empty() => return Err(IS_FOLDER),
            Some(Node::Folder) => return Err(IS_FOLDER),
            Some(Node::File(content)) => Arc::clone(content),
            None if how.create => {
                let content = Content { bytes: Vec::new(), taken: 0, room: Arc::clone(&self.0.room) };
                let content = Arc::new(Mutex::new(content));
                self.add(&mut nodes, path, Node::File(Arc::clone(&content)))?;
                content
            }
            None => return folder_of(&nodes, path).and(Err(NO_ENTRY)),
        };
        if how.truncate {
            lock(&content).resize(0)?;
        }
        Ok(OpenFile { content, position: AtomicUsize::new(0), how: *how })
    }

    fn read(&self, file: &OpenFile, buffer: &mut [u8]) -> Result<usize, Errno> {
        if !file.how.read {
            return Err(BAD_FILE);
        }
        let content = lock(&file.content);
        let position = file.position.load(Ordering::Relaxed);
        let left = content.bytes.get(position..).unwrap_or_default();
        let count = left.len().min(buffer.len());
        buffer[..count].copy_from_slice(&left[..count]);
        file.position.store(position + count, Ordering::Relaxed);
        Ok(count)
    }

    fn write(&self, file: &OpenFile, bytes: &[u8]) -> Result<usize, Errno> {
        if !file.how.write && !file.how.append {
            return Err(BAD_FILE);
        }
        let mut content = lock(&file.content);
        let position = if file.how.append { content.bytes.len() } else { file.position.load(Ordering::Relaxed) };
        let end = position.checked_add(bytes.len()).ok_or(NO_SPACE)?;
        if end > content.bytes.len() {
            content.resize(end)?;
        }
        content.bytes[position..end].copy_from_slice(bytes);
        file.position.store(end, Ordering::Relaxed);
        Ok(bytes.len())
    }

    fn seek(&self, file: &OpenFile, offset: i64, whence: Whence) -> Result<u64, Errno> {
        let from = match whence {
            Whence::Start => 0,
            Whence::Position => file.position.load(Ordering::Relaxed),
            Whence::End => lock(&file.content).bytes.len(),
        };
        let position = i64::try_from(from).ok().and_then(|from| from.checked_add(offset)).ok_or(INVALID)?;
        let position = usize::try_from(position).map_err(|_| INVALID)?;
        file.position.store(position, Ordering::Relaxed);
        Ok(position as u64)
    }

    fn sync(&self, _: &OpenFile) -> Result<(), Errno> {
        Ok(())
    }

    fn stat(&self, path: &[u8]) -> Result<Stat, Errno> {
        let nodes = self.nodes();
        let (mode, size) = match nodes.get(path) {
            _ if path.is_empty() => (Stat::FOLDER | 0o755, 0),
            Some(Node::Folder) => (Stat::FOLDER | 0o755, 0),
            Some(Node::File(content)) => (Stat::FILE | 0o644, lock(content).bytes.len()),
            None => return folder_of(&nodes, path).and(Err(NO_ENTRY)),
        };
        Ok(Stat { mode, size: size as u64, links: 1, ..Stat::default() })
    }

    fn list(&self, path: &[u8], each: &mut dyn FnMut(&Entry<'_>) -> bool) -> Result<(), Errno> {
        if self.stat(path)?.mode & Stat::KIND != Stat::FOLDER {
            return Err(NOT_A_FOLDER);
        }
        let mut before = path.to_vec();
        if !before.is_empty() {
            before.push(b'/');
        }
        let entries: Vec<_> = {
            let nodes = self.nodes();
            let inside = nodes.range(before.clone()..).take_while(|(path, _)| path.starts_with(&before));
            let names = inside.map(|(path, node)| (&path[before.len()..], node));
            let here = names.filter(|(name, _)| !name.contains(&b'/'));
            here.map(|(name, node)| (name.to_vec(), matches!(node, Node::File(_)))).collect()
        };
        for (name, is_file) in entries {
            let kind = if is_file { Stat::FILE } else { Stat::FOLDER };
            if !each(&Entry { name: &name, kind, inode: 0 }) {
                break;
            }
        }
        Ok(())
    }

    fn mkdir(&self, path: &[u8]) -> Result<(), Errno> {
        self.0.room.is_writable()?;
        let mut nodes = self.nodes();
        match path.is_empty() || nodes.contains_key(path) {
            true => Err(EXISTS),
            false => self.add(&mut nodes, path, Node::Folder),
        }
    }

    fn rmdir(&self, path: &[u8]) -> Result<(), Errno> {
        self.0.room.is_writable()?;
        let mut nodes = self.nodes();
        match nodes.get(path) {
            _ if path.is_empty() => Err(INVALID),
            None => folder_of(&nodes, path).and(Err(NO_ENTRY)),
            Some(Node::File(_)) => Err(NOT_A_FOLDER),
            Some(Node::Folder) if tree(&nodes, path).len() > 1 => Err(NOT_EMPTY),
            Some(Node::Folder) => {
                self.remove_all(&mut nodes, path);
                Ok(())
            }
        }
    }

    fn remove(&self, path: &[u8]) -> Result<(), Errno> {
        self.0.room.is_writable()?;
        let mut nodes = self.nodes();
        match nodes.get(path) {
            _ if path.is_empty() => Err(IS_FOLDER),
            None => folder_of(&nodes, path).and(Err(NO_ENTRY)),
            Some(Node::Folder) => Err(IS_FOLDER),
            Some(Node::File(_)) => {
                self.remove_all(&mut nodes, path);
                Ok(())
            }
        }
    }

    fn rename(&self, old: &[u8], new: &[u8]) -> Result<(), Errno> {
        self.0.room.is_writable()?;
        let mut nodes = self.nodes();
        if old.is_empty() || new.is_empty() {
            return Err(INVALID);
        }
        let is_folder = match nodes.get(old) {
            None => return folder_of(&nodes, old).and(Err(NO_ENTRY)),
            Some(node) => matches!(node, Node::Folder),
        };
        folder_of(&nodes, new)?;
        match (is_folder, nodes.get(new)) {
            _ if old == new => return Ok(()),
            (true, _) if matches!(new.strip_prefix(old), Some([b'/', ..])) => return Err(INVALID),
            (true, Some(Node::File(_))) => return Err(NOT_A_FOLDER),
            (false, Some(Node::Folder)) => return Err(IS_FOLDER),
            (true, Some(Node::Folder)) if tree(&nodes, new).len() > 1 => return Err(NOT_EMPTY),
            _ => {}
        }
        let paths = tree(&nodes, old);
        let moved = |path: &[u8]| [new, &path[old.len()..]].concat();
        if paths.iter().any(|path| path.len() - old.len() + new.len() > MAX_PATH) {
            return Err(INVALID);
        }
        // Longer paths take more room.
        let [before, after] = [old.len(), new.len()].map(|len| len * paths.len());
        self.0.room.take(after.saturating_sub(before))?;
        self.0.room.give_back(before.saturating_sub(after));
        self.remove_all(&mut nodes, new);
        for path in paths {
            if let Some(node) = nodes.remove(&path) {
                nodes.insert(moved(&path), node);
            }
        }
        Ok(())
    }

    fn statvfs(&self, path: &[u8]) -> Result<[u64; 10], Errno> {
        self.stat(path)?;
        let (bound, entries) = (self.0.room.bound() as u64, self.nodes().len());
        let free = bound.saturating_sub(self.0.room.used() as u64);
        let entries_left = MAX_ENTRIES.saturating_sub(entries) as u64;
        let is_read_only = u64::from(bound == 0);
        Ok([1, 1, bound, free, free, MAX_ENTRIES as u64, entries_left, entries_left, is_read_only, MAX_PATH as u64])
    }
}
