//! The names of pairs on the command line: `1st` or `2nd`.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use pta_token::PairId;

/// Parses the name of a pair.
pub(crate) fn parser() -> impl TypedValueParser<Value = PairId> {
    PossibleValuesParser::new(PairId::ALL.map(PairId::name)).try_map(|name| {
        PairId::ALL.into_iter().find(|pair| pair.name() == name).ok_or("there is no such pair")
    })
}
