//! Decides about the references of a document.

use crate::argument::Place;
use crate::characters::{DOLLAR, has, scan};
use crate::coverage::is_folder;
use crate::dash::bases::Resolved;
use crate::dash::document::{Document, Form, Reference, Role};
use crate::dash::ids::Ids;
use crate::dash::value::{NoText, Value};
use crate::edits::Separator;
use crate::job::{Bases, Fillings, Job, Verdict, stays_in_folder};
use crate::same_host::Parts;
use crate::stop::Stop;

/// Signs what may be signed.
pub(crate) fn decide(
    input: &[u8],
    document: &Document,
    ids: &Ids,
    resolved: &Resolved,
    job: &mut Job<'_>,
) -> Result<(), Stop> {
    for reference in &document.references {
        let range = &reference.span.range;
        let raw = input.get(range.clone()).unwrap_or_default();
        let value = if reference.is_plain {
            Ok(Value::plain(raw, range.start))
        } else {
            Value::read(raw, range.start, reference.span.form == Form::Cdata)
        };
        let value = match &value {
            Ok(value) => value,
            Err(NoText::Stop(stop)) => return Err(*stop),
            // An entity that only clients know.
            Err(_) => {
                job.see(reference.kind);
                continue;
            }
        };
        if reference.role == Role::BaseUrl && is_only_a_base(reference, &value.text, document, job)? {
            continue;
        }
        if !job.see(reference.kind) {
            continue;
        }
        let classes = scan(&value.text);
        if !has(classes, DOLLAR) && stays_in_folder(&value.text, classes) {
            let bases = resolved.of(reference, document, job)?;
            if bases.are_certain() && bases.any(&mut |base| Ok(base.is_covered()))? {
                job.sign_plain(value.position(value.text.len()))?;
                continue;
            }
        }
        let place = Place::of(&value.text);
        let verdict = judge(reference, &value.text, place, document, ids, resolved, job)?;
        job.note(verdict);
        if verdict == Verdict::Covered {
            let ampersand =
                if reference.span.form == Form::Cdata { Separator::Ampersand } else { Separator::Escaped };
            job.sign(&value.text, place, ampersand, |offset| value.position(offset))?;
        }
    }
    Ok(())
}

/// Whether a BaseURL of a Representation is not fetched itself: players that join strings would
/// break on its token.
fn is_only_a_base(
    reference: &Reference,
    text: &[u8],
    document: &Document,
    job: &mut Job<'_>,
) -> Result<bool, Stop> {
    for level in document.chain(reference.level) {
        job.spend(0)?;
        if level.has_template {
            return Ok(true);
        }
    }
    Ok(Parts::split(text).is_some_and(|parts| is_folder(parts.path)))
}

fn judge(
    reference: &Reference,
    text: &[u8],
    place: Place,
    document: &Document,
    ids: &Ids,
    resolved: &Resolved,
    job: &mut Job<'_>,
) -> Result<Verdict, Stop> {
    let bases = resolved.of(reference, document, job)?;
    if memchr::memchr(b'$', text).is_none() {
        return job.judge(text, &bases);
    }
    let Some(filler) = ids.fillings(text, reference.is_template) else { return Ok(Verdict::Elsewhere) };
    // Letters and digits change neither the host nor the arguments of a relative path.
    let is_path = place.query.is_none()
        && Parts::split(text).is_some_and(|parts| parts.scheme.is_none() && parts.authority.is_none());
    let count = filler.count();
    let fill = |number: usize, text: &[u8], filled: &mut Vec<u8>| filler.fill(number, text, filled);
    let alike_from = if is_path { filler.first_plain() } else { count };
    job.judge_filled(text, place, &bases, &Fillings { count, alike_from, fill: &fill })
}
