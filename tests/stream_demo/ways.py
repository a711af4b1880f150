"""The ways of scripts/lib/stream-demo/, and what each must do."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Way:
    # Its name in the page and below /links/.
    name: str
    title: str
    prefix: str
    stream: str
    player: str = "hls.js"
    # Whether ffmpeg plays it too.
    ffmpeg: bool = True
    plays: bool = True


WAYS = [
    Way("forward", "forward", "/forward/hls/", "HLS, two variants, fMP4"),
    Way("dash", "forward", "/forward/dash/", "DASH, SegmentTemplate", "dash.js"),
    Way("cookie", "cookie", "/cookie/", "HLS, MPEG-TS, AES-128"),
    Way("redirect", "cookie by 303", "/redirect/", "HLS, fMP4, AES-128"),
    Way("live", "live", "/live/", "HLS, fMP4, AES-128"),
    Way("off", "none of them", "/off/", "HLS, two variants, fMP4", plays=False),
]
