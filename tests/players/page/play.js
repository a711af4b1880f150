// Plays a stream in a video element. For tests/players/ and the page of
// scripts/demo --stream.

const PLAYERS = {
    // The browser's own.
    native(video, url) {
        video.src = url;
    },

    'hls.js'(video, url, failed, { credentials }) {
        const hls = new Hls({
            enableWorker: false,
            xhrSetup: (xhr) => { xhr.withCredentials = credentials; },
        });
        hls.on(Hls.Events.ERROR, (_, data) => {
            if (data.fatal) failed(`hls.js: ${data.details} ${data.response?.code ?? ''}`);
        });
        hls.loadSource(url);
        hls.attachMedia(video);
        return () => hls.destroy();
    },

    dashjs(video, url, failed, { credentials }) {
        const player = dashjs.MediaPlayer().create();
        player.updateSettings({ debug: { logLevel: 0 } });
        if (credentials) {
            for (const type of ['MPD', 'InitializationSegment', 'MediaSegment', 'IndexSegment', 'other']) {
                player.setXHRWithCredentialsForType(type, true);
            }
        }
        player.on(dashjs.MediaPlayer.events.ERROR, ({ error }) => failed(`dashjs: ${error.message ?? error}`));
        player.initialize(video, url, true);
        return () => player.destroy();
    },
};

// Returns {done, close}. `done` resolves to {end, seconds}: `end` is "ended", "played" if `enough`
// seconds were played, or why nothing plays; `seconds` is how much was played. close() frees all.
//
// rate: how fast it plays. credentials: cookies go to another site as well. patience: after so many
// seconds without any progress it gives up.
export function play(video, { player, url, rate = 1, credentials = false, enough = Infinity, patience = 10 }) {
    let end, begin, timer, progress = Date.now();
    const done = new Promise((resolve) => {
        end = (how) => {
            clearInterval(timer);
            resolve({ end: how, seconds: video.currentTime - (begin ?? 0) });
            video.pause();
        };
    });
    video.addEventListener('ended', () => end('ended'));
    video.addEventListener('error', () => end(`error ${video.error?.code}: ${video.error?.message}`));
    video.addEventListener('timeupdate', () => {
        if (!video.currentTime) return;
        // A live stream begins somewhere.
        begin ??= Number.isFinite(video.duration) ? 0 : video.currentTime;
        progress = Date.now();
        if (video.currentTime - begin >= enough) end('played');
        // dashjs may stop there without the event.
        if (video.currentTime >= video.duration) end('ended');
    });
    timer = setInterval(() => {
        if (Date.now() - progress > patience * 1000) end('nothing happens');
    }, 250);
    video.muted = true;
    // It becomes the rate when the player loads something.
    video.defaultPlaybackRate = rate;
    const destroy = PLAYERS[player](video, url, end, { credentials });
    // If it cannot play, there is an event.
    video.play().catch(() => {});
    const close = () => {
        end('closed');
        destroy?.();
        video.removeAttribute('src');
        video.load();
    };
    return { done, close };
}
