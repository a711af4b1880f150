//! `cargo bench -p pta-benches` measures checks of tokens, and the floors, with divan.
//! `scripts/bench token` measures the same in turn and prints ratios.

use divan::{Bencher, black_box};
use pta_benches::floor::{Blocks, Crates, Evp, Floor};
use pta_benches::{EXPIRES, Kind, LENGTHS, Token, pairs, ring};
use pta_token::{PlainRequest, buffer_len, decode};

fn main() {
    divan::main();
}

#[divan::bench(types = [Crates, Blocks, Evp], args = LENGTHS)]
fn floor<F: Floor>(bencher: Bencher, characters: usize) {
    let [first, _] = pairs();
    let token = Token::new(characters, Kind::Wildcard);
    let mut floor = F::new(first, token.cipher_text.len());
    bencher.bench_local(|| floor.crc(black_box(&token.cipher_text)));
}

fn check_kind(bencher: Bencher, characters: usize, kind: Kind) {
    let (ring, token) = (ring(), Token::new(characters, kind));
    let mut buffer = vec![0; buffer_len(characters)];
    bencher.bench_local(|| {
        let text = black_box(token.text.as_bytes());
        let mut request = PlainRequest { now: EXPIRES, path: black_box(&token.path) };
        decode(&ring, text, &mut buffer).and_then(|claims| claims.judge(&mut request)).is_ok()
    });
}

#[divan::bench(args = LENGTHS)]
fn wildcard(bencher: Bencher, characters: usize) {
    check_kind(bencher, characters, Kind::Wildcard);
}

#[divan::bench(args = LENGTHS)]
fn exact(bencher: Bencher, characters: usize) {
    check_kind(bencher, characters, Kind::Exact);
}

#[divan::bench(args = LENGTHS)]
fn second_pair(bencher: Bencher, characters: usize) {
    check_kind(bencher, characters, Kind::SecondPair);
}

#[divan::bench(args = LENGTHS)]
fn malformed(bencher: Bencher, characters: usize) {
    check_kind(bencher, characters, Kind::Malformed);
}

#[divan::bench(args = LENGTHS)]
fn wrong_crc(bencher: Bencher, characters: usize) {
    check_kind(bencher, characters, Kind::WrongCrc);
}
