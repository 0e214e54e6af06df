//! Exception blocks: what the verifier accepts and refuses of `try`, `with` and `async with`, and of ways out of them.

use berus_mpy::prelude::Signature;
use berus_mpy::verify::{Kind, Reason};

use crate::support::assembler::function;
use crate::support::refuse::{RETURN, accept, needs, refuse, refuse_with};

/// A `try` with `except`: its body, then its handler.
fn except(body: &str, handler: &str) -> String {
    format!("SETUP_EXCEPT h\n {body}\n POP_EXCEPT_JUMP end\n h:\n {handler}\n end:\n {RETURN}")
}

/// A `try` with `finally`: its body and its handler.
fn finally(body: &str, handler: &str) -> String {
    format!("SETUP_FINALLY h\n {body}\n LOAD_CONST_NONE\n h:\n {handler}\n END_FINALLY\n {RETURN}")
}

/// A `with`.
fn with(body: &str) -> String {
    format!(
        "LOAD_CONST_TRUE\n SETUP_WITH h\n POP_TOP\n {body}\n LOAD_CONST_NONE\n h:\n WITH_CLEANUP\n END_FINALLY\n {RETURN}"
    )
}

/// An `async with`, without its yields: its body, and its handler from where an exception enters it and from
/// where a pending return or jump does.
fn async_with(body: &str, on_exception: &str, on_unwind: &str, exit: &str) -> String {
    format!(
        "LOAD_CONST_TRUE\n SETUP_FINALLY h\n {body}\n LOAD_CONST_NONE\n ROT_TWO\n JUMP exit\n
         h:\n DUP_TOP\n LOAD_GLOBAL 2\n BINARY_OP_MULTI 8\n POP_JUMP_IF_FALSE unwind\n
         {on_exception}\n unwind:\n {on_unwind}\n exit:\n {exit}\n end:\n END_FINALLY\n {RETURN}"
    )
}

const ON_EXCEPTION: &str = "ROT_TWO\n POP_TOP\n DUP_TOP\n POP_JUMP_IF_FALSE end\n POP_TOP\n LOAD_CONST_NONE\n JUMP end";
const ON_UNWIND: &str = "ROT_THREE\n ROT_THREE";
const EXIT: &str = "POP_TOP";

#[test]
fn blocks_open_and_close() {
    accept(&except("", "POP_TOP\n POP_EXCEPT_JUMP end"));
    accept(&finally("", ""));
    accept(&with(""));
    accept(&async_with("", ON_EXCEPTION, ON_UNWIND, EXIT));
    refuse("POP_EXCEPT_JUMP end\n end:\n LOAD_CONST_NONE\n RETURN_VALUE", Reason::WrongBlock);
    refuse("LOAD_CONST_NONE\n END_FINALLY\n", Reason::NoBlock);
    refuse("LOAD_CONST_NONE\n WITH_CLEANUP\n", Reason::WrongBlock);
    refuse(&finally("POP_EXCEPT_JUMP out", "out:"), Reason::WrongBlock);
    refuse(&finally("LOAD_CONST_NONE\n WITH_CLEANUP\n END_FINALLY", ""), Reason::WrongBlock);
    refuse(&finally("LOAD_CONST_NONE\n END_FINALLY", ""), Reason::BlockNotActive);
    refuse(&with("LOAD_CONST_NONE\n WITH_CLEANUP\n END_FINALLY"), Reason::BlockNotActive);
    let n_exc_stack = |n| Signature { n_exc_stack: n, ..function("").signature };
    let nested = finally("SETUP_EXCEPT i\n POP_EXCEPT_JUMP j\n i:\n END_FINALLY\n j:", "");
    accept(&nested);
    refuse_with(n_exc_stack(1), &nested, Reason::TooManyBlocks(1));
    // A block that a turn of a loop leaves open.
    refuse("start:\n SETUP_FINALLY h\n JUMP start\n h:\n END_FINALLY\n LOAD_CONST_NONE\n RETURN_VALUE", Reason::Blocks);
    let twice = "LOAD_CONST_TRUE\n POP_JUMP_IF_TRUE b\n SETUP_EXCEPT h\n POP_EXCEPT_JUMP end\n
                 b:\n SETUP_EXCEPT h\n POP_EXCEPT_JUMP end\n h:\n END_FINALLY\n end:\n LOAD_CONST_NONE\n RETURN_VALUE";
    refuse(twice, Reason::SharedHandler(21));
}

#[test]
fn what_handlers_are_entered_with() {
    // By falling into it, or jumping over its start.
    let except_entry =
        "SETUP_EXCEPT h\n LOAD_CONST_NONE\n h:\n POP_TOP\n POP_EXCEPT_JUMP end\n end:\n LOAD_CONST_NONE\n RETURN_VALUE";
    refuse(except_entry, Reason::EntersHandler);
    refuse("SETUP_FINALLY h\n LOAD_CONST_TRUE\n h:\n END_FINALLY\n", Reason::EntersHandler);
    refuse("SETUP_FINALLY h\n h:\n END_FINALLY\n", Reason::EntersHandler);
    refuse("SETUP_FINALLY h\n LOAD_CONST_NONE\n DUP_TOP\n h:\n END_FINALLY\n", Reason::EntersHandler);
    refuse("LOAD_CONST_NONE\n SETUP_WITH h\n POP_TOP\n h:\n WITH_CLEANUP\n END_FINALLY\n", Reason::EntersHandler);
    let over = format!("SETUP_FINALLY h\n LOAD_CONST_TRUE\n JUMP over\n h:\n LOAD_CONST_NONE\n over:\n {RETURN}");
    refuse(&over, Reason::EntersHandler);
    // With `None` on top it is a way in, as that of an `async with`.
    let over = "SETUP_FINALLY h\n LOAD_CONST_NONE\n JUMP over\n h:\n LOAD_CONST_TRUE\n POP_TOP\n over:\n END_FINALLY\n";
    accept(&format!("{over} {RETURN}"));

    refuse(&finally("", "POP_TOP"), needs("an object", Kind::Pending));
    refuse(&finally("", "DUP_TOP"), needs("an object", Kind::Pending));
    refuse(&finally("", "RETURN_VALUE"), needs("an object", Kind::Pending));
    refuse(&finally("", "RAISE_OBJ"), needs("an object", Kind::Pending));
    refuse(&finally("", "LOAD_CONST_NONE\n ROT_TWO"), needs("a slot of its own", Kind::Pending));
    refuse(&finally("", "LOAD_CONST_NONE\n DUP_TOP\n ROT_THREE"), needs("a slot of its own", Kind::Pending));
    refuse(&finally("", "LOAD_CONST_TRUE"), Reason::BlockHeight(3, 2));
    refuse(
        &except("", "POP_TOP\n LOAD_CONST_TRUE\n END_FINALLY"),
        needs("what a handler is entered with", Kind::Object),
    );
    refuse(&except("", "POP_TOP\n LOAD_CONST_NONE\n END_FINALLY"), needs("what a handler is entered with", Kind::None));
    refuse(&except("", "DUP_TOP\n END_FINALLY"), Reason::BlockHeight(2, 1));
    accept(&except("", "DUP_TOP\n POP_TOP\n END_FINALLY"));
    // The pending of another block.
    let inner = "SETUP_FINALLY i\n LOAD_CONST_NONE\n i:\n";
    refuse(&finally("", &format!("{inner} END_FINALLY\n END_FINALLY\n")), Reason::NoBlock);
    accept(&finally("", &format!("{inner} END_FINALLY\n")));

    refuse(&with("").replace("WITH_CLEANUP", ""), Reason::BlockHeight(4, 2));
    refuse(&with("").replace("END_FINALLY", "JUMP x\n x:\n END_FINALLY"), Reason::CleanupAlone);
    refuse(&with("").replace("WITH_CLEANUP", "LOAD_CONST_NONE\n WITH_CLEANUP"), Reason::BlockHeight(5, 4));
    let exit_as_object = "LOAD_CONST_TRUE\n SETUP_WITH h\n POP_TOP\n LOAD_CONST_NONE\n h:\n";
    refuse(&format!("{exit_as_object} RETURN_VALUE"), needs("an object", Kind::Pending));
}

#[test]
fn the_floor_of_an_open_block() {
    for block in [finally("POP_TOP", ""), except("POP_TOP", "END_FINALLY")] {
        refuse(&format!("LOAD_CONST_TRUE\n {block}"), Reason::StackEmpty);
    }
    refuse(&format!("LOAD_CONST_TRUE\n {}", finally("", "STORE_FAST_MULTI 0")), needs("an object", Kind::Pending));
    // Also while the handler runs.
    let handler = "POP_TOP\n POP_TOP\n LOAD_CONST_TRUE\n POP_EXCEPT_JUMP end";
    refuse(&format!("LOAD_CONST_TRUE\n {}", except("", handler)), Reason::StackEmpty);
    // What `__exit__` needs is out of reach.
    refuse(&with("POP_TOP"), needs("an object", Kind::Exit));
    refuse(&with("DUP_TOP"), needs("an object", Kind::Exit));
    refuse(&with("LOAD_CONST_TRUE\n ROT_TWO"), needs("a slot of its own", Kind::Exit));
    // Looking below it is allowed, moving is not.
    accept(&format!("LOAD_CONST_TRUE\n {}", finally("DUP_TOP\n POP_TOP", "")));
    refuse(&format!("LOAD_CONST_TRUE\n DUP_TOP\n {}", finally("ROT_TWO", "")), Reason::StackEmpty);
    refuse(&format!("LOAD_CONST_TRUE\n {}", finally("LOAD_CONST_TRUE\n ROT_TWO", "")), Reason::StackEmpty);
    let iter = "LOAD_CONST_TRUE\n GET_ITER_STACK\n";
    let in_loop = finally("FOR_ITER out\n POP_TOP\n out:", "");
    refuse(&format!("{iter} {in_loop}"), Reason::StackEmpty);
}

#[test]
fn handlers_are_not_passed() {
    // Out of a block that stays open, over its own handler or one around it.
    let out = "JUMP out";
    refuse(
        &finally("LOAD_CONST_TRUE\n POP_JUMP_IF_TRUE out", "").replace(RETURN, &format!("out:\n {RETURN}")),
        Reason::EntersHandler,
    );
    let body = format!("SETUP_EXCEPT i\n {out}\n i:\n END_FINALLY\n");
    refuse(&finally(&body, "").replace(RETURN, &format!("out:\n {RETURN}")), Reason::PassesHandler);
    // Back before the handler that is running.
    let back = format!("SETUP_FINALLY h\n back:\n LOAD_CONST_NONE\n h:\n JUMP back\n {RETURN}");
    refuse(&back, Reason::PassesHandler);
    // A block inside another with its handler behind that one's.
    let crossed =
        format!("SETUP_FINALLY h\n SETUP_FINALLY i\n LOAD_CONST_NONE\n h:\n END_FINALLY\n i:\n END_FINALLY\n {RETURN}");
    refuse(&crossed, Reason::PassesHandler);
}

#[test]
fn async_managers() {
    let accepted =
        [("", ON_EXCEPTION, ON_UNWIND, EXIT), ("LOAD_CONST_TRUE\n RETURN_VALUE", ON_EXCEPTION, ON_UNWIND, EXIT)];
    accepted.iter().for_each(|(body, exception, unwind, exit)| accept(&async_with(body, exception, unwind, exit)));
    // What is pending must be put together again, in its order.
    refuse(&async_with("", ON_EXCEPTION, "ROT_THREE", EXIT), Reason::Kinds(2, Kind::Object, Kind::Data));
    refuse(
        &async_with("", ON_EXCEPTION, "ROT_TWO\n ROT_THREE\n ROT_THREE", EXIT),
        Reason::Kinds(1, Kind::Pending, Kind::Data),
    );
    refuse(&async_with("", ON_EXCEPTION, "POP_TOP", EXIT), needs("an object", Kind::Cause));
    refuse(&async_with("", ON_EXCEPTION, "DUP_TOP", EXIT), needs("an object", Kind::Cause));
    refuse(&async_with("", ON_EXCEPTION, "ROT_TWO\n RETURN_VALUE", EXIT), needs("an object", Kind::Data));
    refuse(&async_with("", ON_EXCEPTION, "ROT_TWO\n STORE_FAST_MULTI 0", EXIT), needs("an object", Kind::Data));
    // An object is not a pending exception.
    let forged = "POP_TOP\n POP_TOP\n LOAD_CONST_TRUE\n JUMP end";
    refuse(&async_with("", forged, ON_UNWIND, EXIT), Reason::Heights(1, 2));
    // The normal way in needs `None` below the manager.
    let without_rotation = async_with("", ON_EXCEPTION, ON_UNWIND, EXIT).replacen("ROT_TWO\n JUMP", "JUMP", 1);
    refuse(&without_rotation, Reason::EntersHandler);
    let with_object = async_with("", ON_EXCEPTION, ON_UNWIND, EXIT).replacen("LOAD_CONST_NONE", "LOAD_CONST_TRUE", 1);
    refuse(&with_object, needs("None", Kind::Object));
    refuse(&async_with("POP_TOP\n LOAD_CONST_TRUE", ON_EXCEPTION, ON_UNWIND, EXIT), Reason::StackEmpty);
    // The manager is an object of the block's own surroundings.
    let no_manager = async_with("", ON_EXCEPTION, ON_UNWIND, EXIT);
    refuse(no_manager.strip_prefix("LOAD_CONST_TRUE\n").unwrap(), Reason::StackEmpty);
    refuse(&no_manager.replacen("LOAD_CONST_TRUE", "LOAD_NULL", 1), needs("an object", Kind::Null));
    let nested = "SETUP_EXCEPT e\n SETUP_FINALLY h\n h:\n DUP_TOP\n LOAD_GLOBAL 2\n BINARY_OP_MULTI 8\n
                  POP_JUMP_IF_FALSE e\n e:\n END_FINALLY";
    refuse(&format!("LOAD_CONST_TRUE\n {nested}"), Reason::StackEmpty);
    // Another name than `BaseException` makes it a common `finally`.
    let other = async_with("", ON_EXCEPTION, ON_UNWIND, EXIT).replace("LOAD_GLOBAL 2", "LOAD_GLOBAL 1");
    refuse(&other, Reason::StackEmpty);
    // The test must not lead back before the handler.
    let back = async_with("back:", ON_EXCEPTION, ON_UNWIND, EXIT)
        .replace("POP_JUMP_IF_FALSE unwind", "POP_JUMP_IF_FALSE back");
    refuse(&back, Reason::PassesHandler);
}

#[test]
fn jumps_out_of_blocks() {
    // for ...: try: break; finally: ...
    let in_loop = |n: &str, body: &str| {
        format!(
            "LOAD_CONST_TRUE\n GET_ITER_STACK\n next:\n FOR_ITER end\n POP_TOP\n SETUP_FINALLY h\n {body}
             UNWIND_JUMP {n}\n h:\n END_FINALLY\n JUMP next\n end:\n {RETURN}"
        )
    };
    accept(&in_loop("end 0x81", ""));
    accept(&in_loop("next 1", ""));
    refuse(&in_loop("end 1", ""), Reason::Heights(0, 4));
    refuse(&in_loop("next 0x81", ""), Reason::Heights(4, 0));
    refuse(&in_loop("end 0x82", ""), Reason::NoBlock);
    refuse(&in_loop("end 0", ""), Reason::EntersHandler);
    refuse(&in_loop("end 0x81", "LOAD_CONST_TRUE"), Reason::BlockHeight(5, 4));
    // Out of a running `finally`: what it has pending must be on top.
    let running = |between: &str| {
        format!(
            "LOAD_CONST_TRUE\n GET_ITER_STACK\n next:\n FOR_ITER end\n POP_TOP\n SETUP_FINALLY h\n LOAD_CONST_NONE\n
             h:\n {between}\n UNWIND_JUMP end 0x81\n end:\n {RETURN}"
        )
    };
    accept(&running(""));
    refuse(&running("LOAD_CONST_TRUE"), Reason::BlockHeight(7, 6));
    // A handler of a `with` has no jump in it, nor has that of an `async with`.
    let with = with("").replace("WITH_CLEANUP", "UNWIND_JUMP out 1\n out:\n WITH_CLEANUP");
    refuse(&with, Reason::WrongBlock);
    let jump = "UNWIND_JUMP end 1";
    refuse(&async_with("", jump, ON_UNWIND, EXIT), Reason::WrongBlock);
    // The iterator is not one.
    refuse(
        "SETUP_EXCEPT h\n UNWIND_JUMP end 0x81\n h:\n END_FINALLY\n end:\n LOAD_CONST_NONE\n RETURN_VALUE",
        Reason::StackEmpty,
    );
    let object =
        "LOAD_CONST_TRUE\n DUP_TOP\n DUP_TOP_TWO\n SETUP_EXCEPT h\n UNWIND_JUMP end 0x81\n h:\n END_FINALLY\n end:\n";
    refuse(&format!("{object} {RETURN}"), needs("a loop's iterator", Kind::Object));
    // It is below another block.
    let below = "LOAD_CONST_TRUE\n GET_ITER_STACK\n SETUP_FINALLY g\n SETUP_EXCEPT h\n UNWIND_JUMP out 0x81\n
                 h:\n END_FINALLY\n out:\n LOAD_CONST_NONE\n g:\n END_FINALLY\n";
    refuse(&format!("{below} {RETURN}"), Reason::StackEmpty);
}
