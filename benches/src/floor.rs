//! The floor: the minimum work to check a token. It decrypts the bytes and computes their CRC.

use aes::Aes128;
use aes::cipher::inout::InOutBuf;
use aes::cipher::{BlockDecrypt, BlockDecryptMut, InnerIvInit, KeyInit, block_padding::Pkcs7};
use openssl::cipher::Cipher;
use openssl::cipher_ctx::CipherCtx;

use crate::tokens::Pair;

const BLOCK_LEN: usize = 16;
const CRC_LEN: usize = 4;

/// Decrypts into its own buffer and computes the CRC.
pub trait Floor {
    /// The name for tables.
    const NAME: &'static str;

    /// The work that is done when the configuration is read.
    fn new(pair: Pair, longest: usize) -> Self;

    /// The CRC that the token should have.
    fn crc(&mut self, cipher_text: &[u8]) -> u32;
}

/// Uses the crates as in their examples.
pub struct Crates {
    cipher: Aes128,
    iv: [u8; BLOCK_LEN],
    plain: Vec<u8>,
}

impl Floor for Crates {
    const NAME: &'static str = "floor: aes, cbc, crc32fast";

    fn new((key, iv): Pair, longest: usize) -> Self {
        Self { cipher: Aes128::new(&key.into()), iv, plain: vec![0; longest] }
    }

    fn crc(&mut self, cipher_text: &[u8]) -> u32 {
        let decryptor = cbc::Decryptor::inner_iv_init(&self.cipher, (&self.iv).into());
        let plain = decryptor.decrypt_padded_b2b_mut::<Pkcs7>(cipher_text, &mut self.plain).unwrap();
        crc32fast::hash(&plain[CRC_LEN..])
    }
}

/// Decrypts all blocks with the `aes` crate, then chains them. The CRC hasher is kept.
pub struct Blocks {
    cipher: Aes128,
    iv: [u8; BLOCK_LEN],
    plain: Vec<u8>,
    hasher: crc32fast::Hasher,
}

impl Floor for Blocks {
    const NAME: &'static str = "floor: aes by blocks, crc32fast kept";

    fn new((key, iv): Pair, longest: usize) -> Self {
        let hasher = crc32fast::Hasher::new();
        Self { cipher: Aes128::new(&key.into()), iv, plain: vec![0; longest], hasher }
    }

    fn crc(&mut self, cipher_text: &[u8]) -> u32 {
        let plain = &mut self.plain[..cipher_text.len()];
        let (mut blocks, _) = InOutBuf::new(cipher_text, plain).unwrap().into_chunks();
        self.cipher.decrypt_blocks_inout(blocks.reborrow());
        let mut before = u128::from_ne_bytes(self.iv);
        for mut block in blocks {
            let encrypted = u128::from_ne_bytes(block.clone_in().into());
            let decrypted = block.get_out();
            *decrypted = (u128::from_ne_bytes((*decrypted).into()) ^ before).to_ne_bytes().into();
            before = encrypted;
        }
        let padding = plain[plain.len() - 1];
        let (plain, tail) = plain.split_at(plain.len() - usize::from(padding));
        assert!(tail.iter().all(|&byte| byte == padding));
        let mut hasher = self.hasher.clone();
        hasher.update(&plain[CRC_LEN..]);
        hasher.finalize()
    }
}

/// Decrypts with OpenSSL's EVP, for comparison. The CRC hasher is kept.
pub struct Evp {
    context: CipherCtx,
    iv: [u8; BLOCK_LEN],
    plain: Vec<u8>,
    hasher: crc32fast::Hasher,
}

impl Floor for Evp {
    const NAME: &'static str = "floor: OpenSSL's EVP, crc32fast kept";

    fn new((key, iv): Pair, longest: usize) -> Self {
        let mut context = CipherCtx::new().unwrap();
        context.decrypt_init(Some(Cipher::aes_128_cbc()), Some(&key), Some(&iv)).unwrap();
        Self { context, iv, plain: vec![0; longest + BLOCK_LEN], hasher: crc32fast::Hasher::new() }
    }

    fn crc(&mut self, cipher_text: &[u8]) -> u32 {
        self.context.decrypt_init(None, None, Some(&self.iv)).unwrap();
        let start = self.context.cipher_update(cipher_text, Some(&mut self.plain)).unwrap();
        let end = self.context.cipher_final(&mut self.plain[start..]).unwrap();
        let mut hasher = self.hasher.clone();
        hasher.update(&self.plain[CRC_LEN..start + end]);
        hasher.finalize()
    }
}
