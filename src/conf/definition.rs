//! The definition of an nginx module of this shared object.

use nginx_sys::ngx_http_module_t;

/// A module without callbacks.
pub(crate) const NO_CALLBACKS: ngx_http_module_t = ngx_http_module_t {
    preconfiguration: None,
    postconfiguration: None,
    create_main_conf: None,
    init_main_conf: None,
    create_srv_conf: None,
    merge_srv_conf: None,
    create_loc_conf: None,
    merge_loc_conf: None,
};

/// Defines the static `NAME` as nginx sees a module, for the type that stands for it:
///
/// ```text
/// define! {
///     NAME: TYPE {
///         create_main_conf: CALLBACK(BODY),
///         create_loc_conf: CALLBACK(BODY) as create_loc,
///         merge_loc_conf: CALLBACK(BODY) as merge,
///         directives: TABLE,
///         preconfiguration: CALLBACK(BODY),
///         postconfiguration: CALLBACK(BODY),
///         init_module: CALLBACK(BODY),
///     }
/// }
/// ```
///
/// All members are optional but the first one. The second to the fourth go together. A body is as in
/// `handler!`. If blocks share configurations, the second is `CALLBACK(()) as create_shared`, and
/// the third is `CALLBACK(BODY) as merge_shared`.
macro_rules! define {
    (
        $(#[$doc:meta])*
        $name:ident: $module:ty {
            create_main_conf: $create_main:ident($new_main:expr),
            $(
                create_loc_conf: $create_loc:ident($new_loc:expr) as $create_kind:ident,
                merge_loc_conf: $merge:ident($merge_body:expr) as $merge_kind:ident,
                directives: $table:expr,
            )?
            $(preconfiguration: $preconfiguration:ident($before:expr),)?
            $(postconfiguration: $postconfiguration:ident($after:expr),)?
            $(init_module: $init_module:ident($init:expr),)?
        }
    ) => {
        static MODULE_CONTEXT: nginx_sys::ngx_http_module_t = nginx_sys::ngx_http_module_t {
            create_main_conf: {
                type MainConf = <$module as $crate::nginx::http_module::HasMainConf>::MainConf;

                fn new(cf: $crate::nginx::conf::Conf<'_>) -> MainConf {
                    let index = <$module as $crate::nginx::http_module::OwnModule>::stored_index();
                    // SAFETY: nginx has given the module its index, and this is its first callback.
                    unsafe { index.set(&raw mut $name) };
                    let new: fn($crate::nginx::conf::Conf<'_>) -> MainConf = $new_main;
                    new(cf)
                }

                $crate::nginx::handler::handler! {
                    fn create_main_conf(cf) -> conf = create_main($create_main, $module, new)
                }
                Some(create_main_conf)
            },
            $(
                create_loc_conf: {
                    $crate::nginx::handler::handler! {
                        fn create_loc_conf(cf) -> conf = $create_kind($create_loc, $module, $new_loc)
                    }
                    Some(create_loc_conf)
                },
                merge_loc_conf: {
                    $crate::nginx::handler::handler! {
                        fn merge_loc_conf(cf, parent, child) = $merge_kind($merge, $module, $merge_body)
                    }
                    Some(merge_loc_conf)
                },
            )?
            $(
                preconfiguration: {
                    $crate::nginx::handler::handler! {
                        fn preconfiguration(cf) = preconfiguration($preconfiguration, $before)
                    }
                    Some(preconfiguration)
                },
            )?
            $(
                postconfiguration: {
                    $crate::nginx::handler::handler! {
                        fn postconfiguration(cf) = postconfiguration($postconfiguration, $after)
                    }
                    Some(postconfiguration)
                },
            )?
            ..$crate::conf::definition::NO_CALLBACKS
        };

        $(#[$doc])*
        // Mutable because nginx numbers its modules when it loads them.
        #[allow(non_upper_case_globals)] // the name by which nginx places it
        #[cfg_attr(not(test), used)]
        pub(crate) static mut $name: nginx_sys::ngx_module_t = nginx_sys::ngx_module_t {
            ctx: (&raw const MODULE_CONTEXT).cast_mut().cast(),
            type_: nginx_sys::NGX_HTTP_MODULE as nginx_sys::ngx_uint_t,
            $(commands: $crate::conf::table::Table::<$module>::commands(&$table),)?
            $(
                init_module: {
                    $crate::nginx::handler::handler! {
                        fn init_module(cycle) = init_module($init_module, $init)
                    }
                    Some(init_module)
                },
            )?
            ..nginx_sys::ngx_module_t::default()
        };
    };
}
pub(crate) use define;
