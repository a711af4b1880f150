//! The beginnings and endings of the paths that a location's regular expression may match.
//!
//! `regex_warning` uses them. The result may be too wide, but never too narrow: everything but
//! plain text counts as "any text".

/// If there are more alternatives than this, they count as "any text".
const MAX_TEXTS: usize = 64;
/// Patterns with more levels of parentheses than this count as "any text". PCRE allows 250.
const MAX_DEPTH: usize = 50;

/// The beginnings and endings of the paths that a pattern may match.
pub(crate) struct RegexEnds {
    /// A matching path begins with one of these. `None` if it may begin with anything.
    beginnings: Option<Vec<Text>>,
    /// A matching path ends with one of these. `None` if it may end with anything. The texts are
    /// stored backwards.
    endings: Option<Vec<Text>>,
    ignores_case: bool,
}

/// A text that a matching path begins with. For endings, the text and the path are backwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) bytes: Vec<u8>,
    pub(crate) rest: Rest,
}

/// What follows a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// The path matches, whatever follows.
    Anything,
    /// The path ends after the text.
    Nothing,
    /// Something that this module does not analyse.
    Unknown,
}

impl RegexEnds {
    pub(crate) fn of_pattern(pattern: &[u8], ignores_case: bool) -> Self {
        let (pattern, ignores_case) = match pattern.strip_prefix(b"(?i)") {
            Some(rest) => (rest, true),
            None => (pattern, ignores_case),
        };
        let Some(branches) = Parser::parse(pattern) else {
            return Self { beginnings: None, endings: None, ignores_case };
        };
        let (mut beginnings, mut endings) = (Some(Vec::new()), Some(Vec::new()));
        for branch in &branches {
            beginnings = match (beginnings, branch.split_first()) {
                (Some(known), Some((Item { piece: Piece::Start, repeat: Repeat::Once }, rest))) => {
                    Some([known, expand(rest, Direction::Forwards)].concat())
                }
                _ => None,
            };
            endings = match (endings, branch.split_last()) {
                (Some(known), Some((Item { piece: Piece::End, repeat: Repeat::Once }, rest))) => {
                    Some([known, expand(rest, Direction::Backwards)].concat())
                }
                _ => None,
            };
        }
        Self { beginnings, endings, ignores_case }
    }

    /// The texts that a matching path begins with. `None` if it may begin with anything.
    pub(crate) fn beginnings(&self) -> Option<&[Text]> {
        self.beginnings.as_deref()
    }

    pub(crate) fn ignores_case(&self) -> bool {
        self.ignores_case
    }

    /// Whether there is a text such that all paths that begin with it match.
    pub(crate) fn absorbs(&self) -> bool {
        self.beginnings().unwrap_or_default().iter().any(|beginning| beginning.rest == Rest::Anything)
    }

    /// Whether every path that begins with `text` matches.
    pub(crate) fn matches_all_below(&self, text: &[u8]) -> bool {
        self.beginnings.as_ref().is_some_and(|beginnings| {
            beginnings.iter().any(|beginning| {
                beginning.rest == Rest::Anything && begins_with(text, &beginning.bytes, self.ignores_case)
            })
        })
    }

    /// Whether there may be a path that matches both.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        let ignores_case = self.ignores_case || other.ignores_case;
        let overlap = |ours: &Option<Vec<Text>>, theirs: &Option<Vec<Text>>| match (ours, theirs) {
            (Some(ours), Some(theirs)) => {
                ours.iter().any(|our| theirs.iter().any(|their| our.overlaps(their, ignores_case)))
            }
            _ => true,
        };
        overlap(&self.beginnings, &other.beginnings) && overlap(&self.endings, &other.endings)
    }
}

impl Text {
    /// Whether there may be a path that begins with both.
    pub(crate) fn overlaps(&self, other: &Self, ignores_case: bool) -> bool {
        let within = |longer: &Self, shorter: &Self| {
            begins_with(&longer.bytes, &shorter.bytes, ignores_case)
                && (shorter.rest != Rest::Nothing || longer.bytes.len() == shorter.bytes.len())
        };
        within(self, other) || within(other, self)
    }
}

pub(crate) fn begins_with(text: &[u8], beginning: &[u8], ignores_case: bool) -> bool {
    text.get(..beginning.len()).is_some_and(|start| {
        if ignores_case { start.eq_ignore_ascii_case(beginning) } else { start == beginning }
    })
}

type Branch = Vec<Item>;

struct Item {
    piece: Piece,
    repeat: Repeat,
}

enum Piece {
    Byte(u8),
    Start,
    End,
    Group(Vec<Branch>),
    /// A character class, a look-ahead and the like.
    Unknown,
}

#[derive(Clone, Copy)]
enum Repeat {
    Once,
    Optional,
    AtLeastOnce,
    AnyNumber,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Forwards,
    Backwards,
}

/// All texts that a branch begins with. Backwards, all texts that it ends with.
fn expand(branch: &[Item], direction: Direction) -> Vec<Text> {
    let mut texts = vec![Text { bytes: Vec::new(), rest: Rest::Anything }];
    let items: Box<dyn Iterator<Item = &Item>> = match direction {
        Direction::Forwards => Box::new(branch.iter()),
        Direction::Backwards => Box::new(branch.iter().rev()),
    };
    for item in items {
        let continuations = continuations(item, direction);
        let open = texts.iter().filter(|text| text.rest == Rest::Anything).count();
        if open == 0 {
            break;
        }
        if texts.len().saturating_add(open.saturating_mul(continuations.len())) > MAX_TEXTS {
            make_rest_unknown(&mut texts);
            break;
        }
        texts = texts
            .into_iter()
            .flat_map(|text| match text.rest {
                Rest::Anything => continuations
                    .iter()
                    .map(|next| Text { bytes: [&*text.bytes, &*next.bytes].concat(), rest: next.rest })
                    .collect(),
                _ => vec![text],
            })
            .collect();
    }
    texts
}

/// The texts that an item may add.
fn continuations(item: &Item, direction: Direction) -> Vec<Text> {
    let empty = |rest| Text { bytes: Vec::new(), rest };
    let mut texts = match (&item.piece, direction) {
        (Piece::Byte(byte), _) => vec![Text { bytes: vec![*byte], rest: Rest::Anything }],
        (Piece::Group(branches), _) => branches.iter().flat_map(|branch| expand(branch, direction)).collect(),
        (Piece::End, Direction::Forwards) | (Piece::Start, Direction::Backwards) => {
            vec![empty(Rest::Nothing)]
        }
        _ => vec![empty(Rest::Unknown)],
    };
    match item.repeat {
        Repeat::Once => {}
        Repeat::Optional => texts.push(empty(Rest::Anything)),
        Repeat::AtLeastOnce => make_rest_unknown(&mut texts),
        Repeat::AnyNumber => texts = vec![empty(Rest::Unknown)],
    }
    texts
}

fn make_rest_unknown(texts: &mut [Text]) {
    for text in texts.iter_mut().filter(|text| text.rest == Rest::Anything) {
        text.rest = Rest::Unknown;
    }
}

/// Parses the part of PCRE's syntax that is needed here.
struct Parser<'a> {
    rest: &'a [u8],
    depth: usize,
}

impl<'a> Parser<'a> {
    /// The alternatives of the pattern. `None` if it has an element that may change the meaning of
    /// the rest.
    fn parse(pattern: &'a [u8]) -> Option<Vec<Branch>> {
        let mut parser = Self { rest: pattern, depth: 0 };
        let branches = parser.branches()?;
        parser.rest.is_empty().then_some(branches)
    }

    fn next(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    fn skip(&mut self, text: &[u8]) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn skip_past(&mut self, byte: u8) -> Option<()> {
        while self.next()? != byte {}
        Some(())
    }

    /// Parses up to the end of the pattern or of the group.
    fn branches(&mut self) -> Option<Vec<Branch>> {
        let mut branches = Vec::new();
        let mut branch = Branch::new();
        while let Some(&byte) = self.rest.first() {
            match byte {
                b')' => break,
                b'|' => {
                    self.next();
                    branches.push(core::mem::take(&mut branch));
                }
                _ => {
                    let piece = self.piece()?;
                    let repeat = self.repeat();
                    branch.push(Item { piece, repeat });
                }
            }
        }
        branches.push(branch);
        Some(branches)
    }

    fn piece(&mut self) -> Option<Piece> {
        Some(match self.next()? {
            b'^' => Piece::Start,
            b'$' => Piece::End,
            b'.' | b'{' => Piece::Unknown,
            b'[' => self.class()?,
            b'(' => self.group()?,
            b'\\' => match self.next()? {
                b'A' => Piece::Start,
                b'z' | b'Z' => Piece::End,
                byte if b"dDwWsSbBhHvVRXKnrtfae".contains(&byte) => Piece::Unknown,
                // \x2e, \Q and the like include what follows.
                byte if byte.is_ascii_alphanumeric() => return None,
                byte => Piece::Byte(byte),
            },
            // There is nothing to repeat.
            b'*' | b'+' | b'?' => return None,
            byte => Piece::Byte(byte),
        })
    }

    fn repeat(&mut self) -> Repeat {
        let repeat = match self.rest.first() {
            Some(b'?') => Repeat::Optional,
            Some(b'+') => Repeat::AtLeastOnce,
            Some(b'*') => Repeat::AnyNumber,
            Some(b'{') => return self.counted(),
            _ => return Repeat::Once,
        };
        self.next();
        self.skip_quantifier_mode();
        repeat
    }

    /// Parses `{2,3}`. If it is not a valid quantifier, it is text.
    fn counted(&mut self) -> Repeat {
        let Some(end) = self.rest.iter().position(|&byte| byte == b'}') else { return Repeat::Once };
        let counts = self.rest.get(1..end).unwrap_or_default();
        if !counts.iter().all(|byte| byte.is_ascii_digit() || b", ".contains(byte)) {
            return Repeat::Once;
        }
        self.rest = self.rest.get(end..).and_then(|rest| rest.get(1..)).unwrap_or_default();
        self.skip_quantifier_mode();
        let least = counts.split(|&byte| byte == b',').next().unwrap_or_default();
        if least.iter().any(|byte| (b'1'..=b'9').contains(byte)) {
            Repeat::AtLeastOnce
        } else {
            Repeat::AnyNumber
        }
    }

    /// Skips the mark of a lazy or possessive quantifier. It does not change the texts that match.
    fn skip_quantifier_mode(&mut self) {
        if matches!(self.rest.first(), Some(b'?' | b'+')) {
            self.next();
        }
    }

    /// Parses what follows `[`. A class of one plain character is that character.
    fn class(&mut self) -> Option<Piece> {
        if let [byte, b']', rest @ ..] = self.rest {
            if !b"^]\\[".contains(byte) {
                self.rest = rest;
                return Some(Piece::Byte(*byte));
            }
        }
        self.skip(b"^");
        self.skip(b"]");
        loop {
            match self.next()? {
                b']' => return Some(Piece::Unknown),
                b'\\' if self.next()? == b'Q' => return None,
                b'[' if self.skip(b":") => while !self.skip(b":]") && self.next()? != b']' {},
                _ => {}
            }
        }
    }

    /// Parses what follows `(`.
    fn group(&mut self) -> Option<Piece> {
        let mut has_known_text = true;
        if self.skip(b"?") {
            if [&b"="[..], b"!", b"<=", b"<!", b">"].into_iter().any(|kind| self.skip(kind)) {
                has_known_text = false;
            } else if self.skip(b"P<") || self.skip(b"<") {
                self.skip_past(b'>')?;
            } else if self.skip(b"'") {
                self.skip_past(b'\'')?;
            } else if !self.skip(b":") {
                // It is (?i) or the like.
                return None;
            }
        } else if self.rest.first() == Some(&b'*') {
            return None;
        }
        self.depth = self.depth.checked_add(1).filter(|depth| *depth <= MAX_DEPTH)?;
        let branches = self.branches()?;
        self.depth = self.depth.saturating_sub(1);
        if self.next()? != b')' {
            return None;
        }
        Some(if has_known_text { Piece::Group(branches) } else { Piece::Unknown })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each text, followed by its rest: `*` for anything, `$` for nothing, `?` for unknown.
    fn show(texts: Option<&[Text]>, backwards: bool) -> String {
        let Some(texts) = texts else { return "any".to_owned() };
        let texts: Vec<String> = texts
            .iter()
            .map(|text| {
                let mut bytes = text.bytes.clone();
                if backwards {
                    bytes.reverse();
                }
                let rest = match text.rest {
                    Rest::Anything => "*",
                    Rest::Nothing => "$",
                    Rest::Unknown => "?",
                };
                String::from_utf8(bytes).unwrap() + rest
            })
            .collect();
        texts.join(" ")
    }

    fn beginnings(pattern: &str) -> String {
        show(RegexEnds::of_pattern(pattern.as_bytes(), false).beginnings(), false)
    }

    fn endings(pattern: &str) -> String {
        show(RegexEnds::of_pattern(pattern.as_bytes(), false).endings.as_deref(), true)
    }

    #[test]
    fn text_after_the_start_is_a_beginning() {
        assert_eq!(beginnings("^/video/"), "/video/*");
        assert_eq!(beginnings(r"\A/video/"), "/video/*");
        assert_eq!(beginnings(r"^/robots\.txt$"), "/robots.txt$");
        assert_eq!(beginnings(r"^/a[.]b\z"), "/a.b$");
        assert_eq!(beginnings(r"^/img/.*\.jpg$"), "/img/?");
        assert_eq!(beginnings("^/img/[0-9]+"), "/img/?");
        assert_eq!(beginnings("^"), "*");
        assert_eq!(beginnings("^/é"), "/é*");
    }

    #[test]
    fn without_an_anchor_a_path_may_begin_with_anything() {
        for pattern in ["", r"\.jpg$", "/video/", "^/a|b", "a|^/b", "(^/a)", ".*^/a"] {
            assert_eq!(beginnings(pattern), "any", "{pattern}");
        }
    }

    #[test]
    fn all_alternatives_are_found() {
        assert_eq!(beginnings("^/a|^/b$"), "/a* /b$");
        assert_eq!(beginnings("^/(img|css)/"), "/img/* /css/*");
        assert_eq!(beginnings("^/(?:img|css)/x"), "/img/x* /css/x*");
        assert_eq!(beginnings("^/(?<kind>img|css)/"), "/img/* /css/*");
        assert_eq!(beginnings("^/(?P<kind>img)/"), "/img/*");
        assert_eq!(beginnings("^/(?'kind'img)/"), "/img/*");
        assert_eq!(beginnings("^/video(/|$)"), "/video/* /video$");
        assert_eq!(beginnings("^/(a|b.)c"), "/ac* /b?");
        assert_eq!(beginnings("^/((a|b)c|d)e"), "/ace* /bce* /de*");
        assert_eq!(beginnings("^/(a||b)c"), "/ac* /c* /bc*");
    }

    #[test]
    fn optional_text_may_be_missing() {
        assert_eq!(beginnings("^/ab?c"), "/abc* /ac*");
        assert_eq!(beginnings("^/ab??c"), "/abc* /ac*");
        assert_eq!(beginnings("^/ab*c"), "/a?");
        assert_eq!(beginnings("^/ab*+c"), "/a?");
        assert_eq!(beginnings("^/ab+c"), "/ab?");
        assert_eq!(beginnings("^/ab{2}c"), "/ab?");
        assert_eq!(beginnings("^/ab{0,2}c"), "/a?");
        assert_eq!(beginnings("^/ab{,2}c"), "/a?");
        assert_eq!(beginnings("^/a{b}c"), "/a?");
        assert_eq!(beginnings("^/(ab)?c"), "/abc* /c*");
        assert_eq!(beginnings("^/(?=ab)c"), "/?");
        assert_eq!(beginnings("^/(?!ab|c)d"), "/?");
    }

    #[test]
    fn a_leading_option_ignores_case() {
        assert_eq!(beginnings("(?i)^/a"), "/a*");
        assert!(RegexEnds::of_pattern(b"(?i)^/a", false).ignores_case());
    }

    #[test]
    fn an_element_that_may_change_the_rest_makes_all_unknown() {
        for pattern in
            ["^/(?i)a", "(*UTF8)^/a", r"^/\x41", r"^/\Qa.b\E", "^/(a", "^/a)", "^*", "^/(?|a|b)", "^/[a"]
        {
            assert_eq!(beginnings(pattern), "any", "{pattern}");
        }
        assert_eq!(endings(r"\x2emp4$"), "any");
    }

    #[test]
    fn classes_are_skipped() {
        for pattern in ["^/a[^/]b", "^/a[]x]b", "^/a[^]x]b", r"^/a[\]x]b", "^/a[[:alpha:]|x]b"] {
            assert_eq!(beginnings(pattern), "/a?", "{pattern}");
        }
    }

    #[test]
    fn too_many_alternatives_or_levels_count_as_anything() {
        assert_eq!(beginnings("^/x(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)").matches('?').count(), 32);
        assert_eq!(beginnings(&format!("^/{}{}", "(".repeat(60), ")".repeat(60))), "any");
    }

    #[test]
    fn text_before_the_end_is_an_ending() {
        assert_eq!(endings(r"\.mp4$"), ".mp4*");
        assert_eq!(endings(r"\.(jpg|jpe?g)$"), ".jpg* .jpeg* .jpg*");
        assert_eq!(endings(r"^/a/.*\.mp4\z"), ".mp4?");
        assert_eq!(endings("^/a$"), "/a$");
        assert_eq!(endings(r"\.php(/|$)"), "any");
        assert_eq!(endings(r"\.mp4$|b"), "any");
    }

    #[test]
    fn patterns_overlap_if_both_ends_do() {
        let overlap = |one: &str, other: &str| {
            let ends = |text: &str| match text.strip_prefix('*') {
                Some(pattern) => RegexEnds::of_pattern(pattern.as_bytes(), true),
                None => RegexEnds::of_pattern(text.as_bytes(), false),
            };
            let (one, other) = (ends(one), ends(other));
            assert_eq!(one.overlaps(&other), other.overlaps(&one));
            one.overlaps(&other)
        };
        assert!(overlap(r"\.jpg$", r"\.(png|jpg)$"));
        assert!(overlap(r"\.JPG$", r"*\.jpg$"));
        assert!(overlap("^/a/", r"\.jpg$"));
        assert!(overlap("^/a", "^/ab$"));
        assert!(overlap("x", "y"));
        assert!(!overlap(r"\.jpg$", r"\.mp4$"));
        assert!(!overlap(r"\.JPG$", r"\.jpg$"));
        assert!(!overlap("^/a/", "^/b/"));
        assert!(!overlap("^/a$", "^/ab"));
    }
}
