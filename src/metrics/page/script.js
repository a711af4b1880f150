
"use strict";
// Polls the numbers from this location, and draws them. Nothing is stored.
const SECONDS = 2, SAMPLES = 150;
// nginx takes the first "format". What else is in the query stays: it may have a token. The URL is
// absolute, because fetch refuses one with the user name and password of the page.
const source = `${location.origin}${location.pathname}?format=json${location.search.replace("?", "&")}`;
const samples = [];
const state = document.getElementById("state"), main = document.getElementById("labels");

function make(name, className, ...children) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

function draw(name, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

const digits = new Intl.NumberFormat("en");
const words = (verdict) => verdict.replaceAll("_", " ");
const refusals = (verdicts) =>
  Object.entries(verdicts).reduce((sum, [verdict, number]) => verdict === "allowed" ? sum : sum + number, 0);

function span(seconds) {
  const [number, unit] = seconds < 120 ? [seconds, "s"] : seconds < 7200 ? [seconds / 60, "min"] :
    seconds < 172800 ? [seconds / 3600, "h"] : [seconds / 86400, "days"];
  return `${Math.floor(number)} ${unit}`;
}

function ago(seconds) {
  if (!seconds) return make("span", "none", "never");
  const time = make("time", "", `${span(Math.max(0, Math.round(Date.now() / 1000 - seconds)))} ago`);
  time.dateTime = time.title = new Date(seconds * 1000).toISOString();
  return time;
}

function bars(verdicts) {
  const most = Math.max(1, ...Object.values(verdicts));
  return make("table", "bars", ...Object.entries(verdicts).map(([verdict, number]) => {
    const bar = make("div", "bar");
    bar.style.width = `${100 * number / most}%`;
    if (!number) bar.style.visibility = "hidden";
    const row = make("tr", verdict, make("th", "", words(verdict)), make("td", "", bar),
      make("td", "number", digits.format(number)));
    row.firstChild.scope = "row";
    return row;
  }));
}

// Decisions a second, between one sample and the next. A dry run refuses nobody. A sample from before a reload may
// lack the label, which may be "constructor".
function rates(label, count) {
  const counted = ({ numbers }) => Object.hasOwn(numbers.nginx_pta_checks_total, label) ?
    count(numbers.nginx_pta_checks_total[label], numbers.nginx_pta_dry_run_total[label]) : undefined;
  return samples.slice(1).map((sample, at) => {
    const [now, before] = [counted(sample), counted(samples[at])];
    if (now === undefined || before === undefined) return 0;
    return Math.max(0, now - before) / ((sample.time - samples[at].time) / 1000);
  });
}

function lines(label) {
  const both = {
    refused: rates(label, (all, dryRun) => refusals(all) - refusals(dryRun)),
    allowed: rates(label, (all, dryRun) => all.allowed + refusals(dryRun)),
  };
  const most = Math.max(0.1, ...both.refused, ...both.allowed);
  const height = (rate) => (48 - 46 * rate / most).toFixed(1);
  const steps = Math.max(1, both.allowed.length - 1);
  const shape = ([name, values]) => draw("polyline", { class: name,
    points: values.map((rate, at) => `${at},${height(rate)}`).join(" ") });
  const svg = draw("svg", { viewBox: `0 0 ${steps} 50`, preserveAspectRatio: "none", role: "img" },
    ...Object.entries(both).map(shape));
  const last = (values) => digits.format(+(values.at(-1) ?? 0).toFixed(1));
  const text = `now ${last(both.allowed)} allowed and ${last(both.refused)} refused a second, ` +
    `at most ${digits.format(+most.toFixed(1))}`;
  svg.setAttribute("aria-label", text);
  return [svg, make("div", "none", text)];
}

function times(rows, otherwise) {
  const entries = Object.entries(rows);
  if (!entries.length) return make("p", "none", otherwise);
  return make("table", "", ...entries.map(([name, seconds]) =>
    make("tr", "", make("th", "", words(name)), make("td", "", ago(seconds)))));
}

function section(label, numbers) {
  const of = (name) => numbers[`nginx_pta_${name}`]?.[label];
  const verdicts = of("checks_total"), dryRun = Object.values(of("dry_run_total")).reduce((a, b) => a + b, 0);
  const refused = Object.entries(of("last_refused_timestamp_seconds")).filter(([, seconds]) => seconds);
  const watched = Math.round((samples.at(-1).time - samples[0].time) / 1000);
  const recently = of("expired_recently_total"), issued = of("issued_total");
  const found = make("section", "", make("h2", "", label),
    make("div", "columns",
      make("div", "", make("h3", "", "Verdicts"), bars(verdicts)),
      make("div", "", make("h3", "", `The last ${span(watched)}`), ...lines(label)),
      make("div", "",
        make("h3", "", "Keys last used"), times(of("key_last_used_timestamp_seconds") ?? {}, "no keys here"),
        make("h3", "", "Last refused"), times(Object.fromEntries(refused), "never"))));
  found.dataset.label = label;
  if (dryRun) found.append(make("p", "none", `Made in a dry run: ${digits.format(dryRun)}`));
  const playlists = Object.entries(of("playlists_total") ?? {}).filter(([, number]) => number);
  if (playlists.length) found.append(make("p", "none", "Playlists: " +
    playlists.map(([result, number]) => `${words(result)} ${digits.format(number)}`).join(", ")));
  if (issued) found.append(make("p", "none", `Tokens issued: ${digits.format(issued)}`));
  if (recently) found.append(make("p", "note",
    `Tokens that had expired less than a minute before: ${digits.format(recently)}. Is a clock wrong?`));
  return found;
}

function show() {
  const { numbers, time } = samples.at(-1);
  const labels = Object.keys(numbers.nginx_pta_checks_total);
  main.replaceChildren(...labels.map((label) => section(label, numbers)));
  const [version, rest] = Object.entries(numbers.nginx_pta_build_info)[0];
  state.className = "";
  state.textContent = `PTA ${version}, nginx ${Object.keys(rest)[0]}, ${new Date(time).toLocaleTimeString()}` +
    (labels.length ? "" : ", no pta_metrics_label in the configuration");
}

async function poll() {
  try {
    const response = await fetch(source, { cache: "no-store" });
    if (!response.ok) throw new Error(`status ${response.status}`);
    samples.push({ time: Date.now(), numbers: await response.json() });
    if (samples.length > SAMPLES + 1) samples.shift();
    show();
  } catch (error) {
    state.className = "lost";
    state.textContent = `No numbers: ${error.message}`;
  }
  setTimeout(poll, SECONDS * 1000);
}

poll();
