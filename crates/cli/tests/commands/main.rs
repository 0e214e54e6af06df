//! The program's commands, tried from outside. One executable of all files, since each would be linked by itself.

mod board;
mod command;
mod compile;
mod diff;
mod dump;
mod end;
mod extract;
mod freeze;
mod html;
mod images;
mod input;
mod link;
mod memory;
mod merge;
mod minify;
mod mpy_cross;
mod native_modules;
mod process_memory;
mod programs;
mod prompt;
mod romfs;
mod terminal;
mod time_zones;
