//! The tables with which nginx finds the modules in a shared object and orders them.

/// Writes the three tables from a list of modules (`NAME in PATH`) and their order. In tests,
/// nothing may refer to the modules, so only their names are listed.
macro_rules! export {
    (modules: $($module:ident in $($path:tt)::+),+; order: $($ordered:ident),+;) => {
        #[cfg(not(test))]
        mod tables {
            // nginx finds the tables by these names.
            #![allow(missing_docs, non_upper_case_globals, unreachable_pub)]

            use core::ffi::c_char;
            use core::ptr;

            use nginx_sys::ngx_module_t;

            use super::{MODULES, ORDER};

            #[unsafe(no_mangle)]
            pub static mut ngx_modules: [*mut ngx_module_t; MODULES.len() + 1] =
                [$(&raw mut $($path)::+::$module,)+ ptr::null_mut()];

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
pub(super) use export;
