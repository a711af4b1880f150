//! Measures the subjects in turn, so that a busy machine affects all of them, and prints medians
//! for `scripts/bench`. A line has four columns, separated by tabs: section, number of characters
//! or bytes, name, nanoseconds.

use std::hint::black_box;
use std::time::Instant;

use pta_benches::floor::{Blocks, Crates, Evp, Floor};
use pta_benches::seals::{ADDRESS, LONG, sealed, sealing_ring};
use pta_benches::{EXPIRES, Kind, LENGTHS, Token, crc, pairs, ring};
use pta_token::{Binding, KeyRing, PlainRequest, SealedToken, buffer_len, decode};

/// Long compared with reading the clock. Short, so that few batches are interrupted.
const BATCH_NANOSECONDS: u128 = 20_000;

const CRC_LENGTHS: [usize; 5] = [36, 44, 100, 250, 2048];

/// Something to measure.
struct Subject<'a> {
    name: String,
    run: Box<dyn FnMut() + 'a>,
}

impl<'a> Subject<'a> {
    fn new<T>(name: impl Into<String>, mut run: impl FnMut() -> T + 'a) -> Self {
        Self { name: name.into(), run: Box::new(move || drop(black_box(run()))) }
    }
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let rounds = if quick { 40 } else { 400 };
    for characters in LENGTHS {
        measure("seal", characters, rounds, seals(characters));
    }
    // Compiled without the processor's instructions for SHA-256, nothing else differs.
    if std::env::args().any(|argument| argument == "--seals") {
        return;
    }
    for characters in LENGTHS {
        measure("token", characters, rounds, tokens(characters));
    }
    for bytes in CRC_LENGTHS {
        let data: Vec<u8> = (0..=u8::MAX).cycle().take(bytes).collect();
        let subjects = crc::all().map(|(name, crc)| {
            let data = &data;
            Subject::new(name, move || crc(black_box(data)))
        });
        measure("crc", bytes, rounds, subjects.into());
    }
}

/// The floors, then the checks of all kinds of tokens.
fn tokens(characters: usize) -> Vec<Subject<'static>> {
    let token = Token::new(characters, Kind::Wildcard);
    let mut subjects = vec![floor::<Crates>(&token), floor::<Blocks>(&token), floor::<Evp>(&token)];
    for kind in Kind::ALL {
        let (ring, token) = (ring(), Token::new(characters, kind));
        let mut buffer = vec![0; buffer_len(characters)];
        let is_valid = !matches!(kind, Kind::Malformed | Kind::WrongCrc);
        let is_allowed = check(&ring, token.text.as_bytes(), &mut buffer, &token.path);
        assert_eq!(is_allowed, is_valid, "{kind:?}");
        subjects.push(Subject::new(kind.name(), move || {
            let text = black_box(token.text.as_bytes());
            check(&ring, text, &mut buffer, black_box(&token.path))
        }));
    }
    subjects
}

/// A token without seal, then sealed ones. The last one is refused with both pairs.
fn seals(characters: usize) -> Vec<Subject<'static>> {
    let (ring, token) = (ring(), Token::new(characters, Kind::Exact));
    let mut buffer = vec![0; buffer_len(characters)];
    let mut subjects = vec![Subject::new("without seal", move || {
        check(&ring, black_box(token.text.as_bytes()), &mut buffer, black_box(&token.path))
    })];
    let none: &[&[u8]] = &[];
    let cases = [
        ("sealed", none, none),
        ("bound to an address", ADDRESS, ADDRESS),
        ("wrong binding, both pairs", ADDRESS, none),
        ("wrong binding of 28 KiB, both pairs", LONG, none),
    ];
    for (name, binding, sealed_to) in cases {
        let (ring, (text, path)) = (sealing_ring(), sealed(characters, sealed_to));
        let mut buffer = vec![0; buffer_len(text.len())];
        let is_allowed = check_sealed(&ring, text.as_bytes(), binding, &mut buffer, &path);
        assert_eq!(is_allowed, binding == sealed_to, "{name}");
        subjects.push(Subject::new(name, move || {
            check_sealed(&ring, black_box(text.as_bytes()), black_box(binding), &mut buffer, black_box(&path))
        }));
    }
    subjects
}

fn check_sealed(ring: &KeyRing, token: &[u8], binding: &[&[u8]], buffer: &mut [u8], path: &[u8]) -> bool {
    let Ok(binding) = Binding::new(binding) else { return false };
    let opened = SealedToken::parse(token).and_then(|sealed| sealed.open(ring, binding, buffer));
    opened.and_then(|claims| claims.judge(&mut PlainRequest { now: EXPIRES, path })).is_ok()
}

#[inline]
fn check(ring: &KeyRing, token: &[u8], buffer: &mut [u8], path: &[u8]) -> bool {
    let mut request = PlainRequest { now: EXPIRES, path };
    decode(ring, token, buffer).and_then(|claims| claims.judge(&mut request)).is_ok()
}

fn floor<F: Floor + 'static>(token: &Token) -> Subject<'static> {
    let [first, _] = pairs();
    let cipher_text = token.cipher_text.clone();
    let mut floor = F::new(first, cipher_text.len());
    assert_eq!(floor.crc(&cipher_text), Crates::new(first, cipher_text.len()).crc(&cipher_text));
    Subject::new(F::NAME, move || floor.crc(black_box(&cipher_text)))
}

/// Runs all subjects in turn, round after round, and prints the median of each.
fn measure(section: &str, size: usize, rounds: usize, mut subjects: Vec<Subject>) {
    let repeats: Vec<u32> = subjects.iter_mut().map(|subject| repeats(&mut subject.run)).collect();
    let mut times = vec![Vec::with_capacity(rounds); subjects.len()];
    for _ in 0..rounds {
        for ((subject, &repeats), times) in subjects.iter_mut().zip(&repeats).zip(&mut times) {
            times.push(time(&mut subject.run, repeats));
        }
    }
    for (subject, times) in subjects.iter().zip(&mut times) {
        times.sort_by(f64::total_cmp);
        let median = times.get(times.len() / 2).copied().unwrap_or_default();
        println!("{section}\t{size}\t{}\t{median:.2}", subject.name);
    }
}

/// The number of runs for one reading of the clock.
fn repeats(run: &mut dyn FnMut()) -> u32 {
    let mut repeats = 1_u32;
    loop {
        let started = Instant::now();
        for _ in 0..repeats {
            run();
        }
        if started.elapsed().as_nanos() >= BATCH_NANOSECONDS {
            return repeats;
        }
        repeats = repeats.saturating_mul(2);
    }
}

/// The nanoseconds of one run.
fn time(run: &mut dyn FnMut(), repeats: u32) -> f64 {
    let started = Instant::now();
    for _ in 0..repeats {
        run();
    }
    started.elapsed().as_secs_f64() * 1e9 / f64::from(repeats)
}
