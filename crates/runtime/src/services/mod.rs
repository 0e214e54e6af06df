//! What stands on objects and protocols: exceptions raised and reported, events, finalisers, threads, the console.

pub mod console;
pub mod end;
pub mod events;
pub mod expose;
pub mod finalise;
#[cfg_attr(not(feature = "threads"), path = "alone.rs")]
pub mod lock;
pub mod raise;
pub mod weak;
