//! nginx's structures behind types with lifetimes: the place of most of the unsafe code.

use core::convert::Infallible;
use core::ffi::{c_char, c_void};
use core::marker::PhantomData;
use core::ptr::{self, NonNull};
use core::slice;

use nginx_sys::{
    NGX_ALIGNMENT, NGX_LOG_DEBUG_HTTP, ngx_conf_t, ngx_connection_t, ngx_http_conf_ctx_t,
    ngx_http_core_loc_conf_t, ngx_http_core_main_conf_t, ngx_http_core_module, ngx_http_core_srv_conf_t,
    ngx_http_finalize_request, ngx_http_request_t, ngx_http_upstream_t, ngx_http_variable_t, ngx_list_part_t,
    ngx_log_t, ngx_palloc, ngx_pnalloc, ngx_pool_cleanup_add, ngx_str_t, ngx_table_elt_t,
};
use ngx::core::Status;

use crate::fault::{self, Stage};
use crate::guard::{self, Entry};
use crate::layout;
use crate::writer::Writer;

/// What nginx's `NGX_CONF_ERROR` is: the error has been logged already.
pub(crate) const CONF_ERROR: *mut c_char = ptr::without_provenance_mut(usize::MAX);

/// The pool has no memory left.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OutOfMemory;

/// What nginx sets when it shows an error page: `r->error_page` and `r->err_status`.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ErrorSigns {
    error_page: bool,
    err_status: usize,
}

/// The index of a variable in the configuration that handles a request.
#[derive(Clone, Copy)]
pub(crate) struct VariableIndex(usize);

/// An HTTP module, and what nginx keeps for it.
///
/// # Safety
///
/// `index` must be the place of the module's pointers in nginx's arrays. What its callbacks create for http, server and
/// location must be of these types, and only `Request::set_context` may set its context.
pub(crate) unsafe trait HttpModule {
    type MainConf;
    type SrvConf;
    type LocConf;
    type Context<'r>;

    fn index() -> usize;
}

/// nginx's own module.
pub(crate) enum Core {}

// SAFETY: the types are those of nginx's create callbacks. Nobody here sets its context: a pointer to an uninhabited type
// cannot be made.
unsafe impl HttpModule for Core {
    type MainConf = ngx_http_core_main_conf_t;
    type SrvConf = ngx_http_core_srv_conf_t;
    type LocConf = ngx_http_core_loc_conf_t;
    type Context<'r> = Infallible;

    fn index() -> usize {
        // SAFETY: nginx writes the index before it reads the http block, and never after.
        unsafe { (&raw const ngx_http_core_module.ctx_index).read() }
    }
}

impl ErrorSigns {
    /// Whether nginx has set a sign that was not there. Other modules reset them (Lua's `ngx.status`), so that a sign
    /// that is gone says nothing.
    pub(crate) fn appeared_since(self, before: Self) -> bool {
        let is_page_new = self.error_page && !before.error_page;
        is_page_new || (self.err_status != 0 && self.err_status != before.err_status)
    }
}

/// A request for as long as one of our handlers runs. The bytes that it hands out live in the client's
/// buffers or in the request's pool; neither is freed or written to within that time.
#[derive(Clone, Copy)]
pub(crate) struct Request<'r> {
    raw: NonNull<ngx_http_request_t>,
    lifetime: PhantomData<&'r ngx_http_request_t>,
}

impl<'r> Request<'r> {
    /// # Safety
    ///
    /// `raw` must be a live request, and must stay so for `'r`, the run of one handler.
    pub(crate) unsafe fn from_raw(raw: *mut ngx_http_request_t) -> Self {
        // SAFETY: a live request is not NULL.
        Self { raw: unsafe { NonNull::new_unchecked(raw) }, lifetime: PhantomData }
    }

    pub(crate) fn as_ptr(self) -> *mut ngx_http_request_t {
        self.raw.as_ptr()
    }

    /// The main request: this one, unless it is a subrequest.
    pub(crate) fn main(self) -> Self {
        // SAFETY: the request is live, and the main one lives longer than its subrequests.
        unsafe { Self::from_raw((*self.as_ptr()).main) }
    }

    /// False for subrequests.
    pub(crate) fn is_main(self) -> bool {
        // SAFETY: the request is live.
        unsafe { ptr::eq((*self.as_ptr()).main, self.as_ptr()) }
    }

    /// Whether nginx has redirected or rewritten the request: its URI may no longer be the client's.
    pub(crate) fn is_internal(self) -> bool {
        // SAFETY: the request is live.
        unsafe { layout::is_internal(self.as_ptr()) }
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
        // SAFETY: the request is live, and so is the target; nobody writes through `unparsed_uri`.
        unsafe { (*self.as_ptr()).unparsed_uri = str_of(target) }
    }

    /// Cuts up to `len` bytes off the end of the request target.
    pub(crate) fn shorten_target(self, len: usize) {
        // SAFETY: the request is live.
        let target = unsafe { &mut (*self.as_ptr()).unparsed_uri };
        target.len = target.len.saturating_sub(len);
    }

    /// The request line (`$request`). Of one that nginx could not parse, it keeps only where it begins; up to the
    /// line end is then what it would write to logs.
    pub(crate) fn line(self) -> &'r [u8] {
        // SAFETY: the request is live; what it has of an unfinished line lies in its header buffer.
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

    /// The line has a NUL behind it: Lua's `ngx.req.raw_header()` reads one byte more, as nginx's own lines have one.
    pub(crate) fn set_line(self, line: &'r [u8]) {
        // SAFETY: the request is live, and so is the line; nginx only reads it, for logs and subrequests.
        unsafe { (*self.as_ptr()).request_line = str_of(line) }
    }

    /// The method, one of nginx's `NGX_HTTP_GET` and so on.
    #[inline]
    pub(crate) fn method(self) -> usize {
        // SAFETY: the request is live.
        unsafe { (*self.as_ptr()).method }
    }

    /// The values of all header lines with this name, in any case of letters.
    pub(crate) fn header_values(self, name: &[u8]) -> impl Iterator<Item = &'r [u8]> {
        // SAFETY: the request is live. nginx keeps its header lines in a list of arrays in the pool.
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

    /// The host that the client asked for, as nginx found it (`headers_in.server`).
    pub(crate) fn server_name(self) -> &'r [u8] {
        // SAFETY: the request is live.
        unsafe { bytes_of((*self.as_ptr()).headers_in.server) }
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
        // SAFETY: the request is live, and so are the arguments; nobody writes through `args`.
        unsafe { (*self.as_ptr()).args = str_of(args) }
    }

    /// Cuts up to `len` bytes off the end of the arguments.
    pub(crate) fn shorten_args(self, len: usize) {
        // SAFETY: the request is live.
        let args = unsafe { &mut (*self.as_ptr()).args };
        args.len = args.len.saturating_sub(len);
    }

    /// Makes nginx evaluate an indexed variable anew.
    pub(crate) fn forget_variable(self, VariableIndex(index): VariableIndex) {
        // SAFETY: the array has an element for each indexed variable of the configuration, and nginx only ever adds
        // variables while it reads one.
        unsafe {
            let variable = &mut *(*self.as_ptr()).variables.add(index);
            variable.set_valid(0);
            variable.set_not_found(0);
        }
    }

    /// The index of an HTTP variable, if some part of the configuration uses one.
    pub(crate) fn indexed_variable(self, name: &[u8]) -> Option<VariableIndex> {
        let core = self.main_conf::<Core>();
        // SAFETY: `variables` is an array of ngx_http_variable_t, complete before the first request.
        let variables = unsafe { core.variables.as_slice::<ngx_http_variable_t>() };
        variables.iter().position(|variable| variable.name.as_bytes() == name).map(VariableIndex)
    }

    /// nginx's own signs of an error page.
    pub(crate) fn error_signs(self) -> ErrorSigns {
        // SAFETY: the request is live.
        unsafe {
            ErrorSigns {
                error_page: layout::is_error_page(self.as_ptr()),
                err_status: (*self.as_ptr()).err_status,
            }
        }
    }

    /// The refusal that nginx keeps under `satisfy any` until all access modules have run. 0 if
    /// there is none.
    pub(crate) fn access_code(self) -> usize {
        // SAFETY: the request is live.
        unsafe { (*self.as_ptr()).access_code }
    }

    /// The upstream that the request was last passed to; nginx never forgets it.
    pub(crate) fn upstream(self) -> Option<&'r ngx_http_upstream_t> {
        // SAFETY: NULL, or in the request's pool.
        unsafe { (*self.as_ptr()).upstream.as_ref() }
    }

    /// A module's configuration of the location in which the request is now.
    pub(crate) fn loc_conf<M: HttpModule>(self) -> &'r M::LocConf {
        // SAFETY: by the trait's contract; the configuration lives as long as its last request.
        unsafe { &*(*(*self.as_ptr()).loc_conf.add(M::index())).cast() }
    }

    /// A module's configuration of the server that handles the request.
    pub(crate) fn srv_conf<M: HttpModule>(self) -> &'r M::SrvConf {
        // SAFETY: as for loc_conf.
        unsafe { &*(*(*self.as_ptr()).srv_conf.add(M::index())).cast() }
    }

    /// A module's configuration of the http block.
    pub(crate) fn main_conf<M: HttpModule>(self) -> &'r M::MainConf {
        // SAFETY: as for loc_conf.
        unsafe { &*(*(*self.as_ptr()).main_conf.add(M::index())).cast() }
    }

    /// nginx's own configuration of the server that the client's connection belongs to.
    pub(crate) fn default_core_srv_conf(self) -> &'r ngx_http_core_srv_conf_t {
        // SAFETY: a request has a connection with the configuration of the server it came in by.
        unsafe {
            let ctx = (*(*self.as_ptr()).http_connection).conf_ctx;
            &*(*(*ctx).srv_conf.add(Core::index())).cast()
        }
    }

    /// A module's configuration of a location, as the server that handles the request has it outside its locations.
    pub(crate) fn server_loc_conf<M: HttpModule>(self) -> &'r M::LocConf {
        // SAFETY: a server has a table of its own, and the rest is as for loc_conf.
        unsafe { &*(*(*self.srv_conf::<Core>().ctx).loc_conf.add(M::index())).cast() }
    }

    /// A module's context. nginx clears it at an internal redirect and on the way to a named
    /// location.
    pub(crate) fn context<M: HttpModule>(self) -> Option<&'r M::Context<'r>> {
        // SAFETY: the array has an element for each HTTP module, NULL or what set_context put there.
        unsafe { (*(*self.as_ptr()).ctx.add(M::index())).cast::<M::Context<'r>>().as_ref() }
    }

    /// Whether a module has never seen the request: not in this pass, and there was no pass before.
    pub(crate) fn is_new<M: HttpModule>(self) -> bool {
        self.context::<M>().is_none() && !self.is_internal()
    }

    pub(crate) fn set_context<M: HttpModule>(self, context: &'r M::Context<'r>) {
        // SAFETY: the array has an element for each HTTP module.
        unsafe { *(*self.as_ptr()).ctx.add(M::index()) = ptr::from_ref(context).cast_mut().cast() }
    }

    /// For the macros of ngx.
    pub(crate) fn connection(self) -> *mut ngx_connection_t {
        // SAFETY: the request is live.
        unsafe { (*self.as_ptr()).connection }
    }

    /// Whether debug lines of HTTP are written: not without nginx's `--with-debug`.
    pub(crate) fn logs_debug(self) -> bool {
        // SAFETY: a request always has a connection, and that a log.
        ngx::log::DEBUG && unsafe { (*self.log()).log_level } & NGX_LOG_DEBUG_HTTP as usize != 0
    }

    pub(crate) fn log(self) -> *mut ngx_log_t {
        // SAFETY: a request always has a connection, and that a log.
        unsafe { (*(*self.as_ptr()).connection).log }
    }

    /// Memory from the request's pool. Its content is what was there before.
    pub(crate) fn allocate_bytes(self, len: usize) -> Result<&'r mut [u8], OutOfMemory> {
        if len == 0 {
            return Ok(&mut []);
        }
        if fault::out_of_memory(Stage::Request, self.log()) {
            return Err(OutOfMemory);
        }
        // SAFETY: the pool is the request's own and lives longer than the handler; C gives the memory as plain
        // bytes, to which any content is good.
        unsafe {
            let memory = ngx_pnalloc((*self.as_ptr()).pool, len).cast::<u8>();
            if memory.is_null() { Err(OutOfMemory) } else { Ok(slice::from_raw_parts_mut(memory, len)) }
        }
    }

    /// The parts joined, with a NUL after them, in memory from the request's pool.
    #[inline]
    pub(crate) fn concat<const N: usize>(self, parts: [&[u8]; N]) -> Result<&'r [u8], OutOfMemory> {
        let len = parts.iter().fold(0_usize, |len, part| len.saturating_add(part.len()));
        let mut joined = Writer::new(self.allocate_bytes(len.saturating_add(1))?);
        for part in parts {
            joined.push(part);
        }
        Ok(joined.finish_with_nul())
    }

    /// Puts a value without `Drop` into the request's pool.
    pub(crate) fn allocate<T>(self, value: T) -> Result<&'r T, OutOfMemory> {
        const { assert!(align_of::<T>() <= NGX_ALIGNMENT && !core::mem::needs_drop::<T>()) };
        if fault::out_of_memory(Stage::Request, self.log()) {
            return Err(OutOfMemory);
        }
        // SAFETY: as for allocate_bytes; the alignment is checked above.
        unsafe {
            let memory = NonNull::new(ngx_palloc((*self.as_ptr()).pool, size_of::<T>()).cast::<T>());
            let memory = memory.ok_or(OutOfMemory)?;
            memory.write(value);
            Ok(memory.as_ref())
        }
    }

    /// Stores a value under a cleanup of the pool, where it outlives internal redirects. It is
    /// found by its type.
    pub(crate) fn allocate_lasting<T: Lasting>(self, value: T::Of<'r>) -> Result<&'r T::Of<'r>, OutOfMemory> {
        const { assert!(align_of::<Tagged<T::Of<'r>>>() <= NGX_ALIGNMENT) };
        const { assert!(!core::mem::needs_drop::<T::Of<'r>>()) };
        if fault::out_of_memory(Stage::Request, self.log()) {
            return Err(OutOfMemory);
        }
        // SAFETY: the pool is the request's own; ngx_pool_cleanup_add allocates the data with ngx_palloc.
        unsafe {
            let cleanup = ngx_pool_cleanup_add((*self.as_ptr()).pool, size_of::<Tagged<T::Of<'r>>>());
            let cleanup = cleanup.as_mut().ok_or(OutOfMemory)?;
            let data = NonNull::new(cleanup.data.cast::<Tagged<T::Of<'r>>>()).ok_or(OutOfMemory)?;
            data.write(Tagged { tag: T::tag(), value });
            cleanup.handler = Some(clear_tag);
            Ok(&data.as_ref().value)
        }
    }

    /// The value that allocate_lasting put there.
    pub(crate) fn find_lasting<T: Lasting>(self) -> Option<&'r T::Of<'r>> {
        // SAFETY: the cleanups of a pool are a NULL-terminated list. Under clear_tag there is only what
        // allocate_lasting put there, which begins with a tag; each type has a tag of its own.
        unsafe {
            let mut next = (*(*self.as_ptr()).pool).cleanup;
            while let Some(cleanup) = next.as_ref() {
                let is_tagged = cleanup.handler.is_some_and(|found| ptr::fn_addr_eq(found, CLEAR_TAG));
                if is_tagged && cleanup.data.cast::<Tag>().read() == T::tag() {
                    return cleanup.data.cast::<Tagged<T::Of<'r>>>().as_ref().map(|tagged| &tagged.value);
                }
                next = cleanup.next;
            }
        }
        None
    }

    /// Hands the request back to nginx with `status`, whatever other handlers would say. The caller answers nginx
    /// NGX_DONE and touches the request no more.
    pub(crate) fn finalize_with(self, Status(status): Status) {
        // SAFETY: the request is live.
        unsafe { ngx_http_finalize_request(self.as_ptr(), status) }
    }
}

/// The address of a static. The compiler may merge equal functions, but no two statics share an
/// address.
pub(crate) type Tag = *const u8;

/// A type that outlives internal redirects in a request's pool.
///
/// # Safety
///
/// `tag` must be the address of a static that no other implementation uses.
pub(crate) unsafe trait Lasting {
    /// The type itself, which may refer to what the request has.
    type Of<'r>;

    fn tag() -> Tag;
}

#[repr(C)]
struct Tagged<T> {
    tag: Tag,
    value: T,
}

const CLEAR_TAG: unsafe extern "C" fn(*mut c_void) = clear_tag;

/// Runs when the pool is destroyed. If the compiler merges it with an equal function, that one writes a pointer to its
/// data as well, so that a tag can be read there, and it is not one of ours.
unsafe extern "C" fn clear_tag(data: *mut c_void) {
    // SAFETY: allocate_lasting put a tag there.
    unsafe { data.cast::<Tag>().write(ptr::null()) }
}

/// The `cf` of a running configuration callback of an HTTP module.
#[derive(Clone, Copy)]
pub(crate) struct Conf<'c> {
    raw: NonNull<ngx_conf_t>,
    lifetime: PhantomData<&'c ngx_conf_t>,
}

impl<'c> Conf<'c> {
    /// # Safety
    ///
    /// nginx must have called a configuration callback of an HTTP module, or the setter of its directive, with `raw`; and
    /// `'c` must be the run of that function.
    pub(crate) unsafe fn from_raw(raw: *mut ngx_conf_t) -> Self {
        // SAFETY: nginx gives no NULL.
        Self { raw: unsafe { NonNull::new_unchecked(raw) }, lifetime: PhantomData }
    }

    pub(crate) fn as_ptr(self) -> *mut ngx_conf_t {
        self.raw.as_ptr()
    }

    pub(crate) fn log(self) -> *mut ngx_log_t {
        // SAFETY: a configuration being read has a log.
        unsafe { (*self.as_ptr()).log }
    }

    /// Puts a value into the configuration's pool; it is dropped with the configuration. NULL when there is no
    /// memory.
    pub(crate) fn allocate<T>(self, value: T) -> *mut T {
        const { assert!(align_of::<T>() <= NGX_ALIGNMENT) };
        if fault::out_of_memory(Stage::Configuration, self.log()) {
            return ptr::null_mut();
        }
        // SAFETY: the pool is that of the configuration; the alignment is checked above.
        unsafe {
            let Some(cleanup) = ngx_pool_cleanup_add((*self.as_ptr()).pool, size_of::<T>()).as_mut() else {
                return ptr::null_mut();
            };
            let data = cleanup.data.cast::<T>();
            data.write(value);
            cleanup.handler = Some(drop_value::<T>);
            data
        }
    }

    /// A module's configuration of the http block, once nginx has made it.
    pub(crate) fn main_conf<M: HttpModule>(self) -> Option<&'c M::MainConf> {
        // SAFETY: within the http block, `ctx` is its table of configurations, with an element for each HTTP module.
        // What is there is only ever referred to as shared.
        unsafe {
            let ctx = (*self.as_ptr()).ctx.cast::<ngx_http_conf_ctx_t>().as_ref()?;
            (*ctx.main_conf.add(M::index())).cast::<M::MainConf>().as_ref()
        }
    }

    /// nginx's own configuration of the http block.
    pub(crate) fn core_main_conf(self) -> *mut ngx_http_core_main_conf_t {
        // SAFETY: as for main_conf.
        unsafe {
            let ctx = (*self.as_ptr()).ctx.cast::<ngx_http_conf_ctx_t>();
            (*(*ctx).main_conf.add(Core::index())).cast()
        }
    }

    /// nginx's own configuration of the location being configured.
    ///
    /// # Safety
    ///
    /// The callback must be merge_loc_conf.
    pub(crate) unsafe fn core_loc_conf(self) -> &'c ngx_http_core_loc_conf_t {
        // SAFETY: while locations are merged, `ctx` has the location's table. nginx merges its own module first.
        unsafe {
            let core = *(*(*self.as_ptr()).ctx.cast::<ngx_http_conf_ctx_t>()).loc_conf.add(Core::index());
            &*core.cast::<ngx_http_core_loc_conf_t>()
        }
    }

    /// The arguments of the directive being read, its name first.
    ///
    /// # Safety
    ///
    /// A directive must be being read: in a setter, or in a callback that nginx calls from the setter of a block.
    pub(crate) unsafe fn arguments(self) -> &'c [ngx_str_t] {
        // SAFETY: while a directive is parsed, `args` is an array of strings.
        unsafe { slice::from_raw_parts((*(*self.as_ptr()).args).elts.cast(), (*(*self.as_ptr()).args).nelts) }
    }
}

unsafe extern "C" fn drop_value<T>(data: *mut c_void) {
    // SAFETY: this is the cleanup of a value that `allocate` put there; nginx runs it once.
    guard::value(Entry::DropConf, (), || unsafe { data.cast::<T>().drop_in_place() });
}

/// The bytes of one of nginx's strings.
///
/// # Safety
///
/// If it is not empty, it must point to bytes that nobody writes to or frees for `'r`. Those of a request are in the
/// client's buffers, in the pool or in the configuration: all of them outlive the handler.
pub(crate) unsafe fn bytes_of<'r>(text: ngx_str_t) -> &'r [u8] {
    if text.len == 0 {
        return &[];
    }
    // SAFETY: by this function's contract.
    unsafe { slice::from_raw_parts(text.data, text.len) }
}

/// As nginx has it: what is empty points nowhere.
pub(crate) fn str_of(bytes: &[u8]) -> ngx_str_t {
    if bytes.is_empty() {
        return ngx_str_t::empty();
    }
    ngx_str_t { len: bytes.len(), data: bytes.as_ptr().cast_mut() }
}
