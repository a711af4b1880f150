//! CRC-32 by crates that are maintained.

use crc_fast::CrcAlgorithm::Crc32IsoHdlc;

/// A function that computes the CRC.
pub type Crc32 = Box<dyn Fn(&[u8]) -> u32>;

static TABLE: ::crc::Crc<u32, ::crc::Table<16>> =
    ::crc::Crc::<u32, ::crc::Table<16>>::new(&::crc::CRC_32_ISO_HDLC);

/// Names and functions. The simplest one comes first.
#[must_use]
pub fn all() -> [(&'static str, Crc32); 4] {
    // A new hasher detects the features of the CPU again. A clone does not.
    let kept = crc32fast::Hasher::new();
    let cloned = move |bytes: &[u8]| {
        let mut hasher = kept.clone();
        hasher.update(bytes);
        hasher.finalize()
    };
    let crc_fast = |bytes: &[u8]| u32::try_from(crc_fast::checksum(Crc32IsoHdlc, bytes)).unwrap();
    [
        ("crc32fast::hash", Box::new(crc32fast::hash)),
        ("crc32fast, Hasher kept", Box::new(cloned)),
        ("crc, Table<16>", Box::new(|bytes| TABLE.checksum(bytes))),
        ("crc-fast", Box::new(crc_fast)),
    ]
}
