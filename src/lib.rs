//! PTA (Period of Time Authentication) for nginx: an access-phase handler that lets requests through by the
//! encrypted, expiring token that they carry.

// In tests nothing refers to the handlers: nginx's symbols exist only inside nginx.
#![cfg_attr(test, allow(dead_code))]

mod accel;
mod accel_redirect;
mod access;
mod check;
mod clean;
mod client;
mod conf;
mod cookie;
mod cookie_line;
mod directives;
mod entry;
mod fault;
mod guard;
mod issue;
mod key_file;
mod keys;
mod layout;
mod main_conf;
mod mask;
mod mask_text;
mod module;
mod ngx_ext;
mod outcome;
mod place;
mod policy;
mod query;
mod record;
mod refusal;
mod server_rewrite;
mod setting;
mod single;
mod values;
mod variables;
mod writer;

/// The table by which nginx finds the module in the shared object.
#[cfg(not(test))]
mod exports {
    #![allow(missing_docs)] // the macro's items

    use crate::module::ngx_http_pta_module;

    ngx::ngx_modules!(ngx_http_pta_module);
}
