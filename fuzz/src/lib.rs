//! Slow and simple reference implementations, which the fuzz targets compare the project with. They
//! share no code with it, except for the cipher of a single AES block.
//!
//! Arrows: `{arguments, cookies, dash_player, hls_player, masking, nginx_conf, nginx_path, seal} ->
//! token -> {hex, pattern, site}`

pub mod arguments;
pub mod cookies;
pub mod dash_player;
pub mod hex;
pub mod hls_player;
pub mod masking;
pub mod nginx_conf;
pub mod nginx_path;
pub mod pattern;
pub mod seal;
pub mod site;
pub mod token;
