//! PTA (Period of Time Authentication) for nginx: an access-phase handler that lets requests through by the
//! encrypted, expiring token that they carry.

mod accel;
mod access;
mod clean;
mod client;
mod conf;
mod cookie;
mod directives;
mod entry;
mod guard;
mod module;
mod ngx_ext;
mod query;
mod record;
mod refusal;
mod writer;

// In tests, nginx's symbols do not exist: without the exported table nothing refers to the handlers.
#[cfg(not(test))]
use module::ngx_http_pta_module;

#[cfg(not(test))]
ngx::ngx_modules!(ngx_http_pta_module);
