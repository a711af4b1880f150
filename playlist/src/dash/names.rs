//! The names of DASH's elements.

/// An element that has or affects references.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Element {
    Mpd,
    Period,
    AdaptationSet,
    Representation,
    BaseUrl,
    SegmentTemplate,
    SegmentUrl,
    /// `Initialization`, `RepresentationIndex` and `BitstreamSwitching`.
    Source,
    /// `Location` and `PatchLocation`.
    Location,
    ContentSteering,
}

impl Element {
    /// The element with this local name, and whether the case of letters is right: some clients
    /// ignore it.
    #[inline]
    pub(crate) fn named(name: &[u8]) -> Option<(Self, bool)> {
        let (element, spelling): (Self, &[u8]) = match name.len() {
            3 => (Self::Mpd, b"MPD"),
            6 => (Self::Period, b"Period"),
            7 => (Self::BaseUrl, b"BaseURL"),
            8 => (Self::Location, b"Location"),
            10 => (Self::SegmentUrl, b"SegmentURL"),
            13 if name.ends_with(b"n") => (Self::Location, b"PatchLocation"),
            13 => (Self::AdaptationSet, b"AdaptationSet"),
            14 if name.starts_with(b"I") => (Self::Source, b"Initialization"),
            14 => (Self::Representation, b"Representation"),
            15 if name.starts_with(b"C") => (Self::ContentSteering, b"ContentSteering"),
            15 => (Self::SegmentTemplate, b"SegmentTemplate"),
            18 => (Self::Source, b"BitstreamSwitching"),
            19 => (Self::Source, b"RepresentationIndex"),
            _ => return None,
        };
        // The right spelling first: it is the usual one, and quickly compared.
        let is_exact = name == spelling;
        (is_exact || name.eq_ignore_ascii_case(spelling)).then_some((element, is_exact))
    }

    /// Whether BaseURL elements in it apply to all that it contains.
    pub(crate) fn is_level(self) -> bool {
        matches!(self, Self::Mpd | Self::Period | Self::AdaptationSet | Self::Representation)
    }

    /// Whether its text is a URL.
    pub(crate) fn has_text(self) -> bool {
        matches!(self, Self::BaseUrl | Self::Location | Self::ContentSteering)
    }

    /// The attributes that are references.
    pub(crate) fn references(self) -> &'static [&'static [u8]] {
        match self {
            Self::SegmentTemplate => &[b"media", b"index", b"initialization", b"bitstreamSwitching"],
            Self::SegmentUrl => &[b"media", b"index"],
            Self::Source => &[b"sourceURL"],
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_named_in_any_case() {
        for (name, element) in [
            ("MPD", Element::Mpd),
            ("Period", Element::Period),
            ("AdaptationSet", Element::AdaptationSet),
            ("Representation", Element::Representation),
            ("BaseURL", Element::BaseUrl),
            ("SegmentTemplate", Element::SegmentTemplate),
            ("SegmentURL", Element::SegmentUrl),
            ("Initialization", Element::Source),
            ("RepresentationIndex", Element::Source),
            ("BitstreamSwitching", Element::Source),
            ("Location", Element::Location),
            ("PatchLocation", Element::Location),
            ("ContentSteering", Element::ContentSteering),
        ] {
            assert_eq!(Element::named(name.as_bytes()), Some((element, true)));
            let lower = name.to_lowercase();
            // What only carries references counts in its right spelling.
            let found = Element::named(lower.as_bytes());
            assert!(found.is_none() || found == Some((element, false)));
        }
        for level in [
            "mpd",
            "PERIOD",
            "adaptationset",
            "representation",
            "REPRESENTATION",
            "baseurl",
            "segmenttemplate",
        ] {
            assert!(Element::named(level.as_bytes()).is_some(), "{level}");
        }
        for other in ["", "S", "SegmentTimeline", "BaseURLs", "SegmentBase", "SegmentList", "XBaseUR"] {
            assert_eq!(Element::named(other.as_bytes()), None, "{other}");
        }
    }
}
