//! The tables by which nginx finds the modules in this shared object, and where it places them.
//!
//! nginx places a module before all modules that `ngx_module_order` lists after it. A module
//! without an order is placed last. Modules register their phase handlers and output filters in
//! this order, and those registered last run first.

#[cfg(not(test))]
use crate::filter::ngx_http_pta_filter_module;
#[cfg(not(test))]
use crate::module::ngx_http_pta_module;

/// Writes the three tables. In tests, nothing may refer to the modules, so that only the names are left.
macro_rules! export {
    (modules: $($module:ident),+; order: $($ordered:ident),+;) => {
        #[cfg(not(test))]
        mod tables {
            #![allow(missing_docs, non_upper_case_globals, unreachable_pub)] // nginx's names, found by the linker

            use core::ffi::c_char;
            use core::ptr;

            use nginx_sys::ngx_module_t;

            use super::{MODULES, ORDER};

            #[unsafe(no_mangle)]
            pub static mut ngx_modules: [*mut ngx_module_t; MODULES.len() + 1] =
                [$(&raw mut super::$module,)+ ptr::null_mut()];

            #[unsafe(no_mangle)]
            pub static mut ngx_module_names: [*const c_char; MODULES.len() + 1] =
                [$(concat!(stringify!($module), "\0").as_ptr().cast(),)+ ptr::null()];

            #[unsafe(no_mangle)]
            pub static mut ngx_module_order: [*const c_char; ORDER.len() + 1] =
                [$(concat!(stringify!($ordered), "\0").as_ptr().cast(),)+ ptr::null()];
        }

        const MODULES: &[&str] = &[$(stringify!($module)),+];
        const ORDER: &[&str] = &[$(stringify!($ordered)),+];
    };
}

export! {
    // `load_module` reports the first one by name, as it does for the C module.
    modules: ngx_http_pta_module, ngx_http_pta_filter_module;
    // Only the filter module has an order: its filter must run after those that set headers. An
    // order for ngx_http_pta_module would move its phase handlers behind those of other dynamic
    // modules.
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
        let config = include_str!("../../nginx-config/config");
        let value = config.split_once(&format!("\n{name}=\"")).unwrap().1;
        value.split_once('"').unwrap().0.split_whitespace().filter(|word| *word != "\\").collect()
    }

    #[test]
    fn the_build_names_the_same_modules_in_the_same_order() {
        assert_eq!(build_variable("ngx_module_name"), MODULES);
        assert_eq!(build_variable("ngx_module_order"), ORDER);
    }
}
