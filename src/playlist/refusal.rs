//! Why a playlist cannot be signed. It is never sent without its tokens instead.

use core::fmt;

use ngx::http::HTTPStatus;

use crate::nginx::request::Request;

/// Why a playlist cannot be signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Refusal {
    /// It is longer than this many bytes.
    TooLong(usize),
    /// It is longer than this many bytes when it has its tokens, or would take too many steps.
    GrowsTooLong(usize),
    /// It is compressed.
    Encoded,
    /// It is a piece of the playlist.
    Piece,
    /// The slice module puts it together.
    Sliced,
    /// There is not enough memory.
    Memory,
    /// No token could be issued. The reason has been logged.
    NoToken,
    /// A buffer is not in memory, although the filter has asked for it.
    NotInMemory,
}

impl Refusal {
    pub(super) fn status(self, request: Request<'_>) -> HTTPStatus {
        let is_upstream = request.upstream().is_some();
        match self {
            Self::Memory | Self::NoToken | Self::NotInMemory => HTTPStatus::INTERNAL_SERVER_ERROR,
            _ if is_upstream => HTTPStatus::BAD_GATEWAY,
            _ => HTTPStatus::INTERNAL_SERVER_ERROR,
        }
    }
}

/// The reason, and the way out.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::TooLong(size) => {
                return write!(f, "it is longer than {size} bytes, increase \"pta_playlist_max_size\"");
            }
            Self::GrowsTooLong(size) => {
                return write!(
                    f,
                    "with its tokens, it would be longer than {size} bytes, increase \"pta_playlist_max_size\""
                );
            }
            Self::Encoded => {
                "it is compressed, use \"gunzip on\" or \"proxy_set_header Accept-Encoding \"\"\""
            }
            Self::Piece => {
                "it is only a part of the playlist, use \"proxy_set_header Range \"\"\" \
                 and \"proxy_set_header If-Range \"\"\""
            }
            Self::Sliced => "\"slice\" splits it, use \"slice 0\" for playlists",
            Self::Memory => "there is not enough memory",
            Self::NoToken => "no token could be issued",
            Self::NotInMemory => "another filter has put it into a file",
        };
        f.write_str(words)
    }
}
