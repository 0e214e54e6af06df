//! What the boot ROM wants to find at the beginning of flash.

/// The second stage, which the boot ROM runs from RAM: it has the flash read by four lines.
#[cfg(feature = "rp2040")]
#[unsafe(link_section = ".boot2")]
#[used]
static SECOND_STAGE: [u8; 256] = rp2040_boot2::BOOT_LOADER_W25Q080;

/// The block that says what follows: a program for the Cortex-M33.
#[cfg(feature = "rp235x")]
#[unsafe(link_section = ".start_block")]
#[used]
static IMAGE: rp235x_hal::block::ImageDef = rp235x_hal::block::ImageDef::secure_exe();
