//! What the error log says about a playlist. nginx adds client, server and request. What is not
//! signed or not sent is counted here as well.

use core::fmt;

use nginx_sys::NGX_LOG_ERR;
use ngx::ngx_log_error;
use pta_playlist::XmlError;

use crate::counters::slot::PlaylistResult;
use crate::nginx::escaped::Escaped;
use crate::nginx::request::Request;
use crate::playlist::refusal::Refusal;
use crate::playlist::source::Source;
use crate::request::masked;
use crate::request::record::Record;

#[cold]
fn write(request: Request<'_>, source: &Source<'_>, level: u32, message: fmt::Arguments<'_>) {
    // The request line may have tokens of another name. Without memory, nothing is logged.
    if masked::mask_line_of_main(request, source.check().policy()).is_ok() {
        ngx_log_error!(level, request.log(), "pta: {message}");
    }
}

#[cold]
pub(super) fn refusal(request: Request<'_>, source: &Source<'_>, refusal: Refusal) {
    source.count(PlaylistResult::NotSent);
    write(request, source, NGX_LOG_ERR, format_args!("playlist not sent, {refusal}"));
}

#[cold]
pub(super) fn not_well_formed(request: Request<'_>, source: &Source<'_>, error: XmlError) {
    source.count(PlaylistResult::NotSigned);
    write(request, source, NGX_LOG_ERR, format_args!("playlist not signed, its XML is not valid: {error}"));
}

#[cold]
pub(super) fn subrequests(request: Request<'_>, source: &Source<'_>) {
    source.count(PlaylistResult::NotSent);
    write(
        request,
        source,
        NGX_LOG_ERR,
        format_args!(
            "playlist not sent, SSI or \"add_before_body\" puts it together, use neither for playlists"
        ),
    );
}

/// No reference to the own host is allowed by the token.
#[cold]
pub(super) fn useless(request: Request<'_>, source: &Source<'_>, pattern: &[u8]) {
    let record = Record::peek(request);
    let pattern = record.map_or(Ok(pattern), |record| masked::path(request, record, pattern));
    let Ok(pattern) = pattern else { return };
    write(
        request,
        source,
        source.check().policy().log_level(),
        format_args!(
            "playlist without tokens, the token allows none of its references, only \"{}\"",
            Escaped(pattern)
        ),
    );
}

#[cold]
pub(super) fn other_base(request: Request<'_>, source: &Source<'_>) {
    write(
        request,
        source,
        source.check().policy().log_level(),
        format_args!(
            "references of a playlist without tokens, a BaseURL may lead to another host, \
             name it in \"pta_playlist_hosts\""
        ),
    );
}
