//! Why a token does not allow the request although it allows the request's path.

use core::fmt;

use crate::nginx::escaped::Escaped;
use crate::nginx::location::Location;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::request::masked;
use crate::request::record::Record;

/// Why a token does not allow the request although it allows the request's path.
pub(crate) enum Objection<'r> {
    /// The location has no prefix, so it is unknown which destinations belong to it.
    NoPrefix(Location<'r>),
    /// Another location, not protected by the same keys, takes paths from the one that checks.
    Shared { prefix: &'r [u8], by: Location<'r> },
    /// The same for a folder.
    SharedFolder { folder: &'r [u8], by: Location<'r> },
    /// nginx's dav module refuses the `Destination` header, or other servers read it differently.
    InvalidDestination,
    /// The destination does not belong to the location.
    Outside { destination: &'r [u8], prefix: &'r [u8] },
    /// The token does not allow the destination.
    NotAllowed { destination: &'r [u8] },
    /// The destination lies in the folder that is copied or moved.
    Inside { destination: &'r [u8] },
    /// The token does not allow everything in the folder.
    Folder,
}

impl<'r> Objection<'r> {
    /// The objection for a log line, with tokens in the paths masked.
    pub(crate) fn masked(self, request: Request<'r>, record: &Record<'r>) -> Result<Self, OutOfMemory> {
        let masked = |path| masked::path(request, record, path);
        Ok(match self {
            Self::SharedFolder { folder, by } => Self::SharedFolder { folder: masked(folder)?, by },
            Self::Outside { destination, prefix } => {
                Self::Outside { destination: masked(destination)?, prefix }
            }
            Self::NotAllowed { destination } => Self::NotAllowed { destination: masked(destination)? },
            Self::Inside { destination } => Self::Inside { destination: masked(destination)? },
            Self::NoPrefix(_) | Self::Shared { .. } | Self::InvalidDestination | Self::Folder => self,
        })
    }
}

impl fmt::Display for Objection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NoPrefix(location) => write!(
                f,
                "COPY and MOVE are refused in location \"{}\", they need a location of their own, with a prefix",
                Escaped(location.name()),
            ),
            Self::Shared { prefix, by } => write!(
                f,
                "COPY and MOVE are refused in location \"{}\", they need a location of their own: location \"{}\" takes \
                 requests from it and is not protected by the same keys",
                Escaped(prefix),
                Escaped(by.name()),
            ),
            Self::SharedFolder { folder, by } => write!(
                f,
                "location \"{}\" takes requests from folder \"{}\" and is not protected by the same keys",
                Escaped(by.name()),
                Escaped(folder),
            ),
            Self::InvalidDestination => f.write_str("invalid \"Destination\" header"),
            Self::Outside { destination, prefix } => write!(
                f,
                "destination \"{}\" is outside location \"{}\"",
                Escaped(destination),
                Escaped(prefix)
            ),
            Self::NotAllowed { destination } => write!(f, "destination \"{}\"", Escaped(destination)),
            Self::Inside { destination } => {
                write!(f, "destination \"{}\" is inside the requested folder", Escaped(destination))
            }
            Self::Folder => f.write_str("a folder needs a token for all of it"),
        }
    }
}
