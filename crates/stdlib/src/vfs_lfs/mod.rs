//! `VfsLfs2`: littlefs, a file system for flash memory that loses nothing when power fails.

mod ctz;
mod device;
mod file;
mod space;
mod tree;
mod v2;

#[cfg(test)]
mod tests;
