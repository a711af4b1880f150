//! The rules once more, slow and plain, for the fuzz targets to compare with. Nothing here shares code with what it
//! judges, except for the single AES block.
//!
//! Arrows: `{arguments, cookies, masking, nginx_conf, nginx_path, token} -> {hex, pattern}`

pub mod arguments;
pub mod cookies;
pub mod hex;
pub mod masking;
pub mod nginx_conf;
pub mod nginx_path;
pub mod pattern;
pub mod token;
