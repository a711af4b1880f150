//! The index under which nginx keeps the data of `ngx_http_pta_module`.

use crate::nginx::http_module::own_module;

own_module! {
    /// Stands for `ngx_http_pta_module` in code that reads its data. The module's own definition is
    /// in `module/pta.rs`: it refers to all other code, so no layer below may refer to it.
    pub(crate) enum Pta {}
}
