"use strict";
// The charts. Vega draws them as SVG, by its interpreter: the page allows no eval.
(() => {
  const { run, read, told, make } = versebench;
  const { wide, scale: scaleOf, widen, label, joined, legend } = versebench.axes;
  const specs = read("charts");
  const views = new Map();
  const by = (id) => document.getElementById(id);
  const groups = [...new Set(run.groups)];
  const picking = () => [...versebench.picked];

  /** Pixels between the axes of a chart, beside labels so wide. */
  const inner = (id, labels) => Math.max(120, by(id).clientWidth - labels - 16);

  /** Draw a chart, or draw it anew, with the rows of its data sets, and what its axes and legend are. */
  async function draw(id, datasets, axes = {}, height = specs[id].height) {
    const spec = { ...structuredClone(specs[id]), datasets, height };
    spec.layer = spec.layer.filter((layer) => !layer.data || datasets[layer.data.name].length);
    const walk = (node) => {
      for (const [key, value] of Object.entries(node)) {
        if (value === "@x" || value === "@y") node[key] = axes[value[1]].title;
        else if (value && typeof value === "object") {
          if (key === "legend") Object.assign(value, axes.legend);
          const axis = axes[key];
          if (axis?.axis && value.axis) Object.assign(value.axis, axis.axis);
          if (axis?.scale && value.scale) {
            const { note, ...scale } = axis.scale;
            value.scale = scale;
            if (scale.type === "log" && value.axis) value.axis.tickCount = 3;
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
  async function scatter() {
    const [xName, yName] = [by("speed").value, by("quality").value];
    const [x, y] = [run.columns[xName], run.columns[yName]];
    const rows = points(xName, yName);
    if (!rows.length) {
      views.get("scatter")?.finalize();
      views.delete("scatter");
      by("scatter").replaceChildren(make("p", `No case has both ${x.heading} and ${y.heading}.`, { class: "note" }));
      return;
    }
    const both = (axis) => rows.flatMap((row) => [row[`${axis}_low`], row[axis], row[`${axis}_high`]]);
    const across = scaleOf(rows.map((row) => row.x), both("x"), { reverse: x.better === "lower", edge: true });
    const up = scaleOf(rows.map((row) => row.y), both("y"), { reverse: y.better === "lower" });
    const width = inner("scatter", 44);
    const sides = specs.scatter.layer
      .filter(({ mark }) => mark.type === "text")
      .map(({ data, mark }) => ({ side: data.name, ...mark }));
    label(rows, across, up, width, specs.scatter.height, sides);
    const data = {
      points: rows,
      ahead: rows.filter((row) => row.place === "on"),
      beaten: rows.filter((row) => row.place !== "on"),
      ...Object.fromEntries(sides.map(({ side }) => [side, rows.filter((row) => row.side === side)])),
    };
    const view = await draw("scatter", data, {
      x: { title: `${x.heading}${across.note} →`, scale: across },
      y: { title: `${y.heading}, ${y.better} is better ↑${up.note}`, scale: up },
      legend: legend(groups, width),
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
    const best = new Set(column.best.length ? column.best : run.names.keys()); // all alike: all
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
    const longest = Math.max(0, ...rows.map((row) => wide(row.case)));
    const above = longest > 0.38 * by("strip").clientWidth; // too long to stand beside the chart
    const width = inner("strip", above ? 0 : longest + 14);
    const plain = scaleOf(
      rows.map((row) => row.value),
      [...rows.flatMap((row) => [row.low, row.value, row.high]), ...references.map((one) => one.value)],
      { edge: true },
    );
    const scale = widen(plain, [
      ...rows.map((row) => [row.end, 14 + wide(row.told, 11)]),
      ...references.map((one) => [one.value, 8 + wide(one.kind, 11)]),
    ], width);
    const names = above
      ? { labelAlign: "left", labelPadding: 0, labelOffset: -14, labelLimit: width }
      : { labelLimit: longest + 4 };
    const [best_, others] = [rows.filter((row) => row.best), rows.filter((row) => !row.best)];
    const data = { points: rows, best: best_, others, references: joined(references, scale, width) };
    await draw("strip", data, {
      x: { title: column.heading + scale.note, scale }, y: { axis: names }, legend: legend(groups, width),
    }, (above ? 40 : 24) * rows.length + 8);
  }

  // Prefill and decode
  const MOST_LINES = 8;
  const FAR_OFF = 3; // times the highest line: a call above would flatten all others
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
    const lines = shown.flatMap((one) => flat(one, one.line));
    const all = shown.flatMap((one) => flat(one, one.points));
    const highest = lines.length ? FAR_OFF * Math.max(...lines.map((row) => row.ms)) : Infinity;
    const calls = all.filter((row) => row.ms <= highest);
    const off = all.filter((row) => row.ms > highest).map((row) => row.ms);
    const slow = off.length
      ? `${off.length === 1 ? "1 call" : `${off.length} calls`} far above, up to ${Math.round(Math.max(...off)).toLocaleString("en")} ms, not drawn.`
      : "";
    by("fit-note").textContent = [some, loose.length ? `No line holds for ${loose.join(", ")}.` : "", slow].join(" ").trim();
    await draw("fit", { calls, lines }, { legend: legend(shown.map((one) => run.names[one.c]), inner("fit", 60)) });
  }

  // vegaEmbed draws into what is on the page: one after the other, the first screens first
  let last = Promise.resolve();
  const inTurn = (drawing) => () => (last = last.then(drawing, drawing)); // also after one that failed
  inTurn(async () => {
    const judged = Object.keys(run.columns).filter((name) => run.columns[name].values && run.columns[name].better !== "neither");
    if (by("scatter")) {
      fill(by("quality"), judged.filter((name) => run.columns[name].metric), run.quality);
      fill(by("speed"), ["tokens_per_second", "steps_per_second", "tpot_seconds", "ttft_seconds"].filter((name) => judged.includes(name)), "tokens_per_second");
      by("quality").addEventListener("change", inTurn(scatter));
      by("speed").addEventListener("change", inTurn(scatter));
      await scatter();
    }
    if (by("strip")) {
      const numeric = Object.keys(run.columns).filter((name) => run.columns[name].values);
      fill(by("measure"), numeric, numeric.includes("tokens_per_second") ? "tokens_per_second" : numeric[0]);
      by("measure").addEventListener("change", inTurn(strip));
      await strip();
    }
    if (by("curve")) {
      const curves = read("curves");
      const of = (kind) => curves.filter((row) => row.kind === kind);
      const states = [...new Set(curves.map((row) => row.state))];
      const losses = curves.map((row) => row.loss);
      const loss = scaleOf(losses, losses, { edge: true });
      await draw("curve", { training: of("training"), held: of("held out") }, {
        y: { title: `loss${loss.note}`, scale: loss }, legend: legend(states, inner("curve", 40)),
      });
    }
    if (by("fit")) await fit(versebench.picked);
    versebench.watch((picked) => {
      if (by("fit")) inTurn(() => fit(picked))();
      for (const { view } of views.values()) view.signal("picked", [...picked]).runAsync();
    });
    document.documentElement.dataset.drawn = "all";
  })();
})();
