//! placeholder
#![no_std]

pub mod heap;
