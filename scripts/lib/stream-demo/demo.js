// Plays a stream in one of several ways, and shows the requests that this makes.
"use strict";

const WAYS = [
  {
    name: "forward", title: "forward", stream: "HLS, two variants, fMP4 · hls.js", player: "hls",
    configuration: "pta_enable on;\npta_playlist forward;",
  },
  {
    name: "dash", title: "forward, DASH", stream: "DASH, SegmentTemplate · dash.js", player: "dash",
    configuration: "pta_enable on;\npta_playlist forward;",
  },
  {
    name: "cookie", title: "cookie", stream: "HLS, MPEG-TS, AES-128 · hls.js", player: "hls",
    configuration: "pta_enable on;\npta_auth_method qs cookie;\npta_set_cookie on;",
  },
  {
    name: "redirect", title: "cookie by 303", stream: "HLS, fMP4, AES-128 · hls.js", player: "hls",
    configuration: "pta_enable on;\npta_auth_method qs cookie;\npta_set_cookie redirect;",
  },
  {
    name: "live", title: "live", stream: "HLS, live, fMP4, AES-128 · hls.js", player: "hls",
    configuration: "pta_enable on;\npta_playlist issue;\npta_issue /live/* 1h step=30m;",
  },
  {
    name: "off", title: "none of them", stream: "HLS, two variants, fMP4 · hls.js", player: "hls",
    configuration: "pta_enable on;",
  },
];

const video = document.querySelector("video");
let stop = () => {};

function show(text, kind = "") {
  const state = document.getElementById("state");
  state.textContent = text;
  state.className = kind;
}

const PLAYERS = {
  hls(url) {
    const player = new Hls();
    player.on(Hls.Events.ERROR, (_, error) => {
      if (error.fatal) show(`The player has given up: ${error.details}, status ${error.response?.code ?? "none"}`, "bad");
    });
    player.loadSource(url);
    player.attachMedia(video);
    return () => player.destroy();
  },
  dash(url) {
    const player = dashjs.MediaPlayer().create();
    player.on("error", ({ error }) => show(`The player has given up: ${error.message}`, "bad"));
    player.initialize(video, url, true);
    return () => player.destroy();
  },
};

async function play(way) {
  stop();
  for (const button of document.querySelectorAll("nav button")) {
    button.setAttribute("aria-pressed", button.dataset.way === way.name);
  }
  const configuration = document.getElementById("configuration");
  configuration.textContent = way.configuration;
  configuration.hidden = false;
  show("Loading …");
  clearRequests();
  const link = await fetch(`links/${way.name}`, { cache: "no-store" });
  stop = PLAYERS[way.player](new URL(await link.text(), location.href).href);
  // Without sound, browsers let a page start a video by itself.
  video.play().catch(() => {});
}

video.addEventListener("timeupdate", () => {
  if (video.currentTime > 0) show(`Plays: ${video.currentTime.toFixed(1)} s`, "good");
});

for (const way of WAYS) {
  const button = document.createElement("button");
  button.dataset.way = way.name;
  button.append(
    Object.assign(document.createElement("strong"), { textContent: way.title }),
    Object.assign(document.createElement("small"), { textContent: way.stream }),
  );
  button.addEventListener("click", () => play(way));
  document.getElementById("ways").append(button);
}

// ---- the requests

const rows = document.querySelector("tbody");
const scroll = document.querySelector(".scroll");
let offset = null;
let sums = { all: 0, allowed: 0 };

function clearRequests() {
  rows.replaceChildren();
  sums = { all: 0, allowed: 0 };
  showSums();
}

function showSums() {
  const { all, allowed } = sums;
  document.getElementById("sums").textContent = all ? `· ${all}, ${allowed} allowed, ${all - allowed} refused` : "";
}

function add(request) {
  const isAllowed = request.verdict === "ALLOWED";
  const row = rows.insertRow();
  const cells = [request.path, request.status, request.verdict, request.source, request.signed];
  for (const text of cells) row.insertCell().textContent = text;
  row.cells[1].className = row.cells[2].className = isAllowed ? "good" : "bad";
  sums.all += 1;
  sums.allowed += isAllowed;
  showSums();
  scroll.scrollTop = scroll.scrollHeight;
}

// What nginx has added to the log since the last time.
async function poll() {
  const headers = { Range: offset === null ? "bytes=-1" : `bytes=${offset}-` };
  const response = await fetch("requests.jsonl", { headers, cache: "no-store" });
  if (response.status === 206) {
    const [, end] = response.headers.get("Content-Range").match(/-(\d+)\//);
    if (offset === null) {
      offset = Number(end) + 1;
    } else {
      const text = await response.text();
      // nginx may be in the middle of a line.
      const complete = text.slice(0, text.lastIndexOf("\n") + 1);
      offset += new TextEncoder().encode(complete).length;
      complete.split("\n").filter(Boolean).forEach((line) => add(JSON.parse(line)));
    }
  } else if (offset === null) {
    // Nothing was asked for yet.
    offset = 0;
  }
}

async function pollForever() {
  for (;;) {
    try {
      await poll();
    } catch {
      show("nginx has stopped.", "bad");
      return;
    }
    await new Promise((done) => setTimeout(done, 300));
  }
}

pollForever();
