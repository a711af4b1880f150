"""Real players play real streams, and the access log is compared line by line.

ffmpeg makes the streams (scripts/lib/streams.sh). ffmpeg, Chromium's own HLS player, hls.js and
dashjs play them; the last three run in headless Chromium. `scripts/setup --players` installs them.
"""
