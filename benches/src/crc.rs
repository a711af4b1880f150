//! CRC-32 by the crates that are well kept.

/// A way to compute it.
pub type Crc32 = fn(&[u8]) -> u32;

/// Names and functions, the one that the convenience path uses first.
pub const ALL: [(&str, Crc32); 4] = [
    ("crc32fast::hash", crc32fast::hash),
    ("crc32fast, Hasher cloned", cloned),
    ("crc, Table<16>", table),
    ("crc-fast", crc_fast::crc32_iso_hdlc),
];

static TABLE: ::crc::Crc<u32, ::crc::Table<16>> =
    ::crc::Crc::<u32, ::crc::Table<16>>::new(&::crc::CRC_32_ISO_HDLC);

fn table(bytes: &[u8]) -> u32 {
    TABLE.checksum(bytes)
}

/// A new hasher asks for the processor's features again; a clone knows them.
fn cloned(bytes: &[u8]) -> u32 {
    thread_local! {
        static FRESH: crc32fast::Hasher = crc32fast::Hasher::new();
    }
    let mut hasher = FRESH.with(Clone::clone);
    hasher.update(bytes);
    hasher.finalize()
}
