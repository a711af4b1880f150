//! Matches the pattern of a token by trying every length for the wildcard.

/// One element of a pattern: a byte, or the wildcard.
type Element = Option<u8>;

/// The elements of a token's path. None if it is not a valid pattern.
pub fn parse(text: &[u8]) -> Option<Vec<Element>> {
    let mut elements = Vec::new();
    let mut rest = text;
    loop {
        rest = match rest {
            [] => break,
            [b'\\', b'*', rest @ ..] => {
                elements.push(Some(b'*'));
                rest
            }
            [b'*', rest @ ..] => {
                elements.push(None);
                rest
            }
            [byte, rest @ ..] => {
                elements.push(Some(*byte));
                rest
            }
        };
    }
    let wildcards = elements.iter().filter(|element| element.is_none()).count();
    (elements.first() == Some(&Some(b'/')) && wildcards <= 1).then_some(elements)
}

/// Whether the elements match the whole path.
pub fn matches(elements: &[Element], path: &[u8]) -> bool {
    match elements {
        [] => path.is_empty(),
        [Some(byte), elements @ ..] => path.first() == Some(byte) && matches(elements, &path[1..]),
        [None, elements @ ..] => (0..=path.len()).any(|taken| matches(elements, &path[taken..])),
    }
}

/// The path that the elements match if `filling` takes the place of the wildcard.
pub fn spelled(elements: &[Element], filling: &[u8]) -> Vec<u8> {
    let bytes = elements.iter().map(|element| element.map_or(filling.to_vec(), |byte| vec![byte]));
    bytes.flatten().collect()
}
