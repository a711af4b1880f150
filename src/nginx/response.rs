//! A response that a content handler makes.

use core::fmt;
use core::ptr::{self, NonNull};

use nginx_sys::{
    NGX_HTTP_LAST, ngx_alloc_chain_link, ngx_buf_t, ngx_chain_t, ngx_create_temp_buf,
    ngx_http_discard_request_body, ngx_http_output_filter, ngx_http_send_header, ngx_http_send_special,
};
use ngx::core::Status;

use crate::nginx::conf::Conf;
use crate::nginx::fault::{self, Stage};
use crate::nginx::handler::RequestHandler;
use crate::nginx::http_module::Core;
use crate::nginx::layout;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::nginx::text::str_of;

/// Makes `handler` answer the requests of the location whose directive nginx is reading.
pub(crate) fn set_handler(cf: Conf<'_>, handler: RequestHandler) {
    let core = cf.loc_conf_ptr::<Core>();
    // SAFETY: the configuration is that of the location, and nothing refers to it while nginx reads
    // it.
    unsafe { (*core).handler = Some(handler) }
}

/// The handler of that location, if it has one.
pub(crate) fn handler_of(cf: Conf<'_>) -> Option<RequestHandler> {
    // SAFETY: as for set_handler.
    unsafe { (*cf.loc_conf_ptr::<Core>()).handler }
}

/// Lets no `error_page` replace what is refused in the location that nginx is merging, whoever
/// refuses it, and no body be too long for it.
pub(crate) fn forbid_other_answers(cf: Conf<'_>) {
    let core = cf.loc_conf_ptr::<Core>();
    // SAFETY: the configuration is that of the location. nginx has merged its own modules for all
    // locations, so none inherits this. Nothing else refers to it while nginx merges others.
    unsafe {
        (*core).error_pages = ptr::null_mut();
        (*core).client_max_body_size = 0;
    }
}

/// The size of one buffer of a body.
const BUFFER: usize = 8192;

/// The body of a response, in buffers from the request's pool.
pub(crate) struct Body<'r> {
    request: Request<'r>,
    first: Option<NonNull<ngx_chain_t>>,
    last: Option<NonNull<ngx_chain_t>>,
    len: usize,
}

impl<'r> Body<'r> {
    pub(crate) fn new(request: Request<'r>) -> Self {
        Self { request, first: None, last: None, len: 0 }
    }

    pub(crate) fn push(&mut self, mut bytes: &[u8]) -> Result<(), OutOfMemory> {
        self.len = self.len.saturating_add(bytes.len());
        while !bytes.is_empty() {
            let room = self.room()?;
            let (now, later) = bytes.split_at(bytes.len().min(room.len()));
            let Some(room) = room.get_mut(..now.len()) else { return Err(OutOfMemory) };
            room.copy_from_slice(now);
            if let Some(buffer) = self.buffer() {
                // SAFETY: the buffer has this much room left.
                unsafe { (*buffer.as_ptr()).last = (*buffer.as_ptr()).last.add(now.len()) };
            }
            bytes = later;
        }
        Ok(())
    }

    fn buffer(&self) -> Option<NonNull<ngx_buf_t>> {
        // SAFETY: each link of the chain has a buffer.
        self.last.and_then(|link| NonNull::new(unsafe { link.as_ref().buf }))
    }

    /// The free bytes of the last buffer. Adds one if there are none.
    fn room(&mut self) -> Result<&mut [u8], OutOfMemory> {
        // SAFETY: `last` and `end` belong to one buffer.
        let is_full = |buffer: NonNull<ngx_buf_t>| unsafe { buffer.as_ref().last == buffer.as_ref().end };
        let buffer = match self.buffer() {
            Some(buffer) if !is_full(buffer) => buffer,
            _ => self.add_buffer()?,
        };
        // SAFETY: as above. Nothing else refers to the memory of the buffer. C returns plain bytes,
        // for which any content is valid.
        unsafe {
            let (last, end) = (buffer.as_ref().last, buffer.as_ref().end);
            let len = usize::try_from(end.offset_from(last)).unwrap_or(0);
            Ok(core::slice::from_raw_parts_mut(last, len))
        }
    }

    fn add_buffer(&mut self) -> Result<NonNull<ngx_buf_t>, OutOfMemory> {
        if fault::out_of_memory(Stage::Request, self.request.log()) {
            return Err(OutOfMemory);
        }
        // SAFETY: the pool is the request's own. A new link is not initialised, so it is written as
        // a whole.
        unsafe {
            let pool = (*self.request.as_ptr()).pool;
            let buffer = NonNull::new(ngx_create_temp_buf(pool, BUFFER)).ok_or(OutOfMemory)?;
            let link = NonNull::new(ngx_alloc_chain_link(pool)).ok_or(OutOfMemory)?;
            link.write(ngx_chain_t { buf: buffer.as_ptr(), next: ptr::null_mut() });
            match self.last.replace(link) {
                Some(before) => (*before.as_ptr()).next = link.as_ptr(),
                None => self.first = Some(link),
            }
            Ok(buffer)
        }
    }
}

/// Fails only without memory.
impl fmt::Write for Body<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes()).map_err(|OutOfMemory| fmt::Error)
    }
}

/// Reads and drops the body of a request that has none in fact. The status, if that fails.
pub(crate) fn discard_body(request: Request<'_>) -> Result<(), Status> {
    // SAFETY: the request is live, and a content handler calls this before anything else.
    let status = Status(unsafe { ngx_http_discard_request_body(request.as_ptr()) });
    if status == Status::NGX_OK { Ok(()) } else { Err(status) }
}

/// Makes nginx close the connection after the response. Otherwise, what is left of a body would be
/// read as a request.
pub(crate) fn close_connection_after(request: Request<'_>) {
    // SAFETY: the request is live.
    unsafe { layout::clear_keepalive(request.as_ptr()) }
}

/// The media type of a response.
#[derive(Clone, Copy)]
pub(crate) struct ContentType {
    /// With its parameters.
    pub(crate) text: &'static [u8],
    /// As in the text. Without it, nginx's `charset` may add one.
    pub(crate) charset: &'static [u8],
}

impl ContentType {
    /// The length without the parameters: what `gzip_types` and the like are compared with.
    fn bare_len(self) -> usize {
        self.text.iter().position(|byte| *byte == b';').unwrap_or(self.text.len())
    }
}

/// Answers with status 200 and this body, which must not be empty. Returns what a content handler
/// must return.
pub(crate) fn send(request: Request<'_>, content_type: ContentType, body: &Body<'_>) -> Status {
    let (Some(first), Some(last)) = (body.first, body.buffer()) else {
        return Status::NGX_ERROR;
    };
    // SAFETY: the request is live, and its headers have not been sent. The chain lives in its pool.
    unsafe {
        let out = &mut (*request.as_ptr()).headers_out;
        out.status = 200;
        out.content_type = str_of(content_type.text);
        out.content_type_len = content_type.bare_len();
        out.content_type_lowcase = ptr::null_mut();
        out.charset = str_of(content_type.charset);
        out.content_length_n = i64::try_from(body.len).unwrap_or(i64::MAX);
        let sent = ngx_http_send_header(request.as_ptr());
        if sent == Status::NGX_ERROR.0 || sent > Status::NGX_OK.0 || layout::is_header_only(request.as_ptr())
        {
            return Status(sent);
        }
        layout::set_last(last, request.is_main());
        Status(ngx_http_output_filter(request.as_ptr(), first.as_ptr()))
    }
}

/// Answers with this status and no body, whatever error page has led to the handler. Returns what a
/// content handler must return, which is never a status that nginx would answer instead.
pub(crate) fn send_empty(request: Request<'_>, status: usize) -> Status {
    // SAFETY: the request is live, and its headers have not been sent.
    unsafe {
        // nginx would send the status of the error page.
        (*request.as_ptr()).err_status = 0;
        let out = &mut (*request.as_ptr()).headers_out;
        out.status = status;
        out.status_line.len = 0;
        out.content_length_n = 0;
        let sent = Status(ngx_http_send_header(request.as_ptr()));
        if sent != Status::NGX_OK {
            return if sent == Status::NGX_AGAIN { sent } else { Status::NGX_ERROR };
        }
        if layout::is_header_only(request.as_ptr()) {
            return Status::NGX_OK;
        }
        Status(ngx_http_send_special(request.as_ptr(), NGX_HTTP_LAST as usize))
    }
}
