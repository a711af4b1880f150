//! The nginx modules in this shared object.
//!
//! nginx places a module before all modules that `ngx_module_order` lists after it. A module
//! without an order is placed last, in the sequence of this list. Modules register their phase
//! handlers and output filters in nginx's order, and those registered last run first. Their
//! configurations are merged in nginx's order, too.
//!
//! There are three kinds of modules:
//!
//! 1. `ngx_http_pta_module`, the check. It has no order: an order would move its phase handlers
//!    after those of other dynamic modules.
//! 2. Modules of capabilities, with directives and hooks of their own. They have no order either,
//!    and follow `ngx_http_pta_module`: so they see its configuration merged, and their header
//!    filters run before nginx's own.
//! 3. `ngx_http_pta_filter_module`. It has an order: its filters must run after those that set
//!    headers or change the body, and before gzip.
//!
//! A further module joins with one line here and its name in nginx-config/config.

mod export;
mod pta;

export::export! {
    modules:
        // `load_module` reports the first one by name, as it does for the C module.
        ngx_http_pta_module in crate::module::pta,
        // The modules of capabilities.
        // Before set_cookie: so a request that `pta_set_cookie redirect` answers uses no token.
        ngx_http_pta_once_module in crate::once,
        ngx_http_pta_set_cookie_module in crate::set_cookie,
        ngx_http_pta_metrics_module in crate::metrics,
        ngx_http_pta_playlist_module in crate::playlist,
        ngx_http_pta_gate_module in crate::gate,
        ngx_http_pta_filter_module in crate::filter;
    order:
        ngx_http_pta_filter_module,
        ngx_http_ssi_filter_module,
        ngx_http_charset_filter_module,
        ngx_http_sub_filter_module,
        ngx_http_addition_filter_module,
        ngx_http_gunzip_filter_module,
        ngx_http_userid_filter_module,
        ngx_http_headers_filter_module,
        ngx_http_copy_filter_module;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ngx_http_pta_module_comes_first_and_keeps_its_place() {
        assert_eq!(MODULES.first(), Some(&"ngx_http_pta_module"));
        assert!(!ORDER.contains(&"ngx_http_pta_module"));
        assert_eq!(ORDER.first(), Some(&"ngx_http_pta_filter_module"));
    }

    /// A variable of nginx-config/config, as a list of words.
    fn build_variable(name: &str) -> Vec<&'static str> {
        let config = include_str!("../nginx-config/config");
        let value = config.split_once(&format!("\n{name}=\"")).unwrap().1;
        value.split_once('"').unwrap().0.split_whitespace().filter(|word| *word != "\\").collect()
    }

    #[test]
    fn the_build_names_the_same_modules_in_the_same_order() {
        assert_eq!(build_variable("ngx_module_name"), MODULES);
        assert_eq!(build_variable("ngx_module_order"), ORDER);
    }
}
