//! A request of nginx, as a type with a lifetime.

use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ptr::{self, NonNull};
use core::slice;

use nginx_sys::{
    NGX_ALIGNMENT, NGX_LOG_DEBUG_HTTP, ngx_connection_t, ngx_http_core_srv_conf_t, ngx_http_finalize_request,
    ngx_http_request_t, ngx_http_upstream_t, ngx_http_variable_t, ngx_list_part_t, ngx_log_t, ngx_palloc,
    ngx_pnalloc, ngx_str_t, ngx_table_elt_t,
};
use ngx::core::Status;
use pta_http::writer::{Terminated, Writer};

use crate::nginx::fault::{self, Stage};
use crate::nginx::http_module::{Core, HasContext, HasLocConf, HasMainConf, HasSrvConf, HttpModule};
use crate::nginx::layout;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::text::{bytes_of, str_of};

/// What nginx sets when it shows an error page: `r->error_page` and `r->err_status`.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ErrorSigns {
    error_page: bool,
    /// Smaller than nginx's field, because every record has one.
    err_status: u16,
}

/// The index of a variable in the configuration that handles a request.
#[derive(Clone, Copy)]
pub(crate) struct VariableIndex(usize);

impl ErrorSigns {
    /// Whether nginx has set a sign since `before`. Other modules reset signs (Lua's `ngx.status`),
    /// so a missing sign proves nothing.
    pub(crate) fn appeared_since(self, before: Self) -> bool {
        let is_page_new = self.error_page && !before.error_page;
        is_page_new || (self.err_status != 0 && self.err_status != before.err_status)
    }
}

/// A request while one of our handlers runs. The bytes that it returns are in the client's buffers
/// or in the request's pool. Neither is freed or written to during that time.
#[derive(Clone, Copy)]
pub(crate) struct Request<'r> {
    raw: NonNull<ngx_http_request_t>,
    lifetime: PhantomData<&'r ngx_http_request_t>,
}

impl<'r> Request<'r> {
    /// # Safety
    ///
    /// `raw` must be a live request for `'r`. `'r` must not outlast the running handler.
    pub(crate) unsafe fn from_raw(raw: *mut ngx_http_request_t) -> Self {
        // SAFETY: a live request is not NULL.
        Self { raw: unsafe { NonNull::new_unchecked(raw) }, lifetime: PhantomData }
    }

    pub(crate) fn as_ptr(self) -> *mut ngx_http_request_t {
        self.raw.as_ptr()
    }

    /// The main request: this one, unless it is a subrequest.
    pub(crate) fn main(self) -> Self {
        // SAFETY: the request is live, and the main request outlives its subrequests.
        unsafe { Self::from_raw((*self.as_ptr()).main) }
    }

    /// False for subrequests.
    pub(crate) fn is_main(self) -> bool {
        // SAFETY: the request is live.
        unsafe { ptr::eq((*self.as_ptr()).main, self.as_ptr()) }
    }

    /// Whether nginx has redirected or rewritten the request: its URI may no longer be the
    /// client's.
    pub(crate) fn is_internal(self) -> bool {
        // SAFETY: the request is live.
        unsafe { layout::is_internal(self.as_ptr()) }
    }

    /// Whether a rewrite has changed the URI since nginx chose the location.
    pub(crate) fn is_uri_rewritten(self) -> bool {
        // SAFETY: the request is live.
        unsafe { layout::is_uri_rewritten(self.as_ptr()) }
    }

    /// The current URI, decoded and normalised.
    pub(crate) fn uri(self) -> &'r [u8] {
        // SAFETY: the request is live.
        unsafe { bytes_of((*self.as_ptr()).uri) }
    }

    /// The request target (`$request_uri`).
    pub(crate) fn target(self) -> &'r [u8] {
        // SAFETY: the request is live.
        unsafe { bytes_of((*self.as_ptr()).unparsed_uri) }
    }

    pub(crate) fn set_target(self, target: &'r [u8]) {
        // SAFETY: the request and the target are live. Nothing writes through `unparsed_uri`.
        unsafe { (*self.as_ptr()).unparsed_uri = str_of(target) }
    }

    /// Cuts up to `len` bytes off the end of the request target.
    pub(crate) fn shorten_target(self, len: usize) {
        // SAFETY: the request is live.
        let target = unsafe { &mut (*self.as_ptr()).unparsed_uri };
        target.len = target.len.saturating_sub(len);
    }

    /// The request line (`$request`). If nginx could not parse the line, it keeps only the start,
    /// and logs everything up to the line end. So does this.
    pub(crate) fn line(self) -> &'r [u8] {
        // SAFETY: the request is live. An unfinished line lies in its header buffer.
        unsafe {
            let request = &*self.as_ptr();
            if !request.request_line.data.is_null() || request.request_start.is_null() {
                return bytes_of(request.request_line);
            }
            let buffer = match request.header_in.as_ref() {
                Some(buffer) if (buffer.start..buffer.last).contains(&request.request_start) => buffer,
                _ => return bytes_of(request.request_line),
            };
            let len = usize::try_from(buffer.last.offset_from(request.request_start)).unwrap_or(0);
            let rest: &'r [u8] = slice::from_raw_parts(request.request_start, len);
            let len = rest.iter().position(|byte| b"\r\n".contains(byte)).unwrap_or(len);
            rest.get(..len).unwrap_or_default()
        }
    }

    /// A byte follows the line, as it does in nginx: Lua's `ngx.req.raw_header()` reads it.
    pub(crate) fn set_line(self, line: Terminated<'r>) {
        // SAFETY: the request and the line are live. nginx only reads the line, for logs and
        // subrequests.
        unsafe { (*self.as_ptr()).request_line = str_of(line.bytes()) }
    }

    /// Gives a subrequest the line of its main request, as nginx does when it makes the subrequest.
    pub(crate) fn copy_line_of_main(self) {
        // SAFETY: both requests are live.
        unsafe { (*self.as_ptr()).request_line = (*(*self.as_ptr()).main).request_line }
    }

    /// The method, one of nginx's `NGX_HTTP_GET` and so on.
    #[inline]
    pub(crate) fn method(self) -> usize {
        // SAFETY: the request is live.
        unsafe { (*self.as_ptr()).method }
    }

    /// The values of all header lines with this name. Case is ignored.
    pub(crate) fn header_values(self, name: &[u8]) -> impl Iterator<Item = &'r [u8]> {
        // SAFETY: the request is live. nginx keeps its header lines in a list of arrays in the
        // pool.
        let first: &'r ngx_list_part_t = unsafe { &(*self.as_ptr()).headers_in.headers.part };
        // SAFETY: `next` is NULL or the next part.
        core::iter::successors(Some(first), |part| unsafe { part.next.as_ref() })
            .flat_map(|part| {
                let lines: &'r [ngx_table_elt_t] = if part.nelts == 0 {
                    &[]
                } else {
                    // SAFETY: a part has `nelts` header lines.
                    unsafe { slice::from_raw_parts(part.elts.cast(), part.nelts) }
                };
                lines
            })
            // SAFETY: names and values are in the client's buffers or in the pool.
            .filter(move |line| unsafe { bytes_of(line.key) }.eq_ignore_ascii_case(name))
            // SAFETY: as above.
            .map(move |line| unsafe { bytes_of(line.value) })
    }

    /// The host of the request, as nginx found it (`headers_in.server`).
    pub(crate) fn server_name(self) -> &'r [u8] {
        // SAFETY: the request is live.
        unsafe { bytes_of((*self.as_ptr()).headers_in.server) }
    }

    /// The host of the request (`$host`): `server_name`, or the server's first name.
    pub(crate) fn host(self) -> &'r [u8] {
        match self.server_name() {
            // SAFETY: a string of the configuration.
            [] => unsafe { bytes_of(self.srv_conf::<Core>().server_name) },
            name => name,
        }
    }

    /// The host as the client spelled it, with its port. Empty if the request names none.
    pub(crate) fn host_line(self) -> &'r [u8] {
        // In HTTP/3, nginx makes no header line of `:authority`.
        const HTTP_3: usize = 3000;
        // SAFETY: the request is live. Both ends are in one piece of memory of the pool.
        unsafe {
            let request = &*self.as_ptr();
            if let Some(line) = request.headers_in.host.as_ref() {
                return bytes_of(line.value);
            }
            if request.http_version != HTTP_3 || request.host_start.is_null() || request.host_end.is_null() {
                return &[];
            }
            let len = usize::try_from(request.host_end.offset_from(request.host_start)).unwrap_or(0);
            slice::from_raw_parts(request.host_start, len)
        }
    }

    /// Whether the client's connection is encrypted by nginx itself.
    pub(crate) fn is_encrypted(self) -> bool {
        #[cfg(ngx_feature = "http_ssl")]
        // SAFETY: a request always has a connection.
        return unsafe { !(*self.connection()).ssl.is_null() };
        #[cfg(not(ngx_feature = "http_ssl"))]
        false
    }

    /// The method as the client spelled it.
    pub(crate) fn method_name(self) -> ngx_str_t {
        // SAFETY: the request is live.
        unsafe { (*self.as_ptr()).method_name }
    }

    /// The current arguments (`$args`).
    pub(crate) fn args(self) -> &'r [u8] {
        // SAFETY: the request is live.
        unsafe { bytes_of((*self.as_ptr()).args) }
    }

    pub(crate) fn set_args(self, args: &'r [u8]) {
        // SAFETY: the request and the arguments are live. Nothing writes through `args`.
        unsafe { (*self.as_ptr()).args = str_of(args) }
    }

    /// Cuts up to `len` bytes off the end of the arguments.
    pub(crate) fn shorten_args(self, len: usize) {
        // SAFETY: the request is live.
        let args = unsafe { &mut (*self.as_ptr()).args };
        args.len = args.len.saturating_sub(len);
    }

    /// Makes nginx evaluate an indexed variable again.
    pub(crate) fn forget_variable(self, VariableIndex(index): VariableIndex) {
        // SAFETY: the array has an element for each indexed variable of the configuration. nginx
        // adds variables only while it reads a configuration.
        layout::forget_value(unsafe { &mut *(*self.as_ptr()).variables.add(index) });
    }

    /// The index of the HTTP variable whose name `is_wanted`, if some part of the configuration
    /// uses it.
    pub(crate) fn indexed_variable(self, is_wanted: impl Fn(&[u8]) -> bool) -> Option<VariableIndex> {
        let core = self.main_conf::<Core>();
        // SAFETY: `variables` is an array of ngx_http_variable_t, complete before the first
        // request.
        let variables = unsafe { core.variables.as_slice::<ngx_http_variable_t>() };
        variables.iter().position(|variable| is_wanted(variable.name.as_bytes())).map(VariableIndex)
    }

    /// nginx's own signs of an error page.
    pub(crate) fn error_signs(self) -> ErrorSigns {
        // SAFETY: the request is live.
        unsafe {
            ErrorSigns {
                error_page: layout::is_error_page(self.as_ptr()),
                err_status: u16::try_from((*self.as_ptr()).err_status).unwrap_or(u16::MAX),
            }
        }
    }

    /// The status that nginx logs: that of the response, or of the error that ended the request. 0 if
    /// there is none.
    pub(crate) fn final_status(self) -> usize {
        // SAFETY: the request is live.
        let (error, status) = unsafe { ((*self.as_ptr()).err_status, (*self.as_ptr()).headers_out.status) };
        if error == 0 { status } else { error }
    }

    /// The refusal that nginx keeps under `satisfy any` until all access modules have run, or 0.
    pub(crate) fn access_code(self) -> usize {
        // SAFETY: the request is live.
        unsafe { (*self.as_ptr()).access_code }
    }

    /// The upstream that the request was last passed to. nginx never clears it.
    pub(crate) fn upstream(self) -> Option<&'r ngx_http_upstream_t> {
        // SAFETY: NULL, or in the request's pool.
        unsafe { (*self.as_ptr()).upstream.as_ref() }
    }

    /// Whether nginx has connected to an upstream, or tried to.
    pub(crate) fn has_asked_upstream(self) -> bool {
        // SAFETY: NULL, or in the request's pool.
        unsafe { (*self.as_ptr()).upstream_states.as_ref() }.is_some_and(|states| states.nelts > 0)
    }

    /// Whether nginx runs `post_action` for the request. It then sends no header.
    pub(crate) fn is_post_action(self) -> bool {
        // SAFETY: the request is live.
        unsafe { layout::is_post_action(self.as_ptr()) }
    }

    /// Whether the location is a named one (`location @name`).
    pub(crate) fn is_in_named_location(self) -> bool {
        layout::is_named(self.loc_conf::<Core>())
    }

    /// A module's configuration of the current location.
    pub(crate) fn loc_conf<M: HasLocConf>(self) -> &'r M::LocConf {
        // SAFETY: by the trait's contract. The configuration outlives its last request.
        unsafe { &*(*(*self.as_ptr()).loc_conf.add(M::index())).cast() }
    }

    /// A module's configuration of the server that handles the request.
    pub(crate) fn srv_conf<M: HasSrvConf>(self) -> &'r M::SrvConf {
        // SAFETY: as for loc_conf.
        unsafe { &*(*(*self.as_ptr()).srv_conf.add(M::index())).cast() }
    }

    /// A module's configuration of the http block.
    pub(crate) fn main_conf<M: HasMainConf>(self) -> &'r M::MainConf {
        // SAFETY: as for loc_conf.
        unsafe { &*(*(*self.as_ptr()).main_conf.add(M::index())).cast() }
    }

    /// nginx's own configuration of the connection's server: the default server, or the one that
    /// SNI has chosen.
    pub(crate) fn connection_core_srv_conf(self) -> &'r ngx_http_core_srv_conf_t {
        // SAFETY: a request has a connection, and the connection has a server's configuration.
        unsafe {
            let ctx = (*(*self.as_ptr()).http_connection).conf_ctx;
            &*(*(*ctx).srv_conf.add(Core::index())).cast()
        }
    }

    /// A module's location configuration, as set at the level of the server that handles the
    /// request.
    pub(crate) fn server_loc_conf<M: HasLocConf>(self) -> &'r M::LocConf {
        // SAFETY: a server has a table of its own. Otherwise as for loc_conf.
        unsafe { &*(*(*self.srv_conf::<Core>().ctx).loc_conf.add(M::index())).cast() }
    }

    /// A module's context. Internal redirects and the step to a named location clear it.
    pub(crate) fn context<M: HasContext>(self) -> Option<&'r M::Context<'r>> {
        // SAFETY: the array has an element for each HTTP module, NULL or what set_context put
        // there.
        unsafe { (*(*self.as_ptr()).ctx.add(M::index())).cast::<M::Context<'r>>().as_ref() }
    }

    /// Whether this is the request's first arrival and the module has not seen it yet.
    pub(crate) fn is_new<M: HasContext>(self) -> bool {
        self.context::<M>().is_none() && !self.is_internal()
    }

    pub(crate) fn set_context<M: HasContext>(self, context: &'r M::Context<'r>) {
        // SAFETY: the array has an element for each HTTP module.
        unsafe { *(*self.as_ptr()).ctx.add(M::index()) = ptr::from_ref(context).cast_mut().cast() }
    }

    pub(crate) fn clear_context<M: HasContext>(self) {
        // SAFETY: as for set_context.
        unsafe { *(*self.as_ptr()).ctx.add(M::index()) = ptr::null_mut() }
    }

    /// Whether a subrequest's answer goes into the response, or already is a part of it that waits.
    pub(crate) fn has_subrequests(self) -> bool {
        // SAFETY: the request is live.
        unsafe { !(*self.as_ptr()).postponed.is_null() }
    }

    /// For a subrequest: whether its answer goes into the response of the main request.
    pub(crate) fn is_part_of_response(self) -> bool {
        // SAFETY: the request is live.
        unsafe { layout::is_part_of_response(self.as_ptr()) }
    }

    /// Whether the slice module puts the response together.
    pub(crate) fn is_sliced(self) -> bool {
        // SAFETY: the request is live.
        unsafe { layout::is_sliced(self.as_ptr()) }
    }

    /// Makes nginx read the body into memory, if it is in a file.
    pub(crate) fn need_body_in_memory(self) {
        // SAFETY: the request is live.
        unsafe { layout::need_body_in_memory(self.as_ptr()) }
    }

    /// Makes nginx ignore If-Modified-Since and its relatives.
    pub(crate) fn disable_not_modified(self) {
        // SAFETY: the request is live.
        unsafe { layout::disable_not_modified(self.as_ptr()) }
    }

    /// Makes nginx take the client for one that does not accept gzip.
    pub(crate) fn deny_gzip(self) {
        #[cfg(ngx_feature = "http_gzip")]
        // SAFETY: the request is live.
        unsafe {
            layout::deny_gzip(self.as_ptr());
        }
    }

    /// For the macros of ngx.
    pub(crate) fn connection(self) -> *mut ngx_connection_t {
        // SAFETY: the request is live.
        unsafe { (*self.as_ptr()).connection }
    }

    /// Whether nginx writes debug lines of HTTP. It never does without `--with-debug`.
    pub(crate) fn logs_debug(self) -> bool {
        // SAFETY: a request always has a connection, and a connection has a log.
        ngx::log::DEBUG && unsafe { (*self.log()).log_level } & NGX_LOG_DEBUG_HTTP as usize != 0
    }

    pub(crate) fn log(self) -> *mut ngx_log_t {
        // SAFETY: a request always has a connection, and a connection has a log.
        unsafe { (*(*self.as_ptr()).connection).log }
    }

    /// Memory from the request's pool. Its content is arbitrary.
    pub(crate) fn allocate_bytes(self, len: usize) -> Result<&'r mut [u8], OutOfMemory> {
        if len == 0 {
            return Ok(&mut []);
        }
        if fault::out_of_memory(Stage::Request, self.log()) {
            return Err(OutOfMemory);
        }
        // SAFETY: the pool is the request's own and outlives the handler. C returns plain bytes,
        // for which any content is valid.
        unsafe {
            let memory = ngx_pnalloc((*self.as_ptr()).pool, len).cast::<u8>();
            if memory.is_null() { Err(OutOfMemory) } else { Ok(slice::from_raw_parts_mut(memory, len)) }
        }
    }

    /// Room for a value without `Drop`, and `len` bytes of arbitrary content behind it, both in one
    /// piece of the request's pool.
    #[inline]
    pub(crate) fn allocate_with_bytes<T>(
        self,
        len: usize,
    ) -> Result<(&'r mut MaybeUninit<T>, &'r mut [u8]), OutOfMemory> {
        const { assert!(align_of::<T>() <= NGX_ALIGNMENT && !core::mem::needs_drop::<T>()) };
        if fault::out_of_memory(Stage::Request, self.log()) {
            return Err(OutOfMemory);
        }
        // SAFETY: as for allocate_bytes. The alignment is checked above, and both parts fit.
        unsafe {
            let size = size_of::<T>().checked_add(len).ok_or(OutOfMemory)?;
            let memory = NonNull::new(ngx_palloc((*self.as_ptr()).pool, size).cast::<MaybeUninit<T>>());
            let value = memory.ok_or(OutOfMemory)?;
            let bytes = value.add(1).cast::<u8>();
            Ok((&mut *value.as_ptr(), slice::from_raw_parts_mut(bytes.as_ptr(), len)))
        }
    }

    /// The parts joined, in memory from the request's pool.
    #[inline]
    pub(crate) fn concat<const N: usize>(self, parts: [&[u8]; N]) -> Result<Terminated<'r>, OutOfMemory> {
        let len = parts.iter().fold(0_usize, |len, part| len.saturating_add(part.len()));
        let mut joined = Writer::new(self.allocate_bytes(len.saturating_add(1))?);
        for part in parts {
            joined.push(part);
        }
        joined.finish_with_nul().ok_or(OutOfMemory)
    }

    /// Puts a value without `Drop` into the request's pool.
    #[inline]
    pub(crate) fn allocate<T>(self, value: T) -> Result<&'r T, OutOfMemory> {
        const { assert!(align_of::<T>() <= NGX_ALIGNMENT && !core::mem::needs_drop::<T>()) };
        if fault::out_of_memory(Stage::Request, self.log()) {
            return Err(OutOfMemory);
        }
        // SAFETY: as for allocate_bytes. The alignment is checked above.
        unsafe {
            let memory = NonNull::new(ngx_palloc((*self.as_ptr()).pool, size_of::<T>()).cast::<T>());
            let memory = memory.ok_or(OutOfMemory)?;
            memory.write(value);
            Ok(memory.as_ref())
        }
    }

    /// Ends the request with `status`, and no other handler runs. The caller must return NGX_DONE
    /// and must not use the request any more.
    pub(crate) fn finalize_with(self, Status(status): Status) {
        // SAFETY: the request is live.
        unsafe { ngx_http_finalize_request(self.as_ptr(), status) }
    }
}
