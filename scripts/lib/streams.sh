# Small HLS and DASH streams, made by ffmpeg: for tests/players/ and for scripts/demo --stream.
# shellcheck shell=bash disable=SC2154 # root is the caller's

# Where they are kept from run to run.
STREAMS=$root/target/players/streams

# Segments have one second.
STREAM_SECONDS=5
LIVE_SECONDS=18
# How many segments a live playlist lists.
LIVE_WINDOW=5

# make_streams: makes all streams in STREAMS, unless they are there. Each is a folder:
#
#   hls/fmp4/master.m3u8        two variants, fMP4
#   hls/ts/master.m3u8          MPEG-TS, encrypted by ffmpeg
#   hls/encrypted/master.m3u8   fMP4, encrypted by openssl
#   hls/live/master.m3u8        as hls/encrypted; show_live makes what the playlist refers to
#   hls/live-ts/master.m3u8     as hls/ts; show_live as well
#   dash/template/stream.mpd    SegmentTemplate
#   dash/list/stream.mpd        SegmentList
#   dash/single/stream.mpd      one file for each representation, read by Range
make_streams() {
    local new=$STREAMS.$$ stamp
    stamp=$(cksum <"$root/scripts/lib/streams.sh")
    [[ -f $STREAMS/stamp && $(<"$STREAMS/stamp") == "$stamp" ]] && return
    rm -rf "$new"
    mkdir -p "$new"/hls/{fmp4,ts,encrypted,live,live-ts} "$new"/dash/{template,list,single}
    making 1 "the pictures and the sound"
    encode "$new/low.mp4" 160x90 "$STREAM_SECONDS" || return
    encode "$new/high.mp4" 320x180 "$STREAM_SECONDS" || return
    encode "$new/live.mp4" 160x90 "$LIVE_SECONDS" || return
    making 2 "HLS with fMP4"
    make_fmp4 "$new" || return
    making 3 "HLS with MPEG-TS"
    make_ts "$new/low.mp4" "$new/hls/ts" || return
    making 4 "HLS with encrypted fMP4"
    make_encrypted "$new/low.mp4" "$new/hls/encrypted" || return
    making 5 "live HLS"
    make_encrypted "$new/live.mp4" "$new/hls/live" || return
    make_ts "$new/live.mp4" "$new/hls/live-ts" || return
    # Until show_live runs, a live stream has not begun.
    mv "$new/hls/live/video.m3u8" "$new/hls/live/all" || return
    mv "$new/hls/live-ts/video.m3u8" "$new/hls/live-ts/all" || return
    making 6 "DASH"
    make_dash "$new" template -use_template 1 -use_timeline 1 || return
    make_dash "$new" list -use_template 0 -use_timeline 0 || return
    make_dash "$new" single -single_file 1 || return
    rm "$new"/*.mp4
    echo "$stamp" >"$new/stamp"
    rm -rf "$STREAMS"
    mv "$new" "$STREAMS"
}

making() { # number, what
    say "making streams with ffmpeg ($1 of 6): $2"
}

ffmpeg_quietly() {
    run_quietly ffmpeg -nostdin -v error -y "$@"
}

# encode FILE SIZE SECONDS: a moving test picture and a tone, with a key frame each second. The tone is
# shorter: dashjs never ends if it is longer than the duration in the MPD.
encode() {
    ffmpeg_quietly -f lavfi -i "testsrc2=size=$2:rate=10" \
        -f lavfi -i "sine=frequency=440:sample_rate=44100:duration=$(($3 - 1)).9" -t "$3" \
        -c:v libx264 -preset ultrafast -profile:v baseline -pix_fmt yuv420p -g 10 -keyint_min 10 -sc_threshold 0 \
        -c:a aac -b:a 48k -ac 1 "$1"
}

hls_options=(-f hls -hls_time 1 -hls_list_size 0 -hls_playlist_type vod)

make_fmp4() { # folder of all streams
    (
        cd "$1/hls/fmp4" || exit
        # The playlist of a variant is in a folder of its own, so a reference goes down and none up.
        ffmpeg_quietly -i "$1/low.mp4" -i "$1/high.mp4" -map 0:v -map 0:a -map 1:v -map 1:a -c copy \
            -b:v:0 100k -b:v:1 400k -b:a:0 48k -b:a:1 48k "${hls_options[@]}" -hls_segment_type fmp4 \
            -var_stream_map 'v:0,a:0,name:low v:1,a:1,name:high' -master_pl_name master.m3u8 \
            -hls_fmp4_init_filename init.mp4 -hls_segment_filename '%v/%d.m4s' '%v/video.m3u8'
    )
}

make_ts() { # source, folder
    (
        cd "$2" || exit
        make_key video.key || exit
        # What the playlist says, and the file with the key.
        printf '%s\n' video.key video.key >key-info
        ffmpeg_quietly -i "$1" -c copy -b:v 100k -b:a 48k "${hls_options[@]}" -hls_key_info_file key-info \
            -master_pl_name master.m3u8 -hls_segment_filename '%d.ts' video.m3u8 || exit
        rm key-info
    )
}

make_key() { # file
    openssl rand -out "$1" 16
}

# make_encrypted SOURCE FOLDER: Debian's ffmpeg cannot encrypt fMP4, so openssl does. The init
# segment is not encrypted: EXT-X-KEY applies to an EXT-X-MAP behind it only.
make_encrypted() {
    (
        cd "$2" || exit
        make_key video.key || exit
        ffmpeg_quietly -i "$1" -c copy -b:v 100k -b:a 48k "${hls_options[@]}" -hls_segment_type fmp4 -master_pl_name \
            master.m3u8 -hls_fmp4_init_filename init.mp4 -hls_segment_filename '%d.m4s' video.m3u8 || exit
        iv=$(openssl rand -hex 16) || exit
        key=$(od -An -tx1 video.key | tr -d ' \n')
        for segment in *.m4s; do
            openssl enc -aes-128-cbc -K "$key" -iv "$iv" -in "$segment" -out encrypted || exit
            mv encrypted "$segment"
        done
        sed -i "/^#EXT-X-MAP/a #EXT-X-KEY:METHOD=AES-128,URI=\"video.key\",IV=0x$iv" video.m3u8
    )
}

make_dash() { # folder of all streams, name, options of ffmpeg ...
    (
        cd "$1/dash/$2" || exit
        ffmpeg_quietly -i "$1/low.mp4" -c copy -f dash -seg_duration 1 \
            -adaptation_sets 'id=0,streams=v id=1,streams=a' "${@:3}" stream.mpd
    )
}

# show_live FOLDER: makes FOLDER/video.m3u8 of FOLDER, a copy of a live stream, list one segment more
# each second, and the last LIVE_WINDOW only. It begins with LIVE_WINDOW - 1 of them. When all segments
# were listed, it begins again, behind an EXT-X-DISCONTINUITY, and never ends.
show_live() {
    local folder=$1 head count last
    head=$(grep -E '^#EXT-X-(VERSION|TARGETDURATION|INDEPENDENT-SEGMENTS|MAP|KEY)' "$folder/all")
    mapfile -t lengths < <(grep '^#EXTINF' "$folder/all")
    mapfile -t segments < <(grep -v '^#' "$folder/all")
    count=${#lengths[@]}
    for ((last = LIVE_WINDOW - 2; ; last++)); do
        live_playlist "$head" "$count" "$last" >"$folder/video.new"
        # In one step: nginx never reads half of it.
        mv "$folder/video.new" "$folder/video.m3u8"
        sleep 1
    done
}

live_playlist() { # head, number of segments, the last one that is listed
    local first=$(($3 < LIVE_WINDOW ? 0 : $3 - LIVE_WINDOW + 1)) at
    printf '%s\n' '#EXTM3U' "#EXT-X-MEDIA-SEQUENCE:$first" "#EXT-X-DISCONTINUITY-SEQUENCE:$((first == 0 ? 0 : (first - 1) / $2))" "$1"
    for ((at = first; at <= $3; at++)); do
        ((at == 0 || at % $2)) || echo '#EXT-X-DISCONTINUITY'
        printf '%s\n' "${lengths[at % $2]}" "${segments[at % $2]}"
    done
}
