"use strict";
// The charts. Vega draws them as SVG, by its interpreter: the page allows no eval.
(() => {
  const { run, read, told, make } = versebench;
  const specs = read("charts");
  const views = new Map();
  const by = (id) => document.getElementById(id);
  const picking = () => [...versebench.picked];

  /** Draw a chart, or draw it anew, with the rows of its data sets, and what its axes are. */
  async function draw(id, datasets, axes = {}, height = specs[id].height) {
    const spec = { ...structuredClone(specs[id]), datasets, height };
    spec.layer = spec.layer.filter((layer) => !layer.data || datasets[layer.data.name].length);
    const walk = (node) => {
      for (const [key, value] of Object.entries(node)) {
        if (value === "@x" || value === "@y") node[key] = axes[value[1]].title;
        else if (value && typeof value === "object") {
          const axis = axes[key];
          if (axis && value.scale) {
            Object.assign(value.scale, axis.scale);
            if (axis.scale.type === "log") {
              delete value.scale.zero;
              if (value.axis) value.axis.tickCount = 3;
            }
          }
          walk(value);
        }
      }
    };
    walk({ layer: spec.layer });
    views.get(id)?.finalize();
    const { view, finalize } = await vegaEmbed(by(id), spec, {
      actions: false, ast: true, defaultStyle: false, mode: "vega-lite", renderer: "svg",
      tooltip: { disableDefaultStyle: true },
    });
    views.set(id, { view, finalize });
    view.signal("picked", picking()).runAsync();
    view.addEventListener("click", (event, item) => {
      const number = item?.datum?.c;
      if (number !== undefined) versebench.toggle(number, event.shiftKey || event.ctrlKey || event.metaKey);
    });
    return view;
  }

  /** Logarithmic where values differ widely, from 0 where that is near; else as Vega likes it. */
  const scaleOf = (rows, value, low, high, reverse) => {
    const least = Math.min(...rows.map((row) => row[low]));
    const most = Math.max(...rows.map((row) => row[high]));
    const values = rows.map((row) => row[value]);
    if (least > 0 && Math.max(...values) > 50 * Math.min(...values)) return { reverse, type: "log" };
    return least >= 0 && least < 0.35 * most && low !== "y_low" ? { reverse, domainMin: 0 } : { reverse };
  };
  const ends = (column, number) => [
    column.low?.[number] ?? column.values[number], column.high?.[number] ?? column.values[number],
  ];
  const withInterval = (column, number) => {
    const value = column.values[number];
    const [low, high] = [column.low?.[number] ?? null, column.high?.[number] ?? null];
    if (value === null || low === null || high === null) return told(value);
    return `${told(value)} (${told(low)} – ${told(high)})`;
  };
  const fill = (select, names, chosen) => {
    for (const name of names) {
      const option = make("option", run.columns[name].heading, { value: name });
      option.selected = name === chosen;
      select.append(option);
    }
  };

  // Speed against quality
  const points = (xName, yName) => {
    const [x, y] = [run.columns[xName], run.columns[yName]];
    const places = xName === "tokens_per_second" ? run.frontiers[yName] ?? [] : [];
    const rows = run.names.flatMap((name, c) => {
      if (x.values[c] === null || y.values[c] === null) return [];
      const [x_low, x_high] = ends(x, c);
      const [y_low, y_high] = ends(y, c);
      return [{
        c, case: name, name: run.samplers[c], group: run.groups[c], place: places[c] ?? "", x: x.values[c], y: y.values[c],
        x_low, x_high, y_low, y_high, x_told: withInterval(x, c), y_told: withInterval(y, c),
        standing: { on: "on it", perhaps: "perhaps on it", off: "beaten" }[places[c]] ?? "not compared",
      }];
    });
    return rows;
  };
  /** Name the points on the frontier, or all where there are few; none over another's name. */
  function label(rows, x) {
    const at = (row) => (x.type === "log" ? Math.log(row.x) : row.x);
    const span = (key) => Math.max(...rows.map(key)) - Math.min(...rows.map(key)) || 1;
    const [wide, tall] = [span(at), span((row) => row.y)];
    const named = { above: [], below: [] };
    const order = [...rows].sort((a, b) => (b.place === "on") - (a.place === "on"));
    for (const row of order) {
      if (row.place !== "on" && rows.length > 16) break;
      const near = (other) =>
        Math.abs(at(other) - at(row)) < 0.16 * wide && Math.abs(other.y - row.y) < 0.06 * tall;
      const place = ["above", "below"].find((side) => !named[side].some(near));
      if (!place) continue;
      row.named = place;
      named[place].push(row);
    }
  }
  async function scatter() {
    const [xName, yName] = [by("speed").value, by("quality").value];
    const [x, y] = [run.columns[xName], run.columns[yName]];
    const rows = points(xName, yName);
    const across = scaleOf(rows, "x", "x_low", "x_high", x.better === "lower");
    label(rows, across);
    const data = {
      points: rows,
      ahead: rows.filter((row) => row.place === "on"),
      beaten: rows.filter((row) => row.place !== "on"),
      above: rows.filter((row) => row.named === "above"),
      below: rows.filter((row) => row.named === "below"),
    };
    const view = await draw("scatter", data, {
      x: { title: `${x.heading} →`, scale: across },
      y: { title: `${y.heading}, ${y.better} is better ↑`, scale: scaleOf(rows, "y", "y_low", "y_high", y.better === "lower") },
    });
    let waiting = 0;
    view.addSignalListener("brush", (name, box) => {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        if (!box.x || !box.y) return;
        const within = (value, [a, b]) => value >= Math.min(a, b) && value <= Math.max(a, b);
        versebench.pick(rows.filter((r) => within(r.x, box.x) && within(r.y, box.y)).map((r) => r.c));
      }, 120);
    });
  }

  // One measure, all cases
  const MOST_ROWS = 40;
  async function strip() {
    const name = by("measure").value;
    const column = run.columns[name];
    const turn = column.better === "higher" ? -1 : 1;
    const best = new Set(column.best);
    let numbers = run.names.map((_, c) => c).filter((c) => column.values[c] !== null);
    const total = numbers.length;
    numbers.sort((a, b) => turn * (column.values[a] - column.values[b]) || a - b);
    numbers = numbers.slice(0, MOST_ROWS);
    by("measure-note").textContent =
      numbers.length < total ? `the first ${numbers.length} of ${total} cases` : "";
    by("measure-meaning").textContent = column.meaning;
    const rows = numbers.map((c) => {
      const [low, high] = ends(column, c);
      return {
        c, case: run.names[c], group: run.groups[c], value: column.values[c], low, high,
        end: Math.max(high, column.values[c]), told: told(column.values[c]), best: best.has(c),
      };
    });
    const references = Object.entries(column.references ?? {}).map(([kind, value]) => ({ kind, value }));
    const scale = scaleOf(rows, "value", "low", "high", false);
    const [best_, others] = [rows.filter((row) => row.best), rows.filter((row) => !row.best)];
    await draw("strip", { points: rows, best: best_, others, references }, { x: { title: column.heading, scale } }, 24 * rows.length + 8);
  }

  // Prefill and decode
  const MOST_LINES = 8;
  let drawn = "";
  async function fit(picked) {
    const fits = [...run.fits].sort((a, b) => b.holds - a.holds);
    const wanted = fits.filter((one) => picked.size === 0 || picked.has(one.c)).slice(0, MOST_LINES);
    const shown = wanted.length ? wanted : fits.slice(0, MOST_LINES);
    const key = shown.map((one) => one.c).join();
    if (key === drawn) return;
    drawn = key;
    const flat = (one, points) => (points ?? []).map(([n, ms]) => ({ c: one.c, case: run.names[one.c], n, ms }));
    const loose = shown.filter((one) => !one.holds).map((one) => run.names[one.c]);
    const some = fits.length > shown.length ? `${shown.length} of ${fits.length} cases; pick others in the table.` : "";
    by("fit-note").textContent = [some, loose.length ? `No line holds for ${loose.join(", ")}.` : ""].join(" ").trim();
    await draw("fit", {
      calls: shown.flatMap((one) => flat(one, one.points)),
      lines: shown.flatMap((one) => flat(one, one.line)),
    });
  }

  // vegaEmbed draws into what is on the page; one after the other, the first screens first
  (async () => {
    const judged = Object.keys(run.columns).filter((name) => run.columns[name].values && run.columns[name].better !== "neither");
    if (by("scatter")) {
      fill(by("quality"), judged.filter((name) => run.columns[name].metric), run.quality);
      fill(by("speed"), ["tokens_per_second", "steps_per_second", "tpot_seconds", "ttft_seconds"].filter((name) => judged.includes(name)), "tokens_per_second");
      by("quality").addEventListener("change", scatter);
      by("speed").addEventListener("change", scatter);
      await scatter();
    }
    if (by("strip")) {
      const numeric = Object.keys(run.columns).filter((name) => run.columns[name].values);
      fill(by("measure"), numeric, numeric.includes("tokens_per_second") ? "tokens_per_second" : numeric[0]);
      by("measure").addEventListener("change", strip);
      await strip();
    }
    if (by("curve")) {
      const curves = read("curves");
      const of = (kind) => curves.filter((row) => row.kind === kind);
      await draw("curve", { training: of("training"), held: of("held out") });
    }
    if (by("fit")) await fit(versebench.picked);
    versebench.watch((picked) => {
      if (by("fit")) fit(picked);
      for (const { view } of views.values()) view.signal("picked", [...picked]).runAsync();
    });
    document.documentElement.dataset.drawn = "all";
  })();
})();
