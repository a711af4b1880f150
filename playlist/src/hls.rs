//! Playlists of HLS (RFC 8216 and its successor): lines, tags, attributes and variables.

mod attributes;
mod definition;
mod filling;
mod template;
mod variables;

use std::mem;

use pta_http::query::position_of;

use crate::characters::{DOLLAR, has, is_one_line, scan, trim};
use crate::edits::Separator;
use crate::hls::attributes::Attributes;
use crate::hls::template::Template;
use crate::hls::variables::Variables;
use crate::job::{Job, OwnBase, Verdict};
use crate::memory::copy;
use crate::request::Request;
use crate::skip::Kind;
use crate::stop::Stop;

/// The first bytes of every playlist.
pub(crate) const MAGIC: &[u8] = b"#EXTM3U";

/// The attributes that are references.
const REFERENCES: [&[u8]; 4] = [b"URI", b"SERVER-URI", b"X-ASSET-URI", b"X-ASSET-LIST"];

/// Rewrites the `text` of a playlist, which is `input` without its byte order mark.
pub(crate) fn rewrite<'p>(
    input: &'p [u8],
    text: &'p [u8],
    request: &Request<'p>,
    job: &mut Job<'_>,
) -> Result<(), Stop> {
    let own = job.own_base(copy(request.path)?)?;
    let variables = Variables::new(text, request.query);
    let mut lines = Lines { input, own, variables, is_variant: false };
    let mut start = 0_usize;
    for end in memchr::memchr_iter(b'\n', text).chain([text.len()]) {
        lines.line(start, text.get(start..end).unwrap_or_default(), job)?;
        start = end.saturating_add(1);
    }
    Ok(())
}

struct Lines<'p> {
    input: &'p [u8],
    own: OwnBase,
    variables: Variables<'p>,
    /// Whether the next reference is a variant of a multivariant playlist.
    is_variant: bool,
}

impl<'p> Lines<'p> {
    #[inline]
    fn line(&mut self, start: usize, line: &'p [u8], job: &mut Job<'_>) -> Result<(), Stop> {
        self.variables.read(start, line, job)?;
        match line {
            // The title of a segment may be anything.
            [b'#', b'E', b'X', b'T', b'I', b'N', b'F', b':', ..] => Ok(()),
            [b'#', b'E', b'X', b'T', behind @ ..] => self.tag(behind, job),
            [b'#', ..] => Ok(()),
            _ => {
                let text = trim(line);
                if text.is_empty() {
                    return Ok(());
                }
                let is_variant = mem::take(&mut self.is_variant);
                self.reference(text, Some(if is_variant { Kind::Playlists } else { Kind::Segments }), job)
            }
        }
    }

    /// A line that begins with `#EXT`.
    fn tag(&mut self, behind: &'p [u8], job: &mut Job<'_>) -> Result<(), Stop> {
        let Some((name, list)) = split_tag(behind) else { return Ok(()) };
        if name == b"-X-STREAM-INF" {
            self.is_variant = true;
        }
        // If a client ends the line earlier, what follows is a reference for it.
        let mut is_clear = None;
        for attribute in Attributes::new(list) {
            if let (true, Some(text)) = (REFERENCES.contains(&attribute.name), attribute.quoted()) {
                if *is_clear.get_or_insert_with(|| is_one_line(behind)) {
                    self.reference(text, kind(name), job)?;
                } else {
                    job.see(kind(name));
                }
            }
        }
        Ok(())
    }

    #[inline]
    fn reference(&mut self, text: &'p [u8], kind: Option<Kind>, job: &mut Job<'_>) -> Result<(), Stop> {
        // The text is a part of the input.
        let Some(at) = position_of(text, self.input).filter(|_| !text.is_empty()) else { return Ok(()) };
        if !job.see(kind) {
            return Ok(());
        }
        let classes = scan(text);
        if has(classes, DOLLAR) && !Template::is_plain(text) {
            return self.template(at, text, job);
        }
        job.reference(at, text, classes, &self.own)
    }

    /// A reference with variables.
    #[cold]
    fn template(&mut self, at: usize, text: &[u8], job: &mut Job<'_>) -> Result<(), Stop> {
        let Some(template) = Template::parse(text, &self.variables, job)? else { return Ok(()) };
        let place = template.place;
        let verdict =
            template.with_fillings(|fillings| job.judge_filled(text, place, &self.own, fillings))?;
        job.note(verdict);
        match verdict {
            Verdict::Covered => {
                job.sign(text, place, Separator::Ampersand, |position| at.saturating_add(position))
            }
            _ => Ok(()),
        }
    }
}

/// The name of a tag behind `#EXT`, and what follows its colon.
#[inline]
fn split_tag(behind: &[u8]) -> Option<(&[u8], &[u8])> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
    let len = behind.iter().position(|byte| !is_name(byte))?;
    let (name, list) = behind.split_at_checked(len)?;
    Some((name, list.strip_prefix(b":")?))
}

/// The kind of the references in a tag, named without `#EXT`.
fn kind(tag: &[u8]) -> Option<Kind> {
    match tag {
        b"-X-KEY" | b"-X-SESSION-KEY" => Some(Kind::Keys),
        b"-X-MEDIA" | b"-X-I-FRAME-STREAM-INF" | b"-X-IMAGE-STREAM-INF" | b"-X-RENDITION-REPORT" => {
            Some(Kind::Playlists)
        }
        b"-X-MAP" | b"-X-PART" | b"-X-PRELOAD-HINT" => Some(Kind::Segments),
        _ => None,
    }
}
