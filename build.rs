//! Turns nginx's version and features, which nginx-sys has found, into cfg flags. Generates
//! bindings to check the layout of nginx's structures.

use std::env;
use std::error::Error;
use std::path::Path;

/// From this version on, `headers_in.cookie` is a linked list. Before, `headers_in.cookies` is an
/// array.
const COOKIE_LIST_SINCE: u64 = 1_023_000;

/// From this version on, a request target may have no path (`GET http://host?query`).
const EMPTY_PATH_SINCE: u64 = 1_019_006;

/// The lowest version that the suites pass on.
const LOWEST: u64 = 1_018_000;

fn main() {
    // Without these lines, cargo runs this again, and compiles the module again, after each change
    // of a document. After a change of nginx's headers, it does because nginx-sys has run again.
    println!("cargo::rerun-if-changed=build.rs");
    for name in ["NGINX_SOURCE_DIR", "NGINX_BUILD_DIR"] {
        println!("cargo::rerun-if-env-changed={name}");
    }
    println!("cargo::rustc-check-cfg=cfg(nginx_cookie_list, nginx_empty_path)");
    // All feature names that nginx-sys knows, or `any()` if it does not list them.
    let known = env::var("DEP_NGINX_FEATURES_CHECK").unwrap_or_else(|_| "any()".to_owned());
    println!("cargo::rustc-check-cfg=cfg(ngx_feature, values({known}))");
    for feature in env::var("DEP_NGINX_FEATURES").unwrap_or_default().split(',').map(str::trim) {
        if !feature.is_empty() {
            println!("cargo::rustc-cfg=ngx_feature=\"{feature}\"");
        }
    }

    let version = env::var("DEP_NGINX_VERSION_NUMBER").ok().and_then(|number| number.parse::<u64>().ok());
    match version {
        Some(number) if number < LOWEST => refuse_version(number),
        Some(number) => {
            for (flag, since) in
                [("nginx_cookie_list", COOKIE_LIST_SINCE), ("nginx_empty_path", EMPTY_PATH_SINCE)]
            {
                if number >= since {
                    println!("cargo::rustc-cfg={flag}");
                }
            }
        }
        None => println!("cargo::error=nginx-sys did not report the version of nginx"),
    }
    refuse_mixed_trees();
    refuse_vendored_against_other_headers();
    if let Err(error) = generate_layouts() {
        println!("cargo::error=cannot read the layout of nginx's structures: {error}");
    }
}

/// The structures that src/nginx/layout.rs compares with those of nginx-sys or uses instead.
const STRUCTURES: &[&str] = &[
    "ngx_http_request_s",
    "ngx_http_headers_out_t",
    "ngx_http_upstream_s",
    "ngx_http_upstream_conf_t",
    "ngx_http_core_main_conf_t",
    "ngx_http_phase_handler_s",
    "ngx_cycle_s",
    "ngx_http_core_srv_conf_t",
    "ngx_http_core_loc_conf_s",
    "ngx_http_err_page_t",
    "ngx_http_location_tree_node_s",
    "ngx_http_headers_in_t",
    "ngx_connection_s",
    "ngx_list_t",
    "ngx_list_part_s",
    "ngx_open_file_info_t",
    "ngx_slab_pool_t",
    "ngx_shm_zone_s",
    "ngx_buf_s",
    "ngx_chain_s",
    "ngx_table_elt_s",
    "ngx_table_elt_t",
    "ngx_variable_value_t",
    "ngx_http_variable_s",
    "ngx_http_compile_complex_value_t",
    "ngx_http_connection_t",
    "ngx_http_conf_ctx_t",
    "ngx_array_t",
    "ngx_pool_s",
    "ngx_pool_cleanup_s",
    "ngx_log_s",
    "ngx_http_phase_t",
    "ngx_conf_s",
    "ngx_conf_file_t",
    "ngx_module_s",
    "ngx_shmtx_t",
];

/// The bindgen of nginx-sys (0.72) silently misplaces bit-fields after a member that shares their
/// storage unit (rust-bindgen issue 3384). In nginx 1.30, it reads `r->internal` from the wrong
/// bit. The newer bindgen here is correct. Its bindings replace the wrong ones, and prove at
/// compile time that the others match.
fn generate_layouts() -> Result<(), Box<dyn Error>> {
    let include =
        env::var_os("DEP_NGINX_INCLUDE").ok_or("nginx-sys did not report nginx's include folders")?;
    let defines = env::var("DEP_NGINX_CFLAGS").unwrap_or_default();
    let includes = env::split_paths(&include).map(|folder| format!("-I{}", folder.display()));
    let mut builder = bindgen::Builder::default()
        .header_contents("pta.h", "#include <ngx_config.h>\n#include <ngx_core.h>\n#include <ngx_http.h>\n")
        .clang_args(includes)
        .clang_args(defines.split_whitespace())
        .rust_target(env::var("CARGO_PKG_RUST_VERSION")?.parse()?)
        // The types of the members come from nginx-sys.
        .allowlist_recursively(false)
        .derive_copy(false)
        .derive_debug(false)
        .layout_tests(true)
        .use_core();
    for structure in STRUCTURES {
        builder = builder.allowlist_type(structure);
    }
    builder.generate()?.write_to_file(Path::new(&env::var("OUT_DIR")?).join("layouts.rs"))?;
    Ok(())
}

fn refuse_version(number: u64) {
    println!(
        "cargo::error=this is nginx {}, and the lowest version that the module supports is {}",
        version_text(number),
        version_text(LOWEST)
    );
}

/// 1022001 is 1.22.1.
fn version_text(number: u64) -> String {
    format!("{}.{}.{}", number / 1_000_000, number / 1000 % 1000, number % 1000)
}

/// .cargo/config.toml sets the headers of Debian's nginx. If a caller sets only one of the two
/// variables, the source and the configuration would come from different versions of nginx.
fn refuse_mixed_trees() {
    let own = Path::new(&env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join(".nginx");
    let is_own = |name| {
        let folder = Path::new(&env::var_os(name)?).canonicalize().ok()?;
        Some(folder.starts_with(own.canonicalize().ok()?))
    };
    let (Some(source), Some(build)) = (is_own("NGINX_SOURCE_DIR"), is_own("NGINX_BUILD_DIR")) else { return };
    if source != build {
        println!(
            "cargo::error=NGINX_SOURCE_DIR and NGINX_BUILD_DIR are of two different source trees, one of them set by \
             .cargo/config.toml: set both, or run scripts/setup, which writes a new .cargo/config.toml"
        );
    }
}

/// In nginx-sys, NGINX_SOURCE_DIR takes precedence over the feature `vendored`, and scripts/setup
/// sets it for this folder. Without this check, `--features vendored` would silently build for the
/// installed nginx.
fn refuse_vendored_against_other_headers() {
    let (Ok(build_dir), Ok(out_dir)) = (env::var("DEP_NGINX_BUILD_DIR"), env::var("OUT_DIR")) else { return };
    // target/release/build/nginx-sys-HASH/out/objs and
    // target/release/build/ngx-http-pta-module-HASH/out
    let own_builds = Path::new(&out_dir).ancestors().nth(2);
    let vendored = own_builds.is_some_and(|builds| Path::new(&build_dir).starts_with(builds));
    if env::var_os("CARGO_FEATURE_VENDORED").is_some() && !vendored {
        println!(
            "cargo::error=feature \"vendored\" has no effect: NGINX_SOURCE_DIR or NGINX_BUILD_DIR is set, maybe by \
             .cargo/config.toml (scripts/setup wrote it); run cargo from another folder: \
             cd / && cargo build --release --features vendored --manifest-path {}/Cargo.toml",
            env::var("CARGO_MANIFEST_DIR").unwrap_or_default(),
        );
    }
}
